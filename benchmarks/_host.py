"""The made-up feeds behind HTTP, with ETags, from a process of its own: `_host.py FEEDS` serves until standard input ends.

Eight loopback addresses, so that what is bounded per host is not what is measured. Each answer is made beforehand and costs
about as much as a read and a write: the server must not be what is waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Linux answers for all of 127.0.0.0/8; elsewhere only the first of the addresses is there.
HOSTS = [f"127.0.0.{n}" for n in (range(1, 9) if sys.platform == "linux" else (1,))]
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Answers(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as clients of feeds do: GET with keep-alive and If-None-Match."""

    found: dict[bytes, tuple[bytes, bytes, bytes]]  # path → tag, answer, "not modified"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer all requests that are complete."""
        *heads, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in heads:
            tag, whole, unchanged = self.found.get(head.split(b" ", 2)[1], (b"", _MISSING, b""))
            self._transport.write(unchanged if tag and tag in head else whole)
            if b"connection: close" in head.lower():
                self._transport.close()


def answers(count: int) -> dict[bytes, tuple[bytes, bytes, bytes]]:
    """Of ``count`` feeds, by path."""
    from _feeds import feeds

    found = {}
    for n, body in enumerate(feeds(count)):
        tag = b'"' + hashlib.sha256(body).hexdigest()[:16].encode() + b'"'
        head = b"ETag: " + tag + b"\r\nContent-Type: application/xml; charset=utf-8\r\n"
        found[b"/%d.xml" % n] = (tag, b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
                                 b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n")
    return found


async def serve(count: int) -> None:
    """Print the addresses as JSON, then serve until standard input ends."""
    Answers.found = answers(count)
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Answers, host, 0, backlog=512) for host in HOSTS]
    bound = [s.sockets[0].getsockname() for s in servers]
    print(json.dumps([f"http://{host}:{port}/{n}.xml" for n in range(count) for host, port in [bound[n % len(bound)]]]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def served(count: int) -> Iterator[list[str]]:
    """Addresses of ``count`` feeds, while inside."""
    process = subprocess.Popen([sys.executable, str(Path(__file__)), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
