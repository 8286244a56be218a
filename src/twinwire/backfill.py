"""Old files and archives through the same stages as a run, into the same store. Holds no stage of its own.

What a source gave before, by its digest, is passed over; so a backfill can be repeated, and goes on where a killed one ended.
An entry that the store holds in a newer version keeps it. The source's own state (validators, health) is left alone.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twinwire import pipeline
from twinwire.brought import Bringer, Brought, is_address, total
from twinwire.config import Config, Source
from twinwire.config.sources import format_name
from twinwire.errors import ConfigError
from twinwire.fetch.guard import redact
from twinwire.ledger import Fetched
from twinwire.pagesagain import PagesAgain
from twinwire.pipeline import Ingest
from twinwire.records import Failure, FeedState, FetchResult, Payload
from twinwire.replay import Sources
from twinwire.summary import RunReport
from twinwire.warehouse import past
from twinwire.warehouse.paths import DataFolder

LOT = 250             # payloads in one batch
LOT_BYTES = 48 << 20  # of their bodies
TOLD = 100            # failures told one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one backfill is asked to do."""

    given: tuple[str, ...]          # paths and addresses
    source: str | None = None       # everything is of this source
    format: str | None = None       # how everything is read
    articles: bool = False          # read article pages of what is kept, from the network
    force: bool = False             # read also what was read before


@dataclass(slots=True)
class Report:
    """What a backfill did: the report of its run, with counts of payloads."""

    run: RunReport
    read: int = 0
    known: int = 0                                   # payloads that were read before
    skipped: int = 0                                 # records of no use: images, error pages, housekeeping
    failed: Counter[str] = field(default_factory=Counter)
    sources: dict[str, bool] = field(default_factory=dict)  # id → did any of its payloads give entries?
    failures: list[Failure] = field(default_factory=list)   # the first ones

    def as_json(self) -> dict[str, Any]:
        """The object of `twinwire run --json`, with ``payloads`` beside it."""
        told = self.run.as_json()
        told["sources"] = {"total": len(self.sources), "read": sum(self.sources.values()), "unchanged": 0,
                           "failed": len(self.sources) - sum(self.sources.values()), "waiting": 0}
        told["failures"] = [{"source": f.source, "stage": f.stage.value, "class": f.kind.value, "message": f.message}
                            for f in self.failures]
        return told | {"payloads": {"read": self.read, "known": self.known, "skipped": self.skipped, "failed": sum(self.failed.values())},
                       "failed_by_class": dict(self.failed)}


class Backfill:
    """One backfill. ``on_progress(done, of)`` is told of bytes; setting ``cancelled`` ends it after the lot under way."""

    def __init__(self, config: Config, data: DataFolder, options: Options, clock: Callable[[], datetime]) -> None:
        self._config, self._data, self._options, self._clock = config, data, options, clock
        _check(options)
        self.cancelled = threading.Event()
        self.on_progress: Callable[[int, int], None] = lambda _done, _of: None
        self._known: dict[str, set[str]] = {}

    def run(self) -> Report:
        """Everything that was given, lot by lot. Raises Busy, ConfigError, StoreDamaged."""
        size = total(self._options.given)
        asked = pipeline.Options(asks=False, articles=self._options.articles, force=True, trigger="backfill")
        with PagesAgain(self._config, self._data, asked, self._clock) as run:
            self.report = Report(run.report)
            run.cancelled = self.cancelled
            for lot in self._lots(run, size):
                self._take(run, lot)
                run.pages = {}
            run.finish()
        return self.report

    def _lots(self, run: PagesAgain, size: int) -> Iterator[list[Fetched]]:
        """Payloads that are new, in lots that fit into memory."""
        bringer = Bringer(sources=Sources(self._config, past.sources(run.store.con)), now=self._clock(), ask=_Asking(run),
                          max_bytes=self._config.settings.fetch.max_bytes, name=self._options.source, format=self._options.format,
                          articles="kept" if self._options.articles else "never")
        lot: list[Fetched] = []
        room = LOT_BYTES
        for brought in bringer.bring(self._options.given):
            if self.cancelled.is_set():
                break
            self.on_progress(brought.done, size)
            found = self._new(run, brought)
            if found is None:
                continue
            lot.append(found)
            run.pages = {**run.pages, **brought.pages} if brought.pages else run.pages
            room -= len(found.result.body) if isinstance(found.result, Payload) else 0
            if len(lot) >= LOT or room <= 0:
                yield lot
                lot, room = [], LOT_BYTES
        if lot:
            yield lot

    def _new(self, run: Ingest, brought: Brought) -> Fetched | None:
        found, source = brought.found, brought.source
        if isinstance(found, Failure):
            self._failed(found)
        self.report.skipped += brought.skipped
        if source is None or not isinstance(found, Payload):
            return None
        if source.id not in self._known:
            self._known[source.id] = set() if self._options.force else past.digests(run.store.con, source.id)
            self.report.sources.setdefault(source.id, False)
        if found.digest in self._known[source.id]:
            self.report.known += 1
            self.report.sources[source.id] = True
            return None
        self._known[source.id].add(found.digest)
        state = FeedState(source=source.id)
        return Fetched(source=source, state=state, result=found, at=found.fetched_at, past=True, elapsed=found.elapsed)

    def _take(self, run: Ingest, lot: Sequence[Fetched]) -> None:
        states = run.store.states({f.source.id for f in lot})
        answers: dict[str, list[Fetched]] = {}
        for f in lot:
            f.state = states[f.source.id]
            answers.setdefault(f.source.id, []).append(f)
        run.take(answers)
        for f in lot:
            if f.failure is not None:
                self._failed(f.failure)
            else:
                self.report.read += 1
                self.report.sources[f.source.id] = True
        run.report.failures.clear()  # told by class: an archive may hold a million pages that are no articles

    def _failed(self, failure: Failure) -> None:
        self.report.failed[failure.kind.value] += 1
        if len(self.report.failures) < TOLD:
            self.report.failures.append(failure)


class _Asking:
    """Fetches one address, with the guards and limits of every fetch."""

    def __init__(self, run: Ingest) -> None:
        self._run = run
        self._last = 0.0

    def __call__(self, source: Source) -> list[FetchResult]:
        """One address at a time, and no more than one a second."""
        time.sleep(max(0.0, self._last + self._run.config.settings.articles.spacing - time.monotonic()))
        self._last = time.monotonic()
        return self._run.fetcher.fetch(source, FeedState(source=source.id), self._run.clock())


def _check(options: Options) -> None:
    if not options.given:
        raise ConfigError("backfill", "needs a path or an address")
    if options.format is not None:
        try:
            format_name(options.format)
        except ValueError as e:
            raise ConfigError("--format", str(e)) from None
    for one in options.given:
        if "://" in one and not is_address(one):
            raise ConfigError(redact(one), "is no http(s) address; files are named by their path")
        if is_address(one) and redact(one) != one:
            raise ConfigError(redact(one), "holds a password; name the source that has it: --source ID, with auth: env:NAME")
