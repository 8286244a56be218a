"""Builders and checks for the tests of agency formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinwire.parse import Unreadable, parse
from twinwire.records import Entry, Parsed

FEEDS = Path(__file__).parent / "feeds"


def parsed(body: str | bytes, *, format: str = "auto") -> Parsed:  # noqa: A002 - the config's word
    """The outcome of a document that can be read."""
    got = parse(body.encode() if isinstance(body, str) else body, format=format)
    assert isinstance(got, Parsed), got
    return got


def only(body: str | bytes) -> Entry:
    """The one entry of a document."""
    (entry,) = parsed(body).entries
    return entry


def mutated(body: bytes, at: int, cut: int, put: bytes) -> bytes:
    """``body`` with ``cut`` bytes at ``at`` (taken round its end) replaced by ``put``."""
    at %= len(body) + 1
    return body[:at] + put + body[at + cut:]


def check_value(body: bytes) -> None:
    """Whatever the bytes, a value comes out, with printable text of bounded length in it."""
    got = parse(body)
    if isinstance(got, Unreadable):
        assert got.message.isprintable()
        assert len(got.message) <= 500
        return
    for entry in got.entries:
        assert entry.id or entry.link or entry.title or entry.summary or entry.content
        repr(entry).encode()


def shared_documents(shared: Path, folder: str, ending: str = "") -> list[Path]:
    """Real documents of a format; skips where they are not beside the project."""
    found = sorted(p for p in (shared / "data" / "feeds" / folder).glob(f"*{ending}") if p.is_file())
    if not found:
        pytest.skip(f"no {folder} documents beside the project")
    return found
