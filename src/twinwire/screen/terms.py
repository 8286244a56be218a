"""Turns the terms of a topics file into patterns that can be looked up in folded text. Reads no text itself.

A term matches whole words outside the scripts that write without blanks. ``*`` at the end of a word stands for up to 16 more letters,
before the first word for any beginning of it (German and Nordic compounds), ``#`` before a term for a number. Accents may be missing in a
text where its language allows (``forms``), never the other way round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from twinwire.screen.fold import SEPARATOR, fold


class Strength(StrEnum):
    """What a term is worth."""

    STRONG = "strong"
    CONTEXT = "context"
    ABROAD = "abroad"
    TOGETHER = "together"  # a term of a rule, with a word of every class it asks for near
    WEAK = "weak"
    BLOCKER = "blocker"
    NEAR = "near"          # a context word
    FOREIGN = "foreign"    # a word that tells of another country
    NOT_NEAR = "not near"
    NEVER_NEAR = "never near"


# Where blanks do not part words, a neighbouring letter says nothing: Han, kana, Hangul (particles follow), Thai.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
                      r"\U00020000-\U0003ffff]")
NUMBER = "#"        # before a term: any number
_FIRST_UNSPACED = "\u0e00"
_ARABIC = re.compile(r"[\u0620-\u06ff]")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")
# Particles that are written in one word with what they belong to.
_ARABIC_GLUED = frozenset(["و", "ف", "ب", "ل", "ك", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وب", "ول", "وك"])
_HEBREW_GLUED = frozenset(["ו", "ה", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "וש", "וכ", "שה", "מה", "כש", "כשה", "ושה", "בה"])
_NUMBER = re.compile(r"(?:\d[\d.,]{0,15})?\Z")  # what may stand before the last digit of a number
# What a sum of money may begin with: R300m.
_CURRENCIES = frozenset(["r", "rs", "rm", "n", "k", "us", "usd", "eur", "gbp", "cad", "aud", "nzd", "chf", "sek", "nok", "dkk", "zar",
                         "ksh", "kes", "sh", "ush", "ugx", "tsh", "gh", "ghs", "php", "pln", "czk", "huf", "inr", "pkr", "tk"])
_ENDING = re.compile(r"[^\W_]{0,16}")
_TELLING = 4        # letters of a beginning that few words share
_MOST_BEFORE = 240  # a term has at most 120 characters, and some endings
_KEEPS_ACCENTS = frozenset({"vi"})  # tones make other words
_BARE = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"}
_NONE: frozenset[str] = frozenset()
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """A folded form of a term. ``literal``, one of its pieces between the ``*``, is what the automaton looks for; ``head`` must come before
    it; any ending of a word and the next piece, again and again, behind it."""

    term: str
    literal: str
    head: re.Pattern[str] | None
    rest: tuple[str, ...]
    bound_left: bool
    bound_right: bool
    glued: frozenset[str]                  # what may be written in one word with it

    @property
    def strict(self) -> bool:
        """Does every match begin with the literal, at the beginning of a word?"""
        return self.bound_left and not self.head and not self.glued

    def match(self, text: str, start: int, stop: int) -> tuple[int, int] | None:
        """Span of the match whose literal stands at ``text[start:stop]``, or None where it is part of another word."""
        for piece in self.rest:
            stop = word_end(text, stop)
            if not text.startswith(piece, stop):
                return None
            stop += len(piece)
        if self.bound_right and stop < len(text) and of_a_word(text[stop]):
            return None
        if self.head is not None:
            before = self.head.search(text, max(0, start - _MOST_BEFORE), start)
            if before is None:
                return None
            start = before.start()
        if self.bound_left and start and of_a_word(text[start - 1]) and not (self.glued and _before(text, start) in self.glued):
            return None
        return start, stop


def of_a_word(letter: str) -> bool:
    """Does a letter beside a term make it part of another word? Not where blanks do not part words: ``MOU`` stands in ``MOUを結ぶ``."""
    return letter.isalnum() and (letter < _FIRST_UNSPACED or not UNSPACED.match(letter))


def word_end(text: str, stop: int) -> int:
    """Where a word that runs on from ``stop`` ends; at most 16 letters on."""
    found = _ENDING.match(text, stop)
    assert found is not None, "it matches the empty text too"
    return found.end()


def _before(text: str, start: int) -> str:
    """The letters before ``start`` that belong to the same word; the last four of them."""
    i = start
    while i and start - i < 4 and text[i - 1].isalnum():
        i -= 1
    return text[i:start]


def patterns(terms: Iterable[str], language: str) -> Iterator[Pattern]:
    """Patterns of terms as written in a topics file, one per form. Thousands are asked for at once, and folded at once."""
    given = list(terms)
    whole = fold(SEPARATOR.join(term.replace(SEPARATOR, " ") for term in given)).text
    for term, folded in zip(given, whole.split(SEPARATOR) if given else (), strict=True):
        for form in forms(folded.strip(), language):
            if form[0] != NUMBER:
                yield _pattern(term, form)
            else:
                yield from (_after_number(term, form, digit) for digit in "0123456789")


def _after_number(term: str, form: str, digit: str) -> Pattern:
    """``#m`` of £80m, A$1.2m, R300m: the last digit begins what is looked for, the rest of the number may stand before it."""
    first, *rest = form.removeprefix(NUMBER).split("*")
    return Pattern(term, digit + first, _NUMBER, tuple(rest), bound_left=True, bound_right=not UNSPACED.match(form[-1]), glued=_CURRENCIES)


