"""Trying sources without the warehouse: one feed with a small state of its own, or the whole catalogue at a glance.

Uses the same fetch, parse and identity as an ingest, so that what it says is what a run would do.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from twinwire.config import Config, Settings, Source, shipped_mappings
from twinwire.config.mappings import Mapping
from twinwire.errors import ConfigError, TwinwireError
from twinwire.fetch import Came, Fetcher, HostQueues
from twinwire.fetch.guard import host_of
from twinwire.formats import Format
from twinwire.ledger import Fetched, damage
from twinwire.normalise.time import instant
from twinwire.reading import Readers, empty
from twinwire.records import Failure, FeedState, Parsed, Payload, Reading, Unchanged
from twinwire.relate import identity
from twinwire.report.cells import safe_cell

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files a probe writes: JSON lines, a web page, CSV."""

    out: Path | None = None
    report: Path | None = None
    csv: Path | None = None


def any_source(url: str, language: str | None = None, format_: str = Format.AUTO, allow_private: bool = False) -> Source:
    """A source that stands in no catalogue; its id is made of its address."""
    name = "probe-" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:12]
    known = language if isinstance(language, str) and language.replace("-", "").isalnum() else None
    return Source.model_construct(id=name, name=name, url=url, format=format_, allow_private=allow_private,
                                  language=known, expect=Source.model_fields["expect"].get_default(call_default_factory=True))


def source_of(row: Row) -> Source:
    """A source for an entry that comes alone: its address, language, country, zone and wire as far as the row tells."""
    given = {k: v for k in ("url", "language", "country", "timezone", "wire") if isinstance(v := row.get(k), str) and v}
    try:
        return Source(id="entry", name="entry", **{"url": "https://unknown.invalid/", **given})
    except ValueError:
        return any_source(given.get("url", "https://unknown.invalid/"), language=given.get("language"))


def probe(source: Source, state: Path | None, outputs: Outputs, now: datetime) -> dict[str, Any]:
    """Fetch, parse and remember one feed. Returns ``outcome`` (ok, partial, not-modified, error), ``items`` in this answer,
    ``stored`` altogether, ``error``, ``quarantined``."""
    memory = _Memory(state / f"{source.id}.json" if state else None)
    with Fetcher(Settings().fetch) as fetcher, Readers(1) as readers:
        before = memory.state(source.id)
        f = Fetched.of(source, before, fetcher.fetch(source, before, now)[0], now)
        told = _read(f, memory, now, readers)
        memory.remember(fetcher.state_after(source, before, Came(result=f.result, at=now, failure=f.failure, damage=damage(f))))
        _write(outputs, memory.everything(state), readers)
    return {**told, "stored": len(memory.everything(state)), "stateless": state is None}


def _read(f: Fetched, memory: _Memory, now: datetime, readers: Readers) -> dict[str, Any]:
    if isinstance(f.result, Unchanged):
        return {"outcome": "not-modified", "items": 0}
    if isinstance(f.result, Failure):
        return {"outcome": "error", "items": 0, "class": f.result.kind.value, "error": f.result.message}
    parsed = _parsed(f, f.result, shipped_mappings(), readers)
    if isinstance(parsed, Failure):
        return {"outcome": "error", "items": 0, "class": parsed.kind.value, "error": parsed.message}
    readings = identity.read(parsed.entries, f.source, texts=parsed.texts)
    kept = [r for r in identity.classify(readings, memory.known(), memory.alt_keys()) if r.kind is not identity.Change.DUPLICATE]
    cleaned = readers.clean(f.source, [r.reading.entry.content or r.reading.entry.summary for r in kept])
    for n, related in enumerate(kept):
        memory.keep(related, _row(related.reading, "" if isinstance(cleaned, Failure) else cleaned[n], now))
    why = damage(f) or (f"without its HTML: {cleaned.message}" if isinstance(cleaned, Failure) else None)
    partial = why or ("some entries could not be read" if parsed.quarantined else None)
    return {"outcome": "partial" if partial else "ok", "items": len(readings), "quarantined": len(parsed.quarantined),
            **({"error": partial} if partial else {})}


def _parsed(f: Fetched, payload: Payload, mappings: Lookup[str, Mapping], readers: Readers) -> Parsed | Failure:
    parsed = readers.read(f.source, payload, mappings)
    if isinstance(parsed, Parsed) and parsed.entries:
        f.parsed = parsed
        return parsed
    f.failure = parsed if isinstance(parsed, Failure) else empty(f.source)
    return f.failure


def _row(reading: Reading, html: str, now: datetime) -> Row:
    entry = reading.entry
    at = instant(entry.published_raw or entry.updated_raw, zone=None, now=now).at
    return {"id": str(reading.entry_id), "link": reading.url, "title": reading.text.title,
            "published": at.isoformat() if at else None, "content_html": html}


