"""The past, read again from the archive: whose bytes these are, which entries they hold, what their pages add. Writes nothing.

An entry is looked for in the payload that brought the version the store holds. That payload shows its neighbours too: going
back from the newest, most entries are found without opening a payload of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from twinwire.articles import completed, page_of
from twinwire.bugs import as_failure
from twinwire.config import Config, Source
from twinwire.judge import Judge
from twinwire.reading import read
from twinwire.records import Failure, Page, Payload, Reading, Stage
from twinwire.warcread import ArchiveRef, read_at
from twinwire.warehouse.past import Old, Stretch

T = TypeVar("T")
_NOWHERE = "file:/not-known"  # address of a source of which nothing but the id is left


class Sources:
    """Sources by id: as the catalogue has them; those no longer in it as the ledger remembers them, else by their bytes alone."""

    def __init__(self, config: Config, remembered: Iterable[Mapping[str, Any]] = ()) -> None:
        self._known = {str(r["id"]): found for r in remembered if (found := _remembered(r))} | {s.id: s for s in config.sources}

    def __getitem__(self, name: str) -> Source:
        """The source. What terms allow is not known of a stranger: an excerpt."""
        return self._known.get(name) or bare(name)

    def __contains__(self, name: str) -> bool:
        return name in self._known


def bare(name: str, url: str = _NOWHERE) -> Source:
    """A source of which only id and perhaps address are known. Raises ValueError for an id that cannot be one."""
    try:
        return Source(id=name, name=name, url=url)
    except ValidationError:
        return Source(id=name, name=name, url=_NOWHERE)


def as_written(source: Source, payload: Payload) -> Source:
    """The source, read in the format that the payload's record names where it names one."""
    return source.model_copy(update={"format": payload.format}) if payload.format else source


def _remembered(row: Mapping[str, Any]) -> Source | None:
    try:
        return Source(**row)
    except ValidationError:
        return None


class Miss(StrEnum):
    """Why an entry could not be read again."""

    GONE = "gone"              # its bytes are not in the archive
    UNREADABLE = "unreadable"  # the record is damaged, or cannot be parsed any more
    ABSENT = "absent"          # the payload is there and shows no such entry


@dataclass(frozen=True, slots=True)
class Again:
    """An entry read again, with the payload it came in; or why it was not."""

    old: Old
    source: Source
    found: tuple[Reading, Payload] | Miss


class Replay:
    """Reads stretches of the past. ``log`` is where a bug met with one payload is written."""

    def __init__(self, judge: Judge, config: Config, archive: Path, log: Path) -> None:
        self._judge, self._config, self._archive, self._log = judge, config, archive, log
        self._max = config.settings.fetch.max_bytes

    def read(self, stretch: Stretch, source: Source, *, exact: bool = False) -> Iterator[Again]:
        """Every entry of the stretch, in no order. ``exact``: from the very payload that brought it, never a neighbour's."""
        left = {e.entry_id: e for e in stretch.entries}
        for entry in stretch.entries:
            if entry.entry_id not in left:
                continue
            payloads, miss = self._payloads(stretch.payloads.get(entry.judged_at, ()), source)
            asked = {e.entry_id: e for e in left.values() if e.judged_at == entry.judged_at} if exact else left
            for old, reading, payload in _matches(payloads, asked, entry):
                del left[old.entry_id]
                yield self._whole(old, reading, payload, stretch, source)
            if entry.entry_id in left:
                left.pop(entry.entry_id)
                yield Again(entry, source, miss or Miss.ABSENT)

    def _payloads(self, refs: Iterable[ArchiveRef], source: Source) -> tuple[list[tuple[Payload, list[Reading]]], Miss | None]:
        out, miss = [], None
        refs = list(refs)
        for ref in refs:
            payload = read_at(self._archive, ref, self._max) if (self._archive / ref.path).exists() else Miss.GONE
            readings = self.readings(source, payload) if isinstance(payload, Payload) else payload
            if isinstance(payload, Payload) and isinstance(readings, list):
                out.append((payload, readings))
            else:
                miss = Miss.GONE if payload is Miss.GONE else Miss.UNREADABLE
        return out, miss if refs else Miss.GONE

    def readings(self, source: Source, payload: Payload) -> list[Reading] | Failure:
        """The entries of a payload with their keys, or why there are none."""
        source = as_written(source, payload)
        parsed = self._safely(source, Stage.PARSE, lambda: read(source, payload, self._config.mappings))
        if isinstance(parsed, Failure):
            return parsed
        return self._safely(source, Stage.RELATE, lambda: self._judge.read(source, parsed.entries))

    def _whole(self, old: Old, reading: Reading, payload: Payload, stretch: Stretch, source: Source) -> Again:
        """With the text of its article page, where it was judged by that; without its page it is not what was judged."""
        ref = stretch.pages.get(old.entry_id)
        if ref is None:
            return Again(old, source, (reading, payload))
        found = read_at(self._archive, ref, self._config.settings.articles.max_bytes)
        if isinstance(found, Failure):
            return Again(old, source, Miss.UNREADABLE if (self._archive / ref.path).exists() else Miss.GONE)
        page = self._safely(source, Stage.PARSE, lambda: page_of(found, found.url, source))
        if not isinstance(page, Page):
            return Again(old, source, Miss.UNREADABLE)
        return Again(old, source, (completed(reading, page, source, old.judged_at), payload))

    def _safely(self, source: Source, stage: Stage, work: Callable[[], T]) -> T | Failure:
        """One boundary per payload: a bug met with one is logged and must not end the replay of all others."""
        try:
            return work()
        except Exception as e:  # noqa: BLE001
            return as_failure(self._log, source.id, stage, e)


def _matches(payloads: list[tuple[Payload, list[Reading]]], asked: Mapping[UUID, Old],
             entry: Old) -> Iterator[tuple[Old, Reading, Payload]]:
    """Entries asked for that these payloads show in the very version; ``entry`` itself also by its identity alone, for the text that
    is made of the same bytes may have changed with this program."""
    met: set[UUID] = set()
    by_alt = {(e.alt_key, e.content_hash): e for e in asked.values() if e.alt_key}
    for payload, readings in payloads:
        for r in readings:
            old = asked.get(r.entry_id)
            if old is None or old.content_hash != r.content_hash:
                old = by_alt.get((r.alt_key, r.content_hash)) if r.alt_key else None  # stored under an earlier guid
            if old is not None and old.entry_id not in met:
                met.add(old.entry_id)
                yield old, replace(r, entry_id=old.entry_id), payload
    if entry.entry_id not in met:
        for payload, readings in payloads:
            for r in readings:
                if r.entry_id == entry.entry_id or (entry.alt_key and r.alt_key == entry.alt_key):
                    yield entry, replace(r, entry_id=entry.entry_id), payload
                    return
