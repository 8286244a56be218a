"""Place strings of datelines are cut into places as an editor reads them; whole lines come out right against the real gazetteer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from datelines import NOT_DATELINES, ROWS
from handatlas import HandAtlas, real
from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.sources import Source
from twinwire.normalise.dateline_places import located, names
from twinwire.normalise.datelines import read_dateline
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.places import Context
from twinwire.records import Dateline, Entry, PlaceName, Text, Wired

ATLAS = HandAtlas()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def source(**more: object) -> Source:
    return Source.model_validate({"id": "a", "name": "A", "url": "https://news.example/feed", **more})


def told(location: str, home: str | None = None) -> list[tuple[str, str, str | None]]:
    return [(p.place.name, p.place.country_code, p.place.admin1_code) for p in located(location, ATLAS, Context(), home) if p.place]


def line_of(text: str, context: Context, **more: object) -> Dateline | None:
    return read_dateline(Text(body=text), Entry(position=0), source(**more), NOW, ATLAS, context)


@pytest.mark.parametrize(
    ("location", "places"),
    [
        ("ZAOZHUANG, China", [("Zaozhuang", "CN", "25")]),
        ("DELAWARE, WILMINGTON, UNITED STATES", [("Wilmington", "US", "DE")]),
        ("WILMINGTON, DE, UNITED STATES", [("Wilmington", "US", "DE")]),
        ("SHANDONG, China", [("Shandong", "CN", "25")]),
        ("SAN FRANCISCO & TEL AVIV, Israel", [("San Francisco", "US", "CA"), ("Tel Aviv", "IL", "05")]),
        ("SAN MATEO & SAN FRANCISCO, Calif", [("San Mateo", "US", "CA"), ("San Francisco", "US", "CA")]),
        ("LONDON & WILMINGTON, Del", [("London", "GB", "ENG"), ("Wilmington", "US", "DE")]),
        ("QINGDAO, SHANGHAI", [("Qingdao", "CN", "25"), ("Shanghai", "CN", "23")]),
        ("MILAN ITALY", [("Milan", "IT", "09")]),
        ("Victoria BC, Canada", [("Victoria", "CA", "02")]),
        ("Wilmington, Del. USA", [("Wilmington", "US", "DE")]),
        ("Frankfurt/Main", [("Frankfurt am Main", "DE", "05")]),
        ("Frankfurt a.M.", [("Frankfurt am Main", "DE", "05")]),
        ("Kehl/Straßburg", [("Kehl", "DE", "01"), ("Strasbourg", "FR", "44")]),
        ("SARAJEVO, Bosnia and Herzegovina", [("Sarajevo", "BA", "01")]),
        ("新疆哈密", [("Hami", "CN", "13")]),
        ("王小明台中", [("Taichung", "TW", "04")]),
        ("青岛、上海", [("Qingdao", "CN", "25"), ("Shanghai", "CN", "23")]),
        ("中国・青岛", [("Qingdao", "CN", "25")]),
        ("عمان", [("Amman", "JO", "02")]),
        ("UNITED NATIONS", []),
        ("EUROPE", []),
        ("REGION / Kehl", [("Kehl", "DE", "01")]),
        ("BERLIN, BERLIN", [("Berlin", "DE", "16")]),
    ],
)
def test_places_of_a_line(location: str, places: list[tuple[str, str, str | None]]) -> None:
    """Lists, regions, reversed orders, missing commas, provinces in front."""
    assert told(location) == places


def test_an_agencys_home_decides_between_namesakes() -> None:
    """Unless another is far bigger; of release wires' America, unless another is three times as big."""
    assert told("VALENCIA", "ES") == [("Valencia", "ES", "60")]
    assert told("SAN MATEO", "US") == [("San Mateo", "US", "CA")]
    assert told("LONDON", "US") == [("London", "GB", "ENG")]


def test_names_keep_what_stands_beside_them() -> None:
    """Region and country are given on as written, in that order."""
    assert names("WILMINGTON, Del, USA", ATLAS) == (PlaceName(name="WILMINGTON", region="Del", country="USA"),)


def test_an_unknown_name_stays_with_what_is_known() -> None:
    """A village no gazetteer has is known as far as its country; with nothing beside it, as nothing."""
    (village,) = located("XYZVILLE, China", ATLAS, Context())
    assert village.place is not None
    assert (village.surface, village.place.country_code) == ("XYZVILLE", "CN")
    assert [p.place for p in located("XYZVILLE", ATLAS, Context())] == [None]


@given(st.text(alphabet=st.sampled_from("ABerlin, /&-;()中国青岛・、 andund"), max_size=60))
def test_any_string_gives_names(location: str) -> None:
    """Nothing raises, and no name is empty."""
    assert all(n.name.strip() for n in names(location, ATLAS))


