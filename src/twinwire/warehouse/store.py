"""The loader's own database: opened under the run lock, migrated, compared with its witness, recovered from the spool.

Holds no policy. One process opens it; threads of that process take turns (:attr:`Store.turn`).
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from types import TracebackType
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

import twinwire
from twinwire.errors import Busy, StoreDamaged
from twinwire.records import FeedState
from twinwire.relate.identity import Known
from twinwire.relate.stories import Signed, Story
from twinwire.warehouse import searchindex, spool, stories, witness
from twinwire.warehouse.load import Loaded, load
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import Batch, plain_utc, utc
from twinwire.warehouse.trouble import Turn, words
from twinwire.warehouse.witness import counts, write_atomically

__all__ = ["Store", "counts", "migrations", "write_atomically"]

log = logging.getLogger("twinwire")
_STATE = ("source_id", "url", "etag", "last_modified", "digest", "checked_at", "changed_at", "full_at", "next_try_at", "failures")
_LOCKED = re.compile(r"lock on file.*?(PID (\d+))?", re.IGNORECASE | re.DOTALL)


class Store:
    """The open store. Use as a context manager, inside :class:`~twinwire.warehouse.lock.RunLock`."""

    def __init__(self, data: DataFolder, wait: float = 5.0) -> None:
        self.data = data
        self.turn = Turn(data.store, self._advice)
        self._wait = wait
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Store:
        known = self.data.store.exists()
        if not known and self.data.witness.exists():
            raise StoreDamaged(str(self.data.store), f"is gone, but loads are on record; {self._advice()}")
        self._con = _connect(self.data, self._wait, self._advice())
        try:
            with self.turn:
                self._migrate()
                if not spool.folders(self.data.spool):  # what waits there may be what the log has lost: see recover
                    self._compare(witness.told(self.data.witness))
                searchindex.catch_up(self.con)
        except BaseException:
            self.con.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    @property
    def is_open(self) -> bool:
        """False before entering and after leaving."""
        return self._con is not None

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection, while open."""
        assert self._con is not None, "the store is closed"
        return self._con

    # -- reading ------------------------------------------------------------------------------------------------

    def states(self, sources: Iterable[str]) -> dict[str, FeedState]:
        """What is remembered of each source; a new source gets an empty state."""
        asked = list(sources)
        with self.turn:
            rows = self.con.execute(f"SELECT {', '.join(_STATE)} FROM ops.sources WHERE source_id IN (SELECT unnest(?))",  # noqa: S608 - ours
                                    [asked]).fetchall()
        found = {r[0]: FeedState(source=r[0], **{k: _aware(v) for k, v in zip(_STATE[1:], r[1:], strict=True)}) for r in rows}
        return {s: found.get(s) or FeedState(source=s) for s in asked}

    def known(self, ids: Sequence[UUID], alt_keys: Sequence[UUID]) -> tuple[dict[UUID, Known], dict[UUID, UUID]]:
        """What is known of these entries: by identity, and by second key (alt key → entry id)."""
        if not ids and not alt_keys:
            return {}, {}
        with self.turn, self.con.cursor() as con:
            con.register("asked", pa.table({"key": pa.array([i.bytes for i in ids], pa.uuid())}))
            con.register("asked_alt", pa.table({"key": pa.array([i.bytes for i in alt_keys], pa.uuid())}))
            by_alt = con.execute("SELECT alt_key, arg_min(entry_id, (first_seen_at, entry_id)) FROM seen"
                                 " SEMI JOIN asked_alt ON key = alt_key GROUP BY 1").fetchall()
            rows = con.execute(
                "WITH found AS (SELECT entry_id, content_hash, rule_version, judged_at FROM seen"
                "   WHERE entry_id IN (SELECT key FROM asked) OR alt_key IN (SELECT key FROM asked_alt)),"
                " kept AS (SELECT item_id, list(r.content_hash) AS versions FROM item_revisions r"
                "   SEMI JOIN found ON item_id = entry_id GROUP BY item_id)"
                " SELECT entry_id, found.content_hash, found.rule_version, versions, i.story_id, f.published_at, judged_at"
                " FROM found LEFT JOIN kept ON item_id = entry_id LEFT JOIN items i ON i.item_id = entry_id"
                " LEFT JOIN items f ON f.item_id = i.story_id").fetchall()
        known = {r[0]: Known(r[1], kept=r[3] is not None, rule_version=r[2], versions=frozenset(r[3] or ()),
                             story=Story(r[4], utc(r[5])) if r[4] else None, judged_at=utc(r[6])) for r in rows}
        return known, dict(by_alt)

    def common_paragraphs(self, asked: Iterable[int], today: date) -> frozenset[int]:
        """Those of the paragraphs (by key) that are boilerplate: several stories of the last weeks share them."""
        with self.turn, self.con.cursor() as con:
            return stories.common_paragraphs(con, asked, today)

    def similar(self, asked: Mapping[UUID, Sequence[int]], today: date) -> dict[UUID, list[Signed]]:
        """For each item, given by its bands, what is stored of items that may be the same story."""
        with self.turn, self.con.cursor() as con:
            return stories.similar(con, asked, today)

    # -- writing ------------------------------------------------------------------------------------------------

    def load(self, batch: Batch, now: datetime, ready: Mapping[str, pa.Table] | None = None) -> Loaded:
        """Spool a batch and load it, with rows that are ``ready`` as Arrow tables. The spool keeps it until :meth:`settle`."""
        with self.turn:
            loaded = self._load(spool.write(self.data.spool, batch, ready), now)
        assert loaded is not None, "a new batch has a new id"
        return loaded

    def recover(self, now: datetime) -> int:
        """Load what a dead process left in the spool and mark its run lost. Returns the number of batches loaded."""
        with self.turn:
            said = witness.told(self.data.witness)
            count = sum(self._load(b, now) is not None for b in self._left())
            self.close_runs(now)
            self._compare(said)
        return count

    def close_runs(self, now: datetime) -> None:
        """Mark runs that never ended as lost; whoever calls this holds the lock, so none goes on. Batches of a run that the ledger does
        not know give it a row."""
        with self.turn:
            self.con.execute(  # a log that was lost took the run along, and not its batches
                "INSERT INTO ops.runs SELECT run_id, min(created_at), NULL, 'running', 'unknown', 0, '', $version, '', '', 0, NULL"
                " FROM ops.batches ANTI JOIN ops.runs USING (run_id) GROUP BY run_id", {"version": twinwire.__version__})
            self.con.execute("UPDATE ops.runs SET status = 'lost', ended_at = ?, note = 'its process died' WHERE status = 'running'",
                             [plain_utc(now)])

    def _left(self) -> Iterator[spool.Spooled]:
        """Batches in the spool, one by one. One that is damaged is put aside: its sources' states are those before it, so they are
        read again, and its raw bytes are in the archive."""
        for path in spool.folders(self.data.spool):
            try:
                batch = spool.read(path)
                spool.verify(batch)
            except spool.Damaged as e:
                aside = self.data.damaged / path.name
                self.data.damaged.mkdir(exist_ok=True, mode=0o700)
                path.rename(aside)
                log.warning("%s: a batch left by an earlier run is damaged (%s) and was put aside; its sources are read again", aside, e)
            else:
                yield batch

    def settle(self) -> None:
        """CHECKPOINT, then empty the spool: from here on no write-ahead log stands between a batch and the file."""
        with self.turn:
            searchindex.tidy(self.con)
            self.con.execute("CHECKPOINT")
            for b in spool.waiting(self.data.spool):
                spool.remove(b)

    def begin_run(self, run_id: UUID, now: datetime, **facts: Any) -> None:
        """Enter a run into the ledger; ``facts``: trigger, rule_version, config_version, sources."""
        with self.turn:
            self.con.execute(
                "INSERT INTO ops.runs VALUES ($run_id, $now, NULL, 'running', $trigger, $pid, $host, $version, $rule_version,"
                " $config_version, $sources, NULL)",
                {"run_id": run_id, "now": plain_utc(now), "pid": os.getpid(), "host": socket.gethostname(),
                 "version": twinwire.__version__, **facts})

    def end_run(self, run_id: UUID, now: datetime, status: str, note: str | None = None) -> None:
        """Close a run in the ledger."""
        with self.turn:
            self.con.execute("UPDATE ops.runs SET ended_at = ?, status = ?, note = ? WHERE run_id = ?",
                             [plain_utc(now), status, note, run_id])

    def covered(self, trigger: str, slot: datetime, now: datetime) -> bool:
        """Has a run of this trigger begun after ``slot`` and ended well? Then the slot's work is done. A run that began in the future
        had a wrong clock, and says nothing."""
        with self.turn:
            row = self.con.execute("SELECT 1 FROM ops.runs WHERE trigger = ? AND status = 'done' AND started_at > ? AND started_at <= ?"
                                   " LIMIT 1", [trigger, plain_utc(slot), plain_utc(now)]).fetchone()
        return row is not None

    def _load(self, batch: spool.Spooled, now: datetime) -> Loaded | None:
        loaded = load(self.con, batch, now)
        if loaded is not None:
            self._write_witness(batch.batch_id)
        return loaded

    # -- trust --------------------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Rows of the tables that only grow, and batches: what witness and read copy are compared by."""
        return counts(self.con)

    def attest(self) -> None:
        """Write the witness of what is in now, whatever it said before."""
        with self.turn:
            self._write_witness(UUID(int=0))

    def _write_witness(self, batch_id: UUID) -> None:
        witness.testify(self.data.witness, batch_id, self.counts())

    def _compare(self, said: dict[str, int]) -> None:
        """Against what the last commit left behind, which stays on record until somebody has looked."""
        if lost := witness.lost(said, self.counts()):
            witness.testify(self.data.witness, UUID(int=0), said)
            raise StoreDamaged(str(self.data.store), f"lacks {lost} that were committed; {self._advice()}")

    def _advice(self) -> str:
        copies = [self.data.warehouse, *sorted(self.data.backups.glob("*.duckdb"), reverse=True)]
        newest = next((c for c in copies if c.exists()), None)
        if newest is None:
            return "`twinwire doctor --rebuild` makes it anew from the archive; or start with another --data"
        aside = ", ".join((self.data.store.name, f"{self.data.store.name}.wal", self.data.witness.name))
        return (f"`twinwire doctor --rebuild` makes it anew from the archive. Or, for now, the newest good copy is {newest}: "
                f"move {aside} aside and put the copy in the store's place")

    # -- schema -------------------------------------------------------------------------------------------------

    def _migrate(self) -> None:
        self.con.execute("CREATE SCHEMA IF NOT EXISTS ops")
        self.con.execute("CREATE TABLE IF NOT EXISTS ops.migrations (number INTEGER NOT NULL, name VARCHAR NOT NULL,"
                         " digest VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL, version VARCHAR NOT NULL)")
        done = {r[0]: r[1:] for r in self.con.execute("SELECT number, digest, version FROM ops.migrations").fetchall()}
        ours = {n: (name, sql) for n, name, sql in migrations()}
        if newer := sorted(set(done) - set(ours)):
            raise StoreDamaged(str(self.data.store), f"was written by twinwire {done[newer[-1]][1]}, which knows migration"
                                                     f" {newer[-1]}; this is {twinwire.__version__}: use the newer one")
        for number, (name, sql) in ours.items():
            digest = hashlib.sha256(sql.encode()).hexdigest()[:16]
            if number in done and (number or done[0][0] == digest):
                continue
            self.con.execute("BEGIN")
            self.con.execute(sql)
            self.con.execute("DELETE FROM ops.migrations WHERE number = ?", [number])
            self.con.execute("INSERT INTO ops.migrations VALUES (?, ?, ?, ?, ?)",
                             [number, name, digest, datetime.now(UTC).replace(tzinfo=None), twinwire.__version__])
            self.con.execute("COMMIT")


