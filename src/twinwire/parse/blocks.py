"""The text of agency documents as HTML: NITF blocks, XHTML, an agency's own elements, plain text. Reads no metadata."""

from __future__ import annotations

import html
import re

from twinwire.parse.elements import Element

DEPTH = 200            # levels of markup; what is deeper keeps its text only
_KEPT = {              # HTML that stays as it is
    "a", "abbr", "article", "aside", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "li", "main", "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "time", "tr", "u", "ul",
}
_RENAMED = {           # NITF 3.6 → HTML
    "body.content": "div", "block": "div", "bq": "blockquote", "hl1": "h2", "hl2": "h3", "hedline": "div", "abstract": "div",
    "media": "figure", "media-caption": "figcaption", "media-reference": "img", "media-producer": "cite", "credit": "cite",
    "note": "aside", "datasource": "cite", "nitf-table": "div", "nitf-col": "col", "nitf-colgroup": "colgroup", "lang": "span",
    "body": "div", "html": "div", "body.end": "div", "tagline": "p", "byline": "p", "dateline": "p", "fn": "small",
}
_INLINE = {            # NITF's enriching elements: their text is part of the sentence
    "alt-code", "chron", "city", "classifier", "copyrite", "country", "event", "font", "frac", "frac-den", "frac-num", "frac-sep",
    "function", "location", "money", "name.family", "name.given", "num", "object.title", "org", "person", "postaddr", "pronounce",
    "region", "state", "sublocation", "virtloc",
}
_DROPPED = frozenset({"head", "script", "style", "media-metadata", "media-object", "nitf-table-metadata", "template", "iframe", "object"})
_CELLS = {"td", "th"}
_VOID = {"br", "col", "hr", "img"}
_ATTRIBUTES = ("href", "src", "alt", "title", "datetime", "colspan", "rowspan")
_MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|table|b|i|em|strong|a|span)\b[^<>]{0,2000}>", re.IGNORECASE)
_AROUND = re.compile(  # blanks at a block's edge, of which no more than a few are left together
    r" {0,4}(</?(?:article|aside|blockquote|caption|d[dlt]|div|fig\w+|footer|h[1-6r]|header|li|main|ol|p|section|small|t\w+|ul)\b"
    r"[^<>]*>) {0,4}")
_BLANKS = re.compile(r"\s+")
_TEXT = re.compile(r"(?:^|>)\s*[^<\s]")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_INDENTED = re.compile(r"\n(?=[ \t\u3000]{2,}\S)")


def from_tree(el: Element, *, without: frozenset[str] = frozenset()) -> str:
    """What stands inside an element, as HTML; ``""`` when there is no text in it. Of a page that is its body.

    Children named in ``without`` are left out.
    """
    body = next(el.iter("body"), None) if el.tag in {"html", "xhtml"} else None
    pieces: list[str] = []
    _inside(el if body is None else body, pieces, 0, without)
    markup = _AROUND.sub(r"\1", "".join(pieces)).strip()
    return markup if _TEXT.search(markup) else ""


def from_text(text: str) -> str:
    """Text as HTML: markup stays as it is; plain text becomes paragraphs, at blank lines or at indented ones."""
    text = text.strip()
    if not text or _MARKUP.search(text):
        return text
    parts = _BLANK_LINE.split(text)
    if len(parts) == 1:
        parts = _INDENTED.split(text)
    return "".join(f"<p>{html.escape(p, quote=False)}</p>" for part in parts if (p := part.strip()))


def _inside(el: Element, pieces: list[str], depth: int, without: frozenset[str] = frozenset()) -> bool:
    """Write what stands inside ``el``; False when that says nothing."""
    mixed = _has_words(el.text) or any(_has_words(child.tail) for child in el)
    dropped = _DROPPED | without
    says = mixed
    _say(el.text, pieces, el)
    for child in el:
        if isinstance(child.tag, str) and child.tag not in dropped and not _repeats_headline(child):
            says = _write(child, pieces, mixed, depth + 1) or says
        _say(child.tail, pieces, el)
    return says


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())


def _say(text: str | None, pieces: list[str], parent: Element) -> None:
    """Blanks run together, as a browser shows them."""
    if text:
        pieces.append(html.escape(text if parent.tag == "pre" else _BLANKS.sub(" ", text), quote=False))


def _write(el: Element, pieces: list[str], mixed: bool, depth: int) -> bool:
    """Write an element, unless it says nothing."""
    if depth > DEPTH:
        pieces.append(html.escape("".join(str(t) for t in el.itertext()), quote=False))
        return True
    name = _name(el, mixed)
    attributes = _attributes(el, name)
    if name in _VOID:
        pieces.append(f"<{name}{attributes}/>" if attributes or name != "img" else "")
        return _inside(el, pieces, depth) or bool(attributes)  # one that was never closed holds what follows it
    before = len(pieces)
    says = _inside(el, pieces, depth) or name in _CELLS
    if not says:
        pieces[before:] = [" "]
    elif name:
        pieces.insert(before, f"<{name}{attributes}>")
        pieces.append(f"</{name}>")
    return says


def _name(el: Element, mixed: bool) -> str:
    """The HTML element to write; ``""`` for text of the sentence around it. An element nobody knows is a paragraph
    when it stands among elements, and part of the sentence when it stands among words."""
    tag = str(el.tag)
    if tag in _INLINE:
        return ""
    if name := _RENAMED.get(tag, tag if tag in _KEPT else ""):
        return name
    return "" if mixed else "div" if len(el) else "p"


def _attributes(el: Element, name: str) -> str:
    if not el.attrib:
        return ""
    given = {str(key): str(value) for key, value in el.attrib.items()}
    values = {key: value for key in _ATTRIBUTES if (value := given.get(key))}
    if name == "img" and (source := given.get("source")):  # NITF's media-reference
        values.setdefault("src", source)
    if name == "img" and "src" not in values:
        return ""
    return "".join(f' {key}="{html.escape(value)}"' for key, value in values.items())


def _repeats_headline(el: Element) -> bool:
    """HTML's ``<header>`` in front of a story: date, rubric and the headline once more."""
    return el.tag == "header" and next(el.iter("h1"), None) is not None
