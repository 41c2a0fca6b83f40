"""Keeps matrices as whole numbers of four bits, each block of 32 columns with a scale of its own (`NAME.scale`).

A block is 16 bytes: column `i` of its first half in the low half of byte `i`, column `i` of its second half in the high
half, each as the number plus 8. The value is the number from -8 to 7 times the block's scale, a half float.
"""

import numpy as np

BLOCK = 32

Weights = dict[str, np.ndarray]


def blocks_of(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packed numbers (`[rows, columns / 2]`, bytes) and scales (`[rows, columns / 32]`) of a matrix of floats."""
    rows, columns = matrix.shape
    blocks = matrix.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32)
    # The greatest number of a block, sign included, becomes -8, so that all sixteen steps are used.
    greatest = np.take_along_axis(blocks, np.abs(blocks).argmax(2, keepdims=True), 2)[..., 0]
    scales = (greatest / -8).astype(np.float16)
    inverse = np.divide(1.0, scales.astype(np.float32), out=np.zeros_like(greatest), where=scales != 0)
    codes = np.clip(np.rint(blocks * inverse[..., None]) + 8, 0, 15).astype(np.uint8)
    packed = codes[..., : BLOCK // 2] | codes[..., BLOCK // 2 :] << 4
    return packed.reshape(rows, columns // 2), scales


def floats_of(packed: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The inverse of `blocks_of`."""
    rows, blocks = scales.shape
    halves = packed.reshape(rows, blocks, BLOCK // 2)
    codes = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - 8
    return (codes * scales.astype(np.float32)[..., None]).reshape(rows, blocks * BLOCK)


def in_full(weights: Weights) -> Weights:
    """Weights as floats; those that are not packed come as they are, in full precision."""
    full = {}
    for name, weight in weights.items():
        if name.endswith(".scale"):
            continue
        scale = weights.get(f"{name}.scale")
        if scale is None:
            full[name] = weight.astype(np.float32)
        elif weight.dtype == np.int8:
            # Among matrices of four bits, those that were trained are kept in eight.
            full[name] = weight * scale[:, None].astype(np.float32)
        else:
            full[name] = floats_of(weight, scale)
    return full
