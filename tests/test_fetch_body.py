"""Bodies as http.client and urllib3 hand them over, from bytes in memory: whole, cut anywhere, coded, too large."""

from __future__ import annotations

import gzip
import http.client
import io
import ssl

import pytest
import urllib3
import urllib3.exceptions as low
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.fetch.body import GLANCE, Body, cause, innermost, stop_for
from twinwire.fetch.wire import Clockwork, StopError

CAP = 1 << 20
TEXT = b"<rss>" + bytes(range(256)) * 3 + b"</rss>"


class Line:
    """A socket that receives these bytes, ``step`` at a time, then closes or breaks with ``end``."""

    def __init__(self, data: bytes, step: int = 1 << 16, end: Exception | None = None) -> None:
        self._slow = _Slow(data, step, end)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self._slow)


class _Slow(io.RawIOBase):
    def __init__(self, data: bytes, step: int, end: Exception | None) -> None:
        self._left, self._step, self._end = io.BytesIO(data), step, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._left.read(min(self._step, len(buffer)))
        if self._end and not piece:
            raise self._end
        buffer[: len(piece)] = piece
        return len(piece)


def body_of(answer: bytes, step: int = 1 << 16, clock: Clockwork | None = None, end: Exception | None = None) -> Body:
    received = http.client.HTTPResponse(Line(b"HTTP/1.1 200 OK\r\n" + answer, step, end))  # type: ignore[arg-type]
    received.begin()
    raw = urllib3.HTTPResponse(body=received, headers=urllib3.HTTPHeaderDict(received.getheaders()), status=200, preload_content=False,
                               original_response=received)
    return Body(raw, clock or Clockwork(60, allow_private=False))


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def sized(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 4000), st.integers(1, 4000), st.booleans(), st.booleans())
def test_a_whole_body_comes_whole(body: bytes, size: int, step: int, in_chunks: bool, coded: bool) -> None:
    """However it is framed, coded and cut on the way, and every byte is counted."""
    sent = gzip.compress(body, mtime=0) if coded else body
    head = b"Content-Encoding: gzip\r\n" if coded else b""
    read = body_of(head + (chunked(sent, size) if in_chunks else sized(sent)), step)
    assert read.whole(CAP) == (body, None)
    assert read.got == len(sent)


@pytest.mark.parametrize("head", [b"", b"Content-Encoding: gzip\r\n"], ids=["plain", "gzip"])
@pytest.mark.parametrize("in_chunks", [True, False], ids=["chunked", "sized"])
def test_no_cut_goes_unnoticed(head: bytes, in_chunks: bool) -> None:
    """Cut after any byte: it is flagged, or raised when nothing came, or nothing of the body is missing."""
    sent = gzip.compress(TEXT, mtime=0) if head else TEXT
    answer = head + (chunked(sent, 100) if in_chunks else sized(sent))
    for cut in range(answer.index(b"\r\n\r\n") + 4, len(answer)):
        read = body_of(answer[:cut])
        try:
            got, why = read.whole(CAP)
        except StopError as e:
            got, why = b"", e.kind
        assert TEXT.startswith(got)
        assert why or got == TEXT
        assert (why is Kind.BROKEN_ANSWER) == (read.got == 0)


def test_a_body_without_any_frame_ends_where_the_line_ends() -> None:
    """HTTP/1.0 tells no length: only a gzip stream, or the document itself, could."""
    assert body_of(b"\r\n" + TEXT[:50]).whole(CAP) == (TEXT[:50], None)
    assert body_of(b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT, mtime=0)[:50]).whole(CAP)[1] == "the gzip stream ends early"


@pytest.mark.parametrize("in_chunks", [True, False])
@pytest.mark.parametrize("coded", [True, False])
def test_the_cap_is_the_last_size_that_passes(in_chunks: bool, coded: bool) -> None:
    """On the wire and decoded; the words name the setting."""
    head = b"Content-Encoding: gzip\r\n" if coded else b""
    for size in (5000, 5001):
        sent = gzip.compress(b" " * size, mtime=0) if coded else b" " * size
        read = body_of(head + (chunked(sent, 999) if in_chunks else sized(sent)))
        if size == 5000:
            assert len(read.whole(5000)[0]) == 5000
        else:
            with pytest.raises(StopError, match=r"5,000.*fetch\.max_bytes") as stop:
                read.whole(5000)
            assert stop.value.kind is Kind.TOO_LARGE


def test_many_empty_gzip_members_count_on_the_wire() -> None:
    """They decode to nothing, for ever."""
    with pytest.raises(StopError) as stop:
        body_of(b"Content-Encoding: gzip\r\n" + chunked(gzip.compress(b"", mtime=0) * 500, 4000)).whole(5000)
    assert stop.value.kind is Kind.TOO_LARGE


