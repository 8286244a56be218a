"""One entry of a well-formed document: precedence, namespaces, people."""

from __future__ import annotations

import pytest

from twinwire.parse import parse
from twinwire.parse.entry import author
from twinwire.records import Category, Entry, Parsed

NS = ('xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
      'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
      'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
      'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:q="urn:q"')


def entry(inner: str) -> Entry:
    got = parse(f"<rss version='2.0' {NS}><channel><item>{inner}</item></channel></rss>".encode())
    assert isinstance(got, Parsed), got
    assert got.parser == "fast"
    return got.entries[0]


@pytest.mark.parametrize("inner", [
    "<title>Own</title><media:title>Photo</media:title>", "<media:title>Photo</media:title><title>Own</title>",
    "<title>Own</title><image><title>Logo</title></image>",
    "<media:group><media:title>Photo</media:title></media:group><title>Own</title>",
    "<source url='https://a.example'><title>Other feed</title></source><title>Own</title>",
])
def test_title_of_the_entry_wins(inner: str) -> None:
    """Titles of images, media and sources are not the entry's title."""
    assert entry(inner).title == "Own"


def test_second_description_is_content() -> None:
    """A second description is taken for the content, the first stays the summary."""
    got = entry("<description>one</description><media:description>two, longer</media:description>")
    assert (got.summary, got.content) == ("one", "two, longer")


def test_entries_inside_an_entry_are_not_its_text() -> None:
    """A version of an entry that another replaced, kept inside it (RSS sharing), is an entry of its own and no part of the other."""
    inside = "<item><title>Old</title><link>https://a.example/old</link><description>Old words</description></item>"
    got = parse(f"<rss version='2.0' {NS}><channel><item><q:sync><q:conflicts>{inside}</q:conflicts></q:sync><title>New</title>"
                "<description>New words</description></item></channel></rss>".encode())
    assert isinstance(got, Parsed)
    assert [(e.title, e.link, e.summary, e.content) for e in got.entries] == [
        ("New", None, "New words", ""), ("Old", "https://a.example/old", "Old words", "")]


def test_link_preferences() -> None:
    """The alternate link is the entry's; self, enclosure and other relations are not."""
    got = entry('<atom:link rel="self" href="https://a.example/self"/><link>https://a.example/1</link>'
                '<atom:link rel="enclosure" href="https://a.example/e.mp3"/>'
                '<atom:link rel="related" href="https://a.example/r"/>')
    assert got.link == "https://a.example/1"
    assert got.enclosures == ("https://a.example/e.mp3",)


def test_categories_of_every_kind() -> None:
    """RSS, Dublin Core, media and iTunes categories are kept with their schemes, doubles once."""
    got = entry('<title>t</title><category domain="d">A</category><category>A</category><category>A</category>'
                '<dc:subject>B</dc:subject>'
                '<media:keywords>x, y</media:keywords><itunes:category text="T"/><media:category>M</media:category>')
    assert got.categories == (
        Category(term="A", scheme="d"), Category(term="A"), Category(term="B"), Category(term="x"), Category(term="y"),
        Category(term="T", scheme="http://www.itunes.com/"),
        Category(term="M", scheme="http://search.yahoo.com/mrss/category_schema"),
    )
    assert got.extra == {"media:keywords": ("x, y",)}


def test_unknown_namespaced_text_is_kept() -> None:
    """Simple fields of unknown namespaces are kept under the feed's own prefix, every value of them."""
    got = entry("<title>t</title><q:Code>1</q:Code><q:Code>2</q:Code><q:deep><q:in>3</q:in></q:deep><q:empty/>")
    assert got.extra == {"q:Code": ("1", "2"), "q:in": ("3",)}


@pytest.mark.parametrize(("text", "name"), [
    ("jane@a.example (Jane Doe)", "Jane Doe"), ("Jane Doe <jane@a.example>", "Jane Doe"), ("jane@a.example",
    "jane@a.example"),
    ("Jane Doe", "Jane Doe"), ("王芳", "王芳"), ("", ""),
])
def test_author_name(text: str, name: str) -> None:
    """The name is taken from beside the address; an address alone is better than nothing."""
    assert author(text) == name


def test_people_are_listed_once() -> None:
    """An author given in two vocabularies is one author."""
    got = entry("<title>t</title><author>Ann Lee</author><dc:creator>Ann Lee</dc:creator>"
                "<dc:creator>Bo Ek</dc:creator>")
    assert got.authors == ("Ann Lee", "Bo Ek")


def test_mrss_and_caps() -> None:
    """Hundreds of categories and thousands of title characters are cut to the caps."""
    got = entry(f"<title>{'t' * 9000}</title>" + "".join(f"<category>c{i}</category>" for i in range(500)))
    assert len(got.title) == 4000
    assert len(got.categories) == 200
