"""Decides which place a name means. Knows no data but the atlas it is given; every decision names its rule.

What counts, strongest first: a region or country given with the name; the same name with its region elsewhere in the text; regions
and countries the text names; the publisher's country; cities that stand alone in datelines; a place's own name before a by-name;
people. A name that is nowhere in its given region is known only as far as that region (city → admin1 → country), because a coarse
place is better than a wrong one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.placenames import bare, fold, suffix_level, unspaced
from twinwire.normalise.tables import rows
from twinwire.records import Level, Located, Place, PlaceName

# Parts of a state that have an ISO 3166-1 code of their own: "San Juan, United States" and "Hong Kong, China" lie in these.
_PARTS = {
    "CN": ("HK", "MO", "TW"), "US": ("PR", "GU", "VI", "AS", "MP"), "GB": ("GG", "JE", "IM", "GI", "BM", "KY", "VG", "FK", "TC"),
    "FR": ("GP", "MQ", "RE", "GF", "YT", "NC", "PF", "PM", "MF", "BL", "WF"), "NL": ("AW", "CW", "SX", "BQ"), "DK": ("GL", "FO"),
    "FI": ("AX",), "NO": ("SJ",),
}
_CITY_STATES = frozenset(("SG", "HK", "MO", "MC", "VA", "GI", "LU", "SM", "DJ"))  # the city is meant before the state of its name
_SURE = 0.95             # that a country's name means it
_BIG = 1_000_000         # people: known by its name alone
_LARGE = 100_000         # people: may be meant before a small region of its name elsewhere (Hanover)
_BY_A_RIVER = re.compile(r" (?:an der|am|an|im|in der|bei|ob der|vor der|sur|sous|upon|on|under|nad|pod|aan|op) ")
_SEAT = 10_000           # people: meant before the region of its name that it lies in (Osaka, Tulcea, Yamaguchi)
_CODE = 4                # a region shorter than this is an abbreviation before it is a country
_COUNTY = " county"      # of states where a town is no county, and a county's seat seldom has its name
_COUNTY_LANDS = frozenset(("US", "GB", "IE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of the text a name stands in. Countries: ISO 3166-1 alpha-2; divisions: (country, GeoNames code)."""

    country: str | None = None             # the publisher's
    countries: frozenset[str] = frozenset()
    admin1s: frozenset[tuple[str, str]] = frozenset()
    language: str | None = None
    stated: Mapping[str, int] = field(default_factory=dict)  # folded name → place id, where the text names it with its region


@dataclass(frozen=True, slots=True)
class _Given:
    """What stands beside the name, understood: a place is inside if its division or its country is listed."""

    countries: frozenset[str] = frozenset()
    admin1s: frozenset[tuple[str, str | None]] = frozenset()
    coarse: Place | None = None            # the finest place of it; None where nothing was given or understood

    def holds(self, place: Place) -> bool:
        """Whether ``place`` may be meant."""
        return (self.coarse is None or place.country_code in self.countries
                or (place.country_code, place.admin1_code) in self.admin1s)


def resolve(name: PlaceName, atlas: Atlas, context: Context) -> Located:
    """The place ``name`` means, with confidence 0 … 1, at most five alternatives and the rule that decided.

    ``name.level`` "city", "region" or "country" restricts what is looked for first; nothing found is ``place=None``.
    """
    surface = name.name
    given = _given(name, atlas)
    if not given.coarse and name.level not in {"city", "region"} and (land := atlas.country(surface)):
        return _country(surface, land, atlas, context)
    if not given.coarse and (place := _stated(surface, atlas, context)):
        return Located(surface=surface, place=place, confidence=0.97, rule="named with its region in the text")
    cities, regions = _candidates(name, given, atlas)
    found = regions if _region_meant(name, cities, regions) else cities or regions
    if found:
        return _best(surface, found, given, context)
    if other := _rewritten(name, atlas):
        located = resolve(other, atlas, context)
        if located.place:
            return replace(located, surface=surface)
    return _coarser(surface, given, atlas)


def _candidates(name: PlaceName, given: _Given, atlas: Atlas) -> tuple[list[Place], list[Place]]:
    cities = [] if name.level == "country" else [p for p in atlas.cities(name.name) if given.holds(p)]
    regions = [p for p in atlas.admin1s(name.name) if given.holds(p)]
    folded = fold(name.name)
    if folded.endswith(_COUNTY):
        cities = [p for p in cities if p.country_code not in _COUNTY_LANDS or fold(p.name) == folded]
    return cities, regions


