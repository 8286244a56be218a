"""Datelines are found where they are printed, whatever the wire, and nowhere else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from datelines import NOT_DATELINES, ROWS
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.dateline import MAX_RAW, candidates, find
from twinwire.records import Entry, PlaceName, Text, Wired

ENTRY = Entry(position=0)
LINES = st.sampled_from([row[0] for row in ROWS])


def body(text: str) -> Text:
    return Text(body=text)


@pytest.mark.parametrize(
    ("line", "raw", "location", "day", "agency"),
    [
        ("ULM, Germany, May 4, 2026 /PRNewswire/ -- A", "ULM, Germany, May 4, 2026 /PRNewswire/ --", "ULM, Germany", "May 4, 2026", "PRNewswire"),
        ("Ulm (dpa/lsw) - Die Stadt", "Ulm (dpa/lsw) -", "Ulm", None, "dpa"),
        ("(ANSA) - Pisa, May 4 - The tower", "(ANSA) - Pisa, May 4 -", "Pisa", "May 4", "ANSA"),
        ("(NewMediaWire) - May 4, 2026 - TULSA — The", "(NewMediaWire) - May 4, 2026 - TULSA —", "TULSA", "May 4, 2026", "NewMediaWire"),
        ("Ulm, Germany - May 4, 2026 / Acme Dental / A", "Ulm, Germany - May 4, 2026 / Acme Dental /", "Ulm, Germany", "May 4, 2026", None),
        ("Canadian Press - TRURO (CP) - The", "Canadian Press - TRURO (CP) -", "TRURO", None, "CP"),
        ("(260504) -- WUXI, May 4, 2026 (Xinhua) -- A", "(260504) -- WUXI, May 4, 2026 (Xinhua) --", "WUXI", "May 4, 2026", "Xinhua photo"),
        ("新华社无锡5月4日电（记者某某）两市", "新华社无锡5月4日电（记者某某）", "无锡", "5月4日", "新华社"),
        ("中新网客户端5月4日电 两市", "中新网客户端5月4日电", "", "5月4日", "中新网"),
        ("中国之声《早新闻》无锡5月4日电（记者）", "中国之声《早新闻》无锡5月4日电（记者）", "无锡", "5月4日", "央广"),
        ("央视网消息（新闻联播）：两市", "央视网消息（新闻联播）：", "", None, "央视网"),
        ("【パリ＝山田】市長は", "【パリ＝山田】", "パリ", None, None),
        ("[한밭신문 대전/김하나 기자]", "[한밭신문 대전/김하나 기자]", "대전", None, "한밭신문"),
        ("ULM -ab- Die Stadt", "ULM -ab-", "ULM", None, None),
        ("Ulm, 4 mag - Il sindaco", "Ulm, 4 mag -", "Ulm", "4 mag", None),
    ],
)
def test_lines_are_cut_into_place_date_and_agency(line: str, raw: str, location: str, day: str | None, agency: str | None) -> None:
    """The span is what is printed, the place string and the date are what stands in it."""
    got = find(body(line), ENTRY)
    assert got is not None
    assert (got.raw, got.location, got.date, got.agency) == (raw, location, day, agency)
    assert line[got.start : got.stop] == raw


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_agencies_are_read(row: tuple[str, str, str | None, object, date | None]) -> None:
    """Every wire's own form names the wire, and the line itself is found where it stands."""
    line, _, agency, _, day = row
    got = find(body(line), ENTRY)
    assert got is not None
    assert got.agency == agency
    assert (got.date is None) == (day is None)


@pytest.mark.parametrize("row", NOT_DATELINES, ids=lambda row: row[0][:40])
def test_sentences_and_headings_are_not_surely_datelines(row: tuple[str, str]) -> None:
    """What looks like a place before a dash may be a sentence: without the gazetteer none of these is a dateline."""
    assert not [line for line in candidates(body(row[0]), ENTRY) if line.sure and line.location]


