"""Weighs the hits of one topic and gives a verdict. Finds no terms itself and knows no topic by name.

1. A blocker cancels the hits it overlaps, unless they are longer. Near a ``never_near`` word no term counts, near a ``not_near`` word only
   strong ones.
2. A context term counts only with a context word in the window, an abroad term only with a word or place of another country; a strong
   term of the topic serves both.
3. Of hits inside one another the longest counts; of the same term in the same place only the first few.
4. When all that counts stands in one passage of a text of several, away from title and first sentence, it is a passing mention: it
   weighs as if it stood in the body.
5. A topic of ties between countries does not count ties within one (see ``places``).
6. Each hit counts with the weight of its strength and place; weights add up as 1 - (1-a)(1-b)…, so the score stays below 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from twinwire.config.topics import Scoring, Topic
from twinwire.records import Match, TopicDecision, Verdict
from twinwire.screen.match import Hit
from twinwire.screen.page import Page
from twinwire.screen.places import Places, domestic
from twinwire.screen.reasons import reason
from twinwire.screen.terms import Strength

MAX_EVIDENCE = 50
REPEATS = {"title": 1, "lead": 2, "body": 3}  # how often the same term counts in one place
_NEEDY = frozenset((Strength.CONTEXT, Strength.ABROAD))
PASSAGES = 3                                  # a text of fewer passages mentions nothing in passing


@dataclass(slots=True)
class Weighed:
    """A hit with what it is worth and why."""

    hit: Hit
    zone: str
    weight: float
    rule: str


def decide(topic: Topic, scoring: Scoring, page: Page, hits: list[Hit], places: Places | None = None) -> TopicDecision:
    """Verdict on one topic. Evidence: what counted (weights add up to the score), then what did not and why."""
    blockers = [h for h in hits if h.strength is Strength.BLOCKER]
    terms = [h for h in hits if h.strength is not Strength.BLOCKER] if blockers else hits
    weigher = _Weigher(scoring, page, terms, blockers, places)
    weighed = [weigher.weigh(h) for h in terms]
    counted, idle = _longest([w for w in weighed if w.weight > 0])
    if counted and topic.between_countries and places and (why := domestic(places, page, [w.hit for w in counted])):
        idle = [Weighed(w.hit, w.zone, 0.0, why) for w in counted] + idle
        counted = []
    passing = _is_passing(counted, page)
    if passing:
        counted = [Weighed(w.hit, "body", _weight(w.hit.strength, "body", scoring, page), w.rule) for w in counted]
    counted, score = _accumulate(counted)
    spans = {(w.hit.start, w.hit.stop) for w in (*counted, *idle)}
    idle += [w for w in weighed if w.weight <= 0 and (w.hit.start, w.hit.stop) not in spans]
    verdict = (Verdict.KEPT if score >= topic.keep else
               Verdict.UNDECIDED if score >= topic.undecided else Verdict.REJECTED)
    evidence = tuple(_match(topic.id, page, w) for w in (counted + idle)[:MAX_EVIDENCE])
    return TopicDecision(topic=topic.id, verdict=verdict, score=score, evidence=evidence,
                         reason=reason(verdict, evidence, [w.zone for w in counted[:MAX_EVIDENCE]]))


@dataclass(slots=True)
class _Weigher:
    """Weighs the hits of one topic in one text."""

    scoring: Scoring
    page: Page
    terms: Sequence[Hit]
    blockers: Sequence[Hit]
    places: Places | None

    def weigh(self, hit: Hit) -> Weighed:
        """A hit's weight, 0 with the rule that says why where it does not count."""
        zone = self.page.zone(hit.start)
        for b in self.blockers:
            if b.overlaps(hit) and not hit.contains(b):
                return Weighed(hit, zone, 0.0, f"blocked by '{b.term}'")
        rule: str = hit.strength.value
        if hit.strength is not Strength.STRONG or hit.block.guarded:
            near = neighbours(hit, self.page)
            against = near.get(Strength.NEVER_NEAR) or (near.get(Strength.NOT_NEAR) if hit.strength is not Strength.STRONG else None)
            if against:
                return Weighed(hit, zone, 0.0, f"not near '{against}'")
            if hit.strength in _NEEDY:
                company = self._company(hit, near)
                if not company:
                    return Weighed(hit, zone, 0.0, f"{rule}: nothing near")
                rule = f"{rule}: near '{company}'"
        return Weighed(hit, zone, _weight(hit.strength, zone, self.scoring, self.page), rule)

    def _company(self, hit: Hit, near: dict[Strength, str]) -> str | None:
        """What stands near a term that does not count alone."""
        found = near.get(Strength.NEAR if hit.strength is Strength.CONTEXT else Strength.FOREIGN)
        found = found or _strong_term(hit, self.terms, self.page.window)
        if not found and hit.strength is Strength.ABROAD and self.places:
            found = self.places.abroad_near(hit, self.page)
        return found


def _weight(strength: Strength, zone: str, scoring: Scoring, page: Page) -> float:
    weight: float = getattr(scoring.weights.of(strength.value), zone)
    return weight / 2 if page.long and zone == "body" else weight


def neighbours(hit: Hit, page: Page) -> dict[Strength, str]:
    """The first word of each kind that stands within the window of a hit."""
    near: dict[Strength, str] = {}
    if hit.block.near is not None:
        text = page.text
        for part in (text[max(0, hit.start - page.window):hit.start], text[hit.stop:hit.stop + page.window]):
            for pattern, kind, _, _ in hit.block.near.find(part):
                near.setdefault(kind, pattern.term)
    return near


def _strong_term(hit: Hit, terms: Sequence[Hit], window: int) -> str | None:
    for h in terms:
        if h.strength is Strength.STRONG and not h.overlaps(hit) and h.start < hit.stop + window and h.stop > hit.start - window:
            return h.term
    return None


def _longest(weighed: list[Weighed]) -> tuple[list[Weighed], list[Weighed]]:
    """Drop hits inside others and repeats; strongest first. Repeats come back too, worth nothing."""
    if len(weighed) < 2:
        return weighed, []
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


def _is_passing(counted: Sequence[Weighed], page: Page) -> bool:
    """Does everything that counts stand in one passage of several, behind the first sentence?"""
    if not counted or page.length < PASSAGES * page.passage or any(w.zone == "title" for w in counted):
        return False
    first = min(w.hit.start for w in counted)
    return max(w.hit.stop for w in counted) - first <= page.passage and first > page.first_sentence()


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
    f, start, stop = page.original(w.hit.start, w.hit.stop)
    return Match(topic=topic, term=w.hit.term, field=f.name, start=start, stop=stop, weight=w.weight, rule=w.rule)
