"""The plain subset that the careful reader is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse.flatten import flatten, split


@pytest.mark.parametrize(("raw", "flat"), [
    ("<t><![CDATA[a & <b>]]></t>", "<t>a &amp; &lt;b&gt;</t>"), ("<t><!-- x --><?php y ?></t>", "<t></t>"),
    ("<t><!-- never closed", "<t>&lt;!-- never closed"), ("<t><!DOCTYPE x></t>", "<t>&lt;!DOCTYPE x></t>"),
    ("<t><![CDATA[never <b>closed", "<t>never <b>closed"), ("<t>&#10;&#60;&#233;</t>", "<t>\n&#60;é</t>"),
    ('<g:Point srsName="urn:x" a="b"/>', '<g:Point a="b"/>'),
])
def test_flattening(raw: str, flat: str) -> None:
    """CDATA becomes text, comments and instructions go, declarations become text, characters are themselves."""
    assert flatten(raw) == flat


def test_slow_spots_are_bounded() -> None:
    """Words inside people's elements are cut, an entry's hundred-and-first category is hidden."""
    flat = flatten("<item><author>" + "a.b." * 1000 + "@</author>" + "<category>c</category>" * 150 + "</item>")
    assert "a.b." * 11 not in flat
    assert flat.count("<category>") == 99  # with the author, a hundred


def test_namespace_prefixes_are_bounded() -> None:
    """A document keeps its first hundred prefixes, however often each is declared."""
    flat = flatten("".join(f'<x xmlns:p{i % 150}="urn:{i}"/>' for i in range(300)))
    assert flat.count("xmlns:") == 200


@given(st.text(alphabet="<>/itementry x", max_size=60))
def test_split_loses_nothing(text: str) -> None:
    """Head, pieces and tail together are the text."""
    head, pieces, tail = split(text)
    assert head + "".join(pieces) + tail == text
