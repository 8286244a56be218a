"""Lots of the past → parts on disk, in processes of their own. Compares and adopts nothing.

A part is a batch of verdicts, there whole or not at all; a kill costs the lots under way and no other.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID, uuid4

from twinwire.config import Config, Source
from twinwire.judge import Judge
from twinwire.normalise.mediatopics import media_topics
from twinwire.records import Reading
from twinwire.replay import Miss, Replay
from twinwire.warehouse import spool
from twinwire.warehouse.gazetteer import shared as shared_gazetteer
from twinwire.warehouse.past import Old, Stretch
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import Batch, evidence_rows, plain_utc, topic_rows

Lot = list[tuple[Stretch, Source]]
Done = tuple[int, Mapping[UUID, Miss]]  # entries judged anew, and those that could not be read again


@dataclass(frozen=True, slots=True)
class Task:
    """What every lot is judged with: the rules as they were loaded, the data, the folder of the parts."""

    config: Config
    data: DataFolder
    parts: Path


def staged(task: Task, lots: Iterable[Lot], workers: int) -> Iterator[Done]:
    """Judge all lots anew, in so many processes; what became of each, as they end. Lots are drawn no faster than they are done."""
    lots = filter(None, lots)
    if workers == 1:
        stage = _Stage(task)
        yield from map(stage, lots)
        return
    while True:
        lost: list[Lot] = []
        with _pool(task, workers) as pool:
            yield from _drawn(pool, lots, 2 * workers, lost)
        for alone in ([one] for lot in lost for one in lot):
            yield _alone(task, alone)
        if not lost:
            return


def _pool(task: Task, workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin, (task,))


def _drawn(pool: ProcessPoolExecutor, lots: Iterator[Lot], most: int, lost: list[Lot]) -> Iterator[Done]:
    """Results of the pool, until there are no more lots or one of its processes died; what that cost is added to ``lost``."""
    under_way: dict[Future[Done], Lot] = {}
    while True:
        while len(under_way) < most and not lost and (lot := next(lots, None)):
            try:
                under_way[pool.submit(_do, lot)] = lot
            except BrokenProcessPool:
                lost.append(lot)
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            lot = under_way.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(lot)


def _alone(task: Task, lot: Lot) -> Done:
    """A stretch whose process died, in one of its own: it may have been another's fault. If not, its entries keep what they have."""
    try:
        with _pool(task, 1) as pool:
            return pool.submit(_do, lot).result()
    except BrokenProcessPool:
        return 0, {e.entry_id: Miss.UNREADABLE for stretch, _ in lot for e in stretch.entries}


class _Stage:
    """The judge of one process, and what it does with a lot."""

    def __init__(self, task: Task) -> None:
        self._parts = task.parts
        self._judge = Judge(task.config, shared_gazetteer)
        self._replay = Replay(self._judge, task.config, task.data.archive, task.data.log)

    def __call__(self, lot: Lot) -> Done:
        batch = Batch(uuid4(), UUID(int=0), max(e.judged_at for s, _ in lot for e in s.entries))
        missed: dict[UUID, Miss] = {}
        for stretch, source in lot:
            for again in self._replay.read(stretch, source):
                if isinstance(again.found, Miss):
                    missed[again.old.entry_id] = again.found
                else:
                    reading, _ = again.found
                    self._add(batch, again.old, reading, source)
        count = len(batch.tables["verdicts"])
        if count:
            spool.write(self._parts, batch)
        return count, missed

    def _add(self, batch: Batch, old: Old, reading: Reading, source: Source) -> None:
        decision = self._judge.decide(reading, source)
        batch.add("verdicts", [{
            "entry_id": old.entry_id.bytes, "content_hash": old.content_hash.bytes, "judged_at": plain_utc(old.judged_at),
            "decision": decision.verdict.value, "reason": decision.reason, "score": decision.score, "topics": list(decision.kept),
            "rule_version": decision.rule_version}])
        if old.is_item:
            codes = self._judge.codes(media_topics(reading.entry.categories), decision)
            batch.add("item_verdicts", [{"item_id": old.entry_id.bytes, "topics": list(decision.kept), "score": decision.score,
                                         "rule_version": decision.rule_version, "media_topics": list(codes)}])
            batch.add("item_topics", topic_rows(old.entry_id, decision))
            batch.add("evidence", evidence_rows(old.entry_id, decision, reading.text))


# -- in a process of its own ----------------------------------------------------------------------------------------

_stage: _Stage | None = None


def _begin(task: Task) -> None:
    """Build the judge once, leave Ctrl-C to the parent, and end when the parent does, however it ends."""
    global _stage  # noqa: PLW0603 - a pool gives its processes no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _stage = _Stage(task)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _do(lot: Lot) -> Done:
    assert _stage is not None
    return _stage(lot)
