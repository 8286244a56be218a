"""One GET against servers that redirect, lie, flood and break off."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feedserver import FeedServer, Reply, Request
from gets import CAP, OK, SECRET, SOON, answered, failed, to
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rawserver import RawServer

import twinwire
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch import guard, wire
from twinwire.fetch.feeds import fetch_feed
from twinwire.fetch.transport import Answer, Transport, Trouble
from twinwire.records import Failure, Unchanged

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def transport() -> Iterator[Transport]:
    made = Transport(deadline=20, max_bytes=CAP, contact="news.example/bot")
    yield made
    made.close()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Transport]:
    made = Transport(deadline=SOON, max_bytes=CAP)
    yield made
    made.close()


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_their_bodies_are_not_read(transport: Transport, status: int) -> None:
    """Relative addresses too; a redirect may carry a bomb or never end."""
    routes = {"/a": to("b/c?x=1", status, b"x" * (4 * CAP)), "/b/c": to("../d", status, b"x"), "/d": Reply(b"here")}
    with FeedServer(routes) as server:
        got = answered(transport.get(server.url("/a"), allow_private=True))
        assert (got.status, got.body, got.final_url, got.wire_bytes) == (200, b"here", server.url("/d"), 4)
        assert [(r.method, r.path, r.query) for r in server.requests] == [("GET", "/a", ""), ("GET", "/b/c", "x=1"), ("GET", "/d", "")]


@pytest.mark.parametrize(("statuses", "moved"), [((), False), ((301,), True), ((301, 308), True), ((301, 302), False), ((307, 301), False)])
def test_a_source_has_moved_when_all_redirects_are_permanent(transport: Transport, statuses: tuple[int, ...], moved: bool) -> None:
    """One passing redirect on the way, and the old address still counts."""
    routes = {f"/{n}": to(f"/{n + 1}", s) for n, s in enumerate(statuses)} | {f"/{len(statuses)}": Reply(b"x")}
    with FeedServer(routes) as server:
        assert answered(transport.get(server.url("/0"), allow_private=True)).moved_to == (server.url(f"/{len(statuses)}") if moved else None)


def test_redirects_end(transport: Transport) -> None:
    """At most five; a loop is told as too many, one step to itself at once."""
    routes = {f"/{n}": to(f"/{n + 1}") for n in range(20)} | {"/a": to("/b"), "/b": to("/a"), "/self": to("/self#x")}
    with FeedServer(routes) as server:
        assert answered(transport.get(server.url("/15"), allow_private=True)).status == 404
        for path, asked in (("/14", 6), ("/a", 6), ("/self", 1)):
            server.requests.clear()
            assert failed(transport.get(server.url(path), allow_private=True)).kind is Kind.REDIRECT
            assert len(server.requests) == asked


@pytest.mark.parametrize("location", [None, "", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/_x", "data:,x", "javascript:1",
                                      "https://", "//a b/", "http://127.0.0.1:99999/", "/" + "a" * 9000])
def test_a_redirect_to_nowhere_is_not_followed(transport: Transport, location: str | None) -> None:
    """Only http and https, whatever a server would like us to open."""
    with FeedServer({"/": to(location or "") if location is not None else Reply(status=302)}) as server:
        assert failed(transport.get(server.url(), allow_private=True)).kind is Kind.REDIRECT
        assert len(server.requests) == 1


def test_a_location_in_utf_8_is_read_as_such(transport: Transport) -> None:
    """Servers send addresses unquoted."""
    with FeedServer({"/": to("/café".encode().decode("latin-1")), "/caf%C3%A9": Reply(b"x")}) as server:
        assert answered(transport.get(server.url(), allow_private=True)).status == 200


def test_a_redirect_that_only_adds_a_slash_and_leads_nowhere_is_asked_again(transport: Transport) -> None:
    """PR Newswire does that to one request in three; but not for ever."""
    asked: list[str] = []

    def moody(request: Request) -> Reply:
        asked.append(request.path)
        return to("/feed/", 301) if len(asked) < 3 else Reply(b"<rss/>")

    with FeedServer({"/feed": moody, "/gone": to("/gone/")}) as server:
        got = answered(transport.get(server.url("/feed"), allow_private=True))
        assert (got.status, got.final_url, got.moved_to) == (200, server.url("/feed"), None)
        assert answered(transport.get(server.url("/gone"), allow_private=True)).status == 404
        assert server.hits["/gone"] == 4


@pytest.mark.parametrize("location", ["http://127.0.0.2:{port}/", "//127.0.0.2:{port}/", "http://2130706434:{port}/", "http://0x7f.2:{port}/",
                                      "http://[::ffff:127.0.0.2]:{port}/", "https://127.0.0.2:{port}/", "http://one@127.0.0.2:{port}/"])
@pytest.mark.parametrize("hops", [1, 3])
def test_every_hop_is_checked(transport: Transport, monkeypatch: pytest.MonkeyPatch, location: str, hops: int) -> None:
    """A public server that sends us into the private network, however it spells the address."""
    monkeypatch.setattr(wire, "refuse", lambda ip: None if ip == "127.0.0.1" else guard.refuse(ip))  # 127.0.0.1 plays the public one
    with FeedServer({f"/{n}": to(f"/{n + 1}") for n in range(hops)}) as server:
        server.routes[f"/{hops - 1}"] = to(location.format(port=server.port))
        assert failed(transport.get(server.url("/0"))).kind is Kind.REFUSED_ADDRESS
        assert len(server.requests) == hops


@pytest.mark.parametrize("url", ["", "x", "file:///etc/passwd", "http://", "http://a b/", "http://127.0.0.1:0x/", "\ud800"])
def test_what_is_no_address_is_not_asked(transport: Transport, url: str) -> None:
    """Bad luck in the catalogue is a value as well."""
    assert failed(transport.get(url, allow_private=True)).kind is Kind.BAD_URL


def test_redirects_do_not_renew_the_deadline(hasty: Transport) -> None:
    """Five hops, each just in time, are five times too late."""
    with FeedServer({f"/{n}": Reply(status=302, location=f"/{n + 1}", hang=SOON * 0.6) for n in range(5)}) as server:
        assert failed(hasty.get(server.url("/0"), allow_private=True)).kind is Kind.TIMEOUT
        assert len(server.requests) <= 2


def test_an_errors_body_does_not_hide_its_status() -> None:
    """404 is known although its page never ends."""
    with RawServer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\nsorry", hold=True) as server:
        assert answered(Transport(deadline=1).get(server.url(), allow_private=True)).status == 404


# Size


@pytest.mark.parametrize("head", [b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 0x10000 + b"\r\n", b"\r\n"])
def test_bytes_on_the_wire_are_capped(transport: Transport, head: bytes) -> None:
    """A body that does not say how long it is."""
    more = b"".join(b"10000\r\n" + b"x" * 0x10000 + b"\r\n" for _ in range(40))
    with RawServer(OK + head + more, hold=True) as server:
        got = failed(transport.get(server.url(), allow_private=True))
    assert got.kind is Kind.TOO_LARGE
    assert CAP < got.wire_bytes < 2 * CAP
    assert f"{CAP:,}" in got.message


def test_what_announces_too_much_is_not_read(transport: Transport) -> None:
    """The cap itself is still allowed."""
    with FeedServer({"/over": Reply(b"x" * (CAP + 1)), "/just": Reply(b"x" * CAP)}) as server:
        got = failed(transport.get(server.url("/over"), allow_private=True))
        assert (got.kind, got.wire_bytes) == (Kind.TOO_LARGE, 0)
        assert answered(transport.get(server.url("/just"), allow_private=True)).wire_bytes == CAP


def test_a_bomb_is_too_large_and_never_in_memory(transport: Transport) -> None:
    """Decoded bytes count too: 50 KB that would be 50 MB, as a feed, as an error's page and in a redirect."""
    bomb = gzip.compress(b" " * (50 << 20))
    coded = {"Content-Encoding": "gzip"}
    routes = {"/feed": Reply(bomb, headers=coded), "/error": Reply(bomb, 404, headers=coded),
              "/moved": Reply(bomb, 302, headers=coded, location="/feed")}
    with FeedServer(routes) as server:
        tracemalloc.start()
        try:
            for path in ("/feed", "/moved"):
                got = failed(transport.get(server.url(path), allow_private=True))
                assert got.kind is Kind.TOO_LARGE
                assert got.wire_bytes <= len(bomb)
            assert answered(transport.get(server.url("/error"), allow_private=True)).status == 404
            assert tracemalloc.get_traced_memory()[1] < 6 * CAP
        finally:
            tracemalloc.stop()


