"""Which items are the same story: near-duplicate texts, decided pair by pair with a rule in words. Reads and stores nothing.

MinHash (Broder 1997) of the shingles gives candidates through bands and the similarity of two texts; headline, numbers
and dates then decide, because releases made from one template resemble each other more than an edited copy resembles
its original. A story is what such pairs connect. It is named by its item published first (undated ones last, then the
smallest id), so that its name does not depend on the order in which sources were read, as long as no more than MOST items share a band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from rensa import RMinHash

from twinwire.normalise.chars import fold
from twinwire.records import Item
from twinwire.relate import shingles
from twinwire.relate.notices import Kind, Notice, meant, notice
from twinwire.relate.rules import DEFAULT, Rules

PERMUTATIONS = 128
BANDS, ROWS = 42, 3      # of 128 values: a pair with similarity .3 meets with probability .68, .5 with .997
ALGORITHM = f"rensa-{RMinHash(num_perm=1, seed=0).ALGORITHM_VERSION}/128/{BANDS}x{ROWS}/3w5c/1"
WINDOW = timedelta(days=DEFAULT.window_days)  # nothing that was loaded longer ago is looked at
MIN_SHINGLES = 12
MOST = 50                # items of one band that are compared: a feed of a thousand like texts costs a thousand times fifty looks
_SEED = 20230721
_BARE = 100              # shingles, about as many words: a notice with fewer tells what is wrong, one with more repeats the release
_TITLE_LETTERS = 24      # folded; shorter headlines ("Weather", "Market report") repeat
_TITLE_PACKED = 10       # the same where a letter is a syllable or a word


@dataclass(frozen=True, slots=True)
class Story:
    """A story by its first item. ``published`` is that item's; None where it is not known."""

    story_id: UUID
    published: datetime | None

    @property
    def order(self) -> tuple[bool, float, int]:
        """The first of several stories is the one that gives its name."""
        return (self.published is None, self.published.timestamp() if self.published else 0.0, self.story_id.int)


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
    published: datetime | None = None
    story: Story | None = None     # of an item that has one


@dataclass(frozen=True, slots=True)
class Same:
    """Two items are one story. ``similarity`` is the estimated Jaccard index of their shingles."""

    rule: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Assigned:
    """The story of an item, and the most similar item of it with the rule; both None where it is alone."""

    item_id: UUID
    story_id: UUID
    like: UUID | None = None
    same: Same | None = None


@dataclass(frozen=True, slots=True)
class Families:
    """Stories of new items, in their order, and stored stories that turn out to be another: old id → new id."""

    assigned: tuple[Assigned, ...]
    moved: Mapping[UUID, UUID]


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
    return Signed(item_id=item.item_id, title=meant(told, copy) if told else item.text.title, day=day, source=item.source,
                  issuer=item.issuer, size=len(found), digest=digest, notice=told, published=item.published.at)


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


def same(a: Signed, b: Signed, rules: Rules = DEFAULT) -> Same | None:
    """Are two items one story, and by which rule?"""
    apart = abs((a.day - b.day).days)
    if apart > rules.window_days:
        return None
    j = similarity(a, b)
    titles = _titles(a, b)
    if titles == "equal" and apart <= rules.headline_days and _telling(a.title) and (
            j >= rules.headline or not (a.digest and b.digest)):
        return Same(f"same headline within {_DAYS.get(rules.headline_days, rules.headline_days)} days", j)
    if titles == "equal" and apart <= rules.series_days and _telling(a.title) and _is_bare(a) != _is_bare(b):
        return Same("notice under its headline", j)
    if j < getattr(rules.like, titles) or _contained(j, a.size, b.size) < getattr(rules.held, titles):
        return None
    return None if differ(a, b, rules) else Same(f"like text, {_IN_WORDS[titles]}", j)


def _is_bare(signed: Signed) -> bool:
    """Is it a correction or a withdrawal that has hardly more of the story than its headline?"""
    return signed.notice is not None and signed.notice.kind is not Kind.UPDATE and signed.size < _BARE


def differ(a: Signed, b: Signed, rules: Rules = DEFAULT) -> bool:
    """Do the headlines say that two items are two stories, however like their texts are?

    What a source shows twice, it shows under one headline and soon; a series is written to one pattern and numbered, or shows the
    same words about itself each time. So a source's own items are told apart more readily than those of two.
    """
    titles = _titles(a, b)
    if titles == "template" and shingles.numbers(a.title) != shingles.numbers(b.title):
        return True
    if a.source != b.source or a.notice or b.notice:
        return False
    if titles == "near" and similarity(a, b) < rules.like.template:
        return True
    return titles in {"other", "template"} or abs((a.day - b.day).days) > rules.series_days


