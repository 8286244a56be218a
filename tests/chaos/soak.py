"""Days of schedules over many feeds in simulated time, held against the feeds' own truth. ``python -m chaos.soak`` reports.

Each slot of a schedule is one real run: fetch over HTTP from a local server, archive, parse, load, publish. Only the clock
is not real, so nothing sleeps.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from chaos.checks import broken, unreadable
from chaos.press import TOPICS
from chaos.simfeeds import LIVES, STEP, Feed
from feedserver import FeedServer
from wires import config_folder

from twinwire import config as configs
from twinwire import pipeline
from twinwire.config import Config, Source
from twinwire.pipeline import Ingest, Options
from twinwire.summary import RunReport
from twinwire.warehouse.paths import DataFolder

START = datetime(2026, 11, 16, tzinfo=UTC)
EVERY = {"fast": timedelta(minutes=15), "hourly": timedelta(hours=1), "daily": timedelta(days=1)}
OVER_A_DAY = timedelta(days=1, minutes=16)  # the longest back-off, and a slot of the fast schedule


class Clock:
    """Simulated time. Moves a millisecond with each look, for no two events are at one instant."""

    def __init__(self, start: datetime) -> None:
        self.slot, self._ticks, self._lock = start, 0, threading.Lock()

    def set(self, slot: datetime) -> None:
        self.slot, self._ticks = slot, 0

    def __call__(self) -> datetime:
        with self._lock:
            self._ticks += 1
            return self.slot + timedelta(milliseconds=self._ticks)


@dataclass
class Size:
    """What a process and a data folder took at an instant."""

    day: float
    rss: int
    threads: int
    handles: int
    children: int
    store: int
    archive: int
    spool: int
    items: int
    fetches: int


@dataclass
class Soak:
    """A world of feeds and a data folder."""

    root: Path
    feeds: list[Feed]
    server: FeedServer
    clock: Clock
    config: Config
    runs: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    sizes: list[Size] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.root / "data")

    def go(self, days: float) -> None:
        """Let so many days pass, with every slot of every schedule."""
        begun, end = time.monotonic(), self.clock.slot + timedelta(days=days)
        while self.clock.slot < end:
            now = self.clock.slot
            for f in self.feeds:
                f.live(now)
            for schedule, every in EVERY.items():
                if (now - START) % every == timedelta(0) and any(f.schedule == schedule for f in self.feeds):
                    self._run(schedule, now)
            if (now - START) % timedelta(days=0.5) == timedelta(0):
                self.sizes.append(self.measure())
                print(f"\rday {self.sizes[-1].day:.1f}, {self.runs} runs", end="", file=sys.stderr, flush=True)
            self.clock.set(now + STEP)
        self.sizes.append(self.measure())
        self.seconds += time.monotonic() - begun

    def _run(self, schedule: str, now: datetime) -> RunReport:
        options = Options(schedule=schedule, trigger=f"flow:{schedule}", slot=now)
        report = pipeline.run(Ingest(self.config, self.data, options, self.clock))
        self.runs += 1
        self.statuses.update(report.statuses)
        self.classes.update(f.kind.value for f in report.failures)
        self.outcomes.update({o.value: n for o, n in report.outcomes.items()})
        return report

    def measure(self) -> Size:
        """Sizes now."""
        gc.collect()
        with duckdb.connect(str(self.data.warehouse), read_only=True) as con:
            items, fetches = con.execute("SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM ops.fetches)").fetchone() or (0, 0)
        status = Path("/proc/self/status").read_text().split("VmRSS:")[1]
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        return Size((self.clock.slot - START) / timedelta(days=1), int(status.split()[0]) << 10, threading.active_count(),
                    len(list(Path("/proc/self/fd").iterdir())), len(children), self.data.store.stat().st_size, _size(self.data.archive),
                    _size(self.data.spool), items, fetches)


def soak(root: Path, feeds: int, *, fast: bool = True) -> Soak:
    """A world at its beginning; the server is not started. Not ``fast``: nothing is read oftener than hourly, and all in one process."""
    world = [Feed(n, START) for n in range(feeds)]
    for f in world:
        f.schedule = f.schedule if fast or f.schedule != "fast" else "hourly"
    server = FeedServer()
    for f in world:
        server.routes |= {f.path: f.answer, f"{f.path}/new": f.answer}
    sources = [Source(id=f"feed-{f.number}", name=f"Feed {f.number}", url=server.url(f.path), allow_private=True, language="en",
                      store="full", schedule=f.schedule) for f in world]
    folder = config_folder(root / "config", *sources)
    (folder / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    (folder / "settings.yaml").write_text("fetch: {per_host: 8, deadline: 3s}\nrun: {group_size: 50}\n" if fast else
                                           "fetch: {per_host: 8, deadline: 1s}\nrun: {group_size: 50, parsers: 0}\n", encoding="utf-8")
    return Soak(root, world, server, Clock(START), configs.load(folder))


# -- held against the truth --------------------------------------------------------------------------------------------


def faults(s: Soak) -> list[str]:
    """Everything that is not as the feeds' truth says; empty when all is well."""
    out = [f"{rule}: {n} rows" for rule, n in broken(s.data.warehouse).items()] + [f"not in the archive: {r}" for r in unreadable(s.data.root)]
    with duckdb.connect(str(s.data.warehouse), read_only=True) as con:
        kept: dict[str, list[tuple[str, str]]] = {}
        for url, title, summary, body in con.execute(
                "SELECT i.url, r.title, r.summary, r.body FROM item_revisions r JOIN items i USING (item_id) ORDER BY r.item_id, r.revision").fetchall():
            kept.setdefault(url, []).append((title, summary or body))
        seen = Counter(r[0] for r in con.execute("SELECT url FROM seen").fetchall())
        timed_out = {r[0] for r in con.execute("SELECT source_id FROM ops.fetches WHERE class IN ('timeout', 'connect')").fetchall()}
        gaps = {r[0] for r in con.execute("SELECT source_id FROM ops.gaps").fetchall()}
    for f in s.feeds:
        out += _faults_of(f, kept, seen, excused=f.life != "takes too long" and f"feed-{f.number}" in timed_out)
        if f.truth.missed and f"feed-{f.number}" not in gaps:
            out.append(f"feed {f.number} ({f.life}): {f.truth.missed} entries came and went unseen, and no gap is noted")
    shown = {link for f in s.feeds for link in f.truth.versions}
    out += [f"nobody has shown {url}" for url in set(seen) - shown]
    return out


