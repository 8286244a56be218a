"""Which entry is which: identity, second key and content hash of entries, and what is new of them. Stores nothing.

Identity within a source is the guid, else the link, else the content. A guid that several different entries of one
payload carry identifies none of them alone: link and, where needed, title are added; to a shared link without guid,
title and content. The second key (address and title) finds an entry again whose guid changed. Dates and markup take no
part, so a date that is always "now" or a tracking pixel makes no revision.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from twinwire.config.sources import Source
from twinwire.normalise import boilerplate
from twinwire.normalise.chars import fold
from twinwire.normalise.digest import digest
from twinwire.normalise.text import text_of
from twinwire.normalise.url import TRACKING, Tracking, base_of, canonical, url_key
from twinwire.records import Entry, Reading, Text
from twinwire.relate.stories import Story


class Known(NamedTuple):
    """What the store knows of an entry: hash of its current version, whether it is kept, under which rules."""

    content_hash: UUID
    kept: bool
    rule_version: str
    versions: frozenset[UUID] = frozenset()  # content hashes of every version kept so far
    story: Story | None = None
    judged_at: datetime | None = None        # instant of the fetch that brought this version


class Change(StrEnum):
    """Related of an entry; exactly one per entry."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What to do with a reading. ``entry_id`` is the id to store under: the known one where the guid changed."""

    reading: Reading
    kind: Change
    entry_id: UUID
    known: Known | None = None


class _Draft(NamedTuple):
    entry: Entry
    text: Text
    whole: Text
    url: str | None
    guid: str
    link: str
    title: str               # folded
    content_hash: UUID


def read(entries: Sequence[Entry], source: Source, tracking: Tracking = TRACKING, texts: Sequence[Text] = ()) -> list[Reading]:
    """Plain text, address and keys of the entries of one payload, in their order. ``texts`` are their plain texts, where
    they have been made already."""
    texts = texts or [text_of(e, publishers_of(source)) for e in entries]
    drafts = [_draft(e, text, base_of(source), tracking) for e, text in zip(entries, texts, strict=True)]
    identities = _identities([_chain(d) for d in drafts])
    return [
        Reading(
            entry=d.entry, text=d.text, whole=d.whole if d.whole != d.text else None, url=d.url, content_hash=d.content_hash,
            entry_id=digest("entry", source.id, *identity),
            alt_key=_alt_key(source.id, d),
        )
        for d, identity in zip(drafts, identities, strict=True)
    ]


def publishers_of(source: Source) -> tuple[str, ...]:
    """Names that a source's headlines may carry behind a dash."""
    return tuple(n for n in (source.publisher, source.wire, source.name) if n)


def classify(
    readings: Sequence[Reading], known: Mapping[UUID, Known], known_alt: Mapping[UUID, UUID],
) -> list[Related]:
    """One outcome per reading, in order.

    ``known`` maps entry ids, ``known_alt`` second keys to entry ids, of the same source. A second key leads to a known
    entry only while that entry's own guid is not in the payload, for then the guid did not change; and only once. It
    also tells entries apart that share a guid and come one at a time, once they came together. Of
    two entries of a payload with one second key the later is a duplicate, unless both guid and content tell them apart.
    """
    payload = _Payload(readings, known, known_alt)
    return [payload.outcome(r) for r in readings]


