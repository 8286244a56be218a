"""Turns HTML into text with a newline between blocks. Cleans no characters (see chars), sanitises nothing for output.

Markup whose tags all only divide or mark text, as in nearly every feed, needs no tree: the tags are taken out. Of the
rest a parser builds one. Time and memory are bounded for any input: the tree builder is quadratic in depth (200,000
nested ``<div>`` took it a minute), so deep or tag-ridden input goes through a linear scanner instead.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from selectolax.lexbor import LexborHTMLParser

from twinwire.normalise.chars import again, entities, unescape

MAX_INPUT = 2_000_000  # characters of markup looked at
_MAX_TAGS = 20_000
_MAX_DEPTH = 256

_TAG = re.compile(r"<(?:[a-zA-Z/?]|!-|!\[|!DOC)", re.IGNORECASE)
_BLOCK_NAMES = (
    "address|article|aside|blockquote|body|br|button|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|"
    "figure|footer|form|h[1-6]|head|header|hr|html|iframe|legend|li|main|menu|nav|object|ol|option|p|pre|script|section|"
    "select|style|summary|table|tbody|tfoot|thead|title|tr|ul|video"
)
_BLOCK = re.compile(rf"<(?=/?(?:{_BLOCK_NAMES})[\s/>])", re.IGNORECASE)
_CELL = re.compile(r"<(?=/?t[dh][\s/>])", re.IGNORECASE)
_UNSEEN_NAMES = ("script", "style", "iframe", "noframes", "noembed", "template", "title", "textarea", "select", "svg",
                 "math", "object", "xmp", "video", "audio", "canvas")
_UNSEEN = re.compile(rf"<(?:{'|'.join(_UNSEEN_NAMES)})[\s/>]", re.IGNORECASE)
_SCAN_UNSEEN = re.compile(rf"<!--.*?(?:-->|\Z)|<({'|'.join(_UNSEEN_NAMES)})[\s/>].*?(?:</\1\b[^<>]*>?|\Z)",
                          re.IGNORECASE | re.DOTALL)
_SCAN_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_CLOSED_BY_NEXT = "area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|td|th|tr|track|wbr"
_NESTING = re.compile(rf"<(/?)(?!(?:{_CLOSED_BY_NEXT})[\s/>])([a-zA-Z][a-zA-Z0-9:-]*)", re.IGNORECASE)
_TWICE_ESCAPED = re.compile(r"</(?:p|div|a|b|i|em|strong|li|ul|span|h[1-6])>|<br\s*/?>", re.IGNORECASE)

# Elements that neither hide text nor move it (as those of tables do), and attributes that a scanner cannot mistake.
_DIVIDING_NAMES = "p|br|div|li|ul|ol|h[1-6]|blockquote|hr|center|figure|figcaption|section|article|header|footer"
_MARKING_NAMES = "a|b|i|em|strong|span|img|u|s|small|sub|sup|font|cite|time|abbr|mark|wbr"
_SIMPLE = re.compile(rf"""</?(?:({_DIVIDING_NAMES})|{_MARKING_NAMES})(?:\s+[a-zA-Z][\w:.-]*(?:="[^"<>]*"|='[^'<>]*')?)*\s*/?>""",
                     re.IGNORECASE | re.ASCII)

# Angle brackets around anything else in a headline are punctuation: "<Seoul> Mayor leaves for Berlin".
_INLINE_NAMES = (
    "a|abbr|acronym|audio|b|basefont|bdi|bdo|big|canvas|cite|code|col|colgroup|data|del|dfn|em|embed|font|i|img|input|ins|kbd|"
    "label|link|mark|math|meta|meter|noscript|q|rp|rt|ruby|s|samp|small|source|span|strike|strong|sub|sup|svg|td|template|"
    "textarea|th|time|tt|u|var|wbr|xmp|noframes|noembed|base|frame|frameset|applet|param|track|area|map|nobr|marquee|picture"
)
_NOT_A_TAG = re.compile(rf"<(?!/?(?:{_BLOCK_NAMES}|{_INLINE_NAMES})(?:[\s/>]|$)|!-|!\[|\?|/?[a-z][a-z0-9]*[:-][a-z])",
    re.IGNORECASE)


def to_text(html: str) -> str:
    """Text of ``html``, references decoded, blocks apart, scripts, styles and comments gone.

    Newlines of plain text and of text with inline tags only are kept; between blocks they are blanks, as in HTML.
    """
    html = html[:MAX_INPUT]
    if not _TAG.search(html):
        text = entities(html)
        # Escaped once too often: what comes out of the first decoding is the markup.
        return _from_markup(text) if _TWICE_ESCAPED.search(text) else text
    return _from_markup(html)


def headline(html: str) -> str:
    """Text of a headline, where only known HTML elements count as tags, and markup alone is text."""
    html = html[:MAX_INPUT]
    return to_text(_NOT_A_TAG.sub("&lt;", html)).strip() or entities(html)


def _from_markup(html: str) -> str:
    divided = _BLOCK.search(html) is not None
    if divided and "<pre" not in html and "<PRE" not in html:
        html = " ".join(html.split())
    text = _between_tags(html)
    if text is None:
        html = _CELL.sub(" <", _BLOCK.sub("\n<", html)) if divided else html
        text = _from_tree(html) if _is_shallow(html) else _scan(html)
    return again(text)


def _between_tags(html: str) -> str | None:
    """The text of simple markup; None where there is anything else in it."""
    parts = _SIMPLE.split(html)
    if html.count("<") > len(parts) // 2:
        return None
    texts = parts[::2]
    if "&" in html:  # one by one: a tag may stand within what looks like a reference
        texts = [unescape(text) for text in texts]
    ends = ["\n" if dividing else "" for dividing in parts[1::2]]
    return "".join(chain.from_iterable(zip(texts, [*ends, ""], strict=True)))


def _from_tree(html: str) -> str:
    tree = LexborHTMLParser(html.encode("utf-8", "ignore"))
    if _UNSEEN.search(html):
        tree.strip_tags(list(_UNSEEN_NAMES))
    root = tree.root
    return str(root.text(separator="")) if root is not None else ""


def _is_shallow(html: str) -> bool:
    tags = html.count("<")
    if tags <= _MAX_DEPTH:
        return True
    if tags > _MAX_TAGS:
        return False
    depth: Counter[str] = Counter()
    total = 0
    for closing, name in _NESTING.findall(html):
        if not closing:
            depth[name] += 1
            total += 1
        elif depth[name]:
            depth[name] -= 1
            total -= 1
        if total > _MAX_DEPTH:
            return False
    return True


def _scan(html: str) -> str:
    return entities(_SCAN_TAG.sub("", _SCAN_UNSEEN.sub("", html)))
