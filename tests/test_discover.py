"""Feeds of a page: what it names, what it links to, where feeds usually are, against a server that can misbehave."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feedserver import FeedServer, Reply
from hypothesis import given
from hypothesis import strategies as st
from wires import ROOT, at, rss

from twinwire.config.mappings import load_mappings
from twinwire.config.settings import Fetch
from twinwire.config.sources import Source
from twinwire.discover import MAX_TRIED, USUAL, Found, Seen, candidates, discover, look, usual
from twinwire.errors import Kind
from twinwire.fetch import Fetcher
from twinwire.records import Failure

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ATOM = (b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de-at'><title>Atom &amp;amp; Eva</title><entry><id>1</id><title>T</title>"
        b"<updated>2026-11-20T08:00:00Z</updated></entry></feed>")
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "content_text": "x"}]}'
MAPPINGS = load_mappings(ROOT / "config" / "mappings.yaml")
FETCH = Fetch(workers=2, deadline=5.0)


def page(head: str = "", body: str = "<p>x</p>") -> Reply:
    """An HTML page."""
    return Reply(f"<!doctype html><html><head><title>P</title>{head}</head><body>{body}</body></html>".encode(),
                 headers={"Content-Type": "text/html; charset=utf-8"})


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


def found(server: FeedServer, path: str = "/", **more: bool) -> Found:
    """What discovering a page of the server gives."""
    told = discover(server.url(path), FETCH, NOW, **{"allow_private": True} | more)
    assert isinstance(told, Found), told
    return told


def paths(server: FeedServer, told: Found) -> list[str]:
    return [s.url.removeprefix(server.url("")) for s in told.feeds]


# -- what a page names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("html", [
    link("/f"), link("f"), link("https://a.example/f"), link("/f", "application/atom+xml"), link("/f", "application/feed+json"),
    link("/f", "APPLICATION/RSS+XML; charset=utf-8", "home ALTERNATE"), link("/f", "", "feed"), "<LINK TYPE=application/rdf+xml REL=alternate HREF=/f>",
    '<base href="/">' + link("f"), link(" /f\n"), link("/f#top")])
def test_links_of_the_head_are_found(html: str) -> None:
    """By type or by rel=feed, relative to the page or its base."""
    assert [(c.url, c.how) for c in candidates(html, "https://a.example/")] == [("https://a.example/f", "link")]


@pytest.mark.parametrize("html", [
    link("/f", "text/html"), link("/f", "application/rss+xml", "stylesheet"), link("/f", "application/rss+xml", "alternate stylesheet"), link(""),
    link("/wp-json/wp/v2/pages/1", "application/json"), link("/oembed", "application/json+oembed"), link("javascript:alert(1)"), link("file:///f"),
    '<link rel="alternate" hreflang="de" href="/de/">', "<!-- " + link("/f") + " -->", "", "<", "\0", "\ufeff"])
def test_other_links_are_left_alone(html: str) -> None:
    """Translations, interfaces, styles, comments and addresses that are none; any page at all is read."""
    assert candidates(html, "https://a.example/") == []


@pytest.mark.parametrize("anchor", [
    '<a href="/rss">x</a>', '<a href="/news/rss.xml">x</a>', '<a href="/feed/">x</a>', '<a href="/?feed=rss2">x</a>', '<a href="/list?format=rss">x</a>',
    '<a href="/index.rdf">x</a>', '<a href="/all.xml"><b>RSS</b></a>', '<a href="/all.xml"><img alt="RSS feed"></a>', '<a href="feed://b.example/x">x</a>',
    '<a href="/x" type="application/atom+xml">x</a>', '<map><area href="/atom.xml"></map>', '<a href="https://b.example/feeds/1">x</a>'])
def test_links_that_look_like_feeds_are_found(anchor: str) -> None:
    """By their path, their query, their words or their picture's."""
    assert [c.how for c in candidates(anchor, "https://a.example/")] == ["anchor"]


@pytest.mark.parametrize("anchor", [
    '<a href="/feedback">RSS</a>', '<a href="/about">RSS</a>', '<a href="/rss.html">RSS</a>', '<a href="/all.xml">all</a>', '<a href="#rss">RSS</a>',
    '<a href="mailto:rss@a.example">RSS</a>', '<a href="http://[rss">x</a>', '<a href="/' + "rss/" * 2000 + '">RSS</a>', "<a>RSS</a>"])
def test_links_that_do_not_are_left_alone(anchor: str) -> None:
    """A page about feeds is no feed."""
    assert candidates(anchor, "https://a.example/") == []


def test_each_address_is_given_once_with_its_title() -> None:
    """Named ones come first, and another spelling of an address is the same."""
    html = '<a href="/b/feed">B</a><a href="http://www.a.example/feed">A</a>' + link("/feed/", title="A &amp; B")
    assert [(c.url, c.how, c.title) for c in candidates(html, "https://a.example/")] == [
        ("https://a.example/feed/", "link", "A & B"), ("https://a.example/b/feed", "anchor", "")]