def assign(new: Sequence[Signed], candidates: Mapping[UUID, Sequence[Signed]], rules: Rules = DEFAULT,
           known_bands: Mapping[UUID, Sequence[int]] | None = None) -> Families:
    """A story for every new item. ``candidates`` are stored items that share a band with it, each with its story.

    ``known_bands`` are :func:`bands` of the new items, for a caller that has them: making them is half of the work.
    """
    joined = _Joined(rules)
    met: dict[int, list[Signed]] = {}
    best: list[tuple[UUID, UUID | None, Same | None]] = []
    for item in new:
        keys = known_bands[item.item_id] if known_bands is not None else bands(item)
        others = {o.item_id: o for k in keys for o in met.get(k, ())} | {o.item_id: o for o in candidates.get(item.item_id, ())}
        found = [(s, o) for o in others.values() if o.item_id != item.item_id and (s := same(item, o, rules))]
        found.sort(key=lambda f: (f[0].similarity, f[1].source == item.source, -abs((f[1].day - item.day).days), f[1].item_id.int),
                   reverse=True)
        joined.add(item, [o for _, o in found])
        best.append((item.item_id, found[0][1].item_id, found[0][0]) if found else (item.item_id, None, None))
        for k in keys:
            if len(here := met.setdefault(k, [])) < MOST:
                here.append(item)
    return Families(tuple(Assigned(i, joined.story(i), like, rule) for i, like, rule in best), joined.moved())


class _Joined:
    """Stories that were found to be one (union-find). Nodes are stories; an item that is new is a story of its own."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._parent: dict[UUID, UUID] = {}
        self._first: dict[UUID, Story] = {}
        self._stored: set[UUID] = set()
        self._node: dict[UUID, UUID] = {}  # item → the story it came with
        self._members: dict[UUID, list[Signed]] = {}

    def add(self, item: Signed, others: Iterable[Signed]) -> None:
        """Join the item with the others, the most similar first, as long as no member contradicts."""
        mine = self._enter(item)
        for o in others:
            a, b = sorted((self._root(mine), self._root(self._enter(o))), key=lambda n: self._first[n].order)
            if a != b and not self._contradict(self._members[a][:MOST], self._members[b][:MOST]):
                self._parent[b] = a
                self._members[a] += self._members.pop(b)

    def _contradict(self, some: Sequence[Signed], others: Sequence[Signed]) -> bool:
        """Are they two stories? A notice or teaser with no more than a headline belongs to one, and makes no one of two that share it."""
        if any(differ(x, y, self._rules) for x in some for y in others):
            return True
        texts, other_texts = ([m for m in members if m.digest and not _is_bare(m)] for members in (some, others))
        return bool(texts and other_texts) and not any(similarity(x, y) >= self._rules.headline for x in texts for y in other_texts)

    def story(self, item_id: UUID) -> UUID:
        return self._first[self._root(self._node[item_id])].story_id

    def moved(self) -> dict[UUID, UUID]:
        return {s: to for s in self._stored if (to := self._first[self._root(s)].story_id) != s}

    def _enter(self, item: Signed) -> UUID:
        story = item.story or Story(item.item_id, item.published)
        known = item.item_id in self._node
        node = self._node.setdefault(item.item_id, story.story_id)
        if node not in self._parent:
            self._parent[node], self._first[node], self._members[node] = node, story, []
        if not known:
            self._members[self._root(node)].append(item)
        if item.story:
            self._stored.add(node)
        return node

    def _root(self, node: UUID) -> UUID:
        while self._parent[node] != node:
            self._parent[node] = node = self._parent[self._parent[node]]
        return node


def corrected(item: Signed, members: Iterable[Signed]) -> UUID | None:
    """The item that a notice is about: the newest earlier member of its story that is no notice of that kind itself."""
    if item.notice is None or item.notice.kind is Kind.UPDATE:
        return None
    earlier = [m for m in members if m.item_id != item.item_id and m.day <= item.day and (m.notice is None or m.notice.kind is Kind.UPDATE)]
    return max(earlier, key=lambda m: (m.source == item.source, m.day, m.item_id)).item_id if earlier else None


_DAYS = {3: "three"}
_IN_WORDS = {"equal": "same headline", "near": "like headline", "other": "another headline", "template": "headlines that differ in a word"}


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
