"""Reads the plain-text fields of an entry: title, summary, body. Judges no content and finds no dateline.

Generic rules, driven by the entry's own fields, take known furniture out of headlines: a publisher's name behind a dash
(only when the entry or its source says that is the publisher) and, in a title composed that way, the section label
before a double hyphen ("GENERAL -- … - Bernama"). Labels in brackets ("[부처] …") and before a colon ("Country: …")
are part of the headline and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from twinwire.normalise.chars import fold, one_line, paragraphs
from twinwire.normalise.markup import headline, to_text
from twinwire.records import Entry, Text

MAX_TITLE = 1_000   # characters
MAX_TEXT = 200_000  # characters of a summary or body
_DASH = re.compile(r" [-–—|] $")
_LABEL = re.compile(r"^[A-Z][A-Z &/]{1,30} -- (?=\S)")
_CUT = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")
_MIN_CUT_HEADLINE = 20  # folded letters: a shorter beginning is no evidence of being the same headline


_name = lru_cache(1_000)(one_line)  # of publishers, which are few


def _has_markup(html: str) -> bool:
    return "<" in html or "&" in html


def plain(html: str) -> str:
    """Plain text of HTML or of plain text: one paragraph per line, at most ``MAX_TEXT`` characters."""
    text = to_text(html) if _has_markup(html) else html[: MAX_TEXT * 2]
    return paragraphs(text)[:MAX_TEXT].rstrip()


def title(raw: str, publishers: Iterable[str] = ()) -> str:
    """One-line headline of ``raw``, without the suffix that repeats one of ``publishers``."""
    text = headline(raw) if _has_markup(raw) else raw[: MAX_TITLE * 4]
    return _without_furniture(one_line(text)[:MAX_TITLE].rstrip(), publishers)


def label(raw: str) -> str:
    """A short field (author, category) on one line: markup out, characters cleaned, at most ``MAX_TITLE`` of them."""
    return title(raw)


def same_headline(title: str, line: str) -> bool:
    """True when ``line`` only repeats ``title``: apart from case and punctuation, or cut short with an ellipsis."""
    if len(line) > 2 * len(title) + 20:  # spare long paragraphs the folding
        return False
    a, b = fold(title), fold(line)
    if not b or a == b:
        return a == b
    return len(b) >= _MIN_CUT_HEADLINE and bool(_CUT.search(line)) and a.startswith(b)


def text_of(entry: Entry, publishers: Iterable[str] = ()) -> Text:
    """Title, summary and body of ``entry``, for screening and storing.

    Body is the entry's content, summary its summary. The same text is never stored twice: a content that says no more
    than the summary leaves the body empty. A summary that is the beginning of a longer content stays, as the lead the
    feed chose. Headlines repeated at the start of summary or body are dropped.
    """
    own = tuple(n for n in (entry.source_title, entry.publisher) if n)
    head = title(entry.title, (*own, *publishers)) if entry.title else ""
    repeats = (head, *(f"{head} {name}" for name in own)) if head else ()
    summary = _without_headlines(plain(entry.summary), repeats) if entry.summary else ""
    if not entry.content or entry.content == entry.summary:
        return Text(title=head, summary=summary)
    body = _without_headlines(plain(entry.content), repeats)
    return Text(title=head, summary=summary, body="" if _says_no_more(body, summary) else body)


def _without_headlines(text: str, repeats: tuple[str, ...]) -> str:
    while text:
        line, _, rest = text.partition("\n")
        if not any(same_headline(r, line) for r in repeats):
            break
        text = rest
    return text


def _says_no_more(body: str, summary: str) -> bool:
    if len(body) > len(summary) + 200:  # folding only takes away; spare long texts the work
        return False
    return fold(summary).startswith(fold(_CUT.sub("", body)))


def _without_furniture(text: str, publishers: Iterable[str]) -> str:
    for name in map(_name, publishers):
        if name and text[-len(name):].casefold() == name.casefold():
            head, dashes = _DASH.subn("", text[: -len(name)])
            if dashes and head:
                return _LABEL.sub("", head)
    return text
