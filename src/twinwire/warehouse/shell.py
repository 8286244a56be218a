"""Questions one after the other on the read copy, over the locked-down connection of :mod:`twinwire.warehouse.query`. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from twinwire.errors import ConfigError
from twinwire.warehouse.query import connect, in_words

_TABLES = """
SELECT CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END || name AS name, kind, comment FROM (
  SELECT schema_name, table_name AS name, 'table' AS kind, comment FROM duckdb_tables() WHERE NOT internal UNION ALL
  SELECT schema_name, view_name, 'view', comment FROM duckdb_views() WHERE NOT internal UNION ALL
  SELECT schema_name, function_name || '(' || array_to_string(parameters, ', ') || ')', 'macro', comment FROM duckdb_functions()
    WHERE NOT internal)
ORDER BY schema_name = 'ops', kind, name"""
_COLUMNS = """
SELECT column_name AS column, data_type AS type, comment AS meaning FROM duckdb_columns()
WHERE NOT internal AND lower(CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END || table_name) = lower($name)
ORDER BY column_index"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The first rows of an answer; ``more`` where there are others."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool = False


class Session:
    """A connection that lasts. When a run has published meanwhile, the next question is asked of the new copy."""

    def __init__(self, warehouse: Path) -> None:
        self._warehouse = warehouse
        self._con: duckdb.DuckDBPyConnection | None = None
        self._copy: tuple[int, int] | None = None

    def __enter__(self) -> Session:
        self._connection()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._con is not None:
            self._con.close()

    def answers(self, sql: str, most: int) -> Iterator[Shown]:
        """The first ``most`` rows of the answer to each statement. Raises :class:`ConfigError` at the first that is wrong."""
        try:
            statements = self._connection().extract_statements(sql)
        except duckdb.Error as e:
            raise ConfigError("sql", in_words(e)) from None
        for statement in statements:
            yield self._answer(statement, most, {})

    def tables(self) -> Shown:
        """Tables, views and macros, with what they are."""
        return self._answer(_TABLES, 1000, {})

    def columns(self, name: str) -> Shown:
        """Columns of a table or view. Raises :class:`ConfigError` when there is none of that name."""
        found = self._answer(_COLUMNS, 1000, {"name": name.rstrip(";")})
        if not found.rows:
            raise ConfigError(name, "is no table and no view; .tables shows them")
        return found

    def _answer(self, question: Any, most: int, parameters: dict[str, Any]) -> Shown:
        con = self._connection().cursor()
        try:
            con.execute(question, parameters)
            rows = con.fetchmany(most + 1)
            return Shown(tuple(d[0] for d in con.description or ()), rows[:most], len(rows) > most)
        except duckdb.Error as e:
            raise ConfigError("sql", in_words(e)) from None
        finally:
            con.close()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        try:
            stat = self._warehouse.stat()
            copy: tuple[int, int] | None = (stat.st_ino, stat.st_mtime_ns)
        except OSError:
            copy = None  # the copy that is open can still be asked
        if self._con is None or (copy is not None and copy != self._copy):
            if self._con is not None:
                self._con.close()
            self._con, self._copy = connect(self._warehouse), copy
        return self._con
