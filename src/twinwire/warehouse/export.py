"""Kept items for export, asked of the read copy: rows one after the other, or one Parquet file. Formats no text.

Where a source's terms allow an excerpt only, an excerpt is all that comes out, whatever was stored while they were others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from twinwire.errors import ConfigError
from twinwire.warehouse.query import connect
from twinwire.warehouse.query import parquet as as_parquet

_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items. ``excerpt``: characters kept of a text whose source allows no more; ``limit``: the newest so many, None: all."""

    topic: str | None = None
    since: date | None = None      # published, or first seen where that is not known, on or after this day (UTC)
    limit: int | None = None
    excerpt: int = 600


_CUT = "CASE WHEN len({0}) <= $excerpt THEN {0} ELSE rtrim(left({0}, greatest($excerpt - 1, 0)::BIGINT)) || '…' END"
_SQL = f"""
SELECT i.item_id, i.story_id, i.published_at, i.first_seen_at, i.updated_at, i.source_id, s.name AS source, i.wire, i.issuer, i.author,
  i.language, i.topics, i.score, i.title,
  CASE WHEN s.store = 'full' THEN i.summary ELSE {_CUT.format("coalesce(nullif(i.summary, ''), i.body)")} END AS summary,
  CASE WHEN s.store = 'full' THEN i.body ELSE '' END AS body,
  coalesce(i.canonical_url, i.url) AS url, i.dateline_raw AS dateline, i.dateline_date, p.name AS place, p.admin1,
  p.country_code AS country, p.latitude, p.longitude, s.terms
FROM items i LEFT JOIN ops.sources s USING (source_id) LEFT JOIN places p ON p.place_id = i.dateline_place_id
WHERE len(i.topics) > 0 AND ($topic IS NULL OR list_contains(i.topics, $topic))
  AND ($since IS NULL OR coalesce(i.published_at, i.first_seen_at) >= $since::DATE)"""  # noqa: S608 - our words
# All items are given in the order they were loaded: sorting them with their texts would need more memory than a question may have.
_NEWEST = " ORDER BY coalesce(i.published_at, i.first_seen_at) DESC, i.item_id LIMIT $limit"


def columns(warehouse: Path) -> tuple[str, ...]:
    """Names of what :func:`items` gives, in its order."""
    with connect(warehouse) as con:
        return tuple(d[0] for d in con.execute(*_question(Wanted(limit=0))).description or ())


def items(warehouse: Path, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The items by column name. Instants are UTC without a zone, as the store has them."""
    with connect(warehouse) as con:
        cursor = con.execute(*_question(wanted))
        names = [d[0] for d in cursor.description or ()]
        while rows := cursor.fetchmany(_CHUNK):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def parquet(warehouse: Path, wanted: Wanted) -> bytes:
    """The items as one Parquet file, with the types of the store."""
    return as_parquet(warehouse, *_question(wanted))


def check_topic(warehouse: Path, topic: str) -> None:
    """Raises :class:`ConfigError` naming the topics there are, for one that no item has."""
    with connect(warehouse) as con:
        known = [r[0] for r in con.execute("SELECT DISTINCT unnest(topics) FROM items ORDER BY 1").fetchall()]
    if known and topic not in known:
        raise ConfigError("--topic", f"no item has {topic!r}; there are {', '.join(known)}")


def _question(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    given = {"topic": wanted.topic, "since": wanted.since, "excerpt": wanted.excerpt}
    return (_SQL, given) if wanted.limit is None else (_SQL + _NEWEST, given | {"limit": wanted.limit})
