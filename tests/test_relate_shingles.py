"""Shingles, words and paragraphs: what does not count is left out, and nothing grows faster than the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twinwire.relate.shingles import MAX_TEXT, key, numbers, paragraphs, shingles, without, words


def test_case_width_and_punctuation_do_not_count() -> None:
    """An edit of the layout leaves the shingles as they are."""
    assert set(shingles("The twin towns of Kent, again.")) == set(shingles("the TWIN towns\n of Kent again"))


def test_scripts_without_blanks_go_by_characters() -> None:
    """Chinese has no words to count in threes."""
    assert set(shingles("枣庄与鹿特丹结为友好城市")) == {"枣庄与鹿特", "庄与鹿特丹", "与鹿特丹结", "鹿特丹结为", "特丹结为友", "丹结为友好", "结为友好城", "为友好城市"}
    assert "友好" in words("枣庄与鹿特丹结为友好城市")


@given(st.text(max_size=400))
def test_shingles_are_distinct_and_no_more_than_the_characters(text: str) -> None:
    """Bounded for whatever a feed holds."""
    found = shingles(text)
    assert len(found) == len(set(found)) <= len(text)


def test_a_very_long_text_is_compared_by_its_start() -> None:
    """A document of megabytes costs what a long article costs."""
    assert len(shingles("one two three four " * 1_000_000)) <= 5
    assert shingles("a b c d " * MAX_TEXT) == shingles("a b c d " * (2 * MAX_TEXT))


def test_common_paragraphs_are_left_out() -> None:
    """The paragraph is known by its letters; short ones say too little to be boilerplate."""
    about = "About the fund: it has supported the regions of the country since 1975 and answers to the ministry of the interior."
    text = f"News of today.\n{about}\nMore."
    (common,) = paragraphs(text)
    assert without(text, {common}) == "News of today.\nMore."
    assert without(text, frozenset()) == text


def test_numbers_are_taken_as_written() -> None:
    """A report on another quarter differs in nothing else."""
    assert numbers("Q3 2026: up 4.5 % on 1,200") == {"3", "2026", "4.5", "1,200"}


@given(st.lists(st.text()), st.lists(st.text()))
def test_keys_fit_a_signed_column(a: list[str], b: list[str]) -> None:
    """63 bits; parts are kept apart."""
    assert 0 <= key(*a) < 2**63
    assert (key(*a) == key(*b)) == ("\x1f".join(a) == "\x1f".join(b))
