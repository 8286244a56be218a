"""The conditional GET of one source: what to ask, what an answer means, what to remember. Opens no connection itself.

``plan`` and ``next_state`` are pure; ``fetch_feed`` is the only function that calls the transport.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch.guard import one_line, redact
from twinwire.fetch.transport import Answer, Transport, Trouble
from twinwire.records import Failure, FeedState, FetchResult, Payload, Stage, Unchanged

MAX_WAIT = 86400.0  # seconds; no server may send us away for longer
_HARD = frozenset({Kind.NOT_FOUND, Kind.GONE, Kind.FORBIDDEN, Kind.UNAUTHORISED, Kind.CHALLENGE, Kind.BAD_URL, Kind.REFUSED_ADDRESS,
                   Kind.NOT_A_FEED, Kind.DNS, Kind.TLS, Kind.REDIRECT})
_STEP = {True: 3600.0, False: 600.0}  # back-off per failure in a row: hard ones, passing ones
_STATUS = {401: Kind.UNAUTHORISED, 407: Kind.UNAUTHORISED, 403: Kind.FORBIDDEN, 451: Kind.FORBIDDEN, 404: Kind.NOT_FOUND,
           410: Kind.GONE, 429: Kind.THROTTLED}
_ADVICE = {
    Kind.UNAUTHORISED: "wants credentials; name them with auth: env:NAME",
    Kind.FORBIDDEN: "refuses us; ask its owner, or disable it",
    Kind.CHALLENGE: "shows a bot wall instead of the feed; ask its owner to let us in, or disable it",
    Kind.NOT_FOUND: "is not there; look for its new address",
    Kind.GONE: "is gone for good, it says; disable it",
    Kind.THROTTLED: "asks us to come less often",
    Kind.SERVER_ERROR: "has trouble of its own; it is asked again later",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """The source is not to be asked before this instant."""

    until: datetime


def plan(source: Source, state: FeedState, now: datetime, revalidate_after: float, *, force: bool = False) -> dict[str, str] | Waiting:
    """Headers of the request, or Waiting.

    Validators are sent only to the address they came from, and only while the last whole answer is younger than
    ``revalidate_after`` seconds: so a server that answers 304 for ever costs a while, not the source.
    """
    if force:
        return {}
    # Nobody is sent away for longer than a day: an instant beyond that, or a last answer in the future, is from a wrong clock.
    if state.next_try_at is not None and now < state.next_try_at <= now + timedelta(seconds=MAX_WAIT):
        return Waiting(state.next_try_at)
    known = state.url == source.url and state.full_at is not None and 0 <= (now - state.full_at).total_seconds() < revalidate_after
    if not known:
        return {}
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {k: v for k, v in headers.items() if v}


def fetch_feed(source: Source, transport: Transport, now: datetime, headers: dict[str, str]) -> FetchResult:
    """Ask one source. ``headers`` come from :func:`plan`; without any, unchanged bytes are read again when forced."""
    authorization = _authorization(source.auth)
    if isinstance(authorization, Failure):
        return replace(authorization, source=source.id)
    answer = transport.get(source.url, headers, allow_private=source.allow_private, authorization=authorization)
    if isinstance(answer, Trouble):
        return Failure(source=source.id, stage=Stage.FETCH, kind=answer.kind, message=answer.message, wire_bytes=answer.wire_bytes)
    if answer.status == 304 and headers:
        return Unchanged(source=source.id, reason="304", status=304, fetched_at=now, etag=answer.headers.get("etag"),
                         last_modified=answer.headers.get("last-modified"), wire_bytes=answer.wire_bytes)
    if answer.status != 200 or not answer.body:
        return _failure(source, answer, now)
    return _payload(source, answer, now)


def same_bytes(payload: Payload, state: FeedState) -> Unchanged | None:
    """The very bytes that were loaded last: servers ignore validators, or move them for nothing."""
    if payload.damage or payload.digest != state.digest:
        return None
    return Unchanged(source=payload.source, reason="same bytes", status=payload.status, fetched_at=payload.fetched_at, full=True,
                     etag=payload.headers.get("etag"), last_modified=payload.headers.get("last-modified"),
                     elapsed=payload.elapsed, wire_bytes=payload.wire_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of asking: the answer, when, the failure of the fetch or of a later stage, and why it is incomplete."""

    result: FetchResult
    at: datetime
    failure: Failure | None = None
    damage: str | None = None


