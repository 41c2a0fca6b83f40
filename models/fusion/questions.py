"""Reads the evidence that `mondo eval --evidence` writes."""

import dataclasses
import json
import pathlib

import numpy as np

# Sets that share questions or articles must be left out together, or the measurement is flattered.
FAMILIES = ("banking77", "hwu64", "covidfaq", "atec", "lcqmc", "parakqc", "naverqa", "jsts", "tsbank", "chitchat", "qpair", "tatoeba")
SITES = ("bitcoin", "python", "adobe")

# Families whose entries have answers, as a help centre's do, and how much more they say than bare questions.
WITH_ANSWERS = ("covidfaq", "naverqa", "tsbank", *SITES)
ANSWERED = 3.0

# What questions near the subject, and outside what the base says, weigh beside those of the set itself.
NEAR_SHARE = 0.2


@dataclasses.dataclass
class Question:
    set: str
    family: str
    language: str
    in_scope: bool
    evidence: np.ndarray  # candidates x numbers
    right: np.ndarray  # candidates
    weight: float = 1.0
    near: bool = False  # its answer was taken out of the base


def family_of(name: str) -> str:
    for site in SITES:
        if site in name:
            return site
    for family in FAMILIES:
        if name.startswith(family):
            return family
    return name


def read_lines(path: pathlib.Path) -> tuple[list[str], list[tuple[str, Question]]]:
    """The evidence names, and each question with its id; questions without candidates say nothing and are left out."""
    names: list[str] = []
    questions = []
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
            questions.append((row["id"], question))
    return names, questions


def read_questions(path: pathlib.Path, near: pathlib.Path | None, per_family: int, seed: int) -> tuple[list[str], list[Question]]:
    """Gives the evidence names and about `per_family` questions of each family of sets, shared out among its sets,
    weighted so that small sets are heard; and the questions whose answers were left out of the base in `near`, which
    together weigh `NEAR_SHARE` of what the set's own do."""
    names, whole = read_lines(path)
    by_set: dict[str, list[tuple[str, Question]]] = {}
    for identity, question in whole:
        by_set.setdefault(question.set, []).append((identity, question))
    random = np.random.RandomState(seed)
    siblings: dict[str, int] = {}
    for name in by_set:
        siblings[family_of(name)] = siblings.get(family_of(name), 0) + 1
    kept: list[Question] = []
    for questions in by_set.values():
        chosen = random.permutation(len(questions))[: per_family // siblings[questions[0][1].family]]
        chosen = [questions[i][1] for i in sorted(chosen)]
        for question in chosen:
            # Between equal weight a set and equal weight a question: large sets say more, but not all.
            question.weight = 1 / len(chosen) ** 0.7
            if question.family in WITH_ANSWERS:
                question.weight *= ANSWERED
        kept += chosen
    if near is None:
        return names, kept
    near_names, left_out = read_lines(near)
    if near_names != names:
        raise SystemExit(f"{near} was gathered with other evidence than {path}; gather both anew")
    answerable = {(question.set, identity) for identity, question in whole if question.in_scope}
    weight_of_set: dict[str, float] = {}
    for question in kept:
        weight_of_set[question.set] = weight_of_set.get(question.set, 0.0) + question.weight
    near_by_set: dict[str, list[Question]] = {}
    for identity, question in left_out:
        if not question.in_scope and (question.set, identity) in answerable:
            near_by_set.setdefault(question.set, []).append(question)
    for name, questions in near_by_set.items():
        at_most = sum(question.set == name and not question.near for question in kept) // 3 + 1
        questions = [questions[i] for i in sorted(random.permutation(len(questions))[:at_most])]
        for question in questions:
            question.near = True
            question.weight = NEAR_SHARE * weight_of_set[name] / len(questions)
        kept += questions
    return names, kept
