"""Sentences: cut where they end, not at abbreviations, and never too long."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.relate.links.sentences import sentences


@pytest.mark.parametrize(("text", "parts"), [
    ("St. Paul and Nagasaki met. They sang.", ["St. Paul and Nagasaki met.", "They sang."]),
    ("Guests from Washington, D.C. came. It rained!", ["Guests from Washington, D.C. came.", "It rained!"]),
    ("Am 5. Mai kam Besuch. Er blieb.", ["Am 5. Mai kam Besuch.", "Er blieb."]),
    ("两市结好。友谊长存！", ["两市结好。", "友谊长存！"]),
    ("One line\nanother line", ["One line", "another line"]),
    ("В г. Псков прибыла делегация. Её встретили.", ["В г. Псков прибыла делегация.", "Её встретили."]),
    ("", []),
    (" . ", ["."]),
])
def test_a_text_is_cut_where_sentences_end(text: str, parts: list[str]) -> None:
    """Blanks at the rims belong to none."""
    assert [text[a:b] for a, b in sentences(text)] == parts


@given(st.text(alphabet="ab .。!?\n,;Á", max_size=400))
def test_nothing_but_blanks_is_lost_and_nothing_is_said_twice(text: str) -> None:
    """Spans are in order, do not overlap, and hold every character that is no blank."""
    spans = list(sentences(text))
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    inside = "".join(text[a:b] for a, b in spans)
    assert "".join(inside.split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["word " * 20_000, "字" * 5_000, "a,b;" * 3_000])
def test_a_sentence_has_at_most_1200_characters(text: str) -> None:
    """A page without a full stop is cut at weaker marks."""
    assert max(b - a for a, b in sentences(text)) <= 1_200
