"""Rows `load` and `publish`: a batch into stores of several ages, and the read copy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from _rows import Figures, Row, Session, inside

LOADS = ((1_000, 10_000), (10_000, 10_000), (1_000, 1_000_000), (10_000, 1_000_000), (1_000, 10_000_000), (10_000, 10_000_000))
SIZES = (100, 1_000)
WAYS = {"twinwire": "the stage", "copy": "copying the file alone", "attach": "COPY FROM DATABASE"}


def loading(name: str, who: str, rows: int, stored: int) -> dict[str, Figures]:
    """In this process."""
    import load

    # A statement a row takes long enough for one batch to be told apart from chance.
    took = load.ours(rows, stored) if who == "twinwire" else load.executemany(rows, stored, times=1)
    return {name: Figures(took.wall, took.cpu, None, rows, rows / took.wall, "rows/s")}


def publishing(name: str, way: str, megabytes: int) -> dict[str, Figures]:
    """In this process."""
    import publish

    took, size = publish.measure(way, megabytes)
    return {name: Figures(took.wall, took.cpu, None, None, size / took.wall, "MB/s", f"a store of {size:,.0f} MB")}


def measure(call: str, arguments: dict[str, object], _session: Session, _wanted: Collection[str]) -> dict[str, Figures]:
    """In a process of its own."""
    found, mb = inside(call, **arguments)
    return {name: replace(figures, mb=mb) for name, figures in found.items()}


def short(count: int) -> str:
    """1k, 10k, 1M."""
    return f"{count // 1_000_000}M" if count >= 1_000_000 else f"{count // 1_000}k"


def _loads() -> list[Row]:
    rows = []
    for count, stored in LOADS:
        group, big = f"load-{short(count)}-into-{short(stored)}", stored > 1_000_000
        for who, about in (("twinwire", "a batch, a tenth of it items"), ("executemany", "the rows of `seen` by executemany")):
            name = f"{group}/{who}"
            rows.append(Row(name, f"{count:,} new rows into {stored:,}: {about}",
                            partial(measure, "rows_store:loading", {"name": name, "who": who, "rows": count, "stored": stored}),
                            None if who == "twinwire" else f"{group}/twinwire", big))
    return rows


def _publishes() -> list[Row]:
    rows = []
    for size in SIZES:
        for way, about in WAYS.items():
            name = f"publish-{size}MB/{way}"
            rows.append(Row(name, f"read copy of a store of {size:,} MB: {about}",
                            partial(measure, "rows_store:publishing", {"name": name, "way": way, "megabytes": size}),
                            None if way == "twinwire" else f"publish-{size}MB/twinwire", size > 100))
    return rows


ROWS = [*_loads(), *_publishes()]
