"""The places a text names, as the screening asks for them: looked up when they are wanted, and only then. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.mentions import context_of, mentions
from twinwire.records import Text
from twinwire.screen import Places


def places_of(text: Text, language: str | None, country: str | None, atlas: Callable[[], Atlas]) -> Callable[[], Places]:
    """What gives the places of ``text`` when it is called. ``country`` (ISO 3166-1 alpha-2) is the publisher's, where it is known;
    ``atlas`` opens the gazetteer, which most texts need not do."""
    def places() -> Places:
        opened = atlas()
        context = context_of(text, country, language, opened)
        return Places(mentions=mentions(text, opened, context, language), countries=context.countries)
    return places
