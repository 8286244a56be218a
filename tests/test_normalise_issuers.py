"""Who put a release out is read from what the entry and its text say, never from the site that shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.issuers import issuer
from twinwire.records import Entry, Text

ENTRY = Entry(position=0)
PRN = "ULM, Germany, May 4, 2026 /PRNewswire/ -- "


def test_the_contributor_counts_on_release_wires_only() -> None:
    """dc:contributor is the issuer on PR Newswire, and somebody else elsewhere."""
    entry = Entry(position=0, contributors=("City of <b>Zaozhuang</b>",))
    assert issuer(entry, Text(), "PRNewswire") == "City of Zaozhuang"
    assert issuer(entry, Text(), "AFP") is None


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (PRN + "A news report from The Publicity Department of the CPC Zaozhuang Municipal Committee:\nThe city",
         "The Publicity Department of the CPC Zaozhuang Municipal Committee"),
        (PRN + "This is a report from the River Daily. The city", "the River Daily"),
        (PRN + "Ein Bericht der Stadt Ulm: Die Stadt", "Stadt Ulm"),
        ("A city grows.\nSOURCE Hunan Provincial Government", "Hunan Provincial Government"),
        ("Eine Stadt wächst.\nQuelle: Stadt Ulm", "Stadt Ulm"),
        ("一座城市。\n来源：枣庄市人民政府", "枣庄市人民政府"),
        ("도시가 자란다.\n자료제공: 수원시", "수원시"),
        ("Ulm (ots) - Text.\nOriginal-Content von: Stadt Ulm, übermittelt durch news aktuell", "Stadt Ulm"),
        ("The forum ended.\nDistributed by APO Group on behalf of Ministry of Local Government, Kenya.", "Ministry of Local Government, Kenya"),
        ("Ulm, Germany - May 4, 2026 / Acme Dental / A", "Acme Dental"),
        ("The towns met, according to the Information Office of the Ulm District Government, and dined.",
         "Information Office of the Ulm District Government"),
        ("수원시는 4일 두 도시가 협약을 맺었다고 밝혔다.", "수원시"),
        ("松本市は4日、協定を結んだと発表した。", "松本市"),
        ("记者从枣庄市外事办获悉，两市签约。", "枣庄市外事办"),
        ("央视网消息（新闻联播）：两市签约", "央视网"),
        (PRN + "Acme River Boats (NYSE: ARB), a maker of boats, today announced a ferry.", "Acme River Boats"),
        ("ULM, May 4 (AFP) - The towns met, according to the Information Office of the Ulm District Government.", None),
        ("The towns met, according to the Department of River Towns.", None),
        ("The source of the river is near.", None),
        ("SOURCE: Xinhua", None),
        ("ULM, May 4 (AFP) - Acme River Boats announced a ferry.", None),
        ("A news report from here said that the town and its twin, which had met before, would build a ferry over the river", None),
    ],
)
def test_texts_say_whose_they_are(body: str, name: str | None) -> None:
    """Report lines, source lines in many languages, offices that are cited, and last who announces; an agency is no issuer."""
    wire = next((w for mark, w in (("/PRNewswire/", "PRNewswire"), ("(ots)", "ots"), ("(AFP)", "AFP")) if mark in body), None)
    assert issuer(ENTRY, Text(body=body), wire) == name


def test_a_headline_may_begin_with_an_office() -> None:
    """"City Office: headline" names the office, "Country: headline" nobody."""
    assert issuer(ENTRY, Text(title="Ulm Municipal Publicity Department: Ulm meets friends"), "PRNewswire") == "Ulm Municipal Publicity Department"
    assert issuer(ENTRY, Text(title="Germany: Ulm meets friends"), "PRNewswire") is None


@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from([None, "PRNewswire", "AFP"]))
def test_any_text_gives_a_short_name_or_none(body: str, title: str, wire: str | None) -> None:
    """Nothing raises; a name is one line of at most 150 characters with a letter in it."""
    got = issuer(ENTRY, Text(title=title, summary=body, body=body), wire)
    assert got is None or (0 < len(got) <= 150 and any(map(str.isalpha, got)))
