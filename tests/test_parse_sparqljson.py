"""Answers of SPARQL endpoints: rows, or one line that says why there are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse.sparqljson import MAX_ROWS, MAX_VALUE, NotRowsError, rows


def answer(*bindings: Any) -> bytes:
    """An answer as endpoints give it."""
    return json.dumps({"head": {"vars": []}, "results": {"bindings": list(bindings)}}).encode()


def test_rows_are_plain_values() -> None:
    """Addresses and literals with their types dropped; what is not bound is not there."""
    link = {"type": "uri", "value": "http://x/1"}
    start = {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#dateTime", "value": "1982-03-20T00:00:00Z"}
    old = {"type": "typed-literal", "datatype": "x", "value": "9"}
    assert rows(answer({"link": link, "start": start}, {"link": link, "n": old}, {})) == [
        {"link": "http://x/1", "start": "1982-03-20T00:00:00Z"}, {"link": "http://x/1", "n": "9"}, {}]


def test_no_rows_is_an_answer() -> None:
    """Empty bindings are no failure."""
    assert rows(answer()) == []


@pytest.mark.parametrize(("body", "why", "kind"), [
    (b"<!DOCTYPE html><p>Sorry</p>", "is a web page", Kind.NOT_A_FEED),
    (b"<?xml version='1.0'?><sparql/>", "is XML", Kind.NOT_A_FEED),
    (answer({"a": {"type": "uri", "value": "x"}})[:-9], "breaks off", Kind.BROKEN_ANSWER),
    (answer()[:-1] + b"java.util.concurrent.TimeoutException", "breaks off", Kind.BROKEN_ANSWER),
    (b"SPARQL-QUERY: queryStr=SELECT", "is no JSON", Kind.NOT_A_FEED), (b"", "is no JSON", Kind.NOT_A_FEED), (b"\xff\xfe", "is not UTF-8", Kind.NOT_A_FEED),
    (b"[" * 100_000, "is no JSON", Kind.NOT_A_FEED), (b"[]", "holds no results", Kind.NOT_A_FEED), (b'{"boolean": true}', "holds no results", Kind.NOT_A_FEED),
    (b'{"results": {"bindings": {}}}', "holds no results", Kind.NOT_A_FEED), (answer(1), "holds a row that is none", Kind.NOT_A_FEED),
    (answer({"a": "x"}), "'a' that is none", Kind.NOT_A_FEED), (answer({"a": {"type": "uri", "value": 7}}), "'a' that is none", Kind.NOT_A_FEED),
    (answer({"a": {"type": "triple", "value": "x"}}), "'a' that is none", Kind.NOT_A_FEED),
    (answer({"a": {"type": "uri", "value": "x" * (MAX_VALUE + 1)}}), "characters", Kind.NOT_A_FEED),
    (answer(*[{}] * (MAX_ROWS + 1)), "rows; ", Kind.TOO_LARGE)], ids=lambda v: repr(v)[:30])
def test_anything_else_is_told_in_one_line(body: bytes, why: str, kind: Kind) -> None:
    """Web pages, other formats, half an answer, wrong types, too much: why, and whether less might go well."""
    with pytest.raises(NotRowsError, match=why) as caught:
        rows(body)
    assert caught.value.kind is kind
    assert "\n" not in str(caught.value)


_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(
    ["results", "bindings", "type", "value", "a"]), v, max_size=3), max_leaves=20)


@given(_VALUES)
def test_no_json_breaks_the_reader(value: Any) -> None:
    """Rows of text, or the one error."""
    try:
        found = rows(json.dumps(value).encode())
    except NotRowsError:
        return
    assert all(isinstance(v, str) for row in found for v in row.values())
