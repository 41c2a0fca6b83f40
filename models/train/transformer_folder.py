"""Runs a transformer folder with the transformers library: what the Rust side computes, with weights in floats."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from .four_bits import in_full


class TransformerModel:
    """An exported folder."""

    BATCH = 128

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        config = BertConfig(**json.loads((folder / "config.json").read_text()))
        self.prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
        self.bert = BertModel(config, add_pooling_layer=False).eval()
        weights = in_full(load_file(folder / "model.safetensors"))
        self.bert.load_state_dict({name: torch.from_numpy(weight) for name, weight in weights.items()}, strict=False)
        self.hidden = config.hidden_size
        self.fills = config.pad_token_id

    def encode(self, texts: list[str], role: str = "query") -> np.ndarray:
        """Unit vectors, one a row."""
        prompt = self.prompts.get(role, "")
        encodings = self.tokenizer.encode_batch([prompt + text for text in texts])
        vectors = np.zeros((len(texts), self.hidden), np.float32)
        order = np.argsort([len(encoding.ids) for encoding in encodings])
        for first in range(0, len(texts), self.BATCH):
            rows = order[first : first + self.BATCH]
            longest = len(encodings[rows[-1]].ids)
            ids = torch.full((len(rows), longest), self.fills)
            seen = torch.zeros((len(rows), longest), dtype=torch.long)
            for at, row in enumerate(rows):
                length = len(encodings[row].ids)
                ids[at, :length], seen[at, :length] = torch.tensor(encodings[row].ids), 1
            with torch.inference_mode():
                hidden = self.bert(input_ids=ids, attention_mask=seen).last_hidden_state
            vectors[rows] = functional.normalize((hidden * seen[..., None]).sum(1), dim=1).numpy()
        return vectors
