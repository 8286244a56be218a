"""Weighs the hits of one topic and gives a verdict. Finds no terms itself and knows no topic by name.

1. A blocker cancels the hits it overlaps, unless they are longer. Near a ``never_near`` word no term counts, near a ``not_near`` word only
   strong and weak ones, unless a context word and cities of two countries stand there too; of the strong ones those that are ``doubtful``
   only with a context word.
2. A context term counts only with a context word in the window, an abroad term only with a word or place of another country; a strong
   term, or cities of two countries where ties between countries are asked for, serves both. A context word that is part of the term says
   nothing new. What the rules of the topic ask for (``together``) was looked for before: such terms come with their company.
3. Of hits inside one another the longest counts; of the same term in the same place only the first few.
4. When all that counts stands in one passage of a text of several, away from title and first sentence, it is a passing mention: it
   weighs as if it stood in the body. Not where ties between countries are asked for and the title names cities of two; nor where a rule
   found it, which asks for more than a clause; nor where two different strong terms stand in the opening, unless the topic is one of
   ties: states like to list their sister provinces and cities in one breath.
5. For a topic of ties between countries a strong term of the body weighs as in the opening where it stands beside cities of two countries
   that are named again and again: they are what the text is about.
6. A topic of ties between countries does not count ties within one (see ``places``); of a headline alone that is not sure, and it stays
   undecided.
7. Terms that need company are not asked for it where strong ones keep the story already.
8. In a story that is kept for a tie between countries another topic needs more than one term that needed company (:func:`beside_a_tie`).
9. Each hit counts with the weight of its strength and place; weights add up as 1 - (1-a)(1-b)…, so the score stays below 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from twinwire.config.topics import Scoring, Topic
from twinwire.records import Match, TopicDecision, Verdict
from twinwire.screen.match import Hit, Hits
from twinwire.screen.page import Page
from twinwire.screen.places import Places, domestic
from twinwire.screen.reasons import reason
from twinwire.screen.terms import Strength

MAX_EVIDENCE = 40                             # pieces that count
MAX_IDLE = 10                                 # pieces that are shown though they do not
REPEATS = {"title": 1, "lead": 2, "body": 3}  # how often the same term counts in one place
_NEEDY = frozenset((Strength.CONTEXT, Strength.ABROAD))
PASSAGES = 3                                  # a text of fewer passages mentions nothing in passing


@dataclass(slots=True)
class Joined(Hit):
    """A term of a rule that has a word of every class it asks for near; ``company`` names them."""

    company: str


@dataclass(slots=True)
class Weighed:
    """A hit with what it is worth and why."""

    hit: Hit
    zone: str
    weight: float
    rule: str


def decide(topic: Topic, scoring: Scoring, page: Page, hits: Hits, places: Places | None = None) -> TopicDecision:
    """Verdict on one topic. Evidence: what counted (weights add up to the score), then what did not and why."""
    weigher = _Weigher(topic, scoring, page, hits, places)
    weighed, counted = weigher.all(topic.keep)
    why = domestic(places, page, [w.hit for w in counted]) if counted and places and topic.between_countries else None
    if why and page.length >= page.passage:
        for w in counted:
            w.weight, w.rule = 0.0, why
        counted = []
    elif _is_passing(counted, page, topic) and not (places and places.joined_in_title()):
        for w in counted:
            w.zone, w.weight = "body", weigher.worth(w.hit.strength, "body")
    if topic.between_countries and places and _sum(counted) < topic.keep:
        weigher.raise_those_of_the_matter(counted)
    score = _accumulate(counted)
    if why and score >= topic.keep:  # a headline alone cannot be sure of that
        share = (topic.keep + topic.undecided) / 2 / score
        for w in counted:
            w.weight, w.rule = w.weight * share, f"{w.rule}; maybe {why}"
        score *= share
    verdict = (Verdict.KEPT if score >= topic.keep else
               Verdict.UNDECIDED if score >= topic.undecided else Verdict.REJECTED)
    shown = counted[:MAX_EVIDENCE]
    if len(counted) < len(weighed):
        shown += _idle(weighed, counted)[:MAX_IDLE]
    evidence = tuple([_match(topic.id, page, w) for w in shown])
    return TopicDecision(topic=topic.id, verdict=verdict, score=score, evidence=evidence,
                         reason=reason(verdict, evidence, [w.zone for w in counted[:MAX_EVIDENCE]]))


def beside_a_tie(topic: Topic, decision: TopicDecision) -> TopicDecision:
    """The verdict on a topic in a story that is kept for a tie between places: such stories list what the two will work on. One term
    that needed company, outside the title, is that list and no story; it stays undecided."""
    counted = [m for m in decision.evidence if m.weight > 0 and m.rule != Strength.WEAK]
    alone = len({m.term for m in counted}) == 1 and all(m.field != "title" and m.rule != Strength.STRONG for m in counted)
    if decision.verdict is not Verdict.KEPT or not alone:
        return decision
    score = (topic.keep + topic.undecided) / 2
    evidence = tuple([replace(m, weight=m.weight * score / decision.score) for m in decision.evidence])
    said = decision.reason.removeprefix(f"{Verdict.KEPT}: ")
    return replace(decision, verdict=Verdict.UNDECIDED, score=score, evidence=evidence,
                   reason=f"{Verdict.UNDECIDED}: only {said}, in a story of a tie between places")


class _Weigher:
    """Weighs the hits of one topic in one text."""

    __slots__ = ("hits", "page", "places", "scoring", "topic")

    def __init__(self, topic: Topic, scoring: Scoring, page: Page, hits: Hits, places: Places | None) -> None:
        self.topic = topic
        self.scoring = scoring
        self.page = page
        self.hits = hits
        self.places = places

    def all(self, keep: float) -> tuple[list[Weighed], list[Weighed]]:
        """Every hit weighed, and those that count, the heaviest first. Where strong terms keep a story, the others are not asked."""
        if self.hits.strong:
            weighed = [Weighed(h, "", 0.0, "not asked") if h.strength in _NEEDY else self.weigh(h) for h in self.hits.terms]
            counted = _longest([w for w in weighed if w.weight > 0])
            if _sum(counted) >= keep and not _is_passing(counted, self.page, self.topic):
                return weighed, counted
        weighed = [self.weigh(h) for h in self.hits.terms]
        return weighed, _longest([w for w in weighed if w.weight > 0])

    def weigh(self, hit: Hit) -> Weighed:
        """A hit's weight, 0 with the rule that says why where it does not count."""
        zone = self.page.zone(hit.start)
        for b in self.hits.blockers:
            if b.overlaps(hit) and not hit.contains(b):
                return Weighed(hit, zone, 0.0, f"blocked by '{b.term}'")
        for n in self.hits.never:
            if n.block is hit.block and n.within(hit, self.page.window):
                return Weighed(hit, zone, 0.0, f"not near '{n.term}'")
        rule: str = hit.strength.value
        if hit.strength in _NEEDY:
            near = neighbours(hit, self.page)
            if (against := near.get(Strength.NOT_NEAR)) and not (Strength.NEAR in near and self._joins_lands(hit)):
                return Weighed(hit, zone, 0.0, f"not near '{against}'")
            company = self._company(hit, near)
            if not company:
                return Weighed(hit, zone, 0.0, f"{rule}: nothing near")
            rule = f"{rule}: near '{company}'"
        elif isinstance(hit, Joined):
            rule = f"{rule}: near {hit.company}"
        elif hit.strength is Strength.STRONG and hit.term in self.topic.terms[hit.block.language].doubtful:
            near = neighbours(hit, self.page)
            if (against := near.get(Strength.NOT_NEAR)) and Strength.NEAR not in near:
                return Weighed(hit, zone, 0.0, f"not near '{against}'")
        return Weighed(hit, zone, self.worth(hit.strength, zone), rule)

    def _joins_lands(self, hit: Hit) -> bool:
        """Do cities of two countries stand beside it? A town hall shows its guests the schools too."""
        return self.places is not None and self.places.abroad_near(hit, self.page) is not None

    def raise_those_of_the_matter(self, counted: list[Weighed]) -> None:
        """What stands in the body beside cities of two countries that the whole text is about weighs as if it stood in the opening."""
        assert self.places is not None, "asked only with places"
        for w in counted:
            if w.zone == "body" and w.hit.strength is Strength.STRONG and (pair := self.places.throughout(w.hit, self.page)):
                w.weight, w.rule = self.worth(w.hit.strength, "lead"), f"{w.rule}: {pair} are named throughout"
        counted.sort(key=attrgetter("weight"), reverse=True)

    def worth(self, strength: Strength, zone: str) -> float:
        """What a term of this strength is worth in this zone."""
        weight: float = getattr(self.scoring.weights.of(strength.value), zone)
        return weight / 2 if zone == "body" and self.page.long else weight

    def _company(self, hit: Hit, near: dict[Strength, str]) -> str | None:
        """What stands near a term that does not count alone."""
        found = near.get(Strength.NEAR if hit.strength is Strength.CONTEXT else Strength.FOREIGN)
        found = found or next((h.term for h in self.hits.strong if h.within(hit, self.page.window)), None)
        return found or (self.places.abroad_near(hit, self.page) if self.places else None)