@given(st.lists(st.sampled_from([
    "<a href='/rss'>", "</a>", "<link rel=alternate type=application/rss+xml href=", "x>", "<base href='http://[", "'>", "<div>", "&#0;", "<!--", "-->",
    "<script>", "</script>", "\0", "é", "<svg>", "<a href='feed:'>", "<template>"]), max_size=40).map("".join))
def test_any_page_is_read(html: str) -> None:
    """Whatever it holds, what comes out are addresses of the web."""
    assert all(c.url.startswith(("http://", "https://")) for c in candidates(html, "https://a.example/b/"))


def test_a_page_without_end_is_read() -> None:
    """Deep nesting and hundreds of thousands of links cost a moment."""
    assert len(candidates("<b><a href=/rss>" * 100_000, "https://a.example/")) <= 1
    assert len(candidates("".join(f"<a href=/rss/{n}>x</a>" for n in range(60_000)), "https://a.example/")) == 20_000


def test_the_usual_places() -> None:
    """Below the page's folder, then at the top of the host, each once."""
    assert len(usual("https://a.example/")) == len(USUAL)
    assert usual("https://a.example/b/c?d")[:2] == ["https://a.example/b/feed", "https://a.example/b/feed/"]
    assert "https://a.example/feed.json" in usual("https://a.example/b/c")


# -- asking -----------------------------------------------------------------------------------------------------


def test_the_feeds_of_a_page_are_shown() -> None:
    """Title, format, entries, newest and language of each, in the order of the page; the feed's own title before the page's."""
    head = link("/atom", "application/atom+xml", title="page's") + link("/json", "application/feed+json")
    with FeedServer({"/": page(head, '<a href="/rss.xml">RSS</a>'), "/atom": Reply(ATOM), "/rss.xml": Reply(rss("a", "b")), "/json": Reply(JSON)}) as server:
        told = found(server)
    assert paths(server, told) == ["/atom", "/json", "/rss.xml"]
    assert [(s.title, s.format, s.entries, s.how) for s in told.feeds] == [
        ("Atom & Eva", "atom-1.0", 1, "link"), ("J", "jsonfeed-1.1", 1, "link"), ("T", "rss-2.0", 2, "anchor")]
    assert [s.newest for s in told.feeds] == [datetime(2026, 11, 20, 8, tzinfo=UTC), None, datetime(2026, 11, 23, 1, tzinfo=UTC)]
    assert told.feeds[0].language == "de-at"
    assert not told.is_feed
    assert set(server.hits.values()) == {1}, "nobody is asked twice, and places that nobody named are not asked"


def test_a_feed_says_that_it_is_one() -> None:
    """One request."""
    with FeedServer({"/f": Reply(rss("a"))}) as server:
        told = found(server, "/f")
        assert (told.is_feed, paths(server, told), server.hits.total()) == (True, ["/f"], 1)


def test_the_usual_places_are_asked_where_a_page_names_none() -> None:
    """Each once; the same feed under two addresses is shown once."""
    with FeedServer({"/": page(), "/feed": Reply(status=302, location="/feed/"), "/feed/": Reply(rss("a")), "/atom.xml": Reply(ATOM)}) as server:
        told = found(server)
        assert paths(server, told) == ["/feed", "/atom.xml"]
        assert {s.how for s in told.feeds} == {"usual place"}
        assert server.hits.total() <= 2 + len(USUAL)


def test_a_dead_address_that_a_page_names_is_told() -> None:
    """And the usual places are asked after all. Links that only look like feeds are passed over in silence."""
    with FeedServer({"/": page(link("/gone") + link("/soft"), '<a href="/rss">x</a>'), "/soft": page(), "/feed.xml": Reply(rss("a"))}) as server:
        told = found(server)
        assert paths(server, told) == ["/feed.xml"]
        assert [(url.removeprefix(server.url("")), why[:10]) for url, why in told.failed] == [("/gone", "answers 40"), ("/soft", "an HTML pa")]


def test_a_page_with_a_thousand_links_is_asked_a_few() -> None:
    """The bound holds over all that is tried."""
    with FeedServer({"/": page("".join(link(f"/{n}") for n in range(500)), "".join(f"<a href='/rss/{n}'>x</a>" for n in range(500)))}) as server:
        assert found(server).feeds == ()
        assert server.hits.total() == 1 + MAX_TRIED


def test_a_page_elsewhere_is_where_it_ends() -> None:
    """Links are relative to where the page was found in the end."""
    with FeedServer({"/": Reply(status=301, location="/de/"), "/de/": page(link("feed.xml")), "/de/feed.xml": Reply(rss("a"))}) as server:
        assert paths(server, found(server)) == ["/de/feed.xml"]


