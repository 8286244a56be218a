"""One article page: its bytes, or a named failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from feedserver import FeedServer, Reply
from wires import NOW, SOURCE, at

from twinwire.config import Settings
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch import guard, wire
from twinwire.fetch.articles import PageFetcher, fetch_page, may_be_private
from twinwire.fetch.robots import Rules
from twinwire.fetch.transport import Transport
from twinwire.records import Failure, Payload

HTML = {"Content-Type": "text/html; charset=utf-8"}
CAP = 64 << 10


class Desk:
    """A page fetcher with small limits, and what it was told to leave between two requests."""

    def __init__(self, deadline: float = 5.0) -> None:
        self.spaced: list[tuple[str, float]] = []
        settings = Settings.model_validate({"articles": {"deadline": deadline, "max_bytes": CAP, "spacing": 0.0, "crawl_delay": 10.0}})
        self.fetcher = PageFetcher(settings, lambda host, seconds: self.spaced.append((host, seconds)))

    def page(self, server: FeedServer, path: str, source: Source | None = None) -> Payload | Failure:
        return self.fetcher.fetch(server.url(path), source or at(server, "/feed"), NOW)


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.fetcher.close()


def failed(found: Payload | Failure) -> Failure:
    assert isinstance(found, Failure)
    assert found.message.isprintable()
    return found


def test_a_page_comes_as_a_payload(desk: Desk) -> None:
    """Bytes, headers, address after redirects; under our own name and without anybody's credentials."""
    with FeedServer({"/a": Reply(status=302, location="/b?token=secret"), "/b": Reply(b"<p>x</p>", headers=HTML)}) as server:
        found = desk.page(server, "/a", at(server, "/feed", auth="env:NOBODY"))
    assert isinstance(found, Payload)
    assert (found.body, found.status, found.fetched_at, found.damage) == (b"<p>x</p>", 200, NOW, None)
    assert found.url == server.url("/a")
    assert found.final_url.endswith("/b?token=…")
    assert {r.headers["user-agent"].partition("/")[0] for r in server.requests} == {"twinwire"}
    assert not any("authorization" in r.headers or "cookie" in r.headers for r in server.requests)


@pytest.mark.parametrize(("reply", "kind"), [
    (Reply(b"no", 404), Kind.NOT_FOUND), (Reply(b"no", 410), Kind.GONE), (Reply(b"no", 403), Kind.FORBIDDEN), (Reply(b"no", 451), Kind.FORBIDDEN),
    (Reply(b"pay", 402), Kind.UNAUTHORISED), (Reply(b"no", 429), Kind.THROTTLED), (Reply(b"no", 503), Kind.THROTTLED), (Reply(b"no", 500), Kind.SERVER_ERROR),
    (Reply(status=204), Kind.HTTP_STATUS), (Reply(b"<title>Just a moment...</title>", 403), Kind.CHALLENGE), (Reply(b"", headers=HTML), Kind.EMPTY),
    (Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), Kind.NOT_A_PAGE), (Reply(b"%PDF-1.7", headers=HTML), Kind.NOT_A_PAGE),
    (Reply(b"x", headers={"Content-Type": "image/png"}), Kind.NOT_A_PAGE), (Reply(b"{}", headers={"Content-Type": "application/json"}), Kind.NOT_A_PAGE),
    (Reply(b"x" * (20 << 20), headers=HTML), Kind.TOO_LARGE), (Reply(b"x" * (CAP + 1), headers=HTML, gzip=True), Kind.TOO_LARGE),
    (Reply(status=302, location="/page"), Kind.REDIRECT), (Reply(status=302, location="file:///etc/passwd"), Kind.REDIRECT),
])
def test_what_is_no_page_is_a_named_failure(desk: Desk, reply: Reply, kind: Kind) -> None:
    """Statuses, walls, other types whatever the header says, 20 MB, bombs, redirects to nowhere."""
    with FeedServer({"/page": reply}) as server:
        assert failed(desk.page(server, "/page")).kind is kind


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml; charset=utf-8", "text/plain", "TEXT/HTML"])
def test_html_and_plain_text_are_pages(desk: Desk, kind: str) -> None:
    """And what names no type."""
    with FeedServer({"/typed": Reply(b"hello", headers={"Content-Type": kind}), "/bare": Reply(b"hello")}) as server:
        assert isinstance(desk.page(server, "/typed"), Payload)
        assert isinstance(desk.page(server, "/bare"), Payload)


def test_a_cut_page_is_kept_and_says_so(desk: Desk) -> None:
    """Half an article is more than a teaser."""
    with FeedServer({"/page": Reply(b"<p>some text</p>" * 10, headers=HTML, truncate=40)}) as server:
        found = desk.page(server, "/page")
    assert isinstance(found, Payload)
    assert found.damage


def test_a_page_that_hangs_ends_with_the_deadline() -> None:
    """The total deadline, not one per read."""
    hasty = Desk(deadline=0.3)
    with FeedServer({"/robots.txt": Reply(b""), "/page": Reply(b"x", headers=HTML, hang=3)}) as server:
        assert failed(hasty.page(server, "/page")).kind is Kind.TIMEOUT
    hasty.fetcher.close()


