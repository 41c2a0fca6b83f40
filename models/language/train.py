"""Trains the weights of `src/language`: han.bin and latin.bin.

    pip install numpy scipy jieba==0.42.1 janome==0.5.0 pypinyin==0.55.0 \\
        opencc-python-reimplemented==0.1.7 wordfreq==3.1.1
    python models/language/train.py --corpora CORPORA --out models/language

CORPORA holds en-zh.tsv.xz, en-ja.tsv.xz, en-ko.tsv.xz, cjk.jsonl.xz and qa-*.tsv.xz (card.toml names the sources).
Everything is seeded; other package versions or thread counts can change single weights by a step.
"""

import argparse
import functools
import importlib
import itertools
import json
import lzma
import pathlib
import random
import re
import struct
import unicodedata
from collections import Counter, defaultdict

import jieba
import numpy as np
import opencc
import wordfreq
from janome.tokenizer import Tokenizer
from pypinyin import lazy_pinyin
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

SEED = 20
HAN_RUN = re.compile(r"[㐀-鿿々]+")
OTHER_LANGUAGES = "es fr de pt it id vi tr nl pl ms fil ro cs sv".split()
LATIN_CLASSES = ["en", "zh", "ja", "ko", "other"]
LATIN_BUCKETS = 1 << 15
MAX_BIGRAMS = 62_000
MAX_FRAGMENTS = 400_000


def rows(path):
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def encodable(character, codec):
    try:
        character.encode(codec)
        return True
    except UnicodeEncodeError:
        return False


# ---------------------------------------------------------------- Han forms


def han_forms():
    """Maps traditional and shinjitai characters to the simplified form, from OpenCC's tables."""
    folder = pathlib.Path(opencc.__file__).parent / "dictionary"

    def table(name):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            source, _, targets = line.partition("\t")
            if len(source) == 1:
                yield source, targets.split(" ")

    forms = {source: targets[0] for source, targets in table("TSCharacters.txt")}
    for name in ("TWVariants.txt", "HKVariants.txt"):
        for standard, variants in table(name):
            for variant in variants:
                if not encodable(variant, "gb2312"):
                    forms.setdefault(variant, forms.get(standard, standard))
    for traditional, shinjitai in table("JPVariants.txt"):
        for form in shinjitai:
            # A form that is itself standard in China (余, 予, 芸) stays what it is.
            if not encodable(form, "gb2312"):
                forms.setdefault(form, forms.get(traditional, traditional))
    closed = {}
    for source, target in forms.items():
        while target in forms and forms[target] != target:
            target = forms[target]
        if len(target) == 1 and source != target:
            closed[source] = target
    return closed


# ---------------------------------------------------------------- Han n-grams


def read_corpora(corpora):
    texts = defaultdict(list)
    for language in ("zh", "ja", "ko"):
        for line in rows(corpora / f"en-{language}.tsv.xz"):
            source, english, other = line.split("\t")[:3]
            key = "hant" if "-hant" in source else language
            texts[key].append(other)
            texts["en"].append(english)
        for line in rows(corpora / f"qa-{language}.tsv.xz"):
            columns = line.split("\t")
            key = "hant" if "-hant" in columns[0] else language
            texts[key].extend(columns[1:3])
    for line in rows(corpora / "cjk.jsonl.xz"):
        record = json.loads(line)
        for language in ("zh", "ja", "ko"):
            if language in record:
                key = "hant" if language == "zh" and "-hant" in record["src"] else language
                texts[key].append(record[language])
    for line in rows(corpora / "qa-en.tsv.xz"):
        texts["en"].append(line.split("\t")[1])
    return texts


def han_runs(texts):
    runs = Counter()
    for text in texts:
        runs.update(HAN_RUN.findall(text))
    return runs


def windows(words):
    """Every one to three words in a row that make two to nine characters."""
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + 3]:
            joined += word
            if 2 <= len(joined) <= 9:
                yield joined


def most_common(counts, limit):
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def cut_like(run, words):
    cut, at = [], 0
    for word in words:
        cut.append(run[at : at + len(word)])
        at += len(word)
    return cut


def janome_entries():
    """Surface, cost, part of speech and reading of each IPADIC entry."""
    for part in range(10):
        compact = importlib.import_module(f"janome.sysdic.entries_compact{part}").DATA
        extra = importlib.import_module(f"janome.sysdic.entries_extra{part}").DATA
        for key, (surface, _, _, cost) in compact.items():
            yield surface, cost, extra[key]


