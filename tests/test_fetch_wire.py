"""Connections that go only where they may, end when time is over, and prove who is there."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feedserver import FeedServer, Reply, Request
from gets import CAP, OK, ONE, SECRET, SOON, answered, failed, names_lead_to
from rawserver import RawServer

from twinwire.errors import Kind
from twinwire.fetch import guard, wire
from twinwire.fetch.transport import Answer, Transport, Trouble


@pytest.fixture(scope="module")
def transport() -> Iterator[Transport]:
    made = Transport(deadline=20, max_bytes=CAP)
    yield made
    made.close()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Transport]:
    made = Transport(deadline=SOON, max_bytes=CAP)
    yield made
    made.close()


# Addresses


def test_a_private_address_is_refused_unless_it_is_allowed(transport: Transport) -> None:
    """Neither directly nor over a connection that was kept for a source that may; and the words say what to do."""
    with FeedServer({"/": Reply(b"x")}) as server:
        for _ in range(2):
            got = failed(transport.get(server.url()))
            assert got.kind is Kind.REFUSED_ADDRESS
            assert "allow_private" in got.message
            assert answered(transport.get(server.url(), allow_private=True)).body == b"x"
        assert len(server.requests) == 2


def test_one_private_address_among_a_names_addresses_is_enough(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected to, not even the public one."""
    names_lead_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    assert failed(transport.get("http://news.example/")).kind is Kind.REFUSED_ADDRESS


