"""Whole payloads: a document per behaviour with its expectation beside it, and the edges of the entry point."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.mappings import EntryPaths, Mapping
from twinwire.errors import Kind
from twinwire.parse import Unreadable, parse
from twinwire.records import Parsed

FEEDS = Path(__file__).parent / "feeds"
CASES = sorted(p for p in FEEDS.iterdir() if p.suffix != ".json" or (FEEDS / f"{p.stem}.expect.json").exists())


def expectation(case: Path) -> dict[str, Any]:
    name = f"{case.stem}.expect.json" if case.suffix == ".json" else f"{case.stem}.json"
    return json.loads((FEEDS / name).read_text(encoding="utf-8"))


def plain(value: Any) -> Any:
    """Tuples as lists and without fields that are None, as an expectation writes them."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v is not None}
    return [plain(v) for v in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_document_gives_what_stands_beside_it(case: Path) -> None:
    """Every value an expectation names comes out of the document as it is written there."""
    got, want = parse(case.read_bytes()), expectation(case)
    if "unreadable" in want:
        assert isinstance(got, Unreadable), got
        assert got.kind == want["unreadable"]
        assert want["message"] in got.message
        return
    assert isinstance(got, Parsed), got
    assert len(got.quarantined) == want.get("quarantined", 0), got.quarantined
    assert len(got.entries) == len(want["entries"])
    for name in want.keys() & {"parser", "encoding", "damage"}:
        assert getattr(got, name) == want[name]
    for name, value in want.get("feed", {}).items():
        assert getattr(got.feed, name) == value
    for entry, expected in zip(got.entries, want["entries"], strict=True):
        values = asdict(entry)
        assert {k: plain(values[k]) for k in expected} == expected


def test_there_are_cases() -> None:
    """The folder of documents is found, so that the test above cannot pass by finding none."""
    assert len(CASES) >= 25


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\xef\xbb\xbf\n", b"\0\0"])
def test_nothing_is_empty(body: bytes) -> None:
    """Bytes without a character in them are EMPTY, not a broken feed."""
    got = parse(body)
    assert isinstance(got, Unreadable)
    assert got.kind is Kind.EMPTY


def test_relative_links_stand_against_the_address() -> None:
    """Where the document names no base, its own address is the base of relative links."""
    body = b"<rss version='2.0'><channel><item><title>a</title><link>/x?b=1</link></item></channel></rss>"
    near, unknown = parse(body, url="https://wire.example/feeds/all.xml"), parse(body)
    assert isinstance(near, Parsed)
    assert isinstance(unknown, Parsed)
    assert near.entries[0].link == "https://wire.example/x?b=1"
    assert unknown.entries[0].link == "/x?b=1"


@pytest.mark.parametrize("tail", ["</item>", "<br></item>"], ids=["fast", "careful"])
def test_empty_link_is_not_the_feed(tail: str) -> None:
    """An empty link stays empty and an opaque id stays as it is, also where the document's address is known."""
    body = "<rss version='2.0'><channel><item><title>a</title><link/><guid>123</guid>" + tail + "</channel></rss>"
    got = parse(body.encode(), url="https://wire.example/feeds/all.xml")
    assert isinstance(got, Parsed)
    assert got.entries[0].id == "123"
    assert got.entries[0].link != "https://wire.example/feeds/all.xml"


def test_server_charset_is_used_when_the_document_names_none() -> None:
    """The charset of the Content-Type header decides where neither bytes nor document do."""
    body = "<rss><channel><item><title>Города</title></item></channel></rss>".encode("koi8-r")
    got = parse(body, content_type="text/xml; charset=KOI8-R")
    assert isinstance(got, Parsed)
    assert (got.entries[0].title, got.encoding) == ("Города", "koi8_r")


def test_wrong_configured_format_is_named() -> None:
    """A feed that is readable, but not in the format its source is configured for, says so."""
    got = parse(b"<rss><channel><item><title>a</title></item></channel></rss>", format="jsonfeed")
    assert isinstance(got, Unreadable)
    assert "jsonfeed" in got.message
    assert "auto" in got.message


def test_mapped_json_needs_its_mapping() -> None:
    """A JSON list is read by the mapping of its name; without one the line says where it belongs, and a page is named as such."""
    mapping = Mapping(list="rows", entry=EntryPaths(title=("t",)))
    got = parse(b'{"rows": [{"t": "a"}]}', format="json:own", mapping=mapping)
    assert isinstance(got, Parsed)
    assert got.entries[0].title == "a"
    for body, known, says in ((b'{"rows": []}', None, "no mapping 'own' is known"), (b"<html><title>x</title>", mapping, "HTML page")):
        refused = parse(body, format="json:own", mapping=known)
        assert isinstance(refused, Unreadable)
        assert says in refused.message


def test_plain_text_is_read_where_the_source_says_so() -> None:
    """Text without a wire's marks is no payload by itself."""
    body = b"Two towns sign a pact\n\nThe mayors of two towns met on Friday and signed a pact of friendship for ten years.\n"
    assert isinstance(parse(body), Unreadable)
    assert isinstance(parse(body, format="wire-text"), Parsed)


def test_feed_of_only_bad_entries_is_bad() -> None:
    """One bad entry is not a bad feed; a feed of only bad entries is."""
    got = parse(b"<rss><channel><item/><item> </item></channel></rss>")
    assert isinstance(got, Unreadable)
    assert got.kind is Kind.ALL_ENTRIES_BAD


@given(st.binary(max_size=400), st.sampled_from([b"", b"<rss><channel><item>", b'{"version":"https://jsonfeed.org/version/1","items":[']))
def test_any_bytes_give_a_value(body: bytes, start: bytes) -> None:
    """Whatever the bytes, the outcome is a value with printable text in it, never an exception."""
    got = parse(start + body)
    if isinstance(got, Unreadable):
        assert got.message.isprintable()
        assert len(got.message) <= 500
    else:
        for entry in got.entries:
            text = entry.title + entry.summary + entry.content
            text.encode()
            assert not any((c < " " and c not in "\t\n\r") or "\x7f" <= c <= "\x9f" for c in text)
