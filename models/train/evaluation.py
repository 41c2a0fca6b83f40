"""Measures an exported model: on the held-back pairs, and on labelled questions in a folder.

`python -m train.evaluation --model DIR --sets DIR [SET ...]` prints one line a set. A set is a folder with
`kb.jsonl` (`id`, `question`, `answer`, `alt`) and `queries.jsonl` (`text`, `relevant`; out of scope when empty).
With `--mondo BINARY` that program encodes, so that any folder it reads can be measured as it will run. Several
`--model` count together, each as much as the others.
"""

import argparse
import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Protocol

import numpy as np

from .corpora import Corpora, Pairs
from .export import StaticModel
from .transformer_folder import TransformerModel

DEFAULT_SETS = (
    "tatoeba_zh-en", "tatoeba_ja-en", "tatoeba_ko-en", "banking77_k5", "hwu64_k5", "covidfaq_en", "tsbank_zh",
    "atec500_zh", "lcqmc_dev_zh", "parakqc_pub_k1_ko", "jsts_pub_ret_ja", "naverqa_pub_ko", "xl_bitcoin_mixed",
    "xl_python_mixed", "xl_adobe_mixed", "qa_bitcoin_4lang", "qa_python_4lang", "qa_adobe_4lang",
)


class Model(Protocol):
    """What encodes texts: a static model or a transformer."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, one a row."""


class Mondo:
    """A model folder in the program's own runtime."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.command = [binary, "encode", "--model", folder, "--format", "raw"]

    def encode(self, texts: list[str]) -> np.ndarray:
        lines = "".join(" ".join(text.split()) + "\n" for text in texts)
        done = subprocess.run(self.command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
        return np.frombuffer(done.stdout, np.float32).reshape(len(texts), -1)


class Together:
    """Several models as one: cosines are the mean of theirs."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.concatenate([model.encode(texts) for model in self.models], axis=1) / len(self.models) ** 0.5


def load(folder: Path) -> Model:
    """The model in a folder; a transformer has a `config.json`."""
    return TransformerModel(folder) if (folder / "config.json").exists() else StaticModel(folder)


def accuracy_on_pairs(model: Model, corpora: Corpora, pairs: Pairs) -> dict[str, float]:
    """Per group, how often the left text finds its own right text first among those of the group."""
    accuracy = {}
    for group, name in enumerate(pairs.groups):
        rows = np.flatnonzero(pairs.group == group)
        if len(rows) == 0:
            continue
        left = model.encode([corpora.texts[text] for text in pairs.left[rows]])
        right = model.encode([corpora.texts[text] for text in pairs.right[rows]])
        best = (left @ right.T).argmax(1)
        accuracy[name] = 100 * float((pairs.right[rows][best] == pairs.right[rows]).mean())
    return accuracy


def _lines(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _units(entry: dict) -> list[str]:
    questions = [entry["question"], *entry.get("alt", [])] if entry["question"] else []
    return questions or [entry["answer"]]


def auroc(scores: np.ndarray, positive: np.ndarray) -> float:
    """How often a positive scores above a negative; not a number when either is missing."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return float("nan")
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(len(scores))
    return (ranks[positive].sum() - positives * (positives - 1) / 2) / (positives * negatives)


def accuracy_on_set(model: Model, folder: Path) -> dict[str, float]:
    """Accuracy of the best entry, overall (`all`) and per language of the question, and the AUROC of its score."""
    entries, queries = _lines(folder / "kb.jsonl"), _lines(folder / "queries.jsonl")
    units = [(number, unit) for number, entry in enumerate(entries) for unit in _units(entry)]
    owner = np.array([number for number, _ in units])
    similarity = model.encode([query["text"] for query in queries]) @ model.encode([unit for _, unit in units]).T
    best_unit = similarity.argmax(1)
    right = defaultdict(list)
    for query, unit in zip(queries, best_unit):
        if query["relevant"]:
            found = entries[owner[unit]]["id"] in query["relevant"]
            right["all"].append(found)
            right[query["lang"]].append(found)
    result = {name: 100 * float(np.mean(found)) for name, found in right.items()}
    in_scope = np.array([bool(query["relevant"]) for query in queries])
    return result | {"auroc": auroc(similarity.max(1), in_scope)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, action="append")
    parser.add_argument("--mondo", type=Path, help="the program that encodes (this package's own code)")
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("names", nargs="*", default=DEFAULT_SETS)
    arguments = parser.parse_args()
    models = [Mondo(arguments.mondo, folder) if arguments.mondo else load(folder) for folder in arguments.model]
    model = Together(models)
    for name in arguments.names:
        result = accuracy_on_set(model, arguments.sets / name)
        languages = " ".join(f"{key} {value:.1f}" for key, value in result.items() if len(key) == 2)
        print(f"{name:20} {result['all']:5.1f}  auroc {result['auroc']:.3f}  {languages}", flush=True)


if __name__ == "__main__":
    main()
