"""Feeds of our own: what any reader takes, whatever the items hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from twinwire.report import feeds
from twinwire.report.feeds import ATOM, FeedItem, Head, atom, json_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEAD = Head(name="friendship_cities", title="twinwire: friendship cities", made_at=NOW, address="https://us.example/feed.xml")
ITEM = FeedItem(item_id=UUID(int=1), title="Bonn & <Oxford>", updated=NOW, published=NOW - timedelta(days=1), url="https://a.example/1?b=2&c=3",
                summary="A <b>link</b> & a half", language="en", topics=["friendship_cities"], source="A wire", author="B. Line")


def test_an_atom_feed_is_what_other_readers_find_in_it() -> None:
    """Read by feedparser without a complaint: texts as they were, markup in them escaped, instants in UTC."""
    found = feedparser.parse(atom(HEAD, [ITEM]))
    assert not found.bozo
    assert (found.version, found.feed.title, found.feed.updated) == ("atom10", HEAD.title, "2026-11-24T12:00:00Z")
    (entry,) = found.entries
    assert (entry.id, entry.link, entry.published) == (ITEM.item_id.urn, ITEM.url, "2026-11-23T12:00:00Z")
    assert (entry.title_detail.value, entry.title_detail.type, entry.author) == ("Bonn & <Oxford>", "text/plain", "B. Line")
    assert entry.summary == "A <b>link</b> & a half"
    assert [t.term for t in entry.tags] == ["friendship_cities"]


def test_a_json_feed_is_what_the_format_says() -> None:
    """Version 1.1; what is not known is left out."""
    found = json.loads(json_feed(HEAD, [ITEM]))
    assert (found["version"], found["feed_url"]) == ("https://jsonfeed.org/version/1.1", HEAD.address)
    assert found["items"] == [{
        "id": ITEM.item_id.urn, "url": ITEM.url, "title": "Bonn & <Oxford>", "summary": ITEM.summary, "content_text": ITEM.summary, "language": "en",
        "date_published": "2026-11-23T12:00:00Z", "date_modified": "2026-11-24T12:00:00Z", "tags": ["friendship_cities"], "authors": [{"name": "B. Line"}]}]


def test_an_item_without_a_link_has_content() -> None:
    """Atom asks for one of the two; addresses that are none are left out."""
    for url in (None, "javascript:alert(1)", "https://a.example/with blank", "http://"):
        bare = FeedItem(item_id=UUID(int=2), title="Only a headline", updated=NOW, url=url)
        entry = etree.fromstring(atom(HEAD, [bare])).find(f"{{{ATOM}}}entry")
        assert entry is not None
        assert entry.find(f"{{{ATOM}}}link") is None
        assert entry.findtext(f"{{{ATOM}}}content") == "Only a headline"
        assert "url" not in json.loads(json_feed(HEAD, [bare]))["items"][0]


def test_a_feed_of_nothing_is_a_feed() -> None:
    """With the instant it was made at."""
    assert feedparser.parse(atom(HEAD, [])).feed.updated == "2026-11-24T12:00:00Z"
    assert json.loads(json_feed(HEAD, []))["items"] == []


def test_a_feed_keeps_its_id() -> None:
    """By its name, so that readers know it again; another topic is another feed."""
    one, again = (feedparser.parse(atom(h, [])).feed.id for h in (HEAD, Head(name=HEAD.name, title="x", made_at=NOW + timedelta(days=1))))
    assert one == again
    assert one != feedparser.parse(atom(Head(name="all", title="x", made_at=NOW), [])).feed.id


def test_a_broken_document_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check reads the very bytes: an id that stands twice, or an instant without its zone, is a bug that stops."""
    with pytest.raises(AssertionError, match="one id"):
        atom(HEAD, [ITEM, ITEM])
    with pytest.raises(AssertionError, match="one id"):
        json_feed(HEAD, [ITEM, ITEM])
    monkeypatch.setattr(feeds, "_instant", lambda at: "2026-11-24 12:00")
    for make in (atom, json_feed):
        with pytest.raises(AssertionError):
            make(HEAD, [ITEM])


_ITEMS = st.lists(st.builds(
    FeedItem, item_id=st.uuids(), title=st.text(max_size=40), updated=st.datetimes(timezones=st.just(UTC)), published=st.none() | st.just(NOW),
    url=st.none() | st.text(max_size=30) | st.just("https://a.example/ü?<>\"'&"), summary=st.text(max_size=80), body=st.text(max_size=80),
    language=st.sampled_from([None, "en", "zh"]), topics=st.lists(st.text(max_size=10), max_size=3), source=st.text(max_size=20), author=st.none() | st.text(max_size=20)),
    max_size=5, unique_by=lambda i: i.item_id)


@given(_ITEMS)
def test_whatever_the_texts_hold_the_feed_is_whole(items: list[FeedItem]) -> None:
    """Control characters, lone surrogates, markup, emptiness: every item is there, in order, and a strict reader is content."""
    for made in (atom(HEAD, items), json_feed(HEAD, items)):
        found = [e.get(f"{{{ATOM}}}id") or e.findtext(f"{{{ATOM}}}id") for e in etree.fromstring(made).iter(f"{{{ATOM}}}entry")] if made.startswith(b"<") else [
            i["id"] for i in json.loads(made)["items"]]
        assert found == [i.item_id.urn for i in items]
