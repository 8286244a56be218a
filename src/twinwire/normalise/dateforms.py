"""The less common written forms of dates, as local times. Knows no zones, no plausibility and no present time.

Two-digit years are read only where RFC 822 allows them (day, month name, year). Numbers alone are read only when
their order is certain: year first, a dotted day first, a part above 12, or a hint from language or country.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from twinwire.normalise.months import month


class Wall(NamedTuple):
    """A time as a clock on the wall shows it, with the zone as written ("" when none is)."""

    at: datetime
    zone: str | tzinfo
    rule: str
    timed: bool = True


_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|民國|民国)\s*([0-9]{1,3}|元)\s*年")
_LEAD = re.compile(r"^(?:[^\d,:()]{1,30}[,:]\s*|[^\W\d_]+[.,:]*\s+)(?=\S)")
_ZONE_WORD = re.compile(r"time|zeit|hora|heure|ora\b|时间|時間|시간|\b(?:am|pm)\b", re.IGNORECASE)
_CLOCK_FIRST = re.compile(
    r"^([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[ap]\.?m\.?)?(?:\s*[A-Z]{1,5})?)[\s,|·–-]+(\S.*)$", re.IGNORECASE)

_YEAR_FIRST = re.compile(
    r"^([0-9]{4})(?:\s*(?:年|년)\s*|([-/.])\s?)([0-9]{1,2})(?:\s*(?:月|월)\s*|\.\s*|[-/])([0-9]{1,2})(?:\s*(?:日|일)|\.)?(?![0-9])(.*)$")
_YEAR_LAST = re.compile(r"^([0-9]{1,2})([-/.])\s?([0-9]{1,2})\2\s?([0-9]{4})(?![0-9])(.*)$")
_DAY_NAME = re.compile(
    r"^([0-9]{1,2})(?:st|nd|rd|th|er|[.ºª°])?(?:\s+(?:de|of|di)(?=\s))?[\s-]*"
    r"([^\W\d_]+)\.?,?(?:\s+(?:de|del|of)(?=\s))?[\s-]*"
    r"([0-9]{4}|[0-9]{2}(?=\s+[0-9]{1,2}:))(?![0-9])(.*)$", re.IGNORECASE)
_NAME_DAY = re.compile(r"^([^\W\d_]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?![0-9:])(.*)$", re.IGNORECASE)
_YEAR_AT_END = re.compile(r"^([^\W\d_]+)\s+([0-9]{1,2})\s+([0-9:]{5,8})\s+(\S.*\s)?([0-9]{4})$")

# Wire copy: day, hour and minute in one number (IPTC 7901), and AP's trailer, which puts the month first.
_WIRE = re.compile(r"^([0-9]{2})([0-9]{2})([0-9]{2})\s*([A-Z]{1,4})?\s+([^\W\d_]{3,9})\.?\s+([0-9]{4}|[0-9]{2})$", re.IGNORECASE)
_AP_TRAILER = re.compile(r"^AP-[A-Z]{2,4}-([0-9]{2})-([0-9]{2})-([0-9]{2}) ([0-9]{2})([0-9]{2})(GMT|EDT|EST)$")

_NOISE = re.compile(
    r"^[\s,;|·–—-]*(?:T(?=[0-9])|(?:at|um|kl|klo|ore|alle|om|às|as|à|a las|в|o godz|godz|g|los?)\b\.?)?[\s,.]*",
    re.IGNORECASE)
_WEEKDAY = re.compile(
    r"^\s*(?:[(（][^()]{1,9}[)）]|[월화수목금토일]요일|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?)")
_CLOCK = re.compile(
    r"^(?:(上午|午前|오전|凌晨|早上)|(下午|午後|午后|오후))?\s*([0-9]{1,2})"
    r"(?:\s*[:.]\s*([0-9]{2})(?::([0-9]{1,2})(?:[.,:]([0-9]{1,12}))?)?"
    r"|\s*[时時点點시h]\s*(?:([0-9]{1,2})\s*[分분]?\s*(?:([0-9]{1,2})\s*[秒초])?)?)"
    r"(?![0-9])(?:\s*(?:(a\.?\s?m\.?)|(p\.?\s?m\.?)|uhr|uur|hrs?|h)(?![a-z]))?", re.IGNORECASE)
_STAMP = re.compile(r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2})?)?$")
_EPOCH = re.compile(r"^[0-9]{9,10}(?:\.[0-9]{1,9})?$|^[0-9]{12,13}$")

# Writers of English put the day or the month first; elsewhere in Latin and Cyrillic script the day is first.
_DAY_FIRST_LANGUAGES = re.compile(
    r"^(?:ar|bg|ca|cs|da|de|el|es|et|fi|fr|he|hr|id|it|lv|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sr|sv|tr|uk|vi)(?:-|$)",
    re.IGNORECASE)
_MONTH_FIRST_ZONES = re.compile(
    r"^(?:US/|Pacific/Honolulu|America/(?:New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Anchorage|Boise|Juneau|Indiana/"
    r"|Kentucky/|North_Dakota/))")
_DAY_FIRST_ZONES = re.compile(
    r"^(?:GB|Australia/|Pacific/Auckland|Europe/(?!Vilnius|Budapest)|Africa/(?!Johannesburg)"
    r"|Asia/(?:Kolkata|Calcutta|Dhaka|Karachi|Dubai|Singapore|Kuala_Lumpur|Jakarta|Ho_Chi_Minh|Bangkok))")
_ENGLISH_NAMES = re.compile(
    r"^(?:[a-z]{3}|january|february|march|april|june|july|august|sept|september|october|november|december)$",
    re.IGNORECASE)


class Hints(NamedTuple):
    """What else is known where a written form is ambiguous."""

    day_first: bool | None  # 02/10 is 2 October; None when open
    language: str | None


def hints(zone: str | None, language: str | None) -> Hints:
    """Hints from the IANA zone of a source and the language of its text."""
    return Hints(day_first(zone, language), language)


def wall(*parts: int) -> datetime:
    """A local time from year, month, day and as much of the clock as is known. ``ValueError`` where there is none."""
    return datetime(*parts)  # type: ignore[arg-type, misc, unused-ignore]  # noqa: DTZ001 (its zone stands beside it)


def day_first(zone: str | None, language: str | None) -> bool | None:
    """Whether 02/10 is 2 October: by where the source is and, unless that contradicts, by language; None when open.

    English decides nothing: it is also what feed software declares when nobody has set a language.
    """
    speaks = bool(_DAY_FIRST_LANGUAGES.match(language or ""))
    if zone and _MONTH_FIRST_ZONES.match(zone):
        return None if speaks else False
    return True if speaks or (zone and _DAY_FIRST_ZONES.match(zone)) else None


def is_english(name: str) -> bool:
    """True for an English month's name or three-letter abbreviation (or ``Sept``)."""
    return bool(_ENGLISH_NAMES.match(name))


