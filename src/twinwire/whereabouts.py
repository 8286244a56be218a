"""The places a text names, as the screening asks for them: looked up when they are wanted, and only then. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.mentions import context_of, mentions
from twinwire.records import Text
from twinwire.screen import Places


def places_of(text: Text, language: str | None, country: str | None, atlas: Atlas) -> Callable[[], Places]:
    """What gives the places of ``text`` when it is called. ``country`` (ISO 3166-1 alpha-2) is the publisher's, where it is known."""
    def places() -> Places:
        context = context_of(text, country, language, atlas)
        return Places(mentions=mentions(text, atlas, context, language), countries=context.countries)
    return places
