from __future__ import annotations

import pytest

from twinwire.config.sources import Source
from twinwire.normalise.wire import issuer, republished_from, wire
from twinwire.records import Entry, Text


def source(**fields: object) -> Source:
    return Source.model_validate(
        {"id": "some-source", "name": "Some Source", "url": "https://news.example/feed", **fields}
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("ZAOZHUANG, China, July 21, 2023 /PRNewswire/ -- A report", "PRNewswire"),
        ("Zaozhuang, China (ots/PRNewswire) - Die Abteilung", "PRNewswire"),
        ("PALO ALTO, CA, Feb. 19, 2026 (GLOBE NEWSWIRE) -- The", "GlobeNewswire"),
        ("SEATTLE & BANGALORE, India–(BUSINESS WIRE)– The", "Business Wire"),
        ("WASHINGTON, Dec. 12 (Xinhua) -- The", "Xinhua"),
        ("新华社广州1月21日电（记者郑天虹）", "Xinhua"),
        ("中新网南昌7月26日电", "China News Service"),
        ("МОСКВА, 16 февраля. /ТАСС/. Служба", "TASS"),
        ("【ニューヨーク共同】２４日の", "Kyodo"),
        ("(서울=연합뉴스) 기자 = 정부가", "Yonhap"),
        ("Berlin (dpa) - Die", "dpa"),
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
    marked = Text(body="Cairo (AFP) - At least")
    assert wire(source(wire="ANSA"), marked) == "ANSA"
    assert wire(source(wire="gnews", tags=["aggregator"]), marked) == "AFP"
    assert wire(source(wire="gnews", tags=["aggregator"]), Text(body="Cairo - At least")) is None


def test_issuers() -> None:
    """dc:contributor counts on release wires only; else the text must say who a release is from."""
    entry = Entry(position=0, contributors=("City of <b>Zaozhuang</b>",))
    assert issuer(entry, Text(), "PRNewswire") == "City of Zaozhuang"
    assert issuer(entry, Text(), "AFP") is None
    report = (
        "ZAOZHUANG, July 21 /PRNewswire/ -- A news report from The Publicity Department of the CPC Zaozhuang "
        "Municipal Committee:\nZaozhuang"
    )
    assert (
        issuer(Entry(position=0), Text(body=report), "PRNewswire")
        == "The Publicity Department of the CPC Zaozhuang Municipal Committee"
    )
    assert (
        issuer(Entry(position=0), Text(body="A city grows.\nSOURCE Hunan Provincial Government"), None)
        == "Hunan Provincial Government"
    )
    assert issuer(Entry(position=0), Text(body="The source of the river is near."), None) is None


def test_republished_entries_name_their_site() -> None:
    """RSS <source> is the origin unless it is the source itself."""
    assert republished_from(Entry(position=0, source_title="The Star"), source()) == "The Star"
    assert republished_from(Entry(position=0, source_title="some source"), source()) is None
    assert republished_from(Entry(position=0), source()) is None