def han_examples(texts):
    """Han fragments with weights, by class: ja, zh in simplified form, zh in traditional form."""
    examples = {"ja": Counter(), "hans": Counter(), "hant": Counter()}
    for run, count in han_runs(texts["ja"]).items():
        if len(run) <= 12:
            examples["ja"][run] += min(count, 400) ** 0.5
        words = jieba_free_pieces(run)
        for piece in words:
            examples["ja"][piece] += 0.3 * min(count, 400) ** 0.5
    for surface, cost, extra in janome_entries():
        speech = extra[0]
        wanted = speech.startswith("名詞") and not re.search("固有名詞|数|非自立", speech)
        if wanted and len(surface) >= 2 and HAN_RUN.fullmatch(surface):
            examples["ja"][surface] += 2.0 if cost < 6000 else 1.0

    to_simplified = str.maketrans(han_forms())
    to_taiwan = opencc.OpenCC("s2twp")
    pieces = Counter()
    # Runs seen once are mostly whole sentences; a third of them says enough.
    for run, count in most_common(han_runs(texts["zh"]), 300_000):
        for piece in windows(jieba.lcut(run, HMM=False)):
            pieces[piece] += count
    for piece, count in most_common(pieces, MAX_FRAGMENTS):
        examples["hans"][piece] += min(count, 400) ** 0.5
    pieces = Counter()
    for run, count in han_runs(texts["hant"]).items():
        simplified = run.translate(to_simplified)
        for piece in windows(cut_like(run, jieba.lcut(simplified, HMM=False))):
            pieces[piece] += count
    for piece, count in most_common(pieces, MAX_FRAGMENTS // 2):
        examples["hant"][piece] += 1.5 * min(count, 400) ** 0.5
    dictionary = pathlib.Path(jieba.__file__).parent / "dict.txt"
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        if tag[0] == "n" and tag[:2] in ("nr", "ns", "nt", "nz"):
            continue
        if int(count) >= 20 and 2 <= len(word) <= 6 and HAN_RUN.fullmatch(word):
            weight = 2.0 if int(count) >= 500 else 1.0
            examples["hans"][word] += weight
            if int(count) >= 100:
                examples["hant"][to_taiwan.convert(word)] += weight
    # Single characters keep what a one-character question is worth.
    for name, fragments in examples.items():
        characters = Counter()
        for fragment, weight in fragments.items():
            for character in fragment:
                characters[character] += weight
        for character, weight in characters.items():
            fragments[character] += weight**0.5
    return examples


def jieba_free_pieces(run):
    """Overlapping pieces of a Japanese run: its kanji words are mostly pairs."""
    if len(run) < 4:
        return []
    return [run[at : at + 2] for at in range(0, len(run) - 1, 2)] + [run[:4], run[-4:]]


def fit(matrix, labels, weights, classes, l2, offset):
    """Multinomial logistic regression; returns features x classes."""
    targets = np.zeros((len(labels), classes), np.float32)
    targets[np.arange(len(labels)), labels] = 1.0
    transposed = matrix.T.tocsr()
    total = weights.sum()

    def loss(flat):
        parameters = flat.reshape(matrix.shape[1], classes).astype(np.float32)
        scores = matrix @ parameters + offset
        scores -= scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -(weights * log_p[np.arange(len(labels)), labels]).sum() / total
        gradient = transposed @ ((np.exp(log_p) - targets) * (weights / total)[:, None])
        value += l2 * float((parameters**2).sum())
        return value, (gradient + 2 * l2 * parameters).ravel().astype(np.float64)

    start = np.zeros(matrix.shape[1] * classes)
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 90, "maxcor": 6})
    print("  loss", round(result.fun, 4), "after", result.nit, "steps")
    return result.x.reshape(matrix.shape[1], classes)


def sparse(examples, width):
    indptr = np.cumsum([0] + [len(features) for features in examples])
    indices = np.fromiter(itertools.chain.from_iterable(examples), np.int32, indptr[-1])
    data = np.ones(len(indices), np.float32)
    return csr_matrix((data, indices, indptr), shape=(len(examples), width))


