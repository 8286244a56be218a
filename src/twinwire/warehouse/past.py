"""Questions on the past: which entries were judged by other rules, where their bytes lie, what another verdict would change.

Asks a store or a read copy; changes neither. What was judged anew lies in parts, batches of ``verdicts`` in a folder of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from twinwire.errors import ConfigError, StoreDamaged
from twinwire.warcread import ArchiveRef
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import SCHEMAS, plain_utc
from twinwire.warehouse.spool import Spooled

PART = 4000        # entries that are judged anew in one go
_ROWS = 1000       # changes shown of a topic and kind
_EVER = datetime(1, 1, 1)  # noqa: DTZ001 - as the store keeps it


@dataclass(frozen=True, slots=True)
class Old:
    """An entry as it was judged last."""

    entry_id: UUID
    alt_key: UUID | None
    content_hash: UUID
    judged_at: datetime    # instant of the fetch that brought this version, UTC
    is_item: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of one source, the newest first, and where the bytes they came in lie."""

    source_id: str
    entries: tuple[Old, ...]
    payloads: Mapping[datetime, Sequence[ArchiveRef]] = field(default_factory=dict)  # by instant of the fetch
    pages: Mapping[UUID, ArchiveRef] = field(default_factory=dict)                   # article pages, by entry


def reader(data: DataFolder) -> duckdb.DuckDBPyConnection:
    """The read copy, for questions of our own. Raises :class:`ConfigError` when there is none, :class:`StoreDamaged` when it is unreadable."""
    if not data.warehouse.exists():
        raise ConfigError(str(data.warehouse), "is not there yet; `twinwire run` makes it")
    try:
        return duckdb.connect(str(data.warehouse), read_only=True, config={"autoinstall_known_extensions": False})
    except duckdb.Error as e:
        raise StoreDamaged(str(data.warehouse), f"cannot be opened ({str(e).splitlines()[0][:160]}); `twinwire doctor` says more") from None


