"""What the teacher knows, in the width of the student, and the texts that should come to lie there."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from .corpora import Corpora
from .teacher import Vectors


@dataclass
class Targets:
    """Teacher vectors, and pairs of a text and its target for English sentences and for translations of them."""

    vectors: Tensor
    english: Tensor
    english_target: Tensor
    translated: Tensor
    translated_target: Tensor

    def draw(self, english: int, translated: int) -> tuple[Tensor, Tensor]:
        """Texts drawn at random and their target vectors."""
        device = self.vectors.device
        one = torch.randint(len(self.english), (english,), device=device)
        other = torch.randint(len(self.translated), (translated,), device=device)
        targets = torch.cat([self.english_target[one], self.translated_target[other]])
        return torch.cat([self.english[one], self.translated[other]]), self.vectors[targets]


def projection(vectors: np.ndarray, dimension: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The mean, the first principal axes, and the share of the variance that they keep."""
    mean = vectors.mean(0)
    variance, axes = np.linalg.eigh(np.cov((vectors - mean).T))
    return mean, axes[:, ::-1][:, :dimension], variance[::-1][:dimension].sum() / variance.sum()


def targets_of(
    corpora: Corpora, saved: Vectors, words: list[str], dimension: int, device: str,
) -> tuple[Targets, list[str], Tensor]:
    """The targets, and the words of the vocabulary that the teacher has seen with their vectors."""
    english = list(corpora.english)
    at, vectors = saved.find([corpora.texts[text] for text in english])
    mean, axes, kept = projection(vectors, dimension)
    print(f"teacher: {len(at)} sentences, {100 * kept:.0f} % of the variance in {dimension} dimensions", flush=True)

    def project(vectors: np.ndarray) -> Tensor:
        return functional.normalize(torch.from_numpy(((vectors - mean) @ axes).astype(np.float32)), dim=1)

    known = np.array(english)[at]
    target_of_text = np.full(len(corpora.texts), -1)
    target_of_text[known] = np.arange(len(known))
    pairs = corpora.parallel
    target = target_of_text[pairs.left]
    # Twice the rows of the thinnest language, as everywhere.
    rows = np.flatnonzero(target >= 0)
    rows = np.concatenate([rows, rows[pairs.group[rows] == pairs.groups.index("en-ko")]])
    word_at, word_vectors = saved.find(words)
    targets = Targets(
        project(vectors).to(device), torch.from_numpy(known).to(device), torch.arange(len(known), device=device),
        torch.from_numpy(pairs.right[rows]).to(device), torch.from_numpy(target[rows]).to(device),
    )
    print(f"teacher: {len(rows)} translations with a target", flush=True)
    return targets, [words[word] for word in word_at], project(word_vectors)