def test_a_feed_that_moved_for_good_is_shown_where_it_is() -> None:
    """With a word on that."""
    with FeedServer({"/": page(link("/old")), "/old": Reply(status=301, location="/new"), "/new": Reply(rss("a"))}) as server:
        told = found(server)
        assert paths(server, told) == ["/new"]
        assert told.feeds[0].note == f"has moved from {server.url('/old')}"


def test_sitemaps_are_shown() -> None:
    """A list of pages is read like a feed; an index of such lists is no feed, but says where they are."""
    index = (b"<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
             b"<sitemap><loc>https://a.example/news.xml</loc></sitemap></sitemapindex>")
    pages = index.replace(b"sitemapindex", b"urlset").replace(b"sitemap>", b"url>")
    with FeedServer({"/": page(), "/sitemap.xml": Reply(index), "/b/": page(), "/b/sitemap.xml": Reply(pages)}) as server:
        no, told = found(server), found(server, "/b/")
    assert [(s.format, s.entries) for s in no.feeds] == [("sitemap", 0)]
    assert "https://a.example/news.xml" in no.feeds[0].note
    assert (no.any_feed, told.any_feed) == (False, True)
    assert [(s.format, s.entries) for s in told.feeds] == [("sitemap", 1), ("sitemap", 0)]


@pytest.mark.parametrize(("reply", "kind"), [
    (Reply(status=404), Kind.NOT_FOUND), (Reply(b"<title>Just a moment...</title>", status=403), Kind.CHALLENGE), (Reply(b""), Kind.EMPTY),
    (Reply(b"x" * (4 << 20)), Kind.TOO_LARGE), (Reply(b"<title>Just a moment...</title>"), Kind.CHALLENGE)])
def test_a_page_that_cannot_be_had_is_a_failure(reply: Reply, kind: Kind) -> None:
    """Nothing more is asked then."""
    with FeedServer({"/": reply}) as server:
        told = discover(server.url("/"), FETCH, NOW, allow_private=True)
        assert isinstance(told, Failure)
        assert (told.kind, server.hits.total()) == (kind, 1)


def test_private_addresses_are_not_asked_for_a_page() -> None:
    """Without leave the page itself is refused; with it, only its own host and port may be private."""
    with FeedServer({"/f": Reply(rss("a"))}) as other, FeedServer() as server:
        server.routes["/"] = page(link(other.url("/f")) + link("/own"))
        server.routes["/own"] = Reply(rss("a"))
        refused = discover(server.url("/"), FETCH, NOW)
        assert isinstance(refused, Failure)
        assert refused.kind is Kind.REFUSED_ADDRESS
        assert server.hits.total() == 0
        told = found(server)
        assert paths(server, told) == ["/own"]
        assert (other.hits.total(), len(told.failed)) == (0, 1)


# -- looking at one source --------------------------------------------------------------------------------------


def seen(source: Source) -> Seen | Failure:
    with Fetcher(FETCH, force=True) as fetcher:
        return look(fetcher, source, MAPPINGS, NOW)


def test_a_source_is_looked_at() -> None:
    """In a few words; a feed that is empty today is one all the same."""
    with FeedServer({"/f": Reply(rss("a", "b")), "/empty": Reply(rss()), "/page": page()}) as server:
        told, empty, no = (seen(at(server, path)) for path in ("/f", "/empty", "/page"))
    assert isinstance(told, Seen)
    assert told.told == "rss-2.0, 2 entries, newest 2026-11-23"
    assert isinstance(empty, Seen)
    assert empty.told == "rss-2.0, 0 entries"
    assert isinstance(no, Failure)
    assert no.kind is Kind.NOT_A_FEED


def test_json_is_read_by_the_mappings_of_the_config() -> None:
    """As a run would."""
    with FeedServer({"/j": Reply(b'{"results": [{"title": "T", "html_url": "https://a.example/1"}]}')}) as server:
        told = seen(at(server, "/j", format="json:federal-register"))
    assert isinstance(told, Seen)
    assert told.entries == 1


def test_a_drop_folder_is_looked_at_whole(tmp_path: Path) -> None:
    """All its files together; one without files may be filled later; none is a failure."""
    (tmp_path / "in").mkdir()
    folder = Source(id="f", name="F", url=f"folder:{tmp_path / 'in'}")
    empty = seen(folder)
    assert isinstance(empty, Seen)
    assert empty.told == "folder without files, 0 entries"
    for name in ("1.xml", "2.xml"):
        (tmp_path / "in" / name).write_bytes(rss("a", "b"))
        os.utime(tmp_path / "in" / name, (1, 1))  # nobody writes to it any more
    told = seen(folder)
    assert isinstance(told, Seen)
    assert told.entries == 4
    gone = seen(Source(id="f", name="F", url=f"folder:{tmp_path / 'none'}"))
    assert isinstance(gone, Failure)