def _pattern(term: str, form: str) -> Pattern:
    inner = form.removeprefix("*")
    head, literal = None, inner
    rest: tuple[str, ...] = ()
    if "*" in inner:
        pieces = inner.split("*")
        at = 0 if len(pieces[0]) >= _TELLING else max(range(len(pieces)), key=lambda i: len(pieces[i]))
        literal, rest = pieces[at], tuple(pieces[at + 1:])
        if before := "".join(re.escape(p) + _ENDING.pattern for p in pieces[:at]):
            head = re.compile(before + r"\Z")
    glued = (_NONE if inner[0] < "\u05d0" else _ARABIC_GLUED if _ARABIC.match(inner) else _HEBREW_GLUED if _HEBREW.match(inner) else _NONE)
    return Pattern(term, literal, head, rest, bound_left=form == inner and not _unspaced(inner[0]), bound_right=not _unspaced(form[-1]),
                   glued=glued)


def _unspaced(letter: str) -> bool:
    return letter >= _FIRST_UNSPACED and UNSPACED.match(letter) is not None


def forms(folded: str, language: str) -> list[str]:
    """Spellings of a folded term: as written, without the accents that writers and capitals leave out, and what its language has more."""
    if folded.isascii():
        return [folded]
    base = language.partition("-")[0]
    found = [folded]
    if base not in _KEEPS_ACCENTS:
        found.append(without_accents(folded))
    if base == "ko":
        found.append(folded.replace(" ", ""))  # compounds are written with and without blanks
    if base == "de":
        found.append(folded.translate(_GERMAN))
    return list(dict.fromkeys(found))


class _Bare(dict[int, str]):
    """A table for :meth:`str.translate`: letters without their marks, worked out when they are met."""

    def __missing__(self, code: int) -> str:
        c = chr(code)
        parts = unicodedata.normalize("NFD", c)
        bare = len(parts) > 1 and (parts[0] < "\u0250" or "\u0370" <= parts[0] < "\u0400")
        self[code] = found = _BARE.get(c, parts[0] if bare else c)
        return found


_bare = _Bare()


def without_accents(text: str) -> str:
    """Latin and Greek letters without their marks; other scripts as they are (й is no и, が is no か)."""
    return text if text.isascii() else text.translate(_bare)
