"""ninjs 1.0–3.0: agencies' envelopes, wrong types, cut documents, places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import ninjs
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Category, Entry, Parsed, PlaceName, Wired

KEYS = (
    "uri", "guid", "headline", "headlines", "title", "body_text", "body_html", "bodies", "descriptions", "description_text", "byline",
    "bylines", "by", "authors", "located", "dateline", "datelinelocation", "place", "places", "subject", "subjects", "person",
    "keywords", "renditions", "altids", "links", "provider", "infosources", "source", "versioncreated", "firstCreated", "standard",
    "embargoed", "pubstatus", "slugline", "version", "associations", "language", "copyrightholder", "evolvedfrom", "type")
SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
ROW = st.dictionaries(st.sampled_from(("name", "code", "uri", "value", "role", "contentType", "href", "rels", "parentids", "address", "city",
                                       "contactInfo", "locationtype", "country", "rel", "scheme", "by", "literal")), SCALARS, max_size=4)
JSON = st.recursive(SCALARS | ROW, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3))
ITEM = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON))

TWO = {  # version 2 and later, with the spelling of 3
    "uri": "https://news.example/items/7", "standard": {"name": "ninjs", "version": "3.0"}, "type": "text", "version": "4",
    "versionCreated": "2026-03-02T10:00:00Z", "firstCreated": "2026-03-01T09:00:00Z", "pubStatus": "usable", "language": "en",
    "embargoedUntil": "2026-03-02T12:00:00Z", "slugline": "towns-pact", "by": "Ada Quill", "located": "Westport, Connecticut, USA",
    "headlines": [{"role": "short", "value": "Pact"}, {"role": "main", "value": "Two towns sign a pact"}],
    "descriptions": [{"role": "summary", "value": "They did."}],
    "bodies": [{"role": "nitf", "contentType": "text/vnd.IPTC.NITF", "value": "<nitf><body><body.content><p>x</p></body.content></body></nitf>"},
               {"role": "main", "contentType": "text/html", "value": "<p>Mayors met.</p>"}],
    "subjects": [{"name": "town twinning", "uri": "http://cv.example/topic/20000123"}],
    "infoSources": [{"name": "Harbour News"}], "copyrightHolder": "Harbour Ltd", "copyrightNotice": "© Harbour",
    "renditions": [{"name": "main", "href": "https://news.example/a.jpg", "contentType": "image/jpeg"},
                   {"name": "text", "href": "https://news.example/a.xml", "contentType": "text/xml"}],
    "associations": [{"name": "photo", "uri": "https://news.example/8", "headlines": [{"value": "A quay"}]}],
    "altIds": [{"role": "desk", "value": "D-7"}],
}


def doc(value: Any) -> Document:
    return Document(value if isinstance(value, str) else json.dumps(value), "utf-8")


def read(value: Any) -> tuple[Entry, ...]:
    got = ninjs.read(doc(value))
    assert isinstance(got, Parsed), got
    return got.entries


def wired(value: Any) -> Wired:
    found = read(value)[0].wired
    assert found is not None
    return found


@given(st.lists(ITEM | JSON, max_size=4), st.sampled_from(("list", "_items", "data", "alone")))
def test_any_types_anywhere(items: list[Any], shape: str) -> None:
    """Whatever the types of its fields, each item of a list is an entry or quarantined; nothing raises."""
    wrapped = {"list": items, "_items": {"_items": items}, "data": {"data": {"item": items}}, "alone": items[0] if items else None}
    got = ninjs.read(doc(wrapped[shape]))
    ninjs.recognises(doc(wrapped[shape]))
    if isinstance(got, Parsed) and shape in {"list", "_items"}:
        assert len(got.entries) + len(got.quarantined) == len(items)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)))
def test_arbitrary_json(value: Any) -> None:
    """Any JSON gives a value, never an exception."""
    ninjs.read(doc(value))


@given(st.text(max_size=200))
def test_arbitrary_text(text: str) -> None:
    """Any text gives a value, never an exception, and none of it is taken for ninjs."""
    assert isinstance(ninjs.read(doc(text)), Unreadable | Parsed)


def test_every_field_of_version_3() -> None:
    """Headline, text, dates, provider, place, subjects and media go where an entry has them; associations are no entries."""
    got = ninjs.read(doc(TWO))
    assert isinstance(got, Parsed)
    assert got.feed.format == "ninjs-3.0"
    assert len(got.entries) == 1
    e = got.entries[0]
    assert (e.id, e.link, e.title, e.summary, e.content) == (
        TWO["uri"], TWO["uri"], "Two towns sign a pact", "They did.", "<p>Mayors met.</p>")
    assert (e.published_raw, e.updated_raw, e.language) == ("2026-03-01T09:00:00Z", "2026-03-02T10:00:00Z", "en")
    assert (e.authors, e.publisher, e.rights) == (("Ada Quill",), "Harbour Ltd", "© Harbour")
    assert e.categories == (Category(term="20000123", scheme="http://cv.example/topic/", label="town twinning"),)
    assert e.enclosures == ("https://news.example/a.jpg",)
    assert e.extra["ninjs:altid"] == ("D-7",)
    assert e.wired == Wired(
        dateline="Westport, Connecticut, USA", places=(PlaceName(name="Westport", region="Connecticut", country="USA"),),
        slug="towns-pact", provider="Harbour News", version="4", status="usable", embargo_raw="2026-03-02T12:00:00Z")


@pytest.mark.parametrize(("item", "title"), [
    ({"uri": "u", "headline": "A", "title": "B"}, "A"),
    ({"uri": "u", "headline_main": "A", "headline_extended": "B"}, "A"),
    ({"uri": "u", "headline": None, "headlines": [None, {"value": 3}, {"value": "A", "role": "main"}]}, "A"),
    ({"uri": "u", "headlines": "A"}, "A"),
    ({"uri": "u", "headline": ["", "A"]}, "A"),
    ({"uri": "u", "title": "A"}, "A"),
    ({"uri": "u", "headline": {"a": 1}, "body_text": "x"}, ""),
])
def test_headlines(item: dict[str, Any], title: str) -> None:
    """The main headline wins over others, these over the working title; a wrong type counts as absent."""
    assert read(item)[0].title == title


def test_text_with_signs_of_markup() -> None:
    """Plain text with angle brackets is given as HTML that says the same; NITF is used only where nothing else is."""
    assert read({"uri": "u", "body_text": "Write to <a@b.example>\n\nR&D"})[0].content == (
        "<p>Write to &lt;a@b.example&gt;</p>\n<p>R&amp;D</p>")
    assert read({"uri": "u", "bodies": [TWO["bodies"][0]]})[0].content == "<p>x</p>"  # type: ignore[index]


def test_lists_of_superdesk_and_ap() -> None:
    """Items of an API's envelope are found, and the wrapped ones unwrapped."""
    assert [e.id for e in read({"_items": [{"_id": "1", "headline": "A"}, {"guid": "2"}], "_meta": {}})] == ["1", "2"]
    assert [e.id for e in read({"data": {"items": [{"meta": {}, "item": {"uri": "u", "headline": "A"}}]}})] == ["u"]
    assert read([]) == ()


