"""Upkeep of the search index: words of the items that changed, and merges of its runs. Answers nothing.

A batch appends its words as one run, unsorted, in the transaction of its items. When the unsorted rows have grown to
:data:`TAIL` they are sorted into one run; :data:`FAN` runs of a level become one of the next, up to level :data:`TOP`. So a
row is written three times, a million items are a few dozen runs, and no merge takes in
more than :data:`TAIL` times :data:`FAN` to the power of ``TOP - 1`` rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa

from twinwire.normalise.words import ALGORITHM, letters, split

TAIL = 1_000_000  # rows that lie unsorted at most, but for those of the last run
FAN = 16          # runs of a level that are merged
TOP = 2           # level whose runs are never merged
CHUNK = 2_000     # items per transaction when items are read that were loaded without

_CHANGED = """
SELECT {columns} FROM items i SEMI JOIN read_parquet($file) n ON n.item_id = i.item_id WHERE i.batch_id = $batch"""
_MISSING = "SELECT {columns} FROM items i ANTI JOIN search_docs d ON d.item_id = i.item_id LIMIT {chunk}"
_COLUMNS = "i.item_id, i.title, i.summary, i.body, coalesce(i.published_at, i.first_seen_at), i.language"
_TABLES = ("search_words", "search_pairs", "search_docs", "search_runs", "search_letters")


def index_batch(con: duckdb.DuckDBPyConnection, file: str | None, batch_id: UUID) -> int:
    """Enter those items of a batch (its Parquet file) that are new or changed, inside the caller's transaction. Returns their number."""
    if file is None:
        return 0
    rows = con.execute(_CHANGED.format(columns=_COLUMNS), {"file": file, "batch": batch_id}).fetchall()
    return _enter(con, rows)


def catch_up(con: duckdb.DuckDBPyConnection) -> int:
    """Enter what was loaded before there was an index, or with another version of the words. Returns the number of items."""
    if con.execute("SELECT 1 FROM search_letters WHERE algorithm <> ? LIMIT 1", [ALGORITHM]).fetchall():
        con.execute("BEGIN")
        for table in _TABLES:
            con.execute(f"DELETE FROM {table}")  # noqa: S608 - names are ours
        con.execute("COMMIT")
    done = 0
    while con.execute("SELECT (SELECT count(*) FROM items) > (SELECT count(*) FROM search_docs)").fetchall() == [(True,)]:
        con.execute("BEGIN")
        rows = con.execute(_MISSING.format(columns=_COLUMNS, chunk=CHUNK)).fetchall()
        done += _enter(con, rows)
        con.execute("COMMIT")
        tidy(con)
        if not rows:
            break
    return done


def tidy(con: duckdb.DuckDBPyConnection) -> int:
    """Merge runs where enough have come together, one transaction a merge. Returns the number of merges."""
    merged = 0
    for level in range(TOP):
        while runs := _due(con, level):
            con.execute("BEGIN")
            _merge(con, runs, level + 1)
            con.execute("COMMIT")
            merged += 1
    return merged


def _due(con: duckdb.DuckDBPyConnection, level: int) -> list[int]:
    rows = con.execute("SELECT run, entries FROM search_runs WHERE level = ? ORDER BY run", [level]).fetchall()
    enough = sum(r[1] for r in rows) >= TAIL if level == 0 else len(rows) >= FAN
    return [r[0] for r in (rows if level == 0 else rows[:FAN])] if enough else []


def _merge(con: duckdb.DuckDBPyConnection, runs: list[int], level: int) -> None:
    run, entries = _next(con)[0], 0
    given = ", ".join(map(str, runs))
    for table, key in (("search_words", "word"), ("search_pairs", "pair")):
        done = con.execute(f"INSERT INTO {table} SELECT {run}, {key}, doc, spot FROM {table} SEMI JOIN search_docs USING (doc)"  # noqa: S608
                           f" WHERE run IN ({given}) ORDER BY {key}, doc").fetchall()
        entries += done[0][0]
        con.execute(f"DELETE FROM {table} WHERE run IN ({given})")  # noqa: S608
    last = con.execute(f"SELECT max(last_doc) FROM search_runs WHERE run IN ({given})").fetchall()[0][0]  # noqa: S608
    con.execute(f"DELETE FROM search_runs WHERE run IN ({given})")  # noqa: S608
    con.execute("INSERT INTO search_runs VALUES (?, ?, ?, ?)", [run, level, entries, last])


def _next(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The next run and the next number of an item."""
    run, doc = con.execute("SELECT coalesce(max(run), 0) + 1, coalesce(max(last_doc), 0) + 1 FROM search_runs").fetchall()[0]
    return run, doc


def _enter(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    if not con.execute("SELECT 1 FROM search_letters LIMIT 1").fetchall():
        con.register("new_letters", pa.table({"letter": list(letters()), "plain": list(letters().values())}))
        con.execute("INSERT INTO search_letters SELECT *, ? FROM new_letters", [ALGORITHM])
        con.unregister("new_letters")
    run, doc = _next(con)
    tables = _tables(rows, doc)
    for name, table in tables.items():
        con.register(f"new_{name}", table)
    con.execute("DELETE FROM search_docs WHERE item_id IN (SELECT item_id FROM new_docs)")
    con.execute("INSERT INTO search_docs BY NAME FROM new_docs")
    con.execute(f"INSERT INTO search_words SELECT {run}, * FROM new_words")  # noqa: S608
    con.execute(f"INSERT INTO search_pairs SELECT {run}, * FROM new_pairs")  # noqa: S608
    con.execute("INSERT INTO search_runs VALUES (?, 0, ?, ?)",
                [run, tables["words"].num_rows + tables["pairs"].num_rows, doc + len(rows) - 1])
    for name in tables:
        con.unregister(f"new_{name}")
    return len(rows)


def _tables(rows: Sequence[tuple[Any, ...]], doc: int) -> dict[str, pa.Table]:
    """Rows for the tables of items (id, title, summary, body, published, language) numbered from ``doc``."""
    found = split([text for row in rows for text in row[1:4]])
    sizes = found.sizes.reshape(-1, 3)
    # Headline, summary and body follow each other with one number left out, so that no phrase reaches across.
    starts = np.stack([np.zeros(len(rows), np.int64), sizes[:, 0] + 1, sizes[:, 0] + sizes[:, 1] + 2], 1).ravel()
    return {
        "docs": pa.table({"doc": np.arange(doc, doc + len(rows), dtype=np.uint32),
                          "item_id": pa.array([r[0].bytes for r in rows], pa.uuid()),
                          "title": sizes[:, 0].astype(np.uint32), "size": sizes.sum(1).astype(np.uint32),
                          "published": pa.array([r[4] for r in rows], pa.timestamp("us")),
                          "language": pa.array([r[5] for r in rows], pa.string())}),
        "words": pa.table({"word": pa.array(found.words, pa.string()), "doc": (found.word_text // 3 + doc).astype(np.uint32),
                           "spot": (found.word_at + starts[found.word_text]).astype(np.uint32)}),
        "pairs": pa.table({"pair": found.pairs, "doc": (found.pair_text // 3 + doc).astype(np.uint32),
                           "spot": (found.pair_at + starts[found.pair_text]).astype(np.uint32)}),
    }
