"""How tasks and answers stand in the pipes. Knows nothing of what they hold.

A batch is its length (8 bytes) and its tasks, each the lengths of head and body (4 bytes each), the head (JSON) and the
body. An answer is its length (4 bytes), one byte that is 1 when the child wants to be replaced, and JSON.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

BATCH = struct.Struct(">Q")
ANSWER = struct.Struct(">IB")
_TASK = struct.Struct(">II")


class Task(NamedTuple):
    """``job`` names what is to be done, ``asked`` is JSON that goes with it, ``body`` the bytes it is done to."""

    job: str
    asked: Mapping[str, Any]
    body: bytes = b""


def batch_of(tasks: Sequence[Task]) -> bytes:
    """A batch as bytes."""
    parts: list[bytes] = []
    for t in tasks:
        head = json.dumps([t.job, t.asked], ensure_ascii=False).encode("utf-8", "surrogatepass")
        parts += [_TASK.pack(len(head), len(t.body)), head, t.body]
    return b"".join([BATCH.pack(sum(map(len, parts))), *parts])


def tasks_in(batch: bytes) -> Iterator[Task]:
    """The tasks of a batch, without its length."""
    at = 0
    while at < len(batch):
        head, body = _TASK.unpack_from(batch, at)
        at += _TASK.size
        job, asked = json.loads(batch[at:at + head].decode("utf-8", "surrogatepass"))
        yield Task(job, asked, batch[at + head:at + head + body])
        at += head + body
