"""Tasks → the processes there are. Knows no feed: it hands out, collects, and replaces who died.

Processes are started when there is work, the second and further ones only once waiting for those there has cost as much
as a start does. Small tasks go several to a batch; a task that kills its process is lost, and the rest of its batch goes
to another process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from twinwire.sandbox.child import Child, Died, Limits, NotStarted, Unread
from twinwire.sandbox.codec import Garbled, loaded
from twinwire.sandbox.frames import Task

BATCH_TASKS = 8
BATCH_BYTES = 128 << 10
START_COST = 1.0     # seconds of waiting that are worth another process, which takes a fifth of one to start
_TRIES = 3           # starts in a row that may fail, and processes that may end before they take a batch


class ReaderBug(Exception):
    """An exception in a child; its text holds the child's traceback."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that was not done. Says what it did to its process, or why there was none, to follow "reading it …"."""

    reason: str


class Done(NamedTuple):
    """``value`` is what the job gave, checked, or :class:`Lost`; ``seconds`` what it took, once its turn had come."""

    value: Any
    seconds: float


class Ask(NamedTuple):
    """A task, and the check that takes its answer apart; it raises :class:`~twinwire.sandbox.codec.Garbled`."""

    task: Task
    check: Callable[[Any], Any]


_Waiting = list[tuple[Ask, "Future[Done]"]]


class Pool:
    """At most ``size`` processes. Any thread may submit; to be closed by the one that made it."""

    def __init__(self, size: int, limits: Limits | None = None, jobs: str = "twinwire.sandbox.work") -> None:
        self._size, self._limits, self._jobs = size, limits or Limits(), jobs
        self._change = threading.Condition()
        self._alive: set[Child] = set()
        self._idle: list[Child] = []     # who came back last goes out first, so that as few as possible are used
        self._starting = 0
        self._waited = 0.0               # seconds that batches have waited since the last process got ready
        self._failed = 0                 # starts in a row
        self._cold = True                # nothing was ever asked
        self._closed = False
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="readers")  # a child ends with the thread that made it

    def warm_up(self) -> None:
        """Start the first process, in the background."""
        with self._change:
            if self._cold and not self._closed:
                self._cold = False
                self._threads.submit(self._run, [])

    def submit(self, asked: Iterable[Ask]) -> list[Future[Done]]:
        """Futures of the answers, in order. They raise :class:`ReaderBug`; a task that was not done is :class:`Lost`."""
        self._cold = False
        futures: list[Future[Done]] = []
        for batch in _batches(asked):
            waiting: _Waiting = [(ask, Future()) for ask in batch]
            for _, future in waiting:
                future.set_running_or_notify_cancel()  # nobody can cancel it
                futures.append(future)
            try:
                self._threads.submit(self._run, waiting)
            except RuntimeError:  # closed
                _lose(waiting, "was left when the run ended")
        return futures

    def close(self) -> None:
        """End all processes. What still waits is lost."""
        with self._change:
            self._closed = True
            self._change.notify_all()
            for child in self._alive:
                child.end()
        self._threads.shutdown()
        for child in self._alive:
            child.remove()

    # -- in a thread of the pool -------------------------------------------------------------------------------------

    def _run(self, waiting: _Waiting) -> None:
        try:
            unread = 0
            while unread < _TRIES and self._with_child(waiting):
                unread = unread + 1
            _lose(waiting, "was given up: processes end before they begin")
        except NotStarted as e:
            _lose(waiting, f"could not begin: {e}")
        except BaseException as e:
            for _, future in waiting:
                future.set_exception(e)
            raise

    def _with_child(self, waiting: _Waiting) -> bool:
        """Work off what is waiting. True when a process has ended before it took it."""
        while True:
            child, is_sound = self._take(), False
            try:
                is_sound = _worked_off(child, waiting)
            except Unread:
                return True
            finally:
                self._give_back(child, is_sound)
            if self._closed:
                _lose(waiting, "was left when the run ended")
            if not waiting:
                return False

    def _take(self) -> Child:
        with self._change:
            while not self._may_start():
                if self._idle:
                    return self._idle.pop()
                begun = time.monotonic()
                self._change.wait(START_COST)
                self._waited += time.monotonic() - begun
            self._starting += 1
        child = None
        try:
            child = self._start()
            return child
        finally:
            with self._change:
                self._starting -= 1
                self._failed = 0 if child else self._failed + 1
                self._waited = 0.0
                self._change.notify_all()

    def _may_start(self) -> bool:
        if self._closed or self._failed >= _TRIES:
            raise NotStarted("the run has ended" if self._closed else f"{_TRIES} processes did not start")
        there = len(self._alive) + self._starting
        return not self._idle and (not there or (there < self._size and self._waited > START_COST))

    def _start(self) -> Child:
        child = Child(self._jobs, self._limits)
        with self._change:
            self._alive.add(child)
            if self._closed:
                child.end()
        try:
            child.get_ready()
        except NotStarted:
            self._give_back(child, is_sound=False)
            raise
        return child

    def _give_back(self, child: Child, is_sound: bool) -> None:
        with self._change:
            if is_sound and not self._closed:
                self._idle.append(child)
            else:
                self._alive.discard(child)
                child.remove()
            self._change.notify()


def _worked_off(child: Child, waiting: _Waiting) -> bool:
    """Take the answered tasks off the list. True when all are, and the process can take more."""
    answers, begun = child.ask([ask.task for ask, _ in waiting]), time.monotonic()
    while waiting:
        found = _next(answers, waiting[0][0].check)
        now, (_, future) = time.monotonic(), waiting.pop(0)
        if isinstance(found, ReaderBug):
            future.set_exception(found)
        else:
            future.set_result(Done(found, now - begun))
        if isinstance(found, Lost):
            return False
        begun = now
    return not child.is_worn


def _next(answers: Iterator[bytes], check: Callable[[Any], Any]) -> Any:
    try:
        answer = loaded(next(answers))
        if type(answer) is dict and type(answer.get("bug")) is list:
            return ReaderBug("\n".join(map(str, answer["bug"])))
        if type(answer) is not dict or "ok" not in answer:
            return Lost("gave no proper answer")
        return check(answer["ok"])
    except Garbled:
        return Lost("gave no proper answer")
    except Died as e:
        return Lost(str(e))


def _lose(waiting: _Waiting, reason: str) -> None:
    while waiting:
        waiting.pop(0)[1].set_result(Done(Lost(reason), 0.0))


def _batches(asked: Iterable[Ask]) -> Iterator[list[Ask]]:
    batch: list[Ask] = []
    size = 0
    for ask in asked:
        if batch and (len(batch) == BATCH_TASKS or size + len(ask.task.body) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(ask)
        size += len(ask.task.body)
    if batch:
        yield batch
