"""Rules of precedence of an entry being put together."""

from __future__ import annotations

from twinwire.parse import limits
from twinwire.parse.draft import Draft, gather
from twinwire.records import Entry, Feed, PlaceName, Quarantined, Wired


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


def test_wired_fields_are_cleaned_and_bounded() -> None:
    """What an agency format says keeps to lines and caps; nothing said is None, and no story by itself."""
    places = (PlaceName(name=" Lima\n", country=""), PlaceName(name=" "), *(PlaceName(name=f"p{i}") for i in range(100)))
    entry = finish(Draft(values={"title": "t"}, wired=Wired(dateline="LIMA,\n Oct 2\x00", places=places, slug="s" * 9_000, status=" ")))
    assert entry.wired is not None
    assert (entry.wired.dateline, entry.wired.places[0], entry.wired.status) == ("LIMA, Oct 2", PlaceName(name="Lima"), None)
    assert len(entry.wired.places) == limits.PLACES - 1
    assert len(entry.wired.slug or "") == limits.NAME
    assert finish(Draft(values={"title": "t"}, wired=Wired(slug=" "))).wired is None
    assert isinstance(Draft(wired=Wired(slug="s")).finish(0), Quarantined)
