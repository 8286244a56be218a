"""Puts an item together from what the other modules of this package read. Decides nothing itself but the story key."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from twinwire.config.sources import Source
from twinwire.normalise import language as languages
from twinwire.normalise import url as urls
from twinwire.normalise import wire as wires
from twinwire.normalise.chars import fold, one_line
from twinwire.normalise.digest import digest
from twinwire.normalise.text import MAX_TITLE, label
from twinwire.normalise.time import instant
from twinwire.records import Category, Entry, Instant, Item, Reading, Text

_STORY_LETTERS = 1_000  # folded letters and digits of the text that make the story key …
_STORY_START = 1_500    # … and the characters they are taken from
_COMPARABLE = 40        # below this there is nothing to compare
_DATELINE = 200         # characters in which a dateline ends
_MARKED_END = re.compile(r"^.{0,160}?(?:/[\w.-]{2,40}/|\([^()\n]{2,40}\)) ?(?:--|[-–—_])")
_DATELINE_END = re.compile(r"--|[—–]|\) ?[-_] |/\.? |日[电電讯訊](?:\s*[（(][^）)]{0,40}[）)])?|연합뉴스\)")
_DATELINE_SIGN = re.compile(r"[/()（）\d]|^\W*[A-Z]{3}")  # a wire's mark, a date, or a place in capitals


def normalise(reading: Reading, source: Source, now: datetime) -> Item:
    """The item of ``reading``. ``now`` (aware) bounds what dates are plausible; it never becomes a date."""
    entry, text = reading.entry, reading.text
    language, rule = languages.language(languages.sample(text), entry.language, source.language)
    wire = wires.wire(source, text)
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
        published=published(entry, source, now, language),
        updated=_instant(entry.updated_raw, source, now, language),
        wire=wire,
        issuer=wires.issuer(entry, text, wire),
        author=_authors(entry),
        republished_from=wires.republished_from(entry, source),
        categories=_categories(entry),
        content_hash=reading.content_hash,
        story_key=digest("story", *_story(text, str(reading.entry_id))),
    )


def published(entry: Entry, source: Source, now: datetime, language: str | None = None) -> Instant:
    """When ``entry`` was published. A feed that gives only the instant of the last change (Atom ``updated``, ``dc:date``)
    is taken at that, and the rule says so."""
    if entry.published_raw or not entry.updated_raw:
        return _instant(entry.published_raw, source, now, language)
    changed = _instant(entry.updated_raw, source, now, language)
    return replace(changed, rule=f"{changed.rule}, of the last change")


def _instant(raw: str | None, source: Source, now: datetime, language: str | None) -> Instant:
    return instant(raw, zone=source.timezone, now=now, language=language or source.language)


def _authors(entry: Entry) -> str | None:
    return "; ".join(filter(None, map(label, entry.authors)))[:MAX_TITLE] or None


def _categories(entry: Entry) -> tuple[Category, ...]:
    cleaned = (replace(c, term=label(c.term), label=label(c.label) if c.label else None) for c in entry.categories)
    return tuple(c for c in cleaned if c.term)


def _story(text: Text, entry_id: str) -> tuple[str, ...]:
    copy = text.body or text.summary
    letters = fold(copy[_dateline_end(copy):][:_STORY_START])
    return (fold(text.title), letters[:_STORY_LETTERS]) if len(letters) >= _COMPARABLE else ("", "", entry_id)


def _dateline_end(copy: str) -> int:
    start = copy[:_DATELINE]
    end = _MARKED_END.search(start) or _DATELINE_END.search(start)
    return end.end() if end and _DATELINE_SIGN.search(copy[: end.end()]) else 0
