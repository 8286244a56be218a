"""From the place string of a dateline to places: cut into names, each with the region and country that stand beside it.

The atlas decides what a part is. "X, Y" is one place when Y is a country or region and X is not known only elsewhere; else a list.
A region behind the last of several cities holds for those before it that are there (SAN MATEO & SAN JOSE, Calif.), not for a
city that is far bigger elsewhere (SAN FRANCISCO & TEL AVIV, Israel). Order may be reversed (DELAWARE, WILMINGTON, UNITED STATES).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.placenames import fold, suffix_level
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Located, Place, PlaceName

_MOST = 8        # places of one line
_TOWN = 100_000  # people: a town that stands for the country or region of its name
_DWARFED = 20    # a city so many times bigger elsewhere is not the one in the region named behind another
_ABROAD = 3      # … than in the United States, whose release wires carry the world's releases
_UNSPACED = re.compile("^[\u3040-\u30ff\u3400-\u9fff·・ー]+$")
_KANA = re.compile("[\u30a0-\u30ff]")
_BRACKETS = re.compile(r"\s?[\[(]([^\[\]()]{2,40})[\])]")
_COMMA = re.compile(r"\s*[,，،]\s*")
_HARD = re.compile(r"\s*(?:[&;+、／/|]|\s[-–—]\s|\s(?:and|und|et|y|e|i|en|och|og|ja|ve|va|и|та|و)\s)\s*", re.IGNORECASE)
_SOFT = re.compile(r"\s*[·・‧]\s*")
_HAN_AND = re.compile("(?<=[\u3400-\u9fff])[和与與及](?=[\u3400-\u9fff])")
# Behind a slash or before it: a river or land that tells namesakes of a German or Swiss town apart.
_RIVERS_TEXT = (
    "main m oder o. saale lahn rhein neckar donau elbe weser ruhr isar inn spree havel pfalz holstein odw. ts. taunus harz "
    "weinstraße westf. thür. sachsen bodensee see allgäu"
)
_RIVERS = frozenset(_RIVERS_TEXT.split())
_JAPANESE_SHORT = {"米": "US", "英": "GB", "仏": "FR", "独": "DE", "伊": "IT", "中": "CN", "韓": "KR", "露": "RU", "豪": "AU",
                   "加": "CA", "印": "IN", "台": "TW"}
_TAIL_WORDS = re.compile(r"^(.*\S)\s+(SAR|S\.A\.R\.|Cedex|CEDEX|area|Area|AREA)$")
_GERMAN_SHORT = tuple((re.compile(p), full) for p, full in (
    (r"\ba\. ?M\b\.?(?!\w)", "am Main"), (r"\ba\. ?d\. ?(?=[A-Z])", "an der "), (r"\bi\. ?Br\b\.?", "im Breisgau"),
    (r"\bo\. ?d\. ?T\b\.?", "ob der Tauber"), (r"\ba\. ?(?=Main\b|Rhein\b|Neckar\b)", "am ")))
# No place on a map, though datelines bear them.
_NOWHERE_TEXT = (
    "united nations|un|nations unies|naciones unidas|onu|vereinte nationen|оон|联合国|聯合國|国連|유엔|الأمم المتحدة|europe|europa|"
    "africa|afrika|asia|asien|north america|latin america|middle east|worldwide|global|world|online|international|nationwide|region|"
    "regional|各地|全国|全國|本市|本地|综合|전국"
)
NOWHERE = frozenset(_NOWHERE_TEXT.split("|"))


@dataclass(slots=True)
class _Group:
    """Places named together: ``parts`` as written between commas, then what they have in common."""

    parts: list[str]
    given: list[str] = field(default_factory=list)   # region, country


def located(location: str, atlas: Atlas, context: Context, home: str | None = None) -> tuple[Located, ...]:
    """The places of ``location``, in order, each once. A name that no place bears stays, with ``place`` None. ``home`` is the country
    of an agency that serves one: of namesakes, it means those there unless another is far bigger."""
    found: dict[object, Located] = {}
    for name in names(location, atlas)[:_MOST]:
        if home and not (name.region or name.country) and _shares(name.name, [home], atlas, _ABROAD if home == "US" else _DWARFED):
            name = replace(name, country=home)  # noqa: PLW2901
        got = _as_city(resolve(name, atlas, context), name, atlas)
        if got.surface not in location:
            got = replace(got, surface=got.surface.removesuffix("市"))
        found.setdefault(got.place.place_id if got.place else name.name, got)
    return tuple(found.values())


def _as_city(got: Located, name: PlaceName, atlas: Atlas) -> Located:
    """Datelines name towns: a division or country that has a town of its own name (Algier, MEXICO, عمان) stands for the town."""
    place = got.place
    if place is None or place.level is Level.CITY or name.region or name.country or suffix_level(fold(name.name)) is Level.ADMIN1:
        return got
    called = atlas.cities(place.name) if place.level is Level.ADMIN1 else atlas.cities(name.name)
    if place.level is Level.COUNTRY:
        town = next((c for c in called if c.population >= _TOWN), None)
    else:
        town = next((c for c in called if (c.country_code, c.admin1_code) == (place.country_code, place.admin1_code)), None)
    return replace(got, place=town, alternatives=(place.place_id, *got.alternatives)[:5], rule="a town of that name") if town else got


def names(location: str, atlas: Atlas) -> tuple[PlaceName, ...]:
    """The names in ``location``, with region and country as written there or, for lists, behind the last of them."""
    location = _shortened(location)
    cut = _TAIL_WORDS.sub(r"\1", _without_brackets(location[:200], atlas).strip(" ,;.-–—“”\"'《》"))
    groups = [_qualified(parts, atlas) for parts in _cut(cut, atlas)]
    _share(groups, atlas)
    return tuple(n for g in groups for n in _named(g, atlas))


def _without_brackets(text: str, atlas: Atlas) -> str:
    """New Delhi [India] is a town and its country, Salou (Tarragona) one town, Frankfurt (Oder) a name."""
    m = _BRACKETS.search(text)
    if m is None or atlas.cities(text):
        return text
    town = text[: m.start()]
    area = _inside(town, m[1], atlas) or not atlas.cities(town)
    return town + (f", {m[1]}" if area else "") + _BRACKETS.sub("", text[m.end() :])


def _shortened(text: str) -> str:
    for pattern, full in _GERMAN_SHORT:
        text = pattern.sub(full, text)
    return text


def _named(group: _Group, atlas: Atlas) -> Iterator[PlaceName]:
    region, country = (group.given[i] if i < len(group.given) else None for i in (0, 1))
    known = [p for p in group.parts if _known(p, atlas)]
    for part in known if known and group.given else group.parts:
        if part.casefold() not in NOWHERE and any(map(str.isalpha, part)):
            yield PlaceName(name=part, region=region, country=country)


def _cut(text: str, atlas: Atlas) -> list[list[str]]:
    """``text`` in groups of comma parts. A name with an "and" of its own is not cut, nor Frankfurt/Main."""
    groups: list[list[str]] = [[]]
    for part in _areas_apart(_COMMA.split(text), atlas):
        for n, piece in enumerate(_pieces(part.strip(), atlas)):
            if n:
                groups.append([])
            if piece:
                groups[-1].append(piece)
    return [g for g in groups if g]


def _areas_apart(parts: list[str], atlas: Atlas) -> Iterator[str]:
    """``Wa. USA`` behind a comma is a region and a country."""
    for n, part in enumerate(parts):
        region, _, country = part.strip().rpartition(" ")
        land = atlas.country(country) if n and region and country.isascii() else None
        yield from (region, country) if land and atlas.admin1s(region, land.country_code) else (part,)


def _pieces(part: str, atlas: Atlas) -> list[str]:
    if not (_HARD.search(part) or _SOFT.search(part)):
        both = _HAN_AND.split(part, maxsplit=1)
        return both if len(both) == 2 and all(_known(b, atlas) for b in both) else [part]
    if (river := re.fullmatch(r"([^/]{3,30})\s?/\s?([^/]{1,14})", part)) and river[2].casefold() in _RIVERS:
        return [_with_river(part, river[1], river[2], atlas)]
    if " " in part and _known(part, atlas):
        return [part]
    out: list[str] = []
    for piece in _HARD.split(part):
        soft = _SOFT.split(piece)
        out.extend([piece] if len(soft) == 1 or _known(piece, atlas) else soft)
    return [p for p in map(str.strip, out) if p]


def _with_river(part: str, town: str, river: str, atlas: Atlas) -> str:
    full = {"m": "Main", "o.": "Oder"}.get(river.casefold(), river)
    forms = (part, f"{town} am {full}", f"{town} an der {full}", f"{town} ({full})", f"{town} in der {full}", f"{town} {full}")
    return next((f for f in forms if atlas.cities(f)), town)


def _qualified(parts: list[str], atlas: Atlas) -> _Group:
    """Take what is a region or country off the end of ``parts``, or off the beginning where the order is reversed."""
    if len(parts) == 1:
        return _single(parts[0], atlas)
    parts, given = list(parts), list[str]()
    while len(parts) > 1 and len(given) < 2 and _qualifies(parts[-1], parts[-2], atlas):
        given.insert(0, parts.pop())
    if len(parts) > 1 and len(given) < 2 and _reversed(parts[0], parts[1], atlas):
        given.insert(0, parts.pop(0))
    if len(parts) == 1 and (not given or not _known(parts[0], atlas)):  # Victoria BC, Canada
        alone = _single(parts[0], atlas)
        return _Group(alone.parts, (alone.given + given)[:2])
    return _Group(parts, given)


def _qualifies(part: str, before: str, atlas: Atlas) -> bool:
    """True when ``part`` says where ``before`` is. A city of its own, in which ``before`` is not, is the next of a list."""
    if not _is_area(part, atlas):
        return False
    elsewhere = atlas.cities(before) or _is_area(before, atlas)
    return not (atlas.cities(part) and elsewhere and not _inside(before, part, atlas) and _big(part, atlas))


def _reversed(first: str, second: str, atlas: Atlas) -> bool:
    return _is_area(first, atlas) and _inside(second, first, atlas)


def _single(part: str, atlas: Atlas) -> _Group:
    """A part without commas: maybe town and country without one (MILAN ITALY, Victoria BC), or a run of Han."""
    if _UNSPACED.match(part):
        return _run_together(part, atlas)
    words = part.split()
    if len(words) > 1 and not _known(part, atlas):
        for n in range(len(words) - 1, 0, -1):
            town, area = " ".join(words[:n]), " ".join(words[n:])
            unknown = len(area) > 3 and atlas.country(area) and not _known(town, atlas)
            if _is_area(area, atlas) and (unknown or _inside(town, area, atlas)):
                return _Group([town], [area])
    return _Group([part])


def _run_together(part: str, atlas: Atlas) -> _Group:
    """新疆哈密, 米ニューヨーク, and behind a reporter's name: 王小明台中."""
    if len(part) == 1:  # 【津】
        return _Group([f"{part}市"])
    if part[:1] in _JAPANESE_SHORT and _KANA.match(part[1:2]):
        return _Group([part[1:]], [_JAPANESE_SHORT[part[0]]])
    if len(part) >= 4 and not atlas.cities(part):
        for n in range(2, min(8, len(part) - 1)):
            area, rest = part[:n], part[n:]
            if _is_area(area, atlas) and (inside := _last_known(rest, area, atlas)):
                return _Group([inside], [area])
        for n in range(2, min(5, len(part) - 1)):
            if atlas.cities(part[:n]) and atlas.cities(part[n:]):  # a city and its county
                return _Group([part[n:]])
        return _Group([next((part[n:] for n in range(2, len(part) - 1) if _big(part[n:], atlas)), part)])
    return _Group([part])


