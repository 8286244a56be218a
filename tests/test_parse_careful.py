"""The careful reader: what feedparser stumbles on, and what it would take too long for."""

from __future__ import annotations

import pytest
from bounded import bounded

from twinwire.parse import careful, clean, fast, parse
from twinwire.parse.outcome import Document
from twinwire.records import Parsed

BROKEN = "<item><title>broken<br></title><link>https://a.example/b</link></item>"
N = 50_000


def item(n: int, inner: str = "") -> str:
    return f"<item><title>Town {n}</title><link>https://a.example/{n}</link><guid>g{n}</guid>{inner}</item>"


def rss(*items: str) -> str:
    return "<rss version='2.0'><channel><title>f</title><language>en</language>" + "".join(items) + "</channel></rss>"


def read(text: str) -> Parsed:
    return careful.read(clean.clean(text), Document(text, "utf-8"))


def test_both_readers_agree() -> None:
    """A well-formed entry comes out the same from both readers."""
    text = rss(item(1, '<description>d</description><category domain="s">c</category><author>j@a.org (Jo)</author>'
                       '<pubDate>x</pubDate><source url="https://s.example/">S</source><enclosure url="https://a.example/e"/>'))
    one = fast.read(text, Document(text, "utf-8"))
    assert one is not None
    assert one.entries == read(text).entries


def test_feedparser_reads_a_broken_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser's first parser gives up a broken document at its first character, not half-way, and the entries are the same."""
    given: list[bytes] = []
    real = careful.feedparser.parse
    monkeypatch.setattr(careful.feedparser, "parse", lambda body, **how: given.append(body) or real(body, **how))
    broken, sound = rss(item(1, "<category>A &amp; B</category>"), BROKEN, item(2)), rss(item(1))
    found = read(broken)
    read(sound)
    assert [body[:1] for body in given] == [careful.SPOILER, b"<"]
    monkeypatch.setattr(careful, "SPOILER", b"")
    assert read(broken) == found
    assert len(found.entries) == 3


def test_entry_that_feedparser_cannot_read_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where feedparser raises, the document is halved until the bad entry stands alone; the others are kept."""
    real = careful.feedparser.parse

    def stumbling(body: bytes, **options: object) -> object:
        if b"Town 5<" in body:
            raise KeyError("x")
        return real(body, **options)

    monkeypatch.setattr(careful.feedparser, "parse", stumbling)
    got = read(rss(*(item(i) for i in range(9))))
    assert [e.position for e in got.entries] == [0, 1, 2, 3, 4, 6, 7, 8]
    assert [q.position for q in got.quarantined] == [5]
    assert "KeyError" in got.quarantined[0].reason
    assert "Town 5" in got.quarantined[0].raw


def test_feedparser_that_always_raises_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """When every stretch fails, the search for the bad entries is given up after a while."""
    calls = []

    def failing(body: bytes, **options: object) -> object:
        calls.append(1)
        raise ValueError("no")

    monkeypatch.setattr(careful.feedparser, "parse", failing)
    got = read(rss(*(item(i) for i in range(3000))))
    assert got.entries == ()
    assert len(calls) < 300


def test_references_in_plain_fields_are_resolved() -> None:
    """feedparser's second parser leaves references in ids, names and categories; they come out as characters."""
    got = read(rss(item(1, "<category>A &amp; B</category><dc:creator>C &amp; D</dc:creator>"
                           "<prn:subject>E &amp; F</prn:subject>"), BROKEN))
    entry = got.entries[0]
    assert [c.term for c in entry.categories] == ["A & B"]
    assert entry.authors == ("C & D",)
    assert entry.extra == {"prn:subject": ("E & F",)}


@pytest.mark.parametrize("name", ["links", "tags", "content", "authors", "contributors", "source", "title_detail"])
def test_elements_named_like_results(name: str) -> None:
    """An element that feedparser files under the name of one of its lists does not derail the reading."""
    for inner in (f"<{name}>x</{name}>", f'<{name} a="b">x</{name}>'):
        assert "Town 1" in {e.title for e in read(rss(item(1, inner), BROKEN)).entries}


HOSTILE = {
    "leading newlines": "\n" * 300_000 + rss(item(1), BROKEN),
    "comments": rss(item(1, "<description>" + "<!--" * N + "</description>"), BROKEN),
    "escaped comments": rss(item(1, "<description>" + "&lt;!--" * N + "</description>"), BROKEN),
    "attributes": rss(item(1, "<x " + " ".join(f'a{i}="1"' for i in range(N)) + "/>"), BROKEN),
    "author": rss(item(1, "<author>" + "a." * N + "@</author>"), BROKEN),
    "author with at sign": rss(item(1, "<author>a@" + "a." * N + "</author>"), BROKEN),
    "categories": rss(item(1, "".join(f"<category>c{i}</category>" for i in range(N))), BROKEN),
    "keywords": rss(item(1, "<media:keywords>" + ",".join(map(str, range(N))) + "</media:keywords>"), BROKEN),
    "prefixes": rss(item(1, "".join(f'<p{i}:x xmlns:p{i}="urn:{i}"/>' for i in range(N // 2))), BROKEN),
    "deep": rss(item(1, "<description>" + "<div>" * N + "</description>")),
    "open cdata": rss(item(1, "<![CDATA[" * N)),
    "instructions": rss(item(1, "<?" * N)),
    "less-than": rss(item(1, "<" * N)),
    "quotes": rss(item(1, '<a "' * N)),
    "long name": rss(item(1, "<" + "a" * 1_000_000 + ">"), BROKEN),
    "blank references": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>b</title><content type="xhtml">'
                        + "&#10;" * N + "<div>x</div></content></entry><entry><title>x<br></title></entry></feed>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_quadratic_corner_is_reached(text: str) -> None:
    """Documents that cost feedparser alone minutes are read in bounded time, and give their good entry."""
    with bounded(150):
        got = parse(text.encode())
    assert isinstance(got, Parsed)
    assert got.entries[0].title in {"Town 1", "b"}
