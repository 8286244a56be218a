"""Relate, screen, normalise: from the entries of one payload to kept items and counts. Pure but for the topics it was built with.

What can be skipped is skipped: known entries with the content already known are not screened, rejected ones are not
normalised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from uuid import UUID

from twinwire.config import Config, Source
from twinwire.ledger import Fetched, Outcome
from twinwire.normalise.atlas import Atlas
from twinwire.normalise.excerpt import stored
from twinwire.normalise.published import published
from twinwire.normalise.url import DEFAULT_TRACKING, Tracking
from twinwire.records import Decision, Entry, Item, Reading, Text, Verdict
from twinwire.relate import identity
from twinwire.relate.identity import Change, Known
from twinwire.screen import Places, compiled
from twinwire.warehouse.linkrows import link_place_rows, link_rows
from twinwire.warehouse.rows import Row, evidence_rows, item_place_rows, item_row, place_rows, plain_utc, topic_rows

KnownEntries = tuple[Mapping[UUID, Known], Mapping[UUID, UUID]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept entry on its way into ``items``. ``text`` is what was screened; the item's own may be an excerpt of it."""

    item: Item
    decision: Decision
    text: Text
    at: datetime
    known: Known | None


@dataclass(slots=True)
class Judged:
    """Rows of ``seen`` and ``touched``, kept entries that are new or changed, and topics that new ones were kept for."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {t: [] for t in ("seen", "touched")})
    items: list[Kept] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)


class Judge:
    """The rules of one run: topics compiled once, tracking parameters, what terms allow to be kept."""

    def __init__(self, config: Config, atlas: Callable[[], Atlas] | None = None) -> None:
        """``atlas`` opens the gazetteer; it is asked for when the first entry is kept. Without one no place is read."""
        self._atlas = cache(atlas) if atlas else None
        self._screen = compiled(config.topics)
        self._tracking = Tracking.of((*DEFAULT_TRACKING, *config.settings.urls.tracking))
        self._excerpt = config.settings.keep.excerpt
        self._codes = {t.id: t.iptc for t in config.topics.topics}

    @property
    def rule_version(self) -> str:
        """Version of the topics."""
        return self._screen.rule_version

    def read(self, source: Source, entries: Sequence[Entry], texts: Sequence[Text] = ()) -> list[Reading]:
        """Plain text and keys of each entry, in order. ``texts`` as in :func:`~twinwire.relate.identity.read`."""
        return identity.read(entries, source, self._tracking, texts)

    def decide(self, reading: Reading, source: Source) -> Decision:
        """What a reading's text says of every topic."""
        language = reading.entry.language or source.language
        places = partial(_places, reading.text, language, source.country, self._atlas) if self._atlas else None
        return self._screen.decide(reading.text, language, places)

    def verdict(self, reading: Reading, source: Source) -> Verdict:
        """What a reading's text says, as :meth:`judge` would have it."""
        return self.decide(reading, source).verdict

    def judge(self, f: Fetched, readings: Sequence[Reading], known: KnownEntries) -> Judged:
        """Give every entry its one outcome, counted in ``f.tally``, and the rows that follow from it."""
        out = Judged()
        if f.parsed is None:
            return out
        f.tally.outcomes[Outcome.QUARANTINED] += len(f.parsed.quarantined)
        for related in identity.classify(readings, *known):
            f.tally.overlap += related.known is not None and related.kind is not Change.DUPLICATE
            f.tally.new += related.kind is Change.NEW
            f.tally.outcomes[self._one(f, related, out)] += 1
        return out

    def _one(self, f: Fetched, related: identity.Related, out: Judged) -> Outcome:
        if related.kind is Change.DUPLICATE:
            return Outcome.DUPLICATE
        was_kept = related.known is not None and related.known.kept
        if related.kind is Change.UNCHANGED or _read_before(f, related):
            if was_kept:
                out.rows["touched"].append({"item_id": related.entry_id.bytes, "fetched_at": plain_utc(f.at)})
            return Outcome.UNCHANGED
        reading = related.reading
        decision = self.decide(reading, f.source)
        out.rows["seen"].append(self._seen_row(f, related, decision))
        if decision.verdict is not Verdict.KEPT and not was_kept:
            return Outcome.REJECTED
        item = self._item(f, related, decision)
        out.items.append(Kept(stored(item, f.source.store, self._excerpt), decision, reading.text, f.at, related.known))
        if was_kept:
            return Outcome.REVISED
        out.kept.update(decision.kept)
        return Outcome.KEPT_NEW

    def _item(self, f: Fetched, related: identity.Related, decision: Decision) -> Item:
        """An entry whose guid changed keeps its id; the topics it is kept for add their codes to the document's own."""
        from twinwire.making import item_of  # noqa: PLC0415 - see there

        item = item_of(related.reading, f.source, f.at, self._atlas() if self._atlas else None)
        return replace(item, item_id=related.entry_id, media_topics=self.codes(item.media_topics, decision))

    def codes(self, own: Sequence[str], decision: Decision) -> tuple[str, ...]:
        """IPTC codes of an item: those of its document, and those of the topics it is kept for."""
        return tuple(dict.fromkeys((*own, *(code for topic in decision.kept for code in self._codes[topic]))))

    def _seen_row(self, f: Fetched, related: identity.Related, decision: Decision) -> Row:
        reading = related.reading
        dated = published(reading.entry, f.source, f.at, reading.entry.language)
        return {
            "entry_id": related.entry_id.bytes, "source_id": f.source.id, "title": reading.text.title, "url": reading.url,
            "published_at": plain_utc(dated.at), "published_raw": dated.raw, "decision": decision.verdict.value,
            "reason": decision.reason, "score": decision.score, "topics": list(decision.kept),
            "rule_version": decision.rule_version, "alt_key": reading.alt_key.bytes if reading.alt_key else None,
            "content_hash": reading.content_hash.bytes, "judged_at": plain_utc(f.at),
        }


def _places(text: Text, language: str | None, country: str | None, atlas: Callable[[], Atlas]) -> Places:
    from twinwire.making import places_of  # noqa: PLC0415 - see there

    return places_of(text, language, country, atlas)()


def _read_before(f: Fetched, related: identity.Related) -> bool:
    """A drop folder keeps its old files: a version that was kept once is an old file read again, not a new revision.
    On the web the same is a text that was changed back, which is a revision. What a backfill brings may be older than
    what the store holds."""
    known = related.known
    if known is None:
        return False
    if f.past and known.judged_at is not None and f.at < known.judged_at:
        return True
    return (f.source.is_local or f.past) and related.reading.content_hash in known.versions


def item_tables(kept: Sequence[Kept]) -> dict[str, list[Row]]:
    """Rows of every table that holds something of an item."""
    places = {key: row for k in kept for key, row in (place_rows(k.item) | link_place_rows(k.item.links)).items()}
    return {
        "items": [item_row(k.item, k.decision, k.at) for k in kept],
        "item_topics": [row for k in kept for row in topic_rows(k.item.item_id, k.decision)],
        "evidence": [row for k in kept for row in evidence_rows(k.item.item_id, k.decision, k.text)],
        "item_places": [row for k in kept for row in item_place_rows(k.item)],
        "city_link_mentions": [row for k in kept for row in link_rows(k.item.item_id, k.item.links)],
        "places": list(places.values()),
    }
