"""Counts of the last commit, kept outside the database: a write-ahead log that lost its tail opens without a word.

Holds no policy: it tells what is missing, the store decides.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import UUID

import duckdb

from twinwire.warehouse.spool import sync


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows per growing table: items, item_revisions, seen, fetches, batches."""
    row = con.execute("SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM item_revisions), (SELECT count(*) FROM seen),"
                      " (SELECT count(*) FROM ops.fetches), (SELECT count(*) FROM ops.batches)").fetchone()
    assert row is not None
    return dict(zip(("items", "item_revisions", "seen", "fetches", "batches"), row, strict=True))


def testify(path: Path, batch_id: UUID, held: dict[str, int]) -> None:
    """Write down what the store holds after a commit."""
    write_atomically(path, json.dumps({"batch_id": str(batch_id), **held}).encode())


def told(path: Path) -> dict[str, int]:
    """What the store held after its last commit; nothing where there is no witness, or a torn one: the next commit writes it anew."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in said.items() if isinstance(v, int)} if isinstance(said, dict) else {}


def lost(said: dict[str, int], held: dict[str, int]) -> str:
    """What was committed and is not there, in words; empty when nothing is."""
    return ", ".join(f"{n - held.get(k, 0)} rows of {k}" for k, n in said.items() if n > held.get(k, 0))


def write_atomically(path: Path, content: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: old or new, never half."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)
    sync(path.parent)