# Framing


@pytest.mark.parametrize(("answer", "body", "damage"), [
    (b"Content-Length: 9\r\n\r\n<rss>", b"<rss>", "after 5 of 9 bytes"),
    (b"Content-Length: 9, 9\r\n\r\n<rss>", b"<rss>", "after 5 bytes"),
    (b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", b"<rss>", "after 5 bytes"),
    (b"Transfer-Encoding: chunked\r\n\r\n9\r\n<rss>", b"<rss>", "after 5 bytes"),
    (b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\nzz\r\n", b"<rss>", "after 5 bytes"),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n", b"<rss>", None),
    (b"Content-Length: 5\r\n\r\n<rss></rss>", b"<rss>", None),  # the document tells that it ends early
    (b"Content-Length: -1\r\n\r\n<rss>", b"<rss>", None), (b"Content-Length: many\r\n\r\n<rss>", b"<rss>", None), (b"\r\n<rss>", b"<rss>", None)])
def test_a_body_that_is_cut_is_kept_and_flagged(transport: Transport, answer: bytes, body: bytes, damage: str | None) -> None:
    """Half a feed is better than none, but it must not pass for the whole."""
    with RawServer(OK + answer) as server:
        got = answered(transport.get(server.url(), allow_private=True))
    assert got.body == body
    assert (damage is None) == (got.damage is None)
    assert damage is None or damage in str(got.damage)


def test_gzip_without_its_end_is_flagged(transport: Transport) -> None:
    """The length is right, the stream is not."""
    half = gzip.compress(bytes(range(256)) * 40)[:150]
    with FeedServer({"/": Reply(half, headers={"Content-Encoding": "gzip"})}) as server:
        got = answered(transport.get(server.url(), allow_private=True))
    assert got.damage == "the gzip stream ends early"
    assert (bytes(range(256)) * 40).startswith(got.body)


def test_a_line_that_breaks_before_the_first_byte_is_no_answer(transport: Transport) -> None:
    """There is nothing to keep."""
    with RawServer(OK + b"Content-Length: 9\r\n\r\n") as server:
        assert failed(transport.get(server.url(), allow_private=True)).kind is Kind.BROKEN_ANSWER


@pytest.mark.parametrize("answer", [
    OK + b"".join(b"X-%d: a\r\n" % n for n in range(101)) + b"\r\nx", OK + b"X: " + b"a" * 70_000 + b"\r\n\r\nx", OK + b"X: a\r\n" * 100_000,
    b"\x16\x03\x01 nonsense \x1b[31m\x00" * 9 + b"\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n", b"SSH-2.0-x\r\n", b"",
    OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", OK + b"Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
    OK + b"Content-Encoding: " + b"gzip, " * 50 + b"gzip\r\nContent-Length: 1\r\n\r\nx"])
def test_what_is_no_proper_answer_is_told_on_one_line(transport: Transport, answer: bytes) -> None:
    """A flood of headers, other protocols, two lengths, codings nobody asked for."""
    with RawServer(answer) as server:
        assert failed(transport.get(server.url(), allow_private=True)).kind is Kind.BROKEN_ANSWER
        assert server.connections == (1 if answer else 2)  # only a line that breaks is tried once more


@settings(max_examples=40)
@example(b"\xa0e", b"123456789", True)
@given(st.binary(max_size=40), st.binary(max_size=40), st.booleans())
def test_no_server_makes_a_fetch_raise(transport: Transport, head: bytes, body: bytes, well_begun: bool) -> None:
    """Nor the next one, which sends the server's own validator back."""
    with RawServer((OK + b"ETag: " if well_begun else b"") + head + b"\r\nContent-Length: 9\r\n\r\n" + body) as server:
        got = transport.get(server.url(), allow_private=True)
        if isinstance(got, Answer):
            again = transport.get(server.url(), {"If-None-Match": got.headers.get("etag", "")}, allow_private=True)
            assert isinstance(again, Answer)
        else:
            failed(got)


# Secrets and manners


@pytest.mark.parametrize("where", ["http://localhost:{a}/in", "http://127.0.0.1:{b}/in", "//127.0.0.1:{b}/in", "http://u:p@127.0.0.1:{b}/in"])
def test_credentials_go_to_their_origin_only(transport: Transport, where: str) -> None:
    """Another host or another port is another owner, and the way back does not bring them back."""
    with FeedServer() as a, FeedServer() as b:
        location = where.format(a=a.port, b=b.port)
        for server in (a, b):
            server.routes |= {"/": to("/same"), "/same": to(location), "/in": to(a.url("/back")), "/back": Reply(b"x")}
        assert answered(transport.get(a.url(), allow_private=True, authorization=f"Bearer {SECRET}")).body == b"x"
        sent = {r.path: r.headers.get("authorization") for r in a.requests + b.requests}
    assert sent == {"/": f"Bearer {SECRET}", "/same": f"Bearer {SECRET}", "/in": None, "/back": None}


def test_a_password_in_the_address_is_sent_as_a_header_and_shown_nowhere(transport: Transport, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the answer, nor in any message or log."""
    caplog.set_level(0)
    routes = {"/": Reply(b"x"), "/loop": to("/loop"), "/file": to(f"file://u:{SECRET}@h/x"), "/big": Reply(b"x" * (CAP + 1)),
              "/lost": to(f"http://u:{SECRET}@127.0.0.1:9/?token={SECRET}"), "/cut": Reply(b"x" * 9, truncate=0)}
    with FeedServer(routes) as server:
        def get(path: str, **more: bool) -> Answer | Trouble:
            return transport.get(f"http://us%40er:{SECRET}@127.0.0.1:{server.port}{path}?key={SECRET}", allow_private=True, **more)

        got = answered(get("/"))
        assert server.requests[0].headers["authorization"] == "Basic dXNAZXI6czNjcjN0"
        assert f"{SECRET}@" not in got.final_url
        for path in ("/loop", "/file", "/big", "/lost", "/cut"):
            assert SECRET not in failed(get(path)).message
    assert SECRET not in failed(transport.get(f"http://u:{SECRET}@127.0.0.1/")).message
    assert SECRET not in failed(transport.get(f"ftp://u:{SECRET}@127.0.0.1/")).message
    assert SECRET not in caplog.text


@pytest.mark.parametrize("value", [f"Bearer {SECRET}\n", f"Bearer {SECRET}\r\nX-Injected: 1", f"Bearer {SECRET}→", f" {SECRET}"])
def test_credentials_that_no_header_can_carry_are_told_without_showing_them(transport: Transport, value: str) -> None:
    """A secret from a file ends with a line break easily."""
    with FeedServer({"/": Reply(b"x")}) as server:
        got = failed(transport.get(server.url(), allow_private=True, authorization=value))
        assert server.requests == []
    assert got.kind is Kind.CREDENTIALS
    assert SECRET not in got.message


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy would resolve names behind the guard's back; ~/.netrc is for other programs."""
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login u password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with FeedServer({"/": Reply(b"x")}) as server, FeedServer({"/": Reply(b"proxy")}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        assert answered(Transport().get(server.url(), allow_private=True)).body == b"x"
        assert "authorization" not in server.requests[0].headers
        assert proxy.requests == []


def test_no_cookie_is_kept(transport: Transport) -> None:
    """Neither along a redirect nor for the next fetch, nor in the headers of the answer."""
    cookie = {"Set-Cookie": "id=1; Path=/", "Set-Cookie2": "id=1"}
    with FeedServer({"/": Reply(status=302, location="/b", headers=cookie), "/b": Reply(b"x", headers=cookie)}) as server:
        for _ in range(2):
            assert not {"set-cookie", "set-cookie2"} & set(answered(transport.get(server.url(), allow_private=True)).headers)
        assert not any("cookie" in r.headers for r in server.requests)


@pytest.mark.parametrize(("contact", "agent"), [
    ("bot.example/about", f"twinwire/{twinwire.__version__} (+bot.example/about)"), ("", f"twinwire/{twinwire.__version__} (news archive; city diplomacy)"),
    ("a\r\nX-Injected: →", f"twinwire/{twinwire.__version__} (+aX-Injected: )")])
def test_we_say_who_we_are(contact: str, agent: str) -> None:
    """Name, version and where to complain; no browser's name."""
    with FeedServer({"/": to("/b"), "/b": Reply(b"x")}) as server:
        answered(Transport(contact=contact).get(server.url(), {"If-None-Match": '"e"'}, allow_private=True))
        assert {r.headers["user-agent"] for r in server.requests} == {agent}
        assert server.requests[1].headers["accept-encoding"] == "gzip"
        assert set(server.requests[1].headers) == {"host", "user-agent", "accept", "accept-encoding", "if-none-match"}


# What an answer means


@pytest.mark.parametrize(("reply", "kind", "wait"), [
    (Reply(status=401), Kind.UNAUTHORISED, None), (Reply(status=403), Kind.FORBIDDEN, None), (Reply(status=404), Kind.NOT_FOUND, None),
    (Reply(status=410), Kind.GONE, None), (Reply(status=429), Kind.THROTTLED, None), (Reply(status=500), Kind.SERVER_ERROR, None),
    (Reply(status=429, headers={"Retry-After": "60"}), Kind.THROTTLED, 60), (Reply(status=503, headers={"Retry-After": "9" * 30}), Kind.THROTTLED, 86400),
    (Reply(status=503, headers={"Retry-After": "Tue, 24 Nov 2026 13:00:00 GMT"}), Kind.THROTTLED, 3600), (Reply(status=503), Kind.SERVER_ERROR, None),
    (Reply(status=204), Kind.HTTP_STATUS, None), (Reply(b"x", 206), Kind.HTTP_STATUS, None), (Reply(status=304), Kind.HTTP_STATUS, None),
    (Reply(b"x", 300), Kind.HTTP_STATUS, None), (Reply(b""), Kind.EMPTY, None), (Reply(b"", gzip=True), Kind.EMPTY, None),
    (Reply(b"<title>Just a moment...</title>", 403), Kind.CHALLENGE, None), (Reply(b"Are you a robot?", 429, gzip=True), Kind.CHALLENGE, None),
    (Reply(status=403, headers={"Cf-Mitigated": "challenge"}), Kind.CHALLENGE, None),
    (Reply(b"contact form with a captcha", 404), Kind.NOT_FOUND, None)])
def test_a_status_becomes_a_failure_with_a_class(transport: Transport, reply: Reply, kind: Kind, wait: float | None) -> None:
    """Down the whole way from the socket; Retry-After in both forms, at most a day."""
    with FeedServer({"/": reply}) as server:
        source = Source(id="a-feed", name="A", url=server.url(), allow_private=True)
        got = fetch_feed(source, transport, NOW, {})
    assert isinstance(got, Failure)
    assert (got.kind, got.http_status, got.retry_after) == (kind, reply.status, wait)


def test_a_304_is_unchanged_and_its_connection_is_kept(transport: Transport) -> None:
    """The usual answer must be the cheapest."""
    with RawServer(b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n', keep=True) as server:
        source = Source(id="a-feed", name="A", url=server.url(), allow_private=True)
        for hour in range(2):
            now = NOW + timedelta(hours=hour)
            assert fetch_feed(source, transport, now, {"If-None-Match": '"e"'}) == Unchanged(
                source="a-feed", reason="304", status=304, fetched_at=now, etag='"e"')
        assert server.connections == 1
