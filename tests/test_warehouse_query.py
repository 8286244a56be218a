"""Questions on the read copy."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batches import NOW, batch, data_folder, item

from twinwire.errors import ConfigError, StoreDamaged
from twinwire.warehouse.publish import publish
from twinwire.warehouse.query import ask, parquet
from twinwire.warehouse.store import Store


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = data_folder(tmp_path_factory.mktemp("query"))
    with Store(data) as store:
        store.load(batch(item("a", "München und Łódź feiern"), item("b", "枣庄市与友好城市"), rejected=1), NOW)
        store.settle()
        publish(store, backups=0)
    return data.warehouse


def test_an_answer_has_columns_and_rows(warehouse: Path) -> None:
    """Rows by position and by name; parameters go in as parameters."""
    answer = ask(warehouse, "SELECT title, revision FROM items WHERE guid = ?", ["a"])
    assert answer.columns == ("title", "revision")
    assert answer.dicts() == [{"title": "Sister cities: a", "revision": 1}]


@pytest.mark.parametrize("sql", [
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "COPY items TO '/tmp/twinwire-leak.csv'",
    "ATTACH '/tmp/other.duckdb'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "SET lock_configuration = false",
    "DELETE FROM items", "CREATE TABLE x (a INT)", "DROP TABLE items", "PRAGMA database_list; SELECT * FROM glob('/*')",
    "SELECT getenv('HOME')", "EXPORT DATABASE '/tmp/x'"])
def test_a_question_can_only_read_the_warehouse(warehouse: Path, sql: str) -> None:
    """No files, no network, no settings, no writes: the copy is as it was."""
    with pytest.raises(ConfigError):
        ask(warehouse, sql)
    assert ask(warehouse, "SELECT count(*) FROM items").rows == [(2,)]


def test_a_wrong_question_is_told_in_one_line(warehouse: Path) -> None:
    """DuckDB's own words, without a traceback."""
    with pytest.raises(ConfigError, match=r"^sql: Binder Error") as caught:
        ask(warehouse, "SELECT tilte FROM items")
    assert "\n" not in str(caught.value)


def test_no_warehouse_yet_says_how_to_make_one(tmp_path: Path) -> None:
    """The commonest first mistake."""
    with pytest.raises(ConfigError, match="`twinwire run` makes it"):
        ask(tmp_path / "warehouse.duckdb", "SELECT 1")


def test_a_broken_warehouse_is_told_as_such(tmp_path: Path) -> None:
    """Exit 5; the next run makes it anew."""
    (tmp_path / "w.duckdb").write_bytes(b"x" * 9999)
    with pytest.raises(StoreDamaged):
        ask(tmp_path / "w.duckdb", "SELECT 1")


def test_an_answer_as_parquet_is_readable(warehouse: Path) -> None:
    """For pandas, polars and R."""
    table = pq.read_table(io.BytesIO(parquet(warehouse, "SELECT guid FROM items ORDER BY 1")))
    assert table.to_pylist() == [{"guid": "a"}, {"guid": "b"}]


def test_every_table_view_and_column_carries_a_comment(warehouse: Path) -> None:
    """The schema explains itself in any client."""
    bare = ask(warehouse, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
                          " AND table_name NOT IN (SELECT view_name FROM duckdb_views()) AND table_name <> 'migrations'").rows
    bare += ask(warehouse, "SELECT table_name, '' FROM duckdb_tables() WHERE comment IS NULL AND table_name <> 'migrations'").rows
    bare += ask(warehouse, "SELECT view_name, '' FROM duckdb_views() WHERE NOT internal AND comment IS NULL").rows
    assert bare == []
