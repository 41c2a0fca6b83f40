"""What the teacher knows, in the width of the student, and the texts that should come to lie there."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from .corpora import Corpora
from .sources import weight_of
from .teacher import Vectors


@dataclass
class Targets:
    """Teacher vectors, and pairs of a text and its target for English sentences and for translations of them."""

    vectors: Tensor
    english: Tensor
    english_target: Tensor
    english_cumulative: Tensor
    translated: Tensor
    translated_target: Tensor
    translated_cumulative: Tensor

    def draw(self, english: int, translated: int) -> tuple[Tensor, Tensor]:
        """Texts drawn at random by the weight of their source and language, and their target vectors."""
        one = draw_rows(self.english_cumulative, english)
        other = draw_rows(self.translated_cumulative, translated)
        targets = torch.cat([self.english_target[one], self.translated_target[other]])
        return torch.cat([self.english[one], self.translated[other]]), self.vectors[targets]


def draw_rows(cumulative: Tensor, count: int) -> Tensor:
    """Row numbers, each drawn in proportion to its weight; the weights come as their running sum."""
    at = torch.rand(count, dtype=cumulative.dtype, device=cumulative.device) * cumulative[-1]
    return torch.searchsorted(cumulative, at).clamp(max=len(cumulative) - 1)


def projection(vectors: np.ndarray, dimension: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The mean, the first principal axes, and the share of the variance that they keep."""
    mean = vectors.mean(0)
    variance, axes = np.linalg.eigh(np.cov((vectors - mean).T))
    return mean, axes[:, ::-1][:, :dimension], variance[::-1][:dimension].sum() / variance.sum()


def targets_of(
    corpora: Corpora, saved: Vectors, words: list[str], dimension: int, device: str,
) -> tuple[Targets, list[str], Tensor]:
    """The targets, and the words of the vocabulary that the teacher has seen with their vectors.

    With fewer dimensions than the teacher has, its vectors are projected on their principal axes; with as many, they
    are the teacher's own.
    """
    english = list(corpora.english)
    at, vectors = saved.find([corpora.texts[text] for text in english])
    mean, axes, kept = np.zeros(dimension), np.eye(dimension), 1.0
    if dimension < vectors.shape[1]:
        mean, axes, kept = projection(vectors, dimension)
    print(f"teacher: {len(at)} sentences, {100 * kept:.0f} % of the variance in {dimension} dimensions", flush=True)

    def project(vectors: np.ndarray) -> Tensor:
        return functional.normalize(torch.from_numpy(((vectors - mean) @ axes).astype(np.float32)), dim=1)

    known = np.array(english)[at]
    target_of_text = np.full(len(corpora.texts), -1)
    target_of_text[known] = np.arange(len(known))
    pairs = corpora.parallel
    target = target_of_text[pairs.left]
    rows = np.flatnonzero(target >= 0)
    english_weights = np.array([weight_of(corpora.english[text]) for text in known.tolist()])
    word_at, word_vectors = saved.find(words)

    def tensor(values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(device)

    targets = Targets(
        project(vectors).to(device),
        tensor(known), torch.arange(len(known), device=device), tensor(english_weights.cumsum()),
        tensor(pairs.right[rows]), tensor(target[rows]), tensor(pairs.weight[rows].astype(np.float64).cumsum()),
    )
    print(f"teacher: {len(rows)} translations with a target", flush=True)
    return targets, [words[word] for word in word_at], project(word_vectors)
