"""Keeps matrices as whole numbers of eight bits, each row with a scale of its own (`NAME.scale`).

Half the size of half floats; a cosine moves by about 0.001.
"""

from collections.abc import Callable

import numpy as np

Weights = dict[str, np.ndarray]


def in_eight_bits(weights: Weights, is_matrix: Callable[[str, np.ndarray], bool]) -> Weights:
    """Each row of a matrix as whole numbers from -127 to 127 with what to multiply them by; the rest in full."""
    small = {}
    for name, weight in weights.items():
        if not is_matrix(name, weight):
            small[name] = weight.astype(np.float32)
            continue
        scale = np.maximum(np.abs(weight).max(1), 1e-12) / 127
        small[name] = np.rint(weight / scale[:, None]).astype(np.int8)
        small[f"{name}.scale"] = scale.astype(np.float32)
    return small


def in_full(weights: Weights) -> Weights:
    """The inverse of `in_eight_bits`; weights without a scale come as they are."""
    full = {}
    for name, weight in weights.items():
        if name.endswith(".scale"):
            continue
        scale = weights.get(f"{name}.scale")
        full[name] = weight.astype(np.float32) if scale is None else weight * scale[:, None].astype(np.float32)
    return full