def migrations() -> list[tuple[int, str, str]]:
    """(number, name, SQL) in order. Number 0 is the views: they hold no data and are made anew when their text changes."""
    found = []
    for f in files("twinwire.warehouse").joinpath("sql").iterdir():
        number = int(f.name[:4]) if f.name[:4].isdigit() else 0
        found.append((number, f.name, f.read_text(encoding="utf-8")))
    numbered = sorted(m for m in found if m[0])
    return [*numbered, *(m for m in found if not m[0])]


def _connect(data: DataFolder, wait: float, advice: str) -> duckdb.DuckDBPyConnection:
    """Open the file, waiting a bounded time for somebody who has it open."""
    end = time.monotonic() + wait
    while True:
        try:
            return duckdb.connect(str(data.store), config={"autoinstall_known_extensions": False})
        except duckdb.Error as e:
            # DuckDB has one class for "locked" and "unreadable"; only its text tells them apart.
            if not _LOCKED.search(str(e)):
                raise StoreDamaged(str(data.store), f"cannot be opened ({words(e)}); {advice}") from None
            if time.monotonic() >= end:
                pid = re.search(r"PID (\d+)", str(e))
                who = f"process {pid[1]}" if pid else "another program"
                raise Busy(str(data.store), f"is open in {who}; close it there (people open warehouse.duckdb instead)") from None
        time.sleep(0.2)


def _aware(value: Any) -> Any:
    return utc(value) if isinstance(value, datetime) else value
