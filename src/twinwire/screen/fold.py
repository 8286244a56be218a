"""Folds text for matching and remembers where every folded character came from. Knows no term and no topic.

Folding lowers case, turns every blank, control and hyphen into one blank, plain-forms quotes, half- and full-width letters, compatibility
ideographs and decomposed letters (the safe part of NFKC), writes traditional characters as simplified ones, and removes soft hyphens,
zero-width characters and Arabic vowel signs. Accents stay: terms carry their accent-free forms instead (see ``terms.forms``), because
"más" and "mas" are two words.

Almost everything is one character for one, so it is one look-up in a table per character, done by numpy for a whole text at once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import numpy as np
from opencc import OpenCC

SEPARATOR = "\x1f"  # between fields: no folded term holds it, so no match crosses it

_TOP = 0x10000      # what lies beyond the basic plane is read as its last code point, which is no letter
_GONE = 1 << 16     # flags in the table, above the character
_ODD = 1 << 17
_BLANK = 0x20
_SMALL = 1000       # characters up to which looking for two blanks is quicker without numpy
_UNFIT = 0          # no folded text holds it
_CODECS = (("\u0400", "\u045f", "cp1251"), ("\u0490", "\u0491", "cp1251"), ("\u060c", "\u06d2", "cp1256"), ("\u0370", "\u03ff", "cp1253"),
           ("\u0100", "\u017f", "cp1250"), ("\u05d0", "\u05ea", "cp1255"))

# Quotes, hyphens and blanks; letters that are written in two ways: ё and е, final sigma, Romanian cedilla and comma, Arabic alef and
# yeh, Persian yeh and kaf. U+0130 is the one letter whose lower case is longer than itself.
_PLAIN = {
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u05be", " "),
    **dict.fromkeys("\u2018\u2019\u02bc`", "'"), **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    "\u0130": "i", "ё": "е", "Ё": "е", "\u03c2": "\u03c3", "\u03a3": "\u03c3",
    "\u0163": "\u021b", "\u0162": "\u021b", "\u015f": "\u0219", "\u015e": "\u0219",
    "\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643",
}
# Lone surrogates are blanks too: the automaton reads UTF-8, which has none.
_BLANKS = [*range(0x1F), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, *range(0xD800, 0xE000)]
_REMOVED = [0xAD, 0x61C, 0x640, *range(0x64B, 0x660), 0x670, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
            *range(0x2060, 0x2065), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10), 0xFEFF]
_COMPAT = [*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00), *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B),
           *range(0xFF65, 0xFF9E)]
_HAN = [*range(0x3400, 0xA000)]
# What needs its neighbour: marks, parts of Hangul syllables, ligatures.
_MARKS = r"\u0300-\u036f\u3099\u309a\uff9e\uff9f"
_PIECE = re.compile(rf"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\ufb00-\ufb06]|[\uff73\uff76-\uff84\uff8a-\uff8e][\uff9e\uff9f]"
                    rf"|(?P<letter>[^{_MARKS}])?(?P<marks>[{_MARKS}]+)")
_NEEDS = re.compile(rf"[{_MARKS}\u1100-\u1112\ufb00-\ufb06]")

Codes = np.ndarray[Any, np.dtype[np.uint32]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Offsets = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Folded:
    """Folded text and the way back. ``kept`` marks the characters of the original that are left; None: all of them."""

    __slots__ = ("_base", "_kept", "_places", "text")

    def __init__(self, text: str, kept: Mask | None = None, base: tuple[Offsets, Offsets] | None = None) -> None:
        self.text = text
        self._kept = kept
        self._base = base
        self._places: Offsets | None = None

    def original(self, start: int, stop: int) -> tuple[int, int]:
        """Code points of the original that a non-empty folded span stands for, without removed ones at its rim."""
        if self._kept is not None:
            if self._places is None:
                self._places = np.flatnonzero(self._kept)
            start, stop = int(self._places[start]), int(self._places[stop - 1]) + 1
        if self._base is not None:
            start, stop = int(self._base[0][start]), int(self._base[1][stop - 1])
        return start, stop

    def on(self, base: tuple[Offsets, Offsets]) -> Folded:
        """The same for a text that was made from another one: where each of its characters began and ended there."""
        return Folded(self.text, self._kept, base)


def fold(text: str) -> Folded:
    """Fold ``text``. Linear in its length whatever it holds."""
    if (short := _short(text)) is not None:
        plain, codec = short
        if len(plain) < _SMALL and b"  " not in plain:
            return Folded(plain.decode(codec))
        return _squeeze(np.frombuffer(plain, np.uint8), codec, gone=False)
    codes = _looked_up(text)
    flags = int(codes.max(initial=0))
    if flags < _ODD:
        return _squeeze(codes, "utf-32-le", gone=flags >= _GONE)
    composed, *base = _compose(text)
    return _squeeze(_looked_up(composed), "utf-32-le", gone=True).on((base[0], base[1]))


def _short(text: str) -> tuple[bytes, str] | None:
    """The folded text and its codec, where one of the Windows code pages holds it: a byte a character is the fastest to look up, and
    keeps the processor's caches for the rest. None where none does, or where something is to be removed."""
    codec = "ascii" if text.isascii() else "cp1252"
    for _ in range(2):
        try:
            plain = text.encode(codec).translate(_bytes(codec))
        except UnicodeEncodeError as e:
            other = next((name for first, last, name in _CODECS if first <= text[e.start] <= last), None)
            if other is None or other == codec:
                return None
            codec = other
        else:
            return None if _UNFIT in plain else (plain, codec)
    return None