def neighbours(hit: Hit, page: Page) -> dict[Strength, str]:
    """The first word of each kind that stands within the window of a hit and is no part of it."""
    near: dict[Strength, str] = {}
    if hit.block.near is not None:
        first = max(0, hit.start - page.window)
        own = page.text[hit.start:hit.stop]
        for pattern, kind, start, stop in hit.block.near.find(page.text[first:hit.stop + page.window]):
            if kind not in near and (stop + first <= hit.start or start + first >= hit.stop) and pattern.literal not in own:
                near[kind] = pattern.term
    return near


def _longest(weighed: list[Weighed]) -> list[Weighed]:
    """Drop hits inside others and repeats; strongest first. Repeats are worth nothing from now on."""
    if len(weighed) < 2:
        return weighed
    stop = -1
    seen: dict[tuple[str, str], int] = {}
    counted = []
    for w in sorted(weighed, key=lambda w: (w.hit.start, -w.hit.stop, -w.weight)):
        if w.hit.stop <= stop:
            continue
        stop = w.hit.stop
        times = seen[w.hit.term, w.zone] = seen.get((w.hit.term, w.zone), 0) + 1
        if times <= REPEATS[w.zone]:
            counted.append(w)
        else:
            w.weight, w.rule = 0.0, "counted already"
    counted.sort(key=attrgetter("weight"), reverse=True)
    return counted


