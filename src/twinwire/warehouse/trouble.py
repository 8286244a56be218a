"""What DuckDB's errors mean to whoever runs this, and turns at the store that know it. Asks the store nothing.

A damaged file, a full disk and too little memory are the user's to mend and become one line; every other error of DuckDB
is a bug and stays what it is.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import duckdb

from twinwire.errors import ConfigError, StoreDamaged, TwinwireError

_FULL = re.compile(r"no space left|disk quota|file too large|not enough space|max_temp_directory_size", re.IGNORECASE)
_DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def stop_of(error: BaseException, store: Path, advice: str) -> TwinwireError | None:
    """The stop that an error of DuckDB means, or None for a bug. After one its connection is of no more use."""
    if not isinstance(error, duckdb.Error):
        return None
    if _FULL.search(str(error)):
        return ConfigError(str(store.parent), "no space left on the device; make room and run again: what was loaded is safe")
    if isinstance(error, duckdb.OutOfMemoryException):
        return ConfigError(str(store.parent), "too little memory for the load; free some and run again: what was loaded is safe")
    if isinstance(error, _DAMAGE) or type(error) is duckdb.Error:  # a wrong checksum has no class of its own
        return StoreDamaged(str(store), f"cannot be read or written ({words(error)}); {advice}")
    return None


def words(error: BaseException) -> str:
    """DuckDB's own words, in short: of what came of an earlier error, the earlier one."""
    told = str(error).rpartition("Original error:")[2].strip().strip('"')
    return " ".join(told.split("\n")[0].split())[:200]


class Turn:
    """One thread at a time, re-entrant; DuckDB's errors leave it as what they mean.

    After a stop every later turn ends in the same one: the connection is dead, and what others say of it is no news.
    """

    def __init__(self, store: Path, advice: Callable[[], str]) -> None:
        self._lock, self._store, self._advice = threading.RLock(), store, advice
        self._stop: TwinwireError | None = None

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if not isinstance(error, duckdb.Error):
                return
            self._stop = self._stop or stop_of(error, self._store, self._advice())
            if self._stop is not None:
                raise self._stop from None
        finally:
            self._lock.release()
