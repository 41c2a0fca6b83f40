"""Reads the evidence that `mondo eval --evidence` writes."""

import dataclasses
import json
import pathlib

import numpy as np

# Sets that share questions or articles must be left out together, or the measurement is flattered.
FAMILIES = ("banking77", "hwu64", "covidfaq", "atec", "lcqmc", "parakqc", "naverqa", "jsts", "tsbank", "chitchat", "qpair", "tatoeba")
SITES = ("bitcoin", "python", "adobe")


@dataclasses.dataclass
class Question:
    set: str
    family: str
    language: str
    in_scope: bool
    evidence: np.ndarray  # candidates x numbers
    right: np.ndarray  # candidates
    weight: float = 1.0


def family_of(name: str) -> str:
    for site in SITES:
        if site in name:
            return site
    for family in FAMILIES:
        if name.startswith(family):
            return family
    return name


def read_questions(path: pathlib.Path, per_family: int, seed: int) -> tuple[list[str], list[Question]]:
    """Gives the evidence names and about `per_family` questions of each family of sets, shared out among its sets,
    weighted so that small sets are heard."""
    names: list[str] = []
    by_set: dict[str, list[Question]] = {}
    with path.open(encoding="utf8") as lines:
        for line in lines:
            row = json.loads(line)
            if "names" in row:
                names = row["names"]
                continue
            if not row["candidates"]:
                continue
            evidence = np.array([c["evidence"] for c in row["candidates"]], np.float32)
            right = np.array([c["right"] for c in row["candidates"]], bool)
            question = Question(row["set"], family_of(row["set"]), row["lang"], row["relevant"], evidence, right)
            by_set.setdefault(row["set"], []).append(question)
    random = np.random.RandomState(seed)
    kept: list[Question] = []
    siblings: dict[str, int] = {}
    for name in by_set:
        siblings[family_of(name)] = siblings.get(family_of(name), 0) + 1
    for name, questions in by_set.items():
        chosen = random.permutation(len(questions))[: per_family // siblings[family_of(name)]]
        kept += [questions[i] for i in sorted(chosen)]
    count: dict[str, int] = {}
    for question in kept:
        count[question.set] = count.get(question.set, 0) + 1
    for question in kept:
        # Between equal weight a set and equal weight a question: large sets say more, but not all.
        question.weight = 1 / count[question.set] ** 0.7
    return names, kept
