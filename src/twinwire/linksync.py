"""Known pairs from Wikidata into the store: one question at a time, politely, and on from where the last call ended.

The order: ask for a part, match its places, write the rows as a part, note the rejects, move the cursor; at the end all parts
go into the store together. A kill at any point costs one part at most, which is read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from twinwire.config import Config
from twinwire.config.settings import Links
from twinwire.errors import Busy, Kind
from twinwire.fetch.sparql import Endpoint, select
from twinwire.fetch.transport import Transport
from twinwire.normalise.atlas import Atlas
from twinwire.records import Failure, Stage
from twinwire.rejects import Rejects
from twinwire.relate import wikidata
from twinwire.relate.knownpairs import Listed, Matched, Unmatched, match
from twinwire.warehouse.knownlinks import Entered, Entering, enter, keep
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import write_atomically

_TOO_MUCH = frozenset((Kind.TIMEOUT, Kind.TOO_LARGE, Kind.SERVER_ERROR, Kind.BROKEN_ANSWER))  # a smaller part may go well
_UNSAID = 60.0  # seconds to wait for an endpoint that throttles without saying how long (WDQS asks for that)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a sync does its work with. ``clock`` gives UTC, ``pause`` waits so many seconds, ``progress`` is told the share done."""

    atlas: Atlas
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    progress: Callable[[float], None] = lambda _share: None


@dataclass(slots=True)
class Cursor:
    """How far the list was read. ``part`` is to be asked next; None: the list was read to its end."""

    endpoint: str
    part: str | None
    began_at: str
    not_before: str | None = None
    statements: int = 0
    matched: int = 0
    unmatched: int = 0
    unusable: int = 0


@dataclass(slots=True)
class SyncReport:
    """What a call did. Counts are of this call; ``done`` is the share of the list read so far, 1.0 at its end."""

    endpoint: str
    questions: int = 0
    statements: int = 0
    matched: int = 0
    unmatched: int = 0
    unusable: int = 0
    done: float = 0.0
    stopped: Failure | None = None
    entered: Entered = field(default_factory=Entered)
    rejects: str | None = None


def sync(config: Config, data: DataFolder, endpoint: Endpoint, limit: int | None, means: Means) -> SyncReport:
    """Read on until the end of the list, ``limit`` statements, or a failure, which is in the report; then load what was read.

    Raises :class:`Busy` when another sync or, at the end, another run is at work: nothing of what was read is lost then.
    """
    data.prepare()
    data.links.mkdir(exist_ok=True, mode=0o700)
    how = Entering(trigger="links sync", wait=config.settings.run.lock_wait, backups=config.settings.publish.backups,
                   config_version=config.version)
    with ExitStack() as stack:
        try:
            stack.enter_context(RunLock(data.links / "sync.lock"))
        except Busy:
            raise Busy(str(data.links), "another `twinwire links sync` is at work here; wait for it") from None
        reading = _Reading(config, data, endpoint, means)
        try:
            reading.read(limit)
        finally:  # also after Ctrl-C: what was read is worth having
            reading.report.entered = enter(data, how, means.clock())
        return reading.report


class _Reading:
    """One call's way through the list."""

    def __init__(self, config: Config, data: DataFolder, endpoint: Endpoint, means: Means) -> None:
        self._settings: Links = config.settings.links
        self._data, self._endpoint, self._means = data, endpoint, means
        self._contact = config.settings.fetch.contact
        self._file = data.links / "wikidata.json"
        left = _load(self._file, endpoint.url)
        anew = left is None or left.part is None
        self._cursor = left if left is not None and not anew else Cursor(
            endpoint.url, wikidata.DIGITS[0] * self._settings.digits, means.clock().isoformat())
        self._rejects_file = data.links / "wikidata.rejects.csv"
        self._rejects = Rejects(self._rejects_file, anew=anew)
        self._patience = self._settings.patience
        self.report = SyncReport(endpoint.url, done=wikidata.done(self._cursor.part))

    def read(self, limit: int | None) -> None:
        """Until the end, the limit or a failure."""
        cursor, report = self._cursor, self.report
        if cursor.not_before and (until := datetime.fromisoformat(cursor.not_before)) > self._means.clock():
            report.stopped = self._failure(Kind.WAITING, f"asked us to wait; it is not asked before {until:%Y-%m-%d %H:%M:%S} UTC")
            return
        transport = Transport(deadline=self._settings.deadline, max_bytes=self._settings.max_bytes, per_host=1, contact=self._contact)
        try:
            while cursor.part is not None and report.stopped is None and (limit is None or report.statements < limit):
                if report.questions:
                    self._means.pause(self._settings.pause)
                self._ask(transport, cursor, cursor.part)
        finally:
            transport.close()

    def _ask(self, transport: Transport, cursor: Cursor, part: str) -> None:
        now = self._means.clock()
        answer = select(transport, self._endpoint, wikidata.query(part), now)
        self.report.questions += 1
        if not isinstance(answer, Failure):
            self._take([r for row in answer if (r := wikidata.listed(row)) is not None], cursor, now)
            following = wikidata.after(part)
            cursor.part = wikidata.widened(following, self._settings.digits) if following else None
            cursor.not_before = None
            self._save(cursor)
        elif answer.kind is Kind.THROTTLED:
            self._throttled(answer, cursor, now)
        elif answer.kind in _TOO_MUCH and len(part) < min(self._settings.digits + 2, wikidata.MOST_DIGITS):
            cursor.part = part + wikidata.DIGITS[0]
        else:
            self.report.stopped = answer
        self.report.done = wikidata.done(cursor.part)
        self._means.progress(self.report.done)

    def _throttled(self, answer: Failure, cursor: Cursor, now: datetime) -> None:
        wait = max(answer.retry_after, 1.0) if answer.retry_after is not None else _UNSAID
        if wait <= self._patience:
            self._patience -= wait
            self._means.pause(wait)
            return
        cursor.not_before = (now + timedelta(seconds=wait)).isoformat()
        self._save(cursor)
        self.report.stopped = answer

    def _take(self, told: list[Listed | str], cursor: Cursor, now: datetime) -> None:
        found = [match(t, self._means.atlas) for t in told if isinstance(t, Listed)]
        matched = [m for m in found if isinstance(m, Matched)]
        unmatched = [u for u in found if isinstance(u, Unmatched)]
        if matched:
            keep(self._data, matched, now)
        self._rejects.add(unmatched, forget=(m.listed.ref for m in matched))
        self._rejects.save()
        self.report.rejects = str(self._rejects_file) if len(self._rejects) else None
        for counts in (cursor, self.report):
            counts.statements += len(told)
            counts.matched += len(matched)
            counts.unmatched += len(unmatched)
            counts.unusable += len(told) - len(found)

    def _save(self, cursor: Cursor) -> None:
        write_atomically(self._file, json.dumps(asdict(cursor)).encode())

    def _failure(self, kind: Kind, message: str) -> Failure:
        return Failure(source=self._endpoint.host, stage=Stage.FETCH, kind=kind, message=message)


def _load(path: Path, endpoint: str) -> Cursor | None:
    """The cursor a call left; None for none, one of another endpoint, or one that cannot be read: then the list is read anew."""
    try:
        cursor = Cursor(**json.loads(path.read_text(encoding="utf-8")))
        if cursor.endpoint != endpoint or cursor.part == "" or not set(cursor.part or "") <= set(wikidata.DIGITS):
            return None
        if cursor.not_before:
            datetime.fromisoformat(cursor.not_before)
    except (OSError, ValueError, TypeError):
        return None
    return cursor