def _last_known(text: str, area: str, atlas: Atlas) -> str | None:
    """The finest place of ``text`` in ``area``: 浙江宁波象山 is Xiangshan."""
    for n in range(len(text) - 1):
        if _inside(text[n:], area, atlas):
            return text[n:]
    return next((text[:n] for n in range(len(text), 1, -1) if _inside(text[:n], area, atlas)), None)


def _share(groups: list[_Group], atlas: Atlas) -> None:
    """Give groups without a region or country that of the next group that has one, where the place is there."""
    given: list[str] = []
    for group in reversed(groups):
        if group.given:
            given = group.given
        elif given and all(_shares(p, given, atlas) for p in group.parts):
            group.given = given
    for first, second in pairwise(groups):  # 中国・北京: the land stands as a group of its own
        if len(first.parts) == 1 and not first.given and not second.given and not atlas.cities(first.parts[0]) \
                and _reversed(first.parts[0], second.parts[0], atlas):
            second.given, first.parts = first.parts, []


def _shares(part: str, given: list[str], atlas: Atlas, times: int = _DWARFED) -> bool:
    here = _cities_in(part, given[0], atlas)
    anywhere = max((c.population for c in atlas.cities(part)), default=0)
    return bool(here) and max(c.population for c in here) * times >= anywhere


def _known(part: str, atlas: Atlas) -> bool:
    return bool(atlas.cities(part)) or _is_area(part, atlas)


def _is_area(part: str, atlas: Atlas) -> bool:
    return atlas.country(part) is not None or bool(atlas.admin1s(part))


def _inside(part: str, area: str, atlas: Atlas) -> bool:
    """True when a city or division called ``part`` is in the country or division called ``area``."""
    if _cities_in(part, area, atlas):
        return True
    land = atlas.country(area)
    return land is not None and any(p.country_code == land.country_code for p in atlas.admin1s(part))


def _cities_in(part: str, area: str, atlas: Atlas) -> list[Place]:
    land = atlas.country(area)
    codes = {(p.country_code, p.admin1_code) for p in atlas.admin1s(area)}
    return [c for c in atlas.cities(part) if (land and c.country_code == land.country_code) or (c.country_code, c.admin1_code) in codes]


def _big(part: str, atlas: Atlas) -> bool:
    return any(c.population >= 100_000 for c in atlas.cities(part))
