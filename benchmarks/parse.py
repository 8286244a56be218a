"""Speed and agreement of the parse stage beside feedparser. Measures; changes nothing and asserts nothing.

    python benchmarks/parse.py [FOLDER]

FOLDER holds feeds in any depth (default: ../shared/data/feeds beside the project). Only documents in which feedparser
finds a feed are compared. Times are CPU seconds of this process: trust the ratios.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

from twinwire.parse import Unreadable, parse
from twinwire.records import Entry, Parsed

FIELDS = ("title", "link", "id", "summary", "content", "authors", "contributors", "categories", "published_raw",
          "updated_raw", "language", "publisher", "rights", "source", "enclosures")
ROUNDS = 3
_DROPPED = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:\w+:)?(?:title|summary|description|link|content)>")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")


@dataclass
class Agreement:
    """Counts per field over aligned entries, and the documents whose number of entries differs."""

    same: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    total: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    documents: int = 0
    lost: list[str] = field(default_factory=list)
    differing: list[tuple[str, int, str, Any, Any]] = field(default_factory=list)

    def rate(self, name: str) -> float:
        """Share of entries on which both agree, among those where at least one has a value."""
        return self.same[name] / self.total[name] if self.total[name] else 1.0


def payloads(folder: Path) -> list[Path]:
    """RSS, Atom and RDF files below ``folder``; the other formats are not feedparser's."""
    kinds = {"rss", "atom", "rdf"}
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    sorted_in = [p for p in files if p.parent.name in kinds]
    return sorted_in or [p for p in files if p.suffix in {".xml", ".rss", ".atom", ".rdf"}]


def compare(files: Iterable[Path]) -> Agreement:
    """Our reading against feedparser's (defaults, given bytes), entry by entry at the same place."""
    found = Agreement()
    for path in files:
        body = path.read_bytes()
        ours, theirs = parse(body), feedparser.parse(body)
        entries = [*ours.entries, *ours.quarantined] if isinstance(ours, Parsed) else []
        found.documents += 1
        if len(entries) != len(theirs.entries):
            found.lost.append(f"{path.name}: {len(entries)} of {len(theirs.entries)}")
            continue
        for entry in (e for e in entries if isinstance(e, Entry)):
            _count(found, path.name, entry, theirs)
    return found


def _count(found: Agreement, file: str, entry: Entry, theirs: Any) -> None:
    ours, reference = _ours(entry), _reference(theirs.entries[entry.position], theirs.feed)
    for name in FIELDS:
        if ours[name] or reference[name]:
            found.total[name] += 1
            if ours[name] == reference[name]:
                found.same[name] += 1
            else:
                found.differing.append((file, entry.position, name, ours[name], reference[name]))


def plain(value: str | None) -> str:
    """Text without markup, references and blanks: what is left when two readers agree on the words."""
    value = unescape(_TAG.sub("", unescape(_DROPPED.sub("", value or ""))))
    return re.sub(r"[\s\u200b\xad]+", "", unicodedata.normalize("NFC", value))


def _ours(e: Entry) -> dict[str, Any]:
    return {
        "title": plain(e.title), "link": e.link, "id": e.id, "summary": plain(e.summary), "content": plain(e.content),
        "authors": set(map(plain, e.authors)), "contributors": set(map(plain, e.contributors)),
        "categories": {(unescape(c.term), c.scheme, c.label and unescape(c.label)) for c in e.categories},
        "published_raw": e.published_raw, "updated_raw": e.updated_raw, "language": e.language,
        "publisher": plain(e.publisher), "rights": plain(e.rights), "source": plain(e.source_title),
        "enclosures": set(e.enclosures),
    }


