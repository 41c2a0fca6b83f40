"""Writes a trained encoder as a folder that mondo and sentence-transformers both load."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from .character_pairs import pairs_of
from .eight_bits import in_eight_bits, in_full
from .tokenizer import normalised

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
# What `mondo model verify` computes again: a text in each language, and one in all.
CHECKED = ("I lost my phone", "提现一直不到账", "出金が反映されません", "출금이 안 돼요", "BTC 提现 出金 출금 pending")
FILES = ("model.safetensors", "tokenizer.json", "modules.json", "config_sentence_transformers.json")


class StaticModel:
    """An exported folder, read with numpy alone; what the Rust side computes."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        rows = in_full(load_file(folder / "model.safetensors"))["embedding.weight"]
        self.tokens, self.pairs = np.split(rows, [self.tokenizer.get_vocab_size()])
        self.max_tokens = self.tokenizer.truncation["max_length"]

    def encode(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, one a row; a text without tokens has the zero vector."""
        vectors = np.zeros((len(texts), self.tokens.shape[1]), np.float32)
        for row, encoding in enumerate(self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)):
            pairs = pairs_of(normalised(texts[row]), len(self.pairs), self.max_tokens)
            total = self.tokens[encoding.ids].sum(0) + self.pairs[pairs].sum(0)
            vectors[row] = total / max(np.linalg.norm(total), 1e-12)
        return vectors


def write(folder: Path, tokens: torch.Tensor, tokenizer: Tokenizer, as_halves: bool = False) -> None:
    """Writes the weights, the tokenizer and the layout that sentence-transformers reads.

    Programs that know nothing of eight-bit weights need half floats.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The length of a text's mean means nothing, so the table may be scaled to where half floats are finest.
    scaled = tokens.detach().cpu().numpy()
    weights = {"embedding.weight": scaled / np.abs(scaled).max()}
    if as_halves:
        kept = {name: weight.astype(np.float16) for name, weight in weights.items()}
    else:
        kept = in_eight_bits(weights, lambda name, weight: True)
    save_file(kept, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(folder / "modules.json", MODULES)
    write_json(folder / "config_sentence_transformers.json", {
        "__version__": {"sentence_transformers": "6.2.0"},
        "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine",
    })
    for file in FILES:
        (folder / file).chmod(0o644)


def write_json(path: Path, value: object) -> None:
    """Writes a JSON file that people can read."""
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _table(values: dict[str, object]) -> str:
    # TOML's strings, numbers and keys of these kinds are JSON's.
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


def write_card(
    folder: Path, use: dict[str, object], files: tuple[str, ...], training: dict[str, object],
    rows: list[dict[str, object]], checks: dict[str, list[float]],
) -> None:
    """Writes `card.toml`: how to use the weights, their files' sums, how they came about and from what.

    `checks` are texts and the first numbers of their vectors.
    """
    parts = [_table({"name": folder.name, **use})]
    sums = [(file, hashlib.sha256((folder / file).read_bytes()).hexdigest()) for file in files]
    parts.append("[files]\n" + "".join(f'"{file}" = "{value}"\n' for file, value in sums))
    parts.append("[training]\n" + _table(training))
    parts += ["[[check]]\n" + _table({"text": text, "vector": vector}) for text, vector in checks.items()]
    parts += ["[[source]]\n" + _table(row) for row in rows]
    (folder / "card.toml").write_text("\n".join(parts), encoding="utf-8")
