"""Kills, damage and their repair, with a comparison row for row. A library, and ``python -m chaos.harness`` prints statistics.

A scene is a press in two editions (``press``), a data folder into which the first one was read in peace, and the rows
that an undisturbed reading of the second leaves. A trial starts from a copy of that folder, disturbs the reading of the
second edition, lets one more run go in peace and compares.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import duckdb
from chaos import press
from chaos.checks import broken, difference, unreadable
from feedserver import FeedServer, Reply
from wires import content

import twinwire

Rows = dict[str, list[tuple[Any, ...]]]
HERE = Path(__file__).parent
TESTS = HERE.parent
SRC = Path(twinwire.__file__).parents[1]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join((str(SRC), str(TESTS))), "PREFECT_API_URL": "http://127.0.0.1:9/api",
               "PYTHONDONTWRITEBYTECODE": "1"}


def environment(**more: str) -> dict[str, str]:
    """Of a process under test: this one's, without settings of the machine."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TWINWIRE_", "PREFECT_")) or k == "TWINWIRE_CACHE"}
    return kept | ENVIRONMENT | more


@dataclass(frozen=True)
class Scene:
    """See above. ``served`` by a local server, or read as files."""

    root: Path
    feeds: int
    entries: int
    group_size: int
    server: FeedServer | None = None

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def base(self) -> Path:
        """After the first edition."""
        return self.root / "base"

    def show(self, number: int) -> None:
        """From now on this edition is read."""
        if self.server is None:
            press.write_tree(self.root / "tree", number, self.feeds, self.entries)
            return
        for path, body in press.bodies(number, self.feeds, self.entries).items():
            self.server.routes[path] = Reply(body, etag=f'"{number}"', hang=0.01)

    def prepare(self, run: Runner | None = None) -> Rows:
        """Read both editions in peace, the first into :attr:`base`. Returns the rows that the second leaves."""
        paths = press.bodies(1, self.feeds, self.entries)
        addresses = {p: self.server.url(p) if self.server else f"file:{self.root}/tree{p}" for p in paths}
        how = {"group_size": self.group_size} | ({} if self.server else {"parsers": 0})  # as fast as can be where it dies by count
        press.config(self.config, addresses, run=how, fetch={"workers": 4 if self.server else 1})
        self.show(1)
        self.run(self.base, run)
        self.show(2)
        self.copy(self.root / "whole")
        self.run(self.root / "whole", run)
        assert broken(self.root / "whole" / "warehouse.duckdb") == {}
        return content(self.root / "whole" / "warehouse.duckdb")

    def copy(self, data: Path) -> Path:
        """A fresh copy of the folder after the first edition."""
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.base, data)
        return data

    def argv(self, data: Path) -> list[str]:
        """Of the command."""
        return ["run", "--config", str(self.config), "--data", str(data), "--json"]

    def start(self, data: Path, **more: Any) -> subprocess.Popen[bytes]:
        """`twinwire run` in a process of its own."""
        return subprocess.Popen([sys.executable, "-m", "twinwire", *self.argv(data)], env=environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)

    def run(self, data: Path, run: Runner | None = None) -> None:
        """In peace, to the end."""
        if run is not None:
            assert run(self.argv(data), data) == 0, Path(f"{data}.log").read_text()
            return
        process = self.start(data)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()


@contextmanager
def scene(root: Path, *, served: bool = False, feeds: int = 6, entries: int = 12, group_size: int = 3) -> Iterator[Scene]:
    """A scene with its server, where it has one."""
    if not served:
        yield Scene(root, feeds, entries, group_size)
        return
    with FeedServer() as server:
        yield Scene(root, feeds, entries, group_size, server)


class Runner:
    """The forking process of ``runner.py``. A context manager."""

    def __enter__(self) -> Runner:
        self._process = subprocess.Popen([sys.executable, str(HERE / "runner.py")], env=environment(), stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        assert self._out.readline() == "ready\n"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.communicate()

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def __call__(self, argv: list[str], data: Path, *, die_at: int | None = None, manner: str = "kill", trace: Path | None = None) -> int:
        """Exit status of a run that dies at a point, or does not. Its output is in ``data``'s name + ``.log``."""
        spec = {"argv": argv, "data": str(data), "die_at": die_at, "manner": manner, "log": f"{data}.log",
                "trace": str(trace) if trace else None}
        Path(spec["log"]).unlink(missing_ok=True)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(spec) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._out.readline())["status"])


