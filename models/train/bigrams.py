"""Pairs of neighbouring characters of Chinese, Japanese and Korean as features beside the pieces of a text.

Pieces cut a text one way; pairs of characters overlap, so that a word is seen whichever way it was cut. Pairs are
hashed into buckets, each with a vector of its own, as in fastText (Bojanowski et al., TACL 2017).
"""

import re
import zlib

# Kana, unified ideographs with extension A and compatibility forms, Hangul syllables.
RUN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]{2,}")


def bigram_ids(text: str, first: int, buckets: int) -> list[int]:
    """The bucket of each pair, counted from `first`."""
    ids = []
    for run in RUN.findall(text):
        units = run.encode("utf-16-le")
        ids += [first + zlib.crc32(units[at : at + 4]) % buckets for at in range(0, len(units) - 2, 2)]
    return ids
