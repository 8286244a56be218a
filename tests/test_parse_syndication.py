"""Which reader gets a document, and what is said of damaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse import Unreadable, fast, parse, payload, syndication
from twinwire.records import Parsed

WHOLE = ("<?xml version='1.0'?><rss version='2.0'><channel><title>f</title>"
         + "".join(f"<item><title>t{i}</title><summary><![CDATA[<p>{i}</p>]]></summary></item>" for i in range(4))
         + "</channel></rss>")


@given(st.integers(0, len(WHOLE)))
def test_cut_anywhere(at: int) -> None:
    """Wherever a document is cut, its whole entries are read, the cut one is not, and the damage is named."""
    got = parse(WHOLE[:at].encode())
    whole = WHOLE[:at].count("</item>")
    if isinstance(got, Unreadable):
        assert whole == 0
        return
    assert [e.title for e in got.entries] == [f"t{i}" for i in range(whole)]
    assert len(got.quarantined) == WHOLE[:at].count("<item>") - whole
    assert (got.damage is None) == WHOLE[:at].rstrip(">").endswith("</rss")


def test_two_feeds_in_one_answer() -> None:
    """Two documents one after the other give the entries of both."""
    got = parse((WHOLE + WHOLE).encode())
    assert isinstance(got, Parsed)
    assert len(got.entries) == 8


@pytest.mark.parametrize("page", [
    "<html><body><pre><rss version='2.0'></rss></pre></body></html>", "<!DOCTYPE html><p>x</p><rss></rss>",
])
def test_feed_shown_in_a_page_is_no_feed(page: str) -> None:
    """A page that shows the source of a feed is a page."""
    assert isinstance(parse(page.encode()), Unreadable)


AROUND = [(b"", b""), (b"\n<!-- \xe9 -->", b""), (b"", b"\n<!-- \xe9 -->"), (b"\xef\xbb\xbf", b""), (b"<!DOCTYPE rss>", b""), (b"<!-- <rss> -->", b""),
          (b" " * 200, b""), (b"<!--" + b"x" * 5_000 + b"-->", b"\xc3"), (b"<?php warning ?>", b"</html>"), (b"\x1b(B", b"")]


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "feeds").glob("*.xml")), ids=lambda p: p.stem)
def test_bytes_and_text_give_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is read from its bytes gives what its text would, whatever stands around its root element."""
    body = path.read_bytes()
    wide = [body.decode("utf-8", "ignore").encode(name) for name in ("utf-16", "utf-16-le", "utf-32-be")]
    bodies = [before + body + behind for before, behind in AROUND] + wide + [body.replace(b"<title>", b"<title>\xe9\xc3\xa9"), body[:-40]]
    direct = [parse(b, url="https://a.example/") for b in bodies]
    monkeypatch.setattr(syndication, "root_of", lambda body: b"")
    assert direct == [parse(b, url="https://a.example/") for b in bodies]


def test_a_sound_document_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is well-formed and in UTF-8 goes to the parser as it came."""
    monkeypatch.delattr(payload, "decode")
    got = parse(f"\n<?xml version='1.0' encoding='utf-8'?>{WHOLE.replace('t0', 'Zürich')}\n".encode())
    assert isinstance(got, Parsed)
    assert (got.entries[0].title, got.encoding) == ("Zürich", "utf-8")


def test_a_parser_is_not_given_twice_what_it_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are not well-formed are mended before they are read again."""
    given: list[bytes] = []
    tree = fast._tree
    monkeypatch.setattr(fast, "_tree", lambda body, **how: given.append(body) or tree(body, **how))
    got = parse(WHOLE.replace("t0", "Marks & Sons").encode())
    assert isinstance(got, Parsed)
    assert (got.entries[0].title, len(given), given[0] == given[1]) == ("Marks & Sons", 2, False)
