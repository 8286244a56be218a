"""A source, wherever it lives, to answers: web feeds and drop folders behind one call. Parses nothing.

Order: must it wait? → ask (or list the folder) → the same bytes as last time? → payload.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from types import TracebackType

from twinwire.config.settings import Fetch
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch.feeds import Came, Waiting, fetch_feed, next_state, plan, same_bytes
from twinwire.fetch.folders import listing_digest, read_local
from twinwire.fetch.transport import Transport
from twinwire.records import Failure, FeedState, FetchResult, Payload, Stage


class Fetcher:
    """The fetch stage with its connections. A context manager; use from any number of threads."""

    def __init__(self, settings: Fetch, *, force: bool = False) -> None:
        self._settings, self._force = settings, force
        self._transport = Transport(deadline=settings.deadline, max_bytes=settings.max_bytes, per_host=settings.per_host,
                                    contact=settings.contact)
        self._listings: dict[str, str | None] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._transport.abort()
        self._transport.close()

    def abort(self) -> None:
        """End what is under way at once: the run is being stopped."""
        self._transport.abort()

    def fetch(self, source: Source, state: FeedState, now: datetime) -> list[FetchResult]:
        """Answers of one source: one of a web feed, one per file of a drop folder. ``now`` is the instant of the fetch, UTC."""
        if source.is_local:
            state = FeedState(source=source.id) if self._force else state
            if source.url.startswith("folder:"):
                self._listings[source.id] = listing_digest(source, now)
            return list(read_local(source, state, now, self._settings.max_bytes))
        headers = plan(source, state, now, self._settings.revalidate_after, force=self._force)
        if isinstance(headers, Waiting):
            return [Failure(source=source.id, stage=Stage.FETCH, kind=Kind.WAITING,
                            message=f"is not asked before {headers.until:%Y-%m-%d %H:%M} UTC; it asked for that, or failed too often")]
        begun = time.monotonic()
        result = fetch_feed(source, self._transport, now, headers)
        result = replace(result, elapsed=time.monotonic() - begun)
        if isinstance(result, Payload) and not self._force and state.url == source.url:
            result = same_bytes(result, state) or result
        return [result]

    def state_after(self, source: Source, state: FeedState, came: Came) -> FeedState:
        """What to remember of the source once its answers are loaded."""
        if came.failure is not None and came.failure.kind is Kind.WAITING:
            return state
        after = next_state(source, state, came)
        if source.id in self._listings:  # even when single files failed: a mended file changes the listing
            after = replace(after, digest=self._listings[source.id], full_at=came.at)
        return replace(after, next_try_at=None) if source.is_local else after
