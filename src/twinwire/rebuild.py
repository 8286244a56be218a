"""The whole warehouse made anew from the archive, beside the old one, which it then replaces. Asks no network.

Runs are replayed in their order, each payload through the very stages of a run; batches are those of the old ledger where that can be
read. Everything is judged by the topics of today.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

from twinwire.archive import Archive, ArchiveRef
from twinwire.config import Config
from twinwire.errors import StoreDamaged
from twinwire.findings import Level
from twinwire.ledger import Fetched
from twinwire.pagesagain import PagesAgain
from twinwire.pipeline import Options
from twinwire.records import Failure, Payload
from twinwire.replay import Sources, as_written
from twinwire.warcread import Written, files, read_at, records, written
from twinwire.warehouse import rebuild
from twinwire.warehouse.integrity import inspect
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import publish
from twinwire.warehouse.spool import Spooled
from twinwire.warehouse.store import Store

LOT = 250  # payloads in a batch, where the old ledger does not say


@dataclass(slots=True)
class Report:
    """What a rebuild did. ``before`` and ``after`` count rows; ``before`` is empty when nothing of the old store could be read."""

    payloads: int = 0
    unreadable: list[str] = field(default_factory=list)  # records that are damaged
    carried: int = 0                                     # entries of sources whose archive has holes, taken over as they were
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    kept_in: Path | None = None                          # where the old store is

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {"payloads": self.payloads, "unreadable": self.unreadable, "carried_over": self.carried, "before": self.before,
                "after": self.after, "old_store": str(self.kept_in) if self.kept_in else None}


class Rebuild:
    """One rebuild. ``on_progress(done, of)`` is told of bytes of the archive."""

    def __init__(self, config: Config, data: DataFolder, clock: Callable[[], datetime]) -> None:
        self._config, self._data, self._clock = config, data, clock
        self._cap = config.settings.fetch.max_bytes
        self.report = Report()
        self.on_progress: Callable[[int, int], None] = lambda _done, _of: None

    def run(self) -> Report:
        """Replay, carry over, verify, swap, publish. Raises Busy, and StoreDamaged when the new store is not sound: the old one stays."""
        self._data.prepare()
        shutil.rmtree(self._data.rebuild, ignore_errors=True)
        with RunLock(self._data.lock, self._config.settings.run.lock_wait), rebuild.waiting(self._data) as waiting:
            old = rebuild.readable(self._data)
            with _Replayed(self._config, self._data, self._clock) as run:
                with rebuild.Old(old) as before:
                    short = self._short(before)
                if old is not None and short:
                    self.report.carried = rebuild.seed(run.store.con, old, short)
                with rebuild.Old(old) as before:
                    self._replay(run, before, short)
                self._settle(run, old, waiting)
            self._verify(old)
            self.report.kept_in = rebuild.swap(self._data, self._clock())
            with Store(self._data) as store:
                publish(store, self._config.settings.publish.backups)
        return self.report

    def _short(self, before: rebuild.Old) -> set[str]:
        """Sources of which the archive has lost a payload."""
        lost = (source for source, ref in before.payloads() if isinstance(read_at(self._data.archive, ref, self._cap), Failure))
        return set(lost)

    def _replay(self, run: _Replayed, before: rebuild.Old, short: set[str]) -> None:
        found = files(self._data.archive)
        sizes = {f: f.stat().st_size for f in found}
        sources = Sources(self._config, before.sources())
        backfills, done = before.backfills(), 0
        for told, of in _by_run(found):
            places = before.batches(told.run)
            feeds = run.open(told, self._refs(of))
            for lot in _lots(feeds, places):
                run.replay(lot, places, sources, _Asked(told, told.run in backfills, short))
                self.report.payloads += len(lot)
            done += sum(sizes[f] for f in of)
            self.on_progress(done, sum(sizes.values()))

    def _refs(self, of: Sequence[Path]) -> Iterator[tuple[ArchiveRef, Payload]]:
        for file in of:
            for record in records(self._data.archive, file, self._cap):
                if isinstance(record.found, Payload):
                    yield record.ref, record.found
                else:
                    self.report.unreadable.append(record.found.message)

    def _settle(self, run: _Replayed, old: Path | None, waiting: Iterable[Spooled]) -> None:
        store = run.store
        if old is not None:
            rebuild.carry_over(store.con, old)
        rebuild.settle(store.con, waiting)
        rebuild.add_runs(store, run.runs)
        store.end_run(run.own_id, self._clock(), "done", f"{self.report.payloads} payloads read again from the archive")
        store.close_runs(self._clock())
        store.settle()
        store.attest()

    def _verify(self, old: Path | None) -> None:
        """The new store is sound, and holds every entry that the old one holds."""
        new = DataFolder(self._data.rebuild)
        found = [f for f in inspect(new.store, new.witness) if f.level is Level.BAD]
        with Store(new) as store:
            lacking = rebuild.lacking(store.con, old)
            self.report.after = store.counts()
        with rebuild.Old(old) as before:
            self.report.before = before.counts()
        if found or lacking:
            what = "; ".join(t.message for t in found) or f"it lacks {lacking} entries of {old}"
            raise StoreDamaged(str(new.store), f"was made, but is not sound: {what[:300]}; the old store stays")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of the run that is replayed: what its files say, whether it was a backfill, which sources' entries are there from the beginning."""

    told: Written
    backfill: bool
    seeded: set[str]

    def past(self, payload: Payload) -> bool:
        """What was fetched before its run began, a backfill brought. What is known from the beginning is newer than its payloads."""
        return self.backfill or payload.fetched_at < self.told.at or payload.source in self.seeded


