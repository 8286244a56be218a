"""What only stories that may be kept need: the places they name, their item, the ties they tell of. Decides nothing.

It is half of what a run imports, and a run that finds nothing new needs none of it: :mod:`twinwire.judge` asks for it then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from twinwire.config import Source
from twinwire.normalise.atlas import Atlas
from twinwire.normalise.item import normalise
from twinwire.normalise.mentions import context_of
from twinwire.records import Item, Reading
from twinwire.relate.links.extract import extract
from twinwire.whereabouts import places_of

__all__ = ["item_of", "places_of"]


def item_of(reading: Reading, source: Source, at: datetime, atlas: Atlas | None) -> Item:
    """The item of a reading that came at ``at``, with its links. Without an ``atlas`` no place is read and no link."""
    item = normalise(reading, source, at, atlas)
    if atlas is None:
        return item
    context = context_of(item.text, source.country, item.language, atlas)
    return replace(item, links=extract(item.text, item.language, item.dateline, context, atlas))
