"""The places of a sentence that may be a side of a tie, looked up; what only qualifies another is taken into it.

A country or its adjective beside a name, a region behind a comma or in brackets, a city right before its district qualify a name and are
no side of a tie. Knows no words but the classes the lexicon gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Located, Place, PlaceName
from twinwire.relate.links.nouns import DISTRICT, Side, Unit, is_country

_ABOVE_TOWNS = ("市", "시", "郡", "省", "県", "州", "성", "현", "도", "주")  # ends of what a town right behind it lies in


def sides(units: Sequence[Unit], unspaced: bool, atlas: Atlas, context: Context) -> list[Side]:
    """Places that stand for themselves, in order, each looked up."""
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
        side.located = _located(side, atlas, context)
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
    if other.land and not other.trigger and (at == n + 1 or units[at - 1].classes & {"in", "skip"}) and is_country(other):
        return close, None, other.land
    if other.name and not (other.name.known and side.name.known) and units[at + 1:at + 2] and units[at + 1].classes & {"and", "land"}:
        return None                        # a list goes on
    if other.name and _above(side, other, "in" if "in" in head.classes or at > n + 1 else head.text, atlas):
        return close, other.name.name, None
    return None


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
            return n, None, unit.land
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


def _region(name: str, atlas: Atlas) -> bool:
    return bool(atlas.admin1s(name))


def _located(side: Side, atlas: Atlas, context: Context) -> Located:
    surface = side.name.name
    if not side.name.known:
        return Located(surface=surface, place=None, rule="no such place")
    found = resolve(PlaceName(name=surface, region=side.region, country=side.land), atlas, context)
    if side.region and (found.place is None or found.rule.startswith("only its")) and (near := _near(surface, side.region, atlas)):
        return Located(surface=surface, place=near, confidence=0.9, rule="near the place beside it")
    if found.place is None or found.rule.startswith("only its"):
        again = resolve(PlaceName(name=surface, country=side.land), atlas, context) if side.region and side.land else found
        known = again.place is not None and not again.rule.startswith("only its")
        found = again if known else Located(surface=surface, place=None, rule="no such place")
    if found.place is None and side.region and side.land is None:
        outer = next(iter((*atlas.admin1s(side.region), *atlas.cities(side.region))), None)
        side.land = outer.country_code if outer else None
    if found.place and found.place.level is Level.COUNTRY:
        return Located(surface=surface, place=None, rule="no such place")
    return replace(found, surface=surface)


def _near(name: str, other: str, atlas: Atlas) -> Place | None:
    """The place called ``name`` that lies nearest to one called ``other``: SAHAGÚN (LEÓN). Within some 100 km."""
    found = [(_degrees(p, q), p.place_id, p) for p in atlas.cities(name) for q in atlas.cities(other)[:5]
             if p.country_code == q.country_code]
    distance, _, place = min(found, default=(9.9, 0, None), key=lambda f: f[:2])
    return place if distance < 1.0 else None


def _degrees(a: Place, b: Place) -> float:
    if None in {a.latitude, a.longitude, b.latitude, b.longitude}:
        return 9.9
    assert a.latitude is not None
    assert b.latitude is not None
    assert a.longitude is not None
    assert b.longitude is not None
    return abs(a.latitude - b.latitude) + abs(a.longitude - b.longitude) * 0.7
