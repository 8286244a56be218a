"""Shapes of the rows of a batch, and how records become rows. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from twinwire.records import Dateline, Decision, Item, Match, Place, Text, Wired

Row = dict[str, Any]

_UUID, _TEXT, _TIME, _INT, _BIG, _REAL = pa.uuid(), pa.string(), pa.timestamp("us"), pa.int32(), pa.int64(), pa.float64()
_TEXTS = pa.list_(pa.string())
_CATEGORIES = pa.list_(pa.struct([("term", _TEXT), ("scheme", _TEXT), ("label", _TEXT)]))


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


SCHEMAS: dict[str, pa.Schema] = {
    "seen": _schema(
        entry_id=_UUID, source_id=_TEXT, title=_TEXT, url=_TEXT, published_at=_TIME, published_raw=_TEXT, decision=_TEXT,
        reason=_TEXT, score=_REAL, topics=_TEXTS, rule_version=_TEXT, alt_key=_UUID, content_hash=_UUID, judged_at=_TIME),
    "items": _schema(
        item_id=_UUID, source_id=_TEXT, guid=_TEXT, url=_TEXT, canonical_url=_TEXT, url_key=_TEXT, title=_TEXT, summary=_TEXT,
        body=_TEXT, language=_TEXT, language_rule=_TEXT, published_at=_TIME, published_raw=_TEXT, published_rule=_TEXT,
        updated_at=_TIME, updated_raw=_TEXT, wire=_TEXT, issuer=_TEXT, author=_TEXT, republished_from=_TEXT,
        categories=_CATEGORIES, dateline_raw=_TEXT, dateline_date=pa.date32(), dateline_date_rule=_TEXT, dateline_place_id=_BIG,
        dateline_precision=_TEXT, slug=_TEXT, version=_TEXT, status=_TEXT, embargo_raw=_TEXT, corrects=_TEXT,
        media_topics=_TEXTS, topics=_TEXTS, score=_REAL, rule_version=_TEXT, story_id=_UUID, content_hash=_UUID,
        fetched_at=_TIME),
    "item_topics": _schema(item_id=_UUID, topic=_TEXT, score=_REAL, decision=_TEXT, reason=_TEXT, rule_version=_TEXT),
    "evidence": _schema(item_id=_UUID, topic=_TEXT, term=_TEXT, field=_TEXT, start=_INT, stop=_INT, weight=_REAL, rule=_TEXT,
                        quote=_TEXT),
    "item_places": _schema(item_id=_UUID, role=_TEXT, surface=_TEXT, place_id=_BIG, precision=_TEXT, confidence=_REAL,
                           alternatives=pa.list_(_BIG), rule=_TEXT, start=_INT, stop=_INT),
    "city_link_mentions": _schema(
        item_id=_UUID, place_a=_BIG, place_b=_BIG, surface_a=_TEXT, surface_b=_TEXT, level=_TEXT, status=_TEXT, since_year=_INT,
        domestic=pa.bool_(), quote=_TEXT, field=_TEXT, start=_INT, stop=_INT, rule=_TEXT, confidence=_REAL, published=pa.bool_()),
    "places": _schema(place_id=_BIG, name=_TEXT, level=_TEXT, admin1=_TEXT, admin1_code=_TEXT, country_code=_TEXT,
                      latitude=_REAL, longitude=_REAL, population=_BIG),
    "story_texts": _schema(item_id=_UUID, story_id=_UUID, rule=_TEXT, like_item_id=_UUID, similarity=_REAL, algorithm=_TEXT,
                           source_id=_TEXT, issuer=_TEXT, title=_TEXT, notice=_TEXT, mark=_TEXT, corrects_item_id=_UUID,
                           day=pa.date32(), size=_INT, digest=pa.list_(pa.uint32()), loaded_on=pa.date32(), published_at=_TIME),
    "story_bands": _schema(band=_BIG, item_id=_UUID, day=pa.date32()),
    "story_paragraphs": _schema(paragraph=_BIG, story_id=_UUID, day=pa.date32()),
    "story_moves": _schema(story_id=_UUID, new_story_id=_UUID),
    "known_links": _schema(source=_TEXT, ref=_TEXT, place_a=_BIG, place_b=_BIG, started=_TEXT, ended=_TEXT, name_a=_TEXT, name_b=_TEXT,
                           rule=_TEXT, listed_at=_TIME),
    "touched": _schema(item_id=_UUID, fetched_at=_TIME),
    # Entries judged anew from their archived bytes: no new version of anything, only another verdict on the one that is known.
    "verdicts": _schema(entry_id=_UUID, content_hash=_UUID, judged_at=_TIME, decision=_TEXT, reason=_TEXT, score=_REAL, topics=_TEXTS,
                        rule_version=_TEXT),
    "item_verdicts": _schema(item_id=_UUID, topics=_TEXTS, score=_REAL, rule_version=_TEXT, media_topics=_TEXTS),
    "quarantine": _schema(source_id=_TEXT, fetched_at=_TIME, position=_INT, reason=_TEXT, raw=_TEXT),
    "fetches": _schema(
        source_id=_TEXT, fetched_at=_TIME, status=_TEXT, stage=_TEXT, **{"class": _TEXT}, message=_TEXT, http_status=_INT,
        final_url=_TEXT, bytes=_BIG, wire_bytes=_BIG, digest=_TEXT, archive_file=_TEXT, archive_offset=_BIG, parser=_TEXT,
        encoding=_TEXT, damage=_TEXT, entries=_INT, new=_INT, kept_new=_INT, rejected=_INT, revised=_INT, unchanged=_INT,
        duplicate=_INT, quarantined=_INT, overlap=_INT, duration=_REAL, pages=_INT, pages_failed=_INT),
    "pages": _schema(source_id=_TEXT, item_id=_UUID, url=_TEXT, fetched_at=_TIME, status=_TEXT, **{"class": _TEXT}, message=_TEXT,
                     http_status=_INT, bytes=_BIG, archive_file=_TEXT, archive_offset=_BIG),
    "sources": _schema(
        source_id=_TEXT, name=_TEXT, url=_TEXT, wire=_TEXT, language=_TEXT, country=_TEXT, schedule=_TEXT, store=_TEXT,
        terms=_TEXT, quiet_after=_REAL, etag=_TEXT, last_modified=_TEXT, digest=_TEXT, checked_at=_TIME, changed_at=_TIME,
        full_at=_TIME, next_try_at=_TIME, failures=_INT, last_new_at=_TIME, moved_to=_TEXT),
    "gaps": _schema(source_id=_TEXT, from_at=_TIME, to_at=_TIME, reason=_TEXT),
}


@dataclass(slots=True)
class Batch:
    """Rows of one group of sources on their way into the store: loaded whole or not at all."""

    batch_id: UUID
    run_id: UUID
    created_at: datetime
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Append rows to one of the tables of :data:`SCHEMAS`."""
        self.tables[table].extend(rows)


