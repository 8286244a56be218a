"""The fast reader reads well-formed documents and declines everything else."""

from __future__ import annotations

import pytest
from bounded import bounded

from twinwire.parse import fast
from twinwire.parse.outcome import Document

DOC = Document("", "utf-8")


@pytest.mark.parametrize("text", [
    "<rss><channel><item></channel></rss>", "<rss>&nbsp;</rss>", "", "<rss/><rss/>",
    "<rss>" + "<a>" * 1000 + "</a>" * 1000 + "</rss>",
])
def test_declines(text: str) -> None:
    """What is not well-formed, or nested beyond libxml2's bounds, is left to the careful reader."""
    assert fast.read(text, DOC) is None


def test_wide_tags_are_read_in_linear_time() -> None:
    """An element with tens of thousands of attributes is read as one without, in entries and in markup."""
    wide = " ".join(f'a{i}="{i}"' for i in range(50_000))
    with bounded(20):
        got = fast.read(f"<rss><channel><item><title>t</title><link {wide}>https://a.example/1</link><description>x<b {wide}>y</b>"
                        f"</description></item></channel></rss>", DOC)
    assert got is not None
    assert (got.entries[0].link, got.entries[0].summary) == ("https://a.example/1", "x<b>y</b>")


def test_undeclared_prefixes() -> None:
    """A prefix that nobody declared stands for what it usually does, or for itself; too many of them are declined."""
    got = fast.read("<rss><channel><item><title>t</title><dc:creator>Ann</dc:creator><q:a q:b='1'>2</q:a></item></channel></rss>", DOC)
    assert got is not None
    assert (got.entries[0].authors, got.entries[0].extra) == (("Ann",), {"q:a": ("2",)})
    assert fast.read("<rss>" + "".join(f"<p{i}:x/>" for i in range(21)) + "</rss>", DOC) is None
    assert fast.read("<rss><q:x></rss>", DOC) is None


def test_undeclared_prefixes_of_one_document_are_not_the_next_ones() -> None:
    """What was declined before has no part in what is read now, however many prefixes it lacked."""
    one = "<rss><channel><item><title>t</title><dc:creator>Ann</dc:creator></item></channel></rss>"
    assert fast.read("<rss>" + "".join(f"<p{i}:x/>" for i in range(30)) + "</rss>", DOC) is None
    assert fast.read(one, DOC) is not None


@pytest.mark.parametrize(("root", "version"), [
    ('<rss version="2.0"/>', "rss-2.0"), ('<rss version="0.92"/>', "rss-0.92"), ("<rss/>", "rss"),
    ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "atom-1.0"),
    ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>', "atom-0.3"),
    ('<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>', "rss-1.0"),
    ('<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"/>',
    "rss-0.90"),
])
def test_versions(root: str, version: str) -> None:
    """The format is named from the root element."""
    got = fast.read(root, DOC)
    assert got is not None
    assert got.feed.format == version


def test_more_entries_than_the_cap() -> None:
    """Of a document with too many entries the first are read, and the damage says so."""
    got = fast.read("<rss><channel>" + "<item><title>t</title></item>" * 20_003 + "</channel></rss>", DOC)
    assert got is not None
    assert len(got.entries) == 20_000
    assert got.damage == "only the first 20000 of 20003 entries read"


def test_open_end() -> None:
    """With an open end, whole entries are read although the elements around them stay open."""
    got = fast.read("<rss><channel><title>f</title><item><title>a</title></item>", DOC, cut=True)
    assert got is not None
    assert [e.title for e in got.entries] == ["a"]
    assert got.feed.title == "f"
