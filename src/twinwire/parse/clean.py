"""XML text → XML text that is safe to hand to a parser. Mends references and drops what must not reach a parser.

Parses nothing and judges nothing: what is not well-formed for other reasons stays so. Every step is linear. Entities
are never expanded: the document type declaration goes before any parser sees it, HTML's named characters are replaced
by what they stand for, and every other reference becomes the text it is written as.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable

TAG = 16_384           # characters of one tag; what is longer loses its attributes
ATTRIBUTES = 200       # equals signs in one tag, likewise

ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE = re.compile(rb"&#(?:0*1(?:2[7-9]|[345]\d)|[xX]0*(?:7[fF]|[89][0-9a-fA-F]));")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
CDATA, CDATA_END = "<![CDATA[", "]]>"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes(i for i in range(0x20) if i not in b"\t\n\r")
_SOUND = r"(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9]\d|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}));"
_REFERENCE = re.compile(rf"&(?!{_SOUND})(#[0-9]{{1,12}};|#[xX][0-9A-Fa-f]{{1,12}};|[A-Za-z][A-Za-z0-9]{{0,31}};|)")
_LONG_TAG = re.compile(rf"<(/?[A-Za-z_][\w:.-]{{0,100}})([^<>]{{{TAG},}})>")
_WIDE_TAG = re.compile(rf"<([A-Za-z_][\w:.-]{{0,100}})(\s(?:[^<>=]*=){{{ATTRIBUTES},}}[^<>]*)>")


def start(text: str) -> int | None:
    """Where the root element of a feed starts; None without one."""
    root = ROOT.search(text, prolog(text))
    return root.start() if root else None


def clean(text: str) -> str:
    """The document from its root element on, mended; ``""`` when it has no root element of a feed."""
    text = _legal(text)
    at = start(text)
    return "" if at is None else outside_cdata(text[at:], _mend)


def is_sound(body: bytes) -> bool:
    """Whether no text of a well-formed document, in UTF-8, holds a control character but for blanks."""
    high, reference = body.find(b"\xc2"), body.find(b"&#")  # no search where there is nothing to be found
    return not (b"\x7f" in body or (high >= 0 and _C1.search(body, high)) or (reference >= 0 and _C1_REFERENCE.search(body, reference)))


def mended(text: str) -> str:
    """Any XML, from its root element on, mended."""
    return outside_cdata(_legal(text), _mend)


def _legal(text: str) -> str:
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # surrogates
        return _ILLEGAL.sub("", text)
    # Counting bytes is ten times as quick as looking for the characters.
    sound = len(raw.translate(None, _CONTROLS)) == len(raw) and "\ufffe" not in text and "\uffff" not in text
    return text if sound else _ILLEGAL.sub("", text)


def prolog(text: str, root_tag: re.Pattern[str] = ROOT) -> int:
    """Where the document type declaration with its internal subset ends; 0 without one in front of the root."""
    root = root_tag.search(text)
    start = _DOCTYPE.search(text, 0, root.start() if root else len(text))
    if start is None:
        return 0
    close, subset = text.find(">", start.end()), text.find("[", start.end())
    if -1 < subset < close:
        end = re.compile(r"\]\s{0,1000}>").search(text, subset)
        return end.end() if end else subset
    return close + 1


def outside_cdata(text: str, change: Callable[[str], str], inside: Callable[[str], str] = str) -> str:
    """Apply ``change`` to everything but CDATA sections, ``inside`` to these, marks included."""
    pieces: list[str] = []
    at = 0
    while (start := text.find(CDATA, at)) >= 0 and (end := text.find(CDATA_END, start)) >= 0:
        pieces += (change(text[at:start]), inside(text[start:end + 3]))
        at = end + 3
    if start >= 0:  # opened and never closed
        pieces += (change(text[at:start]), inside(text[start:]))
    else:
        pieces.append(change(text[at:]))
    return "".join(pieces)


def _mend(text: str) -> str:
    text = _REFERENCE.sub(_reference, text) if "&" in text else text
    vast = len(text) > ATTRIBUTES and any(_is_vast(piece) for piece in text.split("<") if len(piece) >= ATTRIBUTES)
    return _WIDE_TAG.sub(_bare_tag, _LONG_TAG.sub(_bare_tag, text)) if vast else text


def _is_vast(piece: str) -> bool:
    """Whether what follows a "<" may be a tag that is too long or too wide."""
    end = piece.find(">")
    return end >= TAG or piece.count("=", 0, end) >= ATTRIBUTES  # without an end it is no tag, and harmless to look at


def _bare_tag(tag: re.Match[str]) -> str:
    return f"<{tag[1]}/>" if tag[2].endswith("/") else f"<{tag[1]}>"


def _reference(found: re.Match[str]) -> str:
    """A sound reference, a character, or the reference as text."""
    name = found[1]
    if name.startswith("#"):
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        return f"&#{number};" if _allowed(number) else "\ufffd" if number else ""
    if (char := html.entities.html5.get(name)) is not None:
        return "".join(f"&#{ord(c)};" for c in char)
    return "&amp;" + name


def _allowed(code: int) -> bool:
    """Char of XML 1.0, section 2.2."""
    return code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