def plain_utc(at: datetime | None) -> datetime | None:
    """The store keeps UTC without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def utc(at: datetime | None) -> datetime | None:
    """What the store gave, with the zone it means."""
    return at.replace(tzinfo=UTC) if at else None


def id_bytes(key: UUID | None) -> bytes | None:
    """Arrow takes the 16 bytes of a UUID."""
    return key.bytes if key else None


def item_row(item: Item, decision: Decision, fetched_at: datetime) -> Row:
    """A row of ``items``, without what the loader adds (first seen, revision, run, batch)."""
    wired = item.wired or Wired()
    return {
        **_dateline_columns(item.dateline), "slug": wired.slug, "version": wired.version, "status": wired.status,
        "embargo_raw": wired.embargo_raw, "corrects": wired.corrects, "media_topics": list(item.media_topics),
        "item_id": item.item_id.bytes, "source_id": item.source, "guid": item.guid, "url": item.url,
        "canonical_url": item.canonical_url, "url_key": item.url_key, "title": item.text.title, "summary": item.text.summary,
        "body": item.text.body, "language": item.language, "language_rule": item.language_rule,
        "published_at": plain_utc(item.published.at), "published_raw": item.published.raw,
        "published_rule": item.published.rule, "updated_at": plain_utc(item.updated.at), "updated_raw": item.updated.raw,
        "wire": item.wire, "issuer": item.issuer, "author": item.author, "republished_from": item.republished_from,
        "categories": [{"term": c.term, "scheme": c.scheme, "label": c.label} for c in item.categories],
        "topics": list(decision.kept), "score": decision.score, "rule_version": decision.rule_version,
        "story_id": (item.story_id or item.item_id).bytes, "content_hash": item.content_hash.bytes, "fetched_at": plain_utc(fetched_at),
    }


def _dateline_columns(line: Dateline | None) -> Row:
    if line is None:
        return dict.fromkeys(("dateline_raw", "dateline_date", "dateline_date_rule", "dateline_place_id", "dateline_precision"))
    place = line.places[0].place if line.places else None
    return {"dateline_raw": line.raw, "dateline_date": line.date, "dateline_date_rule": line.date_rule,
            "dateline_place_id": place.place_id if place else None, "dateline_precision": place.level.value if place else None}


def item_place_rows(item: Item) -> list[Row]:
    """Rows of ``item_places``."""
    return [{"item_id": item.item_id.bytes, "role": m.role, "surface": m.located.surface,
             "place_id": m.located.place.place_id if m.located.place else None,
             "precision": m.located.place.level.value if m.located.place else None, "confidence": m.located.confidence,
             "alternatives": list(m.located.alternatives), "rule": m.located.rule, "start": m.start, "stop": m.stop}
            for m in item.mentions]


def place_rows(item: Item) -> dict[int, Row]:
    """Rows of ``places`` that an item refers to, by id: the places meant, not the alternatives."""
    return rows_of_places(m.located.place for m in item.mentions if m.located.place)


def rows_of_places(found: Iterable[Place]) -> dict[int, Row]:
    """Rows of ``places``, by id."""
    return {p.place_id: {"place_id": p.place_id, "name": p.name, "level": p.level.value, "admin1": p.admin1,
                         "admin1_code": p.admin1_code, "country_code": p.country_code, "latitude": p.latitude,
                         "longitude": p.longitude, "population": p.population} for p in found}


def topic_rows(item_id: UUID, decision: Decision) -> list[Row]:
    """Rows of ``item_topics``: the verdict on every topic."""
    return [{"item_id": item_id.bytes, "topic": t.topic, "score": t.score, "decision": t.verdict.value, "reason": t.reason,
             "rule_version": decision.rule_version} for t in decision.topics]


def evidence_rows(item_id: UUID, decision: Decision, text: Text) -> list[Row]:
    """Rows of ``evidence``, with the matched words quoted from the text that was screened."""
    return [_evidence_row(item_id, m, text) for t in decision.topics for m in t.evidence]


def _evidence_row(item_id: UUID, m: Match, text: Text) -> Row:
    return {"item_id": item_id.bytes, "topic": m.topic, "term": m.term, "field": m.field, "start": m.start, "stop": m.stop,
            "weight": m.weight, "rule": m.rule, "quote": getattr(text, m.field)[m.start:m.stop]}
