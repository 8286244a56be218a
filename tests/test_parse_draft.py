"""Rules of precedence of an entry being put together."""

from __future__ import annotations

from twinwire.parse.draft import Draft, gather
from twinwire.records import Entry, Feed, Quarantined


def finish(draft: Draft) -> Entry:
    entry = draft.finish(0)
    assert isinstance(entry, Entry)
    return entry


def test_nearest_wins_then_last() -> None:
    """A value nearer to the entry beats a deeper one; among equals the last is kept."""
    draft = Draft()
    for value, depth in (("deep", 3), ("near", 1), ("deeper", 2), ("nearest", 1)):
        draft.put("title", value, depth)
    assert finish(draft).title == "nearest"


def test_guid_stands_in_for_a_missing_or_refused_link() -> None:
    """A guid that is an address is the link when there is none; a refused link is kept aside."""
    entry = finish(Draft(link="javascript:x", guid_link="https://a.example/1"))
    assert entry.link == "https://a.example/1"
    assert entry.extra == {"twinwire:dropped-link": ("javascript:x",)}


def test_fullest_content_and_feed_language() -> None:
    """Of several contents the fullest is kept, and the feed's language where the entry has none."""
    entry = Draft(values={"title": "t"}, contents=["a", "abc", "ab"]).finish(3, "fr")
    assert isinstance(entry, Entry)
    assert (entry.content, entry.language, entry.position) == ("abc", "fr", 3)


def test_nothing_in_it_is_quarantined() -> None:
    """An entry of dates and categories alone tells nobody anything."""
    draft = Draft(values={"published": "2026"})
    draft.categorise("x")
    bad = draft.finish(4)
    assert isinstance(bad, Quarantined)
    parsed = gather([bad, finish(Draft(link="https://a.example"))], Feed(), parser="fast", encoding="utf-8")
    assert (len(parsed.entries), parsed.quarantined) == (1, (bad,))
