"""The places a text names, as the screening asks for them: looked up when they are wanted, and only then. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.mentions import context_of, mentions
from twinwire.normalise.places import Context, resolve
from twinwire.normalise.spots import spots
from twinwire.records import Level, Mention, PlaceName, Text
from twinwire.screen import Places

_READ = 2_000      # characters of a field in which small places are looked for
_ALONE = "only one"  # the gazetteer's word for a name without a namesake
_NOUNS = "de"      # writes every noun with a capital: a small place is seldom meant


def places_of(text: Text, language: str | None, country: str | None, atlas: Callable[[], Atlas]) -> Callable[[], Places]:
    """What gives the places of ``text`` when it is called. ``country`` (ISO 3166-1 alpha-2) is the publisher's, where it is known;
    ``atlas`` opens the gazetteer, which most texts need not do."""
    def places() -> Places:
        opened = atlas()
        context = context_of(text, country, language, opened)
        found = mentions(text, opened, context, language)
        small = () if (language or "").startswith(_NOUNS) else tuple(_small(text, found, opened, context))
        return Places(mentions=(*found, *small), countries=context.countries)
    return places


def _small(text: Text, found: tuple[Mention, ...], atlas: Atlas, context: Context) -> Iterator[Mention]:
    """Villages that are too small to be believed by themselves: names of one place only, in a country whose places the text names."""
    lands = {m.located.place.country_code for m in found if m.located.place}
    known = {(m.role, m.start) for m in found}
    for role in ("title", "summary", "body") if lands else ():
        field: str = getattr(text, role)
        for spot in spots(field[:_READ], atlas):
            if spot.weak or spot.doubt or (role, spot.start) in known:
                continue
            got = resolve(PlaceName(name=spot.name), atlas, context)
            if got.place and got.place.level is Level.CITY and got.place.country_code in lands and got.rule == _ALONE:
                yield Mention(role=role, located=replace(got, surface=field[spot.start:spot.stop]), start=spot.start, stop=spot.stop)
