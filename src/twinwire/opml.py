"""OPML, the lists that feed readers exchange: bytes ↔ feeds. Fetches nothing and knows no catalogue.

Lenient in what readers really write (OPML 1 and 2, any case of names, bare ampersands), strict in size. A document that
declares entities is refused, and no declaration reaches the parser. Facts: OPML 2.0, http://opml.org/spec2.opml
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from twinwire.errors import ConfigError
from twinwire.parse import limits
from twinwire.parse.decode import decode

MAX_BYTES = 8 << 20
MAX_OUTLINES = 10_000
MAX_ATTRIBUTES = 100  # of one outline; reading them all takes lxml quadratic time
TAGS, TAG = 20, 80  # tags of one feed, characters of a tag

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?opml(?=[\s>/])", re.IGNORECASE)
_FIRST = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:[A-Za-z][A-Za-z0-9]{0,31};)?")
_REASON = re.compile(r", (?:use XML_PARSE_HUGE option|line \d+).*", re.DOTALL)  # what only programmers can use
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed", "pie", "jsonfeed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed of a list. ``tags`` are the folders it stands in, outermost first, then its categories."""

    url: str                       # as written, without blanks around it; not checked
    title: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    off: bool = False              # isComment: the feed stands in the list but is not to be read


def read(body: bytes, name: str) -> tuple[Outline, ...]:
    """Feeds of an OPML document, in its order; the same address may stand in it more than once.

    Raises :class:`ConfigError` about ``name``, in one line, for what is no OPML, broken, or beyond the bounds.
    """
    if len(body) > MAX_BYTES:
        raise ConfigError(name, f"is larger than {MAX_BYTES >> 20} MB; is this the right file?")
    text = decode(body).text
    root = _ROOT.search(text)
    if root is None:
        first = _FIRST.search(text)
        raise ConfigError(name, f"is no OPML{f' (its first element is <{first[1]}>)' if first else ''}; a list of feeds begins with <opml>")
    if "<!ENTITY" in text[:root.start()]:
        raise ConfigError(name, "declares entities, which no list of feeds needs; it is not read")
    try:
        return tuple(_feeds(_tree(_REFERENCE.sub(_plain, text[root.start():])), name))
    except etree.XMLSyntaxError as e:
        line = (e.position or (1, 0))[0] + text.count("\n", 0, root.start())
        reason = " ".join(_REASON.sub("", e.msg or "").split())[:120]  # some of libxml2's own words end in a line break
        raise ConfigError(f"{name}:{line}", f"is not well-formed XML ({reason})") from None


def write(feeds: Iterable[Outline], title: str, now: datetime) -> bytes:
    """An OPML 2.0 document of ``feeds``, each in the folder of its first tag. ``now`` is when the list was made."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = limits.legal(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    folders: dict[str, etree._Element] = {}
    for feed in feeds:
        folder = limits.legal(feed.tags[0]) if feed.tags else ""
        if folder and folder not in folders:
            folders[folder] = etree.SubElement(body, "outline", text=folder)
        etree.SubElement(folders.get(folder, body), "outline", _attributes(feed))
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _attributes(feed: Outline) -> dict[str, str]:
    name = feed.title or feed.url
    found = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url, "language": feed.language or "",
             "category": ",".join(t for t in feed.tags if "," not in t), "isComment": "true" if feed.off else ""}
    return {k: limits.legal(v) for k, v in found.items() if v}


def _tree(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False,
                             remove_comments=True, remove_pis=True)
    return etree.fromstring(limits.legal(text).encode(), parser)


def _plain(found: re.Match[str]) -> str:
    """A named character of HTML as itself; every other reference, and a bare ampersand, as the text it is written as."""
    return html.escape(html.unescape(found[0]))


def _feeds(root: etree._Element, name: str) -> Iterator[Outline]:
    """Walks without recursion: lists are nested as deep as their makers like, libxml2 stops at 256."""
    folders: list[str | None] = []
    seen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str) or etree.QName(element).localname.lower() != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        seen += 1
        if seen > MAX_OUTLINES:
            raise ConfigError(name, f"holds more than {MAX_OUTLINES} outlines, the most that is read; split it")
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise ConfigError(name, f"has an outline with more than {MAX_ATTRIBUTES} attributes; it is not read")
        said = {str(k).lower(): str(v) for k, v in element.attrib.items()}
        title = limits.line(said.get("title") or said.get("text"), limits.NAME) or ""
        url = (said.get("xmlurl") or (said.get("url", "") if said.get("type", "").lower() in _FEED_TYPES else "")).strip()
        folders.append(None if url else title[:TAG] or None)
        if url:
            yield Outline(url=url, title=title, language=limits.line(said.get("language"), 40), off=said.get("iscomment") == "true",
                          tags=_tags((f for f in folders if f), said.get("category", "")))


def _tags(folders: Iterable[str], category: str) -> tuple[str, ...]:
    """A category is a list of words, or of paths that begin with a slash."""
    named = [part for word in category[:limits.EXTRA].split(",")
             for part in (word.split("/") if word.strip().startswith("/") else [word])]
    return limits.unique((limits.line(t, TAG) for t in (*folders, *named)), TAGS, TAG)
