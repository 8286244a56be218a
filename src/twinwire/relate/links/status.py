"""What a sentence says of a tie: established, existing, anniversary, proposed, ended, and since when. Knows no places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twinwire.relate.links.lexicon import Lexicon

_YEAR = re.compile(r"(?<![\d.,/:$€])(1[5-9]\d\d|20\d\d)(?![\d.,]\d|\d|%)")
_EARLY = re.compile(r"(?<![\d.,])([5-9]\d\d)(?![\d.,]\d|\d)")
_NEAR = 60                                  # characters around the words of the tie where a word speaks of it


@dataclass(frozen=True, slots=True)
class Said:
    """What was read, and from which key of the lexicon."""

    status: str
    since: int | None
    doubt: bool                            # a figure of speech, a denial
    told: bool                             # any word speaks of the tie's life: signed, renewed, since …


def said(lower: str, start: int, stop: int, lexicon: Lexicon) -> Said:
    """What the sentence ``lower`` says of the tie whose words are ``lower[start:stop]``."""
    found = {k: [m.span() for m in lexicon.said[k].finditer(lower)] for k in lexicon.said}
    since = _since(lower, found, start)
    status = _status(found, since, start, stop)
    if status == "ended" and since and any(b <= since[1] for _, b in found["ended"]) and not since[2]:
        since = None
    told = any(found[k] for k in ("began", "years", "ended", "renewed", "since"))
    return Said(status, since[0] if since else None, any(_near(s, start, stop) for s in found["doubt"]), told)


def _near(span: tuple[int, int], start: int, stop: int) -> bool:
    return span[0] < stop + _NEAR and span[1] > start - _NEAR


def _status(found: dict[str, list[tuple[int, int]]], since: tuple[int, int, bool] | None, start: int, stop: int) -> str:
    if found["ended"]:
        return "ended"
    if found["proposed"] and not (since and found["began"]):
        return "proposed"
    if found["years"]:
        return "anniversary"
    if since and since[2]:
        return "existing"
    if found["renewed"]:
        return "existing"
    if found["began"]:
        return "established"
    if since:
        return "established"
    return "existing"


def _since(lower: str, found: dict[str, list[tuple[int, int]]], start: int) -> tuple[int, int, bool] | None:
    """(year, where it stands, whether "since" stands by it): the year nearest to the words of the tie."""
    years = [(int(m[1]), m.start(1)) for m in _YEAR.finditer(lower)] or [(int(m[1]), m.start(1)) for m in _EARLY.finditer(lower)]
    if not years:
        return None
    year, at = min(years, key=lambda y: abs(y[1] - start))
    marked = any(0 <= at - b <= 12 or 0 <= a - at <= 8 for a, b in found["since"])
    return year, at, marked
