"""Jobs for children that do everything wrong. Holds no test."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from twinwire.sandbox import work
from twinwire.sandbox.frames import ANSWER

_ANSWERS = 4  # the pipe's number in the child: what the first three were is closed, 3 is where tasks come from
_KEPT: list[bytearray] = []


def _forever() -> None:
    while True:
        signal.pause()


def _segfault() -> None:
    ctypes.string_at(0)


def _spin() -> None:
    while True:
        pass


def _say(raw: bytes) -> None:
    os.write(_ANSWERS, raw)


def _drip() -> None:
    _say(ANSWER.pack(100, 0) + b'{"ok":')
    _forever()


def _keep(asked: Any) -> int:
    _KEPT.append(bytearray(b"x" * asked["bytes"]))
    return os.getpid()


def _limits() -> dict[str, Any]:
    return {n: resource.getrlimit(getattr(resource, f"RLIMIT_{n}")) for n in ("CORE", "FSIZE", "NPROC", "NOFILE", "AS")}


def _chatter() -> str:
    print("noise", flush=True)
    print("noise", file=sys.stderr, flush=True)
    os.write(1, b"noise")
    return "said nothing"


def _write(asked: Any) -> str:
    try:
        return f"wrote {Path(asked['path']).write_bytes(b'x')}"
    except OSError as e:
        return type(e).__name__


def _meet(asked: Any) -> int:
    """Two of these, one reading and one writing, need two processes."""
    with Path(asked["path"]).open(asked["mode"]) as f:
        if asked["mode"] == "wb":
            f.write(b"x")
        else:
            f.read()
    return os.getpid()


def _block(asked: Any) -> None:
    """Whoever reads the pipe gets its end when this process ends."""
    with Path(asked["path"]).open("wb"):
        _forever()


def _entries(asked: Any, body: bytes) -> Any:
    """As in earnest, but for feeds that ask for something else."""
    for word, deed in {b"SEGFAULT": _segfault, b"KILL": lambda: os.kill(os.getpid(), signal.SIGKILL)}.items():
        if word in body:
            deed()
    return work.entries(asked, body)


JOBS: dict[str, Any] = {
    "echo": lambda _, body: body.decode(),
    "pid": lambda *_: os.getpid(),
    "segfault": lambda *_: _segfault(),
    "kill": lambda *_: os.kill(os.getpid(), signal.SIGKILL),
    "abort": lambda *_: os.abort(),
    "leave": lambda *_: os._exit(3),
    "close": lambda *_: (os.close(_ANSWERS), _forever()),
    "hang": lambda *_: _forever(),
    "spin": lambda *_: _spin(),
    "eat": lambda *_: bytearray(8 << 30),
    "drip": lambda *_: _drip(),
    "garbage": lambda *_: _say(ANSWER.pack(3, 0) + b"{]}"),
    "binary": lambda *_: _say(ANSWER.pack(3, 0) + b"\xff\xfe\xfd"),
    "deep": lambda *_: _say(ANSWER.pack(200_000, 0) + b"[" * 200_000),
    "half": lambda *_: _say(ANSWER.pack(15, 0) + b'{"ok":"\\ud800"}'),
    "huge": lambda *_: _say(ANSWER.pack(0xFFFFFFFF, 0)),
    "much": lambda asked, _: "x" * asked["bytes"],
    "other": lambda *_: {"an object": "where a text was asked for"},
    "bug": lambda *_: 1 // 0,
    "surrogate": lambda *_: "\ud800",
    "keep": lambda asked, _: _keep(asked),
    "limits": lambda *_: _limits(),
    "environment": lambda *_: dict(os.environ),
    "chatter": lambda *_: _chatter(),
    "write": lambda asked, _: _write(asked),
    "meet": lambda asked, _: _meet(asked),
    "block": lambda asked, _: _block(asked),
    **work.JOBS,
    "entries": _entries,
}
