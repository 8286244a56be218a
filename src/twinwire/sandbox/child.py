"""One child from the outside: start it, give it a batch, take its answers, kill it. Decides nothing about payloads.

Its limits are enforced from here by the clock (kill) and by the size of its answers; CPU time and memory are limits of
its process, set by itself before the first task.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twinwire.sandbox.frames import ANSWER, Task, batch_of
from twinwire.sandbox.worker import OUT_OF_MEMORY

_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "PYTHONHOME", "LANG", "LC_ALL", "LC_CTYPE")
_PIECE = 1 << 20     # bytes read at a time
_GRACE = 2.0         # seconds for a process that has closed its pipe to be gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process is held to. Ten times what 15 MB of sound feed take."""

    cpu: int = 15                # seconds per task
    wall: float = 25.0           # seconds per task
    memory: int = 1 << 30        # bytes of address space; not on macOS, which has no such bound
    answer: int = 64 << 20       # bytes of one answer
    start: float = 60.0          # seconds until it is ready


class Died(Exception):
    """The child died of a task, or had to be killed. Says of what, to follow "reading it …"."""


class Unread(Exception):
    """The child was gone before it had taken the batch: no task's fault."""


class NotStarted(Exception):
    """The child did not get ready. Says what it said last."""


class Child:
    """A process that answers tasks. Not for two threads at a time.

    The thread that makes it must live as long: on Linux the process ends with that thread.
    """

    def __init__(self, jobs: str, limits: Limits) -> None:
        self._limits = limits
        self._ready = False
        self.is_worn = False     # to be replaced before its next batch
        command = [sys.executable, "-P", "-X", "utf8", "-m", "twinwire.sandbox.worker", jobs, str(os.getpid()), str(limits.cpu),
                   str(limits.memory)]
        paths = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)  # noqa: PTH100 - strings in, a string out
        environment = {k: os.environ[k] for k in _ENVIRONMENT if k in os.environ} | {"PYTHONPATH": paths}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=environment)
        except OSError as e:
            raise NotStarted(f"{e.strerror or e}") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._out, select.POLLIN)
        self._writable.register(self._in, select.POLLOUT)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def get_ready(self) -> None:
        """Wait until it has imported what it needs. Raises :class:`NotStarted`."""
        if self._ready:
            return
        try:
            self._receive(ANSWER.size, time.monotonic() + self._limits.start)
        except Died as e:
            raise NotStarted(self._last_words() or str(e)) from None
        self._ready = True

    def ask(self, tasks: Sequence[Task]) -> Iterator[bytes]:
        """The answers (JSON) to the tasks, in order, each as soon as it is there.

        Raises :class:`Died` where the next answer would be, :class:`Unread` and :class:`NotStarted` instead of the first.
        After any of them the child is of no more use.
        """
        self.get_ready()
        self._send(batch_of(tasks))
        for _ in tasks:
            deadline = time.monotonic() + self._limits.wall
            size, worn = ANSWER.unpack(self._receive(ANSWER.size, deadline))
            if size > self._limits.answer:
                self.end()
                raise Died(f"gave more than {self._limits.answer >> 20} MB")
            self.is_worn = bool(worn)
            yield self._receive(size, deadline)

    def end(self) -> None:
        """Kill it, whoever waits for it; :meth:`remove` is still to come."""
        self._process.kill()

    def remove(self) -> None:
        """Kill it and leave nothing of it, no zombie and no pipe."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _send(self, batch: bytes) -> None:
        rest, deadline = memoryview(batch), time.monotonic() + self._limits.wall
        try:
            while rest:
                if not self._writable.poll(_milliseconds(deadline)):
                    raise BrokenPipeError
                rest = rest[os.write(self._in, rest):]
        except BrokenPipeError:
            self.end()
            raise Unread from None

    def _receive(self, size: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while size:
            if not self._readable.poll(_milliseconds(deadline)):
                self.end()
                raise Died(f"took more than {self._limits.wall:g} s")
            part = os.read(self._out, min(size, _PIECE))
            if not part:
                raise Died(self._ended())
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _last_words(self) -> str:
        assert self._process.stderr is not None
        said = b"" if self._process.stderr.closed else self._process.stderr.read(_PIECE)
        lines = (said or b"").decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _ended(self) -> str:
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.end()
            return "gave no proper answer"
        if code == OUT_OF_MEMORY:
            return f"needed more than {self._limits.memory >> 20} MB of memory"
        if code == -signal.SIGXCPU:
            return f"took more than {self._limits.cpu} s of CPU time"
        return f"ended the process that read it ({_how(code)})"


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "SIGKILL, perhaps for want of memory"
    known = {-s: s.name for s in signal.Signals}
    return known.get(code, f"exit code {code}")


def _milliseconds(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic()) * 1000
