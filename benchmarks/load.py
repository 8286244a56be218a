"""Loading one batch into a store that is empty or old, beside a plain table. Run: python benchmarks/load.py [ROWS [STORED]]

The store is filled with STORED made-up entries (default 10,000), each with its row of `seen` and every tenth kept as an item; then
batches of ROWS new entries (default 1,000), a tenth of them kept, are spooled and loaded as an ingest does it. Prints the median
of the clock and of the processor. The peer is a table with a primary key that gets the same rows of `seen` by executemany.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
import stories_scale as scale

from twinwire.judge import item_tables
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import Batch, Row, plain_utc
from twinwire.warehouse.store import Store

KEPT_EVERY, TIMES, GONE = 10, 5, 1_000_000
_SEEN = """
INSERT INTO seen BY NAME SELECT md5(n::VARCHAR)::UUID AS entry_id, 's' || n % 50 AS source_id, 'Headline number ' || n AS title,
  'https://news.example/story/' || n AS url, TIMESTAMP '2026-01-01' + to_seconds(n) AS published_at, '' AS published_raw,
  CASE n % {every} WHEN 0 THEN 'kept' ELSE 'rejected' END AS decision, 'no term' AS reason, 0.0 AS score, [] AS topics,
  '0' AS rule_version, md5('alt' || n)::UUID AS alt_key, md5('content' || n)::UUID AS content_hash,
  TIMESTAMP '2026-01-01' + to_seconds(n) AS first_seen_at, TIMESTAMP '2026-01-01' + to_seconds(n) AS judged_at,
  md5('run')::UUID AS run_id, md5('batch')::UUID AS batch_id FROM range({start}, {stop}) t(n)"""
_ITEMS = """
INSERT INTO items BY NAME SELECT entry_id AS item_id, source_id, url, title, repeat(title || ' ', 30) AS summary, '' AS body,
  '' AS language_rule, published_at, '' AS published_rule, first_seen_at, first_seen_at AS last_seen_at, [] AS categories,
  ['friendship_cities'] AS topics, 1.0 AS score, '0' AS rule_version, entry_id AS story_id, 1 AS revision, content_hash, run_id, batch_id
FROM seen s ANTI JOIN items i ON i.item_id = s.entry_id WHERE decision = 'kept'"""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: medians of the clock and of the processor."""

    wall: float
    cpu: float


def entries(store: Store, start: int, stop: int) -> None:
    """Give the store the entries of these numbers."""
    store.con.execute(_SEEN.format(every=KEPT_EVERY, start=start, stop=stop))
    store.con.execute(_ITEMS)
    store.con.execute("CHECKPOINT")


def batch(rows: int, rng: random.Random) -> Batch:
    """New entries, a tenth of them kept, as a group of sources gives them."""
    out = Batch(uuid4(), uuid4(), scale.NOW)
    kept = [replace(k, item=replace(k.item, story_id=k.item.item_id)) for k in scale.kept([
        scale.prose(rng) for _ in range(rows // KEPT_EVERY)], 0)]
    for table, found in item_tables(kept).items():
        out.add(table, found)
    ids = [k.item.item_id.bytes for k in kept] + [uuid4().bytes for _ in range(rows - len(kept))]
    out.add("seen", [_seen(key, n, n < len(kept)) for n, key in enumerate(ids)])
    return out


def _seen(key: bytes, n: int, kept: bool) -> Row:
    at = plain_utc(scale.NOW)
    return {"entry_id": key, "source_id": f"s{n % 50}", "title": f"A headline of usual length, number {n}",
            "url": f"https://news.example/new/{n}", "published_at": at, "published_raw": "", "decision": "kept" if kept else "rejected",
            "reason": "no term", "score": 0.0, "topics": [], "rule_version": "0", "alt_key": uuid4().bytes, "content_hash": uuid4().bytes,
            "judged_at": at}


def ours(rows: int, stored: int, times: int = TIMES) -> Took:
    """Batches into a store."""
    with TemporaryDirectory() as work:
        data = DataFolder(Path(work))
        data.prepare()
        rng = random.Random(rows)
        with Store(data) as store:
            for start in range(0, stored, GONE):
                entries(store, start, min(start + GONE, stored))
            batches = [batch(rows, rng) for _ in range(times + 1)]
            return took([lambda b=b: store.load(b, scale.NOW) for b in batches])  # type: ignore[misc]


def executemany(rows: int, stored: int, times: int = TIMES) -> Took:
    """The rows of `seen` alone, one statement each, into a table with a primary key; one transaction."""
    with TemporaryDirectory() as work, duckdb.connect(str(Path(work, "plain.duckdb"))) as con:
        con.execute("CREATE TABLE seen (entry_id UUID PRIMARY KEY, source_id VARCHAR, title VARCHAR, url VARCHAR, published_at TIMESTAMP)")
        con.execute("INSERT INTO seen SELECT md5(n::VARCHAR)::UUID, 's' || n % 50, 'Headline number ' || n,"
                    f" 'https://news.example/story/' || n, TIMESTAMP '2026-01-01' + to_seconds(n) FROM range({stored}) t(n)")
        con.execute("CHECKPOINT")

        def insert(n: int) -> None:
            at = plain_utc(scale.NOW + timedelta(seconds=n))
            made = [[uuid4(), f"s{i % 50}", f"A headline of usual length, number {i}", f"https://news.example/new/{i}", at]
                    for i in range(rows)]
            con.execute("BEGIN")
            con.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?)", made)
            con.execute("COMMIT")

        return took([lambda n=n: insert(n) for n in range(times + 1)])  # type: ignore[misc]


def took(work: list[Callable[[], object]]) -> Took:
    """Of calls one after the other. The first, which warms up, is not counted."""
    found: list[Took] = []
    for call in work:
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        found.append(Took(time.perf_counter() - wall, time.process_time() - cpu))
    return Took(median(t.wall for t in found[1:]), median(t.cpu for t in found[1:]))


def main(rows: int = 1_000, stored: int = 10_000) -> None:
    """Print a table."""
    print(f"{rows:,} new rows into {stored:,}\n{'':12}{'wall s':>9}{'CPU s':>9}{'rows/s':>10}")
    for name, measure in {"twinwire": ours, "executemany": executemany}.items():
        cost = measure(rows, stored)
        print(f"{name:12}{cost.wall:>9.3f}{cost.cpu:>9.3f}{rows / cost.wall:>10,.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
