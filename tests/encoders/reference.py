"""Computes reference.json with sentence-transformers: python reference.py FOLDERS, FOLDERS being what folders.py made.

Run it when folders.py or sentences.tsv changes, in an environment with requirements-reference.txt. Lines take turns as
question and passage. Vectors have length one and are kept as half floats in hexadecimal, about 1e-7 of cosine.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from model2vec import StaticModel
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer

HERE = Path(__file__).parent
ROLES = (("query",), ("document", "passage", "corpus"))


def prompts_of(folder: Path) -> list[str]:
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    prompts = config.get("prompts", {})
    return [next((prompts[name] for name in names if name in prompts), "") for names in ROLES]


def without_scales(folder: Path, copy: Path) -> Path:
    """A copy of a folder whose eight-bit matrices are multiplied out, which sentence-transformers can read."""
    for path in folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    weights = load_file(folder / "model.safetensors")
    full = {
        name: weight if f"{name}.scale" not in weights
        else weight.astype(np.float32) * weights[f"{name}.scale"][:, None]
        for name, weight in weights.items() if not name.endswith(".scale")
    }
    save_file(full, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


def vectors_of(folder: Path, texts: list[str]) -> np.ndarray:
    if folder.name == "tiny-model2vec":
        vectors = StaticModel.from_pretrained(str(folder)).encode(texts)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            model = SentenceTransformer(str(without_scales(folder, Path(scratch))), device="cpu")
            prompts = prompts_of(folder)
            given = [prompts[number % 2] + text for number, text in enumerate(texts)]
            vectors = model.encode(given, prompt="", batch_size=1)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def main() -> None:
    texts = [line.split("\t")[1] for line in (HERE / "sentences.tsv").read_text(encoding="utf-8").splitlines()]
    reference = {}
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        weights = (folder / "model.safetensors").read_bytes()
        vectors = vectors_of(folder, texts).astype("<f2")
        reference[folder.name] = {
            "sha256": hashlib.sha256(weights).hexdigest(),
            "vectors": [row.tobytes().hex() for row in vectors],
        }
    (HERE / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