class _Payload:
    """The entries of one payload seen so far."""

    def __init__(
        self, readings: Sequence[Reading], known: Mapping[UUID, Known], known_alt: Mapping[UUID, UUID],
    ) -> None:
        self._known, self._known_alt = known, known_alt
        self._present = {r.entry_id for r in readings}
        self._texts = {(r.alt_key, r.content_hash) for r in readings}
        self._ids: set[UUID] = set()
        self._renamed: set[UUID] = set()  # known entries found again under another guid
        self._contents: set[tuple[UUID, UUID]] = set()  # (second key, content hash)

    def outcome(self, r: Reading) -> Related:
        if r.entry_id in self._ids:
            return Related(reading=r, kind=Change.DUPLICATE, entry_id=r.entry_id, known=self._known.get(r.entry_id))
        self._ids.add(r.entry_id)
        if (before := self._known.get(r.entry_id)) is None and r.alt_key is not None:
            found = self._by_second_key(r, r.alt_key)
        else:
            found = self._other(r, before) or _compared(r, r.entry_id, before)
        if r.alt_key is not None:
            self._contents.add((r.alt_key, r.content_hash))
        return found

    def _other(self, r: Reading, before: Known | None) -> Related | None:
        """The known entry that this one is, although another bears its guid: they share it, and were here together once."""
        old = self._known_alt.get(r.alt_key) if r.alt_key is not None and before and before.content_hash != r.content_hash else None
        other = self._known.get(old) if old is not None and old not in self._present and old not in self._renamed else None
        if old is None or other is None:
            return None
        self._renamed.add(old)
        return _compared(r, old, other)

    def _by_second_key(self, r: Reading, key: UUID) -> Related:
        old = self._known_alt.get(key)
        before = self._known.get(old) if old is not None else None
        if (key, r.content_hash) in self._contents:
            return Related(reading=r, kind=Change.DUPLICATE, entry_id=old if old and before else r.entry_id, known=before)
        if old is None or before is None:
            return _compared(r, r.entry_id, None)
        if not r.entry.id and r.content_hash != before.content_hash and (key, before.content_hash) in self._texts:
            return _compared(r, r.entry_id, None)  # the known entry is here too, and no guid that could have changed
        if old in self._renamed or (old in self._present and before.content_hash == r.content_hash):
            return Related(reading=r, kind=Change.DUPLICATE, entry_id=old, known=before)
        if old in self._present:
            return _compared(r, r.entry_id, None)
        self._renamed.add(old)
        return _compared(r, old, before)


def _compared(r: Reading, entry_id: UUID, before: Known | None) -> Related:
    if before is None:
        return Related(reading=r, kind=Change.NEW, entry_id=entry_id)
    kind = Change.UNCHANGED if before.content_hash == r.content_hash else Change.CHANGED
    return Related(reading=r, kind=kind, entry_id=entry_id, known=before)


def _draft(entry: Entry, whole: Text, base: str | None, tracking: Tracking) -> _Draft:
    text = boilerplate.strip(whole)
    link = (entry.link or "").strip()
    url = canonical(link, base, tracking) if link else None
    guid = unicodedata.normalize("NFC", entry.id).strip() if entry.id else ""
    return _Draft(entry, text, whole, url, guid, url or link, fold(text.title), _content_hash(text, url))


def _content_hash(text: Text, url: str | None) -> UUID:
    fields = (("title", text.title), ("summary", text.summary), ("body", text.body), ("link", url or ""))
    return digest("content", *(part for field in fields if field[1] for part in field))


def _chain(d: _Draft) -> tuple[str, ...]:
    """What identifies an entry, in the order in which it is drawn on."""
    title = f"title={d.title}"
    if d.guid:
        return (f"guid={d.guid}", f"link={d.link}", title)
    content = f"content={d.content_hash.hex}"
    return (f"link={d.link}", title, content) if d.link else (content,)


def _identities(chains: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """For each chain its shortest beginning that no different chain of the payload shares."""
    begun = Counter(chain[0] for chain in chains)
    sharing: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for chain in (c for c in chains if begun[c[0]] > 1):
        for n in range(1, len(chain) + 1):
            sharing.setdefault(chain[:n], set()).add(chain)
    return [c[:1] if begun[c[0]] == 1 else next(c[:n] for n in range(1, len(c) + 1) if len(sharing[c[:n]]) == 1) for c in chains]


def _alt_key(source: str, d: _Draft) -> UUID | None:
    if not d.url and not d.title:
        return None
    # A title alone, or an address alone, is shared by different entries; their content must agree as well.
    rest = () if d.url and d.title else (d.content_hash.hex,)
    return digest("alt", source, url_key(d.url) if d.url else "", d.title, *rest)
