"""XML text → a tree that is safe and easy to walk: no entities, no DTD, no network, bounded. Knows no format.

Tags and attributes come out as local names in lower case: agencies agree neither on namespaces nor on spelling
(``HeadLine`` and ``Headline``, ``ns0:newsItem``, NewsML-G2 without any namespace).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from twinwire.parse import clean, limits
from twinwire.parse.elements import Element

CHARS = 12_000_000     # of a document; the rest is not read
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}
_START = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})(?=[\s>/])")
_NAME = re.compile(r"[^\W\d][\w.-]*")
_ADVICE = re.compile(r",? (?:line \d|use XML_|try XML_)")  # of libxml2, to programmers
_ENDS = {"<!--": "-->", "<?": "?>", "<!": ">"}
_BREAKS = {"br", "p", "hl1", "hl2", "li", "lb"}


@dataclass(frozen=True, slots=True)
class Tree:
    """A document's root. ``damage`` is set when it is not well-formed or was cut."""

    root: Element
    damage: str | None = None


def root_name(text: str) -> str:
    """Local name of the root element in lower case; ``""`` where something else than markup of a prolog comes first."""
    found = _root(text)
    return found[1].lower() if found else ""


def _root(text: str) -> re.Match[str] | None:
    if text[:100].lstrip()[:1] in {"{", "["}:
        return None
    at = text.find("<", clean.prolog(text, _START))
    while at >= 0:
        end = next((end for start, end in _ENDS.items() if text.startswith(start, at)), None)
        if end is None:
            return _START.match(text, at)
        behind = text.find(end, at)
        at = text.find("<", behind) if behind >= 0 else -1
    return None


def parse(text: str) -> Tree | None:
    """The tree of ``text``; None when not even a root element can be read."""
    damage = f"only the first {CHARS:,} characters read" if len(text) > CHARS else None
    text = text[:CHARS]
    found = _root(text)
    if found is None:
        return None
    body = clean.mended(text[found.start():]).encode()
    try:
        root = etree.fromstring(body, etree.XMLParser(**_OPTIONS))
    except etree.XMLSyntaxError as e:
        damage = damage or limits.line(f"not well-formed: {_ADVICE.split(e.msg or '')[0]}", 200)
        root = _recovered(body)
    if root is None:
        return None
    _flatten(root)
    return Tree(root, damage)


def _recovered(body: bytes) -> Element | None:
    try:
        return etree.fromstring(body, etree.XMLParser(recover=True, **_OPTIONS))
    except etree.XMLSyntaxError:
        return None


def _flatten(root: Element) -> None:
    """Local names in lower case, in place; the first of two attributes that become the same stays."""
    for el in root.iter():
        if not isinstance(el.tag, str):
            continue
        el.tag = _local(el.tag) or "nameless"
        if any(name != _local(str(name)) for name in el.attrib):
            attributes: dict[str | bytes, str | bytes] = {}
            for name, value in el.attrib.items():
                if local := _local(str(name)):
                    attributes.setdefault(local, str(value))
            el.attrib.clear()
            el.attrib.update(attributes)


def _local(name: str) -> str:
    """``""`` for what is no name: a recovered tree may have ``a:1``."""
    local = name.rpartition("}")[2].rpartition(":")[2].lower()
    return local if _NAME.fullmatch(local) else ""


def words(el: Element | None, gap: str = "") -> str:
    """All text inside an element, on one line; ``gap`` is put around the elements inside."""
    if el is None:
        return ""
    pieces = [el.text or ""]
    for inner in el.iterdescendants():
        between = " " if inner.tag in _BREAKS else gap
        pieces += (between, inner.text or "", between, inner.tail or "")
    return " ".join("".join(pieces).split())


def at(el: Element | None, *paths: str) -> str:
    """The first text found under one of ``paths``."""
    if el is not None:
        for path in paths:
            for found in el.iterfind(path):
                if value := words(found):
                    return value
    return ""


def attribute(el: Element | None, path: str, name: str) -> str:
    """The first value of an attribute found under ``path``."""
    if el is not None:
        for found in el.iterfind(path):
            if value := (found.get(name) or "").strip():
                return value
    return ""
