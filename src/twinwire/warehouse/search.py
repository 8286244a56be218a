"""Search over the kept items, asked of the read copy. The question itself is SQL: ``search_items`` in views.sql.

Adds what a person needs beside the rows: complaints in one line, and the stretch of text with the words marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from twinwire.errors import ConfigError
from twinwire.warehouse.query import connect

MAX_WORDS = 40   # more are no search; DuckDB looks up fifty words at once in the index and reads all of it for more
MAX_LENGTH = 1_000  # characters; the same number stands in views.sql
AROUND = 80     # characters before and after a match that are shown

Span = tuple[int, int]


class Term(NamedTuple):
    """A term of a question: left out or not, open at its end (word*), and its words, folded."""

    excluded: bool
    is_open: bool
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words, and what narrows them down. ``since`` is a day, UTC; ``place`` a name."""

    words: str
    topic: str | None = None
    language: str | None = None
    since: date | None = None
    place: str | None = None
    newest: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found. ``marks`` are the words in ``snippet``, ``title_marks`` in the headline: characters from, to."""

    row: dict[str, Any]
    title_marks: tuple[Span, ...]
    snippet: str
    marks: tuple[Span, ...]


def search(warehouse: Path, wanted: Wanted) -> list[Hit]:
    """Items that hold all words, best first, or newest first.

    Raises :class:`ConfigError` when there is nothing to look for, too much of it, or a topic or place no item has.
    """
    with connect(warehouse) as con:
        try:
            terms = _terms(con, wanted.words)
        except duckdb.CatalogException:
            raise ConfigError(str(warehouse), "was made by an earlier version, without search; `twinwire publish` makes it anew") from None
        cursor = con.execute(
            "FROM search_items($words, topic := $topic, language := $language, since := $since, place := $place, newest := $newest,"
            " most := $most)", {"words": wanted.words, "topic": wanted.topic, "language": wanted.language, "since": wanted.since,
                                "place": wanted.place, "newest": wanted.newest, "most": wanted.limit})
        names = [d[0] for d in cursor.description or ()]
        rows = [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]
        if not rows:
            _complain(con, wanted)
        pattern = _pattern(con, terms)
    return [_hit(row, pattern) for row in rows]


def _terms(con: duckdb.DuckDBPyConnection, words: str) -> list[Term]:
    """Terms as the search reads them."""
    rows = con.execute("SELECT any_value(excluded), bool_or(open), list(DISTINCT (n, piece) ORDER BY (n, piece)), count(*)"
                       " FROM search_terms(?) GROUP BY term ORDER BY term", [words]).fetchall()
    if not rows:
        raise ConfigError("search", "needs at least one word; signs alone are not looked for")
    if all(excluded for excluded, *_ in rows):
        raise ConfigError("search", "needs a word to look for beside those to leave out")
    if len(words) > MAX_LENGTH or sum(r[3] for r in rows) > MAX_WORDS:
        raise ConfigError("search", f"is too long; at most {MAX_WORDS} words, or {2 * MAX_WORDS} characters where words are not written"
                                    " apart, are looked for at once")
    return [Term(r[0], r[1], tuple(p for _, p in r[2])) for r in rows]


def _complain(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> None:
    """Nothing was found: is it a topic or a place that no item has?"""
    if wanted.topic is not None:
        topics = [r[0] for r in con.execute("SELECT DISTINCT unnest(topics) FROM items ORDER BY 1").fetchall()]
        if wanted.topic not in topics:
            raise ConfigError("--topic", f"no item has {wanted.topic!r}; there are {', '.join(topics) or 'none'}")
    if wanted.place is not None and not con.execute("FROM search_places(?) LIMIT 1", [wanted.place]).fetchall():
        raise ConfigError("--place", f"no item names {wanted.place!r}")


def _pattern(con: duckdb.DuckDBPyConnection, terms: Iterable[Term]) -> re.Pattern[str]:
    """What the terms look like in a text: every letter with all that are folded to it."""
    shown = sorted((t for t in terms if not t.excluded), key=lambda t: -sum(map(len, t.pieces)))
    folded = {c for t in shown for p in t.pieces for c in p}
    rows = con.execute("SELECT plain, list(letter) FROM search_letters WHERE plain IN (SELECT unnest(?)) OR length(plain) <> 1"
                       " GROUP BY plain", [sorted(folded)]).fetchall()
    same: dict[str, list[str]] = {r[0]: r[1] for r in rows}
    gone = f"[{re.escape(''.join(same.pop('', [])))}]*"
    long = re.compile("|".join(re.escape(p) for p in same if len(p) > 1) or "(?!)")

    def letter(c: str) -> str:
        return f"[{re.escape(c + ''.join(same.get(c, ())))}]{gone}"

    def piece(p: str) -> str:
        out, last = [], 0
        for m in long.finditer(p):
            out += [letter(c) for c in p[last:m.start()]]
            out.append(f"(?:{''.join(map(letter, m[0]))}|[{re.escape(''.join(same[m[0]]))}]{gone})")
            last = m.end()
        return "".join([*out, *(letter(c) for c in p[last:])])

    alternatives = []
    for _, is_open, pieces in shown:
        joined = r"[\W_]*".join(piece(p) for p in pieces)
        starts, ends = _is_spaced(pieces[0][0]), _is_spaced(pieces[-1][-1]) and not is_open
        alternatives.append((r"(?<![^\W_])" if starts else "") + joined + (r"(?![^\W_])" if ends else ""))
    return re.compile("|".join(alternatives))


def _is_spaced(char: str) -> bool:
    """Is ``char`` of a script that writes words apart, so that a word ends where its letters do?"""
    return not re.match(  # scripts without blanks
        "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3005-\u318e\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U000323af]", char)


def _hit(row: dict[str, Any], pattern: re.Pattern[str]) -> Hit:
    title = tuple(m.span() for m in pattern.finditer(row["title"]) if m[0])
    texts = [t for t in (row.pop("summary"), row.pop("body")) if t]
    found = next(((t, spans) for t in texts if (spans := [m.span() for m in pattern.finditer(t) if m[0]])), None)
    text, spans = found or (texts[0] if texts else "", [])
    start, stop = _stretch(text, spans)
    before, after = "…" if start else "", "…" if stop < len(text) else ""
    snippet = before + text[start:stop].replace("\n", " ") + after
    moved = tuple((a - start + len(before), b - start + len(before)) for a, b in spans if start <= a and b <= stop)
    return Hit(row, title, snippet, moved)


def _stretch(text: str, spans: list[Span]) -> Span:
    """From, to: the stretch that shows most of the matches, cut at blanks where there are any."""
    first = max(spans, key=lambda s: (sum(s[0] <= a and b <= s[0] + 2 * AROUND for a, b in spans), -s[0]), default=(0, 0))
    start, stop = max(first[0] - AROUND, 0), min(max(first[1], first[0] + AROUND) + AROUND, len(text))
    if start and (blank := text.find(" ", start, first[0])) >= 0:
        start = blank + 1
    if stop < len(text) and (blank := text.rfind(" ", max(first[1], start), stop)) > 0:
        stop = blank
    return start, stop