@pytest.mark.parametrize("coding", [b"br", b"zstd", b"gzip, gzip", b"gzip\r\nContent-Encoding: gzip"])
def test_codings_that_were_not_asked_for_are_no_answer(coding: bytes) -> None:
    """Nothing could be read of them."""
    with pytest.raises(StopError, match="not asked for") as stop:
        body_of(b"Content-Encoding: " + coding + b"\r\n" + sized(TEXT)).whole(CAP)
    assert stop.value.kind is Kind.BROKEN_ANSWER


def test_what_ends_because_time_is_over_is_not_whole() -> None:
    """The deadline shuts the socket down, and that looks like the end of a body."""
    clock = Clockwork(60, allow_private=False)
    clock.expire()
    for answer in (b"\r\n" + TEXT, sized(TEXT), sized(TEXT)[:-9], b"Content-Length: 0\r\n\r\n"):
        with pytest.raises(StopError) as stop:
            body_of(answer, clock=clock).whole(CAP)
        assert stop.value.kind is Kind.TIMEOUT
    read = body_of(b"\r\n" + TEXT, step=10, clock=clock)
    assert TEXT.startswith(read.glance())  # of an error the status counts, so that is no failure
    assert read.got <= 10


def test_a_line_that_breaks_leaves_half_a_body_and_one_that_falls_silent_none() -> None:
    """Broken is bad luck with this answer; too slow is another failure, and the next run has more time."""
    for answer in (b"\r\n" + TEXT, sized(TEXT + b"more")[:-4], chunked(TEXT, 100)[:-9]):
        got, why = body_of(answer, end=ConnectionResetError(104, "reset")).whole(CAP)
        assert TEXT.startswith(got)
        assert why
        with pytest.raises(StopError) as stop:
            body_of(answer, end=TimeoutError()).whole(CAP)
        assert stop.value.kind is Kind.TIMEOUT


@pytest.mark.parametrize(("answer", "seen"), [
    (sized(b"just a moment"), b"just a moment"), (b"Content-Encoding: gzip\r\n" + sized(gzip.compress(b"captcha", mtime=0)), b"captcha"),
    (b"Content-Encoding: gzip\r\n" + sized(gzip.compress(TEXT, mtime=0)[:-9]), None), (b"Content-Length: 99\r\n\r\nsorry", b"sorry"),
    (b"Transfer-Encoding: chunked\r\n\r\n5\r\nsorry\r\nzz", b"sorry"), (b"Content-Encoding: br\r\n" + sized(b"x"), b""),
    (b"Content-Encoding: gzip\r\n" + sized(gzip.compress(b" " * CAP, mtime=0)), b""), (sized(b""), b"")])
def test_a_glance_at_an_errors_page_never_fails(answer: bytes, seen: bytes | None) -> None:
    """It is a hint; what can be read of it is."""
    got = body_of(answer).glance()
    assert got == seen or (seen is None and TEXT.startswith(got))


def test_a_glance_is_short() -> None:
    """An error's page may be as long as it likes."""
    read = body_of(sized(b"x" * CAP), step=1000)
    assert 0 < len(read.glance()) <= GLANCE
    assert read.got <= GLANCE + 1000
    read = body_of(b"Content-Encoding: gzip\r\n" + sized(gzip.compress(b"", mtime=0) * 5000), step=1000)
    assert read.glance() == b""
    assert read.got <= GLANCE + 1000


@pytest.mark.parametrize(("error", "kind"), [
    (low.ReadTimeoutError(None, "https://u:pw@a.example/", "timed out"), Kind.TIMEOUT), (TimeoutError(), Kind.TIMEOUT),  # type: ignore[arg-type]
    (low.SSLError(ssl.SSLError(1, "bad record mac")), Kind.TLS),
    (low.ProtocolError("Connection broken", ConnectionResetError(104, "Connection reset by peer")), Kind.BROKEN_ANSWER),
    (low.IncompleteRead(5, 4), Kind.BROKEN_ANSWER), (ValueError(), Kind.BROKEN_ANSWER)])
def test_what_breaks_has_a_class_and_its_own_words(error: Exception, kind: Kind) -> None:
    """The innermost reason speaks; the wrappers would show the address."""
    stop = stop_for(error, Clockwork(60, allow_private=False))
    assert stop.kind is kind
    assert "pw" not in stop.message
    late = Clockwork(60, allow_private=False)
    late.expire()
    assert stop_for(error, late).kind is Kind.TIMEOUT


def test_the_reason_behind_a_reason_is_found() -> None:
    """In arguments or in ``reason``; what says nothing is named by its class."""
    reset = ConnectionResetError(104, "Connection reset by peer")
    wrapped = low.MaxRetryError(None, "https://u:pw@a.example/", low.ProtocolError("Connection broken", reset))  # type: ignore[arg-type]
    assert innermost(wrapped) is reset
    assert cause(wrapped) == "ConnectionResetError: Connection reset by peer"
    assert cause(ValueError()) == "ValueError"
    assert len(cause(ValueError("x" * 999))) == 160
