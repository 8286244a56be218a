"""The fast reader: well-formed RSS 0.9x–2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0. Repairs nothing but a namespace that was
not declared: it reads or declines.

lxml without entities, without a DTD, without the network, and with libxml2's own bounds left on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from lxml import etree

from twinwire.parse import clean, elements, entry, limits
from twinwire.parse.draft import gather
from twinwire.parse.elements import XML_BASE, Context, Element
from twinwire.parse.outcome import Document
from twinwire.records import Feed, Parsed

CHUNK = 1 << 20        # bytes
PREFIXES = 20          # undeclared ones
_UNDECLARED = re.compile(r"Namespace prefix (\S{1,60}) ")
_ROOT_NAME = re.compile(rb"<[^\s/>]+")
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False,
    "remove_comments": True, "remove_pis": True, "recover": False, "collect_ids": False,
}
_RSS = {"0.90": "rss-0.90", "0.91": "rss-0.91", "0.92": "rss-0.92", "0.93": "rss-0.93", "0.94": "rss-0.94"}
_ENTRIES = ("item", "entry")


def read(text: str | bytes, doc: Document, *, cut: bool = False) -> Parsed | None:
    """Read ``text`` (bytes are UTF-8), from its root element on; None when it is not well-formed.

    With ``cut`` the end may be missing: ``text`` ends behind a whole entry and the elements around it stay open.
    """
    try:
        body = text.encode() if isinstance(text, str) else text
    except UnicodeEncodeError:  # surrogates
        return None
    root = _open_tree(body) if cut else _tree(body)
    if root is None:
        return None
    bases = (base for el in root.iter() if (base := el.get(XML_BASE)))
    base = next(bases, None) if b"xml:base" in body else None
    # A document whose address is not known is taken to live where its first xml:base says.
    ctx = Context(version=_version(root), url=doc.url or base, has_base=base is not None, sound=clean.is_sound(body))
    feed = _feed(root, ctx)
    # One by one: to look for all of them first would be to go through a tree twice that no cache holds.
    found = (el for el in root.iter("{*}item", "{*}entry") if ctx.names.get(el.tag) in _ENTRIES or ctx.name(el) in _ENTRIES)
    drafts = (entry.read(el, ctx).finish(i, feed.language) for i, el in enumerate(islice(found, limits.ENTRIES)))
    parsed = gather(drafts, feed, parser="fast", encoding=doc.encoding)
    over = sum(1 for _ in found)
    return replace(parsed, damage=f"only the first {limits.ENTRIES} of {limits.ENTRIES + over} entries read") if over else parsed


def _tree(body: bytes, *, mend: bool = True) -> Element | None:
    parser = etree.XMLParser(**_OPTIONS)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        log: Any = parser.error_log if mend else ()  # the exception's own log holds what earlier documents did too
        unknown = {found[1] for error in log if (found := _UNDECLARED.match(error.message))}
        return _tree(_declaring(unknown, body), mend=False) if 0 < len(unknown) <= PREFIXES else None


def _declaring(prefixes: set[str], body: bytes) -> bytes:
    """The document with prefixes declared that its root forgot, as what they usually stand for."""
    told = "".join(f' xmlns:{p}="{elements.NAMESPACES.get(p, f"urn:{p}")}"' for p in sorted(prefixes))
    return _ROOT_NAME.sub(lambda name: name[0] + told.encode(), body, count=1)


def _open_tree(body: bytes) -> Element | None:
    parser = etree.XMLPullParser(events=("start",), **_OPTIONS)
    try:
        for at in range(0, len(body), CHUNK):  # libxml2 bounds what it is fed at once
            parser.feed(body[at:at + CHUNK])
        return next((el for _, el in parser.read_events() if isinstance(el, Element)), None)
    except etree.XMLSyntaxError:
        return None


def _version(root: Element) -> str:
    namespace, _, local = str(root.tag)[1:].rpartition("}") if "}" in str(root.tag) else ("", "", str(root.tag))
    local = local.lower()
    if local == "rdf":
        return "rss-0.90" if any("netscape.com/rdf" in (uri or "") for uri in root.nsmap.values()) else "rss-1.0"
    if local == "feed":
        modern = namespace.lower() == "http://www.w3.org/2005/atom"
        return "atom-1.0" if modern else f"atom-{root.get('version') or '0.3'}"
    version = root.get("version") or ""
    return "rss-2.0" if version.startswith("2") else _RSS.get(version, "rss")


def _feed(root: Element, ctx: Context) -> Feed:
    """What stands beside the entries, in the root or its channel. The first of equals wins: images come later."""
    keys: dict[object, str] = {}  # by tag: nearly all are entries, and have none
    seen: dict[str, str] = {}
    link: str | None = None
    for el in chain(root, *islice(root.iterchildren("{*}channel"), 1)):
        key = keys.get(el.tag)
        if key is None:
            key = keys[el.tag] = _FEED_KEYS.get(ctx.name(el), "")
        if not key:
            continue
        if key != "link":
            seen.setdefault(key, elements.content(el, "text/plain", ctx)[0])
        elif link is None and el.get("rel", "alternate") == "alternate":
            link = ctx.resolve(el, el.get("href") or elements.text(el)) or None
    lang = seen.get("language") or elements.language(root)
    return Feed(
        title=limits.text(seen.get("title"), limits.TITLE), link=limits.link(link)[0],
        language=limits.line(lang, limits.NAME), updated_raw=limits.optional(seen.get("updated"), limits.DATE),
        generator=limits.line(seen.get("generator"), limits.NAME), format=ctx.version,
    )


_FEED_KEYS = {
    "title": "title", "link": "link", "language": "language", "dc:language": "language", "generator": "generator",
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc:date"), "updated"),
}