def _idle(weighed: Sequence[Weighed], counted: Sequence[Weighed]) -> list[Weighed]:
    """What is worth nothing, without those that stand where another counts."""
    spans = {(w.hit.start, w.hit.stop) for w in counted}
    return [w for w in weighed if w.weight <= 0 and (w.hit.start, w.hit.stop) not in spans]


def _is_passing(counted: Sequence[Weighed], page: Page, topic: Topic) -> bool:
    """Does everything that counts stand in one passage of several, behind the first sentence?"""
    if not counted or page.length < PASSAGES * page.passage or any(w.zone == "title" or isinstance(w.hit, Joined) for w in counted):
        return False
    if not topic.between_countries and len({w.hit.term for w in counted if w.hit.strength is Strength.STRONG and w.zone == "lead"}) > 1:
        return False
    first = min(w.hit.start for w in counted)
    return max(w.hit.stop for w in counted) - first <= page.passage and first > page.first_sentence()


def _sum(counted: Sequence[Weighed]) -> float:
    """What the weights add up to."""
    rest = 1.0
    for w in counted:
        rest *= 1 - w.weight
    return 1 - rest


def _accumulate(counted: Sequence[Weighed]) -> float:
    """Turn each weight into what it adds to the score."""
    score = 0.0
    for i, w in enumerate(counted):
        w.weight = (1 - score) * w.weight if i < MAX_EVIDENCE else 0.0
        score += w.weight
    return min(score, 1.0)


def _match(topic: str, page: Page, w: Weighed) -> Match:
    field, start, stop = page.original(w.hit.start, w.hit.stop)
    return Match(topic=topic, term=w.hit.term, field=field, start=start, stop=stop, weight=w.weight, rule=w.rule)
