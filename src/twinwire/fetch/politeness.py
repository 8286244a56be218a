"""Work in threads, bounded per host: a host that is slow holds its own queue and nobody else's. Knows no HTTP."""

from __future__ import annotations

import threading
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
        self._queued: defaultdict[str, deque[Callable[[], Any]]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._closed = False

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
                self._pool.submit(do)
            else:
                self._queued[host].append(do)
        return future

    def _done(self, host: str) -> None:
        with self._lock:
            if self._queued[host] and not self._closed:
                self._pool.submit(self._queued[host].popleft())
            else:
                self._busy[host] -= 1

    def close(self) -> None:
        """Forget what is queued; do not wait for what is under way."""
        with self._lock:
            self._closed = True
            self._queued.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
