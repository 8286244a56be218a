"""Kept items of one batch → their stories: what is known is asked of the store, what follows is rows. Holds no rule.

Runs inside the store's turn, so that two groups that bring the same release at once make one story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from twinwire.judge import Kept
from twinwire.records import Item
from twinwire.relate import shingles
from twinwire.relate.stories import Signed, assign, bands, corrected, sign
from twinwire.warehouse.rows import Row
from twinwire.warehouse.store import Store
from twinwire.warehouse.stories import text_row


@dataclass(slots=True)
class Found:
    """Story of each item, and the rows that let later copies find it."""

    story_of: dict[UUID, UUID] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


def families(kept: Sequence[Kept], store: Store, today: date, since: date | None = None) -> Found:
    """Assign every kept item to a story. A revision stays in the story the item has. ``since``: where the items came long ago, the day
    of the first: its copies were loaded about that day."""
    if not kept:
        return Found()
    copies = {k.item.item_id: k.text.body if len(k.text.body) > len(k.text.summary) else k.text.summary for k in kept}
    paragraphs = {i: shingles.paragraphs(copy) for i, copy in copies.items()}
    common = store.common_paragraphs((key for found in paragraphs.values() for key in found), since or today)
    signed = [_sign(k, copies[k.item.item_id], common) for k in kept]
    keys = {s.item_id: bands(s) for s in signed}
    candidates = store.similar(keys, since or today)
    found = assign(signed, candidates, known_bands=keys)
    out = Found({a.item_id: a.story_id for a in found.assigned})
    stories = {c.item_id: (c, found.moved.get(c.story.story_id, c.story.story_id)) for cs in candidates.values() for c in cs if c.story}
    stories |= {s.item_id: (s, out.story_of[s.item_id]) for s in signed}
    members: defaultdict[UUID, list[Signed]] = defaultdict(list)
    for m, story in stories.values():
        members[story].append(m)
    out.rows = {
        "story_texts": [text_row(s, a, corrected(s, members[a.story_id]), today) for s, a in zip(signed, found.assigned, strict=True)],
        "story_bands": [{"band": b, "item_id": i.bytes, "day": today} for i, of in keys.items() for b in of],
        "story_paragraphs": [{"paragraph": p, "story_id": out.story_of[i].bytes, "day": today} for i, of in paragraphs.items() for p in of],
        "story_moves": [{"story_id": old.bytes, "new_story_id": new.bytes} for old, new in found.moved.items()],
    }
    return out


def _sign(k: Kept, copy: str, common: frozenset[int]) -> Signed:
    signed = sign(k.item, copy, (k.item.published.at or k.at).date(), common)
    return replace(signed, story=k.known.story) if k.known else signed


def with_story(item: Item, story_of: Mapping[UUID, UUID]) -> Item:
    """The item with its story; its own id where it has none."""
    return replace(item, story_id=story_of.get(item.item_id, item.item_id))