def train_han(texts, out):
    examples = han_examples(texts)
    for name, fragments in examples.items():
        print(" ", name, len(fragments), "fragments")
    seen = defaultdict(float)
    for fragments in examples.values():
        mass = sum(fragments.values())
        for fragment, weight in fragments.items():
            for gram in itertools.chain(fragment, map("".join, itertools.pairwise(fragment))):
                seen[gram] += weight / mass
    bigrams = sorted((g for g in seen if len(g) == 2), key=lambda g: (-seen[g], g))[: 3 * MAX_BIGRAMS]
    singles = sorted(g for g in seen if len(g) == 1)
    place = {gram: index for index, gram in enumerate(itertools.chain(singles, bigrams))}
    share = {"ja": 0.5, "hans": 0.3, "hant": 0.2}
    features, labels, weights = [], [], []
    for label, (name, fragments) in enumerate(examples.items()):
        mass = sum(fragments.values())
        for fragment, weight in fragments.items():
            grams = itertools.chain(fragment, map("".join, itertools.pairwise(fragment)))
            features.append([place[g] for g in grams if g in place])
            labels.append(label)
            weights.append(share[name] * weight / mass)
    offset = np.log(np.array([share[name] for name in examples], np.float32))
    parameters = fit(
        sparse(features, len(place)), np.array(labels), np.array(weights, np.float32), 3, 3e-7, offset
    )
    relative = parameters[:, 1:] - parameters[:, :1]
    worth = {g: np.abs(relative[place[g]]).max() * min(seen[g], 1e-5) ** 0.25 for g in bigrams}
    kept = sorted(sorted(bigrams, key=lambda g: (-worth[g], g))[:MAX_BIGRAMS])
    scale = 0.05
    quantised = np.clip(np.round(relative / scale), -127, 127).astype(np.int8)
    by_first = defaultdict(list)
    for gram in kept:
        if quantised[place[gram]].any():
            by_first[gram[0]].append(gram)
    heads, tails = bytearray(), bytearray()
    for character in singles:
        simplified, traditional = quantised[place[character]]
        heads += struct.pack("<HbbH", ord(character), simplified, traditional, len(by_first[character]))
        for gram in by_first[character]:
            simplified, traditional = quantised[place[gram]]
            tails += struct.pack("<Hbb", ord(gram[1]), simplified, traditional)
    # Chinese fragments overlap, so each weighs less than its Japanese twin; the correction, in nats, was chosen on
    # the tuning half of tests/language/short_questions.tsv.
    simplified_bias = offset[1] - offset[0] + 1.6
    traditional_bias = offset[2] - offset[0] + 2.4
    header = struct.pack("<4sfffI", b"MHN1", scale, simplified_bias, traditional_bias, len(singles))
    (out / "han.bin").write_bytes(header + heads + tails)
    print("  han.bin", (out / "han.bin").stat().st_size, "bytes,", len(tails) // 4, "bigrams")


# ---------------------------------------------------------------- Latin n-grams

ROMAJI = {}
for kana_row, consonant in zip(
    "アイウエオ カキクケコ ガギグゲゴ サシスセソ ザジズゼゾ タチツテト ダヂヅデド ナニヌネノ ハヒフヘホ バビブベボ パピプペポ マミムメモ ラリルレロ".split(),
    ["", "k", "g", "s", "z", "t", "d", "n", "h", "b", "p", "m", "r"],
):
    for kana, vowel in zip(kana_row, "aiueo"):
        ROMAJI[kana] = consonant + vowel
ROMAJI |= dict(zip("ヤユヨワヲンヴ", ["ya", "yu", "yo", "wa", "o", "n", "vu"]))
ROMAJI |= dict(zip("シチツフジヂヅ", ["shi", "chi", "tsu", "fu", "ji", "ji", "zu"]))
GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}


def romaji(katakana):
    letters, double = "", False
    for kana in katakana:
        if kana == "ッ":
            double = True
        elif kana == "ー":
            letters += letters[-1:] if letters[-1:] in ("o", "u") else ""
        elif kana in GLIDES and letters:
            stem = letters[:-1]
            glide = "" if stem.endswith(("sh", "ch", "j")) or kana in "ァィゥェォ" else "y"
            letters = stem + glide + GLIDES[kana]
        elif kana in ROMAJI:
            syllable = ROMAJI[kana]
            if double:
                syllable = ("t" if syllable[:2] == "ch" else syllable[:1]) + syllable
                double = False
            letters += syllable
        else:
            return ""
    return letters


INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ")
FINALS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")
# Before a vowel a final consonant moves over and sounds like an initial.
LINKED = " g kk ks n nj n d r lg lm lb ls lt lp r m b bs s ss ng j ch k t p h".split(" ")


def romaja(word):
    letters = ""
    for at, syllable in enumerate(word):
        code = ord(syllable) - 0xAC00
        if not 0 <= code < 11172:
            return ""
        following = ord(word[at + 1]) - 0xAC00 if at + 1 < len(word) else -1
        vowel_next = 0 <= following < 11172 and following // 588 == 11
        final = (LINKED if vowel_next else FINALS)[code % 28]
        initial = INITIALS[code // 588]
        if initial == "r" and letters.endswith("l"):
            initial = "l"
        letters += initial + VOWELS[code % 588 // 28] + final
    return letters


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


def japanese_entries(rng, count):
    words = []
    for surface, cost, extra in janome_entries():
        if extra[0].startswith(("名詞,一般", "名詞,サ変", "動詞,自立", "形容詞,自立", "副詞", "感動詞")):
            reading = next((field for field in extra if re.fullmatch("[ァ-ヶー]+", str(field))), "")
            if letters := romaji(reading):
                words.append(letters)
    return rng.sample(sorted(set(words)), min(count, len(set(words))))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=["han", "latin"])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    texts = read_corpora(arguments.corpora)
    print({name: len(items) for name, items in texts.items()})
    if arguments.only in (None, "latin"):
        train_latin(texts, arguments.out, 40_000)
    if arguments.only in (None, "han"):
        train_han(texts, arguments.out)


if __name__ == "__main__":
    main()
