"""One GET, whatever it is for: feeds, pages, archives. Knows no source, no state and no feed format.

The only module that imports requests. Of requests it uses the prepared request and the adapter, not the session: a
session reads the bodies of redirects, keeps cookies, and takes proxies and passwords from the environment.
"""

from __future__ import annotations

import base64
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3.exceptions as low
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

import twinwire
from twinwire.errors import Kind
from twinwire.fetch.body import Body, innermost, no_safe_connection, stop_for
from twinwire.fetch.guard import Target, one_line, target
from twinwire.fetch.wire import Clockwork, StopError, Watch, pool_manager, tls_context

MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_SLASH_RETRIES = 3      # PR Newswire sends one request in three to the same address with a slash, which is not there
_RETRY_WITHIN = 5.0     # seconds; a connection that broke later than this was no stale one
_WALLS = frozenset({401, 403, 405, 429, 503})  # statuses of bot walls; a 404 may well speak of a captcha in its forms
_UNSENDABLE = re.compile(r"[^\t -~\x80-\xff]|^[^!-~]")  # in a header's value (RFC 9110 §5.5)
_CHALLENGE = re.compile(
    rb"just a moment|attention required|captcha|cf-challenge|checking your browser|are you a robot", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The final answer, whatever its status. ``body`` is decoded; of an error only its beginning."""

    status: int
    headers: Mapping[str, str]     # names in lower case
    body: bytes
    final_url: str                 # without credentials
    moved_to: str | None           # set when only permanent redirects led there
    damage: str | None
    wire_bytes: int
    challenge: bool                # a bot wall, by header or by words


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """No answer: class and reason, one printable line."""

    kind: Kind
    message: str
    wire_bytes: int = 0


@dataclass(slots=True)
class _Chain:
    """Where a fetch has got to."""

    target: Target
    first: Target
    headers: dict[str, str]
    authorization: str | None
    hops: int = 0
    permanent: bool = True
    wire_bytes: int = 0
    added_slash: bool = field(default=False)


class Transport:
    """Connections kept alive per host. Use from any number of threads; close with :meth:`close`.

    ``deadline`` is seconds for a whole fetch, ``max_bytes`` caps a body on the wire and decoded.
    """

    def __init__(self, *, deadline: float = 25.0, max_bytes: int = 15 << 20, per_host: int = 2,
                 contact: str = "") -> None:  # fmt: skip
        self._deadline, self._max_bytes = deadline, max_bytes
        who = f"+{contact}" if contact else "news archive; city diplomacy"
        self._agent = _UNSENDABLE.sub("", f"twinwire/{twinwire.__version__} ({who})")
        self._blank = requests.Request("GET", "http://x/").prepare()  # once: making it was a quarter of a request's cost
        context = tls_context()
        # A connection opened for a source on a private address must never serve one that may not go there.
        self._adapters = {private: _Adapter(per_host, context) for private in (False, True)}
        self._watch = Watch()

    def get(self, url: str, headers: Mapping[str, str] | None = None, *, allow_private: bool = False,
            authorization: str | None = None) -> Answer | Trouble:
        """One GET with its redirects, bounded in time and bytes. Never raises for what a network or server can do."""
        first = target(url)
        if isinstance(first, str):
            return Trouble(kind=Kind.BAD_URL, message=one_line(first))
        authorization = authorization or _basic(first)
        if authorization and _UNSENDABLE.search(authorization):
            return Trouble(kind=Kind.CREDENTIALS, message="the credentials hold a line break or a letter no header can carry; mend them")
        # A server's own ETag comes back with the next request, whatever it is made of.
        chain = _Chain(first, first, {k: v for k, v in (headers or {}).items() if not _UNSENDABLE.search(v)}, authorization)
        try:
            with self._clock(allow_private) as clock:
                return self._patiently(chain, clock)
        except StopError as e:
            return Trouble(kind=e.kind, message=one_line(e.message), wire_bytes=chain.wire_bytes)

    def abort(self) -> None:
        """End every fetch under way, and let none begin: the run is being stopped."""
        self._watch.stop()

    def close(self) -> None:
        """Close kept connections. No fetch is under way any more."""
        self._watch.stop()
        for adapter in self._adapters.values():
            adapter.close()

    @contextmanager
    def _clock(self, allow_private: bool) -> Iterator[Clockwork]:
        clock = Clockwork(self._deadline, allow_private)
        self._watch.add(clock)
        try:
            with clock:
                yield clock
        finally:
            self._watch.remove(clock)

    def _patiently(self, chain: _Chain, clock: Clockwork) -> Answer:
        answer = self._follow(chain, clock)
        for _ in range(_SLASH_RETRIES):
            if answer.status != 404 or not chain.added_slash:
                break
            chain.target, chain.hops, chain.permanent, chain.added_slash = chain.first, 0, True, False
            answer = self._follow(chain, clock)
        return answer

    def _follow(self, chain: _Chain, clock: Clockwork) -> Answer:
        while True:
            response = self._ask(chain, clock)
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS:
                return self._answer(response, chain, clock)
            response.close()  # its body is not read: it may be a bomb, or endless
            self._next(chain, location, response.status_code)

    def _next(self, chain: _Chain, location: str | None, status: int) -> None:
        chain.hops += 1
        if not location:
            raise StopError(Kind.REDIRECT, f"redirects ({status}) without saying where to")
        if chain.hops > MAX_HOPS:
            raise StopError(Kind.REDIRECT, f"redirects more than {MAX_HOPS} times")
        where = target(location.encode("latin-1", "replace").decode("utf-8", "replace"), chain.target.url)
        if isinstance(where, str):
            raise StopError(Kind.REDIRECT, f"redirects to where nothing is fetched from: {where}")
        if where.url == chain.target.url and not where.username:
            raise StopError(Kind.REDIRECT, "redirects to itself")
        if where.origin != chain.target.origin:
            chain.authorization = None
        chain.permanent &= status in _PERMANENT
        chain.added_slash = chain.hops == 1 and where.url == _with_slash(chain.first.url)
        chain.target = where

    def _ask(self, chain: _Chain, clock: Clockwork) -> requests.Response:
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip", **chain.headers}
        if chain.authorization:
            headers["Authorization"] = chain.authorization
        prepared = self._blank.copy()
        prepared.prepare_headers(headers)
        prepared.url = chain.target.url  # already in its final form; requests would quote it once more
        adapter, begun = self._adapters[clock.allow_private], time.monotonic()
        for again in (True, False):
            try:
                return adapter.send(prepared, stream=True, timeout=clock.remaining, proxies={})
            except (requests.exceptions.RequestException, low.HTTPError, OSError, ValueError) as e:
                # A connection that was kept alive may have been closed meanwhile; a GET may be asked twice.
                dropped = isinstance(innermost(e), ConnectionError) and time.monotonic() - begun < _RETRY_WITHIN
                if clock.expired or not (again and dropped):
                    raise _stop_for(e, clock) from None
        raise AssertionError("unreachable")

    def _answer(self, response: requests.Response, chain: _Chain, clock: Clockwork) -> Answer:
        status = response.status_code
        headers = {k.lower(): v for k, v in response.headers.items() if k.lower() not in {"set-cookie", "set-cookie2"}}
        body, damage, incoming = b"", None, Body(response.raw, clock)
        try:
            if status == 200:
                body, damage = incoming.whole(self._max_bytes)
            elif status != 304:
                body = incoming.glance()
        finally:
            chain.wire_bytes += incoming.got
            response.raw.release_conn() if status == 304 else response.close()
        challenge = headers.get("cf-mitigated") == "challenge" or "x-amzn-waf-action" in headers or (
            status in _WALLS and bool(_CHALLENGE.search(body)))
        return Answer(status=status, headers=headers, body=body, final_url=chain.target.url, damage=damage,
                      moved_to=chain.target.url if chain.hops and chain.permanent else None,
                      wire_bytes=chain.wire_bytes, challenge=challenge)


class _Adapter(HTTPAdapter):
    def __init__(self, per_host: int, context: ssl.SSLContext) -> None:
        self._per_host, self._context = per_host, context
        super().__init__(max_retries=0)

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        self.poolmanager = pool_manager(self._per_host, self._context)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The pool's TLS context verifies; the base class would load the authorities once more per connection."""

    # No proxy stands between; looking for one took the address apart four times per request.

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
        """The pool of the address."""
        try:
            return self.poolmanager.connection_from_url(request.url)
        except low.LocationValueError as e:
            raise requests.exceptions.InvalidURL(e, request=request) from None

    def build_response(self, _req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Status, headers and stream. The base class would look for cookies too, which are never sent back."""
        response = requests.Response()
        response.status_code, response.headers, response.raw = resp.status, CaseInsensitiveDict(resp.headers), resp
        return response

    def request_url(self, request: requests.PreparedRequest, *_: Any) -> str:
        """Path and query."""
        return request.path_url


def _stop_for(e: Exception, clock: Clockwork) -> StopError:
    """The class of what requests raised; what lies below it is named in ``body``."""
    if clock.expired or isinstance(e, requests.exceptions.Timeout):
        return StopError(Kind.TIMEOUT, "the time for this source is over")
    if isinstance(e, requests.exceptions.SSLError):
        return no_safe_connection(e)
    if isinstance(e, requests.exceptions.InvalidURL | low.LocationParseError):
        return StopError(Kind.BAD_URL, "the address is not a valid URL")
    return stop_for(e, clock)


def _with_slash(url: str) -> str:
    path, mark, query = url.partition("?")
    return f"{path}/{mark}{query}"


def _basic(t: Target) -> str | None:
    if not t.username and not t.password:
        return None
    return "Basic " + base64.b64encode(f"{t.username}:{t.password}".encode()).decode()
