"""Disturbances of a real `twinwire run` over served feeds, with a comparison row for row. Holds no test; `make chaos` plays them all.

Each is a function that takes a :class:`~chaos.trials.Trial`, disturbs one run, follows the advice that the program gives, lets a last run
go in peace and returns '' or why the rows are not those of an undisturbed reading.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chaos.checks import broken, difference, unreadable
from chaos.scenes import Rows, Runner, Scene, Tally, copy, verdict
from chaos.trials import Done, Trial, ended, held_feed, held_store, killed_with_log, killed_with_spool, small_disk, until
from feedserver import FeedServer, Reply
from wires import NOWHERE, content

# -- in each other's way -----------------------------------------------------------------------------------------------


def two_runs(t: Trial) -> str:
    """Started together. Every other time a feed keeps the first from ending before the second has given up: then that must be exit 3.
    Otherwise the second may also come after the first."""
    t.fresh()
    with held_feed(t.scene) as go:
        if t.n % 2:
            go.set()
        both = [t.start(), t.start()]
        until(lambda: any(p.poll() is not None for p in both), *both)
        go.set()
        ends = sorted((ended(p) for p in both), key=lambda d: d.code)
    t.met.append(f"exits {ends[0].code} and {ends[1].code}")
    why = ends[0].unlike(0) or ends[1].unlike(*((0, 3) if t.n % 2 else (3,)))
    if not why and ends[1].code == 3 and "is at work here" not in ends[1].said:
        why = f"does not say who is at work: {ends[1].said}"
    return why or verdict(t.data, t.whole) or t.peace()


def locked_store(t: Trial) -> str:
    """Another program has the store open for writing: exit 3 names its process, nothing is fetched, and once it is closed all goes on."""
    t.fresh()
    assert t.scene.server is not None
    before, raw = sum(t.scene.server.hits.values()), sorted((t.data / "archive").rglob("*"))
    with held_store(t.data / "store" / "store.duckdb") as pid:
        done = t.run()
    t.met.append(f"exit {done.code}")
    why = done.unlike(3) or ("" if f"process {pid}" in done.said else f"does not name process {pid}: {done.said}")
    if sum(t.scene.server.hits.values()) != before or sorted((t.data / "archive").rglob("*")) != raw:
        why = why or "something was fetched"
    return why or t.peace()


def full_disk(t: Trial) -> str:
    """A file system of its own with between nothing and 28 MB left, which a run fills somewhere between its lock and its copy; then it
    grows. Who may mount nothing gets files that may not grow instead."""
    free = t.place(28_000_000)
    try:
        with small_disk(t.scene.base, t.data, free) as grow:
            done = t.run()
            grow()
            return _ran_full(t, done) or t.peace()
    except PermissionError as e:
        t.fresh()
        most = max(p.stat().st_size for p in t.data.rglob("*") if p.is_file()) * t.place(100) // 100
        done = t.run(how={"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))})
        return _ran_full(t, done, f"files that may not grow, because: {e}; ") or t.peace()


def _ran_full(t: Trial, done: Done, how: str = "") -> str:
    t.met.append(f"{how}exit {done.code}")
    said = any(words in done.said.lower() for words in ("no space left", "larger than a file may be"))
    return done.unlike(0, 2) or ("" if said or not done.code else f"does not say that the disk is full: {done.said}")


def stopped_prefect(t: Trial) -> str:
    """No Prefect API where ``PREFECT_API_URL`` points: a closed port, a server that answers 503, one that says it is well and then
    answers 503; with ``--tracked`` the first two as well. The run costs the tracking at most."""
    kind, more = (("closed", ()), ("503", ()), ("503 but for its health", ()), ("closed", ("--tracked",)), ("503", ("--tracked",)))[t.n % 5]
    health = {"503": Reply(b"away", 503), "503 but for its health": Reply(b"true", headers={"Content-Type": "application/json"})}
    with FeedServer({"/api/health": health.get(kind, Reply()), "/api/admin/version": Reply(b"away", 503), "/api/flows/": Reply(b"away", 503),
                     "/api/csrf-token": Reply(b"away", 503)}) as api:
        t.fresh()
        done = t.run(*more, PREFECT_API_URL=f"{NOWHERE}/api" if kind == "closed" else api.url("/api"), PREFECT_CLIENT_MAX_RETRIES="1")
    t.met.append(" ".join([kind, *more, "→ tracked" if '"tracked": true' in done.out else "→ not tracked"]))
    return done.unlike(0) or verdict(t.data, t.whole) or t.peace()


# -- damage ------------------------------------------------------------------------------------------------------------


def cut_log(t: Trial) -> str:
    """The log of a killed run loses its tail. Every other time the spool is lost too: then the run says what is missing, and the archive
    still has it."""
    killed_with_log(t)
    log = t.data / "store" / "store.duckdb.wal"
    os.truncate(log, t.place(log.stat().st_size))
    if t.n % 2:
        shutil.rmtree(t.data / "spool")
    t.met.append("without spool" if t.n % 2 else "with spool")
    return t.mended()


def flipped_store(t: Trial) -> str:
    """A bit of the store file turns over. Where it lies in what nothing reads, nothing is told and nothing is lost; elsewhere a run says
    so, or `doctor` does of what that run did not read, and the archive has the rows."""
    file = t.fresh() / "store" / "store.duckdb"
    t.flip(file, t.place(file.stat().st_size))
    return t.mended()


def flipped_copy(t: Trial) -> str:
    """A bit of the warehouse file that people open turns over: the run makes it anew."""
    file = t.fresh() / "warehouse.duckdb"
    t.flip(file, t.place(file.stat().st_size))
    return t.mended()


def flipped_spool(t: Trial) -> str:
    """A bit of a batch that waits turns over: of a manifest every third time, else of a table. The batch is put aside and its sources are
    read again."""
    killed_with_spool(t)
    batch = t.dice.choice(sorted(p for p in (t.data / "spool").iterdir() if not p.name.startswith(".")))
    file = batch / "manifest.json" if t.n % 3 == 0 else t.dice.choice(sorted(batch.glob("*.parquet")))
    t.flip(file)
    why = t.mended()
    told = (t.data / "store" / "damaged" / batch.name).is_dir()
    t.met.append(f"{'manifest' if file.suffix == '.json' else 'table'} {'put aside' if told else 'not put aside'}")
    return why or ("" if told else f"{file.name} was flipped and the batch was not put aside")


def flipped_archive(t: Trial) -> str:
    """A bit of the archive turns over, before a run or after it. No run reads it, so the run is as ever. What cannot hold is that every
    payload can be read again: `doctor --deep` says so, `doctor --rebuild` takes the rows of those sources over from the old store, and
    with the file back from a backup all is whole."""
    copy(t.scene.base if t.n % 2 else t.scene.root / "whole", t.data)
    file = t.dice.choice(sorted((t.data / "archive").rglob("*.warc.gz")))
    good = file.read_bytes()
    t.flip(file)
    if why := t.run().unlike(0):
        return why
    lost = unreadable(t.data)
    t.met.append(f"{len(lost)} payloads lost" if lost else "no payload lost")
    for command in (("doctor", "--deep"), ("doctor", "--rebuild"), ("run",)):
        done, wanted = t.quick(*command), 5 if lost and command[0] == "doctor" else 0
        rows = difference(content(t.data / "warehouse.duckdb"), t.whole) or ", ".join(broken(t.data / "warehouse.duckdb"))
        if done.code != wanted or "Traceback" in done.said or rows:
            return f"{' '.join(command)}: exit {done.code} instead of {wanted}: {rows or done.said[-600:]}"
    file.write_bytes(good)
    return t.peace() or ("" if t.quick("doctor", "--deep").code == 0 else "doctor is not content in the end")


# -- all of them -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disturbance:
    """By name, and how often `make chaos` tries it."""

    name: str
    trial: Callable[[Trial], str]
    times: int


ALL = tuple(Disturbance(trial.__name__.replace("_", "-"), trial, times) for trial, times in (
    (two_runs, 2), (locked_store, 1), (full_disk, 5), (stopped_prefect, 5), (cut_log, 10), (flipped_store, 10), (flipped_copy, 2),
    (flipped_spool, 6), (flipped_archive, 4)))


def named(names: str) -> list[Disturbance]:
    """``all``, ``none`` or names with commas between. Raises ValueError naming those there are."""
    if names in {"all", "none"}:
        return list(ALL) if names == "all" else []
    known = {d.name: d for d in ALL}
    if unknown := sorted(set(names.split(",")) - set(known)):
        raise ValueError(f"no scene is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[n] for n in names.split(",")]


def play(what: Disturbance, s: Scene, again: Runner, whole: Rows, seed: int, trials: Sequence[int] | None = None) -> Tally:
    """All trials of a disturbance, or those of these numbers. Each has dice of its own, so one can be thrown again alone."""
    tally = Tally()
    for n in range(what.times) if trials is None else trials:
        t = Trial(s, again, whole, random.Random(f"{seed}/{what.name}/{n}"), n, what.times)
        why = what.trial(t)
        tally.add(", ".join(t.met), f"trial {n}: {why}" if why else "")
    return tally
