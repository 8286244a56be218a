"""One run at a time. Guards against processes, not threads; the lock dies with its process (fcntl, no pid file)."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from twinwire.errors import Busy

_POLL = 0.2  # seconds between tries; the holder may end at any time and tells nobody


class RunLock:
    """Context manager. ``wait`` seconds are spent trying before :class:`Busy` is raised, naming the holder."""

    def __init__(self, path: Path, wait: float = 0.0) -> None:
        self._path = path
        self._wait = wait
        self._file: IO[str] | None = None

    def __enter__(self) -> RunLock:
        # Opened for appending: the holder's note must survive until the lock is ours.
        file = self._path.open("a+", encoding="utf-8")
        end = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= end:
                    holder = _holder(file)
                    file.close()
                    raise Busy(str(self._path.parent), f"another run {holder}; wait for it or raise run.lock_wait") from None
                time.sleep(_POLL)
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid()}, file)
        file.flush()
        self._file = file
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()  # closing releases the lock
            self._file = None


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        return f"(process {json.load(file)['pid']}) is at work here"
    except (ValueError, KeyError, TypeError):
        return "is at work here"