def _looked_up(text: str) -> Codes:
    return _table().take(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), mode="clip")


def _squeeze(plain: Codes | Bytes, codec: str, *, gone: bool) -> Folded:
    """Leave out what is to be removed, and blanks behind blanks."""
    kept = None
    if gone:
        kept = plain & _GONE == 0
        plain = plain[kept] & (_TOP - 1)
    blank = plain == _BLANK
    again = blank[1:] & blank[:-1]
    if again.any():
        first = np.concatenate(([True], ~again))
        plain = plain[first]
        if kept is None:
            kept = first
        else:
            kept[np.flatnonzero(kept)[~first]] = False
    return Folded(plain.tobytes().decode(codec), kept)


def _compose(text: str) -> tuple[str, Offsets, Offsets]:
    """Put together what belongs together: marks with their letter, Hangul syllables; take ligatures apart."""
    out: list[str] = []
    starts: list[Any] = []
    stops: list[Any] = []
    last = 0
    while spot := _NEEDS.search(text, last):
        m = _PIECE.match(text, max(last, spot.start() - 1)) or _PIECE.match(text, spot.start())
        if m is None:  # a lone part of a syllable
            at, stop, new = spot.start(), spot.end(), spot.group()
        else:
            at, stop, new = m.start(), m.end(), _composed(m)
        out += (text[last:at], new)
        starts += (np.arange(last, at), np.full(len(new), at))
        stops += (np.arange(last + 1, at + 1), np.full(len(new), stop))
        last = stop
    out.append(text[last:])
    starts.append(np.arange(last, len(text)))
    stops.append(np.arange(last + 1, len(text) + 1))
    return "".join(out), np.concatenate(starts), np.concatenate(stops)


def _composed(m: re.Match[str]) -> str:
    if not m["marks"]:
        return unicodedata.normalize("NFKC", m.group())
    if not m["letter"] or not m["letter"].isalnum():
        return m["letter"] or ""  # a mark with no letter to stand on
    # NFC of a long run of marks is quadratic; three marks are more than any letter of ours has.
    return unicodedata.normalize("NFC", m.group()[:4])[0]


@cache
def _table() -> Codes:
    """Character by character what it becomes, with its flags."""
    table = np.arange(_TOP, dtype=np.uint32)
    for code in range(0x530):
        table[code] = ord(chr(code).lower()[0])
    for code in (*range(0x10A0, 0x1100), *range(0x1E00, 0x2000), *range(0x2C00, 0x2E00), *range(0xA640, 0xA800)):
        table[code] = ord(chr(code).lower()[0])
    for code in _COMPAT:
        table[code] = ord(unicodedata.normalize("NFKC", chr(code)).lower()[0])
    for old, new in _PLAIN.items():
        table[ord(old)] = ord(new)
    ideographs = [*_HAN, *_COMPAT]
    now = [chr(table[code]) for code in ideographs]
    for code, new in zip(ideographs, OpenCC("t2s").convert("\n".join(now)).split("\n"), strict=True):
        table[code] = ord(new) if ord(new) < _TOP else table[code]
    table[_BLANKS] = _BLANK
    table[_REMOVED] |= _GONE
    odd = [code for code in range(0x300, _TOP) if _NEEDS.match(chr(code))]
    table[odd] |= _ODD
    return table


@cache
def _bytes(codec: str) -> bytes:
    """The table of a code page, for :meth:`bytes.translate`. ``_UNFIT`` stands for what the page cannot hold, or what is more than one
    for one."""
    table = _table()
    out = bytearray()
    for byte in range(256):
        try:
            code = int(table[ord(bytes([byte]).decode(codec))])
            out += chr(code).encode(codec) if code < _GONE else bytes([_UNFIT])
        except UnicodeError:
            out.append(_UNFIT)
    return bytes(out)
