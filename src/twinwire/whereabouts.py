"""The places a text names, as the screening asks for them: looked up when they are wanted, and only then. Decides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.mentions import context_of, mentions
from twinwire.normalise.places import Context, resolve
from twinwire.normalise.spots import Spot, spots
from twinwire.normalise.spots_han import SCRIPTS, spots_han
from twinwire.records import Level, Mention, PlaceName, Text
from twinwire.screen import Places

_Names = dict[str, tuple[Spot, ...]]  # words like names, by field

_READ = 2_000      # characters of a field in which small places are looked for
_ALONE = "only one"  # the gazetteer's word for a name without a namesake
_AND = (r"(?:\s*[-–—/&]\s*|\s+(?:and|und|et|y|e|en|og|och|ja|i|a|és|și|ve|và|dan|și|и|та|і|και)\s+|\s*[与與和及同と・·]\s*"
        r"|(?:[와과]|하고)\s+|\s+و)")
_AND_BEFORE, _AND_BEHIND = re.compile(_AND + r"\Z"), re.compile(_AND)
_LONGEST_AND = 8   # characters, blanks included
_NOUNS = "de"      # writes every noun with a capital: a small place is seldom meant


def places_of(text: Text, language: str | None, country: str | None, atlas: Callable[[], Atlas]) -> Callable[[], Places]:
    """What gives the places of ``text`` when it is called. ``country`` (ISO 3166-1 alpha-2) is the publisher's, where it is known;
    ``atlas`` opens the gazetteer, which most texts need not do."""
    def places() -> Places:
        opened = atlas()
        context = context_of(text, country, language, opened)
        found = mentions(text, opened, context, language)
        names = {role: spots(getattr(text, role)[:_READ], opened) for role in ("title", "summary", "body")}
        small = () if (language or "").startswith(_NOUNS) else tuple(_small(text, names, found, opened, context))
        named = (*found, *small)
        return Places(mentions=(*named, *_coupled(text, names, named, opened, context)), countries=context.countries)
    return places


def _coupled(text: Text, names: _Names, found: tuple[Mention, ...], atlas: Atlas, context: Context) -> Iterator[Mention]:
    """Names that an "and" couples to a city that is believed: "Cork" alone is a word too, "Cork and Cologne" are two cities."""
    for role in names:
        cities = {m.start: m.stop for m in found if m.role == role and m.start is not None and m.located.place
                  and m.located.place.level is Level.CITY}
        if not cities:
            continue
        field: str = getattr(text, role)[:_READ]
        ends = {stop: start for start, stop in cities.items()}
        known = {m.start for m in found if m.role == role}
        for spot in (*names[role], *(spots_han(field, atlas) if SCRIPTS.search(field) else ())):
            before, behind = _AND_BEFORE.search(field, max(0, spot.start - _LONGEST_AND), spot.start), _AND_BEHIND.match(field, spot.stop)
            if spot.start in known or not ((before and before.start() in ends) or (behind and behind.end() in cities)):
                continue
            got = resolve(PlaceName(name=spot.name), atlas, context)
            if got.place and got.place.level is Level.CITY:
                yield Mention(role=role, located=replace(got, surface=field[spot.start:spot.stop]), start=spot.start, stop=spot.stop)


def _small(text: Text, names: _Names, found: tuple[Mention, ...], atlas: Atlas, context: Context) -> Iterator[Mention]:
    """Villages that are too small to be believed by themselves: names of one place only, in a country whose places the text names."""
    lands = {m.located.place.country_code for m in found if m.located.place}
    known = {(m.role, m.start) for m in found}
    for role in names if lands else ():
        field: str = getattr(text, role)
        for spot in names[role]:
            if spot.weak or spot.doubt or (role, spot.start) in known:
                continue
            got = resolve(PlaceName(name=spot.name), atlas, context)
            if got.place and got.place.level is Level.CITY and got.place.country_code in lands and got.rule == _ALONE:
                yield Mention(role=role, located=replace(got, surface=field[spot.start:spot.stop]), start=spot.start, stop=spot.stop)
