"""Made-up news in eight languages, the same for the same seed. Measures nothing.

Words are invented from syllables of each script and drawn by Zipf's law from 60,000 a language, so that a text has the
frequent words, the rare names and the length of an excerpt (600 characters) without being anybody's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

LANGUAGES = ("en", "fr", "de", "ru", "th", "zh", "ja", "ko")
VOCABULARY, LENGTH, TITLE = 60_000, 600, 60
_ONSETS = {"en": "b c d f g h l m n p r s t v w st tr ch", "fr": "b c d f g l m n p r s t v ch qu pr",
           "de": "b d f g h k l m n r s t w z sch pf st",
           "ru": "б в г д ж з к л м н п р с т ф х ц ч ш"}
_VOWELS = {"en": "a e i o u ea ou", "fr": "a e é è i o u ou eu ai ê", "de": "a e i o u ä ö ü ei ie au", "ru": "а е и о у ы я ю ё"}
_CODAS = {"en": "- - n r s t l ng", "fr": "- - - n r s t", "de": "- n r s t ch ß", "ru": "- - й н р с т в"}
_THAI = ("กขคงจชซญดตถทนบปผพมยรลวสหอ", "าิีุูเแโ่้ัำ")
_HAN = [chr(c) for c in range(0x4E00, 0x4E00 + 20_000, 6)]
_HIRAGANA = [chr(c) for c in range(0x3042, 0x3093)]
_KATAKANA = [chr(c) for c in range(0x30A2, 0x30F3)]
_HANGUL = [chr(c) for c in range(0xAC00, 0xAC00 + 11_172, 9)]


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up item."""

    language: str
    title: str
    text: str


def items(count: int, seed: int = 7) -> Iterator[Made]:
    """``count`` items, the languages in turn."""
    rng = np.random.default_rng(seed)
    for start in range(0, count, 8_000):
        size = min(8_000, count - start)
        made = {lang: _texts(lang, -(-size // len(LANGUAGES)), rng) for lang in LANGUAGES}
        for n in range(size):
            lang = LANGUAGES[n % len(LANGUAGES)]
            yield Made(lang, *made[lang][n // len(LANGUAGES)])


def word(lang: str, rank: int) -> str:
    """Word of this rank: 0 is the most frequent one."""
    return str(_vocabulary(lang)[rank])


def _texts(lang: str, count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    words, blank = _vocabulary(lang), "" if lang in {"th", "zh", "ja"} else " "
    each = int(LENGTH * 1.3 / (float(np.mean([len(w) for w in words[:200]])) + len(blank)))
    drawn = words[np.searchsorted(_cumulated(), rng.random((count, each)))]
    out = []
    for row in drawn:
        parts = row.tolist()
        for at in range(9, each, 11):  # a sentence ends
            parts[at] += "。" if lang in {"zh", "ja"} else " " if lang == "th" else "."
        text = blank.join(parts)
        out.append((text[:TITLE].rpartition(" ")[0] or text[:TITLE // 2], text[TITLE:TITLE + LENGTH]))
    return out


@cache
def _cumulated() -> np.ndarray:
    weights = 1 / (np.arange(VOCABULARY) + 2.7) ** 1.05
    return np.cumsum(weights / weights.sum())[:-1]


@cache
def _vocabulary(lang: str) -> np.ndarray:
    """Distinct words, the short ones first: frequent words are short."""
    rng = random.Random(lang)
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found[_word(lang, 1 + len(found) // 4_000 if len(found) < 8_000 else 3, rng)] = None
    return np.array(list(found), dtype=object)


def _word(lang: str, size: int, rng: random.Random) -> str:
    def some(letters: list[str], least: int, most: int) -> str:
        # Squared, so that some characters are much more frequent than others.
        return "".join(letters[int(len(letters) * rng.random() ** 2)] for _ in range(least + int((most - least + 1) * rng.random())))

    if lang == "zh":
        return some(_HAN, 1 if size == 1 else 2, 2 if size < 3 else 4)
    if lang == "ja":
        kind = rng.random()
        return some(_HIRAGANA, 1, 3) if kind < 0.4 and size == 1 else some(_KATAKANA, 3, 6) if kind < 0.3 else some(_HAN, 2, 3)
    if lang == "ko":
        return some(_HANGUL, 1 if size == 1 else 2, 2 if size < 3 else 5)
    if lang == "th":
        return "".join(some(list(_THAI[0]), 1, 2) + some(list(_THAI[1]), 1, 1) for _ in range(size + (rng.random() < 0.5)))
    onsets, vowels, codas = (t[lang].split() for t in (_ONSETS, _VOWELS, _CODAS))
    many = size + (rng.random() < 0.5)
    return "".join(some(onsets, 1, 1) + some(vowels, 1, 1) + some(codas, 1, 1).strip("-") for _ in range(many))
