"""Questions on the past: which entries were judged by other rules, and where the bytes lie that they came in. Changes nothing.

Asks a store or a read copy. What was judged anew already lies in parts: batches of ``verdicts`` in a folder of their own.
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
import pyarrow.parquet as pq

from twinwire.errors import ConfigError, StoreDamaged
from twinwire.warcread import ArchiveRef
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import SCHEMAS, plain_utc
from twinwire.warehouse.spool import Spooled

Connection = duckdb.DuckDBPyConnection
PART = 4000  # entries that are judged anew in one go
_KEY = ["entry_id", "judged_at", "content_hash"]
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
    """The read copy, for questions of our own. Raises :class:`ConfigError` when there is none, else :class:`StoreDamaged`."""
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


# Entries that were judged by other rules and are in no part.
_TODO = """FROM seen s ANTI JOIN (SELECT entry_id, judged_at, content_hash FROM done) d
  ON d.entry_id = s.entry_id AND d.judged_at = s.judged_at AND d.content_hash = s.content_hash
WHERE s.rule_version <> $rules AND s.judged_at >= $since"""
_COUNT = f"SELECT count(*) {_TODO}"
_ENTRIES = f"""
SELECT s.source_id, s.entry_id, s.alt_key, s.content_hash, s.judged_at, s.entry_id IN (SELECT item_id FROM items)
{_TODO} ORDER BY s.source_id, s.judged_at DESC, s.entry_id"""  # noqa: S608 - our words
_BYTES = """
SELECT source_id, fetched_at, archive_file, archive_offset FROM ops.fetches JOIN asked USING (source_id)
WHERE fetched_at = instant AND archive_file IS NOT NULL ORDER BY ALL"""
_PAGES = """
SELECT DISTINCT p.item_id, p.archive_file, p.archive_offset
FROM ops.pages p SEMI JOIN entries ON entry_id = p.item_id
JOIN ops.fetches f ON f.batch_id = p.batch_id AND f.source_id = p.source_id
JOIN asked a ON a.source_id = f.source_id AND a.instant = f.fetched_at
JOIN seen s ON s.entry_id = p.item_id AND s.judged_at = f.fetched_at
WHERE p.status = 'read' AND p.archive_file IS NOT NULL"""


def waiting(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], rules: str, since: datetime | None) -> int:
    """How many entries were judged by other rules and are in none of the parts."""
    with con.cursor() as asking:
        _register_done(asking, parts)
        row = asking.execute(_COUNT, {"rules": rules, "since": plain_utc(since) or _EVER}).fetchone()
    return int(row[0]) if row else 0


def stretches(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled], rules: str, since: datetime | None) -> Iterator[list[Stretch]]:
    """The same entries in lots of at most :data:`PART`, by source, the newest first."""
    with con.cursor() as asking:
        _register_done(asking, parts)
        asking.execute(_ENTRIES, {"rules": rules, "since": plain_utc(since) or _EVER})
        while rows := asking.fetchmany(PART):
            yield located(con, rows)


def _register_done(con: duckdb.DuckDBPyConnection, parts: Sequence[Spooled]) -> None:
    files = [f for p in parts if (f := p.file("verdicts"))]
    con.register("done", pq.read_table(files, columns=_KEY) if files else SCHEMAS["verdicts"].empty_table())


def located(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> list[Stretch]:
    """Rows (source, entry, second key, hash, instant, item?) with the places of their bytes."""
    keys = sorted({(r[0], r[4]) for r in rows})
    with con.cursor() as asking:
        asking.register("asked", pa.table({"source_id": [k[0] for k in keys],
                                           "instant": pa.array([k[1] for k in keys], pa.timestamp("us"))}))
        asking.register("entries", pa.table({"entry_id": pa.array([r[1].bytes for r in rows], pa.uuid())}))
        bytes_of = asking.execute(_BYTES).fetchall()
        pages_of = asking.execute(_PAGES).fetchall()
    payloads: dict[str, dict[datetime, list[ArchiveRef]]] = {}
    for source, at, file, offset in bytes_of:
        payloads.setdefault(source, {}).setdefault(at.replace(tzinfo=UTC), []).append(ArchiveRef(file, offset, 0))
    pages = {item: ArchiveRef(file, offset, 0) for item, file, offset in pages_of}
    return [_stretch(source, list(of), payloads.get(source, {}), pages) for source, of in groupby(rows, lambda r: str(r[0]))]


def _stretch(source: str, rows: Sequence[tuple[Any, ...]], payloads: Mapping[datetime, Sequence[ArchiveRef]],
             pages: Mapping[UUID, ArchiveRef]) -> Stretch:
    entries = tuple(Old(r[1], r[2], r[3], r[4].replace(tzinfo=UTC), r[5]) for r in rows)
    return Stretch(source, entries, payloads, {e.entry_id: pages[e.entry_id] for e in entries if e.entry_id in pages})


def digests(con: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    """SHA-256 of the payloads of a source that were read, and of those that told what is wrong with them."""
    with con.cursor() as asking:
        rows = asking.execute("SELECT DISTINCT digest FROM ops.fetches WHERE source_id = ? AND digest IS NOT NULL"
                              " AND class IS DISTINCT FROM 'internal'", [source]).fetchall()
    return {r[0] for r in rows}
