"""Caps and cleaning of fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse import limits


@given(st.text(), st.integers(1, 50))
def test_text_is_clean_and_capped(value: str, cap: int) -> None:
    """No control character, no lone surrogate, no more than the cap, and cleaning twice changes nothing more."""
    out = limits.text(value, cap)
    out.encode()
    assert len(out) <= cap
    assert out == out.strip()
    assert not any((c < " " and c not in "\t\n\r") or "\x7f" <= c <= "\x9f" for c in out)


@pytest.mark.parametrize(("raw", "text"), [
    ("e\u0301", "é"), ("a\x92s", "a’s"), ("MÃ¼nchen", "München"), ("Ð¡Ð\xadÐ\x9cÐ\x81", "СЭМЁ"), ("a\ud800b", "ab"),
    (None, ""), (7, ""),
])
def test_text_is_mended(raw: object, text: str) -> None:
    """NFC, Windows-1252 for stray C1 controls, and UTF-8 that was encoded twice is undone."""
    assert limits.text(raw, 100) == text


@pytest.mark.parametrize("raw", ["javascript:alert(1)", "JaVa\tScript:alert(1)", " \x01javascript:x",
"data:text/html,x", "file:///etc/passwd",
                                 "vbscript:x", "java\u200bscript:x", "http:", "https:///", "mailto:a@b.example",
                                 "urn:x:1"])
def test_links_of_other_schemes_are_refused(raw: str) -> None:
    """A link is an http or https address; what was refused is told."""
    link, dropped = limits.link(raw)
    assert link is None
    assert dropped


@pytest.mark.parametrize(("raw", "link"), [
    (" https://a.example/x \n", "https://a.example/x"), ("HTTP://A.example", "HTTP://A.example"), ("/x?y=1", "/x?y=1"),
    ("https://a.example/a\nb", "https://a.example/ab"), ("//a.example/x", "//a.example/x"),
])
def test_links_are_kept_as_given(raw: str, link: str) -> None:
    """Blanks around and line ends inside go; case, query and path stay."""
    assert limits.link(raw) == (link, None)


def test_overlong_addresses() -> None:
    """A link over the cap is dropped; ids over the cap stay distinct."""
    long = "https://a.example/" + "a" * 10_000
    assert limits.link(long)[0] is None
    first, second = limits.identifier(long + "1"), limits.identifier(long + "2")
    assert first != second
    assert first is not None
    assert len(first) < 400


def test_namespaced_fields_are_bounded() -> None:
    """At most fifty keys, each with at most fifty distinct values."""
    out = limits.namespaced({f"p:{i}": [str(n) for n in range(100)] for i in range(100)})
    assert len(out) == limits.EXTRA_KEYS
    assert all(len(v) == limits.EXTRA_VALUES for v in out.values())
