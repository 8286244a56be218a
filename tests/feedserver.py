"""A web server for tests: answers as told, on 127.0.0.1, bounded in time. Checks nothing itself.

::

    with FeedServer({"/a": Reply(b"<rss/>", etag='"1"')}) as server:
        requests.get(server.url("/a"))
        assert server.hits["/a"] == 1
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, urlsplit

LONGEST_HANG = 5.0  # seconds


@dataclass(frozen=True)
class Request:
    """What was asked. ``path`` is without the query; names of headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """One answer. ``truncate`` cuts the body after so many bytes while Content-Length promises all of it;
    ``hang`` waits so many seconds before the answer; ``chunks`` are sent chunked instead of ``body``."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    gzip: bool = False
    location: str | None = None
    truncate: int | None = None
    hang: float | None = None
    chunks: Sequence[bytes] | None = None

    def unchanged_for(self, headers: Mapping[str, str]) -> bool:
        """If-None-Match goes before If-Modified-Since (RFC 9110 §13.2.2)."""
        if self.etag and "if-none-match" in headers:
            asked = {t.strip().removeprefix("W/") for t in headers["if-none-match"].split(",")}
            return "*" in asked or self.etag.removeprefix("W/") in asked
        if self.last_modified and "if-modified-since" in headers:
            return parsedate_to_datetime(self.last_modified) <= parsedate_to_datetime(headers["if-modified-since"])
        return False


Route = Reply | Callable[[Request], Reply]


class FeedServer:
    """``hits`` counts requests per path, ``requests`` remembers them in order. Unknown paths are 404."""

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.hits: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._noting = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.front = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FeedServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1)

    @property
    def port(self) -> int:
        """The port the system chose."""
        return int(self._server.server_address[1])

    def url(self, path: str = "/") -> str:
        """The address of ``path``, which begins with a slash."""
        return f"http://127.0.0.1:{self.port}{path}"

    @classmethod
    def replaying(cls, folder: Path) -> FeedServer:
        """Every file below ``folder`` under its relative path, with the hash of its bytes as strong ETag."""
        routes: dict[str, Route] = {}
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            body = path.read_bytes()
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            routes["/" + quote(path.relative_to(folder).as_posix())] = Reply(body, etag=etag)
        return cls(routes)

    def answer(self, request: Request) -> Reply:
        """The reply to ``request``, which is counted."""
        with self._noting:
            self.hits[request.path] += 1
            self.requests.append(request)
        route = self.routes.get(request.path, Reply(b"not here", status=404))
        reply = route if isinstance(route, Reply) else route(request)
        if reply.hang:
            self.closing.wait(min(reply.hang, LONGEST_HANG))
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    front: FeedServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up between requests is no news; a route that raises is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = LONGEST_HANG
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Tests are quiet."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        request = Request(self.command, parts.path, parts.query, {k.lower(): v for k, v in self.headers.items()})
        try:
            self._send(self.server.front.answer(request), request)
        except OSError:
            self.close_connection = True  # the client went away, which some tests want

    do_GET = do_HEAD = _serve  # noqa: N815 - the base class looks for these names

    def _send(self, reply: Reply, request: Request) -> None:
        unchanged = reply.status == 200 and reply.unchanged_for(request.headers)
        self.send_response(304 if unchanged else reply.status)
        named = {"ETag": reply.etag, "Last-Modified": reply.last_modified, "Location": reply.location, **reply.headers}
        for name, value in named.items():
            if value is not None:
                self.send_header(name, value)
        if unchanged or reply.status in {204, 304}:
            self.end_headers()
        elif reply.chunks is not None:
            self._send_chunks(reply.chunks)
        else:
            self._send_body(reply, request)

    def _send_chunks(self, chunks: Sequence[bytes]) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in chunks:
            if chunk:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def _send_body(self, reply: Reply, request: Request) -> None:
        body = gzip.compress(reply.body, mtime=0) if reply.gzip else reply.body
        if reply.gzip:
            self.send_header("Content-Encoding", "gzip")
        if "content-length" not in {n.lower() for n in reply.headers}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(body[: reply.truncate])
        self.close_connection = self.close_connection or reply.truncate is not None
