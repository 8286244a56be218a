"""What one fetch did, as counts and rows. Pure: it counts outcomes and decides none.

The accounting identity holds by construction: every entry of a payload gets exactly one outcome.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from twinwire.archive import ArchiveRef
from twinwire.config.sources import Source, seconds
from twinwire.errors import Kind
from twinwire.fetch.guard import redact
from twinwire.records import Failure, FeedState, FetchResult, Parsed, Payload, Unchanged
from twinwire.warehouse.rows import Row, plain_utc


class Outcome(StrEnum):
    """What became of an entry."""

    KEPT_NEW = "kept_new"
    REJECTED = "rejected"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@dataclass(slots=True)
class Tally:
    """Outcomes of one payload's entries. ``new`` and ``overlap`` are other views of the same entries."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    new: int = 0       # never seen before, kept or not
    overlap: int = 0   # known before this fetch

    @property
    def entries(self) -> int:
        """All of them: each has one outcome."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """What came of an entry's article page. Without ``failure`` its text was read."""

    item_id: UUID
    url: str
    at: datetime                           # instant of the answer, UTC
    http_status: int | None = None
    size: int = 0                          # bytes of the body, decoded
    archived: ArchiveRef | None = None
    damage: str | None = None              # why the page is known to be incomplete
    failure: Failure | None = None


@dataclass(slots=True, kw_only=True)
class Fetched:
    """One answer of one source on its way through the stages."""

    source: Source
    state: FeedState                       # before this fetch
    result: FetchResult
    at: datetime                           # instant of the answer, UTC
    parsed: Parsed | None = None
    archived: ArchiveRef | None = None
    failure: Failure | None = None         # the fetch's own, or that of a later stage
    elapsed: float = 0.0                   # seconds
    past: bool = False                     # no answer of the source: brought by a backfill, as it was fetched long ago
    tally: Tally = field(default_factory=Tally)
    pages: list[PageOutcome] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, state: FeedState, result: FetchResult, at: datetime) -> Fetched:
        """An answer that has just come in."""
        failure = result if isinstance(result, Failure) else None
        return cls(source=source, state=state, result=result, at=at, failure=failure, elapsed=result.elapsed)

    @property
    def status(self) -> str:
        """read, unchanged, failed or waiting."""
        if self.failure is not None:
            return "waiting" if self.failure.kind is Kind.WAITING else "failed"
        return "unchanged" if isinstance(self.result, Unchanged) else "read"


def fetch_row(f: Fetched) -> Row:
    """The ledger's row (``ops.fetches``)."""
    payload = f.result if isinstance(f.result, Payload) else None
    return {
        "source_id": f.source.id, "fetched_at": plain_utc(f.at), "status": f.status,
        "stage": f.failure.stage.value if f.failure else None, "class": f.failure.kind.value if f.failure else None,
        "message": f.failure.message if f.failure else None,
        "http_status": f.result.http_status if isinstance(f.result, Failure) else f.result.status or None,
        "final_url": payload.final_url if payload else None, "bytes": len(payload.body) if payload else 0,
        "wire_bytes": f.result.wire_bytes, "digest": payload.digest if payload else None,
        "archive_file": f.archived.path if f.archived else None,
        "archive_offset": f.archived.offset if f.archived else None,
        "parser": f.parsed.parser if f.parsed else None, "encoding": f.parsed.encoding if f.parsed else None,
        "damage": damage(f), "entries": f.tally.entries, "new": f.tally.new,
        **{o.value: f.tally.outcomes[o] for o in Outcome}, "overlap": f.tally.overlap, "duration": f.elapsed,
        "pages": sum(p.failure is None for p in f.pages), "pages_failed": sum(p.failure is not None for p in f.pages),
    }


def page_rows(f: Fetched) -> list[Row]:
    """Article pages asked for (``ops.pages``); those not asked for because of a limit are among them, as waiting."""
    return [{
        "source_id": f.source.id, "item_id": p.item_id.bytes, "url": redact(p.url), "fetched_at": plain_utc(p.at),
        "status": "read" if p.failure is None else "waiting" if p.failure.kind is Kind.WAITING else "failed",
        "class": p.failure.kind.value if p.failure else None, "message": p.failure.message if p.failure else p.damage,
        "http_status": p.http_status, "bytes": p.size, "archive_file": p.archived.path if p.archived else None,
        "archive_offset": p.archived.offset if p.archived else None,
    } for p in f.pages]


def damage(f: Fetched) -> str | None:
    """Why the payload is known to be incomplete: said by the transport, or by the parser."""
    of_fetch = f.result.damage if isinstance(f.result, Payload) else None
    return of_fetch or (f.parsed.damage if f.parsed else None)


def source_row(f: Fetched, state: FeedState) -> Row:
    """The source's row (``ops.sources``): the catalogue's facts and the state after this fetch."""
    s = f.source
    return {
        "source_id": s.id, "name": s.name, "url": state.url or s.url, "wire": s.wire, "language": s.language,
        "country": s.country, "schedule": s.schedule, "store": s.store, "terms": s.terms,
        "quiet_after": seconds(s.expect.quiet_after), "etag": state.etag, "last_modified": state.last_modified,
        "digest": state.digest, "checked_at": plain_utc(state.checked_at), "changed_at": plain_utc(state.changed_at),
        "full_at": plain_utc(state.full_at), "next_try_at": plain_utc(state.next_try_at), "failures": state.failures,
        "last_new_at": plain_utc(f.at) if f.tally.new and not f.past else None,
        "moved_to": f.result.moved_to if isinstance(f.result, Payload) else None,
    }


def quarantine_rows(f: Fetched) -> list[Row]:
    """Entries that could not be read (``ops.quarantine``)."""
    return [{"source_id": f.source.id, "fetched_at": plain_utc(f.at), "position": q.position, "reason": q.reason, "raw": q.raw}
            for q in (f.parsed.quarantined if f.parsed else ())]


def gap_row(f: Fetched) -> Row | None:
    """A possible gap: the source was read before, and nothing it shows now was known. Drop folders have none."""
    if f.past or f.source.is_local or f.state.changed_at is None or not f.tally.entries or f.tally.overlap:
        return None
    return {"source_id": f.source.id, "from_at": plain_utc(f.state.checked_at or f.state.changed_at),
            "to_at": plain_utc(f.at), "reason": f"none of the {f.tally.entries} entries was known from the fetch before"}
