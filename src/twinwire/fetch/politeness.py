"""Work in threads, bounded and spaced per host: a slow host holds its own queue and nobody else's. Knows no HTTP."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class HostQueues:
    """``workers`` threads in all, at most ``per_host`` of them busy with one host. No thread ever waits for a host's turn."""

    def __init__(self, workers: int, per_host: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="fetch")
        self._per_host = per_host
        self._busy: defaultdict[str, int] = defaultdict(int)
        self._queued: defaultdict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = defaultdict(deque)
        self._gap: dict[str, float] = {}    # seconds between two starts
        self._begun: dict[str, float] = {}  # monotonic instant of the last start, which may lie ahead
        self._lock = threading.Lock()
        self._closed = False

    def space(self, host: str, seconds: float) -> None:
        """From now on leave at least so many seconds between two starts at the host."""
        with self._lock:
            self._gap[host] = seconds

    def submit(self, host: str, work: Callable[[], T]) -> Future[T]:
        """Do ``work`` when a thread and a place at the host are free."""
        future: Future[T] = Future()

        def do() -> None:
            try:
                if future.set_running_or_notify_cancel():
                    future.set_result(work())
            except BaseException as e:  # noqa: BLE001 - carried to whoever asks for the result, as executors do
                future.set_exception(e)
            finally:
                self._done(host)

        with self._lock:
            if self._busy[host] < self._per_host:
                self._busy[host] += 1
                self._start(host, do)
            else:
                self._queued[host].append((future, do))
        return future

    def _done(self, host: str) -> None:
        with self._lock:
            while self._queued[host] and not self._closed:
                future, do = self._queued[host].popleft()
                if not future.cancelled():
                    self._start(host, do)
                    return
                future.set_running_or_notify_cancel()  # takes no turn, and whoever waits for it is told
            self._busy[host] -= 1

    def _start(self, host: str, do: Callable[[], Any]) -> None:
        """At once, or when the host's gap has passed: a clock waits for that, no thread of the pool does."""
        now = time.monotonic()
        at = max(now, self._begun[host] + self._gap.get(host, 0.0)) if host in self._begun else now
        self._begun[host] = at
        if at <= now:
            self._pool.submit(do)
            return
        timer = threading.Timer(at - now, self._later, [do])
        timer.daemon = True
        timer.start()

    def _later(self, do: Callable[[], Any]) -> None:
        with self._lock:
            if not self._closed:
                self._pool.submit(do)

    def close(self) -> None:
        """Forget what is queued; do not wait for what is under way."""
        with self._lock:
            self._closed = True
            self._queued.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
