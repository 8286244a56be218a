"""Kept items as an Atom feed (RFC 4287) or a JSON Feed (1.1, jsonfeed.org). Reads no store, writes no file.

What is made is read back before it is given out: by a strict XML or JSON parser, against what the format demands, and by
our own reader. Text is plain text everywhere; nothing that came from outside is markup here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree

from twinwire.parse import Unreadable, limits, parse

ATOM = "http://www.w3.org/2005/Atom"
_VERSION = "https://jsonfeed.org/version/1.1"
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ADDRESS = re.compile(r"https?://[!-~]+")
_UNTITLED = "(no title)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feed says of itself. ``name`` gives it an id that stays; ``address`` is where it will be found, if that is known."""

    name: str
    title: str
    made_at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An item of a feed. ``updated`` is when its current version was published or first seen, UTC."""

    item_id: UUID
    title: str
    updated: datetime
    published: datetime | None = None
    url: str | None = None
    summary: str = ""
    body: str = ""
    language: str | None = None
    topics: Sequence[str] = ()
    source: str = ""
    author: str | None = None


def atom(head: Head, items: Sequence[FeedItem]) -> bytes:
    """An Atom 1.0 document. The newest ``updated`` is the feed's own."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    _text(feed, "id", _id(head))
    _text(feed, "title", head.title)
    _text(feed, "updated", _instant(max((i.updated for i in items), default=head.made_at)))
    _text(feed, "generator", "twinwire")
    if head.address:
        etree.SubElement(feed, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=limits.legal(head.address))
    for i in map(_clean, items):
        _entry(etree.SubElement(feed, f"{{{ATOM}}}entry"), i)
    made = etree.tostring(feed, xml_declaration=True, encoding="UTF-8") + b"\n"
    _check_atom(made, len(items))
    return made


def json_feed(head: Head, items: Sequence[FeedItem]) -> bytes:
    """A JSON Feed 1.1 document."""
    feed = {"version": _VERSION, "title": limits.legal(head.title), "feed_url": head.address,
            "items": [{k: v for k, v in _json_item(i).items() if v} for i in map(_clean, items)]}
    made = json.dumps({k: v for k, v in feed.items() if v is not None}, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    _check_json(made, len(items))
    return made


def _entry(entry: etree._Element, i: FeedItem) -> None:
    _text(entry, "id", i.item_id.urn)
    _text(entry, "title", i.title or _UNTITLED)
    _text(entry, "updated", _instant(i.updated))
    if i.published:
        _text(entry, "published", _instant(i.published))
    author = etree.SubElement(entry, f"{{{ATOM}}}author")
    _text(author, "name", i.author or i.source or "unknown")
    link = _link(i.url)
    if link:
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=link)
    for topic in i.topics:
        etree.SubElement(entry, f"{{{ATOM}}}category", term=topic)
    if i.summary:
        _text(entry, "summary", i.summary)
    if i.body or not link:  # an entry has content, or a link to it (§4.1.2)
        _text(entry, "content", i.body or i.summary or i.title)
    if i.language:
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", i.language)


def _json_item(i: FeedItem) -> dict[str, object]:
    return {
        "id": i.item_id.urn, "url": _link(i.url), "title": i.title or _UNTITLED, "summary": i.summary,
        "content_text": i.body or i.summary or i.title or _UNTITLED,
        "date_published": _instant(i.published) if i.published else None,
        "date_modified": _instant(i.updated), "language": i.language, "tags": list(i.topics),
        "authors": [{"name": i.author or i.source}] if i.author or i.source else None,
    }


def _clean(i: FeedItem) -> FeedItem:
    """Without what XML cannot hold: a text may be empty after that."""
    author = limits.legal(i.author or "").strip()
    return replace(i, title=limits.legal(i.title).strip(), summary=limits.legal(i.summary), body=limits.legal(i.body),
                   author=author or None,
                   source=limits.legal(i.source).strip(), topics=[t for topic in i.topics if (t := limits.legal(topic))])


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = limits.legal(text)


def _id(head: Head) -> str:
    return uuid5(NAMESPACE_URL, f"twinwire:feed:{head.name}").urn


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _link(url: str | None) -> str | None:
    return url if url and _ADDRESS.fullmatch(url) else None


def _check_atom(made: bytes, count: int) -> None:
    """What RFC 4287 demands of a feed and its entries. Raises AssertionError: a document of ours that breaks it is a bug."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=False, huge_tree=True)
    root = etree.fromstring(made, parser)
    name = {"a": ATOM}
    entries = root.findall("a:entry", name)
    assert root.tag == f"{{{ATOM}}}feed"
    assert len(entries) == count, "entries were lost"
    for element in (root, *entries):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(f"a:{needed}", name)) == 1, f"needs one {needed}"
        assert element.findtext("a:id", "", name), "an id is empty"
    assert all(e.find("a:author/a:name", name) is not None for e in entries)
    assert all(e.find("a:content", name) is not None or e.find("a:link[@rel='alternate']", name) is not None for e in entries)
    assert all(_INSTANT.fullmatch(t.text or "") for tag in ("updated", "published") for t in root.iter(f"{{{ATOM}}}{tag}"))
    ids = [e.findtext("a:id", "", name) for e in entries]
    assert len(set(ids)) == len(ids), "two entries have one id"
    _check_ours(made, ids)


def _check_json(made: bytes, count: int) -> None:
    """What JSON Feed 1.1 demands. Raises AssertionError."""
    feed = json.loads(made)
    items = feed["items"]
    assert feed["version"] == _VERSION
    assert feed["title"]
    assert len(items) == count
    assert all(isinstance(i["id"], str) and i.get("content_text") for i in items)
    assert all(_INSTANT.fullmatch(i[k]) for i in items for k in ("date_published", "date_modified") if k in i)
    ids = [i["id"] for i in items]
    assert len(set(ids)) == len(ids), "two items have one id"
    _check_ours(made, ids)


def _check_ours(made: bytes, ids: Sequence[str]) -> None:
    """Our own reader finds all items whole, within its own bounds."""
    parsed = parse(made)
    assert not isinstance(parsed, Unreadable), parsed
    assert not parsed.quarantined
    assert [e.id for e in parsed.entries] == list(ids[:limits.ENTRIES])
    assert parsed.damage is None or len(ids) > limits.ENTRIES, parsed.damage
