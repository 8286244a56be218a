"""Which reader gets a document, and what is said of damaged ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse import Unreadable, parse
from twinwire.records import Parsed

WHOLE = ("<?xml version='1.0'?><rss version='2.0'><channel><title>f</title>"
         + "".join(f"<item><title>t{i}</title><summary><![CDATA[<p>{i}</p>]]></summary></item>" for i in range(4))
         + "</channel></rss>")


@given(st.integers(0, len(WHOLE)))
def test_cut_anywhere(at: int) -> None:
    """Wherever a document is cut, its whole entries are read, the cut one is not, and the damage is named."""
    got = parse(WHOLE[:at].encode())
    whole = WHOLE[:at].count("</item>")
    if isinstance(got, Unreadable):
        assert whole == 0
        return
    assert [e.title for e in got.entries] == [f"t{i}" for i in range(whole)]
    assert len(got.quarantined) == WHOLE[:at].count("<item>") - whole
    assert (got.damage is None) == WHOLE[:at].rstrip(">").endswith("</rss")


def test_two_feeds_in_one_answer() -> None:
    """Two documents one after the other give the entries of both."""
    got = parse((WHOLE + WHOLE).encode())
    assert isinstance(got, Parsed)
    assert len(got.entries) == 8


@pytest.mark.parametrize("page", [
    "<html><body><pre><rss version='2.0'></rss></pre></body></html>", "<!DOCTYPE html><p>x</p><rss></rss>",
])
def test_feed_shown_in_a_page_is_no_feed(page: str) -> None:
    """A page that shows the source of a feed is a page."""
    assert isinstance(parse(page.encode()), Unreadable)
