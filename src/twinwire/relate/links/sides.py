"""The places of a sentence that may be a side of a tie, looked up; what only qualifies another is taken into it.

A country or its adjective beside a name, a region behind a comma or in brackets, a city right before its district qualify a name and are
no side of a tie. Knows no words but the classes the lexicon gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Located, PlaceName
from twinwire.relate.links.locating import locate
from twinwire.relate.links.nouns import DISTRICT, Side, Unit, is_country

_FEDERAL = frozenset(("US", "CA", "AU"))  # whose towns are told with their state
_ENDS = frozenset((",", ".", ";", ")", "!", "?", ":"))
_LARGE = 200_000                            # people
_ABOVE_TOWNS = ("市", "시", "郡", "省", "県", "州", "성", "현", "도", "주")  # ends of what a town right behind it lies in

Looked = dict[tuple[str, str | None, str | None], tuple[Located, str | None]]  # what was found of a name, its region and country


def sides(units: Sequence[Unit], unspaced: bool, atlas: Atlas, context: Context, looked: Looked | None = None) -> list[Side]:
    """Places that stand for themselves, in order, each looked up, or taken from ``looked``, where it is kept."""
    looked = {} if looked is None else looked
    out: list[Side] = []
    i = 0
    while i < len(units):
        if units[i].name is None:
            i += 1
            continue
        side = _side(units, i, out, unspaced, atlas)
        i = side.last + 1
        if not (i < len(units) and "town" in units[i].classes and _region(side.name.name, atlas) and side.last == side.at):
            out.append(side)  # and not "the Iowa town", which stands for a place named before
    for side in out:
        if side.name.known:
            key = side.name.name, side.region, side.land
            if key not in looked:
                looked[key] = locate(side, atlas, context)
            side.located, side.land = looked[key]
        else:
            side.located = Located(surface=side.name.name, place=None, rule="no such place")
        if side.land or side.region:
            side.name = replace(side.name, sure=max(side.name.sure, 0.9))
    return out


def _side(units: Sequence[Unit], i: int, before: list[Side], unspaced: bool, atlas: Atlas) -> Side:
    name = units[i].name
    assert name is not None, "only asked for names"
    side = Side(name, i, i, i)
    if before and _holds(units, before[-1], side, unspaced, atlas):
        outer = before.pop()
        side.first, side.region, side.land = outer.first, outer.name.name, outer.land
    else:
        floor = before[-1].last if before else -1
        side.first, side.land = _land_before(units, i, floor, unspaced)
    _behind(units, side, atlas)
    return side


def _holds(units: Sequence[Unit], outer: Side, inner: Side, unspaced: bool, atlas: Atlas) -> bool:
    """Whether the name right before this one is the province or city it lies in: 佐賀県伊万里市, Seoul's Songpa district."""
    gap = units[outer.last + 1:inner.at]
    name = inner.name.name
    if 0 < len(gap) <= 2 and "town" in gap[0].classes:
        return _region(outer.name.name, atlas) if len(gap) == 1 else "of" in gap[1].classes
    asian = unspaced or name[0] >= "\uac00"
    if asian and not gap:
        return bool(atlas.admin1s(outer.name.name)) or name.endswith(DISTRICT) or outer.name.name.endswith(_ABOVE_TOWNS)
    follows = units[inner.at + 1].text if inner.at + 1 < len(units) else ""
    if asian or not gap or gap[0].text not in {"'s", "'"}:
        return False
    if len(gap) > 1:  # Münster's neighbour Delmenhorst
        return len(gap) <= 3 and "kind" in gap[-1].classes and not any(u.trigger or u.name or "comma" in u.classes for u in gap)
    return (follows.startswith(DISTRICT) or _region(outer.name.name, atlas))


def _land_before(units: Sequence[Unit], i: int, floor: int, unspaced: bool) -> tuple[int, str | None]:
    """The country or its adjective before a name, over words that say what the place is."""
    j = i - 1
    loose = 1
    while j > floor and i - j <= (2 if unspaced else 5):
        unit = units[j]
        if unit.land and unit.trigger is None:
            return (j, unit.land) if _qualifies(units, j, i, unspaced) else (i, None)
        bars = unit.classes & {"comma", "stop", "open", "close", "and", "dash"} and unit.text not in {"・", "·"}
        if unit.trigger or unit.name or bars:
            break
        if not unit.classes & {"kind", "of", "skip"}:
            loose -= 1
            if loose < 0 or unspaced:
                break
        j -= 1
    return i, None


def _qualifies(units: Sequence[Unit], j: int, i: int, unspaced: bool) -> bool:
    """No preposition but "of" between a country and the name: not "the Chinese in Lyon"."""
    return unspaced or not any(u.classes & {"in", "with", "from", "by"} and not u.classes & {"kind", "of"} for u in units[j + 1:i])


