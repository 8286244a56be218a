"""A store made anew beside the old one: what the archive cannot know is carried over, then the new one takes the old one's place.

Judges nothing and reads no payload. The archive holds what was fetched; that a fetch failed or found nothing new, who is to be asked
when, and lists from elsewhere stand in the old store alone. So does an entry whose bytes are gone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from twinwire.errors import StoreDamaged
from twinwire.warcread import ArchiveRef
from twinwire.warehouse import spool
from twinwire.warehouse.integrity import read_whole
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import utc
from twinwire.warehouse.store import Store
from twinwire.warehouse.witness import counts


@dataclass(frozen=True, slots=True)
class Before:
    """What the old ledger says of one payload: the batch it was loaded with, and when that was made."""

    batch_id: UUID
    created_at: datetime


def readable(data: DataFolder) -> Path | None:
    """The fullest file that opens: the store, the read copy, the newest backup; None when none does."""
    for path in (data.store, data.warehouse, *sorted(data.backups.glob("*.duckdb"), reverse=True)):
        if not path.exists():
            continue
        try:
            with duckdb.connect(str(path), read_only=True) as con:
                read_whole(con)
                counts(con)
        except duckdb.Error:
            continue
        return path
    return None


class Old:
    """The old file, for questions. A context manager; with path None it answers that it knows nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Old:
        if self.path is not None:
            self._con = duckdb.connect(str(self.path), read_only=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    def _rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._con.execute(sql, list(given)).fetchall() if self._con is not None else []

    def counts(self) -> dict[str, int]:
        """Rows of the tables that only grow; nothing for no file."""
        return counts(self._con) if self._con is not None else {}

    def sources(self) -> list[dict[str, Any]]:
        """As :func:`twinwire.warehouse.past.sources`."""
        names = ("id", "name", "url", "wire", "language", "country", "store", "terms")
        return [dict(zip(names, r, strict=True)) for r in
                self._rows("SELECT source_id, name, url, wire, language, country, store, terms FROM ops.sources")]

    def payloads(self) -> list[tuple[str, ArchiveRef]]:
        """Source and place of every payload that the ledger names."""
        rows = self._rows("SELECT source_id, archive_file, archive_offset FROM ops.fetches WHERE archive_file IS NOT NULL ORDER BY 2, 3")
        return [(source, ArchiveRef(file, offset, 0)) for source, file, offset in rows]

    def batches(self, run: UUID | None) -> dict[tuple[str, int], Before]:
        """The batch of each payload of a run, by file and offset."""
        rows = self._rows("SELECT archive_file, archive_offset, batch_id, created_at FROM ops.fetches f JOIN ops.batches USING (batch_id)"
                          " WHERE f.run_id = ? AND archive_file IS NOT NULL", [run]) if run else []
        return {(file, offset): Before(batch, utc(at) or at) for file, offset, batch, at in rows}

    def backfills(self) -> set[UUID]:
        """Runs that brought what was fetched before."""
        return {r[0] for r in self._rows("SELECT run_id FROM ops.runs WHERE trigger = 'backfill'")}


# -- carry over -----------------------------------------------------------------------------------------------------

_HAVING = """
SELECT table_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main' AND column_name = ?
AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE NOT temporary) ORDER BY 1"""
_INDEX = "search_"
_TOLD = """
CREATE OR REPLACE TEMP TABLE told AS SELECT DISTINCT n.batch_id FROM ops.fetches n
JOIN old.ops.fetches o ON o.archive_file = n.archive_file AND o.archive_offset = n.archive_offset"""
_NAMED = """
o.batch_id IN (SELECT batch_id FROM ops.fetches UNION SELECT batch_id FROM seen UNION SELECT batch_id FROM items)
AND NOT EXISTS (FROM ops.batches n WHERE n.batch_id = o.batch_id)"""


def seed(con: duckdb.DuckDBPyConnection, old: Path, sources: Iterable[str]) -> int:
    """Begin with all that the old file holds of entries of these sources: the archive has holes there, and their story cannot be told
    again from what is left. Returns how many entries that is."""
    _attach(con, old)
    con.execute("CREATE OR REPLACE TEMP TABLE carried AS SELECT entry_id FROM old.seen WHERE list_contains($sources, source_id)",
                {"sources": sorted(sources)})
    con.execute("BEGIN")
    for table, key in [("seen", "entry_id"), *((t, "item_id") for t in _tables(con, "item_id"))]:
        _copy(con, table, f"o.{key} IN (SELECT entry_id FROM carried)")  # noqa: S608 - our names
    _copy(con, "story_paragraphs", "o.story_id IN (SELECT story_id FROM items)")
    _copy(con, "places", "o.place_id IN (SELECT place_id FROM item_places UNION SELECT dateline_place_id FROM items)")
    con.execute("COMMIT")
    row = con.execute("SELECT count(*) FROM carried").fetchone()
    con.execute("DETACH old")
    return int(row[0]) if row else 0


def carry_over(con: duckdb.DuckDBPyConnection, old: Path) -> None:
    """Take over from the old file what the archive cannot know. What the old ledger says of a fetch stays: it tells what happened then."""
    _attach(con, old)
    con.execute(_TOLD)
    con.execute("BEGIN")
    for table in ("ops.fetches", "ops.pages", "ops.quarantine", "ops.gaps"):
        con.execute(f"DELETE FROM {table} WHERE batch_id IN (SELECT batch_id FROM told)")  # noqa: S608 - our names
        _copy(con, table, "true")
    _copy(con, "ops.runs", "NOT EXISTS (FROM ops.runs n WHERE n.run_id = o.run_id)")
    con.execute("DELETE FROM ops.sources WHERE source_id IN (SELECT source_id FROM old.ops.sources)")
    _copy(con, "ops.sources", "true")
    _copy(con, "ops.batches", _NAMED)
    _carry_rest(con)
    con.execute("COMMIT")
    con.execute("DETACH old")


def settle(con: duckdb.DuckDBPyConnection, batches: Iterable[spool.Spooled]) -> None:
    """Enter batches that wait in the spool as loaded: what they hold is in the store by another way."""
    for batch in batches:
        con.execute("INSERT INTO ops.batches SELECT $b, $run, now()::TIMESTAMP, now()::TIMESTAMP, 0, 0, 0, 0"
                    " WHERE NOT EXISTS (FROM ops.batches WHERE batch_id = $b)", {"b": batch.batch_id, "run": batch.run_id})


def _attach(con: duckdb.DuckDBPyConnection, old: Path) -> None:
    quoted = str(old).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS old (READ_ONLY)")


def _copy(con: duckdb.DuckDBPyConnection, table: str, where: str) -> None:
    columns = _shared(con, table)
    if columns:
        con.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM old.{table} o WHERE {where}")  # noqa: S608 - our names


def _shared(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Columns that both files have: the old one may be of an older version."""
    schema, _, name = table.rpartition(".")
    rows = con.execute("SELECT n.column_name FROM duckdb_columns() n JOIN duckdb_columns() o USING (schema_name, table_name, column_name)"
                       " WHERE n.database_name = current_database() AND o.database_name = 'old' AND schema_name = ? AND table_name = ?"
                       " ORDER BY n.column_index", [schema or "main", name]).fetchall()
    return ", ".join(f'"{r[0]}"' for r in rows)


def _tables(con: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    """Tables with this column, but for those of the search index, which is made of the items whenever the store is opened."""
    return [r[0] for r in con.execute(_HAVING, [column]).fetchall() if not r[0].startswith(_INDEX)]


def _carry_rest(con: duckdb.DuckDBPyConnection) -> None:
    """Tables that are empty now and were not, and say nothing of items: what came from elsewhere."""
    of_items = {*_tables(con, "item_id"), *_tables(con, "story_id")}
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main'"
                                " AND NOT temporary ORDER BY 1").fetchall():
        if table not in of_items and not table.startswith(_INDEX) and con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None:  # noqa: S608 - our names
            _copy(con, table, "true")


# -- compare and swap -----------------------------------------------------------------------------------------------


def lacking(con: duckdb.DuckDBPyConnection, old: Path | None) -> int:
    """Entries of the old file that the new store does not hold."""
    if old is None:
        return 0
    _attach(con, old)
    row = con.execute("SELECT count(*) FROM old.seen o WHERE NOT EXISTS (FROM seen n WHERE n.entry_id = o.entry_id)").fetchone()
    con.execute("DETACH old")
    return int(row[0]) if row else 0


def add_runs(store: Store, runs: Mapping[UUID, datetime]) -> None:
    """Ledger rows of runs of which nothing is known but what they archived, and when they began."""
    for run, at in runs.items():
        known = store.con.execute("SELECT 1 FROM ops.runs WHERE run_id = ?", [run]).fetchone()
        if known is None:
            store.begin_run(run, at, trigger="not known", sources=0, rule_version="not known", config_version="not known")
            store.end_run(run, at, "done", "read again from the archive; what else it did is not known")


def swap(data: DataFolder, now: datetime) -> Path:
    """Put the new store in the old one's place. Returns the folder the old one is kept in.

    After a kill at any point the store's path holds the old file or the new one; an old one that lost its log is told by its witness.
    Both files are closed, the new one without a log.
    """
    new, aside = DataFolder(data.rebuild), data.store.parent / f"before-{now:%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    if data.store.exists():
        os.link(data.store, aside / data.store.name)
    if data.witness.exists():
        os.link(data.witness, aside / data.witness.name)
    log = data.store.with_name(data.store.name + ".wal")
    if log.exists():  # without it the old file lacks something, and the old witness must say so
        log.replace(aside / log.name)
    else:
        data.witness.unlink(missing_ok=True)
    new.store.replace(data.store)
    new.witness.replace(data.witness)
    spool.sync(data.store.parent)
    shutil.rmtree(data.rebuild, ignore_errors=True)
    return aside


@contextmanager
def waiting(data: DataFolder) -> Iterator[list[spool.Spooled]]:
    """The batches in the spool that can be read; when the block ends well all are put aside: what they hold is in the store by another
    way."""
    folders = spool.folders(data.spool) if data.spool.is_dir() else []
    found = []
    for path in folders:
        with suppress(spool.Damaged, StoreDamaged):
            found.append(spool.read(path))
    yield found
    if folders:
        data.damaged.mkdir(exist_ok=True, mode=0o700)
    for path in folders:
        path.rename(data.damaged / path.name)
