"""Reads time-zone texts of wire dates: offsets, names, abbreviations. Never guesses which of two meanings is meant.

Sources: RFC 822 §5 and RFC 2822 §4.3 for the North American names, the IANA tz database for what a source's own zone
calls itself (``CST`` from Asia/Shanghai is +08:00), common use in wire copy for the rest.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PLAIN_OFFSET = re.compile(r"^([+-])([0-9]{2}):?([0-9]{2})$")
_OFFSET = re.compile(r"^(?:UTC|GMT|UT|Z)?\s*([+\-−‐–])\s*([0-9]{1,2})(?::?([0-9]{2}))?$", re.IGNORECASE)
_COMMENT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")
WEST, EAST = timedelta(hours=-12), timedelta(hours=14)  # no clock on land differs more from UTC

UTC_NAMES = frozenset({"", "Z", "UTC", "UT", "GMT", "0000", "COORDINATED UNIVERSAL TIME"})
_HOURS = {
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "EAT": 3, "CAT": 2, "WAT": 1, "SAST": 2, "PKT": 5,
    "NPT": 5.75, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "SGT": 8, "HKT": 8, "MYT": 8, "PHT": 8, "AWST": 8,
    "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BEIJING TIME": 8, "北京时间": 8, "北京時間": 8,
}
# General names of American press releases: standard or daylight time as the date has it.
_AMERICAN = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
             "EASTERN TIME": "America/New_York", "EASTERN": "America/New_York", "PACIFIC TIME": "America/Los_Angeles"}
# Names with several meanings: hours east of UTC by where the source is.
_BY_PLACE: dict[str, tuple[tuple[str, float], ...]] = {
    "CST": (("America/Havana", -5), ("America/", -6), ("US/", -6), ("Canada/", -6), ("Asia/Shanghai", 8),
            ("Asia/Urumqi", 8), ("Asia/Chongqing", 8), ("Asia/Harbin", 8), ("Asia/Taipei", 8), ("Asia/Macau", 8),
            ("PRC", 8), ("ROC", 8)),
    "IST": (("Asia/Kolkata", 5.5), ("Asia/Calcutta", 5.5), ("Europe/Dublin", 1), ("Asia/Jerusalem", 2)),
    "BST": (("Europe/London", 1), ("Europe/Belfast", 1), ("GB", 1), ("Asia/Dhaka", 6)),
    "AST": (("America/", -4), ("Atlantic/Bermuda", -4), ("Asia/Riyadh", 3), ("Asia/Kuwait", 3), ("Asia/Baghdad", 3),
            ("Asia/Qatar", 3)),
    "GST": (("Asia/Dubai", 4), ("Asia/Muscat", 4)),
}
# Where American names are also in local use, only the source's own zone decides.
_OTHERS_USE = {"EST": "Australia/", "EDT": "Australia/", "MST": "Asia/", "PST": "Asia/"}


def of_text(text: str, wall: datetime, source: str | None) -> tzinfo | str:
    """Zone that ``text`` names for the local time ``wall``, or the reason why it cannot be known.

    ``source`` is the IANA zone of the source, used only to choose between meanings.
    """
    name = text.strip()
    if name in UTC_NAMES:
        return UTC
    if offset := _PLAIN_OFFSET.match(name):
        return _fixed(offset[1], int(offset[2]), int(offset[3]))
    name = (_COMMENT.sub("", name) or name.strip("()[] ")).strip(" .")
    if offset := _OFFSET.match(name):
        return _fixed(offset[1], int(offset[2]), int(offset[3] or 0))
    upper = name.upper()
    if upper in UTC_NAMES:
        return UTC
    own = iana(source) if source else None
    if own and wall.replace(tzinfo=own).tzname() == upper:
        return own
    return _named(name, upper, source or "")


def _named(name: str, upper: str, source: str) -> tzinfo | str:
    if upper in _BY_PLACE:
        hours = next((h for place, h in _BY_PLACE[upper] if source.startswith(place)), None)
        return f"ambiguous zone {upper}" if hours is None else timezone(timedelta(hours=hours))
    if upper in _OTHERS_USE and source.startswith(_OTHERS_USE[upper]):
        return f"ambiguous zone {upper}"
    if upper in _HOURS:
        return timezone(timedelta(hours=_HOURS[upper]))
    if upper in _AMERICAN:
        return iana(_AMERICAN[upper]) or f"unknown zone {upper}"
    return ("/" in name and iana(name)) or f"unknown zone {name[:20]}"


@lru_cache(maxsize=512)
def iana(name: str) -> tzinfo | None:
    """The zone of that name in the tz database, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: names that happen to be folders or too long
        return None


@lru_cache(maxsize=512)
def _fixed(sign: str, hours: int, minutes: int) -> tzinfo | str:
    offset = timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
    if minutes > 59 or not WEST <= offset <= EAST:
        return "impossible zone"
    return timezone(offset) if offset else UTC