def test_the_address_that_was_checked_is_the_one_that_is_asked(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once per connection: a second answer could be another one."""
    monkeypatch.setattr(wire, "refuse", lambda ip: None if ip == "127.0.0.1" else guard.refuse(ip))
    asked = names_lead_to(monkeypatch, "127.0.0.1")
    with FeedServer({"/": Reply(b"x")}) as server:
        assert answered(transport.get(f"http://news.example:{server.port}/")).body == b"x"
        assert server.requests[0].headers["host"] == f"news.example:{server.port}"
    assert asked == ["news.example"]


def test_a_dead_first_address_leaves_the_second(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts with a broken IPv6 are many."""
    names_lead_to(monkeypatch, "127.0.0.9", "127.0.0.1")
    with FeedServer({"/": Reply(b"x")}) as server:
        assert answered(transport.get(f"http://news.example:{server.port}/", allow_private=True)).body == b"x"


def test_no_address_and_nobody_there_are_told_apart(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is a wrong name or no network, the other a server that is down."""
    got = failed(transport.get("http://127.0.0.1:9/", allow_private=True))
    assert got.kind is Kind.CONNECT
    assert "port 9" in got.message

    def unknown(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failed(transport.get("http://nobody.example/")).kind is Kind.DNS


# Time


@pytest.mark.parametrize(("answer", "drip"), [
    (b"", b""), (b"", b"H"), (OK, b"X-A: a\r\n"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (OK + b"Content-Length: 99\r\n\r\n<rss", b""),
    (OK + b"\r\n", b"x"), (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"X-T: a\r\n")],
    ids=["nothing", "status line", "headers", "100", "body", "body without length", "trailer"])
def test_the_deadline_is_for_the_whole_fetch(hasty: Transport, answer: bytes, drip: bytes) -> None:
    """A server that always has one more byte is cut off all the same; half a body is not taken for a whole one."""
    with RawServer(answer, drip=drip, hold=not drip) as server:
        assert failed(hasty.get(server.url(), allow_private=True)).kind is Kind.TIMEOUT
        assert not drip or server.hung_up()


def test_the_deadline_holds_for_kept_connections() -> None:
    """The second question on a line is answered a byte at a time."""
    hasty = Transport(deadline=20)
    with RawServer(b"", first=ONE, drip=b"H") as server:
        assert answered(hasty.get(server.url(), allow_private=True)).body == b"x"
        hasty._deadline = SOON
        assert failed(hasty.get(server.url(), allow_private=True)).kind is Kind.TIMEOUT
        assert server.hung_up()
        assert server.connections == 1


def test_the_deadline_holds_for_the_handshake(hasty: Transport) -> None:
    """TLS that never begins."""
    with RawServer(b"", hold=True, silent=True) as server:
        assert failed(hasty.get(server.url(scheme="https"), allow_private=True)).kind is Kind.TIMEOUT


def test_the_deadline_holds_for_names(hasty: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolvers know no time limit of their own."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: over.wait(5) and [])
    got = failed(hasty.get("http://news.example/"))
    over.set()
    assert got.kind is Kind.TIMEOUT
    assert "news.example" in got.message


def test_a_stopped_run_ends_what_is_under_way() -> None:
    """And lets nothing begin after that."""
    reached, transport = threading.Event(), Transport(deadline=20)

    def stalls(_: Request) -> Reply:
        reached.set()
        return Reply(b"x", hang=5)

    with FeedServer({"/": stalls}) as server:
        got: list[Answer | Trouble] = []
        fetching = threading.Thread(target=lambda: got.append(transport.get(server.url(), allow_private=True)))
        fetching.start()
        assert reached.wait(10)
        transport.abort()
        fetching.join(10)
        assert failed(got[0]).kind is Kind.TIMEOUT
        assert "stopped" in failed(transport.get(server.url(), allow_private=True)).message
        assert len(server.requests) == 1


# Connections


def test_connections_are_kept(transport: Transport) -> None:
    """Handshakes cost more than feeds."""
    with RawServer(ONE, keep=True) as server:
        for _ in range(3):
            assert answered(transport.get(server.url(), allow_private=True)).body == b"x"
        assert (server.connections, len(server.heads)) == (1, 3)


def test_a_kept_connection_that_went_stale_costs_nothing(transport: Transport) -> None:
    """The server has hung up without saying so, before the next question or instead of an answer to it."""
    for closing in (RawServer(ONE), RawServer(b"", first=ONE)):
        with closing as server:
            for _ in range(3):
                assert answered(transport.get(server.url(), allow_private=True)).body == b"x"
            assert server.connections == 3


def test_what_follows_a_body_is_not_the_next_answer(transport: Transport) -> None:
    """More bytes than announced, shaped like an answer to a question nobody has asked yet."""
    with RawServer(ONE + OK + b"Content-Length: 6\r\n\r\nforged", keep=True) as server:
        for _ in range(2):
            assert answered(transport.get(server.url(), allow_private=True)).body == b"x"


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that signs itself, and a server's side of it."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_certificates_are_verified(authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown authority is refused, and a known one that speaks for another name."""
    cert, context = authority
    with RawServer(ONE, tls=context) as server:
        assert failed(Transport().get(server.url(scheme="https", host="localhost"), allow_private=True)).kind is Kind.TLS
        monkeypatch.setattr(wire.certifi, "where", lambda: str(cert))
        assert answered(Transport().get(server.url(scheme="https", host="localhost"), allow_private=True)).body == b"x"
        got = failed(Transport().get(server.url(scheme="https"), allow_private=True))
        assert got.kind is Kind.TLS
        assert "127.0.0.1" in got.message
        assert len(server.heads) == 1


def test_credentials_do_not_leave_tls(authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> None:
    """From https to http they would travel in the clear, to the same name and port as well."""
    monkeypatch.setattr(wire.certifi, "where", lambda: str(authority[0]))
    with RawServer(b"HTTP/1.1 302 Found\r\nLocation: http://localhost:{port}/\r\n\r\n", tls=authority[1]) as server:
        got = failed(Transport().get(server.url(scheme="https", host="localhost"), allow_private=True, authorization=f"Bearer {SECRET}"))
        assert got.kind is Kind.REDIRECT  # to itself, after the first
        assert [SECRET.encode() in h for h in server.heads] == [True, False]


def test_a_port_that_speaks_no_tls_is_told_so(transport: Transport) -> None:
    """http behind an https address."""
    with RawServer(OK + b"\r\n", silent=True) as server:
        assert failed(transport.get(server.url(scheme="https"), allow_private=True)).kind is Kind.TLS
