"""When an entry was published, as it says itself. Reads no text; the forms of dates are in ``time``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from twinwire.config.sources import Source
from twinwire.normalise.time import instant
from twinwire.records import Entry, Instant


def published(entry: Entry, source: Source, now: datetime, language: str | None = None) -> Instant:
    """When ``entry`` was published. A feed that gives only the instant of the last change (Atom ``updated``, ``dc:date``)
    is taken at that, and the rule says so. ``now`` (aware) bounds what is plausible."""
    if entry.published_raw or not entry.updated_raw:
        dated = stated(entry.published_raw, source, now, language)
        return replace(dated, rule=f"{dated.rule}, of the page") if "published_raw" in entry.from_page else dated
    changed = stated(entry.updated_raw, source, now, language)
    return replace(changed, rule=f"{changed.rule}, of the last change")


def stated(raw: str | None, source: Source, now: datetime, language: str | None) -> Instant:
    """The instant of a date as it stands in a document of ``source``."""
    return instant(raw, zone=source.timezone, now=now, language=language or source.language)
