"""Work in threads, bounded per host."""

from __future__ import annotations

import threading

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
