"""Puts an item together from what the other modules of this package read. Decides nothing itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from twinwire.config.sources import Source
from twinwire.normalise import language as languages
from twinwire.normalise import url as urls
from twinwire.normalise import wire as wires
from twinwire.normalise.atlas import Atlas
from twinwire.normalise.chars import one_line
from twinwire.normalise.datelines import read_dateline
from twinwire.normalise.issuers import issuer
from twinwire.normalise.mediatopics import media_topics
from twinwire.normalise.mentions import context_of
from twinwire.normalise.mentions import mentions as places_named
from twinwire.normalise.published import published, stated
from twinwire.normalise.text import MAX_TITLE, label
from twinwire.records import Category, Dateline, Entry, Item, Mention, Reading


def normalise(reading: Reading, source: Source, now: datetime, atlas: Atlas | None = None) -> Item:
    """The item of ``reading``. ``now`` (aware) bounds what dates are plausible; it never becomes a date.

    Without an ``atlas`` no dateline and no place is read.
    """
    entry, text = reading.entry, reading.text
    language, rule = languages.language(languages.sample(text), entry.language, source.language)
    at = published(entry, source, now, language)
    dateline, mentions = _places(reading, source, at.at, language, atlas) if atlas else (None, ())
    wire = wires.wire(source, text, dateline, entry, looked=atlas is not None)
    return Item(
        item_id=reading.entry_id,
        source=source.id,
        guid=one_line(entry.id)[:MAX_TITLE] or None if entry.id else None,
        url=urls.absolute(entry.link, urls.base_of(source)) if entry.link else None,
        canonical_url=reading.url,
        url_key=urls.url_key(reading.url) if reading.url else None,
        text=text,
        language=language,
        language_rule=rule,
        published=at,
        updated=stated(entry.updated_raw, source, now, language),
        wire=wire,
        issuer=issuer(entry, reading.whole or text, wire),
        author=_authors(entry),
        republished_from=wires.republished_from(entry, source),
        categories=_categories(entry),
        content_hash=reading.content_hash,
        dateline=dateline,
        mentions=mentions,
        wired=entry.wired,
        media_topics=media_topics(entry.categories),
    )


def _places(
    reading: Reading, source: Source, published_at: datetime | None, language: str | None, atlas: Atlas,
) -> tuple[Dateline | None, tuple[Mention, ...]]:
    """The dateline, and one mention per role and place: the dateline's own first."""
    text = reading.text
    context = context_of(text, source.country, language, atlas)
    line = read_dateline(text, reading.entry, source, published_at, atlas, context)
    named = [Mention(role="dateline", located=p) for p in line.places] if line else []
    first: dict[tuple[str, int | str], Mention] = {}
    for m in (*named, *places_named(text, atlas, context, language)):
        if not (line and m.role == line.field and m.start is not None and line.start <= m.start < line.stop):
            first.setdefault((m.role, m.located.place.place_id if m.located.place else m.located.surface), m)
    return line, tuple(first.values())


def _authors(entry: Entry) -> str | None:
    return "; ".join(filter(None, map(label, entry.authors)))[:MAX_TITLE] or None


def _categories(entry: Entry) -> tuple[Category, ...]:
    cleaned = (replace(c, term=label(c.term), label=label(c.label) if c.label else None) for c in entry.categories)
    return tuple(c for c in cleaned if c.term)

