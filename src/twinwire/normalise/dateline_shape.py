"""What a dateline looks like before anything is looked up: the record of a line, and the shape of the place string before its mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from twinwire.normalise import dateline_dates as dates

_MOST = 140      # characters of a location: five cities with their states
_MOST_WORDS = 16
_CONNECTORS_TEXT = (
    "de del la las los le les lès da do das dos di du des et and und y e i of the upon on an am a der den im in bei ob vor sur sous "
    "aux au à al el ar as ash bin ben nad na pod op aan den het 's en ve va og och och ja i. d.c. near и на в ال و"
)
_CONNECTORS = frozenset(_CONNECTORS_TEXT.split())
_WEEKDAY = re.compile(
    r"[\s,(]*\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\.?,?\s*$|[\s,(]*\b(?:montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|"
    r"martedì|mercoledì|giovedì|venerdì|sabato|domenica|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت)"
    r"\s*,?\s*$", re.IGNORECASE)
_CLOCK = re.compile(r"[\s,]*\b\d{1,2}[:.h]\d{2}(?:\s?(?:Uhr|hrs?|GMT|UTC|[ap]\.?m\.?))?\s*$", re.IGNORECASE)
_AFTER_DATE = re.compile(r"(?:\s|[,.;:–—―_=|/()-]|г\b|года?\b|م\b|هـ|AD\b|\d{1,2}[:.h]\d{2}|Uhr\b|hrs?\b|GMT\b|UTC\b|[AaPp]\.?[Mm]\b|"
    r"[(（][^()（）]{1,9}[)）])*")
_HIJRI = re.compile(r"\s+\d{1,2}\s+[^\d\s][^\d]{1,28}\d{4}\s*(?:هـ?)?\s*(?:الموافق)?\s*$")
_BEFORE_DATE = re.compile(r"[\s,]+(?:a|à|le|il|am|den|der|el|em|on|the|dne|dnia|ngày|den|في|بتاريخ)\s*$", re.IGNORECASE)
_TRIM = " \t\u00a0,;:.–—―-_=|/*"
_TRIM_FRONT = " \t\u00a0,;:.–—―-_=|/*•·▪◆■□▲△●○#>\"'“”„«»‘’"
_WORDS = re.compile(r"[^\s,;/&()\[\]+|–—]+")
CASED = re.compile(r"[A-Za-zÀ-ɏЀ-ӿΆ-ώԱ-֏]")


class Shape(IntEnum):
    """How much a string looks like the place of a dateline by its form alone."""

    LOOSE = 1    # capitalised words, or a script without case
    CAPS = 2     # the place in capitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A dateline as printed. ``location`` and ``date`` are strings still to be read."""

    raw: str
    field: str                    # title | summary | body | structured
    start: int                    # code points into the field, half-open
    stop: int
    location: str = ""
    date: str | None = None
    agency: str | None = None
    kind: str = "marked"          # marked | asian | dashed | colon | full stop | structured
    sure: bool = True             # False: only where the gazetteer knows the place


class Head(NamedTuple):
    """What stands before (or behind) a mark: the place string, the date as printed, the shape of the place."""

    location: str
    date: str | None
    shape: Shape


def head(text: str) -> Head | None:
    """Place and date of ``text``, or None when it has not the shape of a dateline. The date may come first or last."""
    found = dates.find(text)
    before, behind, raw = text, "", None
    if found is not None:
        raw, before, behind = text[found.start : found.stop], text[: found.start], text[found.stop :]
    elif alone := dates.day_alone(text):
        raw, before = text[alone.start : alone.stop], text[: alone.start]
    before = _CLOCK.sub("", before)
    for pattern in (_WEEKDAY, _BEFORE_DATE) if raw else ():
        before = pattern.sub("", before)
    before = _HIJRI.sub("", before)
    use_behind = bool(raw) and not before.strip(_TRIM_FRONT) and bool(behind.strip(_TRIM))
    if behind and not use_behind and not _AFTER_DATE.fullmatch(without_weekday(behind)):
        return None
    part = behind if use_behind else before
    location = part.strip(_TRIM).lstrip(_TRIM_FRONT)
    if not location:
        return Head("", raw, Shape.CAPS) if raw else None
    look = shape(location)
    return Head(location, raw, look) if look else None


def without_weekday(text: str) -> str:
    """``text`` without a day of the week at its end."""
    return _WEEKDAY.sub("", text)


def shape(location: str) -> Shape | None:
    """The shape of a place string, or None for what is no place by its form: too long, a digit in it, a lower-case word."""
    words = _WORDS.findall(location)
    if not words or len(location) > _MOST or len(words) > _MOST_WORDS or any(c.isdigit() for c in location):
        return None
    if not CASED.search(location):
        return Shape.LOOSE if len(words) <= 6 and len(location) <= 60 else None
    if not _is_capital(words[0]) or not all(_is_capital(w) or w.lower() in _CONNECTORS for w in words):
        return None
    first = _WORDS.findall(location.partition(",")[0]) or words
    caps = [w for w in first if w.lower() not in _CONNECTORS or w.isupper()]
    letters = sum(map(str.isalpha, "".join(caps)))
    return Shape.CAPS if letters >= 3 and all(_in_capitals(w) for w in caps) else Shape.LOOSE


def capitals_at_end(text: str) -> str:
    """The place in capitals that ``text`` ends with (``…higher outlook ZURICH``), with a region behind it; "" if there is none."""
    words = list(re.finditer(r"\S+", text[-_MOST:]))
    at, seen = len(words), False
    for n in range(len(words) - 1, max(-1, len(words) - 9), -1):
        word = words[n][0].strip(",;/&")
        if _in_capitals(word) and len(word) > 2:
            at, seen = n, True
        elif not (word.lower() in _CONNECTORS or not word or (not seen and _is_capital(word))):
            break
    return text[-_MOST:][words[at].start():] if seen else ""


def _is_capital(word: str) -> bool:
    letter = next((c for c in word.lstrip("'’‘\"(") if c.isalpha()), "")
    return not letter.islower() or bool(re.match(r"[a-z]['’][A-Z]|[a-z]{2}-[A-Z]|al-|[a-z]{1,2}\.[A-Z]", word))


def _in_capitals(word: str) -> bool:
    letters = [c for c in re.sub(r"^(?:Mc|Mac|Mt|St|d['’]|l['’])|['’]s$", "", word) if c.isalpha()]
    return bool(letters) and not any(c.islower() for c in letters)
