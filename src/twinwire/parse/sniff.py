"""What a payload that is no feed looks like, in words a user can act on. Recognises no feed: the readers do that."""

from __future__ import annotations

import html
import re

from twinwire.errors import Kind
from twinwire.parse import limits
from twinwire.parse.outcome import Unreadable

HEAD = 100_000  # characters looked at

_WALLS = re.compile(
    r"just a moment\.\.\.|attention required!|g-recaptcha|h-captcha|cf-chl-|cf-browser-verification|"
    r"checking your browser|verify you are (?:a )?human|are you a robot|ddos protection by|px-captcha|"
    r"_incapsula_resource|datadome|enable javascript and cookies to continue", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|script|div|p|h1)\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"<link\b[^<>]{0,500}application/(?:rss|atom|feed)\+(?:xml|json)[^<>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s<>]{1,300})""", re.IGNORECASE)
_JSON_WORDS = re.compile(r'"(?:error|message|detail|title)"\s*:\s*"([^"\\]{1,200})"')
_UNTEXTLIKE = re.compile("[\ufffd\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")


def describe(text: str) -> Unreadable:
    """NOT_A_FEED, or CHALLENGE for a bot wall, with a line that says what came instead."""
    head = text[:HEAD].lstrip("\ufeff \t\r\n")
    if len(_UNTEXTLIKE.findall(head)) * 20 > len(head):
        return _no("binary data, not a feed")
    if head.startswith(("{", "[")):
        words = _JSON_WORDS.search(head)
        return _no(f"JSON that is no feed{f', saying {_shown(words[1])}' if words else ''}")
    if _HTML.search(head[:5000]) or (_HTML.search(head) and "</" in head):
        return _page(head)
    if root := _ROOT.search(head[:5000]) if head.startswith("<") else None:
        return _no(f"XML with root element <{root[1]}>, which is no feed format known here")
    return _no(f"text that is no feed, starting {_shown(head)}")


def _page(head: str) -> Unreadable:
    title = _TITLE.search(head)
    named = f"an HTML page{f' titled {_shown(title[1])}' if title and title[1].strip() else ''}"
    if _WALLS.search(head):
        return Unreadable(Kind.CHALLENGE, f"{named}: a bot wall, not the feed")
    advertised = _FEED_LINK.search(head)
    href = _HREF.search(advertised[0]) if advertised else None
    return _no(f"{named}, not a feed{f'; it names {_shown(href[1])} as its feed' if href else ''}")


def _no(message: str) -> Unreadable:
    return Unreadable(Kind.NOT_A_FEED, message)


def _shown(value: str) -> str:
    """At most 80 printable characters, quoted, on one line."""
    words = " ".join(limits.text(html.unescape(value[:400]), 400).split())
    return "'" + "".join(c for c in words if c.isprintable())[:80] + "'"
