"""The training loop: contrast between the two texts of a pair, and distillation from the teacher."""

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor

from .batches import batches, batches_of_one_group
from .corpora import Corpora
from .distillation import Targets
from .encoder import StaticEncoder, TokenTable


@dataclass
class Settings:
    """What a training run depends on, beside its corpora."""

    minutes: float
    seed: int
    pair_rows: int
    dimension: int = 256
    batch: int = 2_048
    passage_batch: int = 1_024
    # One step in so many takes questions and passages in place of translations.
    passage_every: int = 5
    english_targets: int = 640
    translated_targets: int = 640
    learning_rate: float = 0.01
    warm_up_steps: int = 100
    temperature: float = 0.05
    distillation: float = 1.0
    relation: float = 20.0
    neighbours: float = 0.5
    neighbour_temperature: float = 0.1
    checkpoint_s: float = 300.0


def contrast(left: Tensor, right: Tensor, left_texts: Tensor, right_texts: Tensor, temperature: float) -> Tensor:
    """Each text should be closest to its partner among all partners of the batch, in both directions.

    Rows that repeat a text of another row are no negatives of each other.
    """
    similarity = left @ right.T / temperature
    same = (left_texts[:, None] == left_texts) | (right_texts[:, None] == right_texts)
    same.fill_diagonal_(False)
    # Cosines bound the exponent, so one matrix of exponentials serves both directions without rescaling.
    weights = similarity.masked_fill(same, -torch.inf).exp()
    among = (weights.sum(1).log() + weights.sum(0).log()) / 2
    return (among - similarity.diagonal()).mean()


def distil(vectors: Tensor, targets: Tensor, settings: Settings) -> tuple[Tensor, Tensor]:
    """How far texts lie from their teacher vectors, and their similarities from the teacher's similarities.

    The second is a squared error over all pairs, most of which have little in common, and a cross-entropy over each
    text's neighbours, which are what retrieval chooses from.
    """
    distance = (1 - (vectors * targets).sum(1)).mean()
    similarity, wanted = vectors @ vectors.T, targets @ targets.T
    relation = functional.mse_loss(similarity, wanted) * settings.relation
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    wanted_neighbours = (wanted / settings.neighbour_temperature).masked_fill(itself, -torch.inf).softmax(1)
    neighbours = (similarity / settings.neighbour_temperature).masked_fill(itself, -1e4).log_softmax(1)
    relation = relation - settings.neighbours * (wanted_neighbours * neighbours).sum(1).mean()
    return distance, relation


def learning_rate(base: float, step: int, warm_up_steps: int, done: float) -> float:
    """Rises over the first steps, then falls along a cosine to a hundredth; `done` is the share of the run."""
    return base * min(1.0, (step + 1) / warm_up_steps) * max(0.01, 0.5 * (1 + math.cos(math.pi * done)))


def save_whole(checkpoint: Path, state: dict[str, object]) -> None:
    """Saves a state, replacing the earlier one only once the new one is whole."""
    unfinished = checkpoint.with_suffix(".part")
    torch.save(state, unfinished)
    unfinished.replace(checkpoint)


class Run:
    """A training run that can be left and taken up again."""

    def __init__(self, encoder: StaticEncoder, settings: Settings, checkpoint: Path) -> None:
        self.encoder = encoder
        self.settings = settings
        self.checkpoint = checkpoint
        self.device = encoder.tokens.weight.device
        self.optimizer = torch.optim.Adam(
            encoder.parameters(), lr=settings.learning_rate, betas=(0.9, 0.99), fused=True,
        )
        self.step = 0
        self.seconds = 0.0
        self.pairs_seen = 0
        if checkpoint.exists():
            self._resume()

    def _resume(self) -> None:
        saved = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if saved["settings"] != asdict(self.settings):
            raise SystemExit(f"{self.checkpoint} is of a run with other settings; remove it or repeat those")
        self.encoder.load_state_dict(saved["encoder"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.seconds, self.pairs_seen = saved["step"], saved["seconds"], saved["pairs_seen"]
        print(f"training: taken up at step {self.step}", flush=True)

    def _save(self) -> None:
        save_whole(self.checkpoint, {
            "settings": asdict(self.settings), "encoder": self.encoder.state_dict(),
            "optimizer": self.optimizer.state_dict(), "step": self.step, "seconds": self.seconds,
            "pairs_seen": self.pairs_seen,
        })

    def train(self, corpora: Corpora, table: TokenTable, targets: Targets) -> None:
        """Trains until the time is over; the learning rate falls to nearly nothing by then."""
        settings, encoder = self.settings, self.encoder
        # A resumed run draws other batches than the first part did.
        seed = settings.seed + self.step
        torch.manual_seed(seed)
        translations = batches(corpora.parallel, settings.batch, seed, self.device)
        passages = batches_of_one_group(corpora.passages, settings.passage_batch, seed, self.device)
        encoder.train()
        shown = {"pairs": 0.0, "passages": 0.0, "distance": 0.0, "relation": 0.0}
        saved_at, last = self.seconds, time.monotonic()
        while self.seconds < settings.minutes * 60:
            done = self.seconds / (settings.minutes * 60)
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(settings.learning_rate, self.step, settings.warm_up_steps, done)
            takes_passages = self.step % settings.passage_every == settings.passage_every - 1
            left, right = next(passages if takes_passages else translations)
            drawn, wanted = targets.draw(settings.english_targets, settings.translated_targets)
            # One look-up for all texts: its gradient is as large as the table, and three cost three times as much.
            texts = torch.cat([left, right, drawn])
            maskable = torch.zeros(len(texts), dtype=torch.bool, device=self.device)
            maskable[len(left) : 2 * len(left)] = not takes_passages
            vectors = encoder(table, texts, maskable)
            left_vectors, right_vectors, drawn_vectors = vectors.split([len(left), len(right), len(drawn)])
            contrasted = contrast(left_vectors, right_vectors, left, right, settings.temperature)
            distance, relation = distil(drawn_vectors, wanted, settings)
            loss = contrasted + settings.distillation * (2 * distance + relation)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            self.step += 1
            self.pairs_seen += len(left)
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            shown["passages" if takes_passages else "pairs"] = contrasted.item()
            shown |= {"distance": distance.item(), "relation": relation.item()}
            if self.step % 100 == 0:
                losses = " ".join(f"{name} {value:.3f}" for name, value in shown.items())
                print(f"training: step {self.step}, {self.seconds:.0f} s, {losses}", flush=True)
            if self.seconds - saved_at > settings.checkpoint_s:
                saved_at = self.seconds
                self._save()
        self._save()
