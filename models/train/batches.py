"""Draws training batches: rows by their weight, in short runs of neighbours.

Neighbouring rows come from one document, so a run of them gives every row a few negatives on the same subject,
which is what the entries of one knowledge base are to each other. Runs of similar questions are harder still.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .corpora import Pairs
from .neighbourhoods import neighbourhood_order, runs_of

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


def hard_batches(
    pairs: Pairs, vectors: np.ndarray, size: int, seed: int, device: str,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of runs whose left texts are similar; `vectors` holds one for each row."""
    chance = np.random.default_rng(seed)
    while True:
        rows = runs_of(neighbourhood_order(vectors, chance), RUN, chance).reshape(-1)
        for first in range(0, len(rows) - size + 1, size):
            chosen = rows[first : first + size]
            yield torch.from_numpy(pairs.left[chosen]).to(device), torch.from_numpy(pairs.right[chosen]).to(device)


def batches_of_one_group(
    pairs: Pairs, size: int, seed: int, device: str, vectors: np.ndarray | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of which each holds one group; small groups come more often than their rows would have it.

    With a vector for each row, every other batch is one of similar questions.
    """
    chance = np.random.default_rng(seed)
    kinds = []
    for at, group in enumerate(range(len(pairs.groups))):
        kept = pairs.group == group
        one = pairs.only(kept)
        fitting = min(size, len(one) // 2)
        streams = [batches(one, fitting, seed + 1 + at, device)]
        if vectors is not None:
            streams.append(hard_batches(one, vectors[kept], fitting // RUN * RUN, seed + 101 + at, device))
        kinds.append((np.sqrt(one.weight.sum()), streams))
    share = np.array([weight for weight, _ in kinds])
    while True:
        _, streams = kinds[chance.choice(len(kinds), p=share / share.sum())]
        yield next(streams[chance.integers(len(streams))])
