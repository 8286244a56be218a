"""The careful reader: feedparser, for feeds that are not well-formed. Reads text that was cleaned; opens no address.

feedparser has quadratic corners and may raise anything. What it is given is flat (no CDATA, comments, declarations or
instructions) and bounded where it is slow; where it raises, the document is halved until the bad entry stands alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

import feedparser

from twinwire.parse import limits
from twinwire.parse.draft import Draft, gather
from twinwire.parse.elements import join
from twinwire.parse.entry import KNOWN
from twinwire.parse.flatten import flatten, split
from twinwire.parse.outcome import Document
from twinwire.records import Entry, Feed, Parsed, Quarantined

FAILURES = 40          # bad stretches looked for before the rest of a stretch is given up whole
WORK = 200_000         # tags (or six times as many references or lines) read; feedparser takes some 20 µs for each
SPOILER = b"!"         # feedparser's first parser stumbles here already, and not half-way; its second skips what stands before the root
AROUND = 100_000       # characters read before the first and behind the last entry

_FORMATS = {"rss20": "rss-2.0", "rss10": "rss-1.0", "rss090": "rss-0.90", "rss091u": "rss-0.91", "rss091n": "rss-0.91",
            "rss092": "rss-0.92", "rss093": "rss-0.93", "rss094": "rss-0.94", "rss": "rss", "atom10": "atom-1.0",
            "atom03": "atom-0.3", "cdf": "cdf"}
_PLAIN = ("id", "published", "updated", "created", "language", "publisher")
_CONSTRUCTS = ("title", "summary", "rights")
_FIELD = re.compile(r"<([A-Za-z][\w.-]{0,40}):([A-Za-z][\w.-]{0,60})(?:\s[^<>]{0,2000})?>([^<]+)</\1:\2\s{0,9}>")


@dataclass(slots=True)
class _Session:
    """One document being read: what stands around its entries, and how often feedparser may stumble."""

    head: str
    tail: str
    budget: int = FAILURES


def read(text: str, doc: Document) -> Parsed:
    """Read ``text``, cleaned and from its root element on. Always gives a Parsed, be it an empty one."""
    head, pieces, tail = split(flatten(text))
    kept = _bounded(pieces)
    over = None
    if len(kept) < len(pieces):
        over = f"only the first {len(kept)} of {len(pieces)} entries read"
    elif kept != pieces:
        over = "an entry that is too large was cut"
    feed, found = Feed(), list[Entry | Quarantined]()
    for result, stretch in _read(kept, _Session(head[:AROUND], tail[:AROUND])):
        if isinstance(result, str):
            found.append(Quarantined(position=len(found), reason=result, raw=limits.text(stretch[0], limits.RAW)))
            continue
        feed = feed if feed.format or feed.title else _feed(result, doc.url or "")
        aligned = len(result.entries) == len(stretch)
        for n, raw in enumerate(result.entries[:limits.ENTRIES]):
            draft = _draft(raw, stretch[n] if aligned else "", loose=bool(result.get("bozo")), url=doc.url or "")
            found.append(draft.finish(len(found), feed.language))
    return gather(found, feed, parser="feedparser", encoding=doc.encoding, damage=over)


def _bounded(pieces: list[str]) -> list[str]:
    """The entries that can be read in seconds; of one that is too large by itself, its start."""
    kept: list[str] = []
    left = WORK
    for piece in pieces[:limits.ENTRIES]:
        if left <= 0:
            break
        left -= piece.count("<") + (piece.count("&") + piece.count("\n")) // 6
        kept.append(piece if left > -WORK // 10 else piece[:_place(piece, WORK // 10)])
    return kept


def _place(text: str, tags: int) -> int:
    """Where the tag, reference or line behind the given number of them starts."""
    for count, found in enumerate(re.finditer(r"[<&\n]", text)):
        if count >= tags:
            return found.start()
    return len(text)


def _read(pieces: list[str], session: _Session) -> Iterator[tuple[Any, list[str]]]:
    """feedparser's result for as long a stretch as it can read; the reason for each entry it cannot."""
    result = _feedparser(session.head + "".join(pieces) + session.tail)
    if not isinstance(result, str):
        yield result, pieces
    elif len(pieces) <= 1 or session.budget <= 0:
        session.budget -= 1
        more = f" (and {len(pieces) - 1} entries behind it)" if len(pieces) > 1 else ""
        yield result + more, pieces or [session.head]
    else:
        middle = len(pieces) // 2
        yield from _read(pieces[:middle], session)
        yield from _read(pieces[middle:], session)


