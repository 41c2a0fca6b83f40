"""latin.bin: English, romanised Chinese, Japanese and Korean, and other languages in Latin letters."""

import functools
import random
import re
import struct
import unicodedata

import jieba
import numpy as np
import wordfreq
from janome.tokenizer import Tokenizer
from pypinyin import lazy_pinyin

from fitting import fit, sparse
from romanisation import romaja, romaji
from texts import HAN_RUN, janome_entries

SEED = 20
OTHER_LANGUAGES = "es fr de pt it id vi tr nl pl ms fil ro cs sv".split()
LATIN_CLASSES = ["en", "zh", "ja", "ko", "other"]
LATIN_BUCKETS = 1 << 15


def plain(text):
    """Lower case without accents, as people type in a hurry."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d").replace("ı", "i")


def japanese_words(texts, rng, count):
    tokenizer = Tokenizer()
    short = [t for t in texts if 4 <= len(t) <= 60 and re.search("[ぁ-ん]", t)]
    for text in rng.sample(short, count):
        words, glue = [], False
        for token in tokenizer.tokenize(text):
            letters = romaji(token.reading) if re.search("[ぁ-んァ-ヶ㐀-鿿]", token.surface) else ""
            if not letters:
                if words:
                    yield words
                words, glue = [], False
                continue
            if token.part_of_speech.startswith("助詞"):
                letters = {"は": "wa", "へ": "e"}.get(token.surface, letters)
            tail = token.part_of_speech.startswith("助動詞") or token.surface in ("て", "で", "ない")
            if words and (glue or (tail and token.part_of_speech != "助詞,格助詞,一般,*")):
                words[-1] += letters
            else:
                words.append(letters)
            glue = token.part_of_speech.startswith("接頭")
        if words:
            yield words


def chinese_words(texts, rng, count):
    for text in rng.sample([t for t in texts if 4 <= len(t) <= 60], count):
        for run in HAN_RUN.findall(text):
            words = []
            for word in jieba.lcut(run):
                syllables = lazy_pinyin(word, errors="ignore")
                words.extend(syllables if rng.random() < 0.15 else ["".join(syllables)])
            words = [w.replace("ü", rng.choice(["v", "u"])) for w in words if w]
            if words:
                yield words


def korean_words(texts, rng, count):
    for text in rng.sample([t for t in texts if 4 <= len(t) <= 60], count):
        words = [romaja(word) for word in re.findall("[가-힣]+", text)]
        # Formal endings rule the corpora; visitors write the polite ones.
        words = [re.sub("(ham|seum|im)nida$", rng.choice(["hamnida", "haeyo", "eoyo", "ayo"]), w) for w in words]
        words = [w for w in words if w]
        if words:
            yield words


def english_words(texts, rng, count):
    for text in rng.sample([t for t in texts if 2 <= len(t) <= 90], count):
        words = [w for w in re.findall("[a-z']+", text.lower()) if len(w) > 1 or w in "ai"]
        if words:
            yield words


def pick_windows(sentences, rng, count):
    """One to four words in a row; single words are drawn by type, so that rare ones are seen."""
    sentences = list(sentences)
    types = sorted({word for words in sentences for word in words if len(word) > 1})
    print("   ", len(sentences), "sentences,", len(types), "words")
    picked = [rng.choice(types) for _ in range(count // 3)]
    while len(picked) < count:
        words = rng.choice(sentences)
        start = rng.randrange(len(words))
        picked.append(" ".join(words[start : start + rng.randint(1, 4)]))
    return picked


def other_words(rng, count):
    picked = []
    for language in OTHER_LANGUAGES:
        ranked = [w for w in wordfreq.top_n_list(language, 12_000) if re.fullmatch(r"[^\W\d_]+", w)]
        # English words are frequent in every list.
        ranked = [w for w in ranked if wordfreq.zipf_frequency(w, "en") < wordfreq.zipf_frequency(w, language) + 0.1]
        frequency = [wordfreq.word_frequency(w, language) ** 0.7 for w in ranked]
        each = count // len(OTHER_LANGUAGES) + 1
        for number in range(each):
            if number % 3 == 0:
                text = rng.choice(ranked)
            else:
                text = " ".join(rng.choices(ranked, frequency, k=rng.randint(1, 4)))
            picked.append(plain(text) if rng.random() < 0.4 else text)
    return picked


def english_singles(rng, count):
    """Words that are more frequent in English than elsewhere, each once and again by frequency."""
    known = {w: wordfreq.zipf_frequency(w, "en") for w in wordfreq.top_n_list("en", 20_000) if w.isalpha()}
    elsewhere = [
        dict(zip(words, (wordfreq.zipf_frequency(w, language) for w in words)))
        for language in ("es", "fr", "de", "pt", "it", "id", "tr", "nl")
        for words in [wordfreq.top_n_list(language, 20_000)]
    ]
    typical = [w for w in known if known[w] > 5.5 or all(known[w] >= zipf.get(w, 0) for zipf in elsewhere)]
    return typical + rng.choices(typical, [10 ** (0.5 * known[w]) for w in typical], k=count)


def japanese_entries(rng, count):
    words = []
    for surface, cost, extra in janome_entries():
        if extra[0].startswith(("名詞,一般", "名詞,サ変", "動詞,自立", "形容詞,自立", "副詞", "感動詞")):
            reading = next((field for field in extra if re.fullmatch("[ァ-ヶー]+", str(field))), "")
            if letters := romaji(reading):
                words.append(letters)
    return rng.sample(sorted(set(words)), min(count, len(set(words))))


def latin_features(text):
    return [bucket for word in text.split(" ") for bucket in word_buckets(word)]


@functools.cache
def word_buckets(word):
    """Hashes of the one- to five-letter n-grams of a word; the same in `latin.rs`."""
    buckets = []
    encoded = [character.encode() for character in f"^{word}$"]
    for start in range(len(encoded)):
        value = 0x811C9DC5
        for length, character in enumerate(encoded[start : start + 5], 1):
            for byte in character:
                value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
            if length > 1 or start not in (0, len(encoded) - 1):
                buckets.append((value ^ (value >> 15)) % LATIN_BUCKETS)
    return buckets


def train_latin(texts, out, count):
    rng = random.Random(SEED)
    parts = {
        "en": pick_windows(english_words(texts["en"], rng, 60_000), rng, int(count * 0.7))
        + english_singles(rng, count),
        "zh": pick_windows(chinese_words(texts["zh"], rng, 12_000), rng, count),
        "ja": pick_windows(japanese_words(texts["ja"], rng, 9_000), rng, count // 2) + japanese_entries(rng, count // 2),
        "ko": pick_windows(korean_words(texts["ko"], rng, 20_000), rng, count),
        "other": other_words(rng, 4 * count),
    }
    # English is served and most typed, so it has the larger share where a word is ambiguous.
    share = {"en": 0.46, "zh": 0.1, "ja": 0.1, "ko": 0.1, "other": 0.24}
    features, labels, weights = [], [], []
    for label, name in enumerate(LATIN_CLASSES):
        print(" ", name, parts[name][:3], parts[name][-3:])
        for text in parts[name]:
            features.append(latin_features(text))
            labels.append(label)
            weights.append(share[name] / len(parts[name]))
    offset = np.log(np.array([share[name] for name in LATIN_CLASSES], np.float32))
    parameters = fit(
        sparse(features, LATIN_BUCKETS), np.array(labels), np.array(weights, np.float32), 5, 1e-6, offset
    )
    scale = float(np.percentile(np.abs(parameters), 99.95)) / 127
    quantised = np.clip(np.round(parameters / scale), -127, 127).astype(np.int8)
    header = struct.pack("<4sf5f", b"MLT1", scale, *offset)
    (out / "latin.bin").write_bytes(header + quantised.tobytes())
    print("  latin.bin", (out / "latin.bin").stat().st_size, "bytes, scale", round(scale, 4))