def test_an_id_that_changes_with_each_request() -> None:
    """AP's uri carries the request's token: its own id is taken, and the canonical page as the link."""
    item = {"uri": "https://api.example/content/1?qt=abc&et=9", "altids": {"itemid": "1f", "etag": "1f_0"}, "headline": "A",
            "links": [{"rel": "canonical", "href": "https://news.example/1"}]}
    e = read({"data": {"item": item}})[0]
    assert (e.id, e.link) == ("1f", "https://news.example/1")


def test_where_it_was_filed() -> None:
    """The parts of a dateline win over its text, and both over the places a story names."""
    ap = {"uri": "u", "located": "HARBOUR, N.Y.", "place": [{"name": "Elsewhere"}],
          "datelinelocation": {"city": "Harbour", "countryareacode": "NY", "countryareaname": "New York", "countryname": "United States"}}
    assert wired(ap).places == (PlaceName(name="Harbour", region="New York", country="United States", level="city"),)
    assert wired(ap).dateline == "HARBOUR, N.Y."
    superdesk = {"uri": "u", "dateline": {"text": "LAKETOWN, Mar 1 XYZ -", "located": {"city": "Laketown", "state": "Victoria", "country": "Australia"}}}
    assert wired(superdesk) == Wired(dateline="LAKETOWN, Mar 1 XYZ -", places=(
        PlaceName(name="Laketown", region="Victoria", country="Australia", level="city"),))


def test_places_named_in_a_story() -> None:
    """Codes of parents give region and country; what is there only as an ancestor is no place of the story."""
    places = [
        {"code": "c", "name": "Harbour", "rels": ["direct"], "parentids": ["s"], "locationtype": {"name": "City"}},
        {"code": "s", "name": "Coastland", "rels": ["ancestor"], "parentids": ["n"], "locationtype": {"name": "State"}},
        {"code": "n", "name": "Oceania Minor", "rels": ["ancestor"], "parentids": ["s"], "locationtype": {"name": "Nation"}},
    ]
    item = {"uri": "u", "place": places}
    assert wired(item).places == (PlaceName(name="Harbour", region="Coastland", country="Oceania Minor", level="city"),)
    assert [c.label for c in read(item)[0].categories] == ["Harbour", "Coastland", "Oceania Minor"]
    venue = {"uri": "u", "places": [{"name": "Old Hall", "contactInfo": [{"address": {"locality": "Harbour", "country": "Norway"}}]}]}
    assert wired(venue).places == (PlaceName(name="Harbour", country="Norway", level="city"),)


