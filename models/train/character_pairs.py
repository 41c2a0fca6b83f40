"""Pairs of neighbouring characters of Chinese, Japanese and Korean, hashed into a fixed number of rows.

These scripts put no spaces between words, or hang endings on them, so that one way of cutting them loses the others.
The pairs say which characters stand together whatever the pieces are. The Rust side computes the same numbers in
`src/encoder/character_pairs.rs`.
"""

import re

import numpy as np

RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
# Multiplicative hashing: Knuth, The Art of Computer Programming, 6.4; the factor is 2^64 over the golden ratio.
FACTOR = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


def pairs_of(text: str, rows: int, most: int) -> np.ndarray:
    """A row below `rows` for each of the first `most` pairs of a normalised text, in their order."""
    if rows == 0:
        return np.zeros(0, np.int32)
    found = []
    for run in RUN.findall(text):
        characters = np.frombuffer(run.encode("utf-16-le"), np.uint16).astype(np.uint64)
        found.append(characters[:-1] << np.uint64(16) | characters[1:])
    if not found:
        return np.zeros(0, np.int32)
    high = np.concatenate(found)[:most] * FACTOR >> HALF
    return (high * np.uint64(rows) >> HALF).astype(np.int32)
