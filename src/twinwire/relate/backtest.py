"""What other thresholds would make of stories that are known: both runs over the same signatures. Changes and stores nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from uuid import UUID

from twinwire.relate.rules import Rules
from twinwire.relate.stories import Same, Signed, assign, bands, same

MOST_COMPARED = 400  # items of one story that are compared pair by pair; of a larger one, its first


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items that are one story under one set of rules and two under the other, and why they are one there."""

    a: Signed
    b: Signed
    same: Same


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """``merged``: one story only under the changed rules; ``split``: only under the present ones. One pair for each part of a story
    that comes or goes, the most alike one. ``drifted`` items are in another story than the present rules would put them in today:
    what was known when they were read differs."""

    items: int
    stories_before: int
    stories_after: int
    drifted: int
    merged: tuple[Pair, ...]
    split: tuple[Pair, ...]


def backtest(signed: Sequence[Signed], before: Rules, after: Rules) -> Backtest:
    """Assign all items anew under both rules. An item's stored story counts for ``drifted`` only. The time grows with the items."""
    alone = [replace(s, story=None) for s in sorted(signed, key=lambda s: (s.day, s.item_id.int))]
    keys = {s.item_id: bands(s) for s in alone}
    old, new = ({a.item_id: a.story_id for a in assign(alone, {}, rules, keys).assigned} for rules in (before, after))
    return Backtest(
        items=len(alone), stories_before=len(set(old.values())), stories_after=len(set(new.values())), drifted=_drifted(signed, old),
        merged=tuple(_parted(alone, new, old, after)), split=tuple(_parted(alone, old, new, before)))


def _parted(signed: Iterable[Signed], whole: Mapping[UUID, UUID], parts: Mapping[UUID, UUID], rules: Rules) -> Iterator[Pair]:
    """For each story of ``whole`` that is several in ``parts``: the pairs that hold it together, one fewer than its parts."""
    members: defaultdict[UUID, list[Signed]] = defaultdict(list)
    for s in signed:
        members[whole[s.item_id]].append(s)
    for found in members.values():
        if len({parts[s.item_id] for s in found}) > 1:
            yield from _bridges(found[:MOST_COMPARED], parts, rules)


def _bridges(members: Sequence[Signed], parts: Mapping[UUID, UUID], rules: Rules) -> Iterator[Pair]:
    across = ((a, b) for a, b in combinations(members, 2) if parts[a.item_id] != parts[b.item_id])
    pairs = sorted((Pair(a, b, s) for a, b in across if (s := same(a, b, rules))), key=lambda p: -p.same.similarity)
    group = {parts[s.item_id]: parts[s.item_id] for s in members}
    for pair in pairs:
        a, b = (_root(group, parts[s.item_id]) for s in (pair.a, pair.b))
        if a != b:
            group[b] = a
            yield pair


def _root(group: Mapping[UUID, UUID], one: UUID) -> UUID:
    while group[one] != one:
        one = group[one]
    return one


def _drifted(signed: Iterable[Signed], now: Mapping[UUID, UUID]) -> int:
    """Items whose stored story is made of other items than the present rules would put together."""
    stored: defaultdict[UUID, set[UUID]] = defaultdict(set)
    today: defaultdict[UUID, set[UUID]] = defaultdict(set)
    kept = [s for s in signed if s.story]
    for s in kept:
        assert s.story is not None
        stored[s.story.story_id].add(s.item_id)
        today[now[s.item_id]].add(s.item_id)
    return sum(stored[s.story.story_id] != today[now[s.item_id]] for s in kept if s.story)
