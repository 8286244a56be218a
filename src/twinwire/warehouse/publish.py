"""The read copy: written beside, verified, renamed over the old one. Changes no row.

People may hold the old copy open for as long as they like: they keep its rows, new readers see the new one.
"""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime

import duckdb

from twinwire.errors import ConfigError, StoreDamaged
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.spool import sync
from twinwire.warehouse.store import Store
from twinwire.warehouse.trouble import words
from twinwire.warehouse.witness import counts


def publish(store: Store, backups: int) -> int:
    """Replace the read copy by the store's state. Returns its size in bytes.

    The caller has called :meth:`Store.settle`; without a write-ahead log the file alone is the database.
    Raises :class:`StoreDamaged` when the copy does not hold what the store holds; the old copy then stays. Raises
    :class:`ConfigError` when a folder is in its place.
    """
    data = store.data
    if data.warehouse.is_dir():
        raise ConfigError(str(data.warehouse), "is a folder where the read copy belongs; move it away")
    temporary = data.root / f".{data.warehouse.name}.tmp"
    temporary.unlink(missing_ok=True)
    try:
        with store.turn:
            store.con.execute("CHECKPOINT")
            expected = store.counts()
            shutil.copyfile(data.store, temporary)  # uses the file system's own copy where it has one
        sync(temporary)
        _verify(str(temporary), expected)
        if backups:
            _keep_old(store, backups)
        temporary.replace(data.warehouse)
        sync(data.root)
    finally:
        temporary.unlink(missing_ok=True)
    return data.warehouse.stat().st_size


def publish_anew(data: DataFolder, wait: float, backups: int, now: datetime) -> int:
    """The read copy from the store as it is, with batches that a dead process left. Returns its size in bytes.

    Raises :class:`ConfigError` when there is no store yet, :class:`~twinwire.errors.Busy` when a run is at work for longer than ``wait``.
    """
    if not data.store.exists():
        raise ConfigError(str(data.store), "is not there yet; `twinwire run` makes it")
    with RunLock(data.lock, wait), Store(data) as store:
        store.recover(now)
        store.settle()
        return publish(store, backups)


def is_sound(store: Store) -> bool:
    """Can the read copy be opened, and does it hold what this store holds? It may lack the fetches of runs that changed nothing."""
    try:
        with duckdb.connect(str(store.data.warehouse), read_only=True) as con:
            held, judged = counts(con), _judged(con)
    except duckdb.Error:
        return False
    with store.turn:
        ours, same = store.counts(), judged == _judged(store.con)
    return same and held["items"] == ours["items"] and all(held[k] <= n for k, n in ours.items())


def _judged(con: duckdb.DuckDBPyConnection) -> int:
    """A number that changes with every batch that judges an entry: each new version and each new verdict names its batch."""
    row = con.execute("SELECT coalesce(bit_xor(hash(entry_id, batch_id)), 0) FROM seen").fetchone()
    assert row is not None
    return int(row[0])


def is_copy(data: DataFolder) -> bool:
    """As :func:`is_sound` of a store that is not open: it is opened for reading only."""
    try:
        with duckdb.connect(str(data.warehouse), read_only=True) as copy, duckdb.connect(str(data.store), read_only=True) as store:
            held, stored = counts(copy), counts(store)
    except duckdb.Error:
        return False
    return all(held[k] <= n for k, n in stored.items())


def age(store: Store) -> float | None:
    """Seconds since the read copy was made; None when there is none."""
    try:
        return time.time() - store.data.warehouse.stat().st_mtime
    except FileNotFoundError:
        return None


def _verify(path: str, expected: dict[str, int]) -> None:
    try:
        with duckdb.connect(path, read_only=True) as con:
            got = counts(con)
    except duckdb.Error as e:
        raise StoreDamaged(path, f"the new copy cannot be opened ({words(e)}); the old copy stays") from None
    if got != expected:
        raise StoreDamaged(path, f"holds {got} where the store holds {expected}; the old copy stays")


def _keep_old(store: Store, backups: int) -> None:
    """The outgoing copy becomes a backup by a hard link: no bytes are copied."""
    data = store.data
    if not data.warehouse.exists():
        return
    data.backups.mkdir(exist_ok=True, mode=0o700)
    made = time.strftime("%Y%m%dT%H%M%S", time.gmtime(data.warehouse.stat().st_mtime))
    target = data.backups / f"warehouse-{made}.duckdb"
    if not target.exists():
        os.link(data.warehouse, target)
    for old in sorted(data.backups.glob("warehouse-*.duckdb"))[:-backups]:
        old.unlink()