def _region_meant(name: PlaceName, cities: Sequence[Place], regions: Sequence[Place]) -> bool:
    """Whether the division is meant and not the city of the same name."""
    if not regions or (name.level == "city" and cities):
        return False
    folded = fold(name.name)
    if name.level == "region" or not cities or suffix_level(folded) is Level.ADMIN1:
        return True
    if folded.endswith("县") and regions[0].country_code == "JP":
        return True  # 青森县 is how Chinese writes 青森県
    return not any(_outshines(bare(folded), p, regions) for p in cities)


def _outshines(key: str, city: Place, regions: Sequence[Place]) -> bool:
    """Whether a city is meant before the divisions of the same name."""
    region = regions[0]
    if city.place_id in _alone():
        return True
    if (city.country_code, city.admin1_code) == (region.country_code, region.admin1_code):
        return city.population >= _SEAT and (own_name(key, city) or _key(region.name) == _key(city.name))
    return city.population >= max(_LARGE, region.population // 10)


def _country(surface: str, land: Place, atlas: Atlas, context: Context) -> Located:
    """A name of a country; unless the country is a city, or the text is about the region of that name (Georgia)."""
    if city := _capital(surface, land, atlas):
        return Located(surface=surface, place=city, confidence=_SURE, alternatives=(land.place_id,), rule="city and state")
    if land.country_code not in context.countries and land.country_code != context.country:
        for region in atlas.admin1s(surface):
            if (region.country_code, region.admin1_code) in context.admin1s or region.country_code == context.country:
                return Located(surface=surface, place=region, confidence=0.7, alternatives=(land.place_id,), rule="region of the text")
    return Located(surface=surface, place=land, confidence=_SURE, rule="country")


def _capital(surface: str, land: Place, atlas: Atlas) -> Place | None:
    """The city that a country's name means: of a city-state, or where another language's name of the country is a capital's (Brasília)."""
    if land.country_code in _CITY_STATES:
        named = atlas.cities(surface) or atlas.cities(land.name)  # Hong Kong SAR
        return next((p for p in named if p.country_code == land.country_code), None)
    key = bare(fold(surface))
    if key == _key(land.name):
        return None
    return next((p for p in atlas.cities(surface) if _alone().get(p.place_id) == key), None)


def _stated(surface: str, atlas: Atlas, context: Context) -> Place | None:
    place_id = context.stated.get(fold(surface)) if context.stated else None
    return None if place_id is None else atlas.place(place_id)


def _given(name: PlaceName, atlas: Atlas) -> _Given:
    """Understand ``name.region`` and ``name.country``; each may hold what belongs into the other ("San Juan, Puerto Rico")."""
    land = atlas.country(name.country) if name.country else None
    region = name.region or (name.country if not land else None)
    inside = _divisions(region, land, atlas) if region else []
    part = atlas.country(region) if region else None
    if land:
        if part and part.country_code in _parts(land):  # Taipei, Taiwan, China
            return _Given(frozenset((part.country_code,)), frozenset(), part)
        return _Given(frozenset() if inside else _parts(land), _codes(inside), inside[0] if inside else land)
    if part and not (inside and len(fold(region or "")) < _CODE):  # "CA" is California before it is Canada
        return _Given(_parts(part), _codes(inside), part)
    return _Given(frozenset(), _codes(inside), inside[0] if inside else None)


def _parts(land: Place) -> frozenset[str]:
    return frozenset((land.country_code, *_PARTS.get(land.country_code, ())))


def _codes(regions: Sequence[Place]) -> frozenset[tuple[str, str | None]]:
    return frozenset((p.country_code, p.admin1_code) for p in regions)


def _divisions(region: str, land: Place | None, atlas: Atlas) -> Sequence[Place]:
    if land is None:
        return atlas.admin1s(region)
    return [p for country in sorted(_parts(land)) for p in atlas.admin1s(region, country) if p.country_code == country]


def _rewritten(name: PlaceName, atlas: Atlas) -> PlaceName | None:
    """The name with its region taken out of it."""
    if name.region or len(name.name) > 60:
        return None
    return _han_prefix(name, atlas) if unspaced(name.name.replace(" ", "")) else _tail(name, atlas)


def _han_prefix(name: PlaceName, atlas: Atlas) -> PlaceName | None:
    """新疆哈密 is 哈密 in 新疆, 경기도 용인시 is 용인 in 경기도, 枣庄市薛城区 is 薛城 in 枣庄's
    province; a district nobody knows is its city."""
    text = name.name.replace(" ", "")
    for cut in range(min(8, len(text) - 2), 1, -1):
        head, rest = text[:cut], text[cut:]
        if atlas.admin1s(head) or atlas.country(head):
            return PlaceName(name=rest, region=head, country=name.country, level=name.level)
        if cities := atlas.cities(head):
            known = atlas.cities(rest) and cities[0].admin1
            return PlaceName(name=rest if known else head, region=cities[0].admin1, country=cities[0].country_code, level="city")
    return None


def _tail(name: PlaceName, atlas: Atlas) -> PlaceName | None:
    """"MILAN ITALY" is Milan in Italy."""
    words = name.name.split()
    for cut in range(max(1, len(words) - 3), len(words)):
        tail = " ".join(words[cut:])
        if atlas.country(tail) or atlas.admin1s(tail):
            return PlaceName(name=" ".join(words[:cut]), region=tail, country=name.country, level=name.level)
    return None


def _coarser(surface: str, given: _Given, atlas: Atlas) -> Located:
    if given.coarse is not None:
        what = "region" if given.coarse.level is Level.ADMIN1 else "country"
        return Located(surface=surface, place=given.coarse, confidence=0.4, rule=f"only its {what} is known")
    if land := atlas.country(surface):
        return Located(surface=surface, place=land, confidence=0.8, rule="country")
    return Located(surface=surface, place=None, rule="no such place")


def _best(surface: str, places: Sequence[Place], given: _Given, context: Context) -> Located:
    key = bare(fold(surface))
    scored = sorted(((_score(key, p, given, context), -i) for i, p in enumerate(places)), reverse=True)
    place = places[-scored[0][1]]
    if len(scored) > 1:
        sure = 0.98 / (1 + 10 ** (scored[1][0] - scored[0][0]))
    elif given.coarse:
        sure = 0.97
    else:
        sure = 0.9 if own_name(key, place) or place.population >= _LARGE else 0.75
    return Located(surface=surface, place=place, confidence=round(sure, 2), rule=_why(place, places, given, context),
                   alternatives=tuple(places[-i].place_id for _, i in scored[1:6]))


def _why(place: Place, places: Sequence[Place], given: _Given, context: Context) -> str:
    """The strongest thing that speaks for ``place`` and not for all of ``places``, in words."""
    if (place.country_code, place.admin1_code) in given.admin1s:
        return "region given"
    if len(places) == 1:
        return "country given" if given.coarse else "only one"
    if (place.country_code, place.admin1_code) in context.admin1s:
        return "region named in the text"
    lands = {p.country_code for p in places}
    if place.country_code in context.countries and not lands <= context.countries:
        return "country named in the text"
    if place.country_code == context.country and len(lands) > 1:
        return "the publisher's country"
    if place.place_id in _alone():
        return "stands alone"
    return "country given, population" if given.coarse else "population"


def _score(key: str, place: Place, given: _Given, context: Context) -> float:
    """Comparable between places of one name. One point is worth ten times the people."""
    score = math.log10(place.population + 300)
    if own_name(key, place):
        score += 1.5 + (place.population >= _BIG) / 2 + (place.place_id in _alone())
    if place.country_code == context.country:
        score += 1
    if place.country_code in context.countries:
        score += 1
    if place.country_code in homes(context.language):
        score += 0.5
    if (place.country_code, place.admin1_code) in context.admin1s:
        score += 2
    if given.coarse and given.coarse.level is Level.COUNTRY and place.country_code != given.coarse.country_code:
        score -= 2  # a part of the state that was named: Saint-Denis, France is not on Réunion
    return score


def own_name(key: str, place: Place) -> bool:
    """Whether ``key`` (folded, bare) is the place's own name, without the river or the mountains it lies by (Marburg an der Lahn). A name
    in another script is as good as its own: there are few."""
    own = _key(place.name)
    return not key.isascii() or own == key or _alone().get(place.place_id) == key or bool(
        own.startswith(f"{key} ") and _BY_A_RIVER.match(own, len(key)))


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return bare(fold(name))


@cache
def _alone() -> dict[int, str]:
    """Cities that stand alone in datelines (AP stylebook; capitals; a few more): id → the name they do so under."""
    return {int(row["place_id"]): _key(row["name"]) for row in rows("standalone")}


@cache
def homes(language: str | None) -> frozenset[str]:
    """Countries a text in ``language`` (ISO 639-1, a region may follow) most likely speaks of when it names none."""
    code = (language or "")[:2].lower()
    return frozenset(c for row in rows("homes") if row["language"] == code for c in row["countries"].split())
