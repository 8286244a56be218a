"""Pairs of twinned places that somebody lists, and which places of the gazetteer they are. Reads no list, stores nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Place, PlaceName

SURE = 0.6  # of a name in its country; below it another place of that name is too likely
_DATE = re.compile(r"([0-9]{4})(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_YEARS = range(800, 2101)  # the oldest partnership that is still told of is that of Le Mans and Paderborn, 836


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A place as a list names it. ``ids`` are GeoNames ids; ``country`` is a name or an ISO 3166-1 code."""

    name: str
    country: str | None = None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A pair as a list has it. Dates are as precise as the list is: ``1982``, ``1982-03`` or ``1982-03-20``."""

    ref: str                        # what names this row in its list: a statement's id, a line's number
    a: Side
    b: Side
    started: str | None = None
    ended: str | None = None
    source: str = ""                # who says so, where a list names it row by row


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A listed pair with its places, the smaller id first."""

    listed: Listed
    place_a: Place
    place_b: Place
    rule: str                       # "GeoNames id", "name and country", or both where the sides differ
    swapped: bool = False           # ``place_a`` is the list's side b


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A listed pair that is no pair of places we know. ``reason`` says which side and why, for a person who mends the list."""

    listed: Listed
    reason: str


def match(listed: Listed, atlas: Atlas) -> Matched | Unmatched:
    """Find both places: by GeoNames id where one of them is in the gazetteer, else by name and country."""
    (a, how_a), (b, how_b) = _find(listed.a, atlas), _find(listed.b, atlas)
    if a is None or b is None:
        return Unmatched(listed=listed, reason=how_a if a is None else how_b)
    if a.place_id == b.place_id:
        return Unmatched(listed=listed, reason=f"both sides are {a.name}, {a.country_code}")
    swapped = a.place_id > b.place_id
    return Matched(listed=listed, place_a=b if swapped else a, place_b=a if swapped else b, swapped=swapped,
                   rule=how_a if how_a == how_b else "GeoNames id; name and country")


def partial_date(text: str | None) -> str | None:
    """A year, month or day written as ISO 8601 has it, checked. Raises ValueError, in words for a person, for anything else."""
    if not (text := (text or "").strip()):
        return None
    if not _DATE.fullmatch(text) or int(text[:4]) not in _YEARS or (len(text) == 10 and not _is_day(text)):
        raise ValueError(f"{text[:40]!r} is no date such as 1982, 1982-03 or 1982-03-20")
    return text


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def year(told: str | None) -> int | None:
    """The year of a partial date."""
    return int(told[:4]) if told else None


def _find(side: Side, atlas: Atlas) -> tuple[Place | None, str]:
    """The place and the rule that found it, or None and why there is none."""
    for place_id in side.ids:
        place = atlas.place(place_id)
        if place is not None and place.level is not Level.COUNTRY:
            return place, "GeoNames id"
    told = f"{side.name or '(no name)'}, {side.country or '(no country)'}"
    if not side.name or not side.country:
        return None, f"{told}: needs a name and a country"
    land = atlas.country(side.country)
    if land is None:
        return None, f"{told}: {side.country} is no country we know; use its ISO 3166-1 code"
    name, _, region = (part.strip() for part in side.name.partition(","))
    found = resolve(PlaceName(name=name, region=region or None, country=land.country_code), atlas, Context())
    place = found.place
    if place is None or place.level is Level.COUNTRY or found.rule.startswith("only its"):
        return None, f"{told}: no place of this name is known there"
    if found.confidence < SURE:
        return None, f"{told}: several places are called so; add the region after a comma"
    return place, "name and country"
