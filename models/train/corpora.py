"""Reads the corpora folder into one table of texts and one table of pairs.

Layout of the folder (all files are xz-compressed, UTF-8, one row a line, tab-separated):

- `en-zh.tsv.xz`, `en-ja.tsv.xz`, `en-ko.tsv.xz`: source tag, English sentence, its translation;
- `qa-en.tsv.xz`, `qa-zh.tsv.xz`, `qa-ja.tsv.xz`, `qa-ko.tsv.xz`: source tag (with `#q` where the heading is
  phrased as a question), heading or question, the passage under it;
- `cjk.jsonl.xz`: objects with `src` and at least two of `zh`, `ja`, `ko`.

Texts are kept as they stand; the tokenizer normalises.
"""

import json
import lzma
import zlib
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from . import sources

LANGUAGES = ("en", "zh", "ja", "ko")
# The thinnest pair of languages is drawn twice as often.
LANGUAGE_WEIGHTS = {"en-zh": 1.0, "en-ja": 1.0, "en-ko": 2.0}
CJK_WEIGHT = 0.5
MAX_CHARS = 300
# One text in so many is held back; about 2,000 pairs of each kind.
HELD_BACK_PARALLEL = 700
HELD_BACK_PASSAGES = 100


@dataclass
class Pairs:
    """Rows of two texts that mean the same, or of a question and the passage that answers it.

    `left` and `right` index the table of texts; `group` indexes `groups`, the file and the language pair.
    """

    left: np.ndarray
    right: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    groups: list[str]

    def __len__(self) -> int:
        return len(self.left)

    def only(self, kept: np.ndarray) -> "Pairs":
        """The rows for which `kept` is true."""
        return Pairs(self.left[kept], self.right[kept], self.group[kept], self.weight[kept], self.groups)


@dataclass
class Corpora:
    """Every text once, and the pairs among them, with a held-back part that training never sees."""

    texts: list[str]
    parallel: Pairs
    passages: Pairs
    held_parallel: Pairs
    held_passages: Pairs
    english: dict[int, str]
    rows_by_source: dict[str, int]


def is_held_back(text: str, one_in: int) -> bool:
    """Whether a row with this English sentence or heading is held back; the same in every run."""
    return zlib.crc32(text.encode()) % one_in == 0


class _Table:
    """Collects texts and pairs while the files are read."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.index: dict[str, int] = {}
        self.english: dict[int, str] = {}
        self.rows_by_source: dict[str, int] = {}

    def add(self, text: str) -> int:
        text = text[:MAX_CHARS].strip()
        if text not in self.index:
            self.index[text] = len(self.texts)
            self.texts.append(text)
        return self.index[text]

    def count(self, tag: str) -> None:
        tag = sources.plain_tag(tag)
        self.rows_by_source[tag] = self.rows_by_source.get(tag, 0) + 1

    def add_english(self, text: int, tag: str) -> None:
        # A sentence of several sources belongs to the one closest to a visitor's words.
        known = self.english.get(text)
        if known is None or sources.family_of(tag) < sources.family_of(known):
            self.english[text] = tag


def _rows(path: Path, columns: int):
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = line.rstrip("\n").split("\t")
            if len(row) == columns and all(row) and not sources.is_excluded(row[0]):
                yield row


def _pairs(rows: list[tuple[int, int, int, float]], groups: list[str]) -> Pairs:
    left, right, group, weight = zip(*rows)
    return Pairs(
        np.array(left, np.int64), np.array(right, np.int64), np.array(group, np.int16),
        np.array(weight, np.float32), groups,
    )


def read(folder: Path) -> Corpora:
    """Reads every file of the folder, in the order in which documents stand there."""
    table = _Table()
    groups = [f"en-{other}" for other in LANGUAGES[1:]]
    groups += [f"{one}-{other}" for one, other in combinations(LANGUAGES[1:], 2)]
    parallel, held_parallel = [], []
    for name, language_weight in LANGUAGE_WEIGHTS.items():
        for tag, english, other in _rows(folder / f"{name}.tsv.xz", 3):
            left = table.add(english)
            row = (left, table.add(other), groups.index(name), sources.weight_of(tag) * language_weight)
            if is_held_back(english, HELD_BACK_PARALLEL):
                held_parallel.append(row)
                continue
            parallel.append(row)
            table.count(tag)
            table.add_english(left, tag)
    with lzma.open(folder / "cjk.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            tag = row["src"]
            if sources.is_excluded(tag):
                continue
            weight = sources.weight_of(tag) * CJK_WEIGHT
            present = [language for language in LANGUAGES[1:] if row.get(language)]
            for one, other in combinations(present, 2):
                pair = table.add(row[one]), table.add(row[other])
                parallel.append((*pair, groups.index(f"{one}-{other}"), weight))
            table.count(tag)
    passages, held_passages = [], []
    for group, language in enumerate(LANGUAGES):
        for tag, heading, passage in _rows(folder / f"qa-{language}.tsv.xz", 3):
            left = table.add(heading)
            row = (left, table.add(passage), group, sources.weight_of(tag))
            if is_held_back(heading, HELD_BACK_PASSAGES):
                held_passages.append(row)
                continue
            passages.append(row)
            table.count(tag)
            if language == "en":
                table.add_english(left, tag)
    return Corpora(
        table.texts, _pairs(parallel, groups), _pairs(passages, list(LANGUAGES)),
        _pairs(held_parallel, groups), _pairs(held_passages, list(LANGUAGES)), table.english, table.rows_by_source,
    )
