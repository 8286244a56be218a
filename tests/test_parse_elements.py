"""Names, text constructs and addresses of elements."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from twinwire.parse.elements import Context, content, inner_markup, join

ATOM = Context(version="atom-1.0")


def el(markup: str) -> etree._Element:
    return etree.fromstring(markup)


@pytest.mark.parametrize(("markup", "name"), [
    ("<pubDate/>", "pubdate"), ('<a:creator xmlns:a="http://purl.org/dc/elements/1.1/"/>', "dc:creator"),
    ('<title xmlns="http://www.w3.org/2005/Atom"/>', "title"), ('<p:X xmlns:p="urn:p"/>', "p:x"),
    ('<x xmlns="urn:unknown"/>', "x"), ('<r:item xmlns:r="http://backend.userland.com/rss2"/>', "item"),
])
def test_names(markup: str, name: str) -> None:
    """An element is known by its namespace, whatever prefix the document chose."""
    assert Context().name(el(markup)) == name


@pytest.mark.parametrize(("markup", "value"), [
    ("<t>a &amp; b</t>", "a & b"), ('<t type="html">&lt;b&gt;x&lt;/b&gt;</t>', "<b>x</b>"),
    ('<t type="xhtml"><div><b>x</b> &amp; y</div></t>', "<b>x</b> &amp; y"),
    ('<t type="xhtml"><div>a</div><div>b</div></t>', "<div>a</div><div>b</div>"),
    ("<t>a <b>c</b> d</t>", "a <b>c</b> d"), ('<t type="application/octet-stream">w6k=</t>', "é"),
    ('<t mode="base64">!!</t>', "!!"),
    ('<t type="text/html" mode="base64">PGI+eDwvYj4=</t>', "<b>x</b>"), ("<t>a<br/>b</t>", "a<br/>b"),
])
def test_text_constructs(markup: str, value: str) -> None:
    """Plain text, escaped markup, inline markup and base64 all come out as text or HTML."""
    assert content(el(markup), "text/plain", ATOM)[0] == value


def test_inline_markup_is_escaped() -> None:
    """Text and attributes of inline markup stay text and attributes."""
    inner = '<a href="?a=1&amp;b=&quot;2">&lt;i&gt;</a>'
    assert inner_markup(el(f"<t>{inner}</t>")) == inner


@pytest.mark.parametrize(("base", "address", "full"), [
    ("", "https:///a.example/x", "https://a.example/x"), ("https://a.example/f/", "x?y", "https://a.example/f/x?y"),
    ("https://a.example", "http://[", ""), ("", "http://[", "http://["), ("https://a.example/f", " ", ""),
])
def test_addresses(base: str, address: str, full: str) -> None:
    """Addresses are resolved, superfluous slashes removed, and what is no address does not raise."""
    assert Context(url=base).resolve(el("<a/>"), address) == full


@given(st.lists(st.sampled_from(["a", "B", ".", "..", "/", "//", "?", "#", ";", "%20", "é", "x.y", ":80", "&", "=", "~", " ", "@"]), max_size=12))
def test_whole_addresses_are_as_joined(parts: list[str]) -> None:
    """An address that is not taken apart is the one that taking it apart and joining it gives."""
    address = f"https://h.example/{''.join(parts)}"
    assert join("https://b.example/x/y", address) == urljoin("https://b.example/x/y", address.strip())


def test_xml_base_is_nested() -> None:
    """Each xml:base is relative to the one around it."""
    inner = el('<a xml:base="https://a.example/x/"><b xml:base="y/"><c/></b></a>')[0][0]
    assert Context(has_base=True).resolve(inner, "z") == "https://a.example/x/y/z"