# -- what came of it ---------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What a series of trials came to."""

    where: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    unequal: list[str] = field(default_factory=list)

    def add(self, where: str, why: str) -> None:
        self.where[where] += 1
        self.outcomes["unequal" if why else "equal"] += 1
        if why:
            self.unequal.append(f"{where}: {why}")

    def show(self, title: str) -> None:
        print(f"\n{title}: {sum(self.where.values())} disturbed, {self.outcomes['equal']} equal, {self.outcomes['unequal']} unequal")
        for where, n in self.where.most_common():
            print(f"  {n:5}  {where}")
        for line in self.unequal:
            print(f"  UNEQUAL  {line}")


def verdict(data: Path, whole: Rows) -> str:
    """Why a folder is not what it would be without the disturbance; empty when it is."""
    warehouse = data / "warehouse.duckdb"
    if not warehouse.exists():
        return "there is no read copy"
    told = [difference(content(warehouse), whole), ", ".join(f"{k} ({n})" for k, n in broken(warehouse).items()), *unreadable(data)]
    left = [str(p.relative_to(data)) for p in data.rglob("*") if p.name.endswith(".tmp") or p.parent == data / "spool"]
    return "; ".join(filter(None, [*told, f"left over: {left}" if left else ""]))


def stage_of(data: Path, before: set[str]) -> str:
    """How far a killed run had got, by what it left. ``before``: names of the archive's files when it began."""
    runs = _ask(data, "SELECT status FROM ops.runs ORDER BY started_at DESC LIMIT 1")
    if runs is None or runs[0][0] not in {"running", "done"} or (runs[0][0] == "done" and not _lock_is_held_by_the_dead(data)):
        return "1 start"
    if runs[0][0] == "running":
        waiting = list((data / "spool").iterdir())
        if any(p.name.startswith(".") for p in waiting):
            return "4 spool"
        known = {str(b[0]) for b in _ask(data, "SELECT batch_id FROM ops.batches") or []}
        if any(not p.name.endswith(tuple(known)) for p in waiting):
            return "5 load"
        if waiting:
            return "6 between groups"
        written = {p.name: p.stat().st_size for p in (data / "archive").rglob("*.warc.gz") if p.name not in before}
        return "3 archive to screen" if written else "2 fetch"
    if any((data / "spool").iterdir()):
        return "7 settle"
    return "8 publish" if any(data.glob(".*.tmp")) else "9 end"


def _lock_is_held_by_the_dead(data: Path) -> bool:
    """The lock file names who holds it; a run that has not come so far leaves its forerunner's name."""
    try:
        pid = json.loads((data / "store" / "run.lock").read_text())["pid"]
    except (OSError, ValueError, KeyError):
        return True
    found = _ask(data, "SELECT pid FROM ops.runs ORDER BY started_at DESC LIMIT 1")
    return bool(found and found[0][0] == pid)


def _ask(data: Path, sql: str) -> list[tuple[Any, ...]] | None:
    """Ask a copy of a dead store, so that nobody replays its log but the next run."""
    store = data / "store" / "store.duckdb"
    if not store.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        for p in store.parent.glob("store.duckdb*"):
            shutil.copy(p, folder)
        with duckdb.connect(f"{folder}/store.duckdb") as con:
            return con.execute(sql).fetchall()


# -- trials ------------------------------------------------------------------------------------------------------------


def random_kills(s: Scene, whole: Rows, kills: int, rng: random.Random) -> Tally:
    """SIGKILL to real runs at random instants: half of them over the whole life of a process, half once it holds its lock.

    One trial in three is killed a second time, by then in the middle of mending what the first kill left.
    """
    tally, data = Tally(), s.root / "killed"
    begun = time.monotonic()
    s.run(s.copy(data))
    life = time.monotonic() - begun
    while sum(tally.where.values()) < kills:
        s.copy(data)
        hits = [hit for hit in (kill_one(s, data, life, rng) for _ in range(2 if rng.random() < 1 / 3 else 1)) if hit]
        if not hits:
            continue
        s.run(data)
        why = verdict(data, whole)
        for hit in hits:
            tally.add(hit, why)
        if why:
            shutil.copytree(data, s.root / f"unequal-{len(tally.unequal)}", dirs_exist_ok=True)
    return tally


