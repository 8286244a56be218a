"""Texts → the words a search finds them by. Searches nothing, knows no item.

A word is a run of letters, digits and marks after folding: case, accents, width, vowel signs of Arabic and Hebrew, and
simplified or traditional characters do not count. Scripts that put no blanks between words, and Hangul, whose words carry
their endings, are read in pairs of characters, the last character of a run with nothing: a word inside a run is a row of
pairs, a single character is the beginning of one.

The warehouse folds a question by the same table (:func:`letters`), in SQL; both must give the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from twinwire.normalise.placenames import simplified

ALGORITHM = "1"    # of the words; texts must be read anew when it changes
MAX_WORD = 64      # letters of a word that count
# Thai, Lao, Myanmar, Khmer, Hangul, kana, Han. The same ranges stand in views.sql.
PACKED = ((0xE01, 0xE3A), (0xE40, 0xE4E), (0xE81, 0xEBD), (0xEC0, 0xECD), (0x1000, 0x103F), (0x1050, 0x108F), (0x1100, 0x11FF),
          (0x1780, 0x17D3), (0x3005, 0x3007), (0x3041, 0x3096), (0x3099, 0x309A), (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF),
          (0x3131, 0x318E), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x20000, 0x323AF))
# Letters that are no base letter with a mark, or are written in two ways.
_SAME = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ə": "e", "ß": "ss", "ı": "i", "i̇": "i",
         "ĳ": "ij", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬅ": "st", "ﬆ": "st",
         "ё": "е", "ς": "σ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ʼ": "'", "ʻ": "'",
         "ヶ": "ケ", "ヵ": "カ", "\uff9e": "\u3099", "\uff9f": "\u309a"}
_ACCENTED = frozenset((*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000)))  # Latin and Greek: marks that may be left out
_GONE = (0xAD, 0x640, 0x670, *range(0x300, 0x370), *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7,
         *range(0x64B, 0x660), *range(0x200B, 0x2010), *range(0x2060, 0x2065), *range(0xFE00, 0xFE10), 0xFEFF)
_HALF = re.compile("[\u3041-\u30ff\uff66-\uff9d][\uff9e\uff9f]")  # kana and its half-width mark are one letter

_NONE, _WORD, _PAIR = 0, 1, 2
Ints = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Split:
    """Words and pairs of several texts, each with the number of its text and its place there, counted from 0."""

    words: list[str]
    word_text: Ints
    word_at: Ints
    pairs: Ints       # first character << 21 | second, as code points
    pair_text: Ints
    pair_at: Ints
    sizes: Ints       # places per text


def split(texts: Sequence[str]) -> Split:
    """Words of all ``texts`` at once."""
    plain, owner = _folded(texts)
    kinds = _kinds(plain)
    before = np.concatenate(([_NONE], kinds[:-1]))
    begins = (kinds == _WORD) & (before != _WORD)
    packed = kinds == _PAIR
    counted = np.cumsum(begins | packed)
    sizes = np.bincount(owner[begins | packed], minlength=len(texts))
    at = counted - 1 - (np.cumsum(sizes) - sizes)[owner]
    starts = np.flatnonzero(begins)
    after = np.concatenate((kinds[1:], [_NONE]))
    stops = np.minimum(np.flatnonzero((kinds == _WORD) & (after != _WORD)) + 1, starts + MAX_WORD)
    line = plain.tobytes().decode("utf-32-le", "replace")
    words = [line[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
    second = np.where(after == _PAIR, np.concatenate((plain[1:], plain[:1])), 0)
    spots = np.flatnonzero(packed)
    pairs = plain[spots].astype(np.uint64) << np.uint64(21) | second[spots].astype(np.uint64)
    return Split(words, owner[starts], at[starts], pairs, owner[spots], at[spots], sizes)


def _folded(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Folded characters of all texts with a blank behind each, and the text each stands in."""
    nfc = [t if t.isascii() else _HALF.sub(lambda m: unicodedata.normalize("NFKC", m[0]), unicodedata.normalize("NFC", t)) for t in texts]
    line = " ".join([*nfc, ""])
    codes = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), np.uint32)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint32), [len(t) + 1 for t in nfc])
    if line.isascii():
        return _table()[0][codes], owner
    first, second = (np.where(codes < 0x10000, t.take(codes, mode="clip"), d)
                     for t, d in zip(_table(), (codes, np.zeros_like(codes)), strict=True))
    if second.any():
        two = second > 0
        spots = np.flatnonzero(two)
        first, owner = np.insert(first, spots + 1, second[spots]), np.insert(owner, spots + 1, owner[spots])
    kept = first > 0
    return (first, owner) if kept.all() else (first[kept], owner[kept])


def _kinds(plain: Ints) -> Ints:
    kinds = np.where(plain < 0x10000, _kind_table().take(plain, mode="clip"), _WORD)
    far = plain >= 0x10000
    if far.any():
        kinds[far] = [_kind(chr(c)) for c in plain[far]]
    return kinds


def letters() -> dict[str, str]:
    """Every character that is folded, with what becomes of it: one character, two, or none."""
    first, second = _table()
    return {chr(c): (chr(a) if a else "") + (chr(b) if b else "")
            for c, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)) if (a != c or b) and not 0xD800 <= c < 0xE000}


@cache
def _table() -> tuple[Ints, Ints]:
    han = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    simple = dict(zip(han, simplified(unicodedata.normalize("NFKC", han)), strict=True))
    first, second = np.arange(0x10000, dtype=np.uint32), np.zeros(0x10000, np.uint32)
    for c in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0xFFF0)):
        new = simple.get(chr(c)) or _plain(chr(c))
        first[c], second[c] = ord(new[0]), ord(new[1]) if len(new) > 1 else 0
    for old, new in simple.items():
        first[ord(old)] = ord(new)
    once = np.minimum(first, 0xFFFF)  # what some become is folded itself: Å (Ångström)
    first, second = np.where(first > 0xFFFF, first, first[once]), np.where(second > 0, first[second], second[once])
    first[list(_GONE)] = second[list(_GONE)] = 0
    first[0xD800:0xE000] = first[0] = 0x20
    return first, second


def _plain(char: str) -> str:
    low = _SAME.get(char) or char.lower()
    low = _SAME.get(low, low)
    if ord(char) in _ACCENTED:
        low = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
        return _SAME.get(low, low)
    new = unicodedata.normalize("NFKC", low).lower()
    low = new if len(new) == 1 and new.isalnum() else low
    low = _SAME.get(low, low)
    return str(int(low)) if low.isdecimal() else low


@cache
def _kind_table() -> Ints:
    table = np.array([_kind(chr(c)) for c in range(0x10000)], np.uint8)
    for first, last in PACKED:
        table[first : last + 1] = _PAIR
    return table


def _kind(char: str) -> int:
    """Of a character of no packed script below 0x10000."""
    if PACKED[-1][0] <= ord(char) <= PACKED[-1][1]:
        return _PAIR
    return _WORD if char.isalnum() or unicodedata.category(char)[0] == "M" else _NONE
