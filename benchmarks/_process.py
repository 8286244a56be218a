"""One measured process: seconds of the clock, of all its processors, and memory. Knows nothing of what it measures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _rows import Failed

_GLANCE = 0.1  # seconds between looks at the memory


@dataclass(frozen=True, slots=True)
class Cost:
    """``cpu`` is user and system time of the process and of the children it waited for. ``mb`` (10^6 bytes) is the highest sum of
    what the process and all its descendants hold, looked at ten times a second; a page that several hold is divided among them."""

    wall: float
    cpu: float
    mb: float
    said: str
    code: int


def measured(command: Sequence[str], environment: dict[str, str] | None = None, fine: Sequence[int] = (0,)) -> Cost:
    """Run it to its end. Raises Failed with its last words for an exit code that is not ``fine``."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=os.environ | (environment or {}),
                                   start_new_session=True)
        watch = _Watch(process.pid)
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            held = watch.end()
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        if process.returncode not in fine:
            words = [line for line in (err.read() or out.read()).splitlines() if any(map(str.isalpha, line))]
            raise Failed(f"exit {process.returncode}: {next((w for w in words if 'Error' in w), words[-1] if words else 'no words')[:200]}")
        largest = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # of one process, where there is no /proc
        return Cost(wall, used.ru_utime + used.ru_stime, (held or largest) / 1e6, out.read(), process.returncode)


class _Watch:
    """Looks at the memory of a process and its descendants until told to end. Without /proc it sees nothing."""

    def __init__(self, pid: int) -> None:
        self._pid, self._highest, self._over = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> int:
        """Bytes at the highest look."""
        self._over.set()
        self._thread.join()
        return self._highest

    def _look(self) -> None:
        while not self._over.wait(_GLANCE):
            self._highest = max(self._highest, _held(self._pid))


def _held(pid: int) -> int:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
    found, waiting = 0, [pid]
    while waiting:
        at = waiting.pop()
        found += _share(at)
        waiting += [child for child, parent in parents.items() if parent == at]
    return found


def _share(pid: int) -> int:
    """Bytes of a process, shared pages divided by the number of those that hold them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
