"""DuckDB's errors: which are the user's to mend, and in which words."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from twinwire.errors import ConfigError, StoreDamaged
from twinwire.warehouse.trouble import Turn, stop_of, words

STORE = Path("data/store/store.duckdb")


@pytest.mark.parametrize(("error", "kind", "said"), [
    (duckdb.IOException("IO Error: Could not write file: No space left on device"), ConfigError, "no space left"),
    (duckdb.FatalException("FATAL Error: Failed to commit: could not write: File too large"), ConfigError, "no space left"),
    (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"), ConfigError, "too little memory"),
    (duckdb.IOException("IO Error: Could not read enough bytes"), StoreDamaged, "Could not read enough bytes); go back"),
    (duckdb.Error("Corrupt database file: computed checksum 1 does not match"), StoreDamaged, "Corrupt database file"),
    (duckdb.SerializationException("Serialization Error: Failed to deserialize"), StoreDamaged, "deserialize"),
])
def test_what_a_user_can_mend_is_told(error: duckdb.Error, kind: type[Exception], said: str) -> None:
    """With what to do about it, on one line."""
    stop = stop_of(error, STORE, "go back to the copy")
    assert type(stop) is kind
    assert said in str(stop)
    assert len(str(stop).splitlines()) == 1


@pytest.mark.parametrize("error", [duckdb.ConstraintException("x"), duckdb.BinderException("x"), duckdb.ParserException("x"), ValueError("x")])
def test_a_bug_stays_a_bug(error: Exception) -> None:
    """It must reach us with its traceback."""
    assert stop_of(error, STORE, "") is None
    turn = Turn(STORE, lambda: "")
    with pytest.raises(type(error)), turn:
        raise error


def test_words_are_those_of_the_first_error() -> None:
    """After a fatal error DuckDB repeats it in every later one."""
    later = duckdb.FatalException('FATAL Error: Failed: database has been invalidated.\nOriginal error: "IO Error: torn block"')
    assert words(later) == "IO Error: torn block"
    assert len(words(duckdb.Error("x" * 999))) == 200


def test_after_a_stop_every_turn_ends_in_it() -> None:
    """Threads that come later see why, not what follows from it."""
    turn = Turn(STORE, lambda: "go back")
    with pytest.raises(StoreDamaged, match="torn block"), turn:
        raise duckdb.IOException("torn block")
    with pytest.raises(StoreDamaged, match="torn block"), turn:
        raise duckdb.TransactionException("current transaction is aborted")


def test_a_turn_is_for_one_thread_at_a_time_and_may_be_nested() -> None:
    """It is free again whatever ended it."""
    turn, order = Turn(STORE, lambda: ""), []

    def other() -> None:
        with turn:
            order.append("other")

    with turn, turn:
        thread = threading.Thread(target=other)
        thread.start()
        order.append("first")
    thread.join(5)
    assert order == ["first", "other"]
