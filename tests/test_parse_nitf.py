"""NITF: headlines, datelines, places, status, bodies; real documents; broken bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agencies import FEEDS, check_value, mutated, only, parsed, shared_documents
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import Unreadable, limits, parse
from twinwire.records import Entry, PlaceName, Wired

WHOLE = (FEEDS / "nitf-whole.xml").read_bytes()


def nitf(head: str = "", body_head: str = "", content: str = "<p>x</p>") -> Entry:
    return only(f"<nitf><head>{head}</head><body><body.head>{body_head}</body.head>"
                f"<body.content>{content}</body.content></body></nitf>")


def wired(entry: Entry) -> Wired:
    assert entry.wired is not None
    return entry.wired


@pytest.mark.parametrize(("dateline", "printed", "places"), [
    ("<location>NEW YORK</location>", "NEW YORK", [PlaceName(name="NEW YORK")]),
    ("<location>BEIJING</location><story.date>July 23</story.date>", "BEIJING, July 23", [PlaceName(name="BEIJING")]),
    ("<location><city>Ottawa</city> <state>Ontario</state> <country>Canada</country></location>", "Ottawa, Ontario, Canada",
     [PlaceName(name="Ottawa", region="Ontario", country="Canada", level="city")]),
    ("<location>BERLIN/Paris</location> (EX) -", "BERLIN/Paris (EX) -", [PlaceName(name="BERLIN"), PlaceName(name="Paris")]),
    ("<location><country>Fiji</country></location>", "Fiji", [PlaceName(name="Fiji", country="Fiji", level="country")]),
    ("<city>Oslo</city>", "Oslo", [PlaceName(name="Oslo", level="city")]),
    ("SYDNEY March 22 EX -", "SYDNEY March 22 EX -", []),
])
def test_dateline(dateline: str, printed: str, places: list[PlaceName]) -> None:
    """The line is kept as printed and its places by their parts; a line of plain text is left for its reader."""
    got = wired(nitf(body_head=f"<dateline>{dateline}</dateline>"))
    assert got.dateline == printed
    assert list(got.places) == places


def test_time_of_transmission_is_no_dateline() -> None:
    """A dateline that holds nothing but a date is none; its date counts where the head has no other."""
    got = nitf(body_head='<dateline><!-- x --><story.date norm="20261002T0800Z">20261002T0800Z</story.date></dateline>')
    assert got.wired is None
    assert got.published_raw == "20261002T0800Z"


def test_place_of_the_event_stands_in() -> None:
    """Where the dateline names no place, the place of the event does, with its codes."""
    event = '<docdata><evloc city="Bergen" iso-cc="NOR"/></docdata>'
    assert wired(nitf(event)).places == (PlaceName(name="Bergen", country="NOR", level="city"),)
    assert wired(nitf(event, "<dateline><location>OSLO</location></dateline>")).places == (PlaceName(name="OSLO"),)


@pytest.mark.parametrize(("status", "word"), [("usable", "usable"), ("CANCELED", "canceled"), ("killed", "canceled"), ("withheld", "withheld")])
def test_status(status: str, word: str) -> None:
    """The status comes in one spelling."""
    assert wired(nitf(f'<docdata management-status="{status}"/>')).status == word


def test_correction_without_the_id_of_the_other() -> None:
    """A correction that names no other document corrects the earlier versions of itself."""
    assert wired(nitf('<docdata><doc-id id-string="A1"/><correction info="spelling"/></docdata>')).corrects == "A1"


def test_release_date_is_an_embargo_only_when_later_than_issue() -> None:
    """The same date twice is no embargo, a placeholder is no date."""
    dates = '<docdata management-status="usable"><date.issue norm="20261002T08"/><date.release norm="{}"/></docdata>'
    assert wired(nitf(dates.format("20261002T08"))).embargo_raw is None
    assert wired(nitf(dates.format("YYYYMMDD000000"))).embargo_raw is None
    assert wired(nitf(dates.format("20261003T08"))).embargo_raw == "20261003T08"


def test_provider_is_the_agency_named_nearest_to_the_reader() -> None:
    """The distributor, else the registrar of the id, else the holder of the rights."""
    head = '<docdata><doc-id regsrc="EX"/><doc.copyright holder="Example Press" year="2026"/></docdata>'
    assert wired(nitf(head, "<distributor>Example</distributor>")).provider == "Example"
    assert wired(nitf(head)).provider == "EX"
    assert wired(nitf(head.replace("regsrc", "x"))).provider == "Example Press"


@pytest.mark.parametrize(("inside", "html"), [
    ("<p>a</p>  <p/>\n<p>b\n  c</p>", "<p>a</p><p>b c</p>"),
    ("<p>5 &lt; 6 &amp; <em>so</em> on</p>", "<p>5 &lt; 6 &amp; <em>so</em> on</p>"),
    ("<p>of <Company>Alko</Company>, too</p>", "<p>of Alko, too</p>"),
    ("<INGRESS><STYCKE>a</STYCKE><STYCKE>b</STYCKE></INGRESS>", "<div><p>a</p><p>b</p></div>"),
    ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    ('<p>a<a href="https://e.example/?a=1&amp;b=2" onclick="x()">l</a></p>', '<p>a<a href="https://e.example/?a=1&amp;b=2">l</a></p>'),
    ("<p>a</p><script>b()</script><style>c</style><head>d</head>", "<p>a</p>"),
    ("<p/><img/>", ""),
])
def test_body(inside: str, html: str) -> None:
    """NITF comes out as HTML: known blocks by their HTML name, unknown ones by where they stand, no scripts, no attributes of style."""
    assert nitf('<docdata><doc-id id-string="A1"/></docdata>', content=inside).content == html


def test_several_articles_in_a_file() -> None:
    """Each <nitf> is an entry; one that says nothing is quarantined."""
    got = parsed("<contentSet><nitf><head><title>a</title></head></nitf><nitf/><nitf><head><title>b</title></head></nitf></contentSet>")
    assert [e.title for e in got.entries] == ["a", "b"]
    assert [q.position for q in got.quarantined] == [1]


def test_nothing_in_it_is_told_in_a_line() -> None:
    """An article without id, headline and text is no entry, and a document of only such is refused."""
    got = parse(b"<nitf><head><title/></head><body/></nitf>")
    assert isinstance(got, Unreadable)
    assert got.kind is Kind.ALL_ENTRIES_BAD


def test_thousands_of_subjects_and_paragraphs_are_bounded() -> None:
    """Caps hold for what the document repeats."""
    subjects = "".join(f'<tobject.subject tobject.subject.refnum="{i}"/>' for i in range(5_000))
    got = nitf(f"<tobject>{subjects}</tobject>", "<byline>a</byline>" * 5_000, f"<p>{'word ' * 10}</p>" * 20_000)
    assert len(got.categories) == limits.CATEGORIES
    assert limits.CONTENT - 20 < len(got.content) <= limits.CONTENT


def test_cut_document_says_so() -> None:
    """What is there is kept, and the document is flagged."""
    got = parsed(WHOLE[:WHOLE.index(b"50 years")])
    assert got.entries[0].title == "Bergen meets Newcastle"
    assert got.damage is not None
    assert got.damage.startswith("not well-formed")


@given(st.integers(0), st.integers(0, 400), st.binary(max_size=30))
def test_any_damage_gives_a_value(at: int, cut: int, put: bytes) -> None:
    """Bytes taken out and put in anywhere never raise."""
    check_value(mutated(WHOLE, at, cut, put))


@pytest.mark.shared
def test_real_documents(shared: Path) -> None:
    """Every real document has its headline and its text; dateline, provider and subjects where the document has them."""
    for path in shared_documents(shared, "nitf", ".xml"):
        text, entry = path.read_text("utf-8", "replace"), only(path.read_bytes())
        assert entry.title, path.name
        assert entry.content, path.name
        if re.search(r"<distributor|regsrc|<from-src", text):
            assert wired(entry).provider, path.name
        if "tobject.subject.refnum" in text:
            assert entry.categories, path.name
        if re.search(r"<dateline>(?:\s|<!--.*?-->|<location>|<city>)*[^<\s]", text, re.DOTALL):
            assert wired(entry).dateline, path.name