def test_provider_and_origin() -> None:
    """The agency that made the document is the provider; whom it had the story from is kept beside it."""
    e = read({"uri": "u", "provider": "AP", "infosource": [{"name": "Coast Daily"}], "bylines": [{"by": "By A. Quill"}]})[0]
    assert e.wired is not None
    assert (e.wired.provider, e.source_title, e.authors) == ("AP", "Coast Daily", ("By A. Quill",))


def test_a_cut_list_gives_its_whole_items() -> None:
    """Items before the break are read and the damage is named; of a single item that is cut nothing is."""
    whole = json.dumps({"_items": [{"uri": "1", "headline": "A"}, {"uri": "2", "headline": "B"}]})
    got = ninjs.read(doc(whole[: whole.index('"B"')]))
    assert isinstance(got, Parsed)
    assert [e.id for e in got.entries] == ["1"]
    assert "JSON breaks at character" in str(got.damage)
    one = json.dumps({"uri": "1", "headline": "A", "subject": [{"name": "x"}, {"name": "y"}]})
    cut = ninjs.read(doc(one[:-20]))
    assert isinstance(cut, Unreadable)
    assert "breaks" in cut.message


@pytest.mark.parametrize(("text", "says"), [
    ("[" * 1_000_000, "nested too deep"),
    ('{"uri":"u","a":' * 300_000, "nested too deep"),
    ("Not found", "not valid JSON"),
    ("null", "null"),
    ('{"error":"no key"}', "without a news item"),
    ('{"$schema":"x","title":"ninjs","properties":{"uri":{},"headline":{}}}', "JSON Schema"),
    ('{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}', "JSON Feed"),
    ("[1,null]", "none of 2 items"),
])
def test_what_holds_no_news(text: str, says: str) -> None:
    """Nesting of any depth, errors, schemas and other formats end in one line that says what came."""
    got = ninjs.read(doc(text))
    assert isinstance(got, Unreadable)
    assert says in got.message
    assert got.kind in {Kind.NOT_A_FEED, Kind.ALL_ENTRIES_BAD}


def test_numbers_no_machine_holds() -> None:
    """NaN, infinities and numbers of thousands of digits do not stop a document."""
    e = read(f'{{"uri":{"9" * 6000},"headline":"A","urgency":1e999,"version":NaN}}')[0]
    assert str(e.id).startswith("999")
    assert "ninjs:urgency" not in e.extra


def test_too_many_items() -> None:
    """Twenty thousand items are read, and the damage says that there were more."""
    got = ninjs.read(doc([{"uri": str(i)} for i in range(20_001)]))
    assert isinstance(got, Parsed)
    assert (len(got.entries), got.damage) == (20_000, "only the first 20000 of 20001 entries read")


@pytest.mark.parametrize(("value", "is_ninjs"), [
    (TWO, True),
    ({"uri": "u", "headline": "A", "versioncreated": "x"}, True),
    ({"_items": [{"headline": "A", "body_html": "<p>x</p>"}]}, True),
    ({"headline": "A", "articleBody": "x", "copyrightHolder": "y", "@type": "NewsArticle"}, False),
    ({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "slugline": "x", "headline": "y"}]}, False),
    ({"uri": "u", "headline": "A"}, True),
    ({"results": [{"title": "A", "url": "x"}]}, False),
    ("<html>versioncreated headline</html>", False),
    ("Not found", False),
])
def test_recognition(value: Any, is_ninjs: bool) -> None:
    """Several of its keys, one of them its own, or the standard's name; other JSON is left to others."""
    assert ninjs.recognises(doc(value)) is is_ninjs


@pytest.mark.shared
def test_real_documents(shared: Path) -> None:
    """Every real item gives one entry with a headline, and text, provider, subjects and places where it has them."""
    folder = shared / "data" / "feeds"
    read_ones = 0
    for path in sorted([*(folder / "ninjs").iterdir(), *(folder / "nitf").glob("*.json")]):
        text = decode(path.read_bytes()).text
        got = ninjs.read(doc(text))
        if "schema" in path.name:
            assert isinstance(got, Unreadable)
            assert "JSON Schema" in got.message
            continue
        assert ninjs.recognises(doc(text)), path.name
        assert isinstance(got, Parsed), path.name
        assert len(got.entries) == 1, path.name
        e, read_ones = got.entries[0], read_ones + 1
        assert e.title, path.name
        assert e.id, path.name
        assert bool(e.content) == ('"bod' in text), path.name
        assert bool(e.categories) or '"subject' not in text, path.name
        if any(f'"{key}"' in text for key in ("located", "place", "places", "datelinelocation")) and '"place": []' not in text:
            assert e.wired is not None, path.name
            assert e.wired.places, path.name
        if any(f'"{key}"' in text for key in ("provider", "infosource", "infosources", "copyrightholder")):
            assert e.wired is not None, path.name
            assert e.wired.provider, path.name
    assert read_ones == 37
