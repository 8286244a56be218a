"""Explains a decision: the text around each piece of evidence, and what would have changed it. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twinwire.config.topics import Topic, Weights
from twinwire.records import Match, Text, TopicDecision, Verdict
from twinwire.screen.places import Places
from twinwire.screen.screening import Screen

AROUND = 60  # characters shown on either side


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A piece of evidence in its surroundings: ``before + marked + after`` is a cutting of the field."""

    match: Match
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One topic's decision for a reader. ``missing`` says what would have kept the entry; empty where it is kept."""

    topic: str
    name: str
    verdict: Verdict
    score: float
    reason: str
    evidence: tuple[Marked, ...]
    missing: str


def explain(screen: Screen, text: Text, language: str | None, places: Callable[[], Places] | None = None) -> tuple[Explanation, ...]:
    """Explanations in the order of the topics file; evidence includes blocked hits and those that lacked context. ``places`` as in
    :meth:`Screen.decide`."""
    decision = screen.decide(text, language, places)
    return tuple(
        Explanation(
            topic=topic.id, name=topic.name, verdict=d.verdict, score=d.score, reason=d.reason,
            evidence=tuple(_marked(text, m) for m in d.evidence),
            missing=_missing(topic, screen.topics.scoring.weights, d),
        )
        for topic, d in zip(screen.topics.topics, decision.topics, strict=True)
    )


def _marked(text: Text, m: Match) -> Marked:
    whole: str = getattr(text, m.field)
    return Marked(match=m, before=whole[max(0, m.start - AROUND):m.start], marked=whole[m.start:m.stop],
                  after=whole[m.stop:m.stop + AROUND])


def _missing(topic: Topic, weights: Weights, d: TopicDecision) -> str:
    """The least that would have kept the entry: what was lacking near a term, what stood in its way, one more mention somewhere."""
    if d.verdict is Verdict.KEPT:
        return ""
    said = f"needs {topic.keep:.2f}, has {d.score:.2f}"
    ways = [way for m in d.evidence if (way := _way(m))][:1]
    places = (("body", "another strong term in the body"), ("lead", "a strong term in the opening"),
              ("title", "a strong term in the title"))
    if not any("domestic" in m.rule for m in d.evidence):
        ways += [words for place, words in places
                 if d.score + (1 - d.score) * getattr(weights.strong, place) >= topic.keep][:1]
    return f"{said}: {' or '.join(ways)} would help" if ways else said


def _way(m: Match) -> str:
    """What would have made this piece of evidence count."""
    if m.rule == "context: nothing near":
        return f"a context word near '{m.term}'"
    if m.rule == "abroad: nothing near":
        return f"a word or place of another country near '{m.term}'"
    if m.rule.startswith(("blocked by", "not near")):
        return f"'{m.term}' without {m.rule.removeprefix('blocked by ').removeprefix('not near ')} beside it"
    return "a place of another country" if "domestic" in m.rule else ""