def full_year(digits: str) -> int:
    """Year of two or four digits, as RFC 2822 §4.3 reads the obsolete ones."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def read(text: str, known: Hints) -> Wall | str:
    """Local time of ``text``, or why it cannot be read. ``ValueError`` for days and hours that do not exist."""
    if text.isdigit() or _EPOCH.match(text):
        return _from_digits(text)
    text = _ERA.sub(_era_year, " ".join(text.split()))
    found = _date(text, known)
    if found is None and (turned := _CLOCK_FIRST.match(text)):
        found = _date(f"{turned[2]} {turned[1]}", known)
    if found is None and (lead := _LEAD.match(text)) and not _ZONE_WORD.search(lead[0]):
        found = _date(text[lead.end():], known)
    return "unreadable" if found is None else found


def _date(text: str, known: Hints) -> Wall | str | None:
    if (m := _WIRE.match(text)) and (n := month(m[5], known.language)):
        return Wall(wall(full_year(m[6]), n, int(m[1]), int(m[2]), int(m[3])), m[4] or "", "iptc-7901")
    if m := _AP_TRAILER.match(text):
        return Wall(wall(full_year(m[3]), int(m[1]), int(m[2]), int(m[4]), int(m[5])), m[6], "ap trailer")
    if m := _YEAR_FIRST.match(text):
        rule = {"-": "iso-8601", "/": "numeric"}.get(m[2], "cjk")
        return _timed(m[1], int(m[3]), m[4], m[5], rule)
    if m := _YEAR_LAST.match(text):
        return _year_last(m, known.day_first)
    if (m := _DAY_NAME.match(text)) and (n := month(m[2], known.language)):
        return _timed(m[3], n, m[1], m[4], "words")
    if (m := _NAME_DAY.match(text)) and (n := month(m[1], known.language)):
        return _timed(m[3], n, m[2], m[4], "words")
    if (m := _YEAR_AT_END.match(text)) and (n := month(m[1], known.language)):
        return _timed(m[5], n, m[2], f" {m[3]} {m[4] or ''}", "words")
    return None


def _year_last(m: re.Match[str], day_is_first: bool | None) -> Wall | str | None:
    a, b = int(m[1]), int(m[3])
    if m[2] == "." or a > 12:
        day_is_first = True
    elif b > 12:
        day_is_first = False
    elif a == b:
        day_is_first = True
    if day_is_first is None:
        return "ambiguous day and month"
    day, number = (a, b) if day_is_first else (b, a)
    return _timed(m[4], number, str(day), m[5], "numeric")


def _timed(year: str, number: int, day: str, rest: str, rule: str) -> Wall | str:
    """Put date and the text after it together; that text must be a time and a zone, and nothing else."""
    date = wall(full_year(year), number, int(day))
    rest = _WEEKDAY.sub("", rest.strip().removeprefix("г."))
    rest = _NOISE.sub("", rest, count=1)
    if not rest or rest[0] in "Z+([" or (rest[0] == "-" and rest[1:2].isdigit()):
        return Wall(date, rest, rule, timed=False)
    m = _CLOCK.match(rest)
    if m is None:
        return "unreadable"
    am, pm, hour, minute, second, fraction, minute2, second2, am2, pm2 = m.groups()
    hours = _hour(int(hour), bool(am or am2), bool(pm or pm2))
    clock = timedelta(hours=hours, minutes=_below(minute or minute2, 60), seconds=_below(second or second2, 61),
                      microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    if hours == 24 and clock != timedelta(hours=24):
        raise ValueError("only 24:00 exists")
    return Wall(date + clock, rest[m.end():].strip(" ,.;|"), rule)


def _hour(hour: int, am: bool, pm: bool) -> int:
    if hour > 24 or (am and hour > 12) or (am and pm):
        raise ValueError("no such hour")
    if pm and hour < 12:
        return hour + 12
    return 0 if am and hour == 12 else hour


def _below(digits: str | None, limit: int) -> int:
    value = int(digits or 0)
    if value >= limit:
        raise ValueError("no such minute or second")
    return value


def _from_digits(text: str) -> Wall | str:
    if m := _STAMP.match(text):
        numbers = [int(g) for g in m.groups() if g is not None]
        return Wall(wall(*numbers), "", "numeric", timed=len(numbers) > 3)
    if not _EPOCH.match(text):
        return "unreadable"
    seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)
    return Wall(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC, "epoch")


def _era_year(m: re.Match[str]) -> str:
    return f"{_ERAS[m[1]] + (1 if m[2] == '元' else int(m[2]))}年"
