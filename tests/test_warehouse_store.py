"""The loader's store: loading, recovering, and noticing what was lost."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from batches import NOW, SOURCE, batch, data_folder, item

from twinwire.errors import Busy, StoreDamaged
from twinwire.warehouse import spool
from twinwire.warehouse import store as store_module
from twinwire.warehouse.load import load
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store, migrations

pytestmark = pytest.mark.usefixtures("stores_are_made")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return data_folder(tmp_path)


def table_sums(store: Store) -> dict[str, tuple[object, ...]]:
    """Rows and a checksum of every table but the ledger's own clock."""
    names = [r[0] for r in store.con.execute("SELECT table_schema || '.' || table_name FROM information_schema.tables"
                                             " WHERE table_type = 'BASE TABLE'").fetchall()]
    return {n: store.con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {n} t").fetchone() or () for n in names}


def one(store: Store, sql: str) -> object:
    row = store.con.execute(sql).fetchone()
    return row[0] if row and len(row) == 1 else row


def test_a_batch_is_loaded_whole(data: DataFolder) -> None:
    """Items, their first revision, topics, evidence, everything seen, the ledger and the source's state."""
    with Store(data) as store:
        loaded = store.load(batch(item("a"), item("b"), rejected=3), NOW)
        assert (loaded.items_new, loaded.items_revised, loaded.seen_new) == (2, 0, 5)
        assert store.counts() == {"items": 2, "item_revisions": 2, "seen": 5, "fetches": 1, "batches": 1}
        assert one(store, "SELECT count(*) FROM evidence WHERE quote = 'Sister cities' AND field = 'title'") == 2
        assert one(store, "SELECT entries, new, kept_new, rejected FROM ops.fetches") == (5, 5, 2, 3)
        state = store.states([SOURCE.id])[SOURCE.id]
        assert (state.etag, state.digest, state.checked_at) == ('"e"', "d", NOW)


def test_states_are_read_of_those_that_are_asked_for(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of a thousand feeds does not read the state of the other hundreds: with every group doing so, a poll grew with its square."""
    read: list[object] = []
    monkeypatch.setattr(store_module, "_aware", lambda value: read.append(value) or value)
    with Store(data) as store:
        store.con.execute("INSERT INTO ops.sources (source_id, name, url, schedule, store, terms, quiet_after, checked_at, failures, batch_id)"
                          " SELECT 's' || n, '', '', '', '', '', 0, now(), 0, uuid() FROM range(500) t(n)")
        states = store.states(["s7", "new", "s9"])
    assert list(states) == ["s7", "new", "s9"]
    assert 0 < len(read) < 30


def test_loading_a_batch_twice_changes_no_row(data: DataFolder) -> None:
    """A retried task, a crash between COMMIT and the end: the second load finds its work done."""
    with Store(data) as store:
        store.load(batch(item("a"), rejected=2), NOW)
        before = table_sums(store)
        assert store._load(spool.waiting(data.spool)[0], NOW + timedelta(hours=1)) is None
        assert table_sums(store) == before


def test_the_statements_themselves_add_nothing_twice(data: DataFolder) -> None:
    """Even under another batch id the same items and entries are not doubled."""
    with Store(data) as store:
        store.load(batch(item("a"), item("b"), rejected=2), NOW)
        again = store.load(batch(item("a"), item("b"), rejected=2), NOW)
        assert (again.items_new, again.items_revised, again.seen_new) == (0, 0, 0)
        counts = store.counts()
        assert (counts["items"], counts["item_revisions"], counts["seen"]) == (2, 2, 4)
        assert one(store, "SELECT count(*) FROM evidence") == 2


def test_a_changed_item_gets_a_revision(data: DataFolder) -> None:
    """The item holds the newest version, the history all of them, without gap or overlap."""
    later = NOW + timedelta(hours=2)
    with Store(data) as store:
        store.load(batch(item("a", "first")), NOW)
        loaded = store.load(batch(item("a", "second"), at=later, revised=1), later)
        assert (loaded.items_new, loaded.items_revised) == (0, 1)
        assert one(store, "SELECT body, revision, first_seen_at < last_seen_at FROM items") == ("second", 2, True)
        rows = store.con.execute("SELECT revision, body, valid_from, valid_to FROM item_revisions ORDER BY 1").fetchall()
        assert [(r[0], r[1]) for r in rows] == [(1, "first"), (2, "second")]
        assert rows[0][3] == rows[1][2]
        assert rows[1][3] is None


def test_places_are_those_of_the_current_revision(data: DataFolder) -> None:
    """A revision replaces an item's places; a place that many items name is one row."""
    with Store(data) as store:
        store.load(batch(item("a"), item("b")), NOW)
        store.load(batch(item("a", "edited"), revised=1), NOW)
        assert store.con.execute("SELECT name, admin1, country_code FROM places").fetchall() == [("Zaozhuang", "Shandong", "CN")]
        rows = store.con.execute("SELECT role, surface, place_id, precision, alternatives FROM item_places").fetchall()
        assert rows == [("dateline", "ZAOZHUANG", 1785286, "city", [1])] * 2
        assert store.con.execute("SELECT DISTINCT dateline_raw, dateline_date, dateline_place_id, dateline_precision FROM items"
                                 ).fetchall() == [("ZAOZHUANG, China, Nov. 24", NOW.date(), 1785286, "city")]


def test_an_unchanged_item_is_only_touched(data: DataFolder) -> None:
    """Last seen moves on; nothing else does."""
    later = NOW + timedelta(hours=2)
    with Store(data) as store:
        store.load(batch(item("a")), NOW)
        store.load(batch(unchanged=(item("a"),), at=later), later)
        assert one(store, "SELECT revision, last_seen_at - first_seen_at FROM items") == (1, timedelta(hours=2))


def test_the_ledger_refuses_counts_that_do_not_add_up(data: DataFolder) -> None:
    """The accounting identity is a constraint of the table: such a batch is not loaded at all."""
    wrong = batch(item("a"))
    wrong.tables["fetches"][0]["entries"] = 7
    with Store(data) as store, pytest.raises(duckdb.ConstraintException, match="CHECK constraint failed"):
        store.load(wrong, NOW)
    with Store(data) as store:
        assert store.counts()["items"] == 0


def test_what_is_known_is_found_by_both_keys(data: DataFolder) -> None:
    """By identity, and by the second key when the guid has changed."""
    a = item("a")
    load = batch(a, rejected=1)
    with Store(data) as store:
        store.load(load, NOW)
        known, none = store.known([a.item_id, uuid4()], [])
        assert none == {}
        assert [(k, v.content_hash, v.kept) for k, v in known.items()] == [(a.item_id, a.content_hash, True)]
        alt = spool.UUID(bytes=load.tables["seen"][0]["alt_key"])
        known, by_alt = store.known([], [alt])
        assert by_alt == {alt: a.item_id}
        assert a.item_id in known
        assert store.known([], []) == ({}, {})


def test_a_batch_left_by_a_dead_process_is_loaded_at_the_next_start(data: DataFolder) -> None:
    """And its run is marked lost."""
    run = uuid4()
    with Store(data) as store:
        store.begin_run(run, NOW, trigger="cli", rule_version="r", config_version="c", sources=1)
    spool.write(data.spool, batch(item("a"), run=run))
    with Store(data) as store:
        assert store.recover(NOW) == 1
        assert store.counts()["items"] == 1
        assert one(store, "SELECT status FROM ops.runs") == "lost"
        store.settle()
        assert spool.waiting(data.spool) == []


def test_a_lost_tail_of_the_log_is_noticed(data: DataFolder) -> None:
    """DuckDB opens a truncated write-ahead log without a word; the witness outside the database does not forget."""
    with Store(data) as store:
        store.con.execute("PRAGMA disable_checkpoint_on_shutdown")
        store.load(batch(item("a")), NOW)
        store.con.execute("CHECKPOINT")
        store.load(batch(item("b")), NOW)
        for b in spool.waiting(data.spool):
            spool.remove(b)
    data.store.with_name(data.store.name + ".wal").unlink()
    with pytest.raises(StoreDamaged, match="lacks 1 rows of items"), Store(data):
        pass


def test_a_lost_tail_comes_back_from_the_spool(data: DataFolder) -> None:
    """Batches stay in the spool until the log is merged, so a lost log alone loses nothing."""
    with Store(data) as store:
        store.con.execute("PRAGMA disable_checkpoint_on_shutdown")
        store.load(batch(item("a")), NOW)
        store.con.execute("CHECKPOINT")
        store.load(batch(item("b")), NOW)
    data.store.with_name(data.store.name + ".wal").unlink()
    with Store(data) as store:
        assert store.recover(NOW) == 1
        assert store.counts()["items"] == 2


@pytest.mark.parametrize("harm", ["truncate", "garbage", "delete"])
def test_a_damaged_store_is_refused_and_kept(data: DataFolder, harm: str) -> None:
    """One clear error that names the way out; the file stays for who wants to look at it."""
    with Store(data) as store:
        store.load(batch(item("a")), NOW)
        store.settle()
    if harm == "truncate":
        with data.store.open("r+b") as f:
            f.truncate(5000)
    elif harm == "garbage":
        data.store.write_bytes(b"not a database" * 1000)
    else:
        data.store.unlink()
    with pytest.raises(StoreDamaged, match="start with another --data") as caught, Store(data):
        pass
    assert caught.value.exit_code == 5
    assert data.store.exists() == (harm != "delete")
    data.warehouse.write_bytes(b"a copy")
    with pytest.raises(StoreDamaged, match=r"store\.duckdb, store\.duckdb\.wal, witness\.json aside"), Store(data):
        pass


def test_a_store_of_a_newer_version_is_refused(data: DataFolder) -> None:
    """Old code must not write into a schema it does not know."""
    with Store(data) as store:
        store.con.execute("INSERT INTO ops.migrations VALUES (9999, 'x', 'x', now()::TIMESTAMP, '99.0')")
    with pytest.raises(StoreDamaged, match=r"99\.0, which knows migration 9999"), Store(data):
        pass


def test_migrations_are_numbered_without_gap_and_views_come_last() -> None:
    """Number 0 is the views; the rest counts up from 1."""
    numbers = [n for n, _, _ in migrations()]
    assert numbers == [*range(1, len(numbers)), 0]


def test_somebody_who_has_the_store_open_is_named(data: DataFolder) -> None:
    """A bounded wait, then Busy (exit 3) with the process to close."""
    with Store(data):
        pass
    code = f"import duckdb, sys; con = duckdb.connect({str(data.store)!r}); print('open', flush=True); sys.stdin.read()"
    hold = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert hold.stdout is not None
        hold.stdout.readline()
        with pytest.raises(Busy, match=str(hold.pid)) as caught, Store(data, wait=0.0):
            pass
        assert caught.value.exit_code == 3
    finally:
        hold.communicate(b"")


def test_one_run_at_a_time(data: DataFolder) -> None:
    """The second is told who is at work; when the first ends, the lock is free."""
    with RunLock(data.lock), pytest.raises(Busy, match="another run"), RunLock(data.lock):
        pass
    with RunLock(data.lock):
        pass


def test_a_killed_run_leaves_no_lock(data: DataFolder) -> None:
    """The lock belongs to the process, not to a file."""
    code = (f"from twinwire.warehouse.lock import RunLock; from pathlib import Path; lock = RunLock(Path({str(data.lock)!r}));"
            " lock.__enter__(); print('held', flush=True); input()")
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(Busy, match=f"process {holder.pid}"), RunLock(data.lock):
        pass
    holder.kill()
    holder.wait()
    with RunLock(data.lock, wait=5):
        assert json.loads(data.lock.read_text())


class Recorder:
    """A connection that keeps what it was told to do."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con, self.said = con, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def execute(self, sql: str, *more: Any) -> Any:
        self.said.append(" ".join(sql.split()[:2]))
        return self._con.execute(sql, *more)


def test_what_is_new_changes_no_old_row(tmp_path: Path) -> None:
    """A batch of new entries goes through the large tables once, to see that it is new; one that changes some updates them."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        for given, updates in ((item("a", "first"), 0), (item("b", "second"), 0), (item("a", "changed"), 3)):
            con = Recorder(store.con)
            assert load(con, spool.write(data.spool, batch(given)), NOW) is not None  # type: ignore[arg-type]
            assert sum(s in {"UPDATE seen", "UPDATE items", "UPDATE item_revisions"} for s in con.said) == updates
