"""The screen stage: an entry's text in, a decision out. Touches no clock, no network, no store."""

from __future__ import annotations

from twinwire.config.topics import TopicsFile
from twinwire.records import Decision, Text, Verdict
from twinwire.screen.decide import Field, Page, decide
from twinwire.screen.fold import SEPARATOR, fold
from twinwire.screen.match import Matcher
from twinwire.screen.reasons import overall
from twinwire.screen.terms import UNSPACED

MAX_CHARS = 1 << 19  # code points per field that are read; no news text is longer
ENGINE = 1           # raised when the same topics file may decide otherwise than before

_RANK = {Verdict.REJECTED: 0, Verdict.UNDECIDED: 1, Verdict.KEPT: 2}


class Screen:
    """Topics, compiled once. ``rule_version`` names what texts are judged by: engine and topics file."""

    def __init__(self, topics: TopicsFile) -> None:
        self.topics = topics
        self.rule_version = f"{ENGINE}-{topics.rule_version}"
        self._matcher = Matcher(topics)

    def decide(self, text: Text, language: str | None) -> Decision:
        """Verdict on every topic and, as the entry's own, the best of them. ``language`` is a BCP 47 hint or None."""
        page = self._page(text)
        hits = self._matcher.find(page.text, language)
        topics = tuple(
            decide(topic, self.topics.scoring, page, found)
            for topic, found in zip(self.topics.topics, hits, strict=True)
        )
        best = max(topics, key=lambda t: (_RANK[t.verdict], t.score))
        return Decision(verdict=best.verdict, score=best.score, reason=overall(topics, best.verdict),
                        topics=topics, rule_version=self.rule_version)

    def _page(self, text: Text) -> Page:
        """Fold the fields. A summary that is the start of the body is the body's opening, not a second voice."""
        scoring = self.topics.scoring
        title, summary, body = (fold(t[:MAX_CHARS]) for t in (text.title, text.summary, text.body))
        parts = [(name, f, _opening(f.text, scoring.lead))
                 for name, f in (("title", title), ("summary", summary), ("body", body))]
        if summary.text and body.text.startswith(summary.text.rstrip(" .…")):
            lead = parts[2][2]
            parts[1:] = [("body", body, max(lead, min(len(summary.text), 2 * lead)))]
        fields = []
        at = 0
        for name, folded, opening in parts:
            stop = at + len(folded.text)
            fields.append(Field(name, at, stop + 1, at + opening, folded))
            at = stop + 1
        whole = SEPARATOR.join(f.folded.text for f in fields)
        return Page(whole, tuple(fields), len(body.text) > scoring.long_body)


def _opening(text: str, lead: int) -> int:
    """Length of the opening: half of ``lead`` where most characters are of scripts that say a word in one or two."""
    head = text[:lead]
    return lead // 2 if not head.isascii() and 2 * len(UNSPACED.findall(head)) > len(head) else lead
