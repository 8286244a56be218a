"""The screen stage: an entry's text in, a decision out. Touches no clock, no network, no store."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

from twinwire.config.topics import Topic, TopicsFile
from twinwire.records import Decision, Text, TopicDecision, Verdict
from twinwire.screen.decide import decide
from twinwire.screen.match import Matcher
from twinwire.screen.page import Page
from twinwire.screen.places import Places
from twinwire.screen.reasons import overall, reason
from twinwire.screen.rules import Rules, settle, with_rules

ENGINE = 4           # raised when the same topics file may decide otherwise than before

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
        return Matcher(self.topics.model_copy(update={"topics": tuple(with_rules(t) for t in self.topics.topics)}))

    @cached_property
    def _rules(self) -> tuple[dict[str, Rules], ...]:
        return tuple({name: Rules(name, block) for name, block in t.terms.items() if block.together} for t in self.topics.topics)

    def decide(self, text: Text, language: str | None, places: Callable[[], Places] | None = None) -> Decision:
        """Verdict on every topic and, as the entry's own, the best of them. ``language`` is a BCP 47 hint or None.

        ``places`` gives the places the text names. It is asked at most once, and only when a topic of ties between countries has a term
        in the text, or a rule lacks nothing but places; without it ties within a country cannot be told apart.
        """
        page = Page(text, self.topics.scoring)
        found = self._matcher.find(page.text, language)
        if found is None:
            return self._rejected
        known = cache(places) if places is not None else None
        topics = []
        for topic, rules, nothing, hits in zip(self.topics.topics, self._rules, self._nothing, found, strict=True):
            if hits is not None and rules:
                settle(hits, rules, page, language, known)
            if hits is None or not hits.terms:
                topics.append(nothing)
                continue
            topics.append(decide(topic, self.topics.scoring, page, hits, known() if topic.between_countries and known else None))
        return self._sum(tuple(topics))

    def _sum(self, topics: tuple[TopicDecision, ...]) -> Decision:
        best = max(topics, key=lambda t: (_RANK[t.verdict], t.score))
        return Decision(verdict=best.verdict, score=best.score, reason=overall(topics, best.verdict), topics=topics,
                        rule_version=self.rule_version)


def _nothing(topic: Topic) -> TopicDecision:
    return TopicDecision(topic=topic.id, verdict=Verdict.REJECTED, score=0.0, reason=reason(Verdict.REJECTED, (), ()))
