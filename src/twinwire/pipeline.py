"""The pipeline, told once, in order::

    for each group of sources:
        fetch      source + its state → payload, "unchanged" or a failure       (threads, bounded per host)
        archive    raw bytes are on disk before anything reads them
        parse      bytes → entries; a bad entry is quarantined, not its feed
        relate     entries → readings with keys → what is new, changed, known
        articles   where a feed gives teasers: pages of those kept (or undecided) → readings with the whole text
        screen     new and changed ones → kept or not, with evidence
        normalise  kept ones → items
        spool      all rows of the group → one Parquet batch, synced and renamed
        load       the batch → DuckDB in one transaction, with feed state and ledger
    publish        the store → read copy

Holds the order and nothing else: each step is a call into the stage of that name. Knows no Prefect;
``flows/`` and the command line both drive :class:`Ingest`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID, uuid4

from twinwire import ledger
from twinwire.archive import Archive
from twinwire.articles import Articles, Means
from twinwire.bugs import as_failure
from twinwire.config import Config, Source
from twinwire.errors import ConfigError
from twinwire.families import families, with_story
from twinwire.fetch import Came, Fetcher, HostQueues
from twinwire.fetch.guard import host_of
from twinwire.judge import Judge, Judged, Kept, KnownEntries, item_tables
from twinwire.ledger import Fetched, Outcome
from twinwire.reading import Readers, empty
from twinwire.records import Failure, FeedState, Payload, Reading, Stage
from twinwire.summary import RunReport
from twinwire.warehouse.gazetteer import shared as shared_gazetteer
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import age, is_sound, publish
from twinwire.warehouse.rows import Batch
from twinwire.warehouse.store import Store

Clock = Callable[[], datetime]
T = TypeVar("T")
GROUPS_AT_ONCE = 2  # one asks its sources while the other's answers become rows
QUIET = 500         # sources without news whose rows wait for the next batch; a batch costs as much as asking thirty of them
_GLANCE = 0.2       # seconds between looks at the cancel flag while fetches are under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run is asked to do."""

    sources: tuple[str, ...] = ()      # ids; none means all that are enabled
    schedule: str | None = None        # only the sources of this schedule
    limit: int | None = None           # at most so many sources, those checked longest ago first
    force: bool = False                # ask even who asked to wait, and read even what is unchanged
    articles: bool = True              # read article pages for the sources that want them
    asks: bool = True                  # False: no source is asked, the answers are brought (a backfill)
    trigger: str = "cli"
    slot: datetime | None = None       # when a schedule wanted this run; a later run of the trigger covers it