def test_a_dateline_may_come_after_a_headline_and_points() -> None:
    """A release wire's mark counts deep in the text, an agency's only near its beginning; both only where a line begins."""
    points = "Sales grew in all regions of the world again this year\n" * 12
    deep = find(body(points + "ULM, Germany - May 4, 2026 (NEWMEDIAWIRE) - A"), ENTRY)
    assert deep is not None
    assert deep.start == len(points)
    assert find(body(points + "ULM, Germany (AFP) - A"), ENTRY) is None
    assert find(body("By Jane Doe\nULM, Germany (AFP) - A"), ENTRY) is not None


def test_capitals_at_the_end_of_a_run_together_line() -> None:
    """A summary that lost its line breaks still has the place in capitals before the mark."""
    got = find(Text(summary="Outlook for the whole year confirmed ULM - May 4, 2026 (NEWMEDIAWIRE) - A"), ENTRY)
    assert got is not None
    assert (got.location, got.date) == ("ULM", "May 4, 2026")


def test_body_comes_before_summary_and_marks_before_plain_forms() -> None:
    """Of several lines the one an agency signs counts, and the body's before the summary's."""
    got = find(Text(summary="PARIS, May 4 (AFP) - A", body="ULM - A day\nROME, May 4 (Reuters) - A"), ENTRY)
    assert got is not None
    assert (got.field, got.location) == ("body", "ROME")


def test_a_field_of_its_own_comes_first() -> None:
    """NITF and the like give the line in a field; it has no offsets."""
    entry = Entry(position=0, wired=Wired(dateline="ULM, May 4 (AFP) -", places=(PlaceName(name="Ulm"),)))
    got = find(body("ROME, May 4 (Reuters) - A"), entry)
    assert got is not None
    assert (got.kind, got.location, got.agency, got.start, got.stop) == ("structured", "ULM", "AFP", 0, 0)
    plain = find(Text(), Entry(position=0, wired=Wired(dateline="Ulm, 4. Mai")), wire_hint="dpa")
    assert plain is not None
    assert (plain.location, plain.date, plain.agency) == ("Ulm", "4. Mai", "dpa")


def test_the_sources_wire_stands_for_lines_that_name_none() -> None:
    """Bernama's own feed prints no mark."""
    got = find(body("IPOH, May 4 -- A"), ENTRY, wire_hint="Bernama")
    assert got is not None
    assert (got.agency, got.sure) == ("Bernama", False)


@pytest.mark.parametrize("text", ["/" * 20_000, "(" * 20_000, "A, " * 9_000 + "(AP) -", "3 May " * 5_000, "【" * 20_000, "新华社" * 9_000, "A - " * 9_000])
def test_long_lines_are_cut(text: str) -> None:
    """Ten thousand characters of a sign that begins a mark give no line longer than the limit."""
    assert all(len(line.raw) <= MAX_RAW for line in candidates(Text(title=text, summary=text, body=text), ENTRY))


@given(st.lists(st.one_of(LINES, st.text(max_size=12), st.sampled_from([" - ", "\n", "(AFP)", "/", "电", "【", "May 4"])), max_size=6), st.integers(0, 40))
def test_spans_lie_in_the_text(parts: list[str], cut: int) -> None:
    """Whatever the text, nothing raises, and what is said to be printed stands at its offsets."""
    text = "".join(parts)[cut:]
    fields = Text(title=text[:80], summary=text, body=text[3:])
    for line in candidates(fields, ENTRY):
        assert getattr(fields, line.field)[line.start : line.stop] == line.raw
        assert len(line.location) <= MAX_RAW


def test_the_development_lines(shared: Path) -> None:
    """Of the lines of 38 wires, the agency is read in all that name one."""
    rows = map(json.loads, (shared / "data" / "datelines" / "datelines_dev.jsonl").read_text().splitlines())
    missed = [r["raw"] for r in rows if "local" not in r["wire"] and next(candidates(body(r["raw"]), ENTRY), None) is None]
    assert missed == []
