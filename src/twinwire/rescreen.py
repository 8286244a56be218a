"""Changed topics over everything ever seen: judged anew from the archive, compared, adopted in one transaction. Asks no network.

    stage     entries that other rules judged → verdicts by these, in parts on disk        (processes; no lock; resumed after a kill)
    compare   parts beside the store → gained, lost and changed items per topic
    adopt     under the lock: what came meanwhile is staged too, then one batch → the store → the read copy

The topics are read once and used whole; every part and every adopted row names their version. An entry whose bytes are gone keeps
the verdict it has.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import twinwire
from twinwire.config import Config, Source
from twinwire.errors import ConfigError
from twinwire.families import families, with_story
from twinwire.judge import Judge, Kept, item_tables
from twinwire.ledger import Fetched
from twinwire.records import Feed, FeedState, Parsed, Payload, Reading
from twinwire.replay import Miss, Replay, Sources
from twinwire.restage import Task, staged
from twinwire.warehouse import past, spool, verdicts
from twinwire.warehouse.gazetteer import shared as shared_gazetteer
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.past import Connection, Stretch
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import is_sound, publish
from twinwire.warehouse.rows import Batch, Row
from twinwire.warehouse.store import Store, write_atomically
from twinwire.warehouse.verdicts import Differences

INLINE = 3000  # entries that are judged anew sooner than a process is started


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one rescreening is asked to do."""

    since: datetime | None = None   # only entries whose version was fetched at or after this instant
    topics: tuple[str, ...] = ()    # adopt only what changes for these topics
    dry_run: bool = False           # compare, adopt nothing
    workers: int = 0                # processes; 0 means one per core


@dataclass(slots=True)
class Report:
    """What a rescreening found and did."""

    rule_version: str
    differences: Differences = field(default_factory=Differences)
    misses: Counter[Miss] = field(default_factory=Counter)
    staged: int = 0         # entries judged anew by this run; the others were by one before it
    adopted: bool = False
    duration: float = 0.0   # seconds

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        d = self.differences
        return {"rule_version": self.rule_version, "judged": d.judged, "verdicts_changed": d.verdicts,
                "topics": {t: dict(c) for t, c in d.topics.items()}, "kept_old_verdict": {m.value: self.misses[m] for m in Miss},
                "judged_by_this_run": self.staged, "adopted": self.adopted, "duration_s": round(self.duration, 3),
                "changes": [{k: str(v) if v is not None and not isinstance(v, float) else v for k, v in r.items()} for r in d.rows]}


