"""The screen stage: an entry's text in, a decision out. Touches no clock, no network, no store."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

from twinwire.config.topics import Topic, TopicsFile
from twinwire.records import Decision, Text, TopicDecision, Verdict
from twinwire.screen.decide import beside_a_tie, decide
from twinwire.screen.match import Hits, Matcher
from twinwire.screen.page import Page
from twinwire.screen.places import Places
from twinwire.screen.reasons import overall, reason
from twinwire.screen.rules import READ, TopicRules

ENGINE = 7           # raised when the same topics file may decide otherwise than before

_RANK = {Verdict.REJECTED: 0, Verdict.UNDECIDED: 1, Verdict.KEPT: 2}


class Screen:
    """Topics, to judge texts by. ``rule_version`` names what texts are judged by: engine and topics file."""

    def __init__(self, topics: TopicsFile) -> None:
        self.topics = topics
        self.rule_version = f"{ENGINE}-{topics.rule_version}"
        self._nothing = tuple(_nothing(t) for t in topics.topics)
        self._rejected = self._sum(self._nothing)

    @cached_property
    def _matcher(self) -> Matcher:
        """Compiled when a first text is judged: half a second that a run without anything new is spared."""
        return Matcher(self.topics)

    @cached_property
    def _rules(self) -> tuple[TopicRules | None, ...]:
        return tuple(TopicRules(t) if any(b.together for b in t.terms.values()) else None for t in self.topics.topics)

    def decide(self, text: Text, language: str | None, places: Callable[[], Places] | None = None) -> Decision:
        """Verdict on every topic and, as the entry's own, the best of them. ``language`` is a BCP 47 hint or None.

        ``places`` gives the places the text names. It is asked at most once, and only when a topic of ties between countries has a term
        in the text, or a rule lacks nothing but places; without it ties within a country cannot be told apart.
        """
        page = Page(text, self.topics.scoring)
        found = self._matcher.find(page.text, language, min(page.opening(), READ))
        if found is None:
            return self._rejected
        known = cache(places) if places is not None else None
        topics = tuple([self._on(n, page, hits, language, known) for n, hits in enumerate(found)])
        if any(d.verdict is Verdict.KEPT and t.between_countries for t, d in zip(self.topics.topics, topics, strict=True)):
            topics = tuple([d if t.between_countries else beside_a_tie(t, d) for t, d in zip(self.topics.topics, topics, strict=True)])
        return self._sum(topics) if any(t is not nothing for t, nothing in zip(topics, self._nothing, strict=True)) else self._rejected

    def _on(self, number: int, page: Page, hits: Hits | None, language: str | None, places: Callable[[], Places] | None) -> TopicDecision:
        """The verdict on one topic. Its rules are asked only where its terms do not keep the story."""
        topic, rules, verdict = self.topics.topics[number], self._rules[number], self._nothing[number]

        def judged(hits: Hits) -> TopicDecision:
            return decide(topic, self.topics.scoring, page, hits, places() if topic.between_countries and places else None)

        if hits is None:
            return verdict
        if hits.terms:
            verdict = judged(hits)
        if rules is not None and hits.begin and verdict.verdict is not Verdict.KEPT:
            more = rules.joined(hits.begin, page, language, places)
            if more:
                verdict = judged(hits.joined_by(more))
        return verdict

    def _sum(self, topics: tuple[TopicDecision, ...]) -> Decision:
        best = max(topics, key=lambda t: (_RANK[t.verdict], t.score))
        return Decision(verdict=best.verdict, score=best.score, reason=overall(topics, best.verdict), topics=topics,
                        rule_version=self.rule_version)


_compiled: dict[str, Screen] = {}
_KEPT = 2  # sets of topics: a rescreen has the old ones and the new


def compiled(topics: TopicsFile) -> Screen:
    """The screen of these topics. The latest ones stay compiled: a scheduler makes many runs in one process."""
    screen = Screen(topics)
    screen = _compiled.pop(screen.rule_version, screen)
    _compiled[screen.rule_version] = screen  # as the latest
    if len(_compiled) > _KEPT:
        _compiled.pop(next(iter(_compiled)), None)  # of another thread, maybe
    return screen


def _nothing(topic: Topic) -> TopicDecision:
    return TopicDecision(topic=topic.id, verdict=Verdict.REJECTED, score=0.0, reason=reason(Verdict.REJECTED, (), ()))
