"""What leaves the house: cells that no spreadsheet runs, pages in which nothing is active."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from bounded import bounded
from hypothesis import given
from hypothesis import strategies as st

from twinwire.report.cells import safe_cell
from twinwire.report.page import MAX_HTML, clean, page

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "<svg/onload=alert(1)>",
    "<a href='java&#10;script:alert(1)'>x</a>", "<iframe src=https://x.example></iframe>", "<form action='javascript:1'><input></form>",
    "<p style='background:url(https://t.example/p.gif)'>x</p>", "<base href=https://x.example>", "<link rel=stylesheet href=//x>",
    "<a href='data:text/html,x'>x</a>", "<math><mtext><script>1</script></mtext></math>", "<meta http-equiv=refresh content='0;url=//x'>",
    "<![CDATA[<script>1</script>]]>", "<p onclick=1>x</p>", "</div></li></ol><script>1</script>", "<title>x</title>"]


class Elements(HTMLParser):
    """Collects the elements of a page and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@given(st.one_of(st.text(), st.from_regex(r"\s*[=+\-@\t\r\n].*", fullmatch=True)))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    """Whatever stands before it, ``= + - @`` first in a cell makes a spreadsheet calculate; a number may."""
    cell = safe_cell(text)
    risky = cell.lstrip()[:1] in set("=+-@") and not cell.lstrip("+-").replace(".", "").replace(",", "").isdigit()
    assert not risky
    assert text in {cell, cell[1:]}


@pytest.mark.parametrize(("value", "cell"), [
    (None, ""), (-2, "-2"), (-2.5, "-2.5"), ("+49", "+49"), ("-2+3", "'-2+3"), ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"), (" =1", "' =1"), ("Zaozhuang", "Zaozhuang"), ("a=b", "a=b"), (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ("−1", "−1"), ("-", "'-")])
def test_cells_by_example(value: object, cell: str) -> None:
    """Numbers stay numbers, dates are ISO 8601, nothing is empty for nothing."""
    assert safe_cell(value) == cell


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_active_is_left_of_an_entry(html: str) -> None:
    """In a summary and in a headline alike; nothing is loaded, nothing runs, no place is left."""
    entry = {"title": html, "link": html, "published": html, "content_html": html}
    found = Elements(page("Entries", [entry]))
    assert not {"script", "img", "svg", "iframe", "form", "input", "base", "link", "meta", "style", "math"} & set(found.tags)
    assert found.tags.count("title") == found.tags.count("ol") == 1
    assert {name for name, _ in found.attributes} <= {"href", "rel", "lang"}
    assert all(value and value.startswith(("http://", "https://")) for name, value in found.attributes if name == "href")


@given(st.text(), st.text(), st.text())
def test_a_page_is_ascii_and_shows_what_it_was_given(title: str, link: str, html: str) -> None:
    """It reads the same whatever encoding a browser guesses, and no text of an entry opens an element."""
    whole = page("Entries", [{"title": title, "link": link, "published": None, "content_html": ""}])
    assert whole.isascii()
    assert Elements(whole).tags[:4] == ["html", "head", "title", "body"]
    assert "script" not in Elements(page(html, [{"content_html": html}])).tags


def test_a_link_leads_to_the_web_or_nowhere() -> None:
    """A headline with another kind of address stays, as text."""
    whole = page("Entries", [{"title": "T & Co", "link": "ftp://x.example/"}, {"title": "U", "link": "https://x.example/?a=1&b=2"}])
    assert "<p>T &amp; Co <span>" in whole
    assert '<a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer">U</a>' in whole


def test_what_is_missing_is_said() -> None:
    """An entry without headline and date is still a line of the page."""
    assert "(no title) <span>date unknown</span>" in page("Entries", [{}])


def test_the_text_stays_with_its_harmless_elements() -> None:
    """Cleaning is no stripping: paragraphs, emphasis and links are the text's."""
    assert clean('<p>Two <b>sister</b> <a href="https://x.example/">cities</a></p>') == \
        '<p>Two <b>sister</b> <a href="https://x.example/" rel="noopener noreferrer">cities</a></p>'


@pytest.mark.parametrize("html", ["<div>" * 100_000, "x" * (MAX_HTML + 1), "<b><i>" * 30_000 + "</i>" * 10])
def test_what_would_take_minutes_is_left_out_at_once(html: str) -> None:
    """The cleaner's time grows with the square of the depth."""
    with bounded(60):
        assert clean(html) == ""
