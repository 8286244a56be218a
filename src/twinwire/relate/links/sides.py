"""The places of a sentence that may be linked: what only qualifies another is taken out, the rest is gathered into lists with their part.

A country or its adjective beside a name, a region behind a comma or in brackets, a city right before its district qualify a name and are
no side of a tie. Names joined by commas and "and" are one list. Knows no words but the classes the lexicon gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Located, Place, PlaceName
from twinwire.relate.links.nouns import DISTRICT, Group, Side, Unit

_BACK = 7                                  # units looked at before a name for the word that tells its part
_ROLES = ("with", "between", "from", "by", "incl", "to", "in")
_DASHES = frozenset("-–—－~")


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
        return bool(atlas.admin1s(outer.name.name)) or name.endswith(DISTRICT) or outer.name.name.endswith(("市", "시", "郡", "省", "県", "州", "성", "현", "도", "주"))
    follows = units[inner.at + 1].text if inner.at + 1 < len(units) else ""
    return len(gap) == 1 and "of" in gap[0].classes and (follows.startswith(DISTRICT) or _region(outer.name.name, atlas)) and not asian


def _land_before(units: Sequence[Unit], i: int, floor: int, unspaced: bool) -> tuple[int, str | None]:
    """The country or its adjective before a name, over words that say what the place is."""
    j = i - 1
    loose = 1
    while j > floor and i - j <= (2 if unspaced else 5):
        unit = units[j]
        if unit.land and unit.trigger is None:
            return (j, unit.land) if _qualifies(units, j, i, unspaced) else (i, None)
        if unit.trigger or unit.name or unit.classes & {"comma", "stop", "open", "close", "and", "dash"} and unit.text not in {"・", "·"}:
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
    if other.land and not other.trigger and (at == n + 1 or units[at - 1].classes & {"in", "skip"}) and _is_country(other):
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
        if unit.name is None and not (unit.land and _is_country(unit)):
            continue
        if unit.name and n + 1 < len(units) and units[n + 1].text == "'s":
            return next(((k, unit.name.name, None) for k in range(n + 2, min(n + 5, len(units))) if "kind" in units[k].classes), None)
        if n == begin:
            return None
        if unit.land:
            return n, None, unit.land
        return (n, unit.name.name, None) if unit.name and _above(side, unit, ",", atlas) else None
    return None


def _is_country(unit: Unit) -> bool:
    """A name of a country, and not an adjective: those come before a name."""
    return unit.classes == {"land"}


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
        found = again if again.place and not again.rule.startswith("only its") else Located(surface=surface, place=None, rule="no such place")
    if found.place is None and side.region and side.land is None:
        outer = next(iter((*atlas.admin1s(side.region), *atlas.cities(side.region))), None)
        side.land = outer.country_code if outer else None
    if found.place and found.place.level is Level.COUNTRY:
        return Located(surface=surface, place=None, rule="no such place")
    return replace(found, surface=surface)


def _near(name: str, other: str, atlas: Atlas) -> Place | None:
    """The place called ``name`` that lies nearest to one called ``other``: SAHAGÚN (LEÓN). Within some 100 km."""
    found = [(_degrees(p, q), p.place_id, p) for p in atlas.cities(name) for q in atlas.cities(other)[:5] if p.country_code == q.country_code]
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


def groups(units: Sequence[Unit], found: Sequence[Side], unspaced: bool) -> list[Group]:
    """Lists of places with the part each plays, in order."""
    out: list[Group] = []
    for n, side in enumerate(found):
        seps = _joined(units, out[-1].sides[-1], side, found[n + 1] if n + 1 < len(found) else None) if out else ""
        if seps:
            out[-1].sides.append(side)
            out[-1].seps += seps
        else:
            out.append(Group([side], seps=""))
    for group in out:
        _vouch(group)
    for group in out:
        group.role, group.cue = _role_before(units, group.first, unspaced)
        if group.role not in {"appos", "of"} and (unspaced or units[group.at].text[:1] >= "\uac00"):
            role, cue = _role_behind(units, group)
            group.role, group.cue = (role, cue) if role else (group.role, group.cue)
    return out


def _vouch(group: Group) -> None:
    """In a list with a name that is beyond doubt the others are names of places too."""
    if len(group.sides) > 1 and any(s.name.sure == 1 for s in group.sides):
        for side in group.sides:
            side.name = replace(side.name, sure=max(side.name.sure, 0.9 if side.name.known else 0.8))


def _joined(units: Sequence[Unit], one: Side, two: Side, third: Side | None) -> str:
    """What joins two neighbours into one list, one character per mark or word; "" where nothing does."""
    gap = units[one.last + 1:two.first]
    if not gap or len(gap) > 6:
        return ""
    seps = ""
    prep = _preposition(units, one.first)
    for unit in gap:
        if unit.trigger or unit.name or unit.classes & {"stop", "open", "relative", "subj", "obj"}:
            return ""
        if unit.text == "，":
            return ""
        if unit.classes & {"and", "comma", "dash"}:
            seps += unit.text[0]
        elif unit.classes & {"skip", "kind", "land", "office"} and not unit.classes & {"with", "from", "in", "to", "by", "between"}:
            continue
        elif unit.text == prep or ("of" in unit.classes and unit.text not in {"'s", "'", "的", "の", "의"}):
            continue
        elif unit.text in {"市", "县", "省"} or unit.classes & {"close"}:
            continue
        else:
            return ""
    if seps and third is not None and not set(seps) & _DASHES and _gapping(units, two, third):
        return ""
    return seps


def _gapping(units: Sequence[Unit], two: Side, third: Side) -> bool:
    """ "…, and Janakpur with Ayodhya": the member begins a pair of its own."""
    gap = units[two.last + 1:third.first]
    return 0 < len(gap) <= 2 and "with" in gap[0].classes and "and" not in gap[0].classes


def _preposition(units: Sequence[Unit], first: int) -> str:
    """The preposition that stands before a name, if one does."""
    for j in range(first - 1, max(-1, first - 4), -1):
        if units[j].classes & {"with", "of", "from", "to", "in", "between"} and not units[j].classes & {"comma", "land"}:
            return units[j].text
        if not units[j].classes & {"skip", "kind", "land"}:
            break
    return ""


def _role_before(units: Sequence[Unit], first: int, unspaced: bool) -> tuple[str, int]:
    """Part a list plays by what stands before it, and the unit that says so."""
    loose = 1
    for j in range(first - 1, max(-1, first - 1 - _BACK), -1):
        unit = units[j]
        if unit.trigger or ("comma" in unit.classes and j and units[j - 1].trigger in {"city", "tie"}
                            and not unspaced and not units[j - 1].text.endswith(("ed", "ing"))):
            return "appos", j if unit.trigger else j - 1
        if unit.classes & {"time", "digits"} and not unspaced:
            return "none", j
        if unit.name or (unit.land and (unspaced or _is_country(unit))):
            return "none", j
        if "of" in unit.classes and not unspaced:
            head, at = _head(units, j)
            if head == "kind":
                continue
            return head, at
        if role := next((r for r in _ROLES if r in unit.classes), None):
            return role, j
        if unit.classes & {"comma", "stop", "open", "close", "dash", "relative"} or unit.text in {"¿", "¡", "?", "!"}:
            return "none", j
        if not unit.classes & {"kind", "skip", "land", "and", "office"}:
            loose -= 1
            if loose < 0:
                return "none", j
    return "none", -1


def _head(units: Sequence[Unit], j: int) -> tuple[str, int]:
    """Whose "of" it is, and where that stands: of a tie, an office, a body, or what the place is."""
    for k in range(j - 1, max(-1, j - 4), -1):
        unit = units[k]
        if unit.trigger:
            return "of", k
        for kind in ("body", "office", "kind"):
            if kind in unit.classes:
                return kind, k
        if unit.name or not unit.classes & {"skip", "land"}:
            break
    return "of other", j


def _role_behind(units: Sequence[Unit], group: Group) -> tuple[str, int]:
    """Part a list plays by the particle behind it."""
    n = group.last + 1
    if n >= len(units):
        return "", -1
    unit = units[n]
    if unit.trigger:
        return ("of", n) if unit.trigger == "city" and len(group.sides) == 1 else ("subj", n)
    if "of" in unit.classes:
        return _owner(units, n)
    for role in ("with", "subj", "from", "to", "in", "obj"):
        if role in unit.classes and not unit.classes & {"comma"}:
            if role == "subj":
                return "topic", n
            if role == "with" and unit.text in {"与", "和", "同", "跟", "及", "以及", "暨"}:
                return "", -1
            return role, n
    if "body" in unit.classes:
        return "body", n
    return "", -1


def _owner(units: Sequence[Unit], n: int) -> tuple[str, int]:
    """"の", "의", "的": of a tie that follows, of an office, of a body."""
    for k in range(n + 1, min(n + 7, len(units))):
        unit = units[k]
        if unit.trigger:
            return "of", k
        if "body" in unit.classes:
            return "body", k
        if "office" in unit.classes:
            return "office", k
        if unit.name or unit.classes & {"comma", "stop"}:
            break
    return "of other", n


def spans(group: Group) -> Iterator[tuple[int, int]]:
    """Where the names of a list stand."""
    for side in group.sides:
        yield side.name.start, side.name.stop
