"""Questions on the read copy, over a locked-down connection: no files, no network, no settings, no writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from twinwire.errors import ConfigError, StoreDamaged

MAX_MEMORY = "1GB"
_NO_QUESTION = ConfigError("sql", "holds no question that gives rows; try: SELECT * FROM items LIMIT 5")


@dataclass(frozen=True, slots=True)
class Answer:
    """Column names and rows of a result."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """Rows by column name; a name that stands twice is numbered, for an object holds it once."""
        names = [n if n not in self.columns[:i] else f"{n}_{self.columns[:i].count(n)}" for i, n in enumerate(self.columns)]
        return [dict(zip(names, r, strict=True)) for r in self.rows]


def connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open the read copy so that a question can do nothing but read it.

    Raises :class:`ConfigError` when there is none yet and :class:`StoreDamaged` when it cannot be opened.
    """
    if not warehouse.exists():
        raise ConfigError(str(warehouse), "is not there yet; `twinwire run` makes it")
    try:
        return duckdb.connect(str(warehouse), read_only=True, config={
            "enable_external_access": False, "autoinstall_known_extensions": False, "autoload_known_extensions": False,
            "memory_limit": MAX_MEMORY, "lock_configuration": True})
    except duckdb.Error as e:
        raise StoreDamaged(str(warehouse), f"cannot be opened ({str(e).splitlines()[0][:160]}); "
                                           "`twinwire run` makes it anew") from None


def ask(warehouse: Path, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Answer:
    """Answer one SQL question. Raises :class:`ConfigError` with DuckDB's own words for a question that is wrong."""
    with connect(warehouse) as con:
        try:
            cursor = con.execute(sql, dict(parameters) if isinstance(parameters, Mapping) else list(parameters))
            if cursor is None:
                raise _NO_QUESTION
            return Answer(tuple(d[0] for d in cursor.description or ()), cursor.fetchall())
        except duckdb.Error as e:
            raise ConfigError("sql", in_words(e)) from None


def in_words(e: duckdb.Error) -> str:
    """What DuckDB says of a question that is wrong, on one line."""
    return str(e).split("\n\nLINE")[0].strip().replace("\n", " ")[:500]


def parquet(warehouse: Path, sql: str, parameters: Mapping[str, Any] | None = None) -> bytes:
    """The answer to a question as one Parquet file."""
    import pyarrow as pa  # noqa: PLC0415 - half a second that only this format needs
    import pyarrow.parquet as pq  # noqa: PLC0415

    sink = pa.BufferOutputStream()
    with connect(warehouse) as con:
        try:
            answer = con.sql(sql, params=dict(parameters)) if parameters else con.sql(sql)
            if answer is None:
                raise _NO_QUESTION
            batches = answer.to_arrow_reader()
            with pq.ParquetWriter(sink, batches.schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
        except duckdb.Error as e:
            raise ConfigError("sql", in_words(e)) from None
    return bytes(sink.getvalue())