class Ingest:
    """One run over the sources. Use as a context manager: inside it the lock is held and the store open.

    Raises :class:`~twinwire.errors.Busy`, :class:`~twinwire.errors.StoreDamaged` and
    :class:`~twinwire.errors.ConfigError` on entering, before anything is fetched.
    """

    def __init__(self, config: Config, data: DataFolder, options: Options, clock: Clock) -> None:
        self.config, self.data, self.options, self.clock = config, data, options, clock
        self.run_id = uuid4()
        self.cancelled = threading.Event()
        self.judge = Judge(config, shared_gazetteer)
        self.report = RunReport(self.run_id, str(data.warehouse), [t.id for t in config.topics.topics])
        self.on_progress: Callable[[str], None] = lambda _source: None
        self._started = time.monotonic()
        self._counting = threading.Lock()
        self._quiet: list[tuple[Fetched, list[Reading]]] = []  # answers without entries that are not loaded yet; the store's turn guards it
        self._stack = ExitStack()

    # -- begin --------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        wanted = _wanted(self.config, self.options)
        self.data.prepare()
        settings = self.config.settings
        with self._stack:
            self._stack.enter_context(RunLock(self.data.lock, settings.run.lock_wait))
            self.store = self._stack.enter_context(Store(self.data))
            self.report.recovered = self.store.recover(self.clock())
            covered = self.options.slot is not None and self.store.covered(self.options.trigger, self.options.slot, self.clock())
            self.sources = () if covered else self._limited(wanted)
            self.report.total = len(self.sources)
            self.store.begin_run(self.run_id, self.clock(), trigger=self.options.trigger, sources=len(self.sources),
                                 rule_version=self.judge.rule_version, config_version=self.config.version)
            self.archive = self._stack.enter_context(Archive(self.data.archive, str(self.run_id), self.clock()))
            self.readers = self._stack.enter_context(Readers(settings.run.parsers, html=False))
            self.fetcher = self._stack.enter_context(Fetcher(settings.fetch, force=self.options.force))
            self.articles = self._stack.enter_context(Articles(settings, Means(
                archive=self.archive, known=self.store.known, verdict=self.judge.verdict, clock=self.clock, safely=self._safely)))
            self._queues = HostQueues(settings.fetch.workers, settings.fetch.per_host)
            self._stack.callback(self._queues.close)
            self._stack = self._stack.pop_all()  # all went well: the stack is closed by __exit__
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if error is not None and self.store.is_open:
                self.store.end_run(self.run_id, self.clock(), "failed", f"{type(error).__name__}: {error}"[:500])
        finally:
            self._stack.close()

    def _limited(self, wanted: Sequence[Source]) -> tuple[Source, ...]:
        if self.options.limit is None or self.options.limit >= len(wanted):
            return tuple(wanted)
        states = self.store.states(s.id for s in wanted)
        oldest = sorted(wanted, key=lambda s: (at := states[s.id].checked_at) is not None and at.timestamp())
        return tuple(oldest[: self.options.limit])

    def groups(self) -> list[tuple[Source, ...]]:
        """The sources in groups: one batch, one transaction, one Prefect task each. Hosts are spread over the groups."""
        count = -(-len(self.sources) // self.config.settings.run.group_size)
        return [self.sources[i::count] for i in range(count)]

    # -- one group ----------------------------------------------------------------------------------------------

    def ingest(self, group: Sequence[Source]) -> dict[str, int]:
        """Take one group of sources from bytes to rows. Returns counts for whoever watches.

        May be called again for the same group (a retried task): what is loaded is known, and changes no row.
        """
        if time.monotonic() - self._started > self.config.settings.run.deadline:
            self.cancelled.set()
        if self.cancelled.is_set():
            return {}
        return self.take(self._fetch(group, self.store.states(s.id for s in group)))

    def take(self, answers: dict[str, list[Fetched]]) -> dict[str, int]:
        """From answers (by source id) to rows: all stages after the fetch. Also the way in for what was fetched long ago."""
        fetched = [f for per_source in answers.values() for f in per_source]
        self._archive(fetched)
        self._parse(fetched)
        payloads = [(f, self._read(f)) for f in fetched]
        if self.options.articles:
            payloads, left = self.articles.complete(payloads, self.cancelled)
            answers = {name: per_source for name, per_source in answers.items() if name not in left}
        with self.store.turn:
            self._quiet += payloads
            loud = any(isinstance(f.result, Payload) for f in fetched)
            kept = self._load_quiet() if loud or len(self._quiet) >= QUIET else {}
        with self._counting:
            for name, per_source in answers.items():
                self.report.count(per_source, kept.get(name, Counter()))
                for f in per_source:
                    if why := ledger.damage(f):
                        self.report.damaged[name] = why
        return {"sources": len(answers), "entries": sum(f.tally.entries for f in fetched),
                "kept": sum(f.tally.outcomes[Outcome.KEPT_NEW] for f in fetched)}

    def _fetch(self, group: Sequence[Source], states: dict[str, FeedState]) -> dict[str, list[Fetched]]:
        """Ask every source of the group. When the run is cancelled, those still under way are left for the next run."""
        asked: dict[Future[list[Fetched]], str] = {
            self._queues.submit(host_of(s.url) or s.id, partial(self._fetch_one, s, states[s.id])): s.id for s in group}
        answers: dict[str, list[Fetched]] = {}
        under_way = set(asked)
        while under_way and not self.cancelled.is_set():
            done, under_way = wait_for(under_way, timeout=_GLANCE)
            for future in done:
                answers[asked[future]] = future.result()
                self.on_progress(asked[future])
        if under_way:
            self.fetcher.abort()
        return answers

    def _fetch_one(self, source: Source, state: FeedState) -> list[Fetched]:
        now = self.clock()
        found = self._safely(source, Stage.FETCH, lambda: self.fetcher.fetch(source, state, now))
        results = [found] if isinstance(found, Failure) else found
        if any(isinstance(r, Payload) for r in results):
            self.readers.warm_up()
        return [Fetched.of(source, state, r, now) for r in results]

    def _safely(self, source: Source, stage: Stage, work: Callable[[], T]) -> T | Failure:
        """The one boundary: a bug met with one source is logged and must not take the other sources along."""
        try:
            return work()
        except Exception as e:  # noqa: BLE001
            return as_failure(self.data.log, source.id, stage, e)

    def _archive(self, fetched: Iterable[Fetched]) -> None:
        for f in fetched:
            if isinstance(f.result, Payload):
                f.archived = self.archive.store(f.result)
        self.archive.sync()

    def _parse(self, fetched: Iterable[Fetched]) -> None:
        """Read the payloads of a group side by side, in processes of their own."""
        asked = [(f, f.result) for f in fetched if isinstance(f.result, Payload) and not f.failure]
        outcomes = self.readers.read_all([(f.source, payload) for f, payload in asked], self.config.mappings)
        for (f, _), outcome in zip(asked, outcomes, strict=True):
            read = self._safely(f.source, Stage.PARSE, outcome)
            parsed = read if isinstance(read, Failure) else read.found
            f.elapsed += 0 if isinstance(read, Failure) else read.seconds
            if isinstance(parsed, Failure):
                f.failure = parsed
                continue
            f.parsed = parsed
            if not parsed.entries and not parsed.quarantined:
                f.failure = empty(f.source)

    def _load_quiet(self) -> dict[str, Counter[str]]:
        """Load what waits. A process that dies before has asked some sources that brought nothing, and the next one asks them again."""
        waiting, self._quiet = self._quiet, []
        return self._load(waiting)

    def _load(self, payloads: Sequence[tuple[Fetched, list[Reading]]]) -> dict[str, Counter[str]]:
        """Relate, screen, normalise, spool, load. Payloads that hold the same entry go into batches of their own,
        so that each version becomes a revision; nearly always there is one batch. Returns topics kept per source."""
        kept: dict[str, Counter[str]] = {}
        done: set[str] = set()
        remaining = list(payloads)
        while remaining:
            now, remaining = _without_overlap(remaining)
            batch = Batch(uuid4(), self.run_id, self.clock())
            ids = [r.entry_id for _, readings in now for r in readings]
            alts = [r.alt_key for _, readings in now for r in readings if r.alt_key]
            known = self.store.known(ids, alts)
            items: list[Kept] = []
            for f, readings in now:
                judged = self._judge(f, readings, known)
                items += judged.items
                batch.add("quarantine", ledger.quarantine_rows(f))
                kept.setdefault(f.source.id, Counter()).update(judged.kept)
                for table, rows in judged.rows.items():
                    batch.add(table, rows)
                batch.add("fetches", [ledger.fetch_row(f)])
                batch.add("pages", ledger.page_rows(f))
                batch.add("gaps", [g] if (g := ledger.gap_row(f)) else [])
            self._add_items(batch, items)
            later = {f.source.id for f, _ in remaining}  # the state is written with a source's last payload, not before
            batch.add("sources", (ledger.source_row(f, self._state_after(f)) for f in _representative(f for f, _ in payloads)
                                  if f.source.id not in later and f.source.id not in done and not (f.past and f.state.url)))
            done |= {f.source.id for f, _ in now} - later
            self.store.load(batch, self.clock())
        return kept

    def _add_items(self, batch: Batch, items: Sequence[Kept]) -> None:
        """Rows of everything kept, each item with its story."""
        found = families(items, self.store, batch.created_at.date())
        placed = [replace(k, item=with_story(k.item, found.story_of)) for k in items]
        for table, rows in (item_tables(placed) | found.rows).items():
            batch.add(table, rows)

    def _read(self, f: Fetched) -> list[Reading]:
        parsed = f.parsed
        if parsed is None:
            return []
        readings = self._safely(f.source, Stage.RELATE, lambda: self.judge.read(f.source, parsed.entries, parsed.texts))
        if isinstance(readings, Failure):
            f.failure, f.parsed = readings, None
            return []
        return readings

    def _judge(self, f: Fetched, readings: Sequence[Reading], known: KnownEntries) -> Judged:
        judged = self._safely(f.source, Stage.SCREEN, lambda: self.judge.judge(f, readings, known))
        if isinstance(judged, Failure):
            f.failure, f.parsed, f.tally = judged, None, ledger.Tally()
            return Judged()
        return judged

    def _state_after(self, f: Fetched) -> FeedState:
        if f.past:  # the source itself was not asked
            return replace(f.state, url=f.source.url)
        return self.fetcher.state_after(f.source, f.state, Came(result=f.result, at=f.at, failure=f.failure, damage=ledger.damage(f)))

    # -- end ----------------------------------------------------------------------------------------------------

    def finish(self) -> RunReport:
        """Settle the store, publish the read copy, close the run in the ledger. Returns the report."""
        report = self.report
        report.cancelled = self.cancelled.is_set()
        with self.store.turn:
            self._load_quiet()
        self.store.end_run(self.run_id, self.clock(), "cancelled" if report.cancelled else "done",
                           f"{len(report.failures)} sources failed" if report.failures else None)
        self.store.settle()
        changed = report.recovered or any(report.outcomes[o] for o in (Outcome.KEPT_NEW, Outcome.REJECTED, Outcome.REVISED))
        old = age(self.store)
        if changed or old is None or old > self.config.settings.publish.max_age or not is_sound(self.store):
            publish(self.store, self.config.settings.publish.backups)
            report.published = True
        report.duration = time.monotonic() - self._started
        return report


def run(ingest: Ingest) -> RunReport:
    """The whole run without Prefect: the same stages, groups side by side."""
    with ingest, ThreadPoolExecutor(GROUPS_AT_ONCE, thread_name_prefix="group") as groups:
        for done in [groups.submit(ingest.ingest, g) for g in ingest.groups()]:
            done.result()
        return ingest.finish()


def _wanted(config: Config, options: Options) -> list[Source]:
    if not options.asks:
        return []
    if options.sources:
        return [config.source(name) for name in dict.fromkeys(options.sources)]
    found = [s for s in config.sources if s.enabled and options.schedule in {None, s.schedule}]
    if not found and options.schedule is None:
        raise ConfigError(str(config.folder / "sources.yaml"), "no source is enabled; set `enabled: true` for one")
    return found


def _representative(fetched: Iterable[Fetched]) -> list[Fetched]:
    """One answer per source: the last one that went well, else the last."""
    found: dict[str, Fetched] = {}
    for f in fetched:
        if f.failure is None or f.source.id not in found or found[f.source.id].failure is not None:
            found[f.source.id] = f
    return list(found.values())


def _without_overlap(items: list[tuple[Fetched, list[Reading]]]) -> tuple[
        list[tuple[Fetched, list[Reading]]], list[tuple[Fetched, list[Reading]]]]:
    """The longest start in which no two payloads hold the same entry, and the rest."""
    seen: set[UUID] = set()
    for i, (_, readings) in enumerate(items):
        keys = {k for r in readings for k in (r.entry_id, r.alt_key) if k}
        if keys & seen:
            return items[:i], items[i:]
        seen |= keys
    return items, []
