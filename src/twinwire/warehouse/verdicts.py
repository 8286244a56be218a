"""What verdicts by other rules would change, and the rows that adopt them. Judges nothing.

The verdicts lie in parts (batches in a folder of their own). :func:`compare` lays them beside what a store or read copy holds, in
a temporary table of the connection, which :func:`gained` and :func:`adoptable` read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from twinwire.warehouse.past import PART, Stretch, located
from twinwire.warehouse.rows import SCHEMAS
from twinwire.warehouse.spool import Spooled

ROWS = 1000  # changes told of a topic and kind

_PART = "regexp_extract(filename, '([^/]+)/[^/]+$', 1)"  # folder a row lies in: an entry that changed meanwhile is in two
# Only verdicts on the version that the store holds, and only where other rules judged it.
_CURRENT = f"""
CREATE OR REPLACE TEMP TABLE judged_anew AS
SELECT n.* EXCLUDE (filename), {_PART} AS part, s.source_id, s.title, s.url, s.published_at, s.alt_key,
  s.decision AS old_decision, s.reason AS old_reason, s.score AS old_score, s.topics AS old_topics,
  n.entry_id IN (SELECT item_id FROM items) AS is_item,
  n.topics <> s.topics OR (n.decision = 'kept' AND (n.score <> s.score OR n.reason <> s.reason)) AS otherwise
FROM read_parquet($files, filename = true) n
JOIN seen s ON s.entry_id = n.entry_id AND s.content_hash = n.content_hash AND s.judged_at = n.judged_at
WHERE s.rule_version <> n.rule_version"""  # noqa: S608 - our words
_ONLY = "DELETE FROM judged_anew WHERE NOT (otherwise AND list_has_any(list_concat(topics, old_topics), $only))"
_TOPIC = """
SELECT count(*) FILTER (old), count(*) FILTER (new AND NOT old), count(*) FILTER (old AND NOT new),
  count(*) FILTER (old AND new AND (score <> old_score OR reason <> old_reason)), count(*) FILTER (new)
FROM (SELECT *, list_contains(topics, $topic) AS new, list_contains(old_topics, $topic) AS old FROM judged_anew)"""
_CHANGES = """
WITH told AS (SELECT *, unnest(list_distinct(list_concat(topics, old_topics))) AS topic FROM judged_anew WHERE otherwise),
named AS (SELECT *, CASE WHEN NOT list_contains(old_topics, topic) THEN 'gained' WHEN NOT list_contains(topics, topic) THEN 'lost'
  ELSE 'changed' END AS change FROM told)
SELECT topic, change, entry_id, source_id, published_at, title, url, old_score, score, old_reason, reason FROM named
QUALIFY row_number() OVER (PARTITION BY topic, change ORDER BY coalesce(published_at, judged_at) DESC, entry_id) <= $rows
ORDER BY topic, change = 'changed', change, coalesce(published_at, judged_at) DESC, entry_id"""
_GAINED = """
SELECT source_id, entry_id, alt_key, content_hash, judged_at, false FROM judged_anew
WHERE decision = 'kept' AND NOT is_item ORDER BY source_id, judged_at DESC, entry_id"""

_VERDICTS = f"SELECT {', '.join(SCHEMAS['verdicts'].names)} FROM judged_anew"  # noqa: S608
_OF_ITEMS = f"""
SELECT t.* EXCLUDE (filename) FROM read_parquet($files, filename = true) t
JOIN judged_anew n ON n.entry_id = t.item_id AND n.part = {_PART} WHERE n.is_item"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Differences:
    """What adopting the verdicts would change. ``topics``: per topic the entries kept before, gained, lost, changed (kept before
    and after, with another score or reason) and kept after. ``rows``: the newest of them."""

    judged: int = 0
    verdicts: int = 0      # entries with another decision, kept or not
    topics: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def compare(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], topics: Sequence[str], only: Sequence[str]) -> Differences:
    """Lay the parts beside what the store holds. ``topics`` are the ids of the rules; with ``only`` nothing else is changed than
    entries that these topics gain, lose or weigh otherwise."""
    files = _files(parts, "verdicts")
    if not files:
        return Differences()
    con.execute(_CURRENT, {"files": files})
    if only:
        con.execute(_ONLY, {"only": list(only)})
    total = con.execute("SELECT count(*), count(*) FILTER (decision <> old_decision) FROM judged_anew").fetchone() or (0, 0)
    was = [r[0] for r in con.execute("SELECT DISTINCT unnest(old_topics) AS t FROM judged_anew ORDER BY t").fetchall()]
    counted = {}
    for topic in [*topics, *(t for t in was if t not in topics)]:
        row = con.execute(_TOPIC, {"topic": topic}).fetchone() or (0,) * 5
        counted[topic] = dict(zip(("before", "gained", "lost", "changed", "after"), row, strict=True))
    cursor = con.execute(_CHANGES, {"rows": ROWS})
    names = [d[0] for d in cursor.description or ()]
    return Differences(total[0], total[1], counted, [dict(zip(names, r, strict=True)) for r in cursor.fetchall()])


def gained(con: duckdb.DuckDBPyConnection) -> Iterator[list[Stretch]]:
    """Entries that would become items, in lots with the places of their bytes."""
    rows = con.execute(_GAINED).fetchall()
    for start in range(0, len(rows), PART):
        yield located(con, rows[start:start + PART])


def adoptable(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], without: Sequence[UUID]) -> dict[str, pa.Table]:
    """Rows of a batch that adopts the verdicts, ``without`` these entries: of ``verdicts``, and of what is kept of items."""
    con.execute("SET arrow_lossless_conversion = true")  # else ids become text
    con.register("left_out", pa.table({"key": pa.array([i.bytes for i in without], pa.uuid())}))
    con.execute("DELETE FROM judged_anew WHERE entry_id IN (SELECT key FROM left_out)")
    con.unregister("left_out")
    out = {"verdicts": con.sql(_VERDICTS).to_arrow_table()}
    for table in ("item_verdicts", "item_topics", "evidence"):
        if files := _files(parts, table):
            out[table] = con.sql(_OF_ITEMS, params={"files": files}).to_arrow_table()
    return out


def _files(parts: Sequence[Spooled], table: str) -> list[str]:
    return [f for p in parts if (f := p.file(table))]
