"""The pairs of the sample edition that are true, and its items read as a run reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from twinwire.config import load
from twinwire.normalise.atlas import Atlas
from twinwire.normalise.item import normalise
from twinwire.normalise.mentions import context_of
from twinwire.parse import parse
from twinwire.records import CityLink, Item, Parsed
from twinwire.relate import identity
from twinwire.relate.links import extract

EDITION = Path(__file__).parents[1] / "examples" / "edition"
NOW = datetime(2026, 11, 5, tzinfo=UTC)
_LISTED = ("Honolulu", "Volgograd", "Hanover", "Daegu", "Montréal")

# What the texts state, by place of the gazetteer. Must be found in some item.
STATED = {
    ("Nagasaki", "Saint Paul"), ("Shandong", "South Australia"), ("Adelaide", "Qingdao"), ("Nanjing", "St. Louis"), ("Haiphong", "Seattle"),
    ("Toledo", "Toledo"), ("Jinan", "Wakayama"), ("Coventry", "Jinan"), ("Chongqing", "Hiroshima"), ("Kyoto", "Prague"), ("Bremen", "Gdańsk"),
    ("Paris", "Rome"), ("Khabarovsk", "Niigata"), ("Harbin", "Khabarovsk"), ("Dundee", "Orléans"),
    ("Santos", "Shimonoseki"), ("Bristol", "Porto"), ("Bordeaux", "Porto"), ("Cardiff", "Stuttgart"),
    ("Casablanca", "Chicago"), ("Bursa", "Darmstadt"), ("Kyiv", "Leipzig"), *(tuple(sorted(("Hiroshima", other))) for other in _LISTED),
}

# Also stated; need not be found. A name behind "?" is one the gazetteer lacks.
MAY = {("Khabarovsk", "Portland"), ("?시모노세키시", "Busan"), ("?Nagasáqui", "Porto"), ("Nagasaki", "Porto"), ("Orléans", "Wichita"),
       ("Orléans", "Utsunomiya"), *(tuple(sorted(("Kamakura", other))) for other in ("Hagi", "Ueda", "Ashikaga")),
       *(tuple(sorted(("Kyoto", other))) for other in ("Paris", "Boston", "Köln", "Cologne", "Florence")),
       *(tuple(sorted(p)) for p in combinations(("Gothenburg", "Bergen", "Aarhus", "Turku"), 2))}


def items(atlas: Atlas) -> Iterator[tuple[str | None, Item]]:
    """Every entry of the edition's feeds that can be read, with the country of its source."""
    for source in load(EDITION).sources:
        at = Path(source.url.partition(":")[2])
        at = at if at.is_absolute() else EDITION / at
        for path in sorted(at.iterdir()) if at.is_dir() else [at]:
            parsed = parse(path.read_bytes(), format=source.format)
            if isinstance(parsed, Parsed):
                yield from ((source.country, normalise(r, source, NOW, atlas)) for r in identity.read(parsed.entries, source))


def links(country: str | None, item: Item, atlas: Atlas) -> tuple[CityLink, ...]:
    """What is read of one of them."""
    return extract(item.text, item.language, item.dateline, context_of(item.text, country, item.language, atlas), atlas)


def names(link: CityLink) -> tuple[str, ...]:
    """Both places by name, sorted; "?" before one the gazetteer lacks."""
    return tuple(sorted(x.place.name if x.place else f"?{x.surface}" for x in (link.a, link.b)))
