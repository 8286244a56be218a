"""Renewing the read copy of a store of a given size, beside other ways to copy it. Run: python benchmarks/publish.py [MB]

`twinwire` is the stage as a run calls it: checkpoint, copy, sync, verify, keep the old copy, rename. `copy` only copies the file and
syncs it, which is the least it can cost; `attach` is DuckDB's COPY FROM DATABASE into a new file. Medians of five.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from load import TIMES, Took, entries, took

from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import publish
from twinwire.warehouse.store import Store

_STEP = 100_000  # entries between two looks at the size


def measure(name: str, megabytes: int, times: int = TIMES) -> tuple[Took, float]:
    """Seconds, and the MB that the store came to."""
    with TemporaryDirectory() as work:
        data = DataFolder(Path(work))
        data.prepare()
        with Store(data) as store:
            stored = 0
            while data.store.stat().st_size < megabytes * 1e6:
                stored += _STEP
                entries(store, stored - _STEP, stored)
            size = data.store.stat().st_size / 1e6
            store.settle()
            copies: dict[str, Callable[[], object]] = {
                "twinwire": lambda: publish(store, 2), "copy": lambda: _copy(data.store, Path(work, "copy.duckdb")),
                "attach": lambda: _attach(store.con, Path(work, "attached.duckdb"))}
            return took([copies[name]] * (times + 1)), size


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _attach(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    target.unlink(missing_ok=True)
    (name,), = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH '{target}' AS copied")
    con.execute(f"COPY FROM DATABASE {name} TO copied")
    con.execute("DETACH copied")


def main(megabytes: int = 100) -> None:
    """Print a table."""
    print(f"{'':10}{'MB':>8}{'wall s':>9}{'CPU s':>9}")
    for name in ("twinwire", "copy", "attach"):
        cost, size = measure(name, megabytes)
        print(f"{name:10}{size:>8.0f}{cost.wall:>9.3f}{cost.cpu:>9.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
