"""Looks up the place of one side of a tie with what stands beside its name. Finds no names."""

from __future__ import annotations

import math
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context, resolve
from twinwire.records import Level, Located, Place, PlaceName
from twinwire.relate.links.nouns import Side

_NEAR = 100.0  # km


def locate(side: Side, atlas: Atlas, context: Context) -> tuple[Located, str | None]:
    """The place of a side, and the country it lies in as far as what stands beside the name says."""
    surface, land = side.name.name, side.land
    found = resolve(PlaceName(name=surface, region=side.region, country=land), atlas, context)
    if side.region and (found.place is None or found.rule.startswith("only its")) and (near := _near(surface, side.region, atlas)):
        return Located(surface=surface, place=near, confidence=0.9, rule="near the place beside it"), land
    if found.place is None or found.rule.startswith("only its"):
        again = resolve(PlaceName(name=surface, country=land), atlas, context) if side.region and land else found
        known = again.place is not None and not again.rule.startswith("only its")
        found = again if known else Located(surface=surface, place=None, rule="no such place")
    if found.place is None and side.region and land is None:
        outer = next(iter((*atlas.admin1s(side.region), *atlas.cities(side.region))), None)
        land = outer.country_code if outer else None
    if found.place and found.place.level is Level.COUNTRY:
        return Located(surface=surface, place=None, rule="no such place"), land
    return replace(found, surface=surface), land


def _near(name: str, other: str, atlas: Atlas) -> Place | None:
    """The place called ``name`` that lies nearest to one called ``other``: SAHAGÚN (LEÓN)."""
    found = [(km, p.place_id, p) for p in atlas.cities(name) for q in atlas.cities(other)[:5]
             if p.country_code == q.country_code and (km := p.km_from(q)) is not None]
    distance, _, place = min(found, default=(math.inf, 0, None), key=lambda f: f[:2])
    return place if distance < _NEAR else None
