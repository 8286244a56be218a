"""A batch on disk: a folder of Parquet files that is either there whole or not at all. Loads nothing.

Written beside, synced, renamed. The name sorts by creation, so that batches left by a dead process are loaded in order.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from twinwire.warehouse.rows import SCHEMAS, Batch

FORMAT = 1  # of the manifest; a loader refuses what it does not know


@dataclass(frozen=True, slots=True)
class Spooled:
    """A batch that lies in the spool. ``rows`` counts its rows per table; tables without rows have no file."""

    path: Path
    batch_id: UUID
    run_id: UUID
    created_at: datetime
    rows: dict[str, int]

    def file(self, table: str) -> str | None:
        """Path of the table's Parquet file, or None when it has no rows."""
        return str(self.path / f"{table}.parquet") if self.rows.get(table) else None


def write(folder: Path, batch: Batch, ready: Mapping[str, pa.Table] | None = None) -> Spooled:
    """Write a batch: temporary folder, fsync of every file, rename, fsync of the spool. ``ready`` are rows that are in Arrow's form
    already, beside those of the batch. Raises OSError when the disk is full."""
    name = f"{batch.created_at:%Y%m%dT%H%M%S%f}-{batch.batch_id}"
    temporary, final = folder / f".{name}", folder / name
    temporary.mkdir(mode=0o700)
    try:
        rows = {}
        for table, schema in SCHEMAS.items():
            given = ready.get(table) if ready else None
            if not batch.tables[table] and not given:
                continue
            arrow = pa.Table.from_pylist(batch.tables[table], schema=schema)
            if given:
                arrow = pa.concat_tables([arrow, given.cast(schema)])
            rows[table] = arrow.num_rows
            pq.write_table(arrow, temporary / f"{table}.parquet", compression="zstd")
            sync(temporary / f"{table}.parquet")
        manifest = {"format": FORMAT, "batch_id": str(batch.batch_id), "run_id": str(batch.run_id),
                    "created_at": batch.created_at.isoformat(), "rows": rows}
        (temporary / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        sync(temporary / "manifest.json")
        sync(temporary)
        temporary.rename(final)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(folder)
    return read(final)


def read(path: Path) -> Spooled:
    """The batch in ``path``. Raises ValueError for a manifest this version does not know."""
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise ValueError(f"{path} was written by another version (format {manifest['format']}, this one reads {FORMAT})")
    return Spooled(path, UUID(manifest["batch_id"]), UUID(manifest["run_id"]),
                   datetime.fromisoformat(manifest["created_at"]), dict(manifest["rows"]))


def waiting(folder: Path) -> list[Spooled]:
    """Batches in the spool, oldest first. Half-written ones are removed: their raw bytes are in the archive."""
    for half in folder.glob(".*"):
        shutil.rmtree(half, ignore_errors=True)
    return [read(p) for p in sorted(folder.iterdir()) if p.is_dir()]


def remove(spooled: Spooled) -> None:
    """Take a batch out of the spool. Renamed first, so that a kill in between leaves no half batch."""
    gone = spooled.path.with_name("." + spooled.path.name)
    spooled.path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sync(path: Path) -> None:
    """fsync a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard(folder: Path) -> None:
    """Remove a folder and all in it. Renamed first, so that a kill in between leaves nothing that looks whole."""
    if not folder.exists():
        return
    gone = folder.with_name("." + folder.name)
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
