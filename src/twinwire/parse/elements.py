"""Names, text and addresses of XML elements. Knows namespaces and xml:base; knows nothing of entries.

Names come out as feeds use them, whatever prefix a document chose: ``dc:creator``, ``content:encoded``, and without a
prefix for everything that is RSS or Atom.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from twinwire.parse import clean, limits

ANCESTORS = 20         # levels above an element that are asked for xml:base
TAG = 200              # characters of a name, with its namespace, that is kept for the next document
HTML_TYPES = {"text/html", "application/xhtml+xml"}
XHTML = "application/xhtml+xml"
_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": XHTML}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/+")
# An address that is whole and that joining would not change: nearly all are.
_WHOLE = re.compile(r"https?://[A-Za-z0-9._~-]+(?::\d+)?(?:/[^\s?#;]*)?(?:\?[^\s#]+)?(?:#\S+)?")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_PREFIXES = {  # namespace, in lower case → prefix
    **dict.fromkeys((
        "", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://www.w3.org/2005/atom",
        "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/modules/rss091#", "http://purl.org/pie/",
        "http://purl.org/echo/", "uri/of/echo/namespace#", "http://example.com/necho", "http://example.com/newformat#",
        "http://blogs.law.harvard.edu/tech/rss",
    ), ""),
    "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf", "http://www.w3.org/1999/xhtml": "xhtml",
    "http://search.yahoo.com/mrss/": "media", "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes", "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/syndication/": "sy", "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://wellformedweb.org/commentapi/": "wfw", "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
NAMESPACES = {prefix: namespace for namespace, prefix in reversed(_PREFIXES.items())}
Element = etree._Element  # noqa: SLF001 - lxml's own name for the type of its elements


@dataclass(slots=True)
class Context:
    """What holds for a whole document. ``version`` is its format (``rss-2.0``), ``url`` the base of relative links; ``sound`` says that
    no text holds anything illegal."""

    version: str = ""
    url: str | None = None
    has_base: bool = False
    sound: bool = False
    names: dict[str, str] = field(default_factory=dict)      # of tags seen
    handlers: dict[str, Any] = field(default_factory=dict)   # who reads them within an entry

    def name(self, el: Element) -> str:
        """``dc:creator``, in lower case; ``""`` for comments and processing instructions."""
        tag = el.tag
        if not isinstance(tag, str):
            return ""
        known = self.names.get(tag)
        if known is None:
            known = self.names[tag] = _name(tag, el.prefix) if len(tag) < TAG else _name.__wrapped__(tag, el.prefix)
        return known

    def resolve(self, el: Element, address: str) -> str:
        """``address`` against xml:base, else against the document's own address; as it is when neither is known."""
        if self.has_base and (own := _base(el)):
            return join(join(self.url or "", own), address)
        return join(self.url or "", address)


def join(base: str, address: str) -> str:
    """``address`` against ``base``; ``""`` for none, and when together they are nothing anybody could follow."""
    address = address.strip()
    if _WHOLE.fullmatch(address):
        return address
    address = _SLASHES.sub(r"\1", address)
    try:
        return urljoin(base, address) if address else ""
    except ValueError:  # "http://["
        return ""


def _base(el: Element) -> str:
    """xml:base of the element and its nearest ancestors; not of all, which in a deep document takes for ever."""
    base = ""
    for node in (el, *islice(el.iterancestors(), ANCESTORS)):
        if own := node.get(XML_BASE):
            base = join(own, base) if base else own
    return base


@lru_cache(1_000)
def _name(tag: str, prefix: str | None) -> str:
    """Feeds of a kind have the same few."""
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    namespace = namespace.lower()
    if "backend.userland.com/rss" in namespace:
        namespace = ""
    known = _PREFIXES.get(namespace, prefix or "")
    return f"{known}:{local}".lower() if known else local.lower()


def attributes(el: Element) -> dict[str, str]:
    """Attributes by lower-case name: ``isPermaLink`` comes in every spelling."""
    return {name.lower(): value for name, value in el.items()} if 0 < len(el.keys()) <= clean.ATTRIBUTES else {}  # type: ignore[misc]


def items(el: Element) -> list[tuple[str, str]]:
    """Attributes; none of an element that has hundreds: lxml looks for each value from the first attribute on."""
    return el.items() if len(el.keys()) <= clean.ATTRIBUTES else []  # type: ignore[return-value]


def language(el: Element) -> str | None:
    """The element's own xml:lang."""
    return el.get(_XML_LANG)


def text(el: Element) -> str:
    """The element's own text, without that of its children."""
    value = el.text
    if len(el):
        value = (value or "") + "".join(child.tail or "" for child in el)
    return value.strip() if value else ""


def content(el: Element, default: str, ctx: Context) -> tuple[str, str]:
    """``(value, media type)`` of a text construct: plain, escaped markup, inline markup or base64 (RFC 4287, 3.1)."""
    if not el.keys():
        if len(el):
            return _inline(el, default, ctx)
        value = el.text
        return (value.strip() if value else ""), default
    declared = (el.get("type") or default).lower()
    kind, mode = _TYPES.get(declared, declared), el.get("mode")
    if len(el):
        return _inline(el, kind, ctx)
    value = (el.text or "").strip()
    if mode == "base64" or not (kind.startswith("text/") or kind.endswith(("+xml", "/xml"))):
        value = _unpacked(value)
    return value, kind


def _unpacked(value: str) -> str:
    try:
        return limits.legal(base64.decodebytes(value.encode()).decode()).strip() or value
    except (binascii.Error, UnicodeError):
        return value


def _inline(el: Element, kind: str, ctx: Context) -> tuple[str, str]:
    """Markup that was not escaped. Atom's wrapping ``<div>`` is no part of the content (RFC 4287, 3.1.1.3)."""
    children = [child for child in el if isinstance(child.tag, str)]
    if not children:
        return text(el), kind
    alone = len(children) == 1 and _local(children[0]) == "div" and not text(el)
    if alone and (ctx.version == "atom-1.0" or kind != XHTML):
        el = children[0]
        if len(el) == 0 and kind != XHTML:
            return text(el), kind
    return inner_markup(el).strip(), XHTML


def inner_markup(el: Element) -> str:
    """What stands inside an element, as HTML without namespace prefixes."""
    pieces = [html.escape(own, quote=False)] if (own := el.text) else []
    for child in el:
        _write(child, pieces)
    return "".join(pieces)


def _write(el: Element, pieces: list[str]) -> None:
    # Recursive: libxml2 refuses documents nested more than 256 deep before they get here.
    if isinstance(el.tag, str):
        name, own, inner = _local(el), el.text, len(el)
        attrs = "".join([f' {k.rpartition("}")[2]}="{html.escape(v)}"' for k, v in items(el)]) if el.keys() else ""
        if name in _VOID and not inner and not own:
            pieces.append(f"<{name}{attrs}/>")
        else:
            pieces.append(f"<{name}{attrs}>{html.escape(own, quote=False) if own else ''}")
            for child in el if inner else ():
                _write(child, pieces)
            pieces.append(f"</{name}>")
    if tail := el.tail:
        pieces.append(html.escape(tail, quote=False))


def _local(el: Element) -> str:
    return str(el.tag).rpartition("}")[2].lower()
