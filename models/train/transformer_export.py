"""Writes a trained transformer as a folder in the layout of sentence-transformers, and reads such a folder.

Programs that know nothing of eight-bit weights need half floats (`as_halves`).
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.numpy import load_file, save_file
from tokenizers import AddedToken, Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

from .eight_bits import in_eight_bits, in_full
from .export import write_json
from .transformer import EPSILON, HEADS, HIDDEN, INNER, NAMES, POSITIONS, SPECIAL, TransformerEncoder

MAX_TOKENS = 128
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]
FILES = (
    "model.safetensors", "tokenizer.json", "modules.json", "config.json", "sentence_bert_config.json",
    "1_Pooling/config.json", "config_sentence_transformers.json",
)


def bert_weights(encoder: TransformerEncoder) -> dict[str, np.ndarray]:
    """The weights under BERT's names, in full precision."""
    state = {name: weight.detach().float().cpu().numpy() for name, weight in encoder.state_dict().items()}
    weights = {
        "embeddings.word_embeddings.weight": state["tokens.weight"],
        "embeddings.position_embeddings.weight": state["positions.weight"],
        "embeddings.token_type_embeddings.weight": np.zeros((1, HIDDEN), np.float32),
        "embeddings.LayerNorm.weight": state["norm.weight"],
        "embeddings.LayerNorm.bias": state["norm.bias"],
    }
    for number in range(len(encoder.layers)):
        ours, theirs = f"layers.{number}.", f"encoder.layer.{number}."
        for kind in ("weight", "bias"):
            for part, rows in zip(("query", "key", "value"), np.split(state[f"{ours}query_key_value.{kind}"], 3)):
                weights[f"{theirs}attention.self.{part}.{kind}"] = rows
            for our_name, their_name in NAMES.items():
                weights[f"{theirs}{their_name}.{kind}"] = state[f"{ours}{our_name}.{kind}"]
    return weights


def is_matrix(name: str, weight: np.ndarray) -> bool:
    """Whether a weight is one of those that are kept in eight bits."""
    return weight.ndim == 2 and "position" not in name and "token_type" not in name


def with_specials(tokenizer: Tokenizer) -> Tokenizer:
    """The static model's tokenizer, which also opens and closes every text."""
    tokenizer = Tokenizer.from_str(tokenizer.to_str())
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in SPECIAL])
    opens, closes = (tokenizer.token_to_id(piece) for piece in SPECIAL[:2])
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", opens), ("[SEP]", closes)],
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def write(folder: Path, encoder: TransformerEncoder, tokenizer: Tokenizer, as_halves: bool = False) -> None:
    """Writes the weights, the tokenizer and the layout."""
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    weights = bert_weights(encoder)
    if as_halves:
        kept = {name: weight.astype(np.float16) for name, weight in weights.items()}
    else:
        kept = in_eight_bits(weights, is_matrix)
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with_specials(tokenizer).save(str(folder / "tokenizer.json"), pretty=False)
    config = BertConfig(
        vocab_size=len(weights["embeddings.word_embeddings.weight"]), hidden_size=HIDDEN,
        num_hidden_layers=len(encoder.layers), num_attention_heads=HEADS, intermediate_size=INNER,
        max_position_embeddings=POSITIONS, type_vocab_size=1, layer_norm_eps=EPSILON, pad_token_id=encoder.fills,
    )
    write_json(folder / "config.json", config.to_diff_dict() | {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu",
    })
    write_json(folder / "modules.json", MODULES)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
    })
    write_json(folder / "config_sentence_transformers.json", {
        "__version__": {"sentence_transformers": "6.2.0"},
        "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine",
    })
    for file in FILES:
        (folder / file).chmod(0o644)


class TransformerModel:
    """An exported folder, run by the transformers library; what the Rust side computes."""

    BATCH = 128

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        config = BertConfig(**json.loads((folder / "config.json").read_text()))
        self.bert = BertModel(config, add_pooling_layer=False).eval()
        weights = in_full(load_file(folder / "model.safetensors"))
        self.bert.load_state_dict({name: torch.from_numpy(weight) for name, weight in weights.items()}, strict=False)
        self.tokenizer.enable_padding(pad_id=config.pad_token_id, pad_token=SPECIAL[2])

    def encode(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, one a row."""
        vectors = np.zeros((len(texts), HIDDEN), np.float32)
        order = np.argsort([len(text.encode()) for text in texts])
        for first in range(0, len(texts), self.BATCH):
            rows = order[first : first + self.BATCH]
            batch = self.tokenizer.encode_batch([texts[row] for row in rows])
            ids = torch.tensor([encoding.ids for encoding in batch])
            seen = torch.tensor([encoding.attention_mask for encoding in batch])
            with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
                hidden = self.bert(input_ids=ids, attention_mask=seen).last_hidden_state
            vectors[rows] = functional.normalize((hidden.float() * seen[..., None]).sum(1), dim=1).numpy()
        return vectors
