"""Work that must not grow with the square of its input, held against a fixed piece of work of the same minute.

Seconds say more of the machine than of the code. What is guarded here costs hundreds of yards where it is wrong and a few where it is
right, so limits are wide.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


def _yard() -> float:
    """CPU seconds of a million additions."""
    start = time.process_time()
    total = 0
    for i in range(1_000_000):
        total += i
    return time.process_time() - start


@contextmanager
def bounded(yards: float) -> Iterator[None]:
    """Fails when what it holds costs more CPU than ``yards`` times a million additions, measured before and after."""
    before = _yard()
    start = time.process_time()
    yield
    spent = time.process_time() - start
    assert spent < yards * max(before, _yard()), f"{spent:.1f} s of CPU"
