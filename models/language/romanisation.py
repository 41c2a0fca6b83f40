"""How Japanese and Korean are typed in Latin letters."""

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
