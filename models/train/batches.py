"""Draws training batches: rows by their weight, in short runs of neighbours.

Neighbouring rows come from one document, so a run of them gives every row a few negatives on the same subject,
which is what the entries of one knowledge base are to each other.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .corpora import Pairs

RUN = 8


def one_pass(pairs: Pairs, chance: np.random.Generator) -> np.ndarray:
    """Row numbers of one pass; a row of weight 1.5 stands there once or twice, never twice within one run."""
    draws = np.floor(pairs.weight + chance.random(len(pairs), dtype=np.float32)).astype(int)
    rows = np.concatenate([np.flatnonzero(draws > copy) for copy in range(draws.max())])
    # Runs begin elsewhere in every pass, so that the neighbours change.
    runs = np.array_split(np.roll(rows, chance.integers(RUN)), max(1, len(rows) // RUN))
    order = chance.permutation(len(runs))
    return np.concatenate([runs[run] for run in order])


def batches(pairs: Pairs, size: int, seed: int, device: str) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of (left, right) texts."""
    chance = np.random.default_rng(seed)
    while True:
        rows = one_pass(pairs, chance)
        for first in range(0, len(rows) - size + 1, size):
            chosen = rows[first : first + size]
            yield torch.from_numpy(pairs.left[chosen]).to(device), torch.from_numpy(pairs.right[chosen]).to(device)


def batches_of_one_group(pairs: Pairs, size: int, seed: int, device: str) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of which each holds one group; small groups come more often than their rows would have it."""
    chance = np.random.default_rng(seed)
    kinds = []
    for at, group in enumerate(range(len(pairs.groups))):
        one = pairs.only(pairs.group == group)
        kinds.append((np.sqrt(one.weight.sum()), batches(one, min(size, len(one) // 2), seed + 1 + at, device)))
    share = np.array([weight for weight, _ in kinds])
    while True:
        _, stream = kinds[chance.choice(len(kinds), p=share / share.sum())]
        yield next(stream)
