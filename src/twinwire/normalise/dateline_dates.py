"""Dates of datelines: found in a short string, and completed from the instant of publication where the year is left out.

Knows the months of the wires' languages and East Asian forms. Never guesses: Hijri and Buddhist dates, and numbers whose order is open,
give no date and say why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from twinwire.normalise import months

_AHEAD = timedelta(days=3)    # a line may bear tomorrow's date: embargoes, time zones
_FAR = timedelta(days=370)
_YEAR = r"(?:19|20)[0-9]{2}"
# Months of languages that dates of feeds seldom use: Arabic (two sets), Croatian, Hungarian, Slovak, Malay, Swahili, Catalan, Greek, Hindi.
_MORE = """
يناير كانون sijecanj sijecnja januara januar gener ιανουαριου जनवरी januari
فبراير شباط veljaca veljace februara febrero febrer φεβρουαριου फरवरी februari
مارس آذار اذار ozujak ozujka marta marcius martius marca mac machi marc μαρτιου मार्च
أبريل ابريل نيسان travanj travnja aprila aprilis aprili abril απριλιου अप्रैल
مايو أيار ايار svibanj svibnja maja majus mei maig μαιου मई
يونيو حزيران lipanj lipnja juna junius juny ιουνιου जून
يوليو تموز srpanj jula julius julai juliol ιουλιου जुलाई
أغسطس اغسطس آب kolovoz kolovoza avgusta avgust augusztus ogos ogo agost αυγουστου अगस्त
سبتمبر أيلول ايلول rujan rujna septembra szeptember septemba setembre σεπτεμβριου सितंबर सितम्बर
أكتوبر اكتوبر oktobra oktoba octubre οκτωβριου अक्टूबर अक्तूबर
نوفمبر studeni studenoga novembra novemba νοεμβριου नवंबर नवम्बर
ديسمبر prosinac prosinca decembra disember disemba desembre δεκεμβριου दिसंबर दिसम्बर
"""
_EXTRA = {name: n for n, row in enumerate(_MORE.strip().splitlines(), 1) for name in row.split()}
_WORD = r"[^\W\d_]+(?:[\u0900-\u097f]+[^\W\d_]*)*"
_DAY_NAME = re.compile(
    rf"(?<![\d:])([0-9]{{1,2}})(?:st|nd|rd|th|er|ère|re|[.ºª°])?,?\s{{0,3}}(?:(?:de|of|di|den|da)\s|d[’'])?\s?({_WORD})\.?,?"
    rf"(?:\s{{1,3}}(?:de\s|del\s)?({_YEAR})(?!\d))?", re.IGNORECASE)
_NAME_DAY = re.compile(rf"({_WORD})\.?\s{{1,3}}([0-9]{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:[.,]{{0,2}}\s{{0,3}}({_YEAR})(?!\d))?",
re.IGNORECASE)
_YEAR_NAME_DAY = re.compile(rf"(?<!\d)({_YEAR})\.?\s({_WORD})\s([0-9]{{1,2}})(?!\d)", re.IGNORECASE)
_CJK = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]")
_CJK_DAY = re.compile(r"(?<!\d)(\d{1,2})\s?[日일]")
_ISO = re.compile(rf"(?<!\d)({_YEAR})[-/.](0?[1-9]|1[0-2])[-/.]([0-3]?[0-9])(?!\d)")
_NUMERIC = re.compile(rf"(?<![\d/.])([0-3]?[0-9])([/.])([0-3]?[0-9])(?:\2({_YEAR}))?(?![\d/])")
_VIETNAMESE = re.compile(rf"(?:ngày\s)?([0-9]{{1,2}}) tháng ([0-9]{{1,2}})(?: năm ({_YEAR}))?", re.IGNORECASE)
_DAY_ALONE = re.compile(r",\s*([0-9]{1,2})\.?\s*$")


class Found(NamedTuple):
    """A date in a string: where, and its parts as far as they are written. ``open``: day and month could be the other way round."""

    start: int
    stop: int
    year: int | None
    month: int | None
    day: int
    open: bool = False


def find(text: str, language: str | None = None) -> Found | None:
    """The first date in ``text`` (its first 300 characters), the longest where several forms begin together."""
    text = text[:300]
    found = [f for f in _all(text, language) if 1 <= f.day <= 31 and (f.month is None or 1 <= f.month <= 12)]
    return min(found, key=lambda f: (f.start, -f.stop), default=None)


def day_alone(text: str) -> Found | None:
    """The bare day at the end of ``text`` (``MADRID, 3``), as some agencies write it."""
    m = _DAY_ALONE.search(text[:300])
    return Found(m.start(1), m.end(1), None, None, int(m[1])) if m and 1 <= int(m[1]) <= 31 else None


def dated(raw: str | None, published: datetime | None, language: str | None = None) -> tuple[date | None, str]:
    """The day that ``raw`` means and how it is known. A year, or a month, that is left out is the latest that is not after
    ``published`` (three days are allowed); without that instant the day stays unknown."""
    if not raw:
        return None, "missing"
    found = find(raw, language) or day_alone(f", {raw}")
    if found is None:
        return None, "unreadable"
    if found.open:
        return None, "ambiguous day and month"
    if found.year is not None and found.month is not None:
        return _as_printed(found.year, found.month, found.day, published)
    if published is None:
        return None, "no year known"
    last = published.date() + _AHEAD
    for year, month in _back(last, found.month):
        day = _day(year, month, found.day)
        if day and day <= last:
            return day, "month from publication" if found.month is None else "year from publication"
    return None, "impossible"


def month_of(name: str, language: str | None = None) -> int | None:
    """1 … 12 for a month's name in any language of datelines."""
    return months.month(name, language) or _EXTRA.get(name.casefold()) or _EXTRA.get(_without_accents(name))