def test_robots_txt_is_read_once_and_obeyed(desk: Desk) -> None:
    """One request per host and run; a refused page is never asked for; Crawl-delay becomes the distance, up to its cap."""
    rules = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 7"
    with FeedServer({"/robots.txt": Reply(rules), "/private/1": Reply(b"x", headers=HTML), "/open": Reply(b"y", headers=HTML)}) as server:
        refused = failed(desk.page(server, "/private/1"))
        assert isinstance(desk.page(server, "/open"), Payload)
        assert isinstance(desk.page(server, "/open"), Payload)
    assert (refused.kind, "robots.txt" in refused.message) == (Kind.ROBOTS, True)
    assert (server.hits["/robots.txt"], server.hits["/private/1"], server.hits["/open"]) == (1, 0, 2)
    assert desk.spaced == [("127.0.0.1", 7.0)]


@pytest.mark.parametrize(("delay", "spaced"), [("0.5", 0.5), ("3600", 10.0), ("x", 0.0)])
def test_a_crawl_delay_is_honoured_within_reason(desk: Desk, delay: str, spaced: float) -> None:
    """Nobody holds a run for an hour."""
    with FeedServer({"/robots.txt": Reply(f"User-agent: *\nCrawl-delay: {delay}".encode())}) as server:
        desk.page(server, "/page")
    assert desk.spaced == [("127.0.0.1", spaced)]


def test_a_host_whose_rules_cannot_be_read_is_left_alone(desk: Desk) -> None:
    """A robots.txt that answers 500; the failure says it is for now."""
    with FeedServer({"/robots.txt": Reply(b"", 500), "/page": Reply(b"x", headers=HTML)}) as server:
        told = failed(desk.page(server, "/page"))
    assert (told.kind, server.hits["/page"]) == (Kind.ROBOTS, 0)
    assert "500" in told.message
    assert "for now" in told.message


def test_the_rules_of_the_host_where_a_page_lies_count_too(desk: Desk) -> None:
    """A forwarder that sends us to a host that does not want us."""
    with FeedServer({"/robots.txt": Reply(b"User-agent: *\nDisallow: /"), "/b": Reply(b"x", headers=HTML)}) as other, FeedServer(
            {"/a": Reply(status=302, location=other.url("/b"))}) as server:
        assert failed(desk.page(server, "/a")).kind is Kind.ROBOTS


@pytest.mark.parametrize("reply", [Reply(b"slow down", 429), Reply(b"<title>Attention Required</title>", 403)])
def test_a_host_that_has_had_enough_is_asked_no_more(desk: Desk, reply: Reply) -> None:
    """After a 429 or a bot wall the rest of its pages wait for another run."""
    with FeedServer({"/1": reply, "/2": Reply(b"x", headers=HTML)}) as server:
        failed(desk.page(server, "/1"))
        assert failed(desk.page(server, "/2")).kind is Kind.WAITING
        assert server.hits["/2"] == 0


def test_pages_stay_out_of_the_private_network(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry's link into it, and a public page that redirects there, are refused like a feed would be."""
    with FeedServer({"/page": Reply(b"x", headers=HTML)}) as server:
        public = at(server, "/feed", allow_private=False)
        assert failed(desk.page(server, "/page", public)).kind is Kind.REFUSED_ADDRESS
        monkeypatch.setattr(wire, "refuse", lambda ip: None if ip == "127.0.0.1" else guard.refuse(ip))  # 127.0.0.1 plays the public one
        server.routes["/away"] = Reply(status=302, location=f"http://127.0.0.2:{server.port}/page")
        assert isinstance(desk.page(server, "/page", at(server, "/other", allow_private=False)), Failure), "the rules were read once"
        fresh = Desk()
        assert failed(fresh.page(server, "/away", public)).kind is Kind.REFUSED_ADDRESS
        fresh.fetcher.close()
    assert server.hits["/page"] == 0


def test_only_its_own_host_may_be_private() -> None:
    """A source on a private address may have its pages there, and nowhere else inside."""
    inside = Source(id="in", name="In", url="http://10.1.2.3:8080/feed", allow_private=True)
    assert may_be_private(inside, "10.1.2.3")
    assert not may_be_private(inside, "10.1.2.4")
    assert not may_be_private(SOURCE, "a.example")
    assert not may_be_private(Source(id="drop", name="D", url="folder:/srv/drop", allow_private=True), "10.1.2.3")


@pytest.mark.parametrize("url", ["ftp://a.example/x", "javascript:alert(1)", "http://", "not an address"])
def test_only_http_is_asked(desk: Desk, url: str) -> None:
    """Anything else is a bad address."""
    assert failed(desk.fetcher.fetch(url, SOURCE, NOW)).kind is Kind.BAD_URL


def test_rules_go_before_the_request() -> None:
    """Where they refuse, nothing is opened."""
    transport = Transport()
    assert failed(fetch_page("https://a.example/x", SOURCE, transport, Rules(closed="it answers 500"), NOW)).kind is Kind.ROBOTS
    transport.close()
