"""Finds the terms of all topics in folded text, in one pass. Gives no weight and no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

import ahocorasick_rs

from twinwire.config.topics import LanguageTerms, TopicsFile
from twinwire.screen.terms import Pattern, Strength, of_a_word, patterns, word_end

_TOLD = 3       # characters of the next piece that tell patterns apart
MAX_HITS = 300  # per topic and text; a text with more is decided long before

# A dense automaton is faster by itself, but its tens of megabytes drive everything else out of the processor's caches.
_KIND = ahocorasick_rs.Implementation.ContiguousNFA

P = TypeVar("P")


class _Row(Generic[P]):
    """All patterns with the same literal, told apart by what comes after the first ``*``: few of them have to be tried."""

    __slots__ = ("behind", "early", "fixed", "strict")

    def __init__(self, entries: list[tuple[Pattern, P]], early: Callable[[P], bool]) -> None:
        self.strict = self.early = True
        self.fixed: list[tuple[Pattern, P]] = []
        self.behind: dict[str, list[tuple[Pattern, P]]] = {}
        for entry in entries:
            pattern, payload = entry
            self.strict = self.strict and pattern.strict
            self.early = self.early and early(payload)
            if pattern.rest and pattern.rest[0]:
                self.behind.setdefault(pattern.rest[0][:_TOLD], []).append(entry)
            else:
                self.fixed.append(entry)

    def tried(self, text: str, stop: int) -> list[tuple[Pattern, P]]:
        """Those that may match where the literal ends at ``stop``."""
        if not self.behind:
            return self.fixed
        end = word_end(text, stop)
        return self.fixed + self.behind.get(text[end:end + _TOLD], [])


class Lookup(Generic[P]):
    """Patterns with a payload each, behind one automaton. It reads UTF-8: that spares a table of offsets per text."""

    def __init__(self, entries: Iterable[tuple[Pattern, P]], early: Callable[[P], bool] = lambda _: False) -> None:
        """``early`` says of a payload that it counts at the beginning of a text only: see :meth:`find`."""
        rows: dict[bytes, list[tuple[Pattern, P]]] = {}
        for pattern, payload in entries:
            rows.setdefault(pattern.literal.encode(), []).append((pattern, payload))
        self._rows = [_Row(row, early) for row in rows.values()]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(list(rows), implementation=_KIND)

    def find(self, text: str, opening: int = 0) -> list[tuple[Pattern, P, int, int]]:
        """Every match as (pattern, payload, start, stop), overlapping ones too, ordered by where the literal ends.

        Behind the first ``opening`` characters those whose payloads are all early ones are passed over.
        """
        out = []
        raw = text.encode()
        plain = len(raw) == len(text)
        if not plain and opening:
            opening = len(text[:opening].encode())
        last = stop = 0  # bytes and code points up to the end of the last literal
        for number, first, end in self._automaton.find_matches_as_indexes(raw, overlapping=True):
            row = self._rows[number]
            if row.early and first >= opening:
                continue
            if plain:
                start, stop = first, end
            else:
                stop += len(raw[last:end].decode())
                start = stop - len(raw[first:end].decode())
                last = end
            if row.strict and start and of_a_word(text[start - 1]):
                continue
            for pattern, payload in row.tried(text, stop):
                span = pattern.match(text, start, stop)
                if span is not None:
                    out.append((pattern, payload, *span))
        return out


@dataclass(frozen=True, slots=True)
class Block:
    """A language block of a topic: where a hit came from, and the words that may have to stand near it."""

    topic: int
    language: str
    near: Lookup[Strength] | None


@dataclass(slots=True)
class Hit:
    """A term found at ``[start, stop)`` of the folded text."""

    start: int
    stop: int
    term: str
    strength: Strength
    block: Block

    def overlaps(self, other: Hit) -> bool:
        """Do the two share a character?"""
        return self.start < other.stop and other.start < self.stop

    def within(self, other: Hit, window: int) -> bool:
        """Does it stand beside the other one, at most ``window`` characters away?"""
        return (self.start < other.stop + window and self.stop > other.start - window
                and not (self.start < other.stop and other.start < self.stop))

    def contains(self, other: Hit) -> bool:
        """Is the other one inside this one, and shorter?"""
        inside = self.start <= other.start and other.stop <= self.stop
        return inside and self.stop - self.start > other.stop - other.start


_KINDS = {Strength.BLOCKER: "blockers", Strength.NEVER_NEAR: "never", Strength.TOGETHER: "begin"}


class Hits:
    """Hits of one topic in one text, in order: its terms, and what may take from them."""

    __slots__ = ("begin", "blockers", "never", "strong", "terms")

    def __init__(self) -> None:
        self.terms: list[Hit] = []
        self.begin: list[Hit] = []         # words that begin rules
        self.blockers: list[Hit] = []
        self.never: list[Hit] = []
        self.strong: list[Hit] = []        # those of the terms

    def add(self, hit: Hit) -> None:
        """Put a hit where it belongs; at most :data:`MAX_HITS` of a kind."""
        kind: list[Hit] = getattr(self, _KINDS.get(hit.strength, "terms"))
        if len(kind) < MAX_HITS:
            kind.append(hit)
            if hit.strength is Strength.STRONG:
                self.strong.append(hit)

    def joined_by(self, more: Iterable[Hit]) -> Hits:
        """These and more terms, in order."""
        new = Hits()
        new.terms = sorted([*self.terms, *more], key=attrgetter("start", "stop"))
        new.blockers, new.never, new.strong = self.blockers, self.never, self.strong
        return new


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pattern comes from."""

    block: Block
    strength: Strength
    only_here: str                         # base language of texts it counts in; "" for all

    @property
    def begins(self) -> bool:
        """Does it only begin rules?"""
        return self.strength is Strength.TOGETHER

    def muted(self, base: str | None) -> bool:
        """Does it not count in a text of this base language? None: not known, nothing is muted."""
        return bool(self.only_here and base and base != self.only_here)