def next_state(source: Source, state: FeedState, came: Came) -> FeedState:
    """What to remember of a source. Nothing of a damaged payload becomes a validator."""
    now, result, failure = came.at, came.result, came.failure
    state = replace(state, checked_at=now, url=source.url) if state.url in {"", source.url} else FeedState(
        source=source.id, url=source.url, checked_at=now)
    if failure is not None:
        return replace(state, failures=state.failures + 1, next_try_at=now + timedelta(seconds=_wait(source.id, state, failure)))
    state = replace(state, failures=0, next_try_at=None)
    if isinstance(result, Unchanged):
        fresh = {"etag": result.etag or state.etag, "last_modified": result.last_modified or state.last_modified}
        return replace(state, **fresh, full_at=now if result.full else state.full_at)  # type: ignore[arg-type]
    assert isinstance(result, Payload)
    if came.damage:
        return replace(state, etag=None, last_modified=None, digest=None, changed_at=now, full_at=now)
    return replace(state, etag=result.headers.get("etag"), last_modified=result.headers.get("last-modified"), digest=result.digest,
                   changed_at=now, full_at=now)


def _wait(source: str, state: FeedState, failure: Failure) -> float:
    """Seconds until the next try: what the server asked for, else a little more after each failure, never over a day.

    Dead feeds are asked once a day for ever: addresses that answered 404 and 410 have come back.
    The first passing failure costs no wait. The spread comes from the source's name, so that a run can be repeated.
    """
    if failure.retry_after is not None:
        wait = failure.retry_after
    else:
        hard = failure.kind in _HARD
        wait = _STEP[hard] * (state.failures + hard)
    spread = hashlib.blake2b(source.encode(), digest_size=2).digest()
    return min(wait * (1 + int.from_bytes(spread) / 655360), MAX_WAIT)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header in either form (RFC 9110 §10.2.3), at most a day; None for anything else."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), MAX_WAIT)
    try:
        at = parsedate_to_datetime(value[:64])
    except (ValueError, TypeError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), MAX_WAIT)


def _failure(source: Source, answer: Answer, now: datetime) -> Failure:
    wait = retry_after(answer.headers.get("retry-after"), now)
    kind, message = _meaning(answer, wait)
    return Failure(source=source.id, stage=Stage.FETCH, kind=kind, message=one_line(message), http_status=answer.status,
                   retry_after=wait if kind is Kind.THROTTLED else None, wire_bytes=answer.wire_bytes)


def _meaning(answer: Answer, wait: float | None) -> tuple[Kind, str]:
    status = answer.status
    if status == 200:
        return Kind.EMPTY, "answers 200 with an empty body" if not answer.damage else f"sends nothing usable: {answer.damage}"
    if answer.challenge:
        return Kind.CHALLENGE, f"answers {status} and {_ADVICE[Kind.CHALLENGE]}"
    if status == 503 and wait is not None:
        kind = Kind.THROTTLED
    else:
        kind = _STATUS.get(status) or (Kind.SERVER_ERROR if 500 <= status < 600 else Kind.HTTP_STATUS)
    if kind is Kind.THROTTLED and wait is not None:
        return kind, f"answers {status} and asks us to wait {wait:.0f} s"
    if status == 304:
        return kind, "answers 304 although nothing conditional was asked"
    return kind, f"answers {status}" + (f" and {_ADVICE[kind]}" if kind in _ADVICE else ", which is no whole feed")


def _payload(source: Source, answer: Answer, now: datetime) -> Payload:
    return Payload(source=source.id, url=redact(source.url), final_url=redact(answer.final_url), status=answer.status,
                   headers=answer.headers, body=answer.body, digest=hashlib.sha256(answer.body).hexdigest(), fetched_at=now,
                   damage=answer.damage, moved_to=redact(answer.moved_to) if answer.moved_to else None, wire_bytes=answer.wire_bytes)


def _authorization(auth: str | None, environ: Mapping[str, str] = os.environ) -> str | Failure | None:
    """``env:NAME`` → the header's value: Basic for ``user:password``, Bearer otherwise."""
    if auth is None:
        return None
    name = auth.removeprefix("env:")
    value = (environ.get(name) or "").strip()  # files of secrets end with a line break
    if not value:
        return Failure(source="", stage=Stage.FETCH, kind=Kind.CREDENTIALS, message=f"the variable {name} is not set; set it, or drop auth")
    if ":" in value:
        import base64  # noqa: PLC0415 - few sources have credentials

        return "Basic " + base64.b64encode(value.encode()).decode()
    return f"Bearer {value}"
