"""Upkeep of the search index: words of the items that changed, and merges of its runs. Answers nothing.

A batch appends its words as one run in the transaction of its items: a row per token, with all its postings. Small runs become
one when they have grown to :data:`TAIL` postings, and :data:`FAN` runs of a level one of the next. So a question finds a token
in a handful of places, and a posting is written once more whenever the index has become :data:`FAN` times as large.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa

from twinwire.normalise.words import ALGORITHM, letters, split
from twinwire.warehouse.postings import Occurrences, ordered, stored

TAIL = 1_000_000   # occurrences of runs of batches that are left apart at most, but for those of the last run
FAN = 8            # runs of a level that are merged
TOP = 3            # level whose runs are never merged: a merge needs as much room on the disk as its runs take
SLICE = 2_000_000  # occurrences that are merged in one go
CHUNK = 2_000      # items per transaction when items are read that were loaded without

_CHANGED = """
SELECT {columns} FROM items i SEMI JOIN read_parquet($file) n ON n.item_id = i.item_id WHERE i.batch_id = $batch"""
_MISSING = "SELECT {columns} FROM items i ANTI JOIN search_docs d ON d.item_id = i.item_id LIMIT {chunk}"
_COLUMNS = "i.item_id, i.title, i.summary, i.body, coalesce(i.published_at, i.first_seen_at), i.language, i.first_seen_at"
_TABLES = ("search_index", "search_lexicon", "search_docs", "search_runs", "search_letters")


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
    while due := _due(con):
        con.execute("BEGIN")
        _merge(con, *due)
        con.execute("COMMIT")
        merged += 1
    return merged


def _due(con: duckdb.DuckDBPyConnection) -> tuple[list[int], int] | None:
    """Runs that are to become one, of the lowest level that has enough, and the level of that one."""
    rows = con.execute("SELECT level, list(run ORDER BY run), sum(entries) FROM search_runs GROUP BY level ORDER BY level").fetchall()
    for level, runs, entries in rows:
        if (entries >= TAIL) if level == 0 else (len(runs) >= FAN and level < TOP):
            return runs if level == 0 else runs[:FAN], level + 1
    return None


def _merge(con: duckdb.DuckDBPyConnection, runs: list[int], level: int) -> None:
    """Make one run of these, without what is void. A slice of the tokens at a time, so that memory does not grow with the runs."""
    run, given = _next(con)[0], ", ".join(map(str, runs))
    entries, last = con.execute(f"SELECT sum(entries), max(last_doc) FROM search_runs WHERE run IN ({given})").fetchall()[0]  # noqa: S608
    alive = np.zeros(last + 1, bool)
    alive[con.execute("SELECT doc FROM search_docs WHERE doc <= ?", [last]).fetchnumpy()["doc"]] = True
    slices = -(-int(entries) // SLICE)
    cuts = con.execute(f"SELECT approx_quantile(token, ?::FLOAT[]) FROM search_index WHERE run IN ({given})",  # noqa: S608
                       [[n / slices for n in range(1, slices)]]).fetchall()[0][0] if slices > 1 else []
    kept, bounds = 0, [0, *sorted(set(cuts)), 1 << 64]
    for low, beyond in pairwise(bounds):
        rows = con.sql(f"SELECT token, docs, spots FROM search_index WHERE run IN ({given})"  # noqa: S608
                       f" AND token BETWEEN {low}::UBIGINT AND {beyond - 1}::UBIGINT ORDER BY token, run").to_arrow_table()
        kept += _append(con, run, stored(rows).of(alive))
    con.execute(f"INSERT INTO search_lexicon SELECT {run}, word, token FROM search_lexicon WHERE run IN ({given})"  # noqa: S608
                " GROUP BY word, token ORDER BY word")
    for table in ("search_index", "search_lexicon", "search_runs"):
        con.execute(f"DELETE FROM {table} WHERE run IN ({given})")  # noqa: S608
    con.execute("INSERT INTO search_runs VALUES (?, ?, ?, ?)", [run, level, kept, last])


def _next(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The next run and the next number of an item."""
    run, doc = con.execute("SELECT coalesce(max(run), 0) + 1, coalesce(max(last_doc), 0) + 1 FROM search_runs").fetchall()[0]
    return run, doc


def _enter(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> int:
    """Enter items (id, title, summary, body, published, language, first seen). Returns their number."""
    if not rows:
        return 0
    if not con.execute("SELECT 1 FROM search_letters LIMIT 1").fetchall():
        same = letters()
        _put(con, "search_letters", pa.table({
            "letter": list(same), "plain": list(same.values()), "algorithm": [ALGORITHM] * len(same)}))
    run, doc = _next(con)
    found = split([text for row in rows for text in row[1:4]])
    sizes = found.sizes.astype(np.int64).reshape(-1, 3)
    _put(con, "search_docs", pa.table({
        "doc": np.arange(doc, doc + len(rows), dtype=np.uint32), "item_id": pa.array([r[0].bytes for r in rows], pa.uuid()),
        "size": sizes.sum(1), "published": pa.array([r[4] for r in rows], pa.timestamp("us")),
        "language": pa.array([r[5] for r in rows], pa.string()), "first_seen_at": pa.array([r[6] for r in rows], pa.timestamp("us"))}),
        "DELETE FROM search_docs WHERE item_id IN (SELECT item_id FROM new_rows)")
    words = pa.array(found.words, pa.string()).dictionary_encode()
    tokens = _tokens(con, words.dictionary)
    _put(con, "search_lexicon", pa.table({"run": np.full(len(tokens), run), "word": words.dictionary, "token": tokens}))
    # The headline ends before 0; summary and body follow with one number left out between them, so that no phrase reaches across.
    starts = np.stack([-sizes[:, 0], np.ones(len(rows), np.int64), sizes[:, 1] + 2], 1).ravel()
    text = np.concatenate((found.word_text, found.pair_text))
    spot = np.concatenate((found.word_at, found.pair_at)) + starts[text]
    token = np.concatenate((tokens[words.indices.to_numpy()], found.pairs))
    entries = _append(con, run, ordered(token, text // 3 + doc, spot))
    con.execute("INSERT INTO search_runs VALUES (?, 0, ?, ?)", [run, entries, doc + len(rows) - 1])
    return len(rows)


def _append(con: duckdb.DuckDBPyConnection, run: int, found: Occurrences) -> int:
    """Returns the number of occurrences."""
    _put(con, "search_index", found.rows(run))
    return len(found.token)


def _tokens(con: duckdb.DuckDBPyConnection, words: pa.Array) -> Any:
    """Tokens of words, as numpy's. The database makes them, so that a question's are made by the same code."""
    con.register("new_rows", pa.table({"word": words}))
    tokens = con.execute("SELECT search_token(word) AS token FROM new_rows").fetchnumpy()["token"]
    con.unregister("new_rows")
    return np.asarray(tokens, np.uint64)


def _put(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, first: str = "") -> None:
    """Append rows, after a statement that may look at them as ``new_rows``."""
    con.register("new_rows", rows)
    if first:
        con.execute(first)
    con.execute(f"INSERT INTO {table} BY NAME FROM new_rows")
    con.unregister("new_rows")
