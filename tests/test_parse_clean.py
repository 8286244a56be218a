"""Mending of XML text before any parser sees it."""

from __future__ import annotations

import pytest
from bounded import bounded
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from twinwire.parse.clean import clean

RSS = "<rss><channel>{}</channel></rss>"


@pytest.mark.parametrize(("raw", "text"), [
    ("a&#xD800;b", "a\ufffdb"), ("a&#x110000;b", "a\ufffdb"), ("a&#0;b", "ab"), ("a&#1;b", "a\ufffdb"),
    ("&#xFFFFFFFFF;", "\ufffd"),
    ("&nbsp;&eacute;&mdash;", "\xa0é—"), ("&unknown;", "&unknown;"), ("AT&T & B", "AT&T & B"), ("a&b;c", "a&b;c"),
    ("&lt;b&gt; &amp;amp;", "<b> &amp;"), ("&#8217;&#x2019;", "’’"), ("&LT;x", "<x"), ("x\x00\x0by", "xy"), ("&", "&"),
])
def test_references(raw: str, text: str) -> None:
    """Sound references stay, HTML's names become their characters, everything else is the text it is written as."""
    assert etree.fromstring(clean(RSS.format(raw))).findtext("channel") == text


def test_cdata_is_left_alone() -> None:
    """What stands in a CDATA section is text already."""
    assert etree.fromstring(clean(RSS.format("<![CDATA[&nbsp; a & b <i>]]>"))).findtext("channel") == "&nbsp; a & b <i>"


@pytest.mark.parametrize("front", [
    "\n\ufeff\n<?xml version='1.0'?>", "<b>Warning</b>: x in <b>/srv/x.php</b><br>\n", "<!-- c --><?pi x?>",
    '<!DOCTYPE rss [<!ENTITY a "<rss>"> <!ELEMENT x (y)>]>', '<!DOCTYPE rss SYSTEM "http://x.example/dtd">',
    "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://x.example/'> %p; ] >",
])
def test_front_is_dropped(front: str) -> None:
    """The document starts at its root: no declaration, no type definition, no message of the server before it."""
    assert clean(front + "<rss><channel/></rss>") == "<rss><channel/></rss>"


def test_no_root_gives_nothing() -> None:
    """Text without the root element of a feed is not mended."""
    assert clean("<html><body>rss</body></html>") == ""


@pytest.mark.parametrize("tag", ["<x " + " ".join(f'a{i}="1"' for i in range(500)) + "/>", f'<x a="{"b" * 50_000}"/>'])
def test_monstrous_tags_lose_their_attributes(tag: str) -> None:
    """A tag with hundreds of attributes, or of thousands of characters, is kept without them."""
    assert clean(RSS.format(tag)) == RSS.format("<x/>")


@pytest.mark.parametrize("filling", ["&", "&a", "<![CDATA[", "<", "<!DOCTYPE x", "<a =", "&#", "]]>", "\n", "<rss "])
def test_linear(filling: str) -> None:
    """A megabyte of anything is mended in linear time."""
    with bounded(60):
        clean("<rss><channel>" + filling * (1_000_000 // len(filling)))


@given(st.text(alphabet="<>&;#x0!?[]-CDATArs s/\"'=amp\x00\ud800\x01é", max_size=80))
def test_no_illegal_character_is_left(text: str) -> None:
    """No character that XML forbids, raw or as a reference, comes out."""
    out = clean("<rss>" + text)
    out.encode()
    assert "\0" not in out
    assert "&#0;" not in out.replace("<![CDATA[", "\0").split("\0")[0]
