"""Puts rows that lie close together next to each other, so that a batch drawn in runs holds hard negatives.

A random projection tree (Dasgupta and Freund, STOC 2008): every part is halved along the line through two of its
members, until the parts are small. It costs a few seconds for half a million rows and differs each time.
"""

import numpy as np

LEAF = 16
# Distances survive a projection to so few dimensions well enough to find neighbours.
PROJECTED = 64


def neighbourhood_order(vectors: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Row numbers in an order in which neighbours of the order are neighbours in space.

    Up to half of the rows are left out, at random: the parts are halved evenly.
    """
    if len(vectors) < 2 * LEAF:
        return chance.permutation(len(vectors))
    levels = int(np.log2(len(vectors) / LEAF))
    size = min(len(vectors) >> levels, 2 * LEAF - 1)
    order = chance.permutation(len(vectors))[: size << levels]
    projection = chance.standard_normal((vectors.shape[1], PROJECTED), dtype=np.float32)
    near = vectors.astype(np.float32) @ projection
    for level in range(levels):
        parts = order.reshape(1 << level, -1)
        one, other = (near[parts[:, at]] for at in chance.choice(parts.shape[1], 2, replace=False))
        along = np.einsum("prd,pd->pr", near[parts], one - other)
        halves = np.argpartition(along, parts.shape[1] // 2, axis=1)
        order = np.take_along_axis(parts, halves, axis=1).reshape(-1)
    return order


def runs_of(order: np.ndarray, run: int, chance: np.random.Generator) -> np.ndarray:
    """The order cut into runs, and the runs shuffled: runs x `run` row numbers."""
    kept = order[: len(order) // run * run].reshape(-1, run)
    return kept[chance.permutation(len(kept))]
