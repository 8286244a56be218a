"""Changed topics over everything ever seen. Run: python benchmarks/rescreen.py [ENTRIES [FOLDER]]

Real feeds (FOLDER, default ../shared/data/feeds, with rss/, atom/, rdf/ and jsonfeed/) are ingested under as many source ids as
ENTRIES (default 50,000) need, by a topics file of half the languages; then the shipped one is rescreened. Prints entries a second
for both, and for a second rescreening, which finds nothing to do.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import yaml

ROOT = Path(__file__).parents[1]
T = TypeVar("T")
KINDS = ("rss", "atom", "rdf", "jsonfeed")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


Took = tuple[float, float]  # wall and CPU seconds


@dataclass(frozen=True, slots=True)
class Line:
    """What one step did: entries gone through, kept, gained and lost, and what it took."""

    name: str
    entries: int
    kept: int
    gained: int
    lost: int
    took: Took


def documents(folder: Path) -> list[Path]:
    """Feeds of every kind that is ingested here."""
    return [p for kind in KINDS for p in sorted((folder / kind).glob("*")) if p.is_file()]


def steps(entries: int, files: list[Path]) -> Iterator[Line]:
    """Ingest, rescreen, rescreen again."""
    from twinwire import config as configs
    from twinwire.pipeline import Ingest, Options, run
    from twinwire.rescreen import Options as Asked
    from twinwire.rescreen import Rescreen
    from twinwire.warehouse.paths import DataFolder

    with tempfile.TemporaryDirectory() as work:
        data, config = DataFolder(Path(work, "data")), Path(work, "config")
        config.mkdir()
        copies = -(-entries // _entries(files))
        sources = [{"id": f"f{n:03}-{i:03}", "name": p.name[:80], "url": f"file:{p.resolve()}"}
                   for n in range(copies) for i, p in enumerate(files)]
        (config / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
        full = configs.load(config)
        half = [t.model_copy(update={"terms": {k: v for n, (k, v) in enumerate(sorted(t.terms.items())) if n % 2}})
                for t in full.topics.topics]
        before = replace(full, topics=full.topics.model_copy(update={"topics": tuple(half)}))
        report, took = _timed(lambda: run(Ingest(before, data, Options(), lambda: NOW)))
        yield Line("ingest", report.seen, sum(report.kept.values()), 0, 0, took)
        for name in ("rescreen", "again"):
            told, took = _timed(Rescreen(full, data, Asked(), lambda: NOW + timedelta(hours=1)).run)
            d = told.differences
            yield Line(name, d.judged, sum(t["after"] for t in d.topics.values()), sum(t["gained"] for t in d.topics.values()),
                       sum(t["lost"] for t in d.topics.values()), took)


def main(entries: int, folder: Path) -> None:
    """Print a table."""
    files = documents(folder)
    if not files:
        print(f"{folder}: no feeds there")
        return
    print(f"{len(files)} documents, each under several ids")
    print(f"{'':12}{'entries':>9}{'kept':>7}{'gained':>8}{'lost':>7}{'wall s':>9}{'CPU s':>8}{'a second':>10}")
    for at in steps(entries, files):
        wall, cpu = at.took
        print(f"{at.name:12}{at.entries:>9}{at.kept:>7}{at.gained:>8}{at.lost:>7}{wall:>9.1f}{cpu:>8.1f}{at.entries / wall:>10.0f}",
              flush=True)


def _entries(files: list[Path]) -> int:
    """Entries of all documents together."""
    from twinwire.parse import Unreadable, parse

    return sum(0 if isinstance(found := parse(p.read_bytes()), Unreadable) else len(found.entries) for p in files)


def _timed(work: Callable[[], T]) -> tuple[T, Took]:
    begun, cpu = time.perf_counter(), _cpu()
    return work(), (time.perf_counter() - begun, _cpu() - cpu)


def _cpu() -> float:
    """Seconds of CPU, of this process and of those it has waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000,
         Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT.parent / "shared" / "data" / "feeds")
