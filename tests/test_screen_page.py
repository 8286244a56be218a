"""A text as it is judged: fields, openings, repeated summaries, lengths of dense scripts, and the way back to the original."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.topics import Scoring
from twinwire.records import Text
from twinwire.screen.page import Page

SCORING = Scoring()
PARTS = st.text(alphabet="aZ é\u0301\u00ad\x1f\n-一ｱﾞ友", max_size=30)


@given(PARTS, PARTS, PARTS)
def test_spans_lead_back_into_their_field(title: str, summary: str, body: str) -> None:
    """Every folded character but the separators belongs to a field, and to a piece of it that is there."""
    text = Text(title=title, summary=summary, body=body)
    page = Page(text, SCORING)
    for i, c in enumerate(page.text):
        if c != "\x1f":
            field, start, stop = page.original(i, i + 1)
            assert 0 <= start < stop <= len(getattr(text, field))
            assert page.of_field(field, start, stop) == page.whole(i, i + 1)


def test_zones() -> None:
    """The title, then the opening of the summary and of the body, then the rest."""
    page = Page(Text(title="T", summary="s" * 400, body="b" * 400), SCORING)
    assert [page.zone(i) for i in (0, 2, 301, 302, 402, 403, 702, 703)] == [
        "title", "lead", "lead", "body", "body", "lead", "lead", "body"]


def test_a_repeated_summary_is_left_out() -> None:
    """A summary that opens the body, whatever its blanks and dots, is no second voice; the body's opening is at least as long."""
    body = "First  words\nof it. " + "More words. " * 60
    page = Page(Text(title="T", summary="First words of it. " + "More words. " * 35 + "…", body=body), SCORING)
    assert page.text.count("first words") == 1
    assert page.zone(page.text.index("first words") + 430) == "lead"
    assert Page(Text(title="T", summary="Other words.", body=body), SCORING).text.count("words of it") == 1


def test_dense_scripts_have_shorter_lengths() -> None:
    """A window of Chinese is half as many characters; Cyrillic and Hindi are not dense."""
    windows = [Page(Text(title=t), SCORING).window for t in ("友好城市大会开幕", "자매도시 방문", "Города-побратимы", "ग्रामीण विकास", "Twin town")]
    assert windows == [60, 60, 120, 120, 120]


def test_first_sentence() -> None:
    """It ends at its full stop, else after a passage."""
    page = Page(Text(title="T", body="One two. Three."), SCORING)
    assert page.text[:page.first_sentence()].endswith("one two")
    endless = Page(Text(title="T", body="word " * 100), SCORING)
    assert endless.first_sentence() == len("t\x1f\x1f") + SCORING.passage
