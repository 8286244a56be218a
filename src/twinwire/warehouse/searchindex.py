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
    """Sort these runs into one, without what is void."""
    run, given = _next(con)[0], ", ".join(map(str, runs))
    entries = con.execute(f"INSERT INTO search_index SELECT {run}, token, doc, spot FROM search_index SEMI JOIN search_docs USING (doc)"  # noqa: S608
                          f" WHERE run IN ({given}) ORDER BY token, doc").fetchall()[0][0]
    con.execute(f"INSERT INTO search_lexicon SELECT {run}, word, token FROM search_lexicon WHERE run IN ({given})"  # noqa: S608
                " GROUP BY word, token ORDER BY word")
    last = con.execute(f"SELECT max(last_doc) FROM search_runs WHERE run IN ({given})").fetchall()[0][0]  # noqa: S608
    for table in ("search_index", "search_lexicon", "search_runs"):
        con.execute(f"DELETE FROM {table} WHERE run IN ({given})")  # noqa: S608
    con.execute("INSERT INTO search_runs VALUES (?, ?, ?, ?)", [run, level, entries, last])


def _next(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The next run and the next number of an item."""
    run, doc = con.execute("SELECT coalesce(max(run), 0) + 1, coalesce(max(last_doc), 0) + 1 FROM search_runs").fetchall()[0]
    return run, doc


def _enter(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> int:
    """Enter items (id, title, summary, body, published, language). Returns their number."""
    if not rows:
        return 0
    if not con.execute("SELECT 1 FROM search_letters LIMIT 1").fetchall():
        same = letters()
        _put(con, "search_letters", {"letter": list(same), "plain": list(same.values()), "algorithm": [ALGORITHM] * len(same)})
    run, doc = _next(con)
    found = split([text for row in rows for text in row[1:4]])
    sizes = found.sizes.reshape(-1, 3)
    _put(con, "search_docs", {
        "doc": np.arange(doc, doc + len(rows), dtype=np.uint32), "item_id": pa.array([r[0].bytes for r in rows], pa.uuid()),
        "title": sizes[:, 0], "size": sizes.sum(1), "published": pa.array([r[4] for r in rows], pa.timestamp("us")),
        "language": pa.array([r[5] for r in rows], pa.string())}, "DELETE FROM search_docs WHERE item_id IN (SELECT item_id FROM new_rows)")
    words = pa.array(found.words, pa.string()).dictionary_encode()
    tokens = _tokens(con, words.dictionary)
    _put(con, "search_lexicon", {"run": np.full(len(tokens), run), "word": words.dictionary, "token": tokens})
    # Headline, summary and body follow each other with one number left out, so that no phrase reaches across.
    starts = np.stack([np.zeros(len(rows), np.int64), sizes[:, 0] + 1, sizes[:, 0] + sizes[:, 1] + 2], 1).ravel()
    text = np.concatenate((found.word_text, found.pair_text))
    spot = np.concatenate((found.word_at, found.pair_at)) + starts[text]
    token = np.concatenate((tokens[words.indices.to_numpy()], found.pairs))
    _put(con, "search_index", {"run": np.full(len(token), run), "token": token, "doc": text // 3 + doc, "spot": spot})
    con.execute("INSERT INTO search_runs VALUES (?, 0, ?, ?)", [run, len(token), doc + len(rows) - 1])
    return len(rows)


def _tokens(con: duckdb.DuckDBPyConnection, words: pa.Array) -> Any:
    """Tokens of words, as numpy's. The database makes them, so that a question's are made by the same code."""
    con.register("new_rows", pa.table({"word": words}))
    tokens = con.execute("SELECT search_token(word) AS token FROM new_rows").fetchnumpy()["token"]
    con.unregister("new_rows")
    return np.asarray(tokens, np.uint64)


def _put(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, Any], first: str = "") -> None:
    """Append rows, given by column, after a statement that may look at them as ``new_rows``."""
    con.register("new_rows", pa.table(columns))
    if first:
        con.execute(first)
    con.execute(f"INSERT INTO {table} BY NAME FROM new_rows")
    con.unregister("new_rows")
