"""The transformer's training loop: towards the teacher's vectors, and each question closest to its passage."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .batches import batches, batches_of_one_group
from .corpora import Corpora
from .distillation import Targets
from .encoder import TokenTable
from .training import contrast, distil, learning_rate, save_whole
from .transformer import TransformerEncoder


@dataclass
class TransformerSettings:
    """What a training run depends on, beside its corpora."""

    minutes: float
    seed: int
    layers: tuple[int, ...] = (0, 2, 5)
    english_targets: int = 192
    translated_targets: int = 512
    pairs: int = 48
    passages: int = 128
    # One step in so many takes questions and passages in place of targets and translations.
    passage_every: int = 5
    learning_rate: float = 5e-4
    # Most tokens stand in few batches, so their vectors take longer strides.
    token_learning_rate: float = 3e-3
    weight_decay: float = 0.01
    warm_up_steps: int = 150
    temperature: float = 0.05
    contrasted: float = 0.3
    distance: float = 4.0
    relation: float = 20.0
    neighbours: float = 0.5
    neighbour_temperature: float = 0.1
    # So many texts that mean nearly the same stand together among the targets of every other step.
    close_run: int = 4
    arrange_every: int = 500
    checkpoint_s: float = 300.0


class TransformerRun:
    """A training run that can be left and taken up again."""

    def __init__(self, encoder: TransformerEncoder, settings: TransformerSettings, checkpoint: Path) -> None:
        self.encoder, self.settings, self.checkpoint = encoder, settings, checkpoint
        self.device = encoder.tokens.weight.device
        tokens = [encoder.tokens.weight]
        others = [parameter for name, parameter in encoder.named_parameters() if name != "tokens.weight"]
        self.base_rates = [settings.token_learning_rate, settings.learning_rate]
        # Only the tokens of a batch are moved, which costs a tenth of moving all.
        self.optimizers = [
            torch.optim.SparseAdam(tokens, lr=settings.token_learning_rate, betas=(0.9, 0.98)),
            torch.optim.AdamW(
                others, lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=settings.weight_decay, fused=True,
            ),
        ]
        self.step, self.seconds, self.texts_seen = 0, 0.0, 0
        if checkpoint.exists():
            self._resume()

    def _resume(self) -> None:
        saved = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if saved["layers"] != list(self.settings.layers):
            raise SystemExit(f"{self.checkpoint} is of a run with other layers; remove it or repeat those")
        self.encoder.load_state_dict(saved["encoder"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self.step, self.seconds, self.texts_seen = saved["step"], saved["seconds"], saved["texts_seen"]
        print(f"training: taken up at step {self.step}", flush=True)

    def _save(self) -> None:
        save_whole(self.checkpoint, {
            "settings": asdict(self.settings), "layers": list(self.settings.layers),
            "encoder": self.encoder.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step, "seconds": self.seconds, "texts_seen": self.texts_seen,
        })

    def train(self, corpora: Corpora, table: TokenTable, targets: Targets, questions: np.ndarray) -> None:
        """Trains until the time is over; the learning rate falls to nearly nothing by then.

        `questions` are vectors of the left texts of the passages, by which hard negatives are found.
        """
        settings, encoder = self.settings, self.encoder
        seed = settings.seed + self.step
        torch.manual_seed(seed)
        translations = batches(corpora.parallel, settings.pairs, seed, self.device)
        passages = batches_of_one_group(corpora.passages, settings.passages, seed, self.device, questions)
        targets.arrange(seed)
        encoder.train()
        shown = {"pairs": 0.0, "passages": 0.0, "distance": 0.0, "relation": 0.0}
        saved_at, last = self.seconds, time.monotonic()
        while self.seconds < settings.minutes * 60:
            done = self.seconds / (settings.minutes * 60)
            for optimizer, base in zip(self.optimizers, self.base_rates, strict=True):
                optimizer.param_groups[0]["lr"] = learning_rate(base, self.step, settings.warm_up_steps, done)
            takes_passages = self.step % settings.passage_every == settings.passage_every - 1
            left, right = next(passages if takes_passages else translations)
            texts = torch.cat([left, right])
            maskable = torch.zeros(len(texts), dtype=torch.bool, device=self.device)
            maskable[len(left) :] = not takes_passages
            wanted = None
            if not takes_passages:
                drawn, wanted = self._targets(targets)
                texts = torch.cat([texts, drawn])
                maskable = torch.cat([maskable, torch.zeros_like(drawn, dtype=torch.bool)])
            vectors = encoder(table, texts, maskable)
            left_vectors, right_vectors = vectors[: len(left)], vectors[len(left) : 2 * len(left)]
            contrasted = contrast(left_vectors, right_vectors, left, right, settings.temperature)
            loss = contrasted if takes_passages else contrasted * settings.contrasted
            if wanted is not None:
                distance, relation = distil(vectors[2 * len(left) :], wanted, settings)
                loss = loss + settings.distance * distance + relation
                shown |= {"distance": distance.item(), "relation": relation.item()}
            shown["passages" if takes_passages else "pairs"] = contrasted.item()
            encoder.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.optimizers[1].param_groups[0]["params"], 1.0)
            for optimizer in self.optimizers:
                optimizer.step()
            self.step += 1
            self.texts_seen += len(texts)
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            if self.step % 20 == 0:
                losses = " ".join(f"{name} {value:.3f}" for name, value in shown.items())
                print(f"training: step {self.step}, {self.texts_seen} texts, {self.seconds:.0f} s, {losses}", flush=True)
            if self.seconds - saved_at > settings.checkpoint_s:
                saved_at = self.seconds
                self._save()
        self._save()

    def _targets(self, targets: Targets) -> tuple[Tensor, Tensor]:
        settings = self.settings
        if self.step % settings.arrange_every == 0:
            targets.arrange(settings.seed + self.step)
        if self.step % 2:
            return targets.draw_close(settings.english_targets, settings.translated_targets, settings.close_run)
        return targets.draw(settings.english_targets, settings.translated_targets)
