"""JSON Feed: wrong types, broken documents, hostile nesting."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import Unreadable, parse
from twinwire.records import Parsed

VERSION = "https://jsonfeed.org/version/1.1"
JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))
ITEM = st.fixed_dictionaries({}, optional=dict.fromkeys((
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "date_published", "date_modified",
    "authors", "author", "tags", "language", "attachments"), JSON))


def feed(*items: Any, **top: Any) -> bytes:
    return json.dumps({"version": VERSION, "items": list(items), **top}).encode()


@given(st.lists(ITEM | JSON, max_size=4))
def test_any_types_anywhere(items: list[Any]) -> None:
    """Each item is an entry or quarantined, whatever the types of its fields; none vanishes."""
    got = parse(feed(*items))
    if isinstance(got, Parsed):
        assert len(got.entries) + len(got.quarantined) == len(items)
    else:
        assert got.kind is Kind.ALL_ENTRIES_BAD


@pytest.mark.parametrize("tail", ["[" * 200_000, '[{"id":"1","x":' + "[" * 200_000, "{}", "null", "7"])
def test_deep_or_itemless(tail: str) -> None:
    """Nesting of any depth and items that are no list end in a value, not in a RecursionError."""
    got = parse(f'{{"version":"{VERSION}","items":{tail}'.encode() + (b"}" if len(tail) < 9 else b""))
    assert isinstance(got, Unreadable)
    assert got.kind is Kind.NOT_A_FEED


def test_lone_surrogate_and_huge_number() -> None:
    """A lone surrogate is removed, an integer of thousands of digits does not stop the document."""
    got = parse(f'{{"version":"{VERSION}","items":[{{"id":{"9" * 6000},"title":"a \\ud800 b","x":NaN}}]}}'.encode())
    assert isinstance(got, Parsed)
    assert got.entries[0].title == "a  b"


def test_truncated_document_gives_its_whole_items() -> None:
    """Items before the break are read, and the damage is named."""
    whole = feed({"id": "1", "title": "a"}, {"id": "2", "title": "b"}, title="Desk")
    got = parse(whole[: whole.rindex(b'"b"')])
    assert isinstance(got, Parsed)
    assert [e.id for e in got.entries] == ["1"]
    assert got.damage is not None
    assert got.damage.startswith("document ends early")


def test_too_many_items() -> None:
    """Twenty thousand items are read, and the damage says that there were more."""
    got = parse(feed(*({"id": str(i)} for i in range(20_001))))
    assert isinstance(got, Parsed)
    assert len(got.entries) == 20_000
    assert got.damage == "only the first 20000 of 20001 entries read"
