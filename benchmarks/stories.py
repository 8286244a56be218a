"""Stories: edited and syndicated copies found again, different stories kept apart, and the speed of it.

Takes the entries of the local feed documents, makes eight kinds of copies of each longer one with a fixed seed, and
assigns all of them at once. Precision counts pairs of one story that stem from different originals.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from uuid import UUID, uuid4

from twinwire.config.sources import Source
from twinwire.normalise.item import normalise
from twinwire.parse import Unreadable, parse
from twinwire.records import Item, Text
from twinwire.relate import identity, stories

FEEDS = Path(__file__).parents[2] / "shared" / "data" / "feeds"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SOURCE = Source(id="a", name="A", url="https://a.example/")
DAY = date(2026, 11, 20)


def items(limit: int) -> list[Item]:
    """Distinct items with some text."""
    found: dict[str, Item] = {}
    for path in sorted(FEEDS.rglob("*")):
        if not path.is_file() or path.suffix == ".csv":
            continue
        if len(found) >= limit:
            break
        parsed = parse(path.read_bytes(), url="https://a.example/feed")
        if isinstance(parsed, Unreadable):
            continue
        for r in identity.read(parsed.entries, SOURCE):
            item = normalise(r, SOURCE, NOW)
            copy = text_of(item)
            if len(copy) > 400:
                found.setdefault(copy[:300], replace(item, item_id=uuid4(), source=path.stem))
    return list(found.values())[:limit]


def text_of(item: Item) -> str:
    """The longest text of an item."""
    return item.text.body if len(item.text.body) > len(item.text.summary) else item.text.summary


def variants(item: Item, rng: random.Random) -> dict[str, tuple[str, str, int]]:
    """Kind → (title, text, days later)."""
    text, title = text_of(item), item.text.title
    sentences = re.split(r"(?<=[.!?。！？])\s*", text)
    dropped = [s for s in sentences if rng.random() > 0.12]
    words = text.split(" ")
    for _ in range(max(1, len(words) // 25)):
        words[rng.randrange(len(words))] = "edited"
    return {
        "same": (title, text, 0),
        "dateline": (title, f"BEIJING, Nov. 20, 2026 /PRNewswire/ -- {text}", 0),
        "boilerplate": (title, text + "\nAbout the publisher. " + "We are a leading provider of news and services to readers. " * 4, 1),
        "headline": (f"{title} - Daily Mirror of Record", text, 1),
        "other headline": ("Local authorities welcome fresh announcement today", text, 1),
        "sentences": (title, " ".join(dropped), 2),
        "words": (title, " ".join(words), 2),
        "cut": (title, text[: max(200, int(len(text) * 0.4))], 0),
        "correction": (f"CORRECTING and REPLACING {title}", " ".join(words), 1),
    }


Copy = tuple[Item, str, UUID, str, str, int]  # item, kind, original, title, text, days later


def copies(limit: int, rng: random.Random) -> tuple[list[Item], list[Copy]]:
    """Originals, and all items to assign: the originals, then a copy of each."""
    originals = items(limit)
    rows: list[Copy] = [(i, "original", i.item_id, i.text.title, text_of(i), 0) for i in originals]
    for i in originals:
        made = variants(i, rng)
        kind = rng.choice(list(made))
        title, text, later = made[kind]
        rows.append((replace(i, item_id=uuid4(), source="another", text=Text(title=title, body=text)), kind, i.item_id, title, text, later))
    return originals, rows


def assigned_of(rows: list[Copy]) -> tuple[list[stories.Assigned], float, float]:
    """The stories, and seconds of the processor to sign and to assign."""
    begun = time.process_time()
    signed = [stories.sign(i, text, DAY + timedelta(days=later)) for i, _, _, _, text, later in rows]
    signing = time.process_time() - begun
    begun = time.process_time()
    return list(stories.assign(signed, {}).assigned), signing, time.process_time() - begun


@dataclass(frozen=True, slots=True)
class Found:
    """Copies found again, by kind with their number, and pairs of one story that stem from different originals."""

    again: Counter[str]
    kinds: Counter[str]
    right: int
    wrong: list[tuple[Copy, Copy]]
    story: dict[UUID, stories.Assigned]
    signing: float
    assigning: float

    @property
    def recall(self) -> float:
        """Of the copies."""
        return self.again.total() / self.kinds.total()

    @property
    def precision(self) -> float:
        """Of the pairs."""
        return self.right / (self.right + len(self.wrong))


def measure(limit: int) -> Found:
    """Assign ``limit`` real items and a copy of each."""
    originals, rows = copies(limit, random.Random(1))
    assigned, signing, assigning = assigned_of(rows)
    story = {a.item_id: a for a in assigned}
    kinds = Counter(kind for _, kind, *_ in rows[len(originals):])
    again = Counter(kind for i, kind, origin, *_ in rows[len(originals):] if story[i.item_id].story_id == story[origin].story_id)
    families = defaultdict(list)
    for row in rows:
        families[story[row[0].item_id].story_id].append(row)
    pairs = [(a, b) for f in families.values() for a, b in combinations(f, 2)]
    return Found(again, kinds, sum(a[2] == b[2] for a, b in pairs), [(a, b) for a, b in pairs if a[2] != b[2]], story, signing, assigning)


def main() -> None:
    """Print a table: found again per kind, wrong pairs, speed."""
    found = measure(1600)
    for kind in sorted(found.kinds):
        print(f"{kind:15} {found.again[kind]:5} of {found.kinds[kind]:5}  {found.again[kind] / found.kinds[kind]:.3f}")
    print(f"recall {found.recall:.4f}  wrong pairs {len(found.wrong)}  precision {found.precision:.4f}")
    n = len(found.story)
    print(f"{n} items: sign {n / found.signing:,.0f}/s, assign {n / found.assigning:,.0f}/s")
    if "-v" in sys.argv:
        for a, b in found.wrong[:60]:
            print(f"  {a[3][:80]!r} ({a[1]})\n  {b[3][:80]!r} ({b[1]})  {found.story[b[0].item_id].same}\n")


if __name__ == "__main__":
    main()
