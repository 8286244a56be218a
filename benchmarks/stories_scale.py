"""Stories beside a large past: what it costs to add 1,000 items when 10 thousand, 1 million or 10 million are stored.

Fills a store in a temporary folder with made-up signatures, as many a day as given, the newest of today; then assigns and loads
1,000 items, every fifth a copy of one that was loaded before it. Prints the median of several rounds. Arguments: the sizes to
measure (10000 1000000 by default; 10000000 takes 10 GB of disk and ten minutes).
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from uuid import uuid4

from twinwire.config.sources import Source
from twinwire.families import families, with_story
from twinwire.judge import Kept, item_tables
from twinwire.normalise.item import normalise
from twinwire.records import Decision, Entry, Verdict
from twinwire.relate import identity, stories
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import Batch
from twinwire.warehouse.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PER_DAY, NEW, COPIES, ROUNDS = 5_000, 1_000, 5, 5
GONE = 200_000  # items written by one statement
WORDS = [f"{a}{b}" for a in ("north", "south", "river", "harbour", "market", "school") for b in ("wards", "ings", "land", "side", "er")]
KEPT = Decision(verdict=Verdict.KEPT, score=1.0, reason="", topics=(), rule_version="0")


def past(store: Store, size: int) -> float:
    """Fill the store with ``size`` made-up items, oldest first. Returns seconds."""
    begun = time.monotonic()
    for start in range(0, size, GONE):
        stop = min(start + GONE, size)
        store.con.execute(
            f"CREATE OR REPLACE TEMP TABLE made AS SELECT n, md5(n::VARCHAR)::UUID AS id,"
            f" (DATE '{NOW:%Y-%m-%d}' - ((({size} - 1 - n) // {PER_DAY})::INTEGER)) AS day FROM range({start}, {stop}) t(n)")
        for statement in (_ITEMS, _TEXTS, _BANDS, _PARAGRAPHS):
            store.con.execute(statement)
        store.con.execute("CHECKPOINT")
    return time.monotonic() - begun


_NONE = "'00000000-0000-0000-0000-000000000000'::UUID"
_ITEMS = f"""
INSERT INTO items BY NAME SELECT id AS item_id, 's' || n % 50 AS source_id, 'Headline ' || n AS title, '' AS summary, '' AS body,
  '' AS language_rule, day::TIMESTAMP AS published_at, '' AS published_rule, day::TIMESTAMP AS first_seen_at,
  day::TIMESTAMP AS last_seen_at, [] AS categories, ['friendship_cities'] AS topics, 1.0 AS score, '0' AS rule_version,
  id AS story_id, 1 AS revision, id AS content_hash, {_NONE} AS run_id, {_NONE} AS batch_id FROM made"""
_TEXTS = f"""
INSERT INTO story_texts BY NAME SELECT id AS item_id, id AS story_id, '{stories.ALGORITHM}' AS algorithm, 's' || n % 50 AS source_id,
  'Headline ' || n AS title, day, 300 AS size, {_NONE} AS batch_id, day AS loaded_on,
  day::TIMESTAMP AS published_at,
  list_transform(range(128), lambda x: (hash(n * 128 + x) >> 32)::UINTEGER) AS digest FROM made"""
_BANDS = """
INSERT INTO story_bands BY NAME
SELECT (hash(n * 64 + b) >> 1)::BIGINT AS band, id AS item_id, day FROM made, range(43) t(b) ORDER BY n"""
_PARAGRAPHS = """
INSERT INTO story_paragraphs BY NAME
SELECT (hash(n * 8 + p, 1) >> 1)::BIGINT AS paragraph, id AS story_id, day FROM made, range(4) t(p) ORDER BY n"""


def kept(texts: list[str], n: int) -> list[Kept]:
    """Items of these texts, as the judge gives them; of the ``n``-th source, for what one source shows twice are two stories."""
    source = Source(id=f"of-{n}", name="A", url="https://a.example/")
    entries = [Entry(position=i, id=str(uuid4()), title=" ".join(t.split()[-9:]), content=t,
                     published_raw=f"{NOW - timedelta(minutes=59 - n):%Y-%m-%dT%H:%M:%SZ}") for i, t in enumerate(texts)]
    made = ((r, normalise(r, source, NOW)) for r in identity.read(entries, source))
    return [Kept(item, KEPT, r.text, NOW, None) for r, item in made]


def prose(rng: random.Random) -> str:
    """Text unlike any other; its last words do for a headline."""
    return " ".join(rng.choices(WORDS, k=200)) + f" {rng.random()}"


def add(store: Store, items: list[Kept]) -> tuple[float, float, int]:
    """Assign and load; CPU seconds for each, and how many items found a story of another."""
    begun = time.process_time()
    with store.turn:
        found = families(items, store, NOW.date())
        assigned = time.process_time()
        batch = Batch(uuid4(), uuid4(), NOW)
        for table, rows in (item_tables([replace(k, item=with_story(k.item, found.story_of)) for k in items]) | found.rows).items():
            batch.add(table, rows)
        store.load(batch, NOW)
    return assigned - begun, time.process_time() - assigned, sum(i != s for i, s in found.story_of.items())


def measure(size: int) -> None:
    """One row of the table."""
    folder = Path(mkdtemp(prefix="stories-scale-"))
    try:
        data = DataFolder(folder)
        data.prepare()
        rng = random.Random(size)
        with Store(data) as store:
            filled = past(store, size)
            before: list[str] = [prose(rng) for _ in range(NEW)]
            add(store, kept(before, 0))
            store.con.execute("CHECKPOINT")
            times, found = [], 0
            for n in range(ROUNDS):
                texts = [before[i] if i % COPIES == 0 else prose(rng) for i in range(NEW)]
                a, b, found = add(store, kept(texts, n + 1))
                assert found == NEW // COPIES, f"{found} of {NEW // COPIES} copies were found"
                times.append((a, b))
                before = texts
            data_size = data.store.stat().st_size
        print(f"{size:>11,} {median(t[0] for t in times):>9.2f} {median(t[1] for t in times):>9.2f} {found:>7} {data_size / 1e9:>8.2f}"
              f" {filled:>8.0f}", flush=True)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Print the table."""
    print(f"adding {NEW:,} items, {NEW // COPIES} of them copies, {PER_DAY:,} stored a day; seconds of CPU\n"
          f"{'stored':>11} {'assign s':>9} {'load s':>9} {'copies':>7} {'file GB':>8} {'fill s':>8}")
    for size in [int(a) for a in sys.argv[1:]] or [10_000, 1_000_000]:
        measure(size)


if __name__ == "__main__":
    main()