def sources(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What the ledger remembers of every source: id, name, url, wire, language, country, store, terms."""
    names = ("id", "name", "url", "wire", "language", "country", "store", "terms")
    rows = con.execute("SELECT source_id, name, url, wire, language, country, store, terms FROM ops.sources").fetchall()
    return [dict(zip(names, r, strict=True)) for r in rows]


def _todo(parts: Sequence[Spooled]) -> str:
    done = "" if not _files(parts) else (
        " ANTI JOIN read_parquet($done) d ON d.entry_id = s.entry_id AND d.judged_at = s.judged_at AND d.content_hash = s.content_hash")
    return f"FROM seen s{done} WHERE s.rule_version <> $rules AND s.judged_at >= $since"


def _files(parts: Sequence[Spooled]) -> list[str]:
    return [f for p in parts if (f := p.file("verdicts"))]


def _given(parts: Sequence[Spooled], rules: str, since: datetime | None) -> dict[str, Any]:
    given = {"rules": rules, "since": plain_utc(since) or _EVER}
    return given | {"done": _files(parts)} if _files(parts) else given


def waiting(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], rules: str, since: datetime | None) -> int:
    """How many entries were judged by other rules and are in none of the parts."""
    row = con.execute(f"SELECT count(*) {_todo(parts)}", _given(parts, rules, since)).fetchone()  # noqa: S608 - our words
    return int(row[0]) if row else 0


def stretches(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], rules: str, since: datetime | None) -> Iterator[list[Stretch]]:
    """The same entries in lots of at most :data:`PART`, by source, the newest first."""
    with con.cursor() as asking:
        asking.execute("SELECT s.source_id, s.entry_id, s.alt_key, s.content_hash, s.judged_at, s.entry_id IN (SELECT item_id FROM items)"
                       f" {_todo(parts)} ORDER BY s.source_id, s.judged_at DESC, s.entry_id", _given(parts, rules, since))  # noqa: S608
        while rows := asking.fetchmany(PART):
            yield located(con, rows)


def located(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> list[Stretch]:
    """Rows (source, entry, second key, hash, instant, item?) with the places of their bytes."""
    keys = sorted({(r[0], r[4]) for r in rows})
    with con.cursor() as asking:
        asking.register("asked", pa.table({"source_id": [k[0] for k in keys],
                                           "instant": pa.array([k[1] for k in keys], pa.timestamp("us"))}))
        asking.register("entries", pa.table({"entry_id": pa.array([r[1].bytes for r in rows], pa.uuid())}))
        bytes_of = asking.execute(
            "SELECT source_id, fetched_at, archive_file, archive_offset FROM ops.fetches JOIN asked USING (source_id)"
            " WHERE fetched_at = instant AND archive_file IS NOT NULL ORDER BY ALL").fetchall()
        pages_of = asking.execute(
            "SELECT DISTINCT p.item_id, p.archive_file, p.archive_offset FROM ops.pages p SEMI JOIN entries ON entry_id = p.item_id"
            " JOIN ops.fetches f ON f.batch_id = p.batch_id AND f.source_id = p.source_id JOIN asked a ON a.source_id = f.source_id"
            " JOIN seen s ON s.entry_id = p.item_id AND s.judged_at = f.fetched_at"
            " WHERE a.instant = f.fetched_at AND p.status = 'read' AND p.archive_file IS NOT NULL").fetchall()
    payloads: dict[str, dict[datetime, list[ArchiveRef]]] = {}
    for source, at, file, offset in bytes_of:
        payloads.setdefault(source, {}).setdefault(at.replace(tzinfo=UTC), []).append(ArchiveRef(file, offset, 0))
    pages = {item: ArchiveRef(file, offset, 0) for item, file, offset in pages_of}
    return [_stretch(source, list(of), payloads.get(source, {}), pages) for source, of in groupby(rows, lambda r: str(r[0]))]


def _stretch(source: str, rows: Sequence[tuple[Any, ...]], payloads: Mapping[datetime, Sequence[ArchiveRef]],
             pages: Mapping[UUID, ArchiveRef]) -> Stretch:
    entries = tuple(Old(r[1], r[2], r[3], r[4].replace(tzinfo=UTC), r[5]) for r in rows)
    return Stretch(source, entries, payloads, {e.entry_id: pages[e.entry_id] for e in entries if e.entry_id in pages})


# -- what would change ----------------------------------------------------------------------------------------------

# Verdicts of the parts that fit the version the store holds, beside what it holds. ``part`` is the folder they lie in.
_PART = "regexp_extract(filename, '([^/]+)/[^/]+$', 1)"
_CURRENT = f"""
CREATE OR REPLACE TEMP TABLE judged_anew AS
SELECT n.* EXCLUDE (filename), {_PART} AS part, s.source_id, s.title, s.url, s.published_at,
  s.decision AS old_decision, s.reason AS old_reason, s.score AS old_score, s.topics AS old_topics,
  n.entry_id IN (SELECT item_id FROM items) AS is_item
FROM read_parquet($files, filename = true) n
JOIN seen s ON s.entry_id = n.entry_id AND s.content_hash = n.content_hash AND s.judged_at = n.judged_at
WHERE s.rule_version <> n.rule_version"""  # noqa: S608 - our words
_OTHERWISE = "(topics <> old_topics OR (decision = 'kept' AND (score <> old_score OR reason <> old_reason)))"


@dataclass(frozen=True, slots=True)
class Differences:
    """What adopting the parts would change. ``topics``: per topic the entries kept before, gained, lost, changed (kept before and
    after, with another score or reason) and kept after. ``rows``: the newest of them."""

    judged: int = 0
    verdicts: int = 0      # entries with another decision, kept or not
    topics: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def compare(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], topics: Sequence[str], only: Sequence[str]) -> Differences:
    """Compare the parts with what the store holds. ``topics`` are the ids of the rules; ``only`` leaves out what others change.

    Leaves the temporary table that :func:`adoptable` and :func:`gained` read.
    """
    if not _files(parts):
        return Differences()
    con.execute(_CURRENT, {"files": _files(parts)})
    if only:
        con.execute("DELETE FROM judged_anew WHERE NOT (list_has_any(list_concat(topics, old_topics), $only) AND " + _OTHERWISE + ")",
                    {"only": list(only)})
    total = con.execute("SELECT count(*), count(*) FILTER (decision <> old_decision) FROM judged_anew").fetchone() or (0, 0)
    was = [r[0] for r in con.execute("SELECT DISTINCT unnest(old_topics) AS t FROM judged_anew ORDER BY t").fetchall()]
    counted = {}
    for topic in [*topics, *(t for t in was if t not in topics)]:
        row = con.execute(
            "SELECT count(*) FILTER (o), count(*) FILTER (n AND NOT o), count(*) FILTER (o AND NOT n),"
            " count(*) FILTER (o AND n AND (score <> old_score OR reason <> old_reason)), count(*) FILTER (n) FROM"
            " (SELECT *, list_contains(topics, $t) AS n, list_contains(old_topics, $t) AS o FROM judged_anew)", {"t": topic}).fetchone()
        counted[topic] = dict(zip(("before", "gained", "lost", "changed", "after"), row or (0,) * 5, strict=True))
    return Differences(total[0], total[1], counted, _rows(con))


def _rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = con.execute(
        "WITH told AS (SELECT *, unnest(list_distinct(list_concat(topics, old_topics))) AS topic FROM judged_anew WHERE " + _OTHERWISE + "),"
        " named AS (SELECT CASE WHEN NOT list_contains(old_topics, topic) THEN 'gained' WHEN NOT list_contains(topics, topic) THEN 'lost'"
        "   ELSE 'changed' END AS change, * FROM told)"
        " SELECT topic, change, entry_id, source_id, published_at, title, url, old_score, score, old_reason, reason FROM named"
        " QUALIFY row_number() OVER (PARTITION BY topic, change ORDER BY coalesce(published_at, judged_at) DESC, entry_id) <= $rows"
        " ORDER BY topic, change = 'changed', change, coalesce(published_at, judged_at) DESC, entry_id", {"rows": _ROWS})
    names = [d[0] for d in cursor.description or ()]
    return [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]


def gained(con: duckdb.DuckDBPyConnection) -> Iterator[list[Stretch]]:
    """Entries that would become items, as :func:`stretches` gives them."""
    with con.cursor() as asking:
        rows = con.execute("SELECT source_id, n.entry_id, alt_key, n.content_hash, n.judged_at, false FROM judged_anew n"
                           " JOIN (SELECT entry_id, alt_key FROM seen) USING (entry_id) WHERE decision = 'kept' AND NOT is_item"
                           " ORDER BY source_id, judged_at DESC, entry_id").fetchall()
        for start in range(0, len(rows), PART):
            yield located(asking, rows[start:start + PART])


def adoptable(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], without: Sequence[UUID]) -> dict[str, pa.Table]:
    """Rows of a batch that adopts the verdicts: of ``verdicts``, and of what is kept of items. ``without``: leave these entries as they are."""
    if without:
        con.register("left_out", pa.table({"key": pa.array([i.bytes for i in without], pa.uuid())}))
        con.execute("DELETE FROM judged_anew WHERE entry_id IN (SELECT key FROM left_out)")
        con.unregister("left_out")
    con.execute("SET arrow_lossless_conversion = true")  # else ids become text
    out = {"verdicts": con.sql("SELECT entry_id, content_hash, judged_at, decision, reason, score, topics, rule_version FROM judged_anew"
                               ).to_arrow_table(),
           "item_verdicts": con.sql("SELECT entry_id AS item_id, topics, score, rule_version FROM judged_anew WHERE is_item").to_arrow_table()}
    for table in ("item_topics", "evidence"):
        if files := [f for p in parts if (f := p.file(table))]:
            columns = ", ".join(f"t.{name}" for name in SCHEMAS[table].names)
            con.execute("CREATE OR REPLACE TEMP TABLE of_items AS SELECT " + columns + " FROM (SELECT *, " + _PART +  # noqa: S608 - our words
                        " AS part FROM read_parquet($files, filename = true)) t"
                        " JOIN judged_anew n ON n.entry_id = t.item_id AND n.part = t.part WHERE n.is_item", {"files": files})
            out[table] = con.sql("SELECT * FROM of_items").to_arrow_table()
    return out
