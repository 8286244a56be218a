"""Sitemaps: news and plain ones, indexes, cut and hostile documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import sitemap
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Category, Parsed

HEAD = ('<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">')
NEWS = (
    "<url><loc>https://a.example/1</loc><lastmod>2026-03-02</lastmod><image:image><image:loc>https://a.example/1.jpg</image:loc>"
    "<image:title>Not the headline</image:title></image:image><news:news><news:publication><news:name>A Daily</news:name>"
    "<news:language>fr</news:language></news:publication><news:publication_date>2026-03-01T09:00:00Z</news:publication_date>"
    "<news:title>Deux villes &amp; un lac</news:title><news:keywords>jumelage, lac</news:keywords></news:news></url>")
PLAIN = '<url><loc>https://a.example/2</loc><lastmod>2026-03-02</lastmod><xhtml:link rel="alternate" hreflang="de" href="https://a.example/2"/></url>'


def read(text: str) -> Parsed:
    got = sitemap.read(Document(text, "utf-8"))
    assert isinstance(got, Parsed), got
    return got


def refused(text: str) -> Unreadable:
    got = sitemap.read(Document(text, "utf-8"))
    assert isinstance(got, Unreadable), got
    return got


def test_a_news_sitemap() -> None:
    """Headline, date, language, publication and keywords are the news extension's; a picture's title is no headline."""
    got = read(HEAD + NEWS + "</urlset>")
    assert (got.feed.format, got.feed.title, got.damage) == ("sitemap-news", "A Daily", None)
    e = got.entries[0]
    assert (e.link, e.title, e.published_raw, e.updated_raw) == (
        "https://a.example/1", "Deux villes & un lac", "2026-03-01T09:00:00Z", "2026-03-02")
    assert (e.language, e.publisher, e.enclosures) == ("fr", "A Daily", ("https://a.example/1.jpg",))
    assert e.categories == (Category(term="jumelage"), Category(term="lac"))


def test_a_plain_sitemap() -> None:
    """A page without a title is an entry of a link, a date of change and the language it gives itself."""
    e = read(HEAD + PLAIN + "</urlset>").entries[0]
    assert (e.link, e.title, e.published_raw, e.updated_raw, e.language) == ("https://a.example/2", "", None, "2026-03-02", "de")
    assert read(HEAD + "</urlset>").entries == ()


def test_namespaces_do_not_matter() -> None:
    """Prefixes of other names, undeclared ones and none at all are read alike."""
    plain = NEWS.replace("news:", "n:").replace("image:", "i:")
    assert read(f"<s:urlset>{plain.replace('<url>', '<s:url>').replace('</url>', '</s:url>')}</s:urlset>").entries[0].title


def test_an_index_names_its_sitemaps() -> None:
    """A list of sitemaps is told by what to use instead."""
    rows = "".join(f"<sitemap><loc>https://a.example/s{i}.xml</loc></sitemap>" for i in range(9))
    got = refused(f"<sitemapindex>{rows}</sitemapindex>")
    assert got.kind is Kind.NOT_A_FEED
    assert "a sitemap index of 9 sitemaps" in got.message
    assert "https://a.example/s0.xml, https://a.example/s1.xml, https://a.example/s2.xml" in got.message
    assert "s3.xml" not in got.message


@given(st.integers(min_value=0, max_value=len(HEAD + NEWS + PLAIN)))
def test_a_cut_sitemap_gives_its_whole_pages(at: int) -> None:
    """Wherever the document ends, no half address becomes an entry, and what is missing is told."""
    got = sitemap.read(Document((HEAD + NEWS + PLAIN)[:at], "utf-8"))
    if isinstance(got, Parsed):
        assert {e.link for e in got.entries} <= {"https://a.example/1", "https://a.example/2"}
        assert got.damage
        assert got.entries


@given(st.text(alphabet="<>/urlsetnwoc:& \"='!-[]", max_size=80))
def test_arbitrary_markup(text: str) -> None:
    """Whatever stands inside, reading ends in a value."""
    sitemap.read(Document(f"<urlset>{text}</urlset>", "utf-8"))
    sitemap.read(Document(text, "utf-8"))


@pytest.mark.parametrize("text", [
    "<urlset>" + "<url>" * 300_000,
    "<urlset" + ' a="1"' * 100_000 + "><url></urlset>",
    "<html><body>Not found</body></html>", "Not found", "", '{"urlset": 1}',
])
def test_what_is_no_sitemap(text: str) -> None:
    """Nesting, endless tags and other documents are refused."""
    assert refused(text).kind in {Kind.NOT_A_FEED, Kind.ALL_ENTRIES_BAD}


def test_entities_are_not_expanded() -> None:
    """A document type with entities expands nothing and reads no file."""
    got = read(f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "bbbb">]>{HEAD}'
               "<url><loc>https://a.example/&a;</loc><lastmod>&f;</lastmod></url></urlset>")
    assert got.entries[0].link == "https://a.example/&a;"
    assert got.entries[0].updated_raw == "&f;"


def test_too_many_pages() -> None:
    """Twenty thousand pages are read, and the damage says that there were more."""
    got = read("<urlset>" + "".join(f"<url><loc>https://a.example/{i}</loc></url>" for i in range(20_001)) + "</urlset>")
    assert (len(got.entries), got.damage) == (20_000, "only the first 20000 of 20001 entries read")


def test_addresses_that_are_none() -> None:
    """A page whose address is a script is quarantined; a sitemap of nothing else is refused."""
    bad = "<url><loc>javascript:alert(1)</loc></url>"
    got = read(HEAD + PLAIN + bad + "</urlset>")
    assert (len(got.entries), len(got.quarantined)) == (1, 1)
    assert refused(HEAD + bad + "</urlset>").kind is Kind.ALL_ENTRIES_BAD


@pytest.mark.parametrize(("text", "is_sitemap"), [
    (HEAD + "</urlset>", True), ("\ufeff<!-- x --><urlset/>", True), ("<sitemapindex></sitemapindex>", True),
    ("<rss><channel/></rss>", False), ("<html>urlset</html>", False), ("urlset", False),
])
def test_recognition(text: str, is_sitemap: bool) -> None:
    """The root element decides."""
    assert sitemap.recognises(Document(text, "utf-8")) is is_sitemap


@pytest.mark.shared
def test_real_sitemaps(shared: Path) -> None:
    """Real sitemaps give an entry per page, and a headline where the news extension has one."""
    counts = {}
    for path in sorted((shared / "data" / "feeds" / "sitemap").iterdir()):
        got = read(decode(path.read_bytes()).text)
        assert got.damage is None
        counts[path.name[:10]] = (len(got.entries), sum(bool(e.title) for e in got.entries))
    assert counts == {"101_shinpa": (3, 3), "sitemap__t": (3, 0)}
