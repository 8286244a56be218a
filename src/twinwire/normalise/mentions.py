"""Finds the places a story names in its running text, with where they stand. Reads at most 20,000 characters, gives at most 100.

Precision comes before recall: a name counts when its region stands beside it, when the place is well known, or when the text, its
language or the publisher make its country likely. Everything else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.places import Context, homes, own_name, resolve
from twinwire.normalise.spots import STATES, Spot, spots
from twinwire.normalise.spots_han import SCRIPTS, spots_han
from twinwire.normalise.tables import words
from twinwire.records import Level, Located, Mention, Place, PlaceName, Text

_READ = 20_000
_MOST = 100
_CERTAIN = frozenset(("region given", "country given"))  # rules that leave no choice; "Suzhou, China" does
_SURE, _HALF = 0.95, 0.5
_CODE, _SHORT, _LONG = 3, 5, 7  # letters: of a country's code, fewer than make a name, more than a common word has
_DENIED = 2                # doubt that a clear mention elsewhere does not lift
_UNSPACED = "\u3000"
_CHINESE = frozenset(("CN", "TW"))  # whose townships bear the names of common words
# Between a name and the region behind it: a comma or bracket; for names that are no common word also "in" and its like.
_BESIDE = re.compile(r",\s|,|\s?\(|\s?（|，|、")
_IN = re.compile(r",?\s(?:in|en|em|au|aux|im|a|nel|nella|w|we|v|ve|в|у)\s(?:the\s|der\s|den\s|la\s|el\s)?")
_ABOVE = frozenset(("", " ", "・", "·"))  # between a region and the name behind it, where no blanks divide words
_HAN_LANDS = {
    "米": "アメリカ", "英": "イギリス", "仏": "フランス", "独": "ドイツ", "伊": "イタリア", "中": "中国", "韓": "韓国", "露": "ロシア",
    "豪": "オーストラリア", "加": "カナダ", "印": "インド", "台": "台湾",
}
# Countries whose divisions are known by name alone.
_REGIONAL = frozenset((
    "US", "CA", "AU", "CN", "JP", "KR", "DE", "FR", "IT", "ES", "GB", "RU", "UA", "IN", "BR", "MX", "AR", "NL", "BE", "AT", "CH", "PL",
    "ID", "VN",
    "PK", "TR", "ZA", "TH", "KZ"))


@dataclass(frozen=True, slots=True)
class _Named:
    """A spot of one field, with the region and country beside it."""

    field: str
    spot: Spot
    name: PlaceName

    @property
    def counts(self) -> bool:
        """A weak spot is a place only with a region beside it, or as the region beside another."""
        return not self.spot.weak or self.beside

    @property
    def beside(self) -> bool:
        """Whether another name stands beside this one and fits it."""
        return self.name.region is not None or self.name.level is not None


@lru_cache(maxsize=8)  # a story that is kept is asked for its places three times: by the screening, for its item and for its links
def context_of(text: Text, source_country: str | None, language: str | None, atlas: Atlas) -> Context:
    """What the whole text says of where it is: countries and divisions it names, and cities it names with their region."""
    first = Context(country=source_country, language=language)
    countries = {code for field in (text.title, text.summary, text.body[:_READ]) for code in countries_of(field)}
    admin1s: set[tuple[str, str]] = set()
    stated: dict[str, int] = {}
    for named in _read(text, atlas):
        located = resolve(named.name, atlas, first) if named.counts else None
        if located is None or located.place is None:
            continue
        place, certain = located.place, located.rule in _CERTAIN
        if named.name.region and place.level is Level.CITY and certain:
            stated[fold(named.name.name)] = place.place_id
        if place.level is Level.COUNTRY or (place.level is Level.ADMIN1 and place.country_code in _REGIONAL) or named.name.region:
            countries.add(place.country_code)
            if place.admin1_code and (certain or place.level is Level.ADMIN1):
                admin1s.add((place.country_code, place.admin1_code))
    return replace(first, countries=frozenset(countries), admin1s=frozenset(admin1s), stated=stated)


def mentions(text: Text, atlas: Atlas, context: Context, language: str | None) -> tuple[Mention, ...]:
    """Places named in title, summary and body, in order. ``role`` is the field, offsets are code points into it.

    ``located.surface`` is as written. ``language`` (ISO 639-1) makes its home countries likely.
    """
    found = [(n, resolve(n.name, atlas, context)) for n in _read(text, atlas) if n.counts]
    likely = _likely(found, context, language)
    clear = {n.name for n, got in found if got.place and _believed(n, got, likely)}
    out = []
    for named, located in found:
        if named.name in clear and named.spot.doubt < _DENIED:
            surface = getattr(text, named.field)[named.spot.start:named.spot.stop]
            out.append(Mention(role=named.field, located=replace(located, surface=surface), start=named.spot.start, stop=named.spot.stop))
    return tuple(out[:_MOST])


@dataclass(frozen=True, slots=True)
class _Likely:
    """Countries and divisions whose lesser places a text may mean."""

    named: frozenset[str]                  # by the text or the publisher, or implied by a place that is sure
    admin1s: frozenset[tuple[str, str]]
    home: frozenset[str]                   # by the language
    german: bool                           # every noun has a capital

    def people(self, place: Place) -> int:
        """How populous a place of this country or division must be for its bare name to be taken for it."""
        if place.admin1_code and (place.country_code, place.admin1_code) in self.admin1s:
            return 3_000
        if place.country_code in self.named:
            return 10_000
        return 20_000 if place.country_code in self.home else 100_000


def _likely(found: Iterable[tuple[_Named, Located]], context: Context, language: str | None) -> _Likely:
    sure = {got.place.country_code for n, got in found if got.place and (n.name.region or (got.confidence >= _SURE and not n.spot.doubt))}
    return _Likely(named=frozenset((*sure, *context.countries, context.country or "")), admin1s=context.admin1s,
                   home=homes(language), german=(language or "").startswith("de"))


def _believed(named: _Named, located: Located, likely: _Likely) -> bool:
    """Whether the words mean a place at all, and this one."""
    place, name = located.place, named.name.name
    assert place is not None, "only found places are asked about"
    if named.beside:
        return True
    if place.level is Level.COUNTRY:
        return not (named.spot.doubt and fold(name) in words("firstnames"))  # Jordan Smith
    if place.level is Level.ADMIN1:
        return place.country_code in _REGIONAL or place.country_code in likely.named or place.country_code in likely.home
    if located.confidence < _HALF and place.population < 1_000_000:
        return False
    doubt = named.spot.doubt
    if name[0] > _UNSPACED:
        return _known_well(place, doubt, likely)
    needed = likely.people(place)
    if not name[0].isupper():
        needed *= 5  # Arabic, Hebrew, Hindi: common words look the same
    elif not own_name(bare(fold(name)), place):
        needed *= 5
    elif len(name) > _LONG:
        needed //= 10  # long names are seldom anything else
    if len(name) < _SHORT:
        needed *= 5
    if doubt > 1 or (doubt and not likely.german):
        needed = max(needed, 300_000 * doubt)
    return place.population >= needed


def _known_well(place: Place, doubt: int, likely: _Likely) -> bool:
    """A name in Han, kana or Hangul: with a suffix always, without one only a large city, outside China also one of a likely country."""
    if not doubt or place.population >= 150_000:
        return True
    return place.country_code not in _CHINESE and place.population >= likely.people(place)


@lru_cache(maxsize=8)  # the context and the mentions of a text are read from the same spots
def _read(text: Text, atlas: Atlas) -> tuple[_Named, ...]:
    left = _READ
    out: list[_Named] = []
    for field in ("title", "summary", "body"):
        part = getattr(text, field)[:left]
        left -= len(part)
        out.extend(_field(field, part, atlas))
    return tuple(out)


def _field(field: str, text: str, atlas: Atlas) -> Iterator[_Named]:
    found: Sequence[Spot] = spots(text, atlas)
    if SCRIPTS.search(text):
        found = sorted((*found, *spots_han(text, atlas)), key=lambda s: s.start)
    regions: dict[str, PlaceName] = {}  # names that stood beside the last city, as what they are there
    for i, spot in enumerate(found):
        name, place = _with_region(text, found, i, atlas)
        if place is None and spot.name in regions:
            name = regions[spot.name]
        elif place is not None:
            regions = _as_regions(name, place, atlas)
        yield _Named(field, spot, name)


def _with_region(text: str, found: Sequence[Spot], i: int, atlas: Atlas) -> tuple[PlaceName, Place | None]:
    """The name of a spot, with the region and country that stand behind it or, in Han and Hangul, before it; and the place it then is."""
    spot = found[i]
    for region, country in _beside(text, found, i):
        name = PlaceName(name=spot.name, region=region, country=country)
        if place := _fitting(name, atlas):
            return name, place
    return PlaceName(name=spot.name), None


def _as_regions(name: PlaceName, place: Place, atlas: Atlas) -> dict[str, PlaceName]:
    """What the region and country beside a city are: "Pa." the state, Georgia the one the city is in."""
    out = {}
    for word in filter(None, (name.region, name.country)):
        codes = [p.admin1_code for p in atlas.admin1s(word, place.country_code)]
        country = None if place.admin1_code not in codes else place.country_code
        out[word] = PlaceName(name=word, country=country, level="region" if country else "country")
    return out


def _beside(text: str, found: Sequence[Spot], i: int) -> Iterator[tuple[str, str | None]]:
    spot = found[i]
    behind = found[i + 1] if i + 1 < len(found) else None
    if behind and _BESIDE.fullmatch(text, spot.stop, behind.start):
        last = found[i + 2] if i + 2 < len(found) else None
        if last and _BESIDE.fullmatch(text, behind.stop, last.start):
            yield behind.name, last.name
        yield behind.name, None
    if behind and not spot.weak and _IN.fullmatch(text, spot.stop, behind.start):
        yield behind.name, None
    if spot.name[0] > "\u3000":
        if i and text[found[i - 1].stop:spot.start] in _ABOVE:
            yield found[i - 1].name, None
        if spot.start and (land := _HAN_LANDS.get(text[spot.start - 1])):
            yield land, None


def _fitting(name: PlaceName, atlas: Atlas) -> Place | None:
    """The city that ``name`` is, if its region is one and has such a city; else the two are only neighbours in a list."""
    region = name.region or ""
    if not (atlas.admin1s(region) or ((len(region) > _CODE or region in STATES) and atlas.country(region))):
        return None  # a country's code is none in running text: Anderson, Ph.D.
    if name.country and not atlas.country(name.country):
        return None
    place = resolve(name, atlas, Context()).place
    return place if place is not None and place.level is Level.CITY else None
