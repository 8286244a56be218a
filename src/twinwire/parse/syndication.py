"""RSS, RDF and Atom: which reader gets the document, and what is known to be missing. Reads no element itself."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from itertools import islice

from twinwire.errors import Kind
from twinwire.parse import clean, fast, limits
from twinwire.parse.flatten import ENTRY
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Parsed, Quarantined

HEAD = 4_096           # bytes in which the root element has to start, to be read without looking at the text
_ROOTS = {"rss", "feed", "rdf", "channel"}
ENDS_EARLY = "document ends early"
_HTML = re.compile(r"<(?:html|head|body)[\s>]|<!doctype\s+html", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)\s*>", re.IGNORECASE)


def recognises(doc: Document) -> bool:
    """A feed's root element, with whatever a server printed before it, but not one shown inside an HTML page."""
    root = clean.ROOT.search(doc.text)
    return root is not None and _HTML.search(doc.text, 0, root.start()) is None


def root_of(body: bytes) -> bytes:
    """The root element of a feed in UTF-8, for :func:`read_root`; ``b""`` where that is not plain to see from the first bytes.

    Parsers want bytes: decoding all of a document and encoding it again costs a tenth of reading it.
    """
    if body[:100].lstrip()[:1] != b"<" or b"\0" in body[:4] or b"\x1b" in body:  # another encoding, or one with states
        return b""
    try:
        head = Document(codecs.utf_8_decode(body[:HEAD], "strict", False)[0], "utf-8")
        if head.root not in _ROOTS or not recognises(head) or clean.prolog(head.text) or (start := clean.start(head.text)) is None:
            return b""
        at = len(head.text[:start].encode())
        end = body.rfind(f"</{_name(head.text[start:])}".encode(), at)
        end = -1 if end < 0 else body.find(b">", end) + 1
        codecs.utf_8_decode(body[end:] if end > 0 else b"", "strict", False)
    except UnicodeDecodeError:
        return b""
    return body[at:end] if end > 0 else b""


def read_root(root: bytes, url: str | None) -> Parsed | Unreadable | None:
    """Entries of a root element; None when it is not well-formed."""
    try:
        parsed = fast.read(root, Document("", "utf-8", url))
    except UnicodeDecodeError:
        return None
    return _checked(parsed) if parsed else None


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document. A document cut short gives its whole entries; the one cut is quarantined."""
    start = None if doc.refused else clean.start(doc.text)
    parsed = None if start is None else fast.read(_whole(doc.text[start:]), doc)  # most documents are sound as they are
    return _checked(parsed or _mended(clean.clean(doc.text), doc))


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
