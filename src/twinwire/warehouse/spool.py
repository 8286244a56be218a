"""A batch on disk: a folder of Parquet files that is either there whole or not at all. Loads nothing.

Written beside, synced, renamed. Names sort in the order of writing, whatever the clock does, so that batches left by a
dead process are loaded in order. The manifest holds a digest of every file, and one of itself: neither Parquet nor JSON has one that
readers check.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from twinwire.errors import StoreDamaged
from twinwire.warehouse.rows import SCHEMAS, Batch

FORMAT = 3  # of the manifest; a loader refuses what it does not know
_STAMP = "%Y%m%dT%H%M%S%f"


class Damaged(ValueError):
    """A batch that cannot be read, or is not what was written. Says why."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A batch that lies in the spool. ``rows`` counts its rows per table; tables without rows have no file."""

    path: Path
    batch_id: UUID
    run_id: UUID
    created_at: datetime
    rows: dict[str, int]
    digests: dict[str, str] = field(default_factory=dict)  # table → SHA-256 hex of its file

    def file(self, table: str) -> str | None:
        """Path of the table's Parquet file, or None when it has no rows."""
        return str(self.path / f"{table}.parquet") if self.rows.get(table) else None


def write(folder: Path, batch: Batch, ready: Mapping[str, pa.Table] | None = None) -> Spooled:
    """Write a batch: temporary folder, fsync of every file, rename, fsync of the spool. ``ready`` are rows that are in Arrow's form
    already, beside those of the batch. Raises OSError when the disk is full."""
    name = f"{_stamp(folder, batch.created_at)}-{batch.batch_id}"
    temporary, final = folder / f".{name}", folder / name
    temporary.mkdir(mode=0o700)
    try:
        rows, digests = {}, {}
        for table, schema in SCHEMAS.items():
            given = ready.get(table) if ready else None
            if not batch.tables[table] and not given:
                continue
            arrow = pa.Table.from_pylist(batch.tables[table], schema=schema)
            if given:
                arrow = pa.concat_tables([arrow, given.cast(schema)])
            rows[table], file = arrow.num_rows, temporary / f"{table}.parquet"
            pq.write_table(arrow, file, compression="zstd")
            sync(file)
            digests[table] = _digest(file)
        manifest = {"format": FORMAT, "batch_id": str(batch.batch_id), "run_id": str(batch.run_id),
                    "created_at": batch.created_at.isoformat(), "rows": rows, "digests": digests}
        manifest["digest"] = _of_manifest(manifest)
        (temporary / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        sync(temporary / "manifest.json")
        sync(temporary)
        temporary.rename(final)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(folder)
    return read(final)


def _stamp(folder: Path, created_at: datetime) -> str:
    """The beginning of a name: the instant of creation, or just after the newest batch there is. A clock may go back."""
    own = created_at.strftime(_STAMP)
    newest = max((p.name.lstrip(".").partition("-")[0] for p in folder.iterdir()), default="")
    if newest < own:
        return own
    try:
        return (datetime.strptime(newest, _STAMP) + timedelta(microseconds=1)).strftime(_STAMP)  # noqa: DTZ007 - only to count on
    except ValueError:  # a name that is not ours
        return own


def _digest(file: Path) -> str:
    with file.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _of_manifest(manifest: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def read(path: Path) -> Spooled:
    """The batch in ``path``. Raises :class:`Damaged` for a manifest that cannot be read and :class:`StoreDamaged` for one of another
    version, whose batch is sound."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        told = manifest.pop("digest", None)  # the formats before this one had none
        if told != _of_manifest(manifest) and (told is not None or manifest["format"] == FORMAT):
            raise ValueError("it is not what was written")
        if manifest["format"] != FORMAT:
            raise StoreDamaged(str(path), f"was left by another version (format {manifest['format']}, this one reads {FORMAT}): "
                                          "let that one run once more")
        return Spooled(path, UUID(manifest["batch_id"]), UUID(manifest["run_id"]), datetime.fromisoformat(manifest["created_at"]),
                       dict(manifest["rows"]), dict(manifest["digests"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise Damaged(f"its manifest cannot be read ({e})"[:200]) from None


def verify(batch: Spooled) -> None:
    """Raises :class:`Damaged` when a file of the batch is missing or is not what was written."""
    for table in batch.rows:
        file = batch.path / f"{table}.parquet"
        try:
            found = _digest(file)
        except OSError as e:
            raise Damaged(f"{file.name} cannot be read ({e.strerror or e})") from None
        if found != batch.digests.get(table):
            raise Damaged(f"{file.name} is not what was written")


def folders(spool: Path) -> list[Path]:
    """Folders of the batches in the spool, oldest first. Half-written ones are removed: their raw bytes are in the archive."""
    for half in spool.glob(".*"):
        shutil.rmtree(half, ignore_errors=True)
    return sorted(p for p in spool.iterdir() if p.is_dir())


def waiting(folder: Path) -> list[Spooled]:
    """Batches in the spool, oldest first. Raises as :func:`read`."""
    return [read(p) for p in folders(folder)]


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
