"""The screen stage: an entry's text in, a decision out. Touches no clock, no network, no store."""

from __future__ import annotations

from collections.abc import Callable

from twinwire.config.topics import Topic, TopicsFile
from twinwire.records import Decision, Text, TopicDecision, Verdict
from twinwire.screen.decide import decide
from twinwire.screen.match import Matcher
from twinwire.screen.page import Page
from twinwire.screen.places import Places
from twinwire.screen.reasons import overall, reason

ENGINE = 3           # raised when the same topics file may decide otherwise than before

_RANK = {Verdict.REJECTED: 0, Verdict.UNDECIDED: 1, Verdict.KEPT: 2}


class Screen:
    """Topics, compiled once. ``rule_version`` names what texts are judged by: engine and topics file."""

    def __init__(self, topics: TopicsFile) -> None:
        self.topics = topics
        self.rule_version = f"{ENGINE}-{topics.rule_version}"
        self._matcher = Matcher(topics)
        self._nothing = tuple(_nothing(t) for t in topics.topics)
        self._rejected = self._sum(self._nothing)

    def decide(self, text: Text, language: str | None, places: Callable[[], Places] | None = None) -> Decision:
        """Verdict on every topic and, as the entry's own, the best of them. ``language`` is a BCP 47 hint or None.

        ``places`` gives the places the text names. It is asked at most once, and only when a topic of ties between countries has a term
        in the text; without it ties within a country cannot be told apart.
        """
        page = Page(text, self.topics.scoring)
        found = self._matcher.find(page.text, language)
        if found is None:
            return self._rejected
        known: Places | None = None
        topics = []
        for topic, nothing, hits in zip(self.topics.topics, self._nothing, found, strict=True):
            if hits is None or not hits.terms:
                topics.append(nothing)
                continue
            if topic.between_countries and places is not None and known is None:
                known = places()
            topics.append(decide(topic, self.topics.scoring, page, hits, known if topic.between_countries else None))
        return self._sum(tuple(topics))

    def _sum(self, topics: tuple[TopicDecision, ...]) -> Decision:
        best = max(topics, key=lambda t: (_RANK[t.verdict], t.score))
        return Decision(verdict=best.verdict, score=best.score, reason=overall(topics, best.verdict), topics=topics,
                        rule_version=self.rule_version)


def _nothing(topic: Topic) -> TopicDecision:
    return TopicDecision(topic=topic.id, verdict=Verdict.REJECTED, score=0.0, reason=reason(Verdict.REJECTED, (), ()))