class Rescreen:
    """One rescreening. ``on_progress(done, of)`` is told of entries, ``on_compared`` what would change, before it is adopted."""

    def __init__(self, config: Config, data: DataFolder, options: Options, clock: Callable[[], datetime]) -> None:
        self._config, self._data, self._options, self._clock = config, data, options, clock
        self._judge = Judge(config, shared_gazetteer)
        known = [t.id for t in config.topics.topics]
        if unknown := sorted(set(options.topics) - set(known)):
            raise ConfigError("--topic", f"no topic is called {unknown[0]!r}; there are {', '.join(known)}")
        self._topics = known
        self.report = Report(self._judge.rule_version)
        self._missed: dict[UUID, Miss] = {}
        self.on_progress: Callable[[int, int], None] = lambda _done, _of: None
        self.on_compared: Callable[[Report], None] = lambda _report: None

    def run(self) -> Report:
        """Stage, compare, adopt. Raises Busy, ConfigError, StoreDamaged."""
        begun = time.monotonic()
        self._data.rescreen.mkdir(parents=True, exist_ok=True, mode=0o700)
        with RunLock(self._data.rescreen / "lock"):
            self._staging = self._prepared()
            with past.reader(self._data) as con:
                self._stage(con)
                if self._options.dry_run:
                    self._compare(con)
            if not self._options.dry_run:
                self._adopt()
                spool.discard(self._staging)
        self.report.duration = time.monotonic() - begun
        return self.report

    # -- stage --------------------------------------------------------------------------------------------------

    def _prepared(self) -> Path:
        """The folder of the parts; those of other rules, another catalogue or another version of this program are thrown away."""
        folder = self._data.rescreen / self._judge.rule_version
        told = {"rules": self._judge.rule_version, "config": self._config.version, "version": twinwire.__version__}
        note = folder / "rules.json"
        if not note.exists() or json.loads(note.read_text(encoding="utf-8") or "{}") != told:
            spool.discard(folder)
        for other in self._data.rescreen.iterdir():
            if other.is_dir() and other != folder:
                spool.discard(other)
        (folder / "parts").mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(note, json.dumps(told).encode())
        return folder

    def _parts(self) -> list[spool.Spooled]:
        """Parts that are whole; what a disk made of others is judged once more."""
        out = []
        for path in spool.folders(self._staging / "parts"):
            try:
                part = spool.read(path)
                spool.verify(part)
                out.append(part)
            except spool.Damaged:
                spool.discard(path)
        return out

    def _stage(self, con: Connection) -> None:
        rules, parts = self.report.rule_version, self._parts()
        total = past.waiting(con, parts, rules, self._options.since)
        sources = Sources(self._config, past.sources(con))
        task = Task(self._config, self._data, self._staging / "parts")
        lots = ([(s, sources[s.source_id]) for s in lot] for lot in self._lots(con, parts))
        done = 0
        for n, missed in staged(task, lots, self._workers(total)):
            done += n + len(missed)
            self.report.staged += n
            self._missed |= missed
            self.on_progress(done, total)
        self.report.misses = Counter(self._missed.values())

    def _lots(self, con: Connection, parts: Sequence[spool.Spooled]) -> Iterator[list[Stretch]]:
        for lot in past.stretches(con, parts, self.report.rule_version, self._options.since):
            yield [s for s in (replace(s, entries=tuple(e for e in s.entries if e.entry_id not in self._missed)) for s in lot) if s.entries]

    def _workers(self, entries: int) -> int:
        wanted = self._options.workers or os.cpu_count() or 1
        return 1 if entries <= INLINE else wanted

    # -- compare and adopt --------------------------------------------------------------------------------------

    def _compare(self, con: Connection) -> list[spool.Spooled]:
        parts = self._parts()
        self.report.differences = verdicts.compare(con, parts, self._topics, self._options.topics)
        self.on_compared(self.report)
        return parts

    def _adopt(self) -> None:
        data, settings, run_id = self._data, self._config.settings, uuid4()
        data.prepare()
        with RunLock(data.lock, settings.run.lock_wait), Store(data) as store:
            store.recover(self._clock())
            self._stage(store.con)
            parts = self._compare(store.con)
            if not self.report.differences.judged:
                if not is_sound(store):  # a rescreening died between its load and the read copy
                    store.settle()
                    publish(store, settings.publish.backups)
                return
            store.begin_run(run_id, self._clock(), trigger="rescreen", sources=0, rule_version=self.report.rule_version,
                            config_version=self._config.version)
            batch, without = self._batch(store, run_id)
            store.load(batch, self._clock(), verdicts.adoptable(store.con, parts, without))
            store.end_run(run_id, self._clock(), "done", f"{self.report.differences.verdicts} entries have another verdict")
            store.settle()
            publish(store, settings.publish.backups)
            self.report.adopted = True

    def _batch(self, store: Store, run_id: UUID) -> tuple[Batch, list[UUID]]:
        """Rows of what becomes an item, made as a run makes them; and entries that could not be read once more."""
        batch = Batch(uuid4(), run_id, self._clock())
        sources = Sources(self._config, past.sources(store.con))
        replay = Replay(self._judge, self._config, self._data.archive, self._data.log)
        kept: list[Kept] = []
        without: list[UUID] = []
        for lot in verdicts.gained(store.con):
            for stretch in lot:
                for again in replay.read(stretch, sources[stretch.source_id], exact=True):
                    found = None if isinstance(again.found, Miss) else self._kept(again.old.judged_at, again.source, again.found)
                    kept += [found] if found else []
                    without += [] if found else [again.old.entry_id]
        for table, rows in _item_rows(kept, store, batch.created_at.date()).items():
            batch.add(table, rows)
        return batch, without

    def _kept(self, at: datetime, source: Source, found: tuple[Reading, Payload]) -> Kept | None:
        """The judge's own way with a new entry."""
        reading, payload = found
        f = Fetched(source=source, state=FeedState(source=source.id), result=payload, at=at, parsed=Parsed(feed=Feed(), entries=()))
        judged = self._judge.judge(f, [reading], ({}, {}))
        return judged.items[0] if judged.items else None


def _item_rows(kept: Sequence[Kept], store: Store, today: date) -> dict[str, list[Row]]:
    """The rows of all tables that hold something of an item, as a run makes them."""
    if not kept:
        return {}
    found = families(kept, store, today, since=min(k.at.date() for k in kept))
    placed = [replace(k, item=with_story(k.item, found.story_of)) for k in kept]
    return item_tables(placed) | found.rows


def day(text: str) -> datetime:
    """``2026-07-21`` (or an instant) → an instant, UTC where no zone is given. Raises :class:`ConfigError`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError("--since", f"{text!r} is no date; write it as 2026-07-21") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
