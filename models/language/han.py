"""han.bin: Chinese against Japanese for Han characters and their pairs."""

import itertools
import pathlib
import re
import struct
from collections import Counter, defaultdict

import jieba
import numpy as np
import opencc

from fitting import fit, sparse
from texts import HAN_RUN, janome_entries

MAX_BIGRAMS = 62_000
MAX_FRAGMENTS = 400_000


def encodable(character, codec):
    try:
        character.encode(codec)
        return True
    except UnicodeEncodeError:
        return False


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
