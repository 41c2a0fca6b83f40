"""The static encoder while it is trained: a table of token vectors and weighted sums over it."""

import re
from array import array
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer
from torch import Tensor, nn

from .character_pairs import pairs_of
from .tokenizer import normalised

# Longer texts are cut in training only; a longer text says little more about its own meaning.
MAX_TOKENS = 96
ASCII = re.compile(r"[▁\x00-\x7f]+")


@dataclass
class TokenTable:
    """The token ids of many texts, one after the other; text `i` is `ids[starts[i]:starts[i + 1]]`.

    The ids of a text's character pairs follow those of its pieces.
    """

    ids: Tensor
    starts: Tensor

    @classmethod
    def of(cls, texts: list[str], tokenizer: SentencePieceProcessor, pair_rows: int = 0) -> "TokenTable":
        """Tokenizes the texts; one without a token gets the unknown piece."""
        pieces = tokenizer.get_piece_size()
        ids, lengths = array("i"), []
        for first in range(0, len(texts), 20_000):
            lines = [normalised(text) for text in texts[first : first + 20_000]]
            for line, tokens in zip(lines, tokenizer.encode(lines, num_threads=1), strict=True):
                tokens = tokens[:MAX_TOKENS] or [0]
                pairs = pieces + pairs_of(line, pair_rows, MAX_TOKENS)
                lengths.append(len(tokens) + len(pairs))
                ids.extend(tokens)
                ids.extend(pairs.tolist())
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return cls(torch.from_numpy(np.array(ids)), torch.from_numpy(starts))

    def to(self, device: str) -> "TokenTable":
        """The table in the device's memory."""
        return TokenTable(self.ids.to(device), self.starts.to(device))

    def gather(self, texts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The tokens of the chosen texts, where each text begins among them, and the text of each token."""
        starts = self.starts[texts]
        lengths = self.starts[texts + 1] - starts
        bags = lengths.cumsum(0) - lengths
        text_of_token = torch.repeat_interleave(torch.arange(len(texts), device=texts.device), lengths)
        position = torch.arange(len(text_of_token), device=texts.device) + (starts - bags)[text_of_token]
        return self.ids[position].long(), bags, text_of_token


class StaticEncoder(nn.Module):
    """Vectors of pieces and of character pairs, whose mean, at unit length, is the vector of a text."""

    DROPPED = 0.1
    MASKED = 0.5

    def __init__(self, tokenizer: Tokenizer, pair_rows: int, dimension: int) -> None:
        super().__init__()
        pieces = tokenizer.get_vocab_size()
        # Unknown characters have nothing in common, so their piece stays at zero and moves no text.
        self.tokens = nn.EmbeddingBag(pieces + pair_rows, dimension, mode="sum", padding_idx=0)
        nn.init.normal_(self.tokens.weight[1:], std=0.05)
        is_ascii = [ASCII.fullmatch(tokenizer.id_to_token(piece)) is not None for piece in range(pieces)]
        self.register_buffer("is_ascii", torch.tensor(is_ascii + [False] * pair_rows), persistent=False)

    def start_words(self, tokenizer: Tokenizer, words: list[str], vectors: Tensor) -> None:
        """Starts the pieces that are whole English words at the teacher's vector of the word."""
        pieces = torch.tensor([tokenizer.token_to_id(f"▁{word}") for word in words], dtype=torch.long)
        with torch.no_grad():
            length = self.tokens.weight.norm(dim=1).mean()
            self.tokens.weight[pieces] = functional.normalize(vectors, dim=1) * length

    def forward(self, table: TokenTable, texts: Tensor, maskable: Tensor) -> Tensor:
        """Unit vectors of the texts; in training a tenth of the tokens is dropped.

        Half of the texts for which `maskable` is true lose nearly all weight of their ASCII tokens. Translations
        share names and numbers with the original, and would otherwise be told apart by nothing else.
        """
        ids, bags, text_of_token = table.gather(texts)
        masked = maskable & (torch.rand(len(texts), device=ids.device) < self.MASKED)
        weights = torch.ones(len(ids), device=ids.device)
        weights = weights.masked_fill(masked[text_of_token] & self.is_ascii[ids], 0.02)
        if self.training:
            # The rest keeps a text of which every token is dropped from having no direction.
            weights = weights * (torch.rand(len(ids), device=ids.device) >= self.DROPPED) + 1e-4
        return functional.normalize(self.tokens(ids, bags, per_sample_weights=weights), dim=1)
