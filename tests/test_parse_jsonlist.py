"""JSON lists read by a mapping: the shipped ones, other shapes, hostile documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire import config
from twinwire.config.mappings import Mapping, load_mappings
from twinwire.errors import Kind
from twinwire.parse import jsonlist
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Category, Parsed

SHIPPED = load_mappings(config.shipped("config") / "mappings.yaml")
MAPS = {
    "bare": Mapping.model_validate({"entry": {"title": "title", "link": "link"}}),
    "deep": Mapping.model_validate({"list": "a.*.rows", "entry": {
        "id": "id", "title": ["t.0.x", "t"], "link": "l", "authors": "by.*.name", "categories": ["tags", "kinds.*"], "enclosures": "img",
        "content": "body", "updated": "when", "language": "lang", "rights": "rights", "publisher": "pub"}}),
    "values": Mapping.model_validate({"list": "docs.*", "skip": ["facets"], "link_prefix": "https://a.example/x/", "entry": {
        "title": "title", "link": "link"}}),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(("a", "rows", "docs", "facets", "id", "t", "x", "title", "link", "by", "name", "tags", "img")), inner, max_size=4))


def doc(value: Any) -> Document:
    return Document(value if isinstance(value, str) else json.dumps(value), "utf-8")


def read(value: Any, name: str) -> Parsed:
    got = jsonlist.read(doc(value), MAPS.get(name) or SHIPPED[name])
    assert isinstance(got, Parsed), got
    return got


def refused(value: Any, name: str) -> Unreadable:
    got = jsonlist.read(doc(value), MAPS.get(name) or SHIPPED[name])
    assert isinstance(got, Unreadable), got
    return got


@given(JSON, st.sampled_from(sorted(MAPS)))
def test_any_types_anywhere(value: Any, name: str) -> None:
    """Any JSON under any mapping is entries, quarantined ones or one printable line."""
    got = jsonlist.read(doc(value), MAPS[name])
    if isinstance(got, Unreadable):
        assert got.message.isprintable()
        assert len(got.message) <= 500


@given(st.lists(st.none() | st.integers() | st.fixed_dictionaries({"title": JSON, "link": JSON}), max_size=5))
def test_no_member_vanishes(rows: list[Any]) -> None:
    """Each member of the list is an entry or quarantined."""
    got = jsonlist.read(doc(rows), MAPS["bare"])
    if isinstance(got, Parsed):
        assert len(got.entries) + len(got.quarantined) == len(rows)


def test_the_world_bank() -> None:
    """Entries are the values of an object, the one called facets is none, texts lie one step deeper."""
    got = read({"total": 9, "documents": {"facets": {}, "k1": {
        "id": "w1", "url": "https://bank.example/1", "title": {"cdata!": "A road <b>opens</b>"}, "descr": {"cdata!": "It opened."},
        "lnchdt": "2026/8/17 3:00:00", "conttype": "Press Release", "country": "Nordland"}}}, "worldbank")
    assert got.quarantined == ()
    e = got.entries[0]
    assert (e.id, e.link, e.title, e.summary, e.published_raw) == (
        "w1", "https://bank.example/1", "A road <b>opens</b>", "It opened.", "2026/8/17 3:00:00")
    assert e.categories == (Category(term="Press Release"), Category(term="Nordland"))


def test_gov_cn() -> None:
    """A bare list, with or without a function call around it."""
    rows = [{"title": "两座城市", "link": "https://www.gov.cn/1.htm", "pubDate": "2026-03-01"}]
    for text in (json.dumps(rows), f"pushInfoJsonpCallBack({json.dumps(rows)});"):
        assert jsonlist.recognises(doc(text))
        e = read(text, "gov-cn").entries[0]
        assert (e.title, e.link, e.published_raw) == ("两座城市", "https://www.gov.cn/1.htm", "2026-03-01")


def test_gov_uk_search() -> None:
    """Links without a host get it, and whole ones stay; the first organisation is the publisher."""
    orgs = [{"title": "Ministry of Lakes"}, {"title": "Harbour Office"}]
    got = read({"results": [{"title": "T", "link": "/news/t", "public_timestamp": "2026-03-01T00:00:00Z", "organisations": orgs},
                            {"title": "U", "link": "https://other.example/u"}]}, "gov-uk-search")
    assert [e.link for e in got.entries] == ["https://www.gov.uk/news/t", "https://other.example/u"]
    assert got.entries[0].publisher == "Ministry of Lakes"
    assert [c.term for c in got.entries[0].categories] == ["Ministry of Lakes", "Harbour Office"]


def test_paths() -> None:
    """Stars go through lists and objects, numbers into lists, and of alternatives the first with a text is taken."""
    rows = [{"id": 7, "t": [{"x": "A"}], "l": "https://a.example/1", "by": [{"name": "Ada"}, {"name": None}, 3, {"name": "Bo"}],
             "tags": ["x", "y"], "kinds": {"k": "z"}, "img": ["https://a.example/i.jpg"], "body": "B", "when": 1700000000, "pub": True}]
    got = read({"a": {"p": {"rows": rows}, "q": {"rows": [{"t": "C", "l": ""}]}, "r": {}}}, "deep")
    e, second = got.entries
    assert (e.id, e.title, e.authors, e.content, e.updated_raw) == ("7", "A", ("Ada", "Bo"), "B", "1700000000")
    assert ([c.term for c in e.categories], e.enclosures, e.publisher) == (["x", "y", "z"], ("https://a.example/i.jpg",), None)
    assert second.title == "C"


@pytest.mark.parametrize(("value", "name", "says"), [
    ({"message": "no key"}, "worldbank", "the mapping's list is not there: 'documents' (of 'documents.*') is missing; there is 'message'; it says 'no key'"),
    ({"documents": "x"}, "worldbank", "the mapping's list 'documents.*' is not there: 'documents' is text"),
    ({}, "worldbank", "the object is empty"),
    ([], "worldbank", "'documents' (of 'documents.*') is missing; a list stands there"),
    ({"results": {"k": {}}}, "gov-uk-search", "'results' is an object, not a list; there is 'k'; for the values of an object write 'results.*'"),
    ({"error": 1}, "bare", "the document is an object, not a list"),
    ("7", "bare", "the document is a number, not a list"),
    ("null", "bare", "JSON that is null"),
    ("<html>", "bare", "not valid JSON"),
    ({"a": {"p": {"lines": []}}}, "deep", "'a.*.rows' is missing; there is 'lines'"),
    ({"a": []}, "deep", "'a.*.rows' is missing"),
    ("[" * 1_000_000, "bare", "nested too deep"),
    ([{"headline": "A", "link": "https://a.example"}], "bare", "no entry has a title: 'title' is missing in all 1 of them; there are 'headline', 'link'"),
    ([{"title": "A"}, {"title": "B", "link": {}}], "bare", "no entry has a link: 'link' is missing in all 2 of them"),
    ([1, "x"], "bare", "none of 2 entries can be read: entry is a number, not an object"),
])
def test_another_shape_is_told_in_one_line(value: Any, name: str, says: str) -> None:
    """The line names the path that is missing and what stands there instead."""
    got = refused(value, name)
    assert says in got.message
    assert "\n" not in got.message
    assert got.kind in {Kind.NOT_A_FEED, Kind.ALL_ENTRIES_BAD}


def test_empty_lists_are_no_failure() -> None:
    """A list without entries, or an object with nothing but what is skipped, is read as such."""
    assert read([], "bare").entries == ()
    assert read({"docs": {"facets": {}}}, "values").entries == ()


@pytest.mark.parametrize(("name", "head", "tail"), [
    ("bare", "[", "]"), ("values", '{"n":[1,2],"docs":{"facets":{},"k":', "}}"), ("deep", '{"a":{"p":{"rows":[', "]}}}")])
def test_a_cut_document_gives_its_whole_entries(name: str, head: str, tail: str) -> None:
    """Wherever the document breaks, what is read are whole entries, and the damage is named."""
    one, two = '{"title":"A","t":"A","link":"https://a.example/1","l":"https://a.example/1"}', '{"title":"B","t":"B","link":"https://a.example/2","l":"2"}'
    whole = head + one + (',"m":' if name == "values" else ",") + two + tail
    for at in range(len(head + one), len(whole) - len(tail)):
        got = jsonlist.read(doc(whole[:at]), MAPS[name])
        assert isinstance(got, Parsed), (at, got)
        assert [e.title for e in got.entries] in (["A"], ["A", "B"][: 2 if whole[:at].endswith("}") else 1])
        assert str(got.damage).startswith("JSON breaks at character")


def test_numbers_no_machine_holds() -> None:
    """NaN and numbers of thousands of digits do not stop a document; lone surrogates are removed."""
    got = read(f'[{{"title":{"9" * 6000},"link":"https://a.example/\\ud800"}},{{"title":NaN,"link":1e999}},{{"title":"a","link":"b"}}]', "bare")
    assert got.entries[0].link == "https://a.example/"
    assert len(got.quarantined) == 1


def test_too_many_entries() -> None:
    """Twenty thousand entries are read, and the damage says that there were more."""
    got = read([{"title": "a", "link": f"https://a.example/{i}"} for i in range(20_001)], "bare")
    assert (len(got.entries), got.damage) == (20_000, "only the first 20000 of 20001 entries read")


@pytest.mark.shared
def test_a_real_answer(shared: Path) -> None:
    """The Federal Register's answer is read whole by the shipped mapping."""
    (path,) = (shared / "data" / "feeds" / "json").iterdir()
    got = read(path.read_text(encoding="utf-8"), "federal-register")
    assert len(got.entries) == 5
    assert all(e.id and e.link and e.title and e.published_raw and e.publisher and e.categories for e in got.entries)
