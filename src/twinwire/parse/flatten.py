"""Cleaned XML text → the plain subset the careful reader is given. Interprets nothing; every step is linear.

No CDATA, comments, declarations or instructions are left, and what feedparser reads in quadratic time is bounded: the
text of people and keywords (an expression for e-mail addresses), equal elements of one entry, namespace prefixes.
"""

from __future__ import annotations

import re

from twinwire.parse import clean

PREFIXES = 100         # namespace prefixes of a document
LISTED = 100           # authors, categories and the like of one entry
LISTED_TEXT = 500      # characters of one
WORD = 40              # characters without a blank in one
ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)\s{0,9}>", re.IGNORECASE)
_NAMES = ("author|creator|contributor|managingeditor|webmaster|publisher|owner|name|email|"
          "category|subject|keywords|tags")
_LISTED = re.compile(rf"<((?:[A-Za-z_][\w.-]{{0,60}}:)?(?:{_NAMES}))(?=[\s>/])", re.IGNORECASE)
_LISTED_TEXT = re.compile(rf"(<(?:[A-Za-z_][\w.-]{{0,60}}:)?(?:{_NAMES})(?:\s[^<>]*)?>)([^<]{{{WORD},}})",
                          re.IGNORECASE)
_WORD = re.compile(rf"([\w.+-]{{{WORD}}})[\w.+-]+")
# feedparser takes these for numbers and falls over a name.
_GML = re.compile(r"""\ssrs(?:Name|Dimension)\s?=\s?(?:"[^"<>]*"|'[^'<>]*')""", re.IGNORECASE)
_BLANKS = re.compile(r"\s{100,}")
_NUMBER = re.compile(r"&#(?!(?:34|38|39|60|62);)([0-9]{1,7});")
_PREFIX = re.compile(r"""\sxmlns:([\w.-]{1,100})\s?=\s?(?:"[^"<>]*"|'[^'<>]*')""")
_INSTRUCTION = re.compile(r"<\?[^<>]*>")
_DECLARATION = re.compile(r"<(?=[!?])")


def flatten(text: str) -> str:
    """``text`` without CDATA, comments and the like, bounded where feedparser is slow."""
    text = clean.outside_cdata(text, str, _escaped)
    text = _DECLARATION.sub("&lt;", _INSTRUCTION.sub("", _uncommented(text)))
    text = _NUMBER.sub(lambda ref: chr(int(ref[1])), _GML.sub("", _few_prefixes(text)))
    text = _BLANKS.sub("\n", text)
    text = _LISTED_TEXT.sub(lambda m: m[1] + _WORD.sub(r"\1", m[2][:LISTED_TEXT]), text)
    head, pieces, tail = split(text)
    return head + "".join(map(_few_listed, pieces)) + tail


def split(text: str) -> tuple[str, list[str], str]:
    """What stands before the entries, the entries (each to the start of the next), what follows the last one's end."""
    starts = [m.start() for m in ENTRY.finditer(text)]
    if not starts:
        return text, [], ""
    end = max((m.end() for m in _ENTRY_END.finditer(text, starts[-1])), default=len(text))
    return text[:starts[0]], [text[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)], text[end:]


def _escaped(section: str) -> str:
    """A CDATA section as text. One that never ends is only its mark: what follows is read as the markup it may be."""
    if not section.endswith(clean.CDATA_END):
        return section[len(clean.CDATA):]
    inner = section[len(clean.CDATA):-len(clean.CDATA_END)]
    return inner.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _uncommented(text: str) -> str:
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces.append(text[at:start])
        at = end + 3
    return "".join((*pieces, text[at:]))


def _few_prefixes(text: str) -> str:
    seen: dict[str, None] = {}

    def keep(declared: re.Match[str]) -> str:
        if len(seen) < PREFIXES:
            seen.setdefault(declared[1])
        return declared[0] if declared[1] in seen else ""

    return _PREFIX.sub(keep, text)


def _few_listed(piece: str) -> str:
    """An entry whose hundredth author or category is its last: those behind are renamed to what nobody looks at."""
    if piece.count("<") <= LISTED:
        return piece
    count = 0

    def rename(tag: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return tag[0] if count <= LISTED else "<dropped"

    return _LISTED.sub(rename, piece)
