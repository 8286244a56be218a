"""What a disturbance is made of: one trial in a scene, a feed and a store that somebody holds, a small disk, runs that die where it hurts.

Holds no test and no disturbance. The disturbed run of a trial is a process of its own; what comes after it is the same command line in
the forking process of ``runner.py``, because imports take most of a command.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos.scenes import Rows, Runner, Scene, environment, verdict
from feedserver import Reply, Request

from twinwire.warehouse import witness

SECONDS = 120  # a command that takes longer hangs
HELD = "/0.xml"  # the feed that is kept from answering where a run must not end yet


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    said: str
    out: str = ""

    def unlike(self, *codes: int) -> str:
        """Why this is not an end with one of these codes and, where it is no success, one clear line; empty when it is."""
        lines = self.said.splitlines()
        clear = all(line.startswith("twinwire: ") for line in lines) and (self.code == 0 or len(lines) == 1)
        return "" if self.code in codes and clear else f"exit {self.code} instead of {codes}: {self.said[-600:]}"


@dataclass(frozen=True)
class Trial:
    """The ``n``-th of ``times`` trials of a disturbance in a scene that is ready. ``met`` collects what the disturbance came upon."""

    scene: Scene
    again: Runner
    whole: Rows
    dice: random.Random
    n: int = 0
    times: int = 1
    met: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The folder that suffers."""
        return self.scene.root / "disturbed"

    def fresh(self) -> Path:
        """After the first edition."""
        return self.scene.copy(self.data)

    def start(self, *more: str, how: dict[str, Any] | None = None, **settings: str) -> subprocess.Popen[str]:
        """`twinwire run` in a process of its own; ``settings`` are variables of its environment."""
        return subprocess.Popen([sys.executable, "-m", "twinwire", *self.scene.argv(self.data), *more], env=environment(**settings),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how or {})

    def run(self, *more: str, how: dict[str, Any] | None = None, **settings: str) -> Done:
        """As :meth:`start`, to the end."""
        return ended(self.start(*more, how=how, **settings))

    def quick(self, *argv: str) -> Done:
        """A command in the forking process. `doctor` tells its findings on stdout, which is not told apart here."""
        code = self.again([*argv, "--config", str(self.scene.config), "--data", str(self.data), "--json"], self.data)
        return Done(code, Path(f"{self.data}.log").read_text(encoding="utf-8", errors="replace"))

    def place(self, size: int) -> int:
        """One of so many bytes; the trials of a disturbance are spread over all of them."""
        return min(size - 1, int((self.n + self.dice.random()) / self.times * size))

    def flip(self, file: Path, at: int | None = None) -> None:
        """One bit of a file."""
        at = self.dice.randrange(file.stat().st_size) if at is None else at
        with file.open("r+b") as f:
            f.seek(at)
            byte = f.read(1)[0]
            f.seek(at)
            f.write(bytes([byte ^ 1 << self.dice.randrange(8)]))

    def peace(self) -> str:
        """One more run, and why the rows are not those of an undisturbed reading."""
        done = self.quick("run")
        return f"in peace it ends with {done.code}: {done.said[-600:]}" if done.code else verdict(self.data, self.whole)

    def mended(self) -> str:
        """A run over what is damaged; where it or `doctor` finds the damage, the store is made anew from the archive as both advise."""
        done = self.run()
        if why := done.unlike(0, 5):
            return why
        found = self.quick("doctor").code
        self.met.append("not in the way" if not done.code and not found else
                        f"exit {done.code}{', told by doctor' if not done.code else ''}, rebuilt")
        if done.code and not found:
            return f"doctor finds nothing where a run says: {done.said}"
        if found and (rebuilt := self.quick("doctor", "--rebuild")).code:
            return f"doctor --rebuild ends with {rebuilt.code}: {rebuilt.said[-900:]}"
        if why := self.peace():
            return why
        last = self.quick("doctor", *(["--repair"] if found else []))
        return verdict(self.data, self.whole) if last.code == 0 else f"doctor is not content in the end: {last.said[-900:]}"


def ended(process: subprocess.Popen[str]) -> Done:
    """How it ends, within bounds."""
    try:
        out, said = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, said = process.communicate()
        said += f"\nit did not end within {SECONDS} seconds"
    return Done(process.returncode, said, out)


def until(true: Callable[[], bool], *processes: subprocess.Popen[str]) -> None:
    """Wait for something, but not for ever, and no longer than all the processes live."""
    end = time.monotonic() + SECONDS
    while not true() and time.monotonic() < end and any(p.poll() is None for p in processes):
        time.sleep(0.001)


# -- ingredients -------------------------------------------------------------------------------------------------------


@contextmanager
def held_feed(s: Scene) -> Iterator[threading.Event]:
    """One feed answers when the event is set, and not before."""
    assert s.server is not None, "files cannot be kept from answering"
    go, route = threading.Event(), s.server.routes[HELD]
    assert isinstance(route, Reply)

    def slow(_: Request) -> Reply:
        go.wait(SECONDS)
        return route

    s.server.routes[HELD] = slow
    try:
        yield go
    finally:
        go.set()
        s.server.routes[HELD] = route


@contextmanager
def held_store(store: Path) -> Iterator[int]:
    """A program of another kind has the file open for writing. Gives its process id."""
    code = f"import duckdb, sys; c = duckdb.connect({str(store)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        try:
            yield holder.pid
        finally:
            holder.communicate()


@contextmanager
def small_disk(base: Path, at: Path, free: int) -> Iterator[Callable[[], object]]:
    """A copy of a folder on a file system of its own with so many bytes left; what is given makes room. Raises PermissionError."""
    size = sum(p.stat().st_size for p in base.rglob("*") if p.is_file()) + 200_000 + free
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "twinwire-test", str(at)], capture_output=True, text=True, check=False)
    if mounting.returncode:
        at.rmdir()
        raise PermissionError(mounting.stderr.strip())
    try:
        shutil.copytree(base, at, dirs_exist_ok=True)
        yield lambda: subprocess.run(["mount", "-o", "remount,size=1g", str(at)], check=True)
    finally:
        subprocess.run(["umount", str(at)], check=True)
        at.rmdir()


def killed_with_log(t: Trial) -> None:
    """A run that dies when all groups but the last are committed: their rows are in the log and in the spool, not in the file."""
    before = witness.told(t.fresh() / "store" / "witness.json")["batches"]
    groups = -(-len(t.scene.addresses()) // t.scene.group_size)
    with held_feed(t.scene):
        process = t.start()
        until(lambda: witness.told(t.data / "store" / "witness.json").get("batches", 0) >= before + groups - 1, process)
        process.kill()
        ended(process)
    assert (t.data / "store" / "store.duckdb.wal").stat().st_size, "nothing was committed"


def killed_with_spool(t: Trial) -> None:
    """A run that dies as soon as a batch is in the spool: mostly before it is loaded."""
    t.fresh()
    process = t.start()
    until(lambda: any(not p.name.startswith(".") for p in (t.data / "spool").iterdir()), process)
    process.kill()
    ended(process)
