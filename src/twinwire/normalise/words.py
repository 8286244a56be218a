"""Text → the words a search finds it by. Searches nothing, knows no item.

A word is a run of letters, digits and marks after folding: case, accents, width, vowel signs of Arabic and Hebrew, and
simplified or traditional characters do not count. Scripts that put no blanks between words, and Hangul, whose words carry
their endings, are read in pairs of characters, the last character of a run alone: a word inside a run is a row of pairs, a
single character is the beginning of one.

The warehouse folds a question by the same table (:func:`letters`), in SQL; both must give the same words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from twinwire.normalise.placenames import simplified

ALGORITHM = "1"    # of the words; texts must be read anew when it changes
MAX_WORD = 64      # letters of a word that count
# Thai, Lao, Myanmar, Khmer, Hangul, kana, Han. The same ranges stand in views.sql.
PACKED = ("\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
          "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
          "\U00020000-\U000323af")
# Letters that are no base letter with a mark, or are written in two ways.
_SAME = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ə": "e", "ß": "ss", "ı": "i",
         "ё": "е", "ς": "σ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ʼ": "'", "ʻ": "'",
         "ヶ": "ケ", "ヵ": "カ", "ﾞ": "\u3099", "ﾟ": "\u309a"}
_ACCENTED = (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000))  # Latin and Greek: marks that may be left out
_GONE = (0xAD, 0x640, 0x670, *range(0x300, 0x370), *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7,
         *range(0x64B, 0x660), *range(0x200B, 0x2010), *range(0x2060, 0x2065), *range(0xFE00, 0xFE10), 0xFEFF)


def words(text: str) -> list[str]:
    """Words of ``text``, in order; pairs of characters, and the last one alone, where words are not written apart."""
    out: list[str] = []
    for piece in _pieces().findall(fold(text)):
        if piece.isascii() or not _packed().match(piece):
            out.append(piece[:MAX_WORD])
        else:
            out += [a + b for a, b in zip(piece, piece[1:], strict=False)]
            out.append(piece[-1])
    return out


def fold(text: str) -> str:
    """``text`` as words are compared."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_table()))
    return text


def letters() -> dict[str, str]:
    """Every character that is folded, with what becomes of it: one character, several, or none."""
    return {chr(c): new for c, new in _table().items()}


@cache
def _table() -> dict[int, str]:
    han = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    simple = dict(zip(han, simplified(unicodedata.normalize("NFC", han)), strict=True))
    table = {c: _plain(chr(c), simple) for c in range(0x110000 if False else 0xFFFE) if not 0xAC00 <= c <= 0xF8FF}
    return {c: new for c, new in table.items() if new != chr(c)} | dict.fromkeys(_GONE, "")


def _plain(char: str, simple: dict[str, str]) -> str:
    low = _SAME.get(char) or char.lower()
    low = _SAME.get(low, low)
    if ord(char) in _ACCENTED:
        low = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
        low = _SAME.get(low, low)
    elif not low.isascii():
        new = unicodedata.normalize("NFKC", low).lower()
        low = new if new.isalnum() else low
        if low.isdecimal():
            low = str(int(low))
    return "".join(simple.get(c, c) for c in low)


@cache
def _packed() -> re.Pattern[str]:
    return re.compile(f"[{PACKED}]")


@cache
def _pieces() -> re.Pattern[str]:
    marks = "".join(c for c in map(chr, range(0x300, 0x10000)) if unicodedata.category(c)[0] == "M" and not _packed().match(c))
    return re.compile(f"[{PACKED}]+|(?:[^\\W_{PACKED}]|[{marks}])+")
