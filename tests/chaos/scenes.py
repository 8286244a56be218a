"""Scenes for kills and damage, and what came of them. Holds no test and no trial.

A scene is a press in two editions (``press``), a data folder into which the first one was read in peace, and the rows
that an undisturbed reading of the second leaves. A trial starts from a copy of that folder, disturbs the reading of the
second edition, lets one more run go in peace and compares.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
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
        how = {"group_size": self.group_size} | ({} if self.server else {"parsers": 0})  # as fast as can be where it dies by count
        press.config(self.config, self.addresses(), run=how, fetch={"workers": 4 if self.server else 1})
        self.show(1)
        self.run(self.base, run)
        self.show(2)
        self.copy(self.root / "whole")
        self.run(self.root / "whole", run)
        assert broken(self.root / "whole" / "warehouse.duckdb") == {}
        return content(self.root / "whole" / "warehouse.duckdb")

    def addresses(self) -> dict[str, str]:
        """Path → url of every feed."""
        paths = press.bodies(1, self.feeds, self.entries)
        return {p: self.server.url(p) if self.server else f"file:{self.root}/tree{p}" for p in paths}

    def copy(self, data: Path) -> Path:
        """A fresh copy of the folder after the first edition."""
        return copy(self.base, data)

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


def copy(base: Path, data: Path) -> Path:
    """A folder in the place of whatever is there."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(base, data)
    return data


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

    def __str__(self) -> str:
        return f"{sum(self.where.values())} disturbed, {self.outcomes['unequal']} unequal {dict(sorted(self.where.items()))}"

    def show(self, title: str) -> None:
        print(f"\n{title}: {sum(self.where.values())} disturbed, {self.outcomes['equal']} equal, {self.outcomes['unequal']} unequal")
        for where, n in self.where.most_common():
            print(f"  {n:5}  {where}")
        for line in self.unequal:
            print(f"  UNEQUAL  {line}")


def verdict(data: Path, whole: Rows, but: tuple[str, ...] = ()) -> str:
    """Why a folder is not what it would be without the disturbance; empty when it is. ``but``: rules that need not hold."""
    warehouse = data / "warehouse.duckdb"
    if not warehouse.exists():
        return "there is no read copy"
    told = [difference(content(warehouse), whole), ", ".join(f"{k} ({n})" for k, n in broken(warehouse, but).items()), *unreadable(data)]
    left = [str(p.relative_to(data)) for p in data.rglob("*") if p.name.endswith("duckdb.tmp") or p.parent == data / "spool"]
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


