"""Builds the vocabulary and the tokenizer.

SentencePiece learns the pieces on text that is already normalised, so that the only normaliser of the model is
the one written into `tokenizer.json`. Nothing here knows of vectors.
"""

import json
import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

from .corpora import Corpora, Pairs
from .pieces import replace_pieces

PIECES = 40_000
LINES = 270_000
MAX_TOKENS = 256
# Upper case cannot occur in normalised text, so no visitor can write this piece.
UNKNOWN = "<UNK>"
# More are learnt than kept, since the phrases among them are dropped.
LEARNT_PIECES = 56_000
MIN_TEXTS_OF_CHARACTER = 4
# Long pieces of unsegmented scripts are whole phrases of one manual and hide the words inside them. Words that
# katakana spells out are long by nature.
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
WORD = re.compile(r"[\u30a0-\u30ff]+|[\u3400-\u9fff]{1,4}|[\uac00-\ud7af]{1,5}|[\u3040-\u309f\u3400-\u9fff]{1,3}")


def normaliser() -> normalizers.Normalizer:
    """NFKC, lower case, single spaces; also what the Rust `tokenizers` crate runs."""
    return normalizers.Sequence([
        normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip(),
    ])


def _drawn(pairs: Pairs, group: int, side: str, count: int, chance: random.Random) -> list[int]:
    rows = (pairs.group == group).nonzero()[0].tolist()
    drawn = chance.choices(rows, weights=pairs.weight[rows].tolist(), k=2 * count)
    return list(dict.fromkeys(getattr(pairs, side)[row] for row in drawn))[:count]


def vocabulary_lines(corpora: Corpora, seed: int) -> list[str]:
    """A balanced sample: as many lines of each language, with questions among them."""
    chance = random.Random(seed)
    share = LINES // 4
    chosen: list[int] = []
    for group, language in enumerate(("zh", "ja", "ko")):
        chosen += _drawn(corpora.parallel, group, "right", share * 3 // 4, chance)
        chosen += _drawn(corpora.parallel, group, "left", share // 4, chance)
    for group in range(4):
        chosen += _drawn(corpora.passages, group, "left", share // 4, chance)
    lines = [normalised(corpora.texts[text]) for text in chosen]
    chance.shuffle(lines)
    return [line for line in lines if 0 < len(line) < 400]


def train(corpora: Corpora, scratch: Path, seed: int, threads: int) -> Tokenizer:
    """Learns a unigram vocabulary and returns the tokenizer that the model ships with."""
    lines = vocabulary_lines(corpora, seed)
    learn_pieces(lines, LEARNT_PIECES, scratch, seed, threads)
    model = sentencepiece.SentencePieceProcessor(model_file=str(scratch / "vocabulary.model"))
    pieces = [(model.id_to_piece(piece), model.get_score(piece)) for piece in range(model.get_piece_size())]
    return tokenizer_of(with_characters(keep_words(pieces), corpora.texts))


def learn_pieces(lines: list[str], count: int, scratch: Path, seed: int, threads: int) -> None:
    """Lets SentencePiece learn `vocabulary.model` from the lines."""
    text = scratch / "vocabulary.txt"
    text.write_text("\n".join(lines), encoding="utf-8")
    sentencepiece.set_random_generator_seed(seed)
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(scratch / "vocabulary"), model_type="unigram",
        vocab_size=count, character_coverage=0.9998, normalization_rule_name="identity",
        split_digits=True, max_sentencepiece_length=16, max_sentence_length=4_000, num_threads=threads,
        unk_id=0, bos_id=-1, eos_id=-1, pad_id=-1, unk_piece=UNKNOWN, minloglevel=1,
        # Small corpora have fewer pieces to learn.
        hard_vocab_limit=False,
    )


def keep_words(pieces: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The unknown piece, every single character, and the most frequent other pieces that are no phrases."""
    characters = [piece for piece in pieces if len(piece[0]) == 1 or piece[0] == UNKNOWN]
    others = [piece for piece in pieces if len(piece[0]) > 1 and piece[0] != UNKNOWN and not is_phrase(piece[0])]
    kept = set(characters + others[: PIECES - len(characters)])
    return [piece for piece in pieces if piece in kept]


def is_phrase(piece: str) -> bool:
    """Whether a piece of Chinese, Japanese or Korean runs beyond one word."""
    letters = piece.lstrip("▁")
    return CJK.search(letters) is not None and WORD.fullmatch(letters) is None


def with_characters(pieces: list[tuple[str, float]], texts: list[str]) -> list[tuple[str, float]]:
    """The pieces and, at the score of the least of them, each character that stands in several of the texts.

    SentencePiece leaves out the characters that are rare in manuals, and everyday words are spelt with some of them.
    """
    frequency = Counter(character for text in texts for character in set(normalised(text)))
    known = {piece for piece, _ in pieces}
    lowest = min(score for _, score in pieces)
    return pieces + [
        (character, lowest) for character, count in sorted(frequency.items())
        if count >= MIN_TEXTS_OF_CHARACTER and character not in known and not character.isspace()
    ]


def fast_tokenizer(tokenizer: Tokenizer, scratch: Path) -> sentencepiece.SentencePieceProcessor:
    """SentencePiece with the same pieces: the same tokens of normalised text, save where two ways score the same."""
    pieces = [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]
    learnt = scratch / "vocabulary.model"
    if not learnt.exists():
        # The tokenizer came without one. Any will do: only its settings are kept.
        learn_pieces([piece for piece, _ in pieces[:2_000]], 3_000, scratch, seed=1, threads=1)
    learnt = learnt.read_bytes()
    return sentencepiece.SentencePieceProcessor(model_proto=replace_pieces(learnt, pieces))


def normalised(text: str) -> str:
    """What the tokenizer's normaliser makes of the text, computed with Python's own functions, which are faster."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def tokenizer_of(pieces: list[tuple[str, float]]) -> Tokenizer:
    """The tokenizer over the given pieces and scores."""
    tokenizer = Tokenizer(Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normaliser()
    # With "first", a text that the normaliser has stripped of leading space would lose the mark of its first word.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
