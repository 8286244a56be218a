"""Finds the terms of all topics in folded text, in one pass. Gives no weight and no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import ahocorasick_rs

from twinwire.config.topics import LanguageTerms, Topic, TopicsFile
from twinwire.screen.terms import Pattern, Strength, patterns

MAX_HITS = 300  # per topic and text; a text with more is decided long before

P = TypeVar("P")


class Lookup(Generic[P]):
    """Patterns with a payload each, behind one automaton."""

    def __init__(self, entries: Iterable[tuple[Pattern, P]]) -> None:
        rows: dict[str, list[tuple[Pattern, P]]] = {}
        for pattern, payload in entries:
            rows.setdefault(pattern.literal, []).append((pattern, payload))
        self._rows = list(rows.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(rows), implementation=ahocorasick_rs.Implementation.DFA)

    def find(self, text: str) -> Iterator[tuple[Pattern, P, int, int]]:
        """Every match as (pattern, payload, start, stop), overlapping ones too, ordered by where the literal ends."""
        for row, start, stop in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for pattern, payload in self._rows[row]:
                end = pattern.match(text, start, stop)
                if end >= 0:
                    yield pattern, payload, start, end


@dataclass(frozen=True, slots=True)
class Block:
    """A language block of a topic: where a hit came from, and the words that may have to stand near it."""

    topic: int
    language: str
    near: Lookup[Strength] | None
    guarded: bool                          # has words near which not even a strong term counts


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

    def contains(self, other: Hit) -> bool:
        """Is the other one inside this one, and shorter?"""
        inside = self.start <= other.start and other.stop <= self.stop
        return inside and self.stop - self.start > other.stop - other.start


@dataclass(frozen=True, slots=True)
class _Origin:
    block: Block
    strength: Strength
    only_here: bool


class Matcher:
    """All terms of a topics file, compiled once; reading texts changes nothing in it."""

    def __init__(self, topics: TopicsFile) -> None:
        self._size = len(topics.topics)
        self._lookup: Lookup[_Origin] = Lookup(
            (pattern, origin)
            for i, topic in enumerate(topics.topics)
            for term, origin, language in _terms(i, topic)
            for pattern in patterns(term, language)
        )

    def find(self, text: str, language: str | None) -> list[list[Hit]] | None:
        """Hits per topic, in the file's order, at most :data:`MAX_HITS` each; None where there is none at all.

        ``language`` only mutes the terms of other languages that are marked ``language_only``; None mutes nothing.
        """
        found: list[list[Hit]] | None = None
        base = language.partition("-")[0].lower() if language else None
        for pattern, origin, start, stop in self._lookup.find(text):
            block = origin.block
            if origin.only_here and base and base != block.language.partition("-")[0]:
                continue
            if found is None:
                found = [[] for _ in range(self._size)]
            hits = found[block.topic]
            if len(hits) < MAX_HITS:
                hits.append(Hit(start, stop, pattern.term, origin.strength, block))
        return found


def _terms(number: int, topic: Topic) -> Iterator[tuple[str, _Origin, str]]:
    for language, terms in topic.terms.items():
        block = Block(number, language, _near(terms, language), bool(terms.never_near))
        only = {t.casefold() for t in terms.language_only}
        lists = ((Strength.STRONG, terms.strong), (Strength.CONTEXT, terms.context), (Strength.ABROAD, terms.abroad),
                 (Strength.WEAK, terms.weak), (Strength.BLOCKER, terms.blockers))
        for strength, members in lists:
            for term in members:
                yield term, _Origin(block, strength, term.casefold() in only), language


def _near(terms: LanguageTerms, language: str) -> Lookup[Strength] | None:
    lists = ((Strength.NEVER_NEAR, terms.never_near), (Strength.NOT_NEAR, terms.not_near),
             (Strength.NEAR, terms.context_words), (Strength.FOREIGN, terms.foreign))
    words = [(word, strength) for strength, members in lists for word in members]
    return Lookup((p, s) for w, s in words for p in patterns(w, language)) if words else None
