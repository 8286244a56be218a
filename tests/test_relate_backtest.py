"""Other thresholds over known signatures: what would be merged, what split, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from test_relate_stories import DAY, HEAD, prose, signed

from twinwire.relate.backtest import backtest
from twinwire.relate.rules import DEFAULT, changed
from twinwire.relate.stories import Signed, Story, assign

HALF = prose(1)[:650] + prose(2)[:350]  # two thirds of each of the two are in the other
ITEMS = [signed(HEAD, prose(1)), signed("Harbour towns of the north agree on a new line", HALF, source="b"), signed("A bridge is opened", prose(3), source="c"),
         signed("A bridge is opened", prose(3), source="d")]
STRICTER, LOOSER = changed(DEFAULT, ["held.equal=1", "like.equal=1", "headline=1", "headline_days=0"]), changed(DEFAULT, ["like.other=0.1", "held.other=0.1"])


def test_nothing_changes_under_the_present_rules() -> None:
    """The same rules give the same stories."""
    told = backtest(ITEMS, DEFAULT, DEFAULT)
    assert (told.items, told.stories_before, told.stories_after, told.merged, told.split, told.drifted) == (4, 3, 3, (), (), 0)


def test_a_looser_threshold_merges() -> None:
    """The pair that is one story then, with its similarity and the rule that would join it."""
    told = backtest(ITEMS, DEFAULT, LOOSER)
    assert (told.stories_before, told.stories_after, told.split) == (3, 2, ())
    (pair,) = told.merged
    assert {pair.a.item_id, pair.b.item_id} == {ITEMS[0].item_id, ITEMS[1].item_id}
    assert pair.same.similarity >= DEFAULT.like.other, "it is what one holds of the other that is too little now"
    assert pair.same.rule == "like text, another headline"


def test_a_stricter_threshold_splits() -> None:
    """The pair that is one story now, with the rule that joins it now."""
    copies = [signed(HEAD, prose(5)), signed(HEAD, prose(5)[:500], source="b", day=DAY + timedelta(days=1))]
    told = backtest(copies, DEFAULT, STRICTER)
    assert (told.stories_before, told.stories_after, told.merged, len(told.split)) == (1, 2, (), 1)
    assert told.split[0].same.rule == "same headline within three days"


def test_a_large_story_that_falls_apart_is_told_by_one_pair_for_each_part() -> None:
    """Not by every pair of its items."""
    copies = [signed(HEAD, prose(5)[n * 40:], source=f"s{n}") for n in range(6)]
    told = backtest(copies, DEFAULT, STRICTER)
    assert len(told.split) == told.stories_after - told.stories_before


def test_items_that_came_when_less_was_known_are_counted() -> None:
    """Two copies that are stored as two stories would be one today."""
    old = [replace(s, story=Story(s.item_id, None)) for s in (signed(HEAD, prose(1)), signed(HEAD, prose(1), source="b"))]
    assert backtest(old, DEFAULT, DEFAULT).drifted == 2
    assert backtest([replace(s, story=Story(old[0].item_id, None)) for s in old], DEFAULT, DEFAULT).drifted == 0


_TITLES = st.sampled_from([HEAD, "Another headline of the river towns", "Y"])
_ITEMS = st.lists(st.builds(lambda title, seed, cut, n: signed(title, prose(seed)[:cut], source=f"s{n}"), _TITLES, st.integers(0, 3), st.integers(100, 900),
                            st.integers(0, 2)), max_size=8)


@given(_ITEMS)
def test_pairs_account_for_the_difference(items: list[Signed]) -> None:
    """Joining the pairs told as merged to the stories of now, or those told as split to the stories of then, gives the stories of both sides."""
    items = [replace(s, item_id=UUID(int=n + 1)) for n, s in enumerate(items)]
    told = backtest(items, DEFAULT, LOOSER)
    before, after = ({a.item_id: a.story_id for a in assign(sorted(items, key=lambda s: (s.day, s.item_id.int)), {}, r).assigned} for r in (DEFAULT, LOOSER))
    for p in told.merged:
        assert before[p.a.item_id] != before[p.b.item_id]
        assert after[p.a.item_id] == after[p.b.item_id]
    changed_pairs = any((before[a.item_id] == before[b.item_id]) != (after[a.item_id] == after[b.item_id]) for a, b in combinations(items, 2))
    assert bool(told.merged or told.split) == changed_pairs
