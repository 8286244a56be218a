"""Wire, issuer and origin of an entry, from its fields and plain marks in its text. Never guesses, reads no dateline.

A source's own ``wire`` holds for all its entries; marks in the text count only where the source has none or is tagged
``aggregator``.
"""

from __future__ import annotations

import re

from twinwire.config.sources import Source
from twinwire.normalise.chars import fold
from twinwire.normalise.text import label
from twinwire.records import Entry, Text

_START = 300  # characters in which a wire puts its mark
_END = 600    # characters in which a release names its source

# Mark in the text → wire. Only marks that nothing but that wire's copy carries in this place.
_MARKS: tuple[tuple[str, str], ...] = (
    (r"/PRNewswire(?:-[\w-]+)?/|\(ots/PRNewswire\)", "PRNewswire"),
    (r"\(GLOBE ?NEWSWIRE\)", "GlobeNewswire"),
    (r"\(BUSINESS WIRE\)", "Business Wire"),
    (r"/CNW(?: Telbec)?/", "CNW"),
    (r"/EINPresswire\.com/", "EIN Presswire"),
    (r"/24-7PressRelease/", "24-7 Press Release"),
    (r"\(NEWMEDIAWIRE\)", "NewMediaWire"),
    (r"\(Newsfile Corp\.", "Newsfile"),
    (r"\((?:ACCESSWIRE|ACCESS Newswire)\b|/ ?ACCESSWIRE ?/", "ACCESS Newswire"),
    (r"\[?Media OutReach Newswire\b", "Media OutReach"),
    (r"\(ACN Newswire\b", "ACN Newswire"),
    (r"\(ots\)", "ots"),
    (r"\(OTS\)", "APA-OTS"),
    (r"\(Xinhua\)|新华社[^\s，。]{0,20}电", "Xinhua"),
    (r"中新(?:社|网)[^\s，。]{0,20}电", "China News Service"),
    (r"\(AFP\)", "AFP"),
    (r"\(AP\)", "AP"),
    (r"\(Reuters\)", "Reuters"),
    (r"\(dpa(?:/[a-z]{2,5})?\)", "dpa"),
    (r"\(ANSA\)", "ANSA"),
    (r"\(EFE\)", "EFE"),
    (r"\(Bernama\)", "Bernama"),
    (r"\(Yonhap\)|=\s?연합뉴스\)", "Yonhap"),
    (r"/ТАСС/|/TASS/|\(TASS\)", "TASS"),
    (r"【[^】]{1,20}共同】|\(Kyodo\)", "Kyodo"),
    (r"\(CNA\)", "CNA"),
)
_MARK = re.compile("|".join(f"({mark})" for mark, _ in _MARKS))
_RELEASE_WIRES = frozenset(map(fold, (
    "PRNewswire", "PR Newswire", "GlobeNewswire", "Business Wire", "CNW", "EIN Presswire", "24-7 Press Release",
    "NewMediaWire", "Newsfile", "ACCESS Newswire", "Media OutReach", "ACN Newswire", "ots", "APA-OTS",
    "presseportal",
)))
_REPORT_FROM = re.compile(r"\bA news report (?:from|by) ([^:\n]{3,150}?)\s*(?::|$)", re.MULTILINE)
_SOURCE_LINE = re.compile(r"^(?:SOURCE|QUELLE|FUENTE|FONTE)[ :]\s*(\S.{1,149})$", re.MULTILINE)


def wire(source: Source, text: Text) -> str | None:
    """The agency whose copy ``text`` is, or None."""
    aggregates = "aggregator" in source.tags
    if source.wire and not aggregates:
        return source.wire
    for part in (text.body, text.summary):
        if found := _MARK.search(part[:_START]):
            return _MARKS[(found.lastindex or 1) - 1][1]
    return None


def issuer(entry: Entry, text: Text, wire: str | None) -> str | None:
    """Who put a release out: dc:contributor on release wires, else who the text says it is from, else None."""
    if entry.contributors and wire and fold(wire) in _RELEASE_WIRES:
        return label(entry.contributors[0]) or None
    for part in (text.body, text.summary):
        found = _REPORT_FROM.search(part[: 2 * _START]) or _SOURCE_LINE.search(part[-_END:])
        if found:
            return found[1].strip()
    return None


def republished_from(entry: Entry, source: Source) -> str | None:
    """The site an entry was taken from (RSS ``<source>``), unless that is the source itself."""
    name = label(entry.source_title) if entry.source_title else ""
    own = {fold(n) for n in (source.name, source.publisher, source.wire) if n}
    return name if name and fold(name) not in own else None
