"""RSS, RDF and Atom: which reader gets the document, and what is known to be missing. Reads no element itself."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from twinwire.errors import Kind
from twinwire.parse import clean, fast, limits
from twinwire.parse.flatten import ENTRY
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Parsed, Quarantined

ENDS_EARLY = "document ends early"
_HTML = re.compile(r"<(?:html|head|body)[\s>]|<!doctype\s+html", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)\s*>", re.IGNORECASE)


def recognises(doc: Document) -> bool:
    """A feed's root element, with whatever a server printed before it, but not one shown inside an HTML page."""
    root = clean.ROOT.search(doc.text)
    return root is not None and _HTML.search(doc.text, 0, root.start()) is None


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document. A document cut short gives its whole entries; the one cut is quarantined."""
    found = _unmended(doc)
    parsed = fast.read(found, doc) if found else None  # most documents are sound as they are
    return _checked(parsed or _mended(clean.clean(doc.text), doc))


def _unmended(doc: Document) -> bytes | str:
    """The root element as it was received, or as it reads."""
    start = clean.start(doc.text)
    if start is None:
        return ""
    if doc.body is None:
        return _whole(doc.text[start:])
    at = len(doc.text[:start].encode())
    end = doc.body.rfind(f"</{_name(doc.text[start:start + 100])}".encode(), at)
    return b"" if end < 0 else doc.body[at:doc.body.find(b">", end) + 1 or len(doc.body)]


def _mended(text: str, doc: Document) -> Parsed:
    whole = _whole(text)
    return (fast.read(whole, doc) or _careful(text, doc)) if whole else _cut(text, doc)


def _whole(text: str) -> str:
    """The root element, for what stands behind it is not the feed's; ``""`` when it does not end."""
    end = text.rfind(f"</{_name(text)}")
    return "" if end < 0 else text[:text.find(">", end) + 1 or len(text)]


def _careful(text: str, doc: Document) -> Parsed:
    from twinwire.parse import careful  # noqa: PLC0415 - feedparser is a quarter of all imports, and few feeds need it

    return careful.read(text, doc)


def _name(text: str) -> str:
    found = re.match(r"<([^\s/>]{1,80})", text)
    return found[1] if found else ""


def _cut(text: str, doc: Document) -> Parsed:
    """A document without its end: everything up to the last whole entry is read, the rest is quarantined."""
    stop = max((m.end() for m in _ENTRY_END.finditer(text)), default=0)
    starts = [m.start() for m in islice(ENTRY.finditer(text), 2)]
    if stop == 0:  # the only entry is the one cut, or the feed never closes its entries
        stop = starts[0] if len(starts) == 1 else len(text)
    rest = ENTRY.search(text, stop)
    parsed = fast.read(text[:stop], doc, cut=True) or _careful(text[:stop], doc)
    lost: tuple[Quarantined, ...] = ()
    if rest:
        position = len(parsed.entries) + len(parsed.quarantined)
        lost = (Quarantined(position=position, reason="the document ends inside this entry",
                            raw=limits.text(text[rest.start():rest.start() + limits.RAW], limits.RAW)),)
    return replace(parsed, quarantined=(*parsed.quarantined, *lost), damage=parsed.damage or ENDS_EARLY)


def _checked(parsed: Parsed) -> Parsed | Unreadable:
    if parsed.entries or not parsed.quarantined:
        return parsed
    first = parsed.quarantined[0].reason
    return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(parsed.quarantined)} entries can be read: {first}"[:500])
