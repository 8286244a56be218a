"""Weighs the hits of one topic and gives a verdict. Finds no terms itself and knows no topic by name.

1. A blocker cancels the hits it overlaps, unless they are longer; so does, unless the term is strong,
   a ``not_near`` word in the window.
2. A context term counts only with a context word, or another term of the topic, in the window.
3. Of hits inside one another the longest counts; of the same term in the same place only the first few.
4. Each counts with the weight of its strength and place; weights add up as 1 - (1-a)(1-b)…, so the score stays below 1.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

from twinwire.config.topics import Scoring, Topic
from twinwire.records import Match, TopicDecision, Verdict
from twinwire.screen.fold import Folded
from twinwire.screen.match import Hit
from twinwire.screen.reasons import reason
from twinwire.screen.terms import Strength

MAX_EVIDENCE = 50
REPEATS = {"title": 1, "lead": 2, "body": 3}  # how often the same term counts in one place


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the text in the folded whole: where it stands and how much of it is the opening."""

    name: str
    start: int
    stop: int
    lead_stop: int
    folded: Folded


@dataclass(frozen=True, slots=True)
class Page:
    """The folded text of an entry, field after field."""

    text: str
    fields: tuple[Field, ...]
    long: bool

    def field(self, position: int) -> Field:
        """The field that holds this position."""
        return next((f for f in self.fields if position < f.stop), self.fields[-1])

    def zone(self, position: int) -> str:
        """``title``, ``lead`` or ``body``."""
        f = self.field(position)
        return "title" if f.name == "title" else "lead" if position < f.lead_stop else "body"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hit with what it is worth and why."""

    hit: Hit
    zone: str
    weight: float
    rule: str


def decide(topic: Topic, scoring: Scoring, page: Page, hits: list[Hit]) -> TopicDecision:
    """Verdict on one topic. Evidence: what counted (weights add up to the score), then what did not and why."""
    if not hits:
        nothing = reason(Verdict.REJECTED, (), ())
        return TopicDecision(topic=topic.id, verdict=Verdict.REJECTED, score=0.0, reason=nothing)
    weighed = [_weigh(h, scoring, page, hits) for h in hits if h.strength is not Strength.BLOCKER]
    counted, idle = _longest([w for w in weighed if w.weight > 0])
    counted, score = _accumulate(counted)
    spans = {(w.hit.start, w.hit.stop) for w in counted}
    idle += [w for w in weighed if w.weight <= 0 and (w.hit.start, w.hit.stop) not in spans]
    verdict = (Verdict.KEPT if score >= topic.keep else
               Verdict.UNDECIDED if score >= topic.undecided else Verdict.REJECTED)
    evidence = tuple(_match(topic.id, page, w) for w in (counted + idle)[:MAX_EVIDENCE])
    zones = tuple(w.zone for w in counted[:MAX_EVIDENCE])
    return TopicDecision(topic=topic.id, verdict=verdict, score=score,
                         reason=reason(verdict, evidence, zones), evidence=evidence)


def _weigh(hit: Hit, scoring: Scoring, page: Page, hits: list[Hit]) -> Weighed:
    zone = page.zone(hit.start)
    for b in hits:
        if b.strength is Strength.BLOCKER and b.overlaps(hit) and not hit.contains(b):
            return Weighed(hit, zone, 0.0, f"blocked by '{b.term}'")
    rule = hit.strength.value
    if hit.strength is not Strength.STRONG:
        near, against = _neighbours(hit, page.text, scoring.window)
        if against:
            return Weighed(hit, zone, 0.0, f"not near '{against}'")
        if hit.strength is Strength.CONTEXT:
            near = near or _other_term(hit, hits, scoring.window)
            if not near:
                return Weighed(hit, zone, 0.0, "context: nothing near")
            rule = f"context: near '{near}'"
    weight: float = getattr(getattr(scoring.weights, hit.strength.value), zone)
    return Weighed(hit, zone, weight / 2 if page.long and zone == "body" else weight, rule)


def _neighbours(hit: Hit, text: str, window: int) -> tuple[str | None, str | None]:
    """The first context word and the first ``not_near`` word within the window of a hit."""
    near: dict[Strength, str] = {}
    if hit.block.near is not None:
        for part in (text[max(0, hit.start - window):hit.start], text[hit.stop:hit.stop + window]):
            for pattern, kind, _, _ in hit.block.near.find(part):
                near.setdefault(kind, pattern.term)
    return near.get(Strength.NEAR), near.get(Strength.NOT_NEAR)


def _other_term(hit: Hit, hits: list[Hit], window: int) -> str | None:
    for h in hits:
        if (h.strength is not Strength.BLOCKER and h.term != hit.term and not h.overlaps(hit)
                and h.start < hit.stop + window and h.stop > hit.start - window):
            return h.term
    return None


def _longest(weighed: list[Weighed]) -> tuple[list[Weighed], list[Weighed]]:
    """Drop hits inside others and repeats; strongest first. Repeats come back too, worth nothing."""
    kept: list[Weighed] = []
    stop = -1
    for w in sorted(weighed, key=lambda w: (w.hit.start, -w.hit.stop, -w.weight)):
        if w.hit.stop > stop:
            kept.append(w)
            stop = w.hit.stop
    seen: Counter[tuple[str, str]] = Counter()
    counted, repeats = [], []
    for w in kept:
        seen[w.hit.term, w.zone] += 1
        if seen[w.hit.term, w.zone] <= REPEATS[w.zone]:
            counted.append(w)
        else:
            repeats.append(Weighed(w.hit, w.zone, 0.0, "counted already"))
    return sorted(counted, key=attrgetter("weight"), reverse=True), repeats


def _accumulate(counted: list[Weighed]) -> tuple[list[Weighed], float]:
    """Turn each weight into what it adds to the score."""
    score = 0.0
    out = []
    for w in counted[:MAX_EVIDENCE]:
        added = (1 - score) * w.weight
        score += added
        out.append(Weighed(w.hit, w.zone, added, w.rule))
    return out, min(score, 1.0)


def _match(topic: str, page: Page, w: Weighed) -> Match:
    f = page.field(w.hit.start)
    start, stop = f.folded.original(w.hit.start - f.start, w.hit.stop - f.start)
    return Match(topic=topic, term=w.hit.term, field=f.name, start=start, stop=stop, weight=w.weight, rule=w.rule)
