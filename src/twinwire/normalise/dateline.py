"""Finds datelines: where a text says from where, when and for which agency it was filed. Looks up no place and completes no date.

A line is *sure* when its form alone tells: a release wire's mark, a date or capitals beside an agency's name. The others count only
where the gazetteer knows the place (see ``datelines``). Only the beginning of a field is looked at, of a line its first 300
characters, and every pattern is bounded: time grows with neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from twinwire.normalise import dateline_dates as dates
from twinwire.normalise import wiremarks
from twinwire.normalise.dateline_asia import asian
from twinwire.normalise.dateline_shape import CASED, Head, Line, Shape, capitals_at_end, head, without_weekday
from twinwire.records import Entry, Text

NEAR, FAR = 400, 2_000   # characters looked at for any dateline, and for the marks of release wires
MAX_RAW = 300
_LINES = 8               # lines within NEAR that may hold one: after a headline, a byline, a summary in points
_ENCLOSURE = re.compile(
    r"(?=(?P<all>\((?P<round>[^()\n]{1,70})\)|(?P<slash>/ ?[^/\n\[\]]{2,40}?/)|\[(?P<square>[^\[\]\n]{2,60})\](?:\([^()\s]{1,200}\))?"
    r"|--(?P<dashed>[^\n-]{3,20})--))")
_FRONT = re.compile(r"[\s*•·▪◆■□▲△●○#>]{0,6}")
_PHOTO = re.compile(r"\(\d{6}\) ?--? ?")
_PREFIX = re.compile(
    r"(?:\*?(?:UPDATE|CORRECTED|REFILE|RPT|WRAPUP|EXCLUSIVE|FACTBOX|ANALYSIS|FOCUS|FEATURE|INTERVIEW|BRIEF|PREVIEW|INSIGHT|"
    r"REPEAT)[ -]?\d{0,2} ?[-:] ?){1,3}"
    r"|By [A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{0,20}){1,3}, (?=[A-Z]{3})|\[?(?:Eds?|Editors?)[:.][^\n]{0,80}?[.\]] |(?:Retransmission|"
    r"Correction|Corrected|Advisory|Roundup)[:,] ")
_CLOSE = re.compile(r"\s?(?:\.\s?[-–—]+|--+|[-–—―_=:~]+|[,.](?=\s|$)|$)")
_NEXT = re.compile(r"(?:\.\s?[-–—]+|--+|[–—]|\s-(?=\s)|\s?/(?=\s)|:(?=\s)|\.(?=\s\S*[-–—])|$)")
_CLOCK_ONLY = re.compile(r"[\s,@.)]*(?:\d{1,2}[:.]\d{2}[\w :./]{0,24})?[\s)]*")
_TAIL = 100              # characters behind a mark in which a date and a place may stand
_SEPARATOR = re.compile(
    r"(?P<stop>\.\s(?=\S))|(?P<initials>\s(?:-\w{1,4}-|\([a-zäöü]{2,5}(?:/[a-zäöü]{2,5})?\)[.:]?)(?:\s[-–—])?\s)|(?P<colon>\s?:\s)"
    r"|(?P<dash>\s?(?:--+|[–—]+)\s?|\s-\s|\.\s?[-–—]+\s?|(?<=[^\W\d_])-\s|(?<=[A-ZÀ-Þ]{3})-(?=[A-Z][a-zà-ÿ]))")
_SENTENCE = re.compile(r"[\"'“”„«‘(\[*¿¡]{0,3}[^\Wa-zà-öø-ÿа-яё_]")  # a capital, a digit or a letter of a script without case

_NAME = re.compile(r"[A-Z][\w.&'’-]{1,20}(?: [A-Z0-9][\w.&'’-]{0,20}){0,3}")  # of a newsroom we do not know
_PAIR = re.compile(r"[A-ZÀ-Þ][\w’'.-]{2,30}(?: [A-ZÀ-Þ][\w’'.-]{1,30}){0,2}\s?(?:[:–—(|]|-\s|$)")  # Kehl – Straßburg: two towns
_ARABIC = re.compile("[\u0600-\u06ff]")


class _Mark(NamedTuple):
    start: int
    stop: int
    agency: str | None
    known: bool
    date: str | None = None


def find(text: Text, entry: Entry, *, wire_hint: str | None = None) -> Line | None:
    """The likeliest dateline of ``text``, or None. ``wire_hint`` is the agency of lines that name none (the source's own)."""
    return next(candidates(text, entry, wire_hint=wire_hint), None)


def candidates(text: Text, entry: Entry, *, wire_hint: str | None = None) -> Iterator[Line]:
    """What may be the dateline, the likeliest first: a field of its own, marks in body and summary, the title, plain forms."""
    own = structured(entry.wired.dateline, wire_hint) if entry.wired is not None and entry.wired.dateline else None
    if own and own.location:
        yield own
    fields = [(name, value) for name in ("body", "summary") if (value := getattr(text, name))]
    for name, value in fields:
        yield from _marked(name, value)
    if text.title[:1] in tuple("【［〔"):
        yield from asian("title", text.title[:MAX_RAW], 0)
    for name, value in fields:
        for _, start, line in list(_lines(value, NEAR))[:3]:
            yield from plain(name, line, start, wire_hint)
    if own and not own.location:  # a time, where a place was to stand
        yield own


def structured(raw: str, wire_hint: str | None = None) -> Line:
    """The dateline of a field of its own, read as a line of text where it looks like one."""
    raw = " ".join(raw[: 2 * MAX_RAW].split())[:MAX_RAW]
    line = next(iter((*marked("", raw, 0), *asian("", raw, 0))), None)
    got = head(raw)
    if line is not None:
        location, date, agency = line.location, line.date, line.agency
    else:
        location, date, agency = (got.location, got.date, None) if got else (raw if raw.isalpha() else "", None, None)
    return Line(raw=raw, field="structured", start=0, stop=0, location=location, date=date, agency=agency or wire_hint, kind="structured")


def _marked(name: str, value: str) -> Iterator[Line]:
    for n, start, line in _lines(value, FAR):
        near = start < NEAR and n < _LINES
        if near:
            yield from asian(name, line, start)
        for found in marked(name, line, start):
            if near or (found.agency and (found.sure or found.date or "," in found.location) and wiremarks.releases(found.agency)):
                yield found


def _lines(value: str, limit: int) -> Iterator[tuple[int, int, str]]:
    start = n = 0
    for line in value[:limit].split("\n"):
        if line.strip():
            yield n, start, line[:MAX_RAW]
            n += 1
        start += len(line) + 1


def marked(field: str, line: str, offset: int) -> Iterator[Line]:
    """Datelines in ``line`` that bear an agency's name, or something that may be one, in the order of the names."""
    photo = _PHOTO.match(line)
    front = _over(_PREFIX, line, photo.end() if photo else _over(_FRONT, line, 0))
    begin = 0 if photo else front
    leading = wiremarks.LEADING.match(line, front)
    if leading:
        front = leading.end()
    for mark in _marks(line, front):
        if (got := _around(line, front, mark)) is not None:
            location, date, stop, sure = got
            agency = "Xinhua photo" if photo and mark.agency == "Xinhua" else mark.agency
            if agency is None and line[mark.start] == "(" and mark.date is None:
                agency = line[mark.start + 1 : mark.stop - 1]
            yield _line(field, offset, line, (begin, stop), location=location, date=date, agency=agency, sure=sure)
    if leading:
        agency = wiremarks.enclosed(leading["name"])
        yield _line(field, offset, line, (begin, leading.end()), agency=agency, sure=agency is not None)


def _over(pattern: re.Pattern[str], line: str, at: int) -> int:
    m = pattern.match(line, at)
    return m.end() if m else at


def _line(field: str, offset: int, line: str, span: tuple[int, int], **more: object) -> Line:
    raw = line[span[0] : span[1]]
    left = len(raw) - len(raw.lstrip())
    start = offset + span[0] + left
    raw = raw.strip()
    return Line(raw=raw, field=field, start=start, stop=start + len(raw), **more)  # type: ignore[arg-type]


def _marks(line: str, front: int) -> Iterator[_Mark]:
    found = [_Mark(a, b, label, known=True) for a, b, label in wiremarks.bare(line, 120) if a >= front]
    for m in _ENCLOSURE.finditer(line, front):
        inner = (m["round"] or m["square"] or m["dashed"] or (m["slash"] or "")[1:-1]).strip()
        start, stop = m.start("all"), m.end("all")
        label = wiremarks.enclosed(inner)
        date = dates.find(inner)
        raw = inner[date.start : date.stop] if date else None
        if label:
            found.append(_Mark(start, stop, label, known=True, date=raw))
        elif raw and len(raw) > len(inner) - 3:
            found.append(_Mark(start, stop, None, known=False, date=raw))
        elif not m["square"]:
            # "/ Acme Dental /" is a client of a release service, not an agency.
            client = bool(m["slash"]) and m["slash"][1] == " "
            found.append(_Mark(start, stop, None if client else wiremarks.plausible(inner), known=False))
    yield from sorted(found, key=lambda mark: mark[:2])


def _around(line: str, front: int, mark: _Mark) -> tuple[str, str | None, int, bool] | None:
    """(location, date, end, sure) of the dateline around ``mark``, or None when what stands around it makes none."""
    text = line[front : mark.start]
    before = _before(text, mark)
    if before is None and text.strip(" -–—"):
        return None
    location, date = (before.location, mark.date or before.date) if before else ("", mark.date)
    stop, date, location, closed = _behind(line, mark, date, location)
    caps = before is not None and before.shape is Shape.CAPS
    if not mark.known:
        inner = line[mark.start + 1 : mark.stop - 1]
        client = line[mark.start] == "/" and inner.startswith(" ") and date is not None
        named = mark.agency or (caps and _NAME.fullmatch(inner))
        return (location, date, stop, False) if location and (client or (closed and (named or mark.date))) else None
    if not closed and (before is None or not _SENTENCE.match(line[stop:].lstrip() or "A")):
        return None
    alone = before is None and not location and len(mark.agency or "") > 2
    return location, date, stop, date is not None or caps or alone


def _before(text: str, mark: _Mark) -> Head | None:
    """What stands before a mark; before a release wire's, maybe only the capitals at the end of a line that was run together."""
    if not text.strip(" -–—"):
        return None
    got = head(text)
    if got is None and mark.known and mark.agency and wiremarks.releases(mark.agency) and (capitals := capitals_at_end(text)):
        return head(capitals)
    return got


def _behind(line: str, mark: _Mark, date: str | None, location: str) -> tuple[int, str | None, str, bool]:
    """(end, date, location, closed): goes on behind a mark over a dash, over a date and, where none came before, over a place."""
    close = _CLOSE.match(line, mark.stop)
    stop = close.end() if close else mark.stop
    closed = bool(close and (close[0].strip(" ,.") or close.end() == len(line) or location or mark.date)) or line[mark.stop - 1] == "-"
    for _ in range(2):
        end = _NEXT.search(line, min(stop + 1, len(line)), stop + _TAIL)
        segment = line[stop : end.start()] if end and (end.end() > end.start() or end.end() == len(line)) else ""
        found = dates.find(segment)
        if found and date is None and _only_date(segment, found):
            date, stop, closed = segment[found.start : found.stop], end.end(), True  # type: ignore[union-attr]
        elif not location and end and end.end() > end.start() and (got := head(segment)) and got.location:
            location, date, stop, closed = got.location, date or got.date, end.end(), True
        else:
            break
    return stop, date, location, closed


def _only_date(segment: str, found: dates.Found) -> bool:
    return not without_weekday(segment[: found.start]).strip(" -–—(,") and bool(_CLOCK_ONLY.fullmatch(segment[found.stop :]))


def plain(field: str, line: str, offset: int, wire_hint: str | None = None) -> Iterator[Line]:
    """Datelines in ``line`` without an agency: a place, maybe a date, and a dash, a colon or a full stop. Never sure."""
    front = _over(_FRONT, line, 0)
    for m in list(_SEPARATOR.finditer(line, front, front + 140))[:4]:
        got = head(line[front : m.start()])
        if got is None or not got.location or not (CASED.search(got.location) or (m["dash"] and _ARABIC.search(got.location))):
            continue
        location, date, stop = got.location, got.date, m.end()
        if m["dash"] and date is None:
            stop, date, location, _ = _behind(line, _Mark(m.start(), m.end(), None, known=False), None, location)
        kind = _plain_kind(m, got, date)
        if kind and (date or not _is_pair(line, stop, location, kind)) and _SENTENCE.match(line[stop:].lstrip() or "A"):
            yield _line(field, offset, line, (front, stop), location=location, date=date, agency=wire_hint, kind=kind, sure=False)


def _is_pair(line: str, stop: int, location: str, kind: str) -> bool:
    """Kehl – Straßburg: zwei Städte, and Wien. Wien, nur du allein: no datelines."""
    return line.startswith(location, stop) or (kind == "dashed" and _PAIR.match(line, stop) is not None)


def _plain_kind(m: re.Match[str], got: Head, date: str | None) -> str | None:
    if m["dash"]:
        return "dashed"
    if m["colon"]:
        return "colon" if got.shape is Shape.CAPS or date else None
    if m["initials"]:
        return "initials"
    return "full stop" if "," not in got.location and len(got.location.split()) <= 3 and len(got.location) > 3 else None
