"""Questions one after the other on the read copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import NOW, batch, data_folder, item
from test_warehouse_query import test_a_question_can_only_read_the_warehouse as forbidden

from twinwire.errors import Busy, ConfigError
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import publish_anew
from twinwire.warehouse.query import ask
from twinwire.warehouse.shell import Session
from twinwire.warehouse.store import Store

FORBIDDEN = next(m.args[1] for m in forbidden.pytestmark if m.name == "parametrize")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A store with one item, published."""
    made = data_folder(tmp_path)
    with Store(made) as store:
        store.load(batch(item("a")), NOW)
        store.settle()
    publish_anew(made, 0, 0, NOW)
    return made


@pytest.fixture
def session(data: DataFolder) -> Iterator[Session]:
    with Session(data.warehouse) as opened:
        yield opened


def test_each_statement_is_answered(session: Session) -> None:
    """In order, at most so many rows of each; whether there are more is said."""
    one, two = session.answers("SELECT 1 AS a; FROM range(5)", 3)
    assert (one.columns, one.rows, one.more) == (("a",), [(1,)], False)
    assert (two.rows, two.more) == ([(0,), (1,), (2,)], True)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_nothing_but_the_copy_can_be_read(session: Session, data: DataFolder, sql: str) -> None:
    """The same that `twinwire sql` refuses: files, network, settings, writes. The session lives on."""
    before = data.warehouse.read_bytes()
    with pytest.raises(ConfigError):
        list(session.answers(sql, 10))
    assert next(session.answers("SELECT count(*) FROM items", 1)).rows == [(1,)]
    assert data.warehouse.read_bytes() == before


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT nothing", "SELECT '", "SELECT ?", "SELECT 1; SELECT nothing"])
def test_a_wrong_question_is_told_and_is_no_end(session: Session, sql: str) -> None:
    """One line of DuckDB's own words."""
    with pytest.raises(ConfigError) as caught:
        list(session.answers(sql, 10))
    assert "\n" not in str(caught.value)
    assert next(session.answers("SELECT 2", 1)).rows == [(2,)]


def test_tables_and_columns_explain_themselves(session: Session) -> None:
    """With their comments; the ledger's come last, under their full names."""
    tables = {r[0]: r[1:] for r in session.tables().rows}
    assert tables["items"] == ("table", "Kept story entries at their current revision, one row per entry of a source")
    assert tables["links_of(place)"][0] == "macro"
    assert list(tables)[-1].startswith("ops.")
    assert ("reason", "VARCHAR", "Why a gap is suspected") in session.columns("OPS.gaps").rows
    with pytest.raises(ConfigError, match="is no table and no view"):
        session.columns("x'; DROP")


def test_a_new_copy_is_seen_by_the_next_question(session: Session, data: DataFolder) -> None:
    """A session may stay open for days; an answer is of the copy that is there."""
    with Store(data) as store:
        store.load(batch(item("b")), NOW)
    publish_anew(data, 0, 0, NOW)
    assert next(session.answers("SELECT count(*) FROM items", 1)).rows == [(2,)]
    data.warehouse.unlink()
    assert next(session.answers("SELECT count(*) FROM items", 1)).rows == [(2,)], "the open copy is still there"


def test_without_a_copy_there_is_no_session(tmp_path: Path) -> None:
    """The commonest first mistake."""
    with pytest.raises(ConfigError, match="`twinwire run` makes it"), Session(tmp_path / "warehouse.duckdb"):
        pass


def test_publishing_anew_loads_what_waits(data: DataFolder) -> None:
    """Batches that a dead process left in the spool are in the new copy."""
    with Store(data) as store:
        store.load(batch(item("b")), NOW)  # not settled: its batch still lies in the spool
    data.warehouse.unlink()
    assert publish_anew(data, 0, 0, NOW) == data.warehouse.stat().st_size
    assert ask(data.warehouse, "SELECT count(*) FROM items").rows == [(2,)]
    assert not list(data.spool.iterdir())


def test_publishing_waits_for_nobody_and_makes_no_store(data: DataFolder, tmp_path: Path) -> None:
    """A run at work is not disturbed; where there is no store, none is made."""
    with RunLock(data.lock), pytest.raises(Busy):
        publish_anew(data, 0, 0, NOW)
    empty = DataFolder(tmp_path / "none")
    with pytest.raises(ConfigError, match="`twinwire run` makes it"):
        publish_anew(empty, 0, 0, NOW)
    assert not empty.root.exists()
