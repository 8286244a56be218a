"""The child's own program: ``python -P -m twinwire.sandbox.worker JOBS PARENT CPU MEMORY``.

``JOBS`` names a module with a dictionary of that name; ``PARENT`` is the process to end with; seconds of CPU time are per
task, bytes of memory for the whole process. Tasks come on standard input and answers go to standard output, see
``frames``. Believes its parent, and nothing it reads for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from twinwire.sandbox.codec import dumped
from twinwire.sandbox.frames import ANSWER, BATCH, tasks_in

OUT_OF_MEMORY = 77        # exit code
FILES = 64                # open at a time: its pipes, and modules being imported
_WORN = 4                 # a process that keeps more than this part of its memory is replaced
_PR_SET_PDEATHSIG = 1     # linux/prctl.h
_MAX_TRACEBACK = 20_000   # characters

Job = Callable[[Mapping[str, Any], bytes], Any]


def main(jobs: str, parent: str, cpu: str, memory: str) -> None:
    """Answer batch after batch, until the parent closes the pipe."""
    _end_with(int(parent))
    known: dict[str, Job] = importlib.import_module(jobs).JOBS
    tasks, answers = _own_pipes()
    _confine(int(memory))
    gc.freeze()
    answers.write(ANSWER.pack(0, 0))  # ready
    answers.flush()
    while size := tasks.read(BATCH.size):
        batch = tasks.read(BATCH.unpack(size)[0])
        for task in tasks_in(batch):
            _arm(int(cpu))
            answer = _answer(known[task.job], task.asked, task.body)
            answers.write(ANSWER.pack(len(answer), _is_worn(int(memory))) + answer)
            answers.flush()
        del batch
    os._exit(0)


def _answer(job: Job, asked: Mapping[str, Any], body: bytes) -> bytes:
    try:
        return dumped({"ok": job(asked, body)})
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # whatever memory is left is not enough to go on with
    except Exception as e:  # noqa: BLE001 - a bug, for the parent's log
        text = traceback.format_exc()[-_MAX_TRACEBACK:].encode("utf-8", "backslashreplace").decode()
        return dumped({"bug": [type(e).__name__, text]})


def _end_with(parent: int) -> None:
    """Ctrl-C is for the parent; its end is the end. Beyond Linux only the closed pipe tells."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("its parent has gone")


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes under numbers of their own; what a library prints goes nowhere."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    os.close(nowhere)
    return tasks, answers


def _confine(memory: int) -> None:
    """No core, no written file, no other process, few open files, bounded memory. A system without one of these (macOS
    knows no bound of memory) goes without."""
    sys.dont_write_bytecode = True
    for name, limit in (("CORE", 0), ("FSIZE", 0), ("NPROC", 0), ("NOFILE", FILES), ("AS", memory), ("DATA", memory)):
        kind = getattr(resource, f"RLIMIT_{name}", None)
        with contextlib.suppress(ValueError, OSError):
            if kind is not None:
                resource.setrlimit(kind, (limit, limit))


def _arm(cpu: int) -> None:
    """So many more seconds of CPU time, from now. The next second ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + cpu + 1
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _is_worn(memory: int) -> bool:
    """Does it hold memory that the next payload may need? What one large payload took is not all given back."""
    try:
        held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:  # not Linux; its maximum is in bytes there
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held > memory // _WORN


if __name__ == "__main__":
    main(*sys.argv[1:])
