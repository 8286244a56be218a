"""Explanations: marked cuttings, and what would have changed the verdict; and the example of the docs page."""

from __future__ import annotations

import re
from pathlib import Path

from twinwire.config.topics import load_topics
from twinwire.records import Text, Verdict
from twinwire.screen import Screen, explain

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
    assert (e.evidence[0].match.weight, e.evidence[0].match.rule) == (0, "blocked by '儿童友好城市'")


def test_missing() -> None:
    """A rejected entry is told what would have kept it."""
    e = explain(SCREEN, Text(title="Twinning in the garden"), "en")[0]
    assert e.verdict is Verdict.REJECTED
    assert e.missing.startswith("needs 0.60, has 0.00")
    assert "a context word near 'twinning' or a strong term in the opening would help" in e.missing


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


def test_docs_language_example(tmp_path: Path) -> None:
    """The language block of docs/topics.md fits under the terms of a topic."""
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(      ca:.*?)```", page, re.DOTALL)
    assert block
    path = tmp_path / "topics.yaml"
    path.write_text("topics:\n  - id: demo\n    name: Demo\n    terms:\n" + block[1], encoding="utf-8")
    assert list(load_topics(path).topics[0].terms) == ["ca"]
