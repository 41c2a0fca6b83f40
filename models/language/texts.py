"""The corpora and dictionaries that both models learn from."""

import importlib
import json
import lzma
import re
from collections import defaultdict

HAN_RUN = re.compile(r"[㐀-鿿々]+")


def rows(path):
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


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


def janome_entries():
    """Surface, cost, part of speech and reading of each IPADIC entry."""
    for part in range(10):
        compact = importlib.import_module(f"janome.sysdic.entries_compact{part}").DATA
        extra = importlib.import_module(f"janome.sysdic.entries_extra{part}").DATA
        for key, (surface, _, _, cost) in compact.items():
            yield surface, cost, extra[key]
