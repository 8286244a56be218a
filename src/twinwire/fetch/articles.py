"""One article page: its bytes, or a named failure. Parses nothing, archives nothing, decides not which pages are wanted.

The same guarded transport as for feeds, with caps of its own. The host's robots.txt is read once per run and obeyed.
No credentials are sent: what a source's owner gave us is for the feed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from twinwire.config.settings import Settings
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch.guard import Target, one_line, redact, target
from twinwire.fetch.robots import Rules, read_rules
from twinwire.fetch.transport import Answer, Transport, Trouble
from twinwire.records import Failure, Payload, Stage

TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})  # no type at all: the bytes will tell
_NO_PAGE = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")  # whatever the type says
_MEANING = {
    401: (Kind.UNAUTHORISED, "wants a login"), 402: (Kind.UNAUTHORISED, "wants to be paid"), 403: (Kind.FORBIDDEN, "refuses us"),
    404: (Kind.NOT_FOUND, "is not there"), 410: (Kind.GONE, "is gone for good"), 429: (Kind.THROTTLED, "asks us to come less often"),
    451: (Kind.FORBIDDEN, "may not be shown"), 503: (Kind.THROTTLED, "has too much to do"),
}
_ENOUGH = frozenset({Kind.THROTTLED, Kind.CHALLENGE})  # after these the host is asked no more in this run


class PageFetcher:
    """The pages of one run. Use from any number of threads, but for one host at a time from one only.

    ``space(host, seconds)`` is told what distance a host wants between two requests.
    """

    def __init__(self, settings: Settings, space: Callable[[str, float], None]) -> None:
        self._settings, self._space = settings.articles, space
        self._transport = Transport(deadline=self._settings.deadline, max_bytes=self._settings.max_bytes, per_host=1,
                                    contact=settings.fetch.contact)
        self._rules: dict[tuple[str, str, int, bool], Rules] = {}
        self._enough: dict[str, str] = {}  # host → why

    def fetch(self, url: str, source: Source, now: datetime) -> Payload | Failure:
        """The page of one entry. ``now`` is the instant of the fetch, UTC."""
        where = target(url)
        if isinstance(where, str):
            return _failed(source, Kind.BAD_URL, where)
        if why := self._enough.get(where.host):
            return _failed(source, Kind.WAITING, f"its host {why}, so no more of its pages are asked for in this run")
        found = fetch_page(where.url, source, self._transport, self._rules_of(where, source), now)
        if isinstance(found, Failure) and found.kind in _ENOUGH:
            self._enough[where.host] = found.message
        return self._if_allowed_there(found, where, source) if isinstance(found, Payload) else found

    def _if_allowed_there(self, page: Payload, asked: Target, source: Source) -> Payload | Failure:
        """A page that lies on another host is that host's: where its rules refuse it, it is not read."""
        where = target(page.final_url)
        if isinstance(where, str) or where.origin == asked.origin:
            return page
        why = self._rules_of(where, source).refusal(where.url)
        return _failed(source, Kind.ROBOTS, f"leads to {where.host}: {why}", wire_bytes=page.wire_bytes) if why else page

    def _rules_of(self, where: Target, source: Source) -> Rules:
        private = may_be_private(source, where.host)
        key = (*where.origin, private)
        if key not in self._rules:
            self._rules[key] = read_rules(where.url, self._transport, allow_private=private)
            self._space(where.host, max(self._settings.spacing, min(self._rules[key].delay, self._settings.crawl_delay)))
        return self._rules[key]

    def abort(self) -> None:
        """End what is under way at once: the run is being stopped."""
        self._transport.abort()

    def close(self) -> None:
        """End what is under way and close the connections."""
        self._transport.abort()
        self._transport.close()


def fetch_page(url: str, source: Source, transport: Transport, rules: Rules, now: datetime) -> Payload | Failure:
    """Ask for one page, if ``rules`` allow it. The payload's body is HTML or text, whole unless its ``damage`` says otherwise."""
    if why := rules.refusal(url):
        return _failed(source, rules.kind, why)
    answer = transport.get(url, allow_private=may_be_private(source, urlsplit(url).hostname or ""))
    if isinstance(answer, Trouble):
        return _failed(source, answer.kind, answer.message, wire_bytes=answer.wire_bytes)
    if failure := _refused(answer):
        return _failed(source, *failure, http_status=answer.status, wire_bytes=answer.wire_bytes)
    return Payload(source=source.id, url=redact(url), final_url=redact(answer.final_url), status=answer.status, headers=answer.headers,
                   body=answer.body, digest=hashlib.sha256(answer.body).hexdigest(), fetched_at=now, damage=answer.damage, is_page=True,
                   wire_bytes=answer.wire_bytes)


def may_be_private(source: Source, host: str) -> bool:
    """A source that may live on a private address may have its pages there too: on its own host, and no other."""
    return source.allow_private and not source.is_local and host.strip("[]").lower() == (urlsplit(source.url).hostname or "").lower()


def _refused(answer: Answer) -> tuple[Kind, str] | None:
    """Why an answer is no page, or None when it is one."""
    if answer.challenge:
        return Kind.CHALLENGE, f"answers {answer.status} and shows a bot wall instead of the page"
    if answer.status != 200:
        other = (Kind.SERVER_ERROR if answer.status >= 500 else Kind.HTTP_STATUS, "is no page")
        kind, meaning = _MEANING.get(answer.status, other)
        return kind, f"answers {answer.status}: it {meaning}"
    kind_of_bytes = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind_of_bytes not in TYPES or answer.body.startswith(_NO_PAGE):
        return Kind.NOT_A_PAGE, f"is no page but {kind_of_bytes[:60] if kind_of_bytes not in TYPES else 'a file'}"
    if not answer.body.strip():
        return Kind.EMPTY, "answers 200 with an empty body"
    return None


def _failed(source: Source, kind: Kind, message: str, http_status: int | None = None, wire_bytes: int = 0) -> Failure:
    return Failure(source=source.id, stage=Stage.FETCH, kind=kind, message=one_line(message), http_status=http_status,
                   wire_bytes=wire_bytes)