class _Memory:
    """What a probe remembers of a feed: its state, and the newest version of each entry."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept: dict[str, Row] = {}
        self._state: Row = {}
        if path and path.exists():
            self._kept, self._state = _remembered(path)

    def state(self, source: str) -> FeedState:
        return _state(source, self._state)

    def known(self) -> dict[Any, identity.Known]:
        return {UUID(k): identity.Known(content_hash=UUID(r["hash"]), kept=True, rule_version="") for k, r in self._kept.items()}

    def alt_keys(self) -> dict[Any, Any]:
        return {UUID(r["alt"]): UUID(k) for k, r in self._kept.items() if r["alt"]}

    def keep(self, related: identity.Related, row: Row) -> None:
        reading = related.reading
        self._kept[str(related.entry_id)] = {"hash": str(reading.content_hash), "alt": str(reading.alt_key) if reading.alt_key else None,
                                             "row": row | {"id": str(related.entry_id)}}

    def remember(self, state: FeedState) -> None:
        if self._path is None:
            return
        told = {"entries": self._kept, "state": {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(state).items()}}
        temporary = self._path.with_suffix(".tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self._path)
        except OSError as e:
            raise ConfigError(str(self._path.parent), f"cannot be written ({e.strerror})") from None

    def everything(self, folder: Path | None) -> list[Row]:
        """Rows of all feeds ever probed with this state folder, this one's included."""
        rows = [r["row"] for r in self._kept.values()]
        others = [p for p in sorted(folder.glob("probe-*.json")) if p != self._path] if folder and folder.is_dir() else []
        for p in others:
            rows += [r["row"] for r in _remembered(p)[0].values()]
        return rows


def _state(source: str, told: Row) -> FeedState:
    return TypeAdapter(FeedState).validate_python({"source": source} | told)


def _remembered(path: Path) -> tuple[dict[str, Row], Row]:
    """Entries and state of a probed feed. Raises :class:`ConfigError` for a file of any other shape."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        _state("", told["state"])
        return {str(UUID(k)): {"hash": str(UUID(r["hash"])), "alt": r["alt"] and str(UUID(r["alt"])), "row": dict(r["row"])}
                for k, r in told["entries"].items()}, told["state"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(str(path), "was not written by twinwire; give an empty folder to --state") from None


def _write(outputs: Outputs, rows: list[Row], readers: Readers) -> None:
    try:
        if outputs.out:
            outputs.out.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
        if outputs.report:
            outputs.report.write_text(readers.report("Entries", rows), encoding="utf-8")
        if outputs.csv:
            with outputs.csv.open("w", newline="", encoding="utf-8") as f:
                writer = csv.writer(f)
                writer.writerow(["id", "published", "title", "link"])
                writer.writerows([safe_cell(r[k]) for k in ("id", "published", "title", "link")] for r in rows)
    except OSError as e:
        raise ConfigError(str(e.filename), f"cannot be written ({e.strerror})") from None


def check_all(sources: Sequence[Source], config: Config, now: datetime) -> list[Row]:
    """Ask each source once, unconditionally. One row each: health, http, entries, newest, format, KB, seconds, class, note."""
    settings = config.settings
    with (Readers(settings.run.parsers) as readers, Fetcher(settings.fetch, force=True) as fetcher,
          closing(HostQueues(settings.fetch.workers, settings.fetch.per_host)) as queues):
        means = _Means(fetcher, readers, config.mappings)
        asked = [queues.submit(host_of(s.url) or s.id, partial(_check, means, s, now)) for s in sources]
        return [a.result() for a in asked]


class _Means(NamedTuple):
    fetcher: Fetcher
    readers: Readers
    mappings: Lookup[str, Mapping]


def _check(means: _Means, source: Source, now: datetime) -> Row:
    row: Row = {"source": source.id, "health": "well", "http": None, "entries": 0, "newest": None, "format": None, "KB": 0,
                "seconds": 0.0, "class": None, "note": ""}
    try:
        answers = means.fetcher.fetch(source, FeedState(source=source.id), now)
    except TwinwireError as e:
        return row | {"health": "failing", "class": "config", "note": str(e)}
    for f in (Fetched.of(source, FeedState(source=source.id), a, now) for a in answers):
        row["seconds"] = round(row["seconds"] + f.elapsed, 2)
        parsed = _parsed(f, f.result, means.mappings, means.readers) if isinstance(f.result, Payload) else f.result
        if isinstance(parsed, Failure):
            row |= {"health": "failing", "class": parsed.kind.value, "note": parsed.message,
                    "http": parsed.http_status or (f.result.status if isinstance(f.result, Payload) else None)}
        elif isinstance(f.result, Payload) and isinstance(parsed, Parsed):
            _describe(row, source, f, parsed, now)
    return row


def _describe(row: Row, source: Source, f: Fetched, parsed: Parsed, now: datetime) -> None:
    payload = f.result
    assert isinstance(payload, Payload)
    dates = [at for e in parsed.entries if (at := instant(e.published_raw or e.updated_raw, zone=source.timezone, now=now).at)]
    newest = max([*dates, *([datetime.fromisoformat(row["newest"])] if row["newest"] else [])], default=None)
    row |= {"http": payload.status or None, "entries": row["entries"] + len(parsed.entries), "format": parsed.feed.format,
            "newest": newest.isoformat(timespec="minutes") if newest else None, "KB": row["KB"] + -(-len(payload.body) // 1024)}
    from twinwire.config.sources import seconds  # noqa: PLC0415

    notes = []
    if why := damage(f):
        notes.append(why)
    if newest and (now - newest).total_seconds() > seconds(source.expect.quiet_after):
        row["health"] = "quiet"
        notes.append(f"nothing newer than {(now - newest).days} days")
    if not source.expect.min <= row["entries"] <= source.expect.max:
        notes.append(f"{row['entries']} entries, expected {source.expect.min} to {source.expect.max}")
    if payload.moved_to:
        notes.append(f"has moved to {payload.moved_to}")
    row["note"] = "; ".join(notes)
