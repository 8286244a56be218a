"""A server for tests that sends bytes as told, well-formed or not, on 127.0.0.1, bounded in time. Reads only heads.

::

    with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") as server:
        Transport().get(server.url(), allow_private=True)
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from types import TracebackType

LONGEST = 20.0  # seconds a connection is held or dripped on, at most: whoever waits for a deadline is long gone
_PAUSE = 0.02  # seconds between drips
_TLS = b"\x16"  # how a handshake begins (RFC 8446 §5.1)


class RawServer:
    """``answer`` goes to whoever asks; then the line is closed, or held open (``hold``), or ``drip`` is sent for ever, or
    the next request is awaited (``keep``). ``first`` answers the first request of each line instead, which is kept then.
    ``connections`` counts lines, ``heads`` are the requests, :meth:`hung_up` is for drips.
    ``silent`` asks for no request first; ``tls`` is spoken with who begins with it. ``{port}`` in an answer is this server's."""

    def __init__(self, answer: bytes = b"", *, first: bytes = b"", hold: bool = False, drip: bytes = b"", keep: bool = False,
                 silent: bool = False, tls: ssl.SSLContext | None = None) -> None:  # fmt: skip
        self._answer, self._first, self._hold, self._drip, self._keep, self._silent, self._tls = answer, first, hold, drip, keep, silent, tls
        self.connections = 0
        self._dripped = threading.Event()
        self._cut_off = False
        self.heads: list[bytes] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(1)

    @property
    def port(self) -> int:
        """The port the system chose."""
        return int(self._listener.getsockname()[1])

    def url(self, path: str = "/", scheme: str = "http", host: str = "127.0.0.1") -> str:
        """An address of this server."""
        return f"{scheme}://{host}:{self.port}{path}"

    def hung_up(self) -> bool:
        """Did the client go before the last drip? Waits for what happens first."""
        return self._dripped.wait(2 * LONGEST) and self._cut_off

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        line.settimeout(LONGEST)
        with contextlib.suppress(OSError), line:
            if self._tls and line.recv(1, socket.MSG_PEEK) == _TLS:
                line = self._tls.wrap_socket(line, server_side=True)
            if self._first and (head := _head(line)):
                self.heads.append(head)
                line.sendall(self._first)
            while self._silent or (head := _head(line)):
                if not self._silent:
                    self.heads.append(head)
                line.sendall(self._answer.replace(b"{port}", b"%d" % self.port))
                self._drip_on(line)
                if self._hold:
                    self._closing.wait(LONGEST)
                if not self._keep:
                    break
            line.close()

    def _drip_on(self, line: socket.socket) -> None:
        if not self._drip:
            return
        try:
            for _ in range(int(LONGEST / _PAUSE)):
                self._closing.wait(_PAUSE)
                line.sendall(self._drip)
        except OSError:
            self._cut_off = True
            raise
        finally:
            self._dripped.set()


def _head(line: socket.socket) -> bytes:
    """One request up to its empty line; empty when the other side has gone."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.recv(1 << 16)
        if not piece:
            return b""
        head += piece
    return head
