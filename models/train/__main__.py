"""`python -m train --corpora DIR --out DIR`: vocabulary, teacher vectors, training and export, in this order.

What a step leaves in the scratch folder (`OUT/work`) is used again, so that a run that was stopped goes on.
"""

import argparse
import datetime
import os
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import corpora as corpora_reading
from . import export, teacher, tokenizer as vocabulary
from .distillation import targets_of
from .encoder import StaticEncoder, TokenTable
from .evaluation import accuracy_on_pairs
from .training import Run, Settings

MODEL_NAME = "mondo-static-v1"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that corpora.py describes")
    parser.add_argument("--out", type=Path, required=True, help="where the scratch and the model folder go")
    parser.add_argument("--name", default=MODEL_NAME, help="the name of the model and of its folder")
    parser.add_argument("--minutes", type=float, default=45, help="how long the training step takes")
    parser.add_argument("--teacher-minutes", type=float, default=15, help="how long the teacher encodes at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def tokenizer_for(corpora: corpora_reading.Corpora, scratch: Path, seed: int, threads: int) -> Tokenizer:
    """The tokenizer of an earlier run, or a new one."""
    path = scratch / "tokenizer.json"
    if not path.exists():
        print("vocabulary: learning", flush=True)
        vocabulary.train(corpora, scratch, seed, threads).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    print(f"vocabulary: {tokenizer.get_vocab_size()} pieces", flush=True)
    return tokenizer


def print_held_back(model: export.StaticModel, corpora: corpora_reading.Corpora) -> None:
    """Prints how often a held-back text finds its partner."""
    for kind, pairs in (("translations", corpora.held_parallel), ("passages", corpora.held_passages)):
        found = accuracy_on_pairs(model, corpora, pairs)
        figures = ", ".join(f"{group} {accuracy:.1f}" for group, accuracy in found.items())
        print(f"held back: {len(pairs)} {kind}, accuracy@1 {figures}", flush=True)


def rows_of(corpora_folder: Path, counted: dict[str, int]) -> list[dict[str, object]]:
    """One row a source: its name, its licence and repository as `STATS.tsv` has them, and the rows used."""
    stated: dict[str, tuple[str, str]] = {}
    for line in (corpora_folder / "STATS.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        _, tag, licence, *_, repository = line.split("\t")
        stated.setdefault(tag, (licence, repository))
    rows = []
    for tag, count in sorted(counted.items()):
        licence, repository = stated.get(tag, ("unknown", "unknown"))
        rows.append({"name": tag, "licence": licence, "rows": count, "repository": repository})
    return rows


def main() -> None:
    arguments = read_arguments()
    # The tokenizer's own threads; they start with the first batch.
    os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scratch = arguments.out / "work"
    scratch.mkdir(parents=True, exist_ok=True)

    corpora = corpora_reading.read(arguments.corpora)
    print(f"corpora: {len(corpora.parallel)} translations, {len(corpora.passages)} passages", flush=True)
    tokenizer = tokenizer_for(corpora, scratch, arguments.seed, arguments.threads)

    vectors = teacher.Vectors(scratch / "teacher.npz")
    checkpoint = scratch / "checkpoint.pt"
    # Once training has begun, its targets stay as they are.
    if not checkpoint.exists():
        waiting = teacher.queue(corpora, tokenizer, arguments.seed)
        teacher.encode(waiting, vectors, arguments.teacher_minutes, device)

    settings = Settings(minutes=arguments.minutes, seed=arguments.seed)
    words = teacher.words_of(tokenizer)
    targets, known_words, word_vectors = targets_of(corpora, vectors, words, settings.dimension, device)
    table = TokenTable.of(corpora.texts, vocabulary.fast_tokenizer(tokenizer, scratch)).to(device)
    encoder = StaticEncoder(tokenizer, settings.dimension)
    encoder.start_words(tokenizer, known_words, word_vectors)
    run = Run(encoder.to(device), settings, checkpoint)
    run.train(corpora, table, targets)

    folder = arguments.out / arguments.name
    export.write(folder, encoder.tokens.weight, tokenizer)
    source_rows = rows_of(arguments.corpora, corpora.rows_by_source)
    # The weights carry the strictest licence among their sources.
    shares_alike = any("CC-BY-SA" in str(row["licence"]) for row in source_rows)
    training = {
        "date": datetime.date.today().isoformat(), "seed": arguments.seed, "minutes": arguments.minutes,
        "steps": run.step, "pairs_seen": run.pairs_seen, "teacher": "all-MiniLM-L6-v2 (Apache-2.0)",
        "teacher_vectors": len(vectors.hashes),
        "command": f"python -m train --corpora DIR --out DIR --minutes {arguments.minutes:g} --seed {arguments.seed}",
    }
    export.write_card(folder, "CC-BY-SA-4.0" if shares_alike else "CC-BY-4.0", training, source_rows)
    print_held_back(export.StaticModel(folder), corpora)


if __name__ == "__main__":
    main()
