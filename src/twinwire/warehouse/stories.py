"""Questions of the story search to the store, and the rows it keeps. Decides nothing: :mod:`twinwire.relate.stories` does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from twinwire.relate.notices import Kind, Notice
from twinwire.relate.stories import ALGORITHM, MOST, WINDOW, Assigned, Signed, Story
from twinwire.warehouse.query import ask
from twinwire.warehouse.rows import Row, plain_utc, utc

LOADED_WITHIN = WINDOW + timedelta(days=15)  # rows older than this are not looked at
COMMON = 3                                   # stories that share a paragraph make it boilerplate
_LATELY = ("SELECT item_id, arg_max(published_at, rowid) FROM story_texts SEMI JOIN asked_items ON key = item_id"
           " WHERE loaded_on >= $since GROUP BY item_id")
_EVER = "SELECT item_id, published_at FROM items SEMI JOIN asked_items ON key = item_id"


def common_paragraphs(con: duckdb.DuckDBPyConnection, asked: Iterable[int], today: date) -> frozenset[int]:
    """Those of the paragraphs that stand in :data:`COMMON` stories or more."""
    keys = pa.table({"key": pa.array(sorted(set(asked)), pa.int64())})
    if not keys.num_rows:
        return frozenset()
    con.register("asked_paragraphs", keys)
    rows = con.execute("SELECT paragraph FROM story_paragraphs SEMI JOIN asked_paragraphs ON key = paragraph WHERE day >= $since"
                       " GROUP BY paragraph HAVING count(DISTINCT story_id) >= $common",
                       {"since": today - LOADED_WITHIN, "common": COMMON}).fetchall()
    con.unregister("asked_paragraphs")
    return frozenset(r[0] for r in rows)


def similar(con: duckdb.DuckDBPyConnection, asked: Mapping[UUID, Sequence[int]], today: date) -> dict[UUID, list[Signed]]:
    """For each asked item, given by its bands, the stored versions that share one."""
    pairs = [(i.bytes, b) for i, keys in asked.items() for b in keys]
    if not pairs:
        return {}
    items, bands = zip(*pairs, strict=True)
    con.register("asked_bands", pa.table({"asked": pa.array(items, pa.uuid()), "key": pa.array(bands, pa.int64())}))
    since = today - LOADED_WITHIN
    met: list[tuple[UUID, UUID]] = con.execute(
        "WITH near AS (SELECT DISTINCT band, item_id, day FROM story_bands SEMI JOIN asked_bands ON band = key WHERE day >= $since"
        "   QUALIFY row_number() OVER (PARTITION BY band ORDER BY day DESC, item_id) <= $most),"
        " met AS (SELECT asked, item_id, count(*) AS bands FROM near JOIN asked_bands ON band = key GROUP BY asked, item_id"
        "   QUALIFY row_number() OVER (PARTITION BY asked ORDER BY bands DESC, item_id) <= $most)"
        " SELECT asked, item_id FROM met", {"since": since, "most": MOST}).fetchall()
    con.unregister("asked_bands")
    texts = _texts(con, {item for _, item in met}, since)
    found: dict[UUID, list[Signed]] = {}
    for one, item in met:
        if versions := texts.get(item):
            found.setdefault(one, []).extend(versions)
    return found


def _texts(con: duckdb.DuckDBPyConnection, items: Collection[UUID], since: date) -> dict[UUID, list[Signed]]:
    """The versions of these items that can be compared."""
    if not items:
        return {}
    con.register("met_items", pa.table({"key": pa.array([i.bytes for i in items], pa.uuid())}))
    rows = con.execute("SELECT t.item_id, t.title, t.day, t.source_id, t.issuer, t.size, t.digest, t.notice, t.mark, t.published_at,"
                       " t.story_id FROM story_texts t SEMI JOIN met_items ON t.item_id = key"
                       " WHERE t.loaded_on >= $since AND t.algorithm = $algorithm", {"since": since, "algorithm": ALGORITHM}).fetchall()
    con.unregister("met_items")
    first = _published(con, {r[-1] for r in rows}, since)
    found: dict[UUID, list[Signed]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_signed(*row, first.get(row[-1])))
    return found


def _published(con: duckdb.DuckDBPyConnection, items: Collection[UUID], since: date) -> dict[UUID, datetime | None]:
    """When these items were published. All of ``items`` is read only for those that were loaded before ``since``."""
    found: dict[UUID, datetime | None] = {}
    for sql in (_LATELY, _EVER):
        if missing := [i.bytes for i in items if i not in found]:
            con.register("asked_items", pa.table({"key": pa.array(missing, pa.uuid())}))
            found |= dict(con.execute(sql, {"since": since} if "$since" in sql else {}).fetchall())
            con.unregister("asked_items")
    return found


def stored(warehouse: Path, days: int) -> list[Signed]:
    """The newest version of every item of the last ``days`` days, counted from the newest item, asked of the read copy."""
    rows = ask(warehouse,
               "WITH last AS (SELECT max(day) AS day FROM story_texts WHERE algorithm = $algorithm)"
               " SELECT t.item_id, t.title, t.day, t.source_id, t.issuer, t.size, t.digest, t.notice, t.mark, t.published_at, t.story_id,"
               " f.published_at FROM story_texts t JOIN last ON t.day > last.day - $days::INTEGER"
               " LEFT JOIN items f ON f.item_id = t.story_id WHERE t.algorithm = $algorithm"
               " QUALIFY row_number() OVER (PARTITION BY t.item_id ORDER BY t.rowid DESC) = 1",
               {"algorithm": ALGORITHM, "days": days}).rows
    return [_signed(*r) for r in rows]


def _signed(*row: Any) -> Signed:
    item_id, title, day, source, issuer, size, digest, kind, mark, published, story, first = row
    return Signed(item_id=item_id, title=title, day=day, source=source, issuer=issuer, size=size, digest=tuple(digest),
                  notice=Notice(Kind(kind), title, mark) if kind else None, published=utc(published), story=Story(story, utc(first)))


def text_row(signed: Signed, assigned: Assigned, corrects: UUID | None, today: date) -> Row:
    """A row of ``story_texts``."""
    return {
        "loaded_on": today, "published_at": plain_utc(signed.published),
        "item_id": signed.item_id.bytes, "story_id": assigned.story_id.bytes,
        "like_item_id": assigned.like.bytes if assigned.like else None,
        "rule": assigned.same.rule if assigned.same else None, "similarity": assigned.same.similarity if assigned.same else None,
        "algorithm": ALGORITHM,
        "source_id": signed.source, "issuer": signed.issuer, "title": signed.title,
        "notice": signed.notice.kind.value if signed.notice else None, "mark": signed.notice.mark if signed.notice else None,
        "corrects_item_id": corrects.bytes if corrects else None, "day": signed.day, "size": signed.size, "digest": list(signed.digest),
    }
