"""Explanations: marked cuttings, and what would have changed the verdict; and the example of the docs page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from spots import FONDI, SIENA, mentioned

from twinwire.config import load, shipped
from twinwire.config.topics import load_topics
from twinwire.records import Text, Verdict
from twinwire.screen import Places, Screen, explain

ROOT = Path(__file__).parents[1]
SCREEN = Screen(load_topics(ROOT / "config/topics.yaml"))


def test_marked() -> None:
    """Evidence comes with its surroundings, and marks exactly what matched."""
    text = Text(title="Visit", summary="Our mayor went to the  Sister-City yesterday.")
    e = explain(SCREEN, text, "en")[0]
    assert (e.topic, e.name, e.verdict, e.missing) == ("friendship_cities", "Friendship cities", Verdict.KEPT, "")
    m = e.evidence[0]
    assert (m.before, m.marked, m.after) == ("Our mayor went to the  ", "Sister-City", " yesterday.")


def test_blocked_is_shown() -> None:
    """A blocked hit is shown with its blocker, worth nothing."""
    e = explain(SCREEN, Text(title="全国儿童友好城市名单公布"), "zh")[0]
    assert [m.marked for m in e.evidence] == ["友好城市"]
    assert (e.evidence[0].match.weight, e.evidence[0].match.rule) == (0, "blocked by '儿童友好城'")


def test_missing() -> None:
    """A rejected entry is told what would have kept it."""
    e = explain(SCREEN, Text(title="Twinning in the garden"), "en")[0]
    assert e.verdict is Verdict.REJECTED
    assert e.missing.startswith("needs 0.60, has 0.00")
    assert "a context word near 'twinning' or a strong term in the opening would help" in e.missing


@pytest.mark.parametrize(("text", "said"), [
    (Text(title="Friendship agreement renewed"), "a context word near 'friendship agreement*'"),
    (Text(title="자매결연 10주년"), "a word or place of another country near '자매결연'"),
    (Text(title="Sister city quiz"), "'sister city' without 'quiz*' beside it"),
    (Text(title="全国儿童友好城市名单公布"), "'友好城市' without '儿童友好城' beside it"),
])
def test_missing_names_what_stood_in_the_way(text: Text, said: str) -> None:
    """What would have changed the verdict is true: without it the entry is not kept, with it it is."""
    e = explain(SCREEN, text, None)[0]
    assert e.verdict is not Verdict.KEPT
    assert said in e.missing


def test_a_domestic_tie_is_explained() -> None:
    """The reason names both places, and only a place of another country would help."""
    text = Text(title="Gemellaggio fra due comuni", summary="Il comune di Fondi e quello di Siena firmano il gemellaggio. " * 3)
    e = explain(SCREEN, text, "it", lambda: Places(mentions=mentioned(text, {"Fondi": FONDI, "Siena": SIENA})))[0]
    assert (e.verdict, e.reason) == (Verdict.REJECTED, "rejected: Fondi and Siena are both in IT, so 'gemellaggio' is no tie between countries")
    assert e.missing == "needs 0.60, has 0.00: a place of another country would help"


def test_docs_example(tmp_path: Path) -> None:
    """The third topic of docs/topics.md loads as it stands there and judges its own samples rightly."""
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    example = re.search(r"<!-- tested.*?-->\n```yaml\n(.*?)```", page, re.DOTALL)
    assert example
    path = tmp_path / "topics.yaml"
    path.write_text(example[1], encoding="utf-8")
    screen = Screen(load_topics(path))
    samples = screen.topics.topics[0].samples
    assert all(screen.decide(Text(title=s), None).kept for s in samples.keep)
    assert not any(screen.decide(Text(title=s), None).kept for s in samples.drop)


def test_a_topic_is_added_by_a_file_alone(tmp_path: Path) -> None:
    """The example of docs/topics.md, put into the folder ``topics`` of a config folder, joins the shipped topics; nothing else changes."""
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    example = re.search(r"<!-- tested.*?-->\n```yaml\n(.*?)```", page, re.DOTALL)
    assert example
    (tmp_path / "sources.yaml").write_text((shipped("config") / "sources.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    before = load(tmp_path).topics
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "rail.yaml").write_text(example[1], encoding="utf-8")
    after = load(tmp_path).topics
    assert [t.id for t in after.topics] == ["friendship_cities", "regional_development", "border_rail"]
    assert after.topics[:2] == before.topics
    assert after.rule_version != before.rule_version
    assert Screen(after).decide(Text(title="Cross-border trains return to twin town"), "en").kept == ("friendship_cities", "border_rail")


def test_docs_language_example(tmp_path: Path) -> None:
    """The language block of docs/topics.md fits under the terms of a topic."""
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(      ca:.*?)```", page, re.DOTALL)
    assert block
    path = tmp_path / "topics.yaml"
    path.write_text("topics:\n  - id: demo\n    name: Demo\n    terms:\n" + block[1], encoding="utf-8")
    assert list(load_topics(path).topics[0].terms) == ["ca"]
