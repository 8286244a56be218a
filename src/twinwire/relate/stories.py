"""Which items are the same story: near-duplicate texts, decided pair by pair with a rule in words. Reads and stores nothing.

MinHash (Broder 1997) of the shingles gives candidates through bands and the similarity of two texts; headline, numbers
and dates then decide, because releases made from one template resemble each other more than an edited copy resembles
its original. An item joins the most similar story it belongs to, or begins one; a story once begun keeps its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from rensa import RMinHash

from twinwire.normalise.chars import fold
from twinwire.records import Item
from twinwire.relate import shingles
from twinwire.relate.notices import Kind, Notice, notice

PERMUTATIONS = 128
BANDS, ROWS = 42, 3      # of 128 values: a pair with similarity .3 meets with probability .68, .5 with .997
ALGORITHM = f"rensa-{RMinHash(num_perm=1, seed=0).ALGORITHM_VERSION}/128/{BANDS}x{ROWS}/3w5c/1"
WINDOW = timedelta(days=45)  # a copy later than this is a story of its own, unless it names what it corrects
MIN_SHINGLES = 12
_SEED = 20230721
_TITLE_DAYS = timedelta(days=3)
_TITLE_LETTERS = 24      # folded; shorter headlines ("Weather", "Market report") repeat
_TITLE_PACKED = 10       # the same where a letter is a syllable or a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What is compared of an item. ``digest`` is empty when the text is too short to compare."""

    item_id: UUID
    title: str
    day: date
    source: str
    issuer: str | None
    size: int
    digest: tuple[int, ...]
    notice: Notice | None = None
    story_id: UUID | None = None   # of an item that has one


@dataclass(frozen=True, slots=True)
class Same:
    """Two items are one story. ``similarity`` is the estimated Jaccard index of their shingles."""

    rule: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Assigned:
    """The story of an item, by which rule and because of which item; both None where it begins a story."""

    item_id: UUID
    story_id: UUID
    rule: str | None = None
    like: UUID | None = None
    similarity: float | None = None


def sign(item: Item, copy: str, day: date, common: Set[int] = frozenset()) -> Signed:
    """Signature of an item's text ``copy`` (without dateline and boilerplate), paragraphs of ``common`` left out.

    ``day`` is the UTC day of publication, or of first sight.
    """
    found = shingles.shingles(shingles.without(copy, common))
    digest: tuple[int, ...] = ()
    if len(found) >= MIN_SHINGLES:
        minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
        minhash.update(found)
        digest = tuple(minhash.digest())
    told = notice(item.text.title, item.wired)
    return Signed(item_id=item.item_id, title=told.title if told else item.text.title, day=day, source=item.source, issuer=item.issuer,
                  size=len(found), digest=digest, notice=told)


def bands(signed: Signed) -> list[int]:
    """Keys under which like texts and equal headlines meet."""
    d = signed.digest
    found = [shingles.key(n, *d[n * ROWS:(n + 1) * ROWS]) for n in range(BANDS)] if d else []
    if _telling(signed.title):
        found.append(shingles.key("title", fold(signed.title)))
    return found


def similarity(a: Signed, b: Signed) -> float:
    """Share of equal values: an estimate of the Jaccard index, with a standard error of at most .045."""
    if not a.digest or not b.digest:
        return 0.0
    return sum(x == y for x, y in zip(a.digest, b.digest, strict=True)) / PERMUTATIONS


def same(a: Signed, b: Signed) -> Same | None:
    """Are two items one story, and by which rule?"""
    if abs(a.day - b.day) > WINDOW:
        return None
    j = similarity(a, b)
    titles = _titles(a, b)
    if titles == "equal" and abs(a.day - b.day) <= _TITLE_DAYS and _telling(a.title) and (j >= 0.1 or not (a.digest and b.digest)):
        return Same("same headline within three days", j)
    if j < _LIKE[titles] or _contained(j, a.size, b.size) < _HELD[titles]:
        return None
    if a.source == b.source and titles in {"other", "template"} and not (a.notice or b.notice) and j < _REPEATED:
        return None  # what a source shows twice, it shows under one headline; a series is written to one pattern
    if titles == "template" and shingles.numbers(a.title) != shingles.numbers(b.title):
        return None
    return Same(f"like text, {_IN_WORDS[titles]}", j)


def assign(new: Sequence[Signed], candidates: Mapping[UUID, Sequence[Signed]]) -> list[Assigned]:
    """A story for every new item, in their order. ``candidates`` are stored items that share a band, with their story."""
    out: list[Assigned] = []
    met: dict[int, list[Signed]] = {}
    for item in new:
        keys = bands(item)
        others = {o.item_id: o for k in keys for o in met.get(k, ()) } | {o.item_id: o for o in candidates.get(item.item_id, ())}
        assigned = _best(item, others.values())
        out.append(assigned)
        placed = _with_story(item, assigned.story_id)
        for k in keys:
            met.setdefault(k, []).append(placed)
    return out


def corrected(item: Signed, members: Iterable[Signed]) -> UUID | None:
    """The item that a notice is about: the newest earlier member of its story that is no notice of that kind itself."""
    if item.notice is None or item.notice.kind is Kind.UPDATE:
        return None
    earlier = [m for m in members if m.item_id != item.item_id and m.day <= item.day and (m.notice is None or m.notice.kind is Kind.UPDATE)]
    return max(earlier, key=lambda m: (m.source == item.source, m.day, m.item_id)).item_id if earlier else None


# Similarity needed, and how much of the shorter text the longer one must hold, by how the headlines relate.
_LIKE = {"equal": 0.15, "near": 0.25, "other": 0.4, "template": 0.6}
_HELD = {"equal": 0.45, "near": 0.5, "other": 0.75, "template": 0.9}
_REPEATED = 0.95
_IN_WORDS = {"equal": "same headline", "near": "like headline", "other": "another headline", "template": "headlines that differ in a word"}


def _best(item: Signed, others: Iterable[Signed]) -> Assigned:
    found = [(s.similarity, o.story_id, o.item_id, s.rule) for o in others if o.story_id and (s := same(item, o))]
    if not found:
        return Assigned(item.item_id, item.story_id or item.item_id)
    score, story, like, rule = max(found, key=lambda f: (f[0], f[1].int, f[2].int))
    return Assigned(item.item_id, story, rule, like, score)


def _with_story(item: Signed, story: UUID) -> Signed:
    return Signed(item_id=item.item_id, title=item.title, day=item.day, source=item.source, issuer=item.issuer, size=item.size,
                  digest=item.digest, notice=item.notice, story_id=story)


def _titles(a: Signed, b: Signed) -> str:
    """equal, near (one holds nearly all of the other), template (alike but each has words of its own) or other."""
    if fold(a.title) == fold(b.title):
        return "equal"
    first, second = shingles.words(a.title), shingles.words(b.title)
    shared, smaller = len(first & second), min(len(first), len(second))
    if not smaller or shared * 2 < smaller:
        return "other"
    if shared == smaller and shingles.numbers(a.title) == shingles.numbers(b.title):
        return "near"
    if a.notice or b.notice:
        return "near"
    return "template"


def _contained(j: float, a: int, b: int) -> float:
    """Share of the smaller set that lies in the other, from the Jaccard index: |A∩B| = j (|A|+|B|) / (1+j)."""
    smaller = min(a, b)
    return min(1.0, j * (a + b) / (1 + j) / smaller) if smaller else 0.0


def _telling(title: str) -> bool:
    letters = fold(title)
    return len(letters) >= (_TITLE_LETTERS if title.isascii() else _TITLE_PACKED)