def _as_printed(year: int, month: int, day: int, published: datetime | None) -> tuple[date | None, str]:
    at = _day(year, month, day)
    if at is None:
        return None, "impossible"
    far = published is not None and abs(at - published.date()) > _FAR
    return at, "as printed, far from publication" if far else "as printed"


def _back(last: date, month: int | None) -> Iterator[tuple[int, int]]:
    """Years (of a month) or months, the latest first; far enough for 29 February."""
    if month is not None:
        yield from ((last.year - i, month) for i in range(9))
        return
    for i in range(3):
        index = last.year * 12 + last.month - 1 - i
        yield index // 12, index % 12 + 1


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _all(text: str, language: str | None) -> Iterator[Found]:
    for m in _DAY_NAME.finditer(text):
        if n := month_of(m[2], language):
            yield Found(m.start(), _end(m, 3, 2), _int(m[3]), n, int(m[1]))
    for m in _NAME_DAY.finditer(text):
        if n := month_of(m[1], language):
            yield Found(m.start(), m.end(), _int(m[3]), n, int(m[2]))
    for m in _YEAR_NAME_DAY.finditer(text):
        if n := month_of(m[2], language):
            yield Found(m.start(), m.end(), int(m[1]), n, int(m[3]))
    yield from (Found(m.start(), m.end(), _int(m[1]), int(m[2]), int(m[3])) for m in (*_CJK.finditer(text), *_ISO.finditer(text)))
    yield from (Found(m.start(), m.end(), _int(m[3]), int(m[2]), int(m[1])) for m in _VIETNAMESE.finditer(text))
    yield from (Found(m.start(), m.end(), None, None, int(m[1])) for m in _CJK_DAY.finditer(text))
    yield from (_numeric(m, language) for m in _NUMERIC.finditer(text))


def _numeric(m: re.Match[str], language: str | None) -> Found:
    a, b = int(m[1]), int(m[3])
    month_first = b > 12
    unclear = m[2] == "/" and a <= 12 and b <= 12 and a != b and (language or "en").partition("-")[0] == "en"
    day, month = (b, a) if month_first else (a, b)
    return Found(m.start(), m.end(), _int(m[4]), month, day, unclear)


def _without_accents(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _end(m: re.Match[str], year: int, name: int) -> int:
    return m.end(year) if m[year] else m.end(name) + (m.string[m.end(name) : m.end(name) + 1] == ".")


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None