def _behind(units: Sequence[Unit], side: Side, atlas: Atlas) -> None:
    """Take in what stands behind a name and qualifies it: ", Ohio", "(Massachusetts)", "in Germany", "mexicana"."""
    while (found := _one_behind(units, side, atlas)) is not None:
        last, region, land = found
        if last == side.last:              # "Tacoma, its American sister city": of the tie, and tells the country all the same
            side.land = side.land or land
            return
        side.last, side.region, side.land = last, side.region or region, side.land or land


def _one_behind(units: Sequence[Unit], side: Side, atlas: Atlas) -> tuple[int, str | None, str | None] | None:
    n = side.last + 1
    if n >= len(units):
        return None
    head = units[n]
    if "comma" in head.classes and side.name.name[0] < "\u2e80" and (last := _described(units, side, atlas)):
        return last
    if head.land and head.name is None and n == side.at + 1 and head.text.islower() and head.text[-1] in "aoes":
        return n, None, head.land          # Valladolid mexicana
    at = n + 1
    while at < len(units) and at - n <= 2 and units[at].classes & {"skip", "in"} and not units[at].name and not units[at].land:
        at += 1
    if at >= len(units) or not head.classes & {"comma", "open", "in"} or (side.name.name[0] > "\u2e80" and "open" not in head.classes):
        return None
    close = at + 1 if "open" in head.classes and at + 1 < len(units) and "close" in units[at + 1].classes else at
    if "open" in head.classes and close == at:
        return None
    other = units[at]
    if other.land and "comma" in head.classes and _leads(units, at):
        return None                        # "Анталья, китайский Ханчжоу": it is of the next name
    if other.land and not other.trigger and (at == n + 1 or units[at - 1].classes & {"in", "skip"}) and is_country(other):
        return close, None, other.land
    if other.name and not (other.name.known and side.name.known) and units[at + 1:at + 2] and units[at + 1].classes & {"and", "land"}:
        return None                        # a list goes on
    link = "in" if "in" in head.classes or at > n + 1 else head.text
    if other.name and (_above(side, other, link, atlas) or (link == "," and _stated(units, other, at, atlas))):
        return close, other.name.name, None
    return None


def _leads(units: Sequence[Unit], at: int) -> bool:
    """Whether a country or its adjective stands right before a name, or a word that says what the place is and the name."""
    behind = units[at + 1:at + 3]
    return bool(behind) and (behind[0].name is not None or (len(behind) > 1 and "kind" in behind[0].classes and behind[1].name is not None))


def _described(units: Sequence[Unit], side: Side, atlas: Atlas) -> tuple[int, str | None, str | None] | None:
    """", a port in northern Shandong": a description that ends in the region or country it lies in; ", Vienna's second district"."""
    begin = side.last + 2
    if begin < len(units) and not (units[begin].classes & {"skip", "kind", "land", "in"} or units[begin].name):
        return None
    for n in range(begin, min(begin + 9, len(units))):
        unit = units[n]
        if unit.trigger or unit.classes & {"aux", "stop", "and", "open", "comma", "relative"}:
            return None
        if n > begin and "in" not in units[n - 1].classes and not (unit.name or unit.land):
            continue
        if unit.name is None and not (unit.land and is_country(unit)):
            continue
        if unit.name and n + 1 < len(units) and units[n + 1].text == "'s":
            return next(((k, unit.name.name, None) for k in range(n + 2, min(n + 5, len(units))) if "kind" in units[k].classes), None)
        if n == begin:
            return None
        if unit.land:
            of_tie = n + 1 < len(units) and units[n + 1].trigger is not None
            return side.last if of_tie else n, None, unit.land
        return (n, unit.name.name, None) if unit.name and _above(side, unit, ",", atlas) else None
    return None


def _above(side: Side, other: Unit, link: str, atlas: Atlas) -> bool:
    """Whether ``other`` is the region ``side`` lies in."""
    assert other.name is not None, "only asked for names"
    if link in {"(", "（"}:
        return True
    if not other.name.known:
        return link == "in" or (link == "," and " " in other.name.name and side.name.known)
    if not _region(other.name.name, atlas):
        return False
    place = resolve(PlaceName(name=side.name.name, region=other.name.name), atlas, Context()).place
    inside = place is not None and place.level is Level.CITY
    return inside or not side.name.known


def _stated(units: Sequence[Unit], other: Unit, at: int, atlas: Atlas) -> bool:
    """Whether ``other`` is a state between two marks: "Bath, Maine, …" is a town of Maine, though the gazetteer may not have it."""
    assert other.name is not None, "only asked for names"
    ended = at + 1 >= len(units) or (units[at + 1].text in _ENDS and not units[at + 1].name)
    states = atlas.admin1s(other.name.name)[:1] if ended and other.name.sure == 1 else ()
    return any(p.country_code in _FEDERAL for p in states) and not any(
        p.population >= _LARGE and p.name == other.name.name for p in atlas.cities(other.name.name)[:1])


def _region(name: str, atlas: Atlas) -> bool:
    return bool(atlas.admin1s(name))