def _faults_of(f: Feed, kept: dict[str, list[tuple[str, str]]], seen: Counter[str], *, excused: bool) -> list[str]:
    name, out = f"feed {f.number} ({f.life}, {f.schedule}, {f.format})", []
    for link, versions in f.truth.versions.items():
        if seen[link] != 1 and not (excused and not seen[link]):
            out.append(f"{name}: {link} stands {seen[link]} times in seen")
        if not f.truth.kept[link]:
            continue
        got = kept.get(link, [])
        if got != versions and not (excused and set(got) < set(versions)):
            out.append(f"{name}: {link} has {len(got)} versions and not {len(versions)}: {got} against {versions}")
    if f.truth.pretended:
        out.append(f"{name}: sent the validator of a document without having got {sorted(f.truth.pretended)[:3]}")
    for told, until in f.truth.waits:
        if early := [a for a in f.truth.asked if told < a < until]:
            out.append(f"{name}: told at {told:%d %H:%M} to wait until {until:%d %H:%M}, and asked at {early[0]:%d %H:%M}")
    pauses = [b - a for a, b in zip(f.truth.asked, [*f.truth.asked[1:], f.now], strict=True)]
    if pauses and max(pauses) > OVER_A_DAY + EVERY[f.schedule]:
        out.append(f"{name}: was not asked for {max(pauses)}")
    return out


# -- report ------------------------------------------------------------------------------------------------------------


def report(s: Soak, bad: list[str]) -> str:
    """The soak in words and figures."""
    days = (s.clock.slot - START) / timedelta(days=1)
    shown = sum(len(f.truth.versions) for f in s.feeds)
    versions = sum(len(v) for f in s.feeds for v in f.truth.versions.values())
    lines = [
        f"soak: {days:g} days, {len(s.feeds)} feeds, {s.runs} runs in {s.seconds:.0f} s ({s.seconds / max(s.runs, 1):.2f} s a run)",
        f"  answers: {dict(s.statuses)}; failures by class: {dict(s.classes)}",
        (f"  truth: {sum(f.truth.whole for f in s.feeds)} whole answers, {sum(f.truth.partial for f in s.feeds)} cut ones, {shown} entries in"
         f" {versions} versions, {sum(f.truth.missed for f in s.feeds)} came and went unseen"),
        f"  outcomes: {dict(s.outcomes)}", "",
        "  day    RSS MB  threads  handles  children  store MB  archive MB  spool KB   items  fetches",
        *(f"  {z.day:4.1f} {z.rss / 2**20:9.1f} {z.threads:8} {z.handles:8} {z.children:9} {z.store / 2**20:9.1f} {z.archive / 2**20:11.1f}"
          f" {z.spool / 2**10:9.1f} {z.items:7} {z.fetches:8}" for z in s.sizes), "",
        *(_of_lives(s)), "",
        f"  faults: {len(bad) or 'none'}", *(f"    {line[:500]}" for line in bad[:40])]
    return "\n".join(lines)


def _of_lives(s: Soak) -> list[str]:
    out = ["  life                  feeds   asked   whole     cut  entries  versions  unseen"]
    for life in LIVES:
        of = [f.truth for f in s.feeds if f.life == life]
        if of:
            out.append(f"  {life:20} {len(of):6} {sum(len(t.asked) for t in of):7} {sum(t.whole for t in of):7} {sum(t.partial for t in of):7}"
                       f" {sum(len(t.versions) for t in of):8} {sum(len(v) for t in of for v in t.versions.values()):9}"
                       f" {sum(t.missed for t in of):7}")
    return out


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def main() -> int:
    """Print the report; exit 1 when something is not as the truth says."""
    ask = argparse.ArgumentParser(prog="python -m chaos.soak", description=__doc__.split("\n")[0] if __doc__ else "")
    ask.add_argument("--feeds", type=int, default=200)
    ask.add_argument("--days", type=float, default=7)
    ask.add_argument("--hourly", action="store_true", help="no fast schedule, no processes for reading: much quicker")
    given: Any = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        s = soak(Path(folder), given.feeds, fast=not given.hourly)
        with s.server:
            s.go(given.days)
            bad = faults(s)
    print(report(s, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
