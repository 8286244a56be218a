"""Reads dates of feeds into UTC instants. Never says "now", never guesses: what is not known is None with the reason.

Order: ISO 8601 / RFC 3339, RFC 822, East Asian, seconds since 1970, other numeric orders, month names. A local time
without zone takes the source's zone, or stays unknown. No fallback to a general date guesser: those fill missing parts
in and read 02.10.2026 as 10 February.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from twinwire.normalise import dateforms, zones
from twinwire.normalise.dateforms import Wall
from twinwire.records import Instant

MAX_RAW = 200  # characters; a longer date is not a date
_EARLIEST_YEAR = 1990
_AHEAD = timedelta(days=2)  # an embargo or a clock ahead; more is a mistake

_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?([0-9]{1,2})[ -]([A-Za-z]{3,9})[ -]([0-9]{4}|[0-9]{2})\s+"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\s*([A-Za-z]{1,5}|[+-][0-9]{4}))?$"
)
_ENGLISH = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
            "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}|[0-9]{8}T[0-9]{4}")


class _Answer(NamedTuple):
    at: datetime | None
    rule: str


def instant(raw: str | None, *, zone: str | None, now: datetime, language: str | None = None) -> Instant:
    """The instant ``raw`` means, in UTC; ``at`` is None when it is missing, unreadable, ambiguous or implausible.

    ``zone`` is the IANA zone of the source (for dates without one, and for names such as CST), ``now`` an aware
    datetime, ``language`` the BCP 47 tag that decides between day/month and month/day.
    """
    text = (raw or "").strip()
    if not text:
        return Instant(raw=raw, at=None, rule="missing")
    if len(text) > MAX_RAW:
        return Instant(raw=text[:MAX_RAW], at=None, rule="unreadable: too long")
    answer = _answer(text, zone, now, language)
    return Instant(raw=raw, at=answer.at, rule=answer.rule)


def _answer(text: str, zone: str | None, now: datetime, language: str | None) -> _Answer:
    if "&" in text or not text.isascii():
        text = _ascii_digits(text)
    try:
        wall = _common(text) or dateforms.read(text, dateforms.hints(zone, language))
        if isinstance(wall, str):
            return _Answer(None, wall)
        return _plausible(*_in_utc(wall, zone), now)
    except (ValueError, OverflowError):  # 32 October, 25:00, an offset beyond year 9999
        return _Answer(None, "impossible")


def _common(text: str) -> Wall | None:
    """The two shapes nearly all feeds use, read fast."""
    if _ISO.match(text):
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None  # 24:00, a leap second or a named zone: the careful reader decides
        return Wall(at.replace(tzinfo=None), at.tzinfo if at.tzinfo is not None else "", "iso-8601")
    found = _RFC822.match(text)
    if found is None:
        return None
    day, name, year, hour, minute, second, offset = found.groups()
    month = _ENGLISH.get(name[:3].lower())
    if month is None or not dateforms.is_english(name) or second == "60" or hour == "24":
        return None
    at = dateforms.wall(dateforms.full_year(year), month, int(day), int(hour), int(minute), int(second or 0))
    return Wall(at, offset or "", "rfc-822")


def _ascii_digits(text: str) -> str:
    text = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _in_utc(wall: Wall, source: str | None) -> _Answer:
    rule = wall.rule if wall.timed else "date only"
    zone = wall.zone
    if not zone:
        return _local(wall, source)
    if isinstance(zone, str):
        zone = zones.of_text(zone, wall.at, source)
    if isinstance(zone, str):
        return _Answer(None, zone)
    local = wall.at.replace(tzinfo=zone)
    if zone is UTC:
        return _Answer(local, rule)
    if not zones.WEST <= (local.utcoffset() or zones.WEST) <= zones.EAST:
        return _Answer(None, "impossible zone")
    return _Answer(local.astimezone(UTC), rule)


def _local(wall: Wall, source: str | None) -> _Answer:
    zone = zones.iana(source) if source else None
    if zone is None:
        return _Answer(None, "no zone known")
    local = wall.at.replace(tzinfo=zone)
    at = local.astimezone(UTC)
    if not wall.timed:
        return _Answer(at, "date only")
    later = local.replace(fold=1).astimezone(UTC)
    note = "" if at == later else ", hour twice: first taken" if at < later else ", hour skipped"
    return _Answer(at, "zone from source" + note)


def _plausible(at: datetime | None, rule: str, now: datetime) -> _Answer:
    if at is None:
        return _Answer(None, rule)
    if at.year < _EARLIEST_YEAR:
        return _Answer(None, f"implausible: before {_EARLIEST_YEAR}")
    if at > now + _AHEAD:
        return _Answer(None, "implausible: in the future")
    return _Answer(at, rule)
