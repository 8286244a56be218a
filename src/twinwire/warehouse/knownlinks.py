"""Known pairs on their way into the store: parts in a folder of their own, then one batch under the run lock. Reads no list.

Reading a list takes minutes, and runs must not wait for it: a part is written when it has been read, and the lock is held
only while all parts go in together. What a dead process left there goes in with the next one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq

from twinwire.relate.knownpairs import Matched
from twinwire.warehouse import spool
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import publish
from twinwire.warehouse.rows import Batch, Row, plain_utc, rows_of_places
from twinwire.warehouse.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """How the pairs go in. ``wait``: seconds for another run to end; ``backups``: read copies kept; ``trigger`` names the run."""

    trigger: str
    wait: float
    backups: int
    config_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Rows of ``known_links`` that were new, that were there already, and how many there are now; None where the store was not opened."""

    new: int = 0
    again: int = 0
    total: int | None = None


def keep(data: DataFolder, found: Iterable[Matched], at: datetime) -> None:
    """Write a part. ``at`` is when the list was read, UTC."""
    parts = _parts(data)
    parts.mkdir(parents=True, exist_ok=True, mode=0o700)
    batch = Batch(uuid4(), uuid4(), at)
    matched = list(found)
    batch.add("known_links", [_row(m, at) for m in matched])
    batch.add("places", rows_of_places(p for m in matched for p in (m.place_a, m.place_b)).values())
    spool.write(parts, batch)


def enter(data: DataFolder, how: Entering, now: datetime) -> Entered:
    """Load all parts in one transaction and publish. Nothing is done where there are none.

    Raises :class:`~twinwire.errors.Busy` when another run is at work; the parts then wait for the next call.
    """
    parts = spool.waiting(_parts(data)) if _parts(data).is_dir() else []
    if not parts:
        return Entered()
    with RunLock(data.lock, how.wait), Store(data) as store:
        store.recover(now)
        run_id = uuid4()
        store.begin_run(run_id, now, trigger=how.trigger, sources=0, rule_version="", config_version=how.config_version)
        batch = Batch(uuid4(), run_id, now)
        for table, rows in _together(parts).items():
            batch.add(table, rows)
        before = _count(store)
        store.load(batch, now)
        store.end_run(run_id, now, "done")
        store.settle()
        after = _count(store)
        publish(store, how.backups)
    for part in parts:
        spool.remove(part)
    return Entered(new=after - before, again=len(batch.tables["known_links"]) - (after - before), total=after)


def _parts(data: DataFolder) -> Path:
    return data.links / "parts"


def _together(parts: Iterable[spool.Spooled]) -> dict[str, list[Row]]:
    """Rows of all parts, the newest of each key: a part that was read twice is there twice."""
    links: dict[tuple[str, str], Row] = {}
    places: dict[int, Row] = {}
    for part in parts:
        for row in _rows(part, "known_links"):
            links[row["source"], row["ref"]] = row
        for row in _rows(part, "places"):
            places[row["place_id"]] = row
    return {"known_links": list(links.values()), "places": list(places.values())}


def _rows(part: spool.Spooled, table: str) -> list[Row]:
    file = part.file(table)
    rows: list[Row] = pq.read_table(file).to_pylist() if file else []
    return rows


def _row(m: Matched, at: datetime) -> Row:
    sides = (m.listed.a, m.listed.b) if not m.swapped else (m.listed.b, m.listed.a)
    return {"source": m.listed.source, "ref": m.listed.ref, "place_a": m.place_a.place_id, "place_b": m.place_b.place_id,
            "started": m.listed.started, "ended": m.listed.ended, "name_a": sides[0].name, "name_b": sides[1].name, "rule": m.rule,
            "listed_at": plain_utc(at)}


def _count(store: Store) -> int:
    row = store.con.execute("SELECT count(*) FROM known_links").fetchone()
    assert row is not None
    return int(row[0])
