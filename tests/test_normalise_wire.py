from __future__ import annotations

import pytest

from twinwire.config.sources import Source
from twinwire.normalise.wire import republished_from, wire
from twinwire.normalise.wirenames import same
from twinwire.records import Dateline, Entry, Text, Wired


def source(**fields: object) -> Source:
    return Source.model_validate(
        {"id": "some-source", "name": "Some Source", "url": "https://news.example/feed", **fields}
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("ZAOZHUANG, China, July 21, 2023 /PRNewswire/ -- A report", "PRNewswire"),
        ("Zaozhuang, China (ots/PRNewswire) - Die Abteilung", "ots/PRN"),
        ("PALO ALTO, CA, Feb. 19, 2026 (GLOBE NEWSWIRE) -- The", "GlobeNewswire"),
        ("SEATTLE & BANGALORE, India–(BUSINESS WIRE)– The", "Business Wire"),
        ("WASHINGTON, Dec. 12 (Xinhua) -- The", "Xinhua"),
        ("新华社广州1月21日电（记者某某）", "新华社"),
        ("中新网南昌7月26日电", "中新网"),
        ("МОСКВА, 16 февраля. /ТАСС/. Служба", "ТАСС"),
        ("【ニューヨーク共同】２４日の", "共同"),
        ("(서울=연합뉴스) 기자 = 정부가", "連合ニュース"),
        ("BERLIN (dpa) - Die", "dpa"),
        ("The mayor met Xinhua and AFP reporters", None),
        ("x" * 400 + " (AFP) -- ", None),
    ],
)
def test_marks_of_wires(body: str, name: str | None) -> None:
    """A wire's own mark near the start names it; a mention does not, nor does a mark far inside."""
    assert wire(source(), Text(body=body)) == name
    assert wire(source(), Text(summary=body)) == name


def test_the_sources_wire_comes_first_unless_it_aggregates() -> None:
    """Configuration wins over marks, except for aggregators, which name no wire of their own."""
    marked = Text(body="CAIRO (AFP) - At least")
    assert wire(source(wire="ANSA"), marked) == "ANSA"
    assert wire(source(wire="gnews", tags=["aggregator"]), marked) == "AFP"
    assert wire(source(wire="gnews", tags=["aggregator"]), Text(body="Cairo - At least")) is None


def test_what_a_dateline_prints_wins_over_the_source() -> None:
    """A paper's feed carries other agencies' copy; the source's own label stays where it is the same agency."""
    xinhua, afp = (Dateline(raw="R", field="body", start=0, stop=1, agency=a) for a in ("新华社", "AFP"))
    assert wire(source(wire="Xinhua"), Text(), xinhua) == "Xinhua"
    assert wire(source(wire="Xinhua"), Text(), afp) == "AFP"
    assert wire(source(wire="W", tags=["aggregator"]), Text(), afp) == "AFP"


def test_an_agencys_own_site_names_it() -> None:
    """For copy that bears no mark; a site that only shows the story says nothing, and a configured wire comes first."""
    at = Entry(position=0, link="https://www.bernama.com/en/news.php?id=1")
    assert wire(source(), Text(body="KUALA LUMPUR, Nov 21 -- Selangor"), None, at) == "Bernama"
    assert wire(source(), Text(), None, Entry(position=0, link="https://www.asiaone.com/business/a")) is None
    assert wire(source(wire="The Sun"), Text(), None, at) == "The Sun"
    assert wire(source(), Text(), None, Entry(position=0, link="https://[bad")) is None


def test_labels_of_one_agency() -> None:
    """Spelling, script and service do not make another agency; a likeness of letters does not make one."""
    for a, b in (("PR Newswire", "PRNewswire"), ("GLOBE NEWSWIRE", "GlobeNewswire"), ("Xinhua", "新华社"), ("Kyodo", "共同"), (None, None)):
        assert same(a, b)
    for c, d in (("AP", "APA"), ("AFP", None), ("CNA", "CNN"), ("中新网", "新华网")):
        assert not same(c, d)


def test_republished_entries_name_their_site() -> None:
    """RSS <source> is the origin unless it is the source itself."""
    assert republished_from(Entry(position=0, source_title="The Star"), source()) == "The Star"
    assert republished_from(Entry(position=0, source_title="some source"), source()) is None
    assert republished_from(Entry(position=0), source()) is None


def test_the_provider_field_of_an_agency_format_is_the_wire() -> None:
    """Where no dateline bears a name and the source has none; a source's own wire goes first."""
    entry = Entry(position=0, wired=Wired(provider="Superdesk <b>Agency</b>"))
    assert wire(source(), Text(title="A", body="Some text."), None, entry) == "Superdesk Agency"
    assert wire(source(wire="Ours"), Text(title="A", body="Some text."), None, entry) == "Ours"
