"""What the tests of one GET share. Holds no test."""

from __future__ import annotations

import socket

import pytest
from feedserver import Reply

from twinwire.fetch.guard import MAX_MESSAGE
from twinwire.fetch.transport import Answer, Trouble

CAP = 1 << 20      # bytes
SOON = 0.3         # seconds, of fetches that are to run out of time
SECRET = "s3cr3t"
OK = b"HTTP/1.1 200 OK\r\n"
ONE = OK + b"Content-Length: 1\r\n\r\nx"


def answered(got: Answer | Trouble) -> Answer:
    """The answer, which there must be."""
    assert isinstance(got, Answer), got
    return got


def failed(got: Answer | Trouble) -> Trouble:
    """The trouble, which there must be, told on one line that a terminal can show."""
    assert isinstance(got, Trouble), got
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in got.message)
    assert 0 < len(got.message) <= MAX_MESSAGE
    return got


def to(location: str, status: int = 302, body: bytes = b"") -> Reply:
    """A redirect."""
    return Reply(body, status, location=location)


def names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses. Returns a list that grows with each question."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked
