"""Records through JSON and back, and what is no record."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse.outcome import Unreadable
from twinwire.records import Category, Entry, Feed, Page, PageKind, Parsed, PlaceName, Quarantined, Text, Wired
from twinwire.sandbox import codec
from twinwire.sandbox.codec import Garbled

WORDS = st.text(max_size=12) | st.sampled_from(["\\ud800", "\\\\ud800", '"\\u', "\u2028", "\x7f", "\U0001f600", "\\"])
MAYBE = st.none() | WORDS
MANY = st.lists(WORDS, max_size=2).map(tuple)
COUNT = st.integers(0, 1 << 40)


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


def build(cls: type, **given_: Any) -> st.SearchStrategy[Any]:
    """Any record of a class: every field that is not given is a text, maybe none."""
    kinds = {"str": WORDS, "str | None": MAYBE, "tuple[str, ...]": MANY, "int": COUNT, "int | None": st.none() | COUNT}
    return st.builds(cls, **{f.name: given_[f.name] if f.name in given_ else kinds[str(f.type)] for f in fields(cls)})


WIRED = build(Wired, places=some(build(PlaceName)))
ENTRY = build(Entry, categories=some(build(Category)), wired=st.none() | WIRED, extra=st.dictionaries(WORDS, MANY, max_size=2))
LINES = st.text(max_size=12).filter(str.isprintable)
PAGE = build(Page, kind=st.sampled_from(PageKind), reason=LINES)
UNREADABLE = build(Unreadable, kind=st.sampled_from(Kind), message=LINES)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8)


@st.composite
def parsed(draw: st.DrawFn) -> Parsed:
    entries = draw(some(ENTRY))
    texts = tuple(draw(build(Text)) for _ in entries) if draw(st.booleans()) else ()
    return Parsed(feed=draw(build(Feed)), entries=entries, quarantined=draw(some(build(Quarantined, reason=LINES))), damage=draw(st.none() | LINES),
                  parser=draw(WORDS), encoding=draw(WORDS), texts=texts)


@given(parsed())
def test_what_was_parsed_survives(value: Parsed) -> None:
    """Every field of every record in it."""
    assert codec.parsed(codec.loaded(codec.dumped(value))) == value


@given(PAGE)
def test_a_page_survives(value: Page) -> None:
    """With its kind."""
    assert codec.page(codec.loaded(codec.dumped(value))) == value


@given(UNREADABLE)
def test_a_reason_survives(value: Unreadable) -> None:
    """With its class."""
    assert codec.unreadable(codec.loaded(codec.dumped(value))) == value


def test_what_is_shown_is_one_printable_line() -> None:
    """A child cannot talk to the terminal."""
    told = codec.unreadable(["not-a-feed", "it\x1b[2J\nsays " + "x" * 1000])
    assert told.message.startswith("it [2J says x")
    assert len(told.message) == 500


@pytest.mark.parametrize("cls", codec.SHAPES)
def test_every_field_of_a_record_has_its_place(cls: type) -> None:
    """A field added to a record has to be added to its shape."""
    assert list(codec.SHAPES[cls]) == [f.name for f in fields(cls)]


@given(JSON)
def test_other_json_is_garbled_and_nothing_else_is_raised(value: Any) -> None:
    """Whatever a child may say."""
    for read in (codec.parsed, codec.page, codec.unreadable, codec.text, codec.texts):
        try:
            read(value)
        except Garbled:
            continue
        assert isinstance(value, str | list)


@given(parsed(), st.data())
def test_one_wrong_value_is_noticed(value: Parsed, data: st.DataObject) -> None:
    """A number, a truth or an object where a record has a text, a list or None."""
    raw = json.loads(codec.dumped(value))
    places = list(_places(raw))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(st.sampled_from([1.5, True, -1, 1 << 60, {"a": 1}]))
    with pytest.raises(Garbled):
        codec.parsed(raw)


def _places(value: Any) -> Any:
    if isinstance(value, list):
        for i, inner in enumerate(value):
            yield value, i
            yield from _places(inner)


@pytest.mark.parametrize("raw", [
    b"", b"{", b"\xff", b'"\xed\xa0\x80"', b'"\\ud800"', b'"a\\\\\\uDFFF"', b"[" * 100_000, b"1" * 10_000, b'"\x01"'])
def test_bytes_that_are_no_json_are_garbled(raw: bytes) -> None:
    """Half characters too: they would break the load of everybody's rows."""
    with pytest.raises(Garbled):
        codec.loaded(raw)


@pytest.mark.parametrize("text", ["\\ud800", "\\\\ud800", "a\\\\\\udfff", "\U0001f600", "C:\\users"])
def test_a_backslash_is_no_half_character(text: str) -> None:
    """What only looks like an escape is text."""
    assert codec.loaded(codec.dumped([text])) == [text]


def test_too_many_entries_and_texts_of_others_are_garbled() -> None:
    """A text belongs to one entry."""
    entry = Entry(position=0)
    for value in (Parsed(feed=Feed(), entries=(entry,) * 20_001), Parsed(feed=Feed(), entries=(entry,), texts=(Text(), Text()))):
        with pytest.raises(Garbled):
            codec.parsed(codec.loaded(codec.dumped(value)))
