"""What the store gives the search for copies: the last weeks, whatever lies before them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from batches import NOW, batch, data_folder, item
from test_relate_stories import HEAD, prose, signed

from twinwire.records import Instant, Item
from twinwire.relate.stories import MOST, Assigned, Signed, Story, bands
from twinwire.warehouse.publish import publish_anew
from twinwire.warehouse.store import Store
from twinwire.warehouse.stories import LOADED_WITHIN, stored, text_row

TODAY = NOW.date()


def known(store: Store, given: Item, text: Signed, loaded: date, story: UUID | None = None) -> Signed:
    """Load an item and its signature on a day."""
    text = replace(text, item_id=given.item_id, published=given.published.at)
    made = batch(given, at=NOW - timedelta(days=(TODAY - loaded).days))
    made.add("story_texts", [text_row(text, Assigned(given.item_id, story or given.item_id), None, loaded)])
    made.add("story_bands", [{"band": b, "item_id": given.item_id.bytes, "day": loaded} for b in bands(text)])
    store.load(made, NOW)
    return text


def published(name: str, days: int) -> Item:
    """An item that was published so many days ago."""
    return replace(item(name, name), published=Instant(raw="x", at=NOW - timedelta(days=days), rule="x"))


@pytest.mark.parametrize(("loaded", "found"), [(0, True), (LOADED_WITHIN.days, True), (LOADED_WITHIN.days + 1, False)])
def test_candidates_are_those_loaded_in_the_last_weeks(tmp_path: Path, loaded: int, found: bool) -> None:
    """By the day they were loaded, not by that of publication: a backfill of old stories finds its copies too."""
    with Store(data_folder(tmp_path)) as store:
        old = known(store, published("old", 400), signed(HEAD, prose(1), day=TODAY - timedelta(days=400)), TODAY - timedelta(days=loaded))
        new = signed(HEAD, prose(1), source="b")
        got = store.similar({new.item_id: bands(new)}, TODAY)
    assert got == ({new.item_id: [replace(old, story=Story(old.item_id, old.published))]} if found else {})


def test_the_first_item_of_a_story_may_lie_far_back(tmp_path: Path) -> None:
    """Its publication orders stories, though nothing else of it is looked at any more."""
    with Store(data_folder(tmp_path)) as store:
        first = known(store, published("first", 200), signed(HEAD, prose(1)), TODAY - timedelta(days=200))
        known(store, published("second", 30), signed(HEAD, prose(1), source="b"), TODAY - timedelta(days=30), story=first.item_id)
        new = signed(HEAD, prose(1), source="c")
        ((candidate,),) = store.similar({new.item_id: bands(new)}, TODAY).values()
    assert candidate.story == Story(first.item_id, NOW - timedelta(days=200))


def test_a_moved_story_takes_its_paragraphs_along(tmp_path: Path) -> None:
    """Those that are still read; they count for one story, not two."""
    key, old, new = 7, UUID(int=1), UUID(int=2)
    with Store(data_folder(tmp_path)) as store:
        made = batch()
        made.add("story_paragraphs", [{"paragraph": key, "story_id": s.bytes, "day": TODAY} for s in (old, new, UUID(int=3))])
        store.load(made, NOW)
        assert store.common_paragraphs([key], TODAY) == {key}
        moved = batch()
        moved.add("story_moves", [{"story_id": old.bytes, "new_story_id": new.bytes}])
        store.load(moved, NOW)
        assert store.common_paragraphs([key], TODAY) == frozenset()
        assert store.common_paragraphs([], TODAY) == frozenset()


def test_stored_signatures_are_the_newest_versions_of_the_last_days(tmp_path: Path) -> None:
    """Counted from the newest item; each with the story it has."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        known(store, published("far", 40), signed(HEAD, prose(1), day=TODAY - timedelta(days=40)), TODAY)
        near = known(store, published("near", 1), signed(HEAD, prose(2), day=TODAY - timedelta(days=1)), TODAY)
        again = replace(near, title="Another headline")
        made = batch()
        made.add("story_texts", [text_row(again, Assigned(near.item_id, near.item_id), None, TODAY)])
        store.load(made, NOW)
    publish_anew(data, 0, 0, NOW)
    assert [(s.title, s.digest, s.story) for s in stored(data.warehouse, 7)] == [("Another headline", near.digest, Story(near.item_id, near.published))]
    assert len(stored(data.warehouse, 100)) == 2


def test_days_of_signatures_written_before_are_filled_in(tmp_path: Path) -> None:
    """A store of an earlier version finds its copies as before: the day of loading comes from the batch, the publication from the item."""
    from importlib.resources import files

    sql = files("twinwire.warehouse").joinpath("sql", "0007_story_search.sql").read_text(encoding="utf-8")
    with Store(data_folder(tmp_path)) as store:
        old = known(store, published("old", 3), signed(HEAD, prose(1)), TODAY - timedelta(days=3))
        store.con.execute("ALTER TABLE story_texts DROP COLUMN loaded_on; ALTER TABLE story_texts DROP COLUMN published_at").fetchall()
        store.con.execute(sql).fetchall()
        assert store.con.execute("SELECT loaded_on, published_at FROM story_texts").fetchall() == [(TODAY, (NOW - timedelta(days=3)).replace(tzinfo=None))]
        assert old.published == NOW - timedelta(days=3)


def test_a_text_that_many_share_gives_no_more_than_so_many_candidates(tmp_path: Path) -> None:
    """A feed of like texts costs a batch a bounded number of looks; those that share most come first."""
    with Store(data_folder(tmp_path)) as store:
        for n in range(MOST + 5):
            known(store, published(f"old {n}", 1), signed(f"Notice number {n}", prose(1)), TODAY)
        new = signed("Notice number 99", prose(1), source="b")
        (candidates,) = store.similar({new.item_id: bands(new)}, TODAY).values()
    assert len(candidates) == MOST