def test_a_bare_word_counts_only_as_a_known_place() -> None:
    """"Congressforum." and "Mutterstadt." differ by the gazetteer, and by where the paper is."""
    german = Context(language="de", country="DE")
    assert line_of("Mutterstadt. Im Saal trafen sich die Freunde", german) is not None
    assert line_of("Congressforum. Am Freitag kamen die Freunde", german) is None
    assert line_of("Mutterstadt. Im Saal trafen sich die Freunde", Context(language="en", country="US")) is None
    assert line_of("Kehl – Straßburg: zwei Städte", german) is None
    assert line_of("Reading - A book club for partner towns", Context(language="en", country="GB")) is None


def test_a_line_is_read_whole() -> None:
    """Places looked up, the date completed, the agency named, the printed line kept."""
    got = line_of("ZAOZHUANG, China, July 21 /PRNewswire/ -- The city", Context(language="en"))
    assert got is not None
    assert got.raw == "ZAOZHUANG, China, July 21 /PRNewswire/ --"
    assert (got.agency, str(got.date), got.date_raw, got.date_rule) == ("PRNewswire", "2026-07-21", "July 21", "year from publication")
    assert [p.place and p.place.name for p in got.places] == ["Zaozhuang"]


def test_structured_places_are_taken_as_given() -> None:
    """A location field is looked up as it stands; the printed line gives the date and the agency."""
    entry = Entry(position=0, wired=Wired(dateline="SOMEWHERE, July 21 (AFP) -", places=(PlaceName(name="Wilmington", region="Delaware"),)))
    got = read_dateline(Text(), entry, source(), NOW, ATLAS, Context())
    assert got is not None
    assert [(p.place.name, p.place.admin1_code) for p in got.places if p.place] == [("Wilmington", "DE")]
    assert (got.field, got.agency, str(got.date)) == ("structured", "AFP", "2026-07-21")


def test_what_is_printed_is_the_dateline() -> None:
    """A location field that names another place (the subject's) does not replace the place printed; a time in the field is no place."""
    entry = Entry(position=0, wired=Wired(dateline="MILAN, July 23", places=(PlaceName(name="Berlin"),)))
    got = read_dateline(Text(), entry, source(), NOW, ATLAS, Context())
    assert got is not None
    assert [p.place.name for p in got.places if p.place] == ["Milan"]
    timed = Entry(position=0, wired=Wired(dateline="2026-07-23 10:00:00 GMT"))
    printed = read_dateline(Text(body="MILAN, July 23 (Reuters) - The"), timed, source(), NOW, ATLAS, Context())
    assert printed is not None
    assert (printed.field, printed.agency) == ("body", "Reuters")


def test_the_papers_country_is_known_by_its_address() -> None:
    """A small town in capitals before a colon counts in a paper of its country, not in one of the world."""
    line = Text(body="KEHL: The mayors met on the bridge")
    for link, found in (("https://www.paper.de/a", True), ("https://www.paper.io/a", False), (None, False)):
        got = read_dateline(line, Entry(position=0, link=link), source(), NOW, ATLAS, Context(language="en"))
        assert (got is not None) == found


def test_an_aggregators_name_is_no_agency() -> None:
    """A source that only collects gives lines without a mark no agency."""
    kehl = "KEHL, July 21 -- The mayors met"
    own, collected = line_of(kehl, Context(), wire="W"), line_of(kehl, Context(), wire="W", tags=["aggregator"])
    assert own is not None
    assert collected is not None
    assert (own.agency, collected.agency) == ("W", None)


def test_our_own_lines_against_the_gazetteer() -> None:
    """At least 97 of 100 wholly right: every place, its division where we know it, and no other place; every date."""
    wrong = []
    for line, language, _, places, day in ROWS:
        got = read_dateline(Text(body=line), Entry(position=0), source(language=language), NOW, real(), Context(language=language))
        found = [p.place for p in got.places if p.place] if got else []
        right = len(found) == len(places) and all(
            p.country_code == country and division in {None, p.admin1_code}
            and (p.place_id in {c.place_id for c in real().cities(name)} or bare(fold(name)).startswith(bare(fold(p.name))))
            for p, (name, country, division) in zip(found, places, strict=True))
        if not right or (got and got.date) != day:
            wrong.append((line[:50], found, got and got.date))
    assert len(wrong) <= 0.03 * len(ROWS), wrong


def test_what_is_no_dateline_stays_none() -> None:
    """Sentences, headings, pairs of towns, labels of newspapers."""
    told = [(t, got.raw) for t, language in NOT_DATELINES if (got := read_dateline(
        Text(body=t), Entry(position=0), source(language=language), NOW, real(), Context(language=language)))]
    assert told == []
