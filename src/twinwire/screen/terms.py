"""Turns the terms of a topics file into patterns that can be looked up in folded text. Reads no text itself.

A term matches whole words outside the scripts that write without blanks. ``*`` at the end of a word stands for up to 16 more letters,
before the first word for any beginning of it (German and Nordic compounds), ``#`` before a term for a number. Accents may be missing in a
text where its language allows (``forms``), never the other way round.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from twinwire.screen.fold import fold


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
_BARE = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
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


def patterns(term: str, language: str) -> list[Pattern]:
    """Patterns of a term as written in a topics file, one per form."""
    return [_pattern(term, form) if form[0] != NUMBER else _after_number(term, form, digit)
            for form in forms(term, language) for digit in ("0123456789" if form[0] == NUMBER else "0")]


def _after_number(term: str, form: str, digit: str) -> Pattern:
    """``#m`` of £80m, A$1.2m, R300m: the last digit begins what is looked for, the rest of the number may stand before it."""
    first, *rest = form.removeprefix(NUMBER).split("*")
    return Pattern(term, digit + first, _NUMBER, tuple(rest), bound_left=True, bound_right=not UNSPACED.match(form[-1]), glued=_CURRENCIES)


def _pattern(term: str, form: str) -> Pattern:
    inner = form.removeprefix("*")
    pieces = inner.split("*")
    at = 0 if len(pieces[0]) >= _TELLING else max(range(len(pieces)), key=lambda i: len(pieces[i]))
    head = "".join(re.escape(p) + _ENDING.pattern for p in pieces[:at])
    glued = _ARABIC_GLUED if _ARABIC.match(inner) else _HEBREW_GLUED if _HEBREW.match(inner) else frozenset()
    return Pattern(
        term, pieces[at], re.compile(head + r"\Z") if head else None, tuple(pieces[at + 1:]),
        bound_left=form == inner and not UNSPACED.match(inner),
        bound_right=not UNSPACED.match(form[-1]),
        glued=glued,
    )


def forms(term: str, language: str) -> list[str]:
    """Folded spellings of a term: as written, without the accents that writers and capitals leave out, and what its language has more."""
    base = language.partition("-")[0]
    folded = fold(term).text.strip()
    found = [folded]
    if base not in _KEEPS_ACCENTS:
        found.append(without_accents(folded))
    if base == "ko":
        found.append(folded.replace(" ", ""))  # compounds are written with and without blanks
    if base == "de":
        found.append(folded.translate(_GERMAN))
    return list(dict.fromkeys(found))


def without_accents(text: str) -> str:
    """Latin and Greek letters without their marks; other scripts as they are (й is no и, が is no か)."""
    if text.isascii():
        return text
    out = []
    for c in text:
        parts = unicodedata.normalize("NFD", c)
        bare = len(parts) > 1 and (parts[0] < "\u0250" or "\u0370" <= parts[0] < "\u0400")
        out.append(parts[0] if bare else c)
    return "".join(out).translate(_BARE)
