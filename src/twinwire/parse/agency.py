"""An entry of an agency format being put together. What is said first stays: readers ask the nearest field first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from twinwire.errors import Kind
from twinwire.parse import limits
from twinwire.parse.draft import Draft, gather
from twinwire.parse.elements import join
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Entry, Feed, Parsed, PlaceName, Quarantined, Wired

_WIRED = {f.name for f in fields(Wired)} - {"places"}
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
_NOTHING = {"no-data-available", "n/a", "none", "unknown", "-"}  # written where a required field has no value
_SLASHED = re.compile(r"(?<=[^\W\d_])\s*/\s*(?=[^\W\d_])")
KILLED = "canceled"


@dataclass(slots=True)
class Story:
    """A draft and what only agencies say. Keys are the fields of :class:`Wired` and the values of :class:`Draft`."""

    base: str | None = None
    draft: Draft = field(default_factory=Draft)
    said: dict[str, str] = field(default_factory=dict)
    places: dict[PlaceName, None] = field(default_factory=dict)

    def put(self, key: str, *values: str | None) -> None:
        """Set a field to the first of ``values`` that says something, unless it is set."""
        target = self.said if key in _WIRED else self.draft.values
        value = next((v for v in values if v and v.strip()), None)
        if value and not target.get(key):
            target[key] = value.strip()

    def has(self, *keys: str) -> bool:
        """True when one of the fields is set."""
        return any(self.said.get(k) or self.draft.values.get(k) for k in keys)

    def by(self, name: str) -> None:
        """An author; "By" in front of a name goes."""
        name = _BY.sub("", name).strip(" ,;")
        if name and name.lower() not in _NOTHING:
            self.draft.authors.append(name)

    def is_agency(self, name: str) -> bool:
        """True for the agency itself: Reuters, of which the provider is reuters.com."""
        return not name or name.lower() in self.said.get("provider", "").lower()

    def place(self, name: str, region: str | None = None, country: str | None = None, level: str | None = None) -> None:
        """A place; "Kyiv/Washington" are two and "Calgary, AB, Canada" is one in a region of a country."""
        for one in _SLASHED.split(name):
            parts = [p.strip() for p in one.split(",")] if not (region or country) else [one.strip()]
            if parts[0] and parts[0].lower() not in _NOTHING:
                self.places.setdefault(PlaceName(
                    name=parts[0], region=region or (parts[1] if len(parts) > 1 else None) or None,
                    country=country or (parts[2] if len(parts) > 2 else None) or None, level=level))

    def enclose(self, address: str | None) -> None:
        """A picture, sound or film, when its address can be followed."""
        absolute = join(self.base or "", address or "")
        if absolute.lower().startswith(("http://", "https://")):
            self.draft.enclosures.append(absolute)

    def finish(self, position: int, language: str | None = None) -> Entry | Quarantined:
        """The entry, or why it is none."""
        v = self.draft.values
        second = v.pop("second_headline", "")
        if not v.get("summary") and second != v.get("title"):
            v["summary"] = second
        if not v.get("title"):
            v["title"] = self.said.get("slug", "")
        if (v.get("id") or "").lower().startswith(("http://", "https://")):
            self.draft.guid_link = v["id"]
        self.draft.wired = Wired(places=tuple(self.places), **self.said)
        return self.draft.finish(position, language)


def local(name: str | None) -> str:
    """The last part of a code or an address: ``stat:usable`` → ``usable``, ``http://…/pubstatusg2/usable`` → ``usable``."""
    return re.split(r"[:/#]", (name or "").strip().rstrip("/"))[-1]


def status(name: str | None) -> str:
    """A publishing status without its scheme, in lower case: usable, withheld, canceled, embargoed."""
    word = local(name).lower()
    return KILLED if word in {"cancelled", "killed", "kill", "deleted"} else word


def gathered(found: Iterable[Entry | Quarantined], count: int, feed: Feed, doc: Document, damage: str | None) -> Parsed | Unreadable:
    """The outcome of a document of ``count`` items, of which ``found`` are read; ALL_ENTRIES_BAD when none can be."""
    over = f"only the first {limits.ENTRIES} of {count} entries read" if count > limits.ENTRIES else None
    parsed = gather(found, feed, parser="agency", encoding=doc.encoding, damage=damage or over)
    if parsed.entries or not parsed.quarantined:
        return parsed
    return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {count} items can be read: {damage or parsed.quarantined[0].reason}")
