"""The projection that makes the states of a transformer's tokens short, so that two texts can be compared token by token.

Late interaction (ColBERT, arXiv:2004.12832): each token of a question finds the nearest of an entry, and what it finds counts
by a weight of its own. The transformer stays as it is; what is learnt is one matrix, what is taken off the states of questions
and of passages, and the weights. Trained on questions with their passages and on sentences with their translations, each beside
its neighbours in meaning, which is what the entries of one base are to each other.

The states are those that mondo itself computes (`src/encoder/examples/token_states.rs`).
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.numpy import save_file
from torch import Tensor

from .corpora import Corpora, Pairs

FILE = "token_projection.safetensors"
REPOSITORY = Path(__file__).parents[2]
HIDDEN, WIDTH = 384, 64
PASSAGES, TRANSLATIONS = 2600, 1300  # pairs drawn of each group
ENGLISH_CHARS, OTHER_CHARS = 300, 120  # of a passage
HELD_BACK = 768
STEPS, BATCH, RUN, NEIGHBOURS = 1500, 48, 8, 24
DROPPED = 0.1  # share of a question's tokens that is left out of a step


@dataclass
class Sides:
    """Both texts of each pair by the states of their tokens, and which pairs are two questions."""

    left: list[np.ndarray]
    right: list[np.ndarray]
    alike: np.ndarray

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean state of the tokens of questions, and of passages."""
        passages = [states for states, alike in zip(self.right, self.alike, strict=True) if not alike]
        return np.concatenate(self.left).mean(0), np.concatenate(passages).mean(0)


def drawn(pairs: Pairs, count: int, chance: np.random.Generator) -> list[tuple[int, int, str]]:
    """So many pairs of each group, by their weights."""
    rows = []
    for group, name in enumerate(pairs.groups):
        own = np.flatnonzero(pairs.group == group)
        kept = chance.choice(own, min(count, len(own)), replace=False, p=pairs.weight[own] / pairs.weight[own].sum())
        rows += [(int(pairs.left[row]), int(pairs.right[row]), name) for row in kept]
    return rows


def lines_of(corpora: Corpora, chance: np.random.Generator) -> list[str]:
    """Two lines for each pair: its texts, each behind the letter of its role, `q` or `p`."""
    rows = [(left, right, "p", name) for left, right, name in drawn(corpora.passages, PASSAGES, chance)]
    for left, right, name in drawn(corpora.parallel, TRANSLATIONS, chance):
        if chance.random() < 0.5:
            left, right = right, left
        rows.append((left, right, "q", name))
    lines = []
    for place in chance.permutation(len(rows)):
        left, right, role, name = rows[place]
        longest = ENGLISH_CHARS if role == "q" or name == "en" else OTHER_CHARS
        for letter, text in (("q", left), (role, right)):
            lines.append(letter + " ".join(corpora.texts[text][:longest].split()))
    return lines


def states_of(folder: Path, lines: list[str], scratch: Path) -> Sides:
    """The states of the tokens of each line, by mondo's runtime behind a projection that changes nothing."""
    plain = scratch / "plain"
    shutil.copytree(folder, plain, dirs_exist_ok=True)
    nothing = np.zeros(HIDDEN, np.float32)
    save_file(
        {"projection": np.eye(HIDDEN, dtype=np.float32), "query_offset": nothing, "passage_offset": nothing, "count": nothing,
         "count_bias": nothing[:1]},
        plain / FILE,
    )
    # A card would miss the file that stands there now.
    (plain / "card.toml").unlink(missing_ok=True)
    command = ["cargo", "run", "--release", "--quiet", "-p", "mondo-encoder", "--example", "token_states", "--", str(plain.resolve())]
    done = subprocess.run(command, cwd=REPOSITORY, input="\n".join(lines).encode(), stdout=subprocess.PIPE, check=True)
    texts, place = [], 0
    while place < len(done.stdout):
        count = int.from_bytes(done.stdout[place : place + 4], "little")
        numbers = np.frombuffer(done.stdout, np.float32, count * HIDDEN, place + 4)
        texts.append(numbers.reshape(count, HIDDEN).astype(np.float16))
        place += 4 + 4 * count * HIDDEN
    pairs = [
        (left, right, line.startswith("q")) for left, right, line in zip(texts[::2], texts[1::2], lines[1::2], strict=True)
        if len(left) > 1 and len(right) > 1
    ]
    lefts, rights, alike = zip(*pairs, strict=True)
    return Sides(list(lefts), list(rights), np.array(alike))


