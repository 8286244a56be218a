"""OPML: what feed readers export, what they should not, and back again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from twinwire import opml
from twinwire.errors import ConfigError
from twinwire.opml import Outline
from twinwire.parse import limits

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = '<outline text="A" xmlUrl="https://a.example/feed"/>'


def read(text: str) -> tuple[Outline, ...]:
    return opml.read(text.encode(), "feeds.opml")


def body(inner: str) -> str:
    return f"<opml version='2.0'><head><title>T</title></head><body>{inner}</body></opml>"


def refused(data: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        opml.read(data, "feeds.opml")
    told = str(caught.value)
    assert told.startswith("feeds.opml")
    assert "\n" not in told
    return told


@pytest.mark.parametrize(("inner", "expected"), [
    (FEED, Outline(url="https://a.example/feed", title="A")),
    ('<outline text="t" title="T" type="rss" xmlUrl=" https://a.example/ " language="en-us"/>',
     Outline(url="https://a.example/", title="T", language="en-us")),
    ('<OUTLINE TEXT="A" XMLURL="https://a.example/"/>', Outline(url="https://a.example/", title="A")),
    ('<outline title="A" type="rss" url="https://a.example/"/>', Outline(url="https://a.example/", title="A")),
    ('<outline text="A &nbsp;B &eacute; &unknown; & C" xmlUrl="https://a.example/?a=1&b=2"/>',
     Outline(url="https://a.example/?a=1&b=2", title="A B é &unknown; & C")),
    ('<outline text="A" xmlUrl="https://a.example/" category="/News/Asia, cities,"/>',
     Outline(url="https://a.example/", title="A", tags=("News", "Asia", "cities"))),
    ('<outline text="A" xmlUrl="https://a.example/" isComment="true"/>', Outline(url="https://a.example/", title="A", off=True)),
    ('<outline xmlUrl="javascript:alert(1)"/>', Outline(url="javascript:alert(1)")),
    (f'<outline text=" Wires\n"><!-- c --><outline text="Asia">{FEED}</outline></outline>',
     Outline(url="https://a.example/feed", title="A", tags=("Wires", "Asia"))),
    (f'<outline text="Wires"><outline>{FEED}</outline></outline>', Outline(url="https://a.example/feed", title="A", tags=("Wires",))),
    ('<outline text="A" xmlUrl="https://a.example/"><outline text="B" type="link" url="https://b.example/x.opml"/></outline>',
     Outline(url="https://a.example/", title="A")),
])
def test_what_readers_write_is_read(inner: str, expected: Outline) -> None:
    """Any case of names, bare ampersands, folders as tags; links to other lists are left alone."""
    assert read(body(inner)) == (expected,)


def test_the_order_and_the_folders_are_kept() -> None:
    """A feed behind a folder is not in it, and one that stands twice is given twice."""
    found = read(body(f'{FEED}<outline text="F"><outline text="B" xmlUrl="https://b.example/"/></outline>{FEED}'))
    assert [(f.title, f.tags) for f in found] == [("A", ()), ("B", ("F",)), ("A", ())]


def test_opml_1_with_a_declaration_and_an_encoding() -> None:
    """Old lists declare a document type and are not in UTF-8; whatever stands before the root is skipped."""
    text = '<?xml version="1.0" encoding="gb2312"?>\n<!DOCTYPE opml SYSTEM "http://a.example/opml.dtd">\n' + body(
        '<outline text="海风社" xmlUrl="https://a.example/"/>')
    assert opml.read(text.encode("gb18030"), "x")[0].title == "海风社"
    assert opml.read(text.replace("gb2312", "utf-16").encode("utf-16"), "x")[0].title == "海风社"


def test_a_list_without_feeds_is_empty() -> None:
    """That is for the caller to judge."""
    assert read(body("")) == read("<opml/>") == ()


@pytest.mark.parametrize(("text", "says"), [
    ("", "is no OPML; a list of feeds begins with <opml>"),
    ("<rss version='2.0'><channel/></rss>", "is no OPML (its first element is <rss>)"),
    ("{}", "is no OPML"),
    ("<!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>" + body("<outline text='&b;' xmlUrl='https://a.example/'/>"),
     "declares entities"),
    ("<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + body("&a;"), "declares entities"),
    ("<!DOCTYPE opml [<!ENTITY a '<opml>'>]>" + body(FEED), "declares entities"),
    (body("\n\n<outline>"), "feeds.opml:3: is not well-formed XML (Opening and ending tag mismatch: outline"),
    (body(FEED)[:60], "is not well-formed XML"),
    (body("<outline text='A' text='B'/>"), "is not well-formed XML"),
    (body("<outline text='&#0;'/>"), "is not well-formed XML"),
    ("<opml><![CDATA[ ", "is not well-formed XML"),
    (body("<outline text='x'>" * 300 + FEED + "</outline>" * 300), "is not well-formed XML (Excessive depth in document"),
    (body(FEED * (opml.MAX_OUTLINES + 1)), f"holds more than {opml.MAX_OUTLINES} outlines"),
    (body("<outline " + " ".join(f"a{i}=''" for i in range(50_000)) + "/>"), "has an outline with more than 100 attributes"),
    ("<opml>" + " " * opml.MAX_BYTES, "is larger than 8 MB"),
])
def test_what_is_no_list_is_one_line(text: str, says: str) -> None:
    """Broken, hostile or another thing altogether."""
    assert says in refused(text.encode())


def test_a_hundred_thousand_outlines_are_refused() -> None:
    """Whether they are feeds or folders."""
    assert "outlines" in refused(body("<outline/>" * 100_000).encode())


def test_an_entity_that_nobody_declared_is_text() -> None:
    """No declaration, nothing to expand."""
    assert read(body("<outline text='&lol9;' xmlUrl='https://a.example/'/>"))[0].title == "&lol9;"


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(
    ["<opml>", "</opml>", "<body>", "<outline", " text='a'", " xmlUrl='https://a.example/'", "/>", ">", "</outline>", "&", "&amp;", "&x;", "<",
     "<!DOCTYPE opml [", "<!ENTITY x 'y'>", "]>", "<![CDATA[", "]]>", "<!--", "-->", "\0", "é", "<?xml version='1.0'?>", "<?x ?>", "'"]),
    max_size=30).map(lambda parts: "".join(parts).encode())))
def test_any_bytes_are_a_list_or_one_line(data: bytes) -> None:
    """Nothing but ConfigError comes out of a file."""
    try:
        feeds = opml.read(data, "feeds.opml")
    except ConfigError as e:
        feeds, told = (), str(e)
    else:
        told = ""
    assert "\n" not in told
    assert all(f.url == f.url.strip() != "" for f in feeds)


WORDS = st.text(max_size=30).map(lambda t: limits.line(t, 60) or "").filter(lambda t: limits.line(t, 60) == (t or None))
TAGS = st.lists(WORDS.filter(lambda t: t and "," not in t and not t.startswith("/")), max_size=4, unique=True).map(tuple)
URLS = st.text(min_size=1, max_size=60).map(lambda t: "https://a.example/" + limits.legal(t).strip().replace("\r", "")).map(str.strip)
OUTLINES = st.builds(Outline, url=URLS, title=WORDS, tags=TAGS, off=st.booleans(), language=st.sampled_from([None, "en", "zh-CN"]))


@given(st.lists(OUTLINES, max_size=12))
def test_what_is_written_is_read_again(feeds: list[Outline]) -> None:
    """Addresses, names, tags in order, languages and what is off; feeds of one folder come together."""
    again = opml.read(opml.write(feeds, "T", NOW), "x")
    named = [Outline(url=f.url, title=f.title or limits.line(f.url, limits.NAME) or "", tags=f.tags, off=f.off, language=f.language)
             for f in feeds]
    assert sorted(again, key=repr) == sorted(named, key=repr)
    assert opml.write(again, "T", NOW) == opml.write(opml.read(opml.write(again, "T", NOW), "x"), "T", NOW)


@given(st.lists(st.builds(Outline, url=st.text(max_size=40), title=st.text(max_size=40), tags=st.lists(st.text(max_size=9)).map(tuple)), max_size=5))
def test_whatever_a_catalogue_holds_can_be_written(feeds: list[Outline]) -> None:
    """Controls, lone surrogates and empty tags do not stop an export."""
    root = etree.fromstring(opml.write(feeds, "\0", NOW))
    assert len(root.findall(".//outline[@type='rss']")) == len(feeds)


def test_the_document_is_opml_2() -> None:
    """A head with title and date (RFC 822), folders with a text, feeds with type, text and xmlUrl."""
    root = etree.fromstring(opml.write([Outline(url="https://a.example/", title="A <b>", tags=("Wires",))], "My feeds", NOW))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "My feeds")
    assert root.findtext("head/dateCreated") == "Tue, 24 Nov 2026 12:00:00 +0000"
    assert dict(root.find("body/outline").attrib) == {"text": "Wires"}
    assert dict(root.find("body/outline/outline").attrib) == {
        "type": "rss", "text": "A <b>", "title": "A <b>", "xmlUrl": "https://a.example/", "category": "Wires"}
