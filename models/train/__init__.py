"""Trains mondo's static multilingual sentence encoder; start it with `python -m train`."""
