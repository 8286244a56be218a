"""The data dictionary: what the store's catalogue says of its tables and views, as Markdown. Reads no row of data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

_HEAD = """# Data dictionary

Tables and views of `warehouse.duckdb`, made from the comments in the schema by `make docs`; do not edit by hand.
All instants are UTC, as `TIMESTAMP` without a zone. The same text is in the warehouse: `FROM duckdb_columns()` has the comments.

"""


def dictionary(con: duckdb.DuckDBPyConnection) -> str:
    """Markdown: a list of all tables and views, then one table of columns (name, type, meaning) for each.

    ``con`` is any connection to a store or a read copy. A view's column without a comment of its own has that of the
    column of the same name and type in a table or view that it reads.
    """
    relations = con.execute(
        "SELECT schema_name, table_name, 'table', comment, '' FROM duckdb_tables() WHERE NOT internal"
        " UNION ALL SELECT schema_name, view_name, 'view', comment, sql FROM duckdb_views() WHERE NOT internal"
        " ORDER BY schema_name = 'ops', 3, 2").fetchall()
    columns = _columns(con)
    defined = {_name(s, t): (columns[s, t], sql) for s, t, _, _, sql in relations}
    out = [_HEAD, "| name | kind | what |\n| --- | --- | --- |\n"]
    for s, t, kind, note, _ in relations:
        out.append(f"| [`{_name(s, t)}`](#{_name(s, t).replace('.', '')}) | {kind} | {_cell(note)} |\n")
    for s, t, _, note, _ in relations:
        read = [c for name in _read(_name(s, t), defined) for c in defined[name][0]]
        out.append(f"\n## {_name(s, t)}\n\n" + (f"{note}.\n\n" if note else "") + "| column | type | meaning |\n| --- | --- | --- |\n")
        out += [f"| `{c.name}` | {_cell(c.type)} | {_cell(c.comment or _like(c, read))} |\n" for c in columns[s, t]]
    return "".join(out) + _macros(con)


def write(path: Path) -> None:
    """Write the dictionary of this version: of a store that was made a moment ago and holds nothing."""
    with TemporaryDirectory() as folder:
        data = DataFolder(Path(folder))
        data.prepare()
        with Store(data) as store:
            text = dictionary(store.con)
    path.write_text(text, encoding="utf-8")


def _macros(con: duckdb.DuckDBPyConnection) -> str:
    rows = con.execute("SELECT function_name, parameters, comment FROM duckdb_functions() WHERE NOT internal ORDER BY 1").fetchall()
    head = "\n## Macros\n\n| macro | meaning |\n| --- | --- |\n" if rows else ""
    return head + "".join(f"| `{name}({', '.join(given)})` | {_cell(note)} |\n" for name, given, note in rows)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str
    comment: str | None


def _columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[_Column]]:
    found: dict[tuple[str, str], list[_Column]] = {}
    for schema, table, *column in con.execute(
            "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()"
            " WHERE NOT internal ORDER BY schema_name, table_name, column_index").fetchall():
        found.setdefault((schema, table), []).append(_Column(*column))
    return found


def _read(view: str, defined: Mapping[str, tuple[object, str]]) -> list[str]:
    """Tables and views that a view reads, those behind them too."""
    found: set[str] = set()
    waiting = [view]
    while waiting:
        sql = defined[waiting.pop()][1]
        more = {name for name in defined if re.search(rf"\b{re.escape(name)}\b", sql)} - found - {view}
        found |= more
        waiting += more
    return [name for name in defined if name in found]


def _like(column: _Column, read: Iterable[_Column]) -> str | None:
    """Comment of the column of this name. The type must agree, for a sum is not what it sums; of several, the fullest."""
    found = [c.comment for c in read if (c.name, c.type) == (column.name, column.type) and c.comment]
    return max(found, key=len, default=None)


def _name(schema: str, table: str) -> str:
    return table if schema == "main" else f"{schema}.{table}"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")
