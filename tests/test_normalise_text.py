from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.text import MAX_TEXT, MAX_TITLE, label, plain, same_headline, text_of, title
from twinwire.records import Entry, Text


def entry(**fields: object) -> Entry:
    return Entry(position=0, **fields)  # type: ignore[arg-type]


def test_plain_text_keeps_its_paragraphs() -> None:
    """Text without markup keeps one line per paragraph and loses surplus blanks."""
    assert plain(" One  two\n\n\tthree ") == "One two\nthree"


def test_long_fields_are_capped() -> None:
    """No field grows beyond its cap."""
    assert len(plain("ab " * MAX_TEXT)) <= MAX_TEXT
    assert len(title("x" * 1_000_000)) == MAX_TITLE


@given(st.text(st.characters(), max_size=300))
def test_fields_are_clean_whatever_comes(raw: str) -> None:
    """Headline and text are encodable, the headline is one line, and both are stable under repetition of cleaning."""
    head = title(raw)
    (head + plain(raw)).encode("utf-8")
    assert "\n" not in head
    assert label(raw) == head


@pytest.mark.parametrize(
    ("raw", "publishers", "want"),
    [
        ("Mayor signs pact - The Star", ("The Star",), "Mayor signs pact"),
        ("Mayor signs pact – the star", ("The Star",), "Mayor signs pact"),
        ("Mayor signs pact - The Star", (), "Mayor signs pact - The Star"),
        ("Mayor signs pact - The Star", ("Star",), "Mayor signs pact - The Star"),
        ("The Star", ("The Star",), "The Star"),
        ("- The Star", ("The Star",), "- The Star"),
        ("GENERAL -- Johor to twin with Kobe - Bernama", ("Bernama",), "Johor to twin with Kobe"),
        (
            "International friendship cities -- Innovation Leads",
            ("PRNewswire",),
            "International friendship cities -- Innovation Leads",
        ),
        ("[행정안전부] 자매도시", ("korea.kr",), "[행정안전부] 자매도시"),
        ("Kenya: Nairobi twins with Denver", ("allAfrica",), "Kenya: Nairobi twins with Denver"),
    ],
)
def test_a_publisher_suffix_goes_only_when_it_is_the_publisher(
    raw: str, publishers: tuple[str, ...], want: str
) -> None:
    """The suffix must be a whole name after a dash; labels that belong to the headline stay."""
    assert title(raw, publishers) == want


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Sister City Day", "SISTER CITY DAY.", True),
        ("Sister City Day", "Sister City Days", False),
        ("Two towns sign a friendship pact", "Two towns sign a friendsh…", True),
        ("Two towns sign a friendship pact", "Two…", False),
        ("", "", True),
        ("x", "", False),
    ],
)
def test_headlines_are_compared_without_case_and_punctuation(a: str, b: str, same: bool) -> None:
    """A line repeats the headline when letters agree, or when it is visibly cut short and long enough to tell."""
    assert same_headline(a, b) is same


def test_repeated_headlines_leave_summary_and_body() -> None:
    """Headlines at the start of either field, once or twice, with or without the publisher, are dropped."""
    got = text_of(
        entry(
            title="Towns sign pact - The Star",
            source_title="The Star",
            summary="<a>Towns sign pact</a> <font>The Star</font>",
            content="<h1>Towns sign pact</h1><p>Towns sign pact</p><p>JOHOR: It is done.</p>",
        )
    )
    assert got == Text(title="Towns sign pact", summary="", body="JOHOR: It is done.")


def test_the_same_text_is_not_stored_twice() -> None:
    """Content that says no more than the summary leaves the body empty; a lead beside a longer content stays."""
    assert text_of(entry(summary="<p>All of it</p>", content="All of it")).body == ""
    assert text_of(entry(summary="The whole of the story.", content="The whole of…")).body == ""
    both = text_of(entry(summary="The lead.", content="<p>The lead.</p><p>And more.</p>"))
    assert (both.summary, both.body) == ("The lead.", "The lead.\nAnd more.")


def test_an_empty_entry_is_empty_text() -> None:
    """Nothing comes from nothing."""
    assert text_of(entry()) == Text()