def _feedparser(text: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        body = text.encode()
        return feedparser.parse(body if _is_well_formed(body) else SPOILER + body, response_headers=headers,
                                sanitize_html=False, resolve_relative_uris=False)
    except Exception as e:  # noqa: BLE001 - feedparser lets through whatever its many handlers stumble on
        return f"feedparser stumbled: {type(e).__name__}: {limits.line(str(e), 200) or 'no words'}"


def _is_well_formed(body: bytes) -> bool:
    try:
        expat.ParserCreate("utf-8", " ").Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def _feed(result: Any, url: str) -> Feed:
    raw = result.feed
    return Feed(
        title=limits.text(raw.get("title"), limits.TITLE),
        link=limits.link(join(url, _said(raw.get("link"), loose=False)))[0],
        language=limits.line(raw.get("language"), limits.NAME),
        updated_raw=limits.optional(_own(raw, "updated"), limits.DATE),
        generator=limits.line(raw.get("generator"), limits.NAME),
        format=_FORMATS.get(result.get("version", ""), str(result.get("version", ""))),
    )


def _draft(raw: Any, piece: str, *, loose: bool, url: str) -> Draft:
    """``loose``: feedparser's second parser leaves references in everything that is not a text construct."""
    said: Callable[[Any], str] = lambda value: _said(value, loose=loose)  # noqa: E731 - one word instead of a partial
    source: Any = next(_dicts([raw.get("source")]), {})
    plain = {key: said(_own(raw, key)) for key in _PLAIN}
    draft = Draft(
        values=plain | {key: value for key in _CONSTRUCTS if isinstance(value := _own(raw, key), str)},
        link=join(url, said(_own(raw, "link"))) or None,
        contents=[value for c in _dicts(raw.get("content")) if isinstance(value := c.get("value"), str)],
        authors=[said(name) for name in _names(raw.get("authors"))],
        contributors=[said(name) for name in _names(raw.get("contributors"))],
        enclosures=[join(url, said(x.get("href"))) for x in _dicts(raw.get("links")) if x.get("rel") == "enclosure"],
    )
    draft.values["source_title"] = said(source.get("title"))
    draft.values["source_url"] = said(source.get("href") or source.get("link"))
    for tag in _dicts(raw.get("tags")):
        draft.categorise(said(tag.get("term") or tag.get("label")), tag.get("scheme"), tag.get("label"))
    for prefix, name, value in _FIELD.findall(piece):
        if f"{prefix}:{name}".lower() not in KNOWN:
            draft.note(f"{prefix}:{name}", html.unescape(value).strip())
    return draft


def _said(value: Any, *, loose: bool) -> str:
    return "" if not isinstance(value, str) else html.unescape(value) if loose else value


def _own(raw: Any, key: str) -> Any:
    """A value of its own: feedparser's ``get`` answers "updated" with the publication date when there is none."""
    return dict.get(raw, key)


def _dicts(values: Any) -> Iterator[Any]:
    """The dictionaries in a list; an element that happens to be named like a list of feedparser's replaces it."""
    return (value for value in values if isinstance(value, dict)) if isinstance(values, list) else iter(())


def _names(people: Any) -> list[str]:
    return [name for person in _dicts(people) if (name := person.get("name") or person.get("email"))]
