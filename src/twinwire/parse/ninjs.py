"""ninjs 1.0–3.0, IPTC's news in JSON (iptc.org/std/ninjs), one item or a list of them. Parses no date, follows no link.

Written for what agencies really send: lists in an API's envelope (Superdesk's ``_items``, AP's ``data.item``), keys of
one version beside those of another, nulls and wrong types. Associations (pictures, sidebars) are no entries of their own.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from twinwire.errors import Kind
from twinwire.parse import jsondoc, limits
from twinwire.parse.draft import gather
from twinwire.parse.jsondoc import lowered
from twinwire.parse.ninjsitem import draft
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Entry, Feed, Parsed, Quarantined

_HEAD = 200_000  # characters in which a document of this format shows itself
_KEY = re.compile(r'"([A-Za-z]{3,20}(?:_[A-Za-z0-9]{1,20})?|\$schema|_items)"\s*:')
_OTHERS = re.compile(r"jsonfeed\.org\\?/version")
_STANDARD = re.compile(r'"\$?standard"\s*:\s*\{[^{}]{0,500}"name"\s*:\s*"ninjs"', re.IGNORECASE)
# Keys that hardly anything but ninjs has, and keys that need company.
_STRONG = frozenset((
    "versioncreated", "pubstatus", "slugline", "representationtype", "body_text", "body_html", "body_xhtml",
    "body_richtext", "body_main", "description_text", "description_html", "bodies", "headlines", "headline_main",
    "embargoeduntil", "infosources", "eventdetails", "contentcreated"))
_WEAK = frozenset((
    "headline", "byline", "located", "copyrightholder", "copyrightnotice", "usageterms", "renditions", "associations", "urgency", "uri",
    "guid", "firstcreated", "profile", "subject", "subjects", "genre", "genres", "place", "places", "organisations",
    "descriptions", "embargoed", "provider", "infosource", "_items", "altids"))
_LISTS = ("_items", "items", "newsitems", "results", "docs")
_LIST = re.compile(rf'"(?:{"|".join(_LISTS)})"\s*:\s*\[', re.IGNORECASE)
_DATA = re.compile(r'"data"\s*:\s*\{')
_SCHEMA = ("$schema", "$defs", "properties")


def recognises(doc: Document) -> bool:
    """JSON that names the standard, or with several of its keys, one of them its own. No JSON Feed."""
    if not jsondoc.starts(doc.text) or _OTHERS.search(doc.text, 0, _HEAD):
        return False
    if _STANDARD.search(doc.text, 0, _HEAD):
        return True
    keys = {m[1].lower() for m in _KEY.finditer(doc.text, 0, _HEAD)}
    strong = len(keys & _STRONG)
    return strong > 1 or (strong == 1 and bool(keys & _WEAK)) or ("headline" in keys and not keys.isdisjoint(("uri", "guid")))


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document. NOT_A_FEED when it is no JSON, of another kind, or holds nothing like a news item."""
    top, damage = jsondoc.load(doc.text, _depth(doc.text))
    keys = lowered(top) if isinstance(top, dict) else {}
    if top is None:
        return _no(damage or "JSON that is null")
    if any(key in keys for key in _SCHEMA):
        return _no("a JSON Schema, which describes news items and holds none")
    if "jsonfeed.org/version" in jsondoc.string(keys.get("version")):
        return _no("a JSON Feed, not ninjs; use format: jsonfeed or auto")
    found = _items(top, keys)
    if found is None or (damage and "breaks" in damage and not found.listed):
        return _no(damage or "JSON without a news item or a list of them")
    items = found.items[: limits.ENTRIES]
    if len(found.items) > len(items):
        damage = damage or f"only the first {len(items)} of {len(found.items)} entries read"
    drafts = [_entry(item, found.around, i) for i, item in enumerate(items)]
    feed = Feed(format=_version(items[0] if items else None))
    parsed = gather(drafts, feed, parser="ninjs", encoding=doc.encoding, damage=damage)
    if parsed.quarantined and not parsed.entries:
        why = parsed.quarantined[0].reason
        return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(drafts)} items can be read: {why}")
    return parsed


def _no(message: str) -> Unreadable:
    return Unreadable(Kind.NOT_A_FEED, message)


def _depth(text: str) -> int:
    """How deep the list of items lies, for documents that are cut."""
    if jsondoc.starts(text) == "[":
        return 1
    listed = _LIST.search(text)
    return 3 if listed and _DATA.search(text, 0, listed.start()) else 2


class _Found(NamedTuple):
    items: list[Any]
    around: dict[str, Any]  # the envelope, keys in lower case
    listed: bool            # in a list: an item before a break in the document is whole


def _items(value: Any, around: dict[str, Any], level: int = 0) -> _Found | None:
    """The items of a document; None when there is no place for items."""
    if isinstance(value, list):
        return _Found([_unwrapped(v) for v in value], around, listed=True)
    if not isinstance(value, dict):
        return None
    keys = lowered(value)
    if "_items" not in keys and not keys.keys().isdisjoint(_STRONG | {"headline", "guid", "uri"}):
        return _Found([value], around, listed=False)
    for name in _LISTS:
        if isinstance(keys.get(name), list):
            return _items(keys[name], around)
    for name in ("item", "data"):
        if level < 3 and (found := _items(keys.get(name), around, level + 1)) is not None:
            return found
    return None


def _unwrapped(value: Any) -> Any:
    """AP's lists hold ``{"meta": …, "item": {…}}``."""
    inner = value.get("item") if isinstance(value, dict) and "uri" not in value else None
    return inner if isinstance(inner, dict) else value


def _entry(item: object, around: dict[str, Any], position: int) -> Entry | Quarantined:
    if not isinstance(item, dict):
        return Quarantined(position=position, reason=f"item is {jsondoc.kind(item)}, not an object",
                           raw=limits.text(item, limits.RAW))
    return draft(lowered(item), around).finish(position)


def _version(item: Any) -> str:
    """What the item says of itself, else what its keys look like."""
    keys = lowered(item) if isinstance(item, dict) else {}
    for standard in jsondoc.rows(keys.get("standard", keys.get("$standard"))):
        if number := re.fullmatch(r"[0-9](?:\.[0-9]{1,2}){0,2}", jsondoc.string(standard.get("version")).strip()):
            return f"ninjs-{number[0]}"
    if keys.keys().isdisjoint(("headlines", "bodies", "descriptions", "subjects", "places")):
        return "ninjs-1"
    return "ninjs-2" if item.keys().isdisjoint(("versionCreated", "pubStatus", "contentCreated")) else "ninjs-3"
