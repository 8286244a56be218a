"""What is said of payloads that are no feeds."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse.sniff import describe


@pytest.mark.parametrize(("text", "kind", "words"), [
    ("<html><head><title>Sign\n in</title></head></html>", Kind.NOT_A_FEED, "an HTML page titled 'Sign in'"),
    ("<!doctype html><title>Just a moment...</title>", Kind.CHALLENGE, "bot wall"),
    ("<html><title>Attention Required! | x</title></html>", Kind.CHALLENGE, "bot wall"),
    ("<html><body><div class='g-recaptcha'></div></body></html>", Kind.CHALLENGE, "bot wall"),
    ("<html><link rel=alternate type='application/rss+xml' href='/feed.xml'></html>", Kind.NOT_A_FEED, "'/feed.xml'"),
    ('{"error": "no such key"}', Kind.NOT_A_FEED, "no such key"),
    ("<?xml version='1.0'?><urlset><url/></urlset>", Kind.NOT_A_FEED, "<urlset>"),
    ("Too many requests", Kind.NOT_A_FEED, "'Too many requests'"),
    ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", Kind.NOT_A_FEED, "binary"),
])
def test_descriptions(text: str, kind: Kind, words: str) -> None:
    """The message says what came instead of a feed."""
    got = describe(text)
    assert got.kind is kind
    assert words in got.message


def test_random_bytes_are_called_binary() -> None:
    """Noise is not shown to the reader."""
    assert "binary" in describe(os.urandom(4096).decode("latin-1")).message


@given(st.text(max_size=300))
def test_message_is_one_printable_line(text: str) -> None:
    """Nothing of the payload can forge a second log line."""
    message = describe("<html><title>" + text).message
    assert message.isprintable()
    assert len(message) <= 500
