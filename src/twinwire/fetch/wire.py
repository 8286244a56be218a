"""Connections that go only where the guard lets them, and a deadline that ends them from outside. Knows no HTTP status.

urllib3 opens its sockets through the classes below: a name is resolved once, every address is checked, and the socket
goes to the very address that was checked. The fetch under way in a thread is its :class:`Clockwork`; when its time is
over, :class:`Watch` shuts its sockets down, whatever they wait for: handshake, head, body or trailer.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import ssl
import threading
import time
from functools import cache
from typing import Any

import certifi
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from twinwire.errors import Kind
from twinwire.fetch.guard import refuse

_CONNECT = 10.0  # seconds for one address; a host with a dead first address must leave time for the second
_GLANCE = 0.1    # seconds between looks at the clock while a name is being resolved
_POOLS = 256     # hosts whose connections are kept
_here = threading.local()


class StopError(Exception):
    """The fetch ends here, with a class and a reason. Not an OSError, so that urllib3 lets it pass."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(kind, message)
        self.kind, self.message = kind, message


class Clockwork:
    """The total deadline of one fetch. A context manager; inside it, connections of this thread belong to it."""

    def __init__(self, seconds: float, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.expired = False
        self._end = time.monotonic() + seconds
        self._handles: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Clockwork:
        _here.fetch = self
        return self

    def __exit__(self, *_: object) -> None:
        del _here.fetch
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    @property
    def overdue(self) -> float:
        """Seconds since its end; below 0 before it."""
        return time.monotonic() - self._end

    @property
    def remaining(self) -> float:
        """Seconds left. Raises :class:`StopError` when none are."""
        left = -self.overdue
        if left <= 0 or self.expired:
            raise StopError(Kind.TIMEOUT, "the time for this source is over")
        return left

    def check(self) -> None:
        """Raise :class:`StopError` when the time is over."""
        _ = self.remaining

    def watch(self, sock: socket.socket) -> None:
        """Shut this socket down when the time is over.

        A duplicate is held, because TLS takes the original's place; of its descriptor, because a TLS socket has no dup().
        """
        with self._lock:
            self._handles.append(socket.socket(fileno=os.dup(sock.fileno())))
        if self.expired:
            self.expire()

    def expire(self) -> None:
        """Time is over, or the run is being stopped."""
        self.expired = True
        with self._lock:
            for handle in self._handles:
                with contextlib.suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)


class Watch:
    """One thread that ends the fetches whose time is over: a timer for each was a thread for each. All fetches of a watch have the same
    time, so those that began first end first."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._under_way: dict[Clockwork, None] = {}  # in the order they began
        self._thread: threading.Thread | None = None
        self._stopped = False

    def add(self, clock: Clockwork) -> None:
        """Watch a fetch that begins now. Raises :class:`StopError` after :meth:`stop`."""
        with self._turn:
            if self._stopped:
                raise StopError(Kind.TIMEOUT, "the run was stopped before this source was asked")
            self._under_way[clock] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, daemon=True, name="deadlines")
                self._thread.start()
            elif len(self._under_way) == 1:
                self._turn.notify()

    def remove(self, clock: Clockwork) -> None:
        """It has ended."""
        with self._turn:
            self._under_way.pop(clock, None)

    def stop(self) -> None:
        """End every fetch under way, and let none begin."""
        with self._turn:
            self._stopped = True
            for clock in self._under_way:
                clock.expire()
            self._turn.notify()

    def _look(self) -> None:
        with self._turn:
            while not self._stopped:
                first = next(iter(self._under_way), None)
                if first is None:
                    self._turn.wait()
                elif (left := -first.overdue) > 0:
                    self._turn.wait(left)
                else:
                    del self._under_way[first]
                    first.expire()


def _connect(host: str, port: int) -> socket.socket:
    """Resolve once, check every address, connect to one of those checked."""
    fetch: Clockwork = _here.fetch
    found = _resolve(host, port, fetch)
    if not fetch.allow_private:
        for *_, address in found:
            if why := refuse(str(address[0])):
                raise StopError(Kind.REFUSED_ADDRESS,
                                f"{host} leads to {address[0]}, {why}; if that is meant, set allow_private: true")
    reason = ""
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(min(fetch.remaining, _CONNECT))
            fetch.watch(sock)
            sock.connect(address)
            sock.settimeout(fetch.remaining)
        except OSError as e:
            sock.close()
            reason = e.strerror or str(e)
        except StopError:
            sock.close()
            raise
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    if fetch.expired:
        raise StopError(Kind.TIMEOUT, "the time for this source is over")
    raise StopError(Kind.CONNECT, f"{host} port {port} does not answer ({reason or 'no address'})")


def _resolve(host: str, port: int, fetch: Clockwork) -> list[Any]:
    """getaddrinfo knows no timeout, so it waits in a thread of its own."""
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as e:
            answer.append(e)

    thread = threading.Thread(target=ask, daemon=True, name="dns")
    thread.start()
    while thread.is_alive() and not fetch.expired:
        thread.join(_GLANCE)
    if not answer:
        raise StopError(Kind.TIMEOUT, f"the name {host} was not resolved in time")
    if isinstance(answer[0], Exception):
        raise StopError(Kind.DNS, f"the name {host} cannot be resolved; is the address right, and is there a network?")
    return list(answer[0])


class _Guarded:
    """What both kinds of connection share: our way to connect, and the watch over reused sockets."""

    _dns_host: str
    port: int
    sock: Any

    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # kept alive from an earlier fetch, or wrapped in TLS meanwhile
            _here.fetch.watch(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


class _Http(_Guarded, HTTPConnection):
    pass


class _Https(_Guarded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def tls_context() -> ssl.SSLContext:
    """Verifies certificates against certifi's list. One serves all connections of the process: loading the list costs 20 ms."""
    return _verifying(certifi.where())


@cache
def _verifying(authorities: str) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    context.load_verify_locations(authorities)
    return context


def pool_manager(per_host: int, context: ssl.SSLContext) -> PoolManager:
    """Pools of guarded connections, ``per_host`` kept alive each."""
    # Its warnings show whole addresses, secrets included, and a traceback; what they say is in our failures, redacted.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    manager = PoolManager(num_pools=_POOLS, maxsize=per_host, block=False, ssl_context=context)
    manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return manager
