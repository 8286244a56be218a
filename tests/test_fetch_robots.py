"""What a host's robots.txt lets us ask."""

from __future__ import annotations

import pytest
from feedserver import FeedServer, Reply
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.fetch.robots import MAX_BYTES, address, parsed, read_rules, rules_of
from twinwire.fetch.transport import Answer, Transport, Trouble

PAGE = "https://news.example/a/1"


def answer(status: int = 200, body: bytes = b"") -> Answer:
    return Answer(status=status, headers={}, body=body, final_url="https://news.example/robots.txt", moved_to=None, damage=None,
                  wire_bytes=len(body), challenge=False)


@pytest.mark.parametrize(("text", "allowed"), [
    ("", True),
    ("User-agent: *\nDisallow: /", False),
    ("User-agent: *\nDisallow: /b/", True),
    ("User-agent: *\nDisallow: /a/\nAllow: /a/1", True),
    ("User-agent: *\nDisallow: /*1$", False),
    ("User-agent: other\nDisallow: /\n\nUser-agent: *\nAllow: /", True),
    ("User-agent: TwinWire\nDisallow: /a\n\nUser-agent: *\nAllow: /", False),
    ("User-agent: twinwire\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
    ("\ufeffUser-agent: *\r\nDisallow: /a", False),
    ("<html><body>User-agent: *</body><p>Disallow: /</p></html>", True),
])
def test_rules_are_those_of_our_group(text: str, allowed: bool) -> None:
    """The group that names us, else the one for all; the longest match decides; HTML instead of a file is no rule."""
    assert (parsed(text.encode()).refusal(PAGE) is None) is allowed


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 451])
def test_no_file_is_no_rule(status: int) -> None:
    """RFC 9309 §2.3.1.3: what is unavailable forbids nothing."""
    assert rules_of(answer(status, b"User-agent: *\nDisallow: /")).refusal(PAGE) is None


@pytest.mark.parametrize("status", [429, 500, 503, 599])
def test_a_host_in_trouble_is_left_alone(status: int) -> None:
    """RFC 9309 §2.3.1.4: while the rules cannot be had, nothing is asked; the reason names the status."""
    told = rules_of(answer(status)).refusal(PAGE)
    assert told
    assert str(status) in told


def test_an_unreachable_host_is_left_alone_and_one_that_redirects_for_ever_is_not() -> None:
    """No answer is a closed door; more than five redirects count as no file."""
    told = rules_of(Trouble(kind=Kind.TIMEOUT, message="the time is over")).refusal(PAGE)
    assert told
    assert "the time is over" in told
    assert rules_of(Trouble(kind=Kind.REDIRECT, message="redirects more than 5 times")).refusal(PAGE) is None


def test_a_crawl_delay_is_read_from_our_group() -> None:
    """Seconds, fractions too; nonsense is no delay."""
    assert parsed(b"User-agent: twinwire\nCrawl-delay: 2.5\n\nUser-agent: *\nCrawl-delay: 60").delay == 2.5
    assert [parsed(f"User-agent: *\nCrawl-delay: {v}".encode()).delay for v in ("3", "soon", "-1", "inf")] == [3.0, 0.0, 0.0, 0.0]


def test_only_the_first_500_kib_count() -> None:
    """What stands behind them is not read, and the line that is cut is no rule."""
    start = b"User-agent: *\nDisallow: /b\n"
    assert parsed(start + b"#" * MAX_BYTES + b"\nDisallow: /a").refusal(PAGE) is None
    cut = start + b"#" * (MAX_BYTES - len(start) - len(b"\nDisallow: /a")) + b"\nDisallow: /a/2/only"
    assert parsed(cut).refusal(PAGE) is None
    assert parsed(start + b"#" * 1000 + b"\nDisallow: /a").refusal(PAGE) is not None


@pytest.mark.parametrize(("url", "robots"), [
    ("https://a.example/x/y?z=1", "https://a.example/robots.txt"), ("http://a.example:8080/", "http://a.example:8080/robots.txt"),
    ("https://[2001:db8::1]/x", "https://[2001:db8::1]/robots.txt"),
])
def test_each_scheme_host_and_port_has_its_own(url: str, robots: str) -> None:
    """RFC 9309 §2.3."""
    assert address(url) == robots


def test_the_file_is_fetched_with_our_guards() -> None:
    """Through redirects, under our own name; a private address only where the source may live on one."""
    routes = {"/robots.txt": Reply(status=301, location="/rules"), "/rules": Reply(b"User-agent: *\nDisallow: /secret\nCrawl-delay: 1")}
    with FeedServer(routes) as server:
        transport = Transport(deadline=5)
        rules = read_rules(server.url("/secret/1"), transport, allow_private=True)
        refused = read_rules(server.url("/secret/1"), transport)
        transport.close()
    assert (rules.refusal(server.url("/secret/1")) is None, rules.refusal(server.url("/open")) is None, rules.delay) == (False, True, 1.0)
    assert refused.closed
    assert "not a public address" in refused.closed
    assert server.requests[0].headers["user-agent"].startswith("twinwire/")


@given(st.binary(max_size=400), st.text(max_size=60))
def test_nothing_raises(body: bytes, path: str) -> None:
    """Whatever a host sends, and whatever the page is called."""
    rules = rules_of(answer(200, b"User-agent: *\nDisallow: " + body + b"\n" + body))
    assert rules.closed is None
    assert rules.refusal("https://news.example/" + path.encode("ascii", "ignore").decode()) in {
        None, "robots.txt of the host does not let us read this page"}
