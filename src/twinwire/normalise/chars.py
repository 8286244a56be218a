"""Makes strings safe to store, show and compare, character by character. Knows no markup and no fields.

Rules: no controls, no lone surrogates, no invisible or direction-changing characters, Unicode NFC.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache

_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_GONE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # soft hyphen, zero width, bidi
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]"  # halves, non-characters, tags
)
# Joiners mean something only inside Arabic, Indic and South-East Asian words and between emoji.
_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe0f\ufe70-\ufefc"
    "\u2190-\u2bff\U0001f000-\U0001faff"
)
_LOOSE_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])")
_ODD = re.compile(f"{_BREAK.pattern}|{_GONE.pattern}|[\u200c\u200d]")
_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"  # blanks for str.split that are none here
_HUGE_REFERENCE = re.compile(r"&#[0-9]{8,};?|&#[xX][0-9a-fA-F]{7,};?")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SEPARATOR = re.compile(
    "[\\s!-/:-@\\[-`{-~\xa1-\xbf\xd7\xf7\u055a-\u055f\u0589\u05be\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    "\u1361-\u1368\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30a0\u30fb"
    "\ufe10-\ufe6f\uff00-\uff0f]+"
)
_MAX_MARKS = 30  # combining marks in a row, as in UAX #15 Stream-Safe Text: sorting more is quadratic work


def scrub(text: str) -> str:
    """``text`` without anything invisible or harmful, in NFC. Every kind of line break becomes a newline."""
    if not (is_shown(text) or _is_plain(text)) and _ODD.search(text):
        text = _LOOSE_JOINER.sub("", _GONE.sub("", _BREAK.sub("\n", text)))
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _mark_runs().sub(r"\1", text))


def is_shown(text: str) -> bool:
    """Whether all of ``text`` is shown, its only blanks are spaces and newlines, and nothing in it is odd. True of most texts, and the
    quickest thing to ask."""
    return text.replace("\n", "").isprintable() and "\ufffc" not in text


def _is_plain(text: str) -> bool:
    """Whether ``text`` is beyond doubt without odd characters: all of them are shown, and blanks break no line but for newlines. A fifth
    of the time of looking for each of them."""
    return "".join(text.split()).isprintable() and "\ufffc" not in text and not any(b in text for b in _BREAKS)


def one_line(text: str) -> str:
    """``text`` scrubbed, on one line, blanks tidied."""
    return " ".join(scrub(text).split())


def paragraphs(text: str) -> str:
    """``text`` scrubbed, one paragraph per line, blanks tidied, no empty lines."""
    text = scrub(text)
    tidy = "  " not in text and is_shown(text)
    lines = [line.strip() if tidy else " ".join(line.split()) for line in text.split("\n")]
    return "\n".join([line for line in lines if line])


def fold(text: str) -> str:
    """Letters, marks and digits of ``text`` without case, width and punctuation: for comparing, never for showing."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _mark_runs().sub(r"\1", text))
    return _SEPARATOR.sub("", text.casefold())


def entities(text: str) -> str:
    """``text`` with character references decoded; twice where one decoding leaves whole references behind."""
    return again(unescape(text)) if "&" in text else text


def again(text: str) -> str:
    """Decode whole references (``&eacute;``, not ``&eacute``) in text that has been decoded once already."""
    return _REFERENCE.sub(lambda m: unescape(m[0]), text) if "&" in text else text


def unescape(text: str) -> str:
    """``text`` with character references decoded once."""
    if "&" not in text:
        return text
    # int() refuses very long digit strings, and html.unescape passes them on.
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


@cache
def _mark_runs() -> re.Pattern[str]:
    marks = "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c))
    return re.compile(f"([{marks}]{{{_MAX_MARKS}}})[{marks}]+")
