"""What a sentence says of a tie: established, existing, anniversary, proposed, ended, and since when. Knows no places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from twinwire.relate.links.lexicon import Lexicon

_YEAR = re.compile(r"(?<![\d.,/:$€])(1[5-9]\d\d|20\d\d)(?![\d.,]\d|\d|%)")
_EARLY = re.compile(r"(?<![\d.,])([5-9]\d\d)(?![\d.,]\d|\d)")
_NEAR = 60                                  # characters within which a word speaks of the tie or a year of a word
_MARKED = 14                                # … within which "since" stands by its year
_PHRASE = re.compile(r"(?:[^\s,:;]+\s+){0,2}$")   # words before those of a tie that still belong to them
_PACKED = 8                                 # … characters, where there are no blanks
_CLAUSE = 40                                # characters that a clause's end is worth, when the nearest year is looked for
_COUNT = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_BEHIND = 6                                 # … behind which 以来 and 부터 stand: the digits, 年 and one more

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """What was read."""

    status: str
    since: int | None
    doubt: bool                            # a figure of speech, a denial
    told: bool                             # any word speaks of the tie's life: signed, renewed, since …


@dataclass(frozen=True, slots=True)
class _Year:
    year: int
    at: int
    marked: bool                           # "since" stands by it
    begun: bool                            # a word of beginning does


def words_of(lower: str, lexicon: Lexicon) -> Mapping[str, Spans]:
    """Where the sentence ``lower`` has words that speak of a tie, by key of the lexicon."""
    return {k: [m.span() for m in pattern.finditer(lower)] for k, pattern in lexicon.said.items()}


def said(lower: str, found: Mapping[str, Spans], start: int, stop: int) -> Said:
    """What the sentence ``lower``, with the words ``found`` in it, says of the tie whose words are ``lower[start:stop]``."""
    began = [s for s in found["began"] if _near(s, start, stop)]
    year = _year(lower, found, start)
    status = _status(found, began, year)
    since = year.year if year and (year.marked or (began and status in {"established", "existing", "anniversary"})) else None
    told = bool(began) or any(found[k] for k in ("years", "ended", "renewed", "since"))
    doubt = any(_near(s, start, stop) and not any(a <= s[0] and s[1] <= b for a, b in found["ended"]) for s in found["doubt"])
    return Said(status, since, doubt, told)  # "will not be renewed" is no denial


def marked_years(lower: str, found: Mapping[str, Spans]) -> list[tuple[int, int]]:
    """Years with "since" beside them: where each stands, and the year."""
    return [(y.at, y.year) for y in _years(lower, found) if y.marked]


def granted(heard: Said, lower: str, found: Mapping[str, Spans], tie: tuple[int, int], lexicon: Lexicon) -> Said:
    """What is said of a tie that is only named in passing, "a show on its sister city Jinan": plans and feasts are about something else."""
    start, stop = tie
    before = lower[max(0, start - _NEAR):start]
    phrase = before[-_PACKED:] if lexicon.unspaced else before[m.start():] if (m := _PHRASE.search(before)) else ""
    if heard.status == "ended" or (heard.status == "established" and heard.since) or lexicon.fresh.search(phrase):
        return heard
    counted = _COUNT.search(lower) or lexicon.age.search(lower)
    years = [s for s in found["years"] if counted or not lexicon.feast.fullmatch(lower, *s)]
    told = said(lower, {**found, "proposed": (), "years": years}, start, stop)
    return replace(heard, since=told.since, status="existing" if told.status == "established" and told.since is None else told.status)


def _near(span: tuple[int, int], start: int, stop: int) -> bool:
    return span[0] < stop + _NEAR and span[1] > start - _NEAR


def _status(found: Mapping[str, Spans], began: Spans, year: _Year | None) -> str:
    if found["ended"]:
        return "ended"
    if found["years"]:
        return "anniversary"
    if found["proposed"] and not (year and began):
        return "proposed"
    if found["renewed"]:
        return "existing"
    if year and year.marked and not year.begun:
        return "existing"
    if began:
        return "established"
    return "existing"


def _year(lower: str, found: Mapping[str, Spans], start: int) -> _Year | None:
    """The year with "since" beside it, else the nearest to the words of the tie."""
    return min(_years(lower, found), key=lambda y: (not y.marked, abs(y.at - start) + _CLAUSE * _commas(lower, y.at, start)), default=None)


def _years(lower: str, found: Mapping[str, Spans]) -> list[_Year]:
    return [_Year(int(m[1]), m.start(1), _beside(m.start(1), found["since"], _BEHIND), _beside(m.start(1), found["began"], _MARKED))
            for m in list(_YEAR.finditer(lower)) or list(_EARLY.finditer(lower))]


def _commas(lower: str, one: int, other: int) -> int:
    """Marks between two places of a sentence that end a clause where words are not written apart."""
    return sum(lower.count(mark, min(one, other), max(one, other)) for mark in "，；;")


def _beside(at: int, spans: Spans, behind: int) -> bool:
    """Whether one of ``spans`` ends just before ``at``, or begins at most ``behind`` characters after it."""
    return any(0 <= at - stop <= _MARKED or 0 <= begin - at <= behind for begin, stop in spans)