class _Replayed(PagesAgain):
    """A run whose answers lie in the archive already, into a store of its own."""

    def __init__(self, config: Config, data: DataFolder, clock: Callable[[], datetime]) -> None:
        super().__init__(config, DataFolder(data.rebuild), Options(asks=False, articles=False, trigger="rebuild"), lambda: self._at)
        self._at: datetime = clock()
        self._places = _Places(data.archive, self._at)
        self._folder = data.archive
        self.own_id = self.run_id
        self.runs: dict[UUID, datetime] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        self.archive = self._places
        return self

    def open(self, told: Written, found: Iterable[tuple[ArchiveRef, Payload]]) -> list[ArchiveRef]:
        """Begin a run: its article pages are at hand from here on; returns where its feeds lie."""
        self.run_id = told.run or uuid4()
        self.runs[self.run_id] = told.at
        pages: dict[str, Payload] = {}
        feeds = []
        self._places.known.clear()
        for ref, payload in found:
            if not payload.is_page:
                feeds.append(ref)
            elif payload.url not in pages:
                pages[payload.url] = payload
                self._places.known[id(payload)] = ref
        self.pages = pages
        return feeds

    def replay(self, lot: Sequence[ArchiveRef], places: dict[tuple[str, int], rebuild.Before], sources: Sources, asked: _Asked) -> None:
        """One batch of the run."""
        payloads = [(ref, p) for ref in lot if isinstance(p := read_at(self._folder, ref, self.config.settings.fetch.max_bytes), Payload)]
        if not payloads:
            return
        before = places.get((lot[0].path, lot[0].offset))
        self._at = before.created_at if before else max(p.fetched_at for _, p in payloads)
        states = self.store.states({p.source for _, p in payloads})
        answers: dict[str, list[Fetched]] = {}
        for ref, p in payloads:
            source = as_written(sources[p.source], p)
            f = Fetched.of(source, states[source.id], p, p.fetched_at)
            f.past = asked.past(p)
            self._places.known[id(p)] = ref
            answers.setdefault(source.id, []).append(f)
        self.take(answers)
        for _, p in payloads:
            del self._places.known[id(p)]
        self.report.failures.clear()


class _Places(Archive):
    """The archive as it lies there: what is to be stored has its place."""

    def __init__(self, folder: Path, now: datetime) -> None:
        super().__init__(folder, "rebuild", now)
        self.known: dict[int, ArchiveRef] = {}

    def store(self, payload: Payload) -> ArchiveRef:
        """Where it lies."""
        return self.known[id(payload)]


def _by_run(found: Sequence[Path]) -> Iterator[tuple[Written, list[Path]]]:
    """Files of one run together, runs in the order in which they began. A file that names no run stands for one."""
    told: dict[UUID | Path, tuple[Written, list[Path]]] = {}
    for file in found:
        try:
            head = written(file)
        except OSError:
            continue
        told.setdefault(head.run or file, (head, []))[1].append(file)
    yield from sorted(told.values(), key=lambda t: (t[0].at, t[1][0]))


def _lots(feeds: Sequence[ArchiveRef], places: dict[tuple[str, int], rebuild.Before]) -> Iterator[list[ArchiveRef]]:
    """Payloads by the batch they were loaded with, in the order of the batches; those of which nothing is known last, as they lie."""
    of: dict[UUID, list[ArchiveRef]] = {}
    for ref in feeds:
        if before := places.get((ref.path, ref.offset)):
            of.setdefault(before.batch_id, []).append(ref)
    yield from sorted(of.values(), key=lambda refs: places[refs[0].path, refs[0].offset].created_at)
    others = [r for r in feeds if (r.path, r.offset) not in places]
    for start in range(0, len(others), LOT):
        yield others[start:start + LOT]