def base_of(language: str | None) -> str | None:
    """``zh`` of ``zh-Hant``."""
    return language.partition("-")[0].lower() if language else None


class Matcher:
    """All terms of a topics file, and the words its rules begin with, compiled once; reading texts changes nothing in it."""

    def __init__(self, topics: TopicsFile) -> None:
        self.blocks = [{name: Block(i, name, _near(terms, name)) for name, terms in topic.terms.items()}
                       for i, topic in enumerate(topics.topics)]
        self._lookup: Lookup[Origin] = Lookup(
            ((pattern, origin)
             for topic, blocks in zip(topics.topics, self.blocks, strict=True)
             for language, terms in topic.terms.items()
             for members, strength in _lists(terms)
             for pattern, origin in _entries(members, strength, blocks[language], terms)), attrgetter("begins"))

    def find(self, text: str, language: str | None, opening: int) -> list[Hits | None] | None:
        """Hits per topic, in the file's order; None for a topic without a term in the text, and where no topic has one. Words that begin
        rules are told of where they stand in the first ``opening`` characters.

        ``language`` only mutes the terms of other languages that are marked ``language_only``; None mutes nothing.
        """
        found: list[Hits | None] | None = None
        base = base_of(language)
        for pattern, origin, start, stop in self._lookup.find(text, opening):
            if origin.muted(base):
                continue
            if found is None:
                found = [None] * len(self.blocks)
            hits = found[origin.block.topic]
            if hits is None:
                hits = found[origin.block.topic] = Hits()
            hits.add(Hit(start, stop, pattern.term, origin.strength, origin.block))
        return found


def _lists(terms: LanguageTerms) -> Iterator[tuple[Iterable[str], Strength]]:
    yield from ((terms.strong, Strength.STRONG), (terms.context, Strength.CONTEXT), (terms.abroad, Strength.ABROAD),
                (terms.weak, Strength.WEAK), (terms.blockers, Strength.BLOCKER), (terms.never_near, Strength.NEVER_NEAR))
    yield dict.fromkeys(word for first, *_ in terms.together for word in terms.words[first]), Strength.TOGETHER


def _entries(members: Iterable[str], strength: Strength, block: Block, terms: LanguageTerms) -> Iterator[tuple[Pattern, Origin]]:
    """Patterns of terms, with where they come from and the only language they count in, if they do not in all."""
    own = {t.casefold() for t in terms.language_only}
    everywhere, here = (Origin(block, strength, only) for only in ("", block.language.partition("-")[0]))
    for pattern in patterns(members, block.language):
        yield pattern, here if own and pattern.term.casefold() in own else everywhere


def _near(terms: LanguageTerms, language: str) -> Lookup[Strength] | None:
    lists = ((Strength.NOT_NEAR, terms.not_near), (Strength.NEAR, terms.context_words), (Strength.FOREIGN, terms.foreign))
    entries = [(pattern, strength) for strength, members in lists if members for pattern in patterns(members, language)]
    return Lookup(entries) if entries else None