class Projection(torch.nn.Module):
    """What is learnt."""

    def __init__(self, sides: Sides) -> None:
        super().__init__()
        questions, passages = (torch.tensor(mean, dtype=torch.float32) for mean in sides.means())
        sample = torch.tensor(np.concatenate(sides.right[:2000]), dtype=torch.float32) - passages
        # The directions in which states differ most are where it begins.
        _, directions = torch.linalg.eigh(functional.normalize(sample, dim=1).T.cov())
        self.projection = torch.nn.Parameter(directions.flip(1)[:, :WIDTH].T.contiguous())
        self.offsets = torch.nn.ParameterList([questions.clone(), passages.clone()])
        self.count = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.count_bias = torch.nn.Parameter(torch.tensor(0.5))
        self.sharpness = torch.nn.Parameter(torch.tensor(2.7))
        self.register_buffer("centre", questions)

    def short(self, states: Tensor, offset: Tensor) -> Tensor:
        return functional.normalize((states - offset) @ self.projection.T, dim=-1)

    def forward(self, sides: Sides, rows: list[int]) -> Tensor:
        """How well each left text finds its tokens in each right one."""
        left, in_left = padded(sides.left, rows)
        right, in_right = padded(sides.right, rows)
        counts = functional.softplus((left - self.centre) @ self.count + self.count_bias) * in_left
        if self.training:
            counts = counts * (torch.rand_like(counts) > DROPPED) + 1e-6 * in_left
        alike = torch.tensor(sides.alike[rows])[:, None, None]
        questions, passages = self.offsets
        short_left, short_right = self.short(left, questions), self.short(right, torch.where(alike, questions, passages))
        cosines = torch.einsum("ald,brd->albr", short_left, short_right).masked_fill(~in_right[None, None], -1)
        return (cosines.amax(3) * (counts / counts.sum(1, keepdim=True))[:, :, None]).sum(1)

    def save(self, path: Path) -> None:
        """Writes what src/encoder/token_states.rs reads; the centre goes into the bias."""
        with torch.no_grad():
            bias = (self.count_bias - self.centre @ self.count).reshape(1)
            questions, passages = self.offsets
            tensors = {"query_offset": questions, "passage_offset": passages, "count": self.count, "count_bias": bias}
            kept = {name: tensor.numpy().astype(np.float32) for name, tensor in tensors.items()}
            save_file(kept | {"projection": self.projection.numpy().astype(np.float16)}, path)


def padded(texts: list[np.ndarray], rows: list[int]) -> tuple[Tensor, Tensor]:
    """States in one block, and which of its places hold one."""
    longest = max(len(texts[row]) for row in rows)
    block = torch.zeros(len(rows), longest, HIDDEN)
    held = torch.zeros(len(rows), longest, dtype=torch.bool)
    for place, row in enumerate(rows):
        states = torch.from_numpy(texts[row].astype(np.float32))
        block[place, : len(states)], held[place, : len(states)] = states, True
    return block, held


def neighbours(sides: Sides, count: int) -> np.ndarray:
    """For each of the first pairs, those whose right texts are nearest by the means of their states."""
    questions, passages = sides.means()
    means = np.stack([states.astype(np.float32).mean(0) for states in sides.right[:count]])
    means -= np.where(sides.alike[:count, None], questions, passages)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return np.stack([np.argpartition(-(means @ mean), NEIGHBOURS)[:NEIGHBOURS] for mean in means])


def batch(near: np.ndarray, chance: np.random.Generator) -> list[int]:
    """Runs of neighbours."""
    rows: dict[int, None] = {}
    while len(rows) < BATCH:
        first = int(chance.integers(len(near)))
        rows |= dict.fromkeys([first, *map(int, chance.choice(near[first], RUN - 1, replace=False))])
    return list(rows)[:BATCH]


def held_back(model: Projection, sides: Sides) -> str:
    """How often a held-back left text finds its partner among 128, with what loss."""
    first, found, loss = len(sides.left) - HELD_BACK, 0.0, 0.0
    model.eval()
    with torch.no_grad():
        for start in range(first, len(sides.left), 128):
            scores = model(sides, list(range(start, start + 128)))
            partners = torch.arange(128)
            found += (scores.argmax(1) == partners).float().sum().item()
            loss += functional.cross_entropy(scores * model.sharpness.exp(), partners).item() * 128
    model.train()
    return f"held back: accuracy@1 {100 * found / HELD_BACK:.1f}, loss {loss / HELD_BACK:.3f}"


def train(folder: Path, corpora: Corpora, scratch: Path, seed: int) -> int:
    """Trains the projection of a transformer's folder and puts it there; returns the number of pairs."""
    chance = np.random.default_rng(seed)
    sides = states_of(folder, lines_of(corpora, chance), scratch)
    print(f"{len(sides.left)} pairs", flush=True)
    near = neighbours(sides, len(sides.left) - HELD_BACK)
    model = Projection(sides)
    rates = {"projection": 3e-3, "offsets": 1e-3, "count": 2e-3, "count_bias": 2e-3, "sharpness": 1e-2}
    groups = [{"params": [value], "lr": rates[name.split(".")[0]]} for name, value in model.named_parameters()]
    optimiser = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1, (step + 1) / 50) * (1 - step / STEPS))
    for step in range(STEPS):
        if step % 300 == 0:
            print(f"step {step}: {held_back(model, sides)}", flush=True)
        scores = model(sides, batch(near, chance)) * model.sharpness.exp()
        partners = torch.arange(BATCH)
        loss = functional.cross_entropy(scores, partners) + 0.5 * functional.cross_entropy(scores.T, partners)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    print(held_back(model, sides), flush=True)
    model.save(folder / FILE)
    return len(sides.left)
