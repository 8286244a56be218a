"""Folds text for matching and remembers where every folded character came from. Knows no term and no topic.

Folding lowers case, turns every blank, control and hyphen into one blank, plain-forms quotes, half- and full-width
letters, compatibility ideographs and decomposed letters (the safe part of NFKC), and removes soft hyphens, zero-width
characters and Arabic vowel signs. Accents stay: terms carry their accent-free forms instead (see ``terms.forms``),
because stripping them from every text would cost more than all the matching.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = "\x1f"  # between fields: no folded term holds it, so no match crosses it

_ASCII = str.maketrans({
    **{c: " " for c in map(chr, (*range(0x20), 0x7F)) if c != SEPARATOR},
    **{c: c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    "-": " ", "`": "'",
})
# One for one; each costs one scan in C. Quotes, hyphens and blanks first, then letters that are written in two ways:
# ё and е, final sigma, Romanian cedilla and comma, Arabic alef and yeh, Persian yeh and kaf.
_PLAIN = [
    *((c, " ") for c in "\n\t\r-\u00a0\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u3000\uff0d"),
    *((c, "'") for c in "\u2018\u2019\u02bc`"), *((c, '"') for c in "\u201c\u201d\u201e\u00ab\u00bb"),
    ("ё", "е"), ("\u03c2", "\u03c3"), ("\u0163", "\u021b"), ("\u015f", "\u0219"),
    ("\u0623", "\u0627"), ("\u0625", "\u0627"), ("\u0622", "\u0627"),
    ("\u0649", "\u064a"), ("\u06cc", "\u064a"), ("\u06a9", "\u0643"),
]
_TABLE = str.maketrans(dict(_PLAIN))

# Lone surrogates are blanks too: the automaton reads UTF-8, which has none.
_BLANK_ODD = r"\x00-\x1e\x7f\x85\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\ud800-\udfff"
_BLANK = " " + _BLANK_ODD
_GONE = (r"\u00ad\u061c\u0640\u064b-\u065f\u0670\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
         r"\ufe00-\ufe0f\ufeff")
_MARK = r"\u0300-\u036f\u3099\u309a\uff9e\uff9f"
_COMPAT = r"\u2f00-\u2fd5\uf900-\ufaff\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff65-\uff9d"
# Where something beyond one for one begins: one character class, so that the search runs at full speed.
_SPOT = re.compile(rf"[{_BLANK_ODD}{_GONE}{_MARK}{_COMPAT}\u1100-\u1112]|  ")
_PIECE = re.compile(
    rf"(?P<blank>[{_BLANK}{_GONE}][{_BLANK}{_GONE}{_MARK}]*)|(?P<mark>[{_MARK}]+)"
    r"|(?P<jamo>[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?)"
    r"|(?P<compat>[\uff73\uff76-\uff84\uff8a-\uff8e][\uff9e\uff9f]|.)"
)
_LOOSE = re.compile(f"[{_BLANK}{_GONE}{_MARK}]+")
_REAL_BLANK = re.compile(f"[{_BLANK}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with its way back: replaced pieces as parallel arrays of folded and original spans, in order."""

    text: str
    folded_start: Sequence[int] = ()
    folded_stop: Sequence[int] = ()
    start: Sequence[int] = ()
    stop: Sequence[int] = ()

    def original(self, start: int, stop: int) -> tuple[int, int]:
        """Code points of the original that a non-empty folded span stands for, without removed ones at its rim."""
        i = bisect_right(self.folded_start, start) - 1
        if i >= 0:
            inside = start < self.folded_stop[i]
            start = self.start[i] if inside else self.stop[i] + start - self.folded_stop[i]
        i = bisect_left(self.folded_start, stop) - 1
        if i >= 0:
            inside = stop <= self.folded_stop[i]
            stop = self.stop[i] if inside else self.stop[i] + stop - self.folded_stop[i]
        return start, stop


def fold(text: str) -> Folded:
    """Fold ``text``. Linear in its length whatever it holds."""
    if text.isascii():
        plain = text.translate(_ASCII)
        return _rebuild(plain) if "  " in plain else Folded(plain)
    # U+0130 is the one letter whose lower case is longer than itself.
    plain = text.replace("\u0130", "i").lower()
    for old, new in _PLAIN:
        plain = plain.replace(old, new)
    return _rebuild(plain) if _SPOT.search(plain) else Folded(plain)


def _rebuild(plain: str) -> Folded:
    """Replace the pieces that are not one for one; note each whose length changes."""
    out: list[str] = []
    maps: tuple[array[int], ...] = tuple(array("L") for _ in range(4))
    last = shift = 0
    while spot := _SPOT.search(plain, last):
        start, stop, new = _replacement(plain, spot.start(), last)
        out += (plain[last:start], new)
        last = stop
        if len(new) != stop - start:
            for offsets, at in zip(maps, (start + shift, start + shift + len(new), start, stop), strict=True):
                offsets.append(at)
            shift += len(new) - (stop - start)
    out.append(plain[last:])
    return Folded("".join(out), *maps)


def _replacement(plain: str, at: int, last: int) -> tuple[int, int, str]:
    """Span of the piece at ``at`` and what stands for it; before ``last`` everything is written already."""
    m = _PIECE.match(plain, at)
    if m and m.lastgroup == "mark" and (at == last or plain[at - 1] == " "):
        m = _LOOSE.match(plain, at)  # a mark with no letter to stand on
    assert m is not None, "every spot begins a piece"
    stop, piece = m.end(), m.group()
    if m.lastgroup in {"blank", None}:
        after_blank = at > last and plain[at - 1] == " "
        return at, stop, " " if _REAL_BLANK.search(piece) and not after_blank else ""
    if m.lastgroup == "mark":
        # NFC of a long run of marks is quadratic; three marks are more than any letter of ours has.
        return at - 1, stop, unicodedata.normalize("NFC", plain[at - 1:stop][:4])[0].translate(_TABLE)
    if m.lastgroup == "jamo" or piece < "\u1100" or piece > "\u1112":
        return at, stop, unicodedata.normalize("NFKC", piece).lower().translate(_TABLE)
    return at, stop, piece