def _reference(e: Any, feed: Any) -> dict[str, Any]:
    def raw(key: str) -> Any:
        return dict.get(e, key) or None  # .get() would answer "updated" with the date of publication

    def names(key: str) -> set[str]:
        return {plain(n) for a in e.get(key, []) if (n := a.get("name") or a.get("email"))}

    link, detail = raw("link"), str((e.get("title_detail") or {}).get("language") or "")
    return {
        "title": plain(e.get("title")),
        "link": link if link and re.match(r"https?:|(?![A-Za-z][A-Za-z0-9+.-]*:)", link) else None,
        "id": raw("id"), "summary": plain(e.get("summary")),
        "content": plain(max((c.value for c in e.get("content", [])), key=len, default="")),
        "authors": names("authors"), "contributors": names("contributors"),
        # Like names and titles without their references: feedparser's second parser leaves "Arts &amp; Culture" as it is written.
        "categories": {(unescape(term), t.scheme, t.label and unescape(t.label)) for t in e.get("tags", [])
                       if (term := (t.term or "").strip())},
        "published_raw": raw("published"), "updated_raw": raw("updated"),
        "language": raw("language") or (detail if "-" in detail else None) or feed.get("language"),
        "publisher": plain(raw("publisher")), "rights": plain(raw("rights")),
        "source": plain((e.get("source") or {}).get("title")),
        "enclosures": {x.get("href") for x in e.get("enclosures", []) if x.get("href")},
    }


def _bare(body: bytes) -> Any:
    return feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)


def _fastfeedparser(body: bytes) -> Any:
    import fastfeedparser

    return fastfeedparser.parse(body)


READERS: dict[str, Callable[[bytes], Any]] = {
    "feedparser": feedparser.parse, "feedparser-bare": _bare, "fastfeedparser": _fastfeedparser, "twinwire": parse}


@dataclass(slots=True)
class Timed:
    """CPU seconds, entries found, and documents without one: refused or read as empty."""

    seconds: float
    entries: int = 0
    without: int = 0


def timed(reader: str, bodies: list[bytes]) -> Timed:
    """Read all once, in this process, after one that is not counted. Raises ImportError where the reader is not installed."""
    read = READERS[reader]
    _entries(read, bodies[0])
    found = Timed(0.0)
    start = time.process_time()
    for body in bodies:
        count = _entries(read, body)
        found.entries += count
        found.without += not count
    found.seconds = time.process_time() - start
    return found


def _entries(read: Callable[[bytes], Any], body: bytes) -> int:
    try:
        return len(getattr(read(body), "entries", ()))
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - fastfeedparser raises classes of many libraries for what it refuses
        return 0


def is_malformed(body: bytes) -> bool:
    """Would an XML parser that keeps to the specification refuse it?"""
    try:
        etree.fromstring(body, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return True
    return False


def spoiled(body: bytes) -> bytes:
    """The document without the closing tag in its middle, which no reader can repair for sure."""
    ends = list(_CLOSING.finditer(body))
    if not ends:
        return body
    gone = ends[len(ends) // 2]
    return body[:gone.start()] + body[gone.end():]


def main(folder: Path) -> None:
    """Print both tables."""
    files = payloads(folder)
    bodies = [p.read_bytes() for p in files]
    megabytes = sum(map(len, bodies)) / 1e6
    results = [parse(b) for b in bodies]
    fast = sum(1 for r in results if isinstance(r, Parsed) and r.parser == "fast")
    careful = sum(1 for r in results if isinstance(r, Parsed) and r.parser == "feedparser")
    failed = sum(1 for r in results if isinstance(r, Unreadable))
    print(f"{len(files)} feeds, {megabytes:.1f} MB; ours: {fast} fast, {careful} careful, {failed} unreadable\n")
    malformed = [b for b in bodies if is_malformed(b)]
    for told, some in ((f"{len(bodies)} feeds", bodies), (f"{len(malformed)} malformed", malformed)):
        print(f"{told:<22}{'CPU s':>8}{'MB/s':>8}{'ratio':>8}{'entries':>9}{'without':>9}   median of {ROUNDS}")
        base = 0.0
        for label in READERS if some else ():
            try:
                rounds = [timed(label, some) for _ in range(ROUNDS)]
            except ImportError:
                print(f"{label:<22} is not installed: pip install '.[bench]'")
                continue
            seconds = statistics.median(r.seconds for r in rounds)
            base = base or seconds
            print(f"{label:<22}{seconds:>8.2f}{sum(map(len, some)) / 1e6 / seconds:>8.1f}{base / seconds:>8.1f}"
                  f"{rounds[0].entries:>9}{rounds[0].without:>9}")
    found = compare(files)
    print(f"\nagreement with feedparser over {found.documents} documents; entries differ in number: {found.lost or 0}")
    print(f"{'field':<16}{'same':>7}{'of':>7}{'rate':>8}")
    for name in FIELDS:
        print(f"{name:<16}{found.same[name]:>7}{found.total[name]:>7}{found.rate(name):>8.4f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "data" / "feeds")
