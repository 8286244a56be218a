"""Differences between versions: complete in both directions, and short to read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twinwire.report.diff import MAX_WORDS, pieces, shown


@given(st.text(), st.text())
def test_both_versions_can_be_put_together_again(old: str, new: str) -> None:
    """Nothing of either text is left out of a difference."""
    found = pieces(old, new)
    assert "".join(p.text for p in found if p.kind != "+") == old
    assert "".join(p.text for p in found if p.kind != "-") == new


def test_what_changed_is_marked_with_a_little_around_it() -> None:
    """A reader sees the words, not the whole text."""
    old = "The twin towns of Kent and Calais signed on Monday. " + "More of the same. " * 20
    told = shown(pieces(old, old.replace("Monday", "Tuesday")))
    assert "signed on [-Monday-]{+Tuesday+}. More" in told
    assert len(told) < 200


def test_chinese_goes_by_characters() -> None:
    """Words are not written apart there."""
    assert shown(pieces("两市签署友好协议", "两市续签友好协议")) == "两市{+续+}签[-署-]友好协议"


def test_very_long_texts_are_not_searched() -> None:
    """The search grows with the product of the lengths."""
    old, new = "a " * MAX_WORDS * 5, "b " * MAX_WORDS * 5
    assert [p.kind for p in pieces(old, new)] == ["-", "+"]
