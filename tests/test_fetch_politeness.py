"""Work in threads, bounded per host."""

from __future__ import annotations

import threading
import time
from concurrent.futures import wait
from itertools import pairwise

import pytest

from twinwire.fetch.politeness import HostQueues


def test_one_host_never_has_more_than_its_share() -> None:
    """Twenty fetches of one host run two at a time, and all are done."""
    queues, busy, most, lock = HostQueues(8, 2), [0], [0], threading.Lock()

    def work() -> int:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.002)
        with lock:
            busy[0] -= 1
        return 1

    assert sum(f.result(10) for f in [queues.submit("a", work) for _ in range(20)]) == 20
    assert most[0] == 2
    queues.close()


def test_a_slow_host_does_not_hold_up_the_others() -> None:
    """All of a slow host's work waits in its own queue; threads stay free."""
    queues, gate = HostQueues(3, 2), threading.Event()
    slow = [queues.submit("slow", lambda: gate.wait(10)) for _ in range(10)]
    assert queues.submit("quick", lambda: "done").result(5) == "done"
    gate.set()
    assert all(f.result(10) for f in slow)
    queues.close()


def test_what_work_raises_reaches_who_asks() -> None:
    """Nothing is swallowed, and the place at the host is free again."""
    queues = HostQueues(1, 1)

    def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        queues.submit("a", broken).result(5)
    assert queues.submit("a", lambda: 1).result(5) == 1
    queues.close()


def test_starts_at_a_spaced_host_keep_their_distance() -> None:
    """A clock waits, no thread does: with one thread another host's work goes on meanwhile, and the order stays."""
    queues, order = HostQueues(1, 1), []
    queues.space("slow", 0.05)
    slow = [queues.submit("slow", lambda n=n: order.append(n) or time.monotonic()) for n in range(3)]  # type: ignore[func-returns-value]
    assert queues.submit("quick", lambda: "done").result(5) == "done"
    starts = [f.result(5) for f in slow]
    assert order == [0, 1, 2]
    assert all(b - a >= 0.04 for a, b in pairwise(starts))
    queues.close()


def test_what_was_called_off_takes_no_turn() -> None:
    """Whoever waits for it is told, and what stands behind it does not wait for its distance."""
    queues, gate = HostQueues(2, 1), threading.Event()
    first = queues.submit("a", lambda: gate.wait(10))
    queues.space("a", 60)
    called_off, queued = queues.submit("a", lambda: 1), queues.submit("a", lambda: 2)
    assert called_off.cancel()
    assert queued.cancel()
    gate.set()
    assert first.result(5)
    assert wait([called_off, queued], 5).not_done == set()
    queues.close()


def test_a_closed_queue_starts_nothing() -> None:
    """What waits for its distance when the queue is closed never runs."""
    queues, ran = HostQueues(1, 2), threading.Event()
    queues.space("a", 0.02)
    queues.submit("a", lambda: None).result(5)
    queues.submit("a", ran.set)
    queues.close()
    assert not ran.wait(0.05)
