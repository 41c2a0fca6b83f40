"""Trains the weights of `src/language`: han.bin and latin.bin.

    pip install numpy scipy jieba==0.42.1 janome==0.5.0 pypinyin==0.55.0 \\
        opencc-python-reimplemented==0.1.7 wordfreq==3.1.1
    python models/language/train.py --corpora CORPORA --out models/language

CORPORA holds en-zh.tsv.xz, en-ja.tsv.xz, en-ko.tsv.xz, cjk.jsonl.xz and qa-*.tsv.xz (card.toml names the sources).
Everything is seeded; other package versions or thread counts can change single weights by a step.
"""

import argparse
import pathlib

from han import train_han
from latin import train_latin
from texts import read_corpora


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
