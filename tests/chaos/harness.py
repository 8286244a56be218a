"""Disturbances, kills at random instants and deaths at every point, compared row for row. ``python -m chaos.harness`` prints statistics."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaos import disturbances, press
from chaos.checks import KEPT_BY_FETCHES
from chaos.scenes import Rows, Runner, Scene, Tally, copy, scene, stage_of, verdict
from wires import content

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
        print(f"\r{tally}", end="", file=sys.stderr, flush=True)
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
    assert not orphans(process.pid), "a reader outlived its run"
    return None if ended else stage_of(data, before)


def orphans(pid: int, patience: float = 5.0) -> list[str]:
    """Reader processes of a run that are still there although it is not."""
    end = time.monotonic() + patience
    while True:
        found = [p.parent.name for p in Path("/proc").glob("[0-9]*/cmdline") if (words := _words(p)) and "twinwire.sandbox.worker" in words
                 and str(pid) in words]
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.05)


def _words(cmdline: Path) -> list[str]:
    try:
        return cmdline.read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:  # gone meanwhile
        return []


@dataclass(frozen=True)
class Deed:
    """A command that changes the store, the folder it begins with, and the rows it leaves when nothing disturbs it."""

    name: str
    argv: Callable[[Path], list[str]]
    base: Path
    whole: Rows
    but: tuple[str, ...] = ()  # rules that need not hold afterwards


def deeds(s: Scene, run: Runner, names: Sequence[str]) -> Iterator[Deed]:
    """Those of the commands that change the store. Each is done once in peace for its rows."""
    done = s.root / "whole"
    whole = content(done / "warehouse.duckdb") if done.exists() else s.prepare(run)
    other = press.config(s.root / "other-rules", s.addresses(), run={"group_size": s.group_size, "parsers": 0})
    (other / "topics.yaml").write_text(press.OTHER_TOPICS, encoding="utf-8")
    empty = s.root / "empty"
    empty.mkdir(exist_ok=True)

    def of(data: Path, config: Path = s.config) -> list[str]:
        return ["--config", str(config), "--data", str(data), "--json"]

    found = {
        "run": (s.argv, s.base),
        "rescreen": (lambda data: ["rescreen", *of(data, other), "--workers", "1"], done),
        "backfill": (lambda data: ["backfill", str(done / "archive"), *of(data)], empty),
        "rebuild": (lambda data: ["doctor", "--rebuild", *of(data)], done),
    }
    for name in names:
        argv, base = found[name]
        if name != "run":
            data = copy(base, s.root / f"{name}-in-peace")
            assert run(argv(data), data) == 0, Path(f"{data}.log").read_text()
            whole = content(data / "warehouse.duckdb")
        yield Deed(name, argv, base, whole, (KEPT_BY_FETCHES,) if name == "rescreen" else ())  # which keeps what no fetch has kept


def every_point(s: Scene, run: Runner, deed: Deed, manner: str, points: Sequence[int]) -> Tally:
    """Let a command die at each of the points in turn, and do it again in peace."""
    tally, data = Tally(), s.root / f"{deed.name}-{manner}"
    names = trace(deed, run, s.root / "traced")
    for n in points:
        copy(deed.base, data)
        status = run(deed.argv(data), data, die_at=n, manner=manner)
        log = Path(f"{data}.log").read_text(encoding="utf-8", errors="replace")
        why = "" if status == -signal.SIGKILL or manner == "full" else f"exit {status} instead of death: {log[-300:]}"
        if manner == "full":
            why = orderly(status, log)
        status = run(deed.argv(data), data)
        if status != 0:
            why += f"; done again it ends with {status}: {Path(f'{data}.log').read_text()[-300:]}"
        why = "; ".join(filter(None, [why, verdict(data, deed.whole, deed.but)]))
        tally.add(names[n - 1].partition(":")[0], f"point {n} ({names[n - 1]}): {why}" if why else "")
        print(f"\r{deed.name} {manner}: {n}", end="", file=sys.stderr, flush=True)
    return tally


def orderly(status: int, log: str) -> str:
    """Why the end of a run on a full disk is not one clear line with an exit code of its own; empty when it is."""
    if "Traceback" in log:
        return f"exit {status} with a traceback: {log[-400:]}"
    return "" if status in {0, 2, 4, 5} else f"exit {status}: {log[-300:]}"


def trace(deed: Deed, run: Runner, data: Path) -> list[str]:
    """The points that a command passes when nothing disturbs it, in order."""
    out = Path(f"{copy(deed.base, data)}.trace")
    status = run(deed.argv(data), data, trace=out)
    assert status == 0, Path(f"{data}.log").read_text()
    return out.read_text(encoding="utf-8").splitlines()


def play_scenes(root: Path, found: Sequence[disturbances.Disturbance], seed: int) -> int:
    """Print a line for each, and one for each trial whose rows differ. Returns how many those are."""
    bad = 0
    with scene(root, served=True, entries=12, feeds=6, group_size=3) as s, Runner() as run:
        whole = s.prepare(run)
        for what in found:
            begun = time.monotonic()
            tally = disturbances.play(what, s, run, whole, seed)
            met = "; ".join(f"{where} × {n}" for where, n in tally.where.most_common())
            print(f"{what.name:16} {'DIFFERS' if tally.unequal else 'equal':8} {what.times:3} times {time.monotonic() - begun:5.0f} s   {met}", flush=True)
            for line in tally.unequal:
                print(f"  UNEQUAL  {line}", flush=True)
            bad += len(tally.unequal)
    return bad


def _scenes(names: str) -> list[disturbances.Disturbance]:
    try:
        return disturbances.named(names)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from None


def main() -> int:
    """Print what came of it; exit 1 when anything is unequal."""
    ask = argparse.ArgumentParser(prog="python -m chaos.harness", description=__doc__.split("\n")[0] if __doc__ else "")
    ask.add_argument("--kills", type=int, default=200, help="SIGKILLs at random instants")
    ask.add_argument("--every", type=int, default=1, help="of the points of a run take each n-th; 0: none")
    ask.add_argument("--manners", default="kill,power,full", help="of dying at a point")
    ask.add_argument("--deeds", default="run,rescreen,backfill,rebuild", help="commands that die at their points")
    ask.add_argument("--scenes", type=_scenes, default="all", metavar="all|none|NAME,NAME",
                     help=f"disturbances: {', '.join(d.name for d in disturbances.ALL)}")
    ask.add_argument("--seed", type=int, default=1)
    given = ask.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        if given.scenes:
            bad += play_scenes(Path(folder) / "scenes", given.scenes, given.seed)
        if given.kills:
            with scene(Path(folder) / "random", served=True, feeds=24, entries=24, group_size=4) as s:
                begun = time.monotonic()
                tally = random_kills(s, s.prepare(), given.kills, random.Random(given.seed))
                tally.show(f"random kills of `twinwire run` ({time.monotonic() - begun:.0f} s, seed {given.seed})")
                bad += tally.outcomes["unequal"]
        if given.every:
            with scene(Path(folder) / "points") as s, Runner() as run:
                for deed in deeds(s, run, given.deeds.split(",")):
                    total = len(trace(deed, run, s.root / "traced"))
                    for manner in given.manners.split(","):
                        begun, points = time.monotonic(), range(1, total + 1, given.every)
                        tally = every_point(s, run, deed, manner, points)
                        tally.show(f"{deed.name}: {manner} at {len(points)} of {total} points ({time.monotonic() - begun:.0f} s)")
                        bad += tally.outcomes["unequal"]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
