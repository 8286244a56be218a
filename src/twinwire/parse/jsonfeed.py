"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Reads one document: next_url is not followed, no date is parsed.

A value of the wrong type counts as absent; an item that is no object is quarantined. A document that ends early gives
the items before its end.
"""

from __future__ import annotations

import json
import re
from typing import Any

from twinwire.errors import Kind
from twinwire.parse import limits
from twinwire.parse.draft import Draft, gather
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Entry, Feed, Parsed, Quarantined

_VERSION = re.compile(r"jsonfeed\.org\\?/version\\?/(\d[\d.]{0,5})")
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_GAP = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(
    strict=False, parse_constant=lambda _: None,
    # Python refuses integers of thousands of digits; no id has so many.
    parse_int=lambda digits: int(digits) if len(digits) < 20 else digits,
)


def recognises(doc: Document) -> bool:
    """A JSON object with a version of jsonfeed.org, or with a list of items that are objects with an id."""
    text = doc.text.lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return False
    return _VERSION.search(text) is not None or (_ITEMS.search(text) is not None and '"id"' in text)


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document; NOT_A_FEED when it is no JSON or has no list of items."""
    text = doc.text.strip("\ufeff \t\r\n")
    top, damage = _load(text)
    items = top.get("items")
    if not isinstance(items, list):
        return Unreadable(Kind.NOT_A_FEED, damage or "JSON without a list of items")
    version = _VERSION.search(str(top.get("version") or ""))
    feed = Feed(
        title=limits.text(top.get("title"), limits.TITLE), link=limits.link(top.get("home_page_url"))[0],
        language=limits.line(top.get("language"), limits.NAME),
        format=f"jsonfeed-{version[1]}" if version else "jsonfeed",
    )
    if len(items) > limits.ENTRIES:
        damage = damage or f"only the first {limits.ENTRIES} of {len(items)} entries read"
    found = [_entry(item, i, feed) for i, item in enumerate(items[:limits.ENTRIES])]
    parsed = gather(found, feed, parser="jsonfeed", encoding=doc.encoding, damage=damage)
    if parsed.quarantined and not parsed.entries:
        why = parsed.quarantined[0].reason
        return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(found)} items can be read: {why}")
    return parsed


def _load(text: str) -> tuple[dict[str, Any], str | None]:
    """``(top object, damage)``; the object is empty when nothing can be read."""
    try:
        top = _DECODER.decode(text)
    except RecursionError:
        return {}, "JSON nested too deep to be a feed"
    except ValueError as e:
        return _salvage(text, str(e))
    return (top, None) if isinstance(top, dict) else ({}, None)


def _salvage(text: str, why: str) -> tuple[dict[str, Any], str]:
    """Whole items before the place where the document breaks."""
    start = _ITEMS.search(text)
    if start is None:
        return {}, f"not valid JSON ({why[:200]})"
    head, at = text[:start.start()].rstrip().rstrip(","), start.end()
    items: list[Any] = []
    try:
        top = _DECODER.decode(head + "}")
    except (ValueError, RecursionError):
        top = {}
    while len(items) <= limits.ENTRIES and (gap := _GAP.match(text, at)):
        try:
            item, at = _DECODER.raw_decode(text, gap.end())
        except (ValueError, RecursionError):
            break
        items.append(item)
    return {**top, "items": items}, f"document ends early ({why[:200]})"


def _entry(item: object, position: int, feed: Feed) -> Entry | Quarantined:
    if not isinstance(item, dict):
        return Quarantined(position=position, reason=f"item is {_kind(item)}, not an object",
                           raw=limits.text(item, limits.RAW))
    html, plain = _str(item.get("content_html")), _str(item.get("content_text"))
    attachments = [a.get("url") for a in _list(item.get("attachments")) if isinstance(a, dict)]
    authors = [*_list(item.get("authors")), item.get("author")]
    content = html or plain
    draft = Draft(
        values={
            "id": _str(item.get("id")), "title": _str(item.get("title")),
            "summary": _str(item.get("summary")) or content,
            "published": _str(item.get("date_published")), "updated": _str(item.get("date_modified")),
            "language": _str(item.get("language")),
        },
        link=_str(item.get("url")) or _str(item.get("external_url")) or None,
        guid_link=_str(item.get("id")) if _str(item.get("id")).startswith("http") else None,
        contents=[content],
        authors=[_str(a.get("name") or a.get("url")) for a in authors if isinstance(a, dict)],
        enclosures=[_str(url) for url in attachments],
    )
    for tag in _list(item.get("tags")):
        draft.categorise(_str(tag))
    return draft.finish(position, feed.language)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _str(value: object) -> str:
    """Text; a number as its digits, since ids are given so; ``""`` for every other type."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _kind(value: object) -> str:
    return {type(None): "null", bool: "a truth value", str: "text", list: "a list"}.get(type(value), "a number")