def kill_one(s: Scene, data: Path, life: float, rng: random.Random) -> str | None:
    """One run killed; where it was hit, or None when it had ended before."""
    before = {p.name for p in (data / "archive").rglob("*.warc.gz")}
    lock, process = data / "store" / "run.lock", s.start(data, start_new_session=True)
    late = rng.random() < 0.5
    if late:
        while process.poll() is None and f'{process.pid}}}' not in lock.read_text():
            time.sleep(0.002)
    time.sleep(rng.uniform(0, life * (0.7 if late else 1)))
    ended = process.poll() is not None
    process.kill()
    process.communicate()
    return None if ended else stage_of(data, before)


def every_point(s: Scene, run: Runner, whole: Rows, manner: str, points: list[int]) -> Tally:
    """Die at each of the points in turn."""
    tally, data = Tally(), s.root / f"dying-{manner}"
    names = trace(s, run)
    for n in points:
        s.copy(data)
        status = run(s.argv(data), data, die_at=n, manner=manner)
        log = Path(f"{data}.log").read_text(encoding="utf-8", errors="replace")
        why = "" if status == -signal.SIGKILL or manner == "full" else f"exit {status} instead of death: {log[-300:]}"
        if manner == "full":
            why = orderly(status, log)
        status = run(s.argv(data), data)
        if status != 0:
            why += f"; the run after it ends with {status}: {Path(f'{data}.log').read_text()[-300:]}"
        why = "; ".join(filter(None, [why, verdict(data, whole)]))
        tally.add(names[n - 1].partition(":")[0], f"point {n} ({names[n - 1]}): {why}" if why else "")
    return tally


def orderly(status: int, log: str) -> str:
    """Why the end of a run on a full disk is not one clear line with an exit code of its own; empty when it is."""
    if "Traceback" in log:
        return f"exit {status} with a traceback: {log[-400:]}"
    return "" if status in {0, 2, 4, 5} else f"exit {status}: {log[-300:]}"


def trace(s: Scene, run: Runner) -> list[str]:
    """The points that an undisturbed run passes, in order."""
    data, out = s.copy(s.root / "traced"), s.root / "trace.txt"
    status = run(s.argv(data), data, trace=out)
    assert status == 0, Path(f"{data}.log").read_text()
    return out.read_text(encoding="utf-8").splitlines()


def main() -> int:
    """Print what came of it; exit 1 when anything is unequal."""
    ask = argparse.ArgumentParser(prog="python -m chaos.harness", description=__doc__.split("\n")[0] if __doc__ else "")
    ask.add_argument("--kills", type=int, default=200, help="SIGKILLs at random instants")
    ask.add_argument("--every", type=int, default=1, help="of the points of a run take each n-th; 0: none")
    ask.add_argument("--manners", default="kill,power,full")
    ask.add_argument("--seed", type=int, default=1)
    given = ask.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        if given.kills:
            with scene(Path(folder) / "random", served=True, feeds=24, entries=24, group_size=4) as s:
                begun = time.monotonic()
                tally = random_kills(s, s.prepare(), given.kills, random.Random(given.seed))
                tally.show(f"random kills of `twinwire run` ({time.monotonic() - begun:.0f} s, seed {given.seed})")
                bad += tally.outcomes["unequal"]
        if given.every:
            with scene(Path(folder) / "points") as s, Runner() as run:
                whole = s.prepare(run)
                total = len(trace(s, run))
                for manner in given.manners.split(","):
                    begun = time.monotonic()
                    tally = every_point(s, run, whole, manner, list(range(1, total + 1, given.every)))
                    tally.show(f"{manner} at {total // given.every} of {total} points ({time.monotonic() - begun:.0f} s)")
                    bad += tally.outcomes["unequal"]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
