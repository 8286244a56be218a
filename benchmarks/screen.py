"""Throughput of the screen stage on one core: MB/s of UTF-8 text and texts/s, of processor time. Judges no quality.

Usage: python benchmarks/screen.py [ITEMS.jsonl]   (default: the shared relevance items beside the project)

The items are rich: seven in ten hold a term of a topic, where a wire's share is one in a hundred. "no term" is what a wire mostly is.
Each row is the best of several rounds, because other work on the machine takes the processor's caches away.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from twinwire.config.topics import load_topics
from twinwire.records import Text
from twinwire.screen import Screen
from twinwire.screen.fold import fold

ROOT = Path(__file__).parents[1]
ITEMS = ROOT.parent / "shared/data/relevance/items_dev.jsonl"
SECONDS = 2.0


def rate(work: Callable[[], object], seconds: float = SECONDS) -> float:
    """Calls per second of processor time: the best round of about so many seconds."""
    work()
    best, began = 0.0, time.process_time()
    while time.process_time() - began < seconds:
        start = time.process_time()
        work()
        best = max(best, 1 / (time.process_time() - start))
    return best


def groups(path: Path, screen: Screen) -> dict[str, list[tuple[Text, str]]]:
    """Texts with their language, by group."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    languages = {"English": "en", "Chinese, Japanese": "zh ja", "Cyrillic": "ru uk", "Arabic": "ar"}
    found = {name: [r for r in rows if r["language"] in codes.split()] for name, codes in languages.items()}
    plain = [r for r in rows if not any(t.evidence for t in screen.decide(_text(r), r["language"]).topics)]
    return {name: [(_text(r), r["language"]) for r in group] for name, group in {"all": rows, "no term": plain, **found}.items()}


def stage(screen: Screen, texts: list[tuple[Text, str]], seconds: float = SECONDS) -> float:
    """How often all texts are judged in a second."""
    return rate(lambda: [screen.decide(t, lang) for t, lang in texts], seconds)


def size_of(texts: list[tuple[Text, str]]) -> int:
    """Bytes of UTF-8."""
    return sum(len((t.title + t.summary + t.body).encode()) for t, _ in texts)


def main() -> None:
    """Print one row per group of texts."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    start = time.process_time()
    topics = load_topics(ROOT / "config/topics.yaml")
    read = time.process_time()
    screen = Screen(topics)
    print(f"topics read in {read - start:.2f} s, compiled in {time.process_time() - read:.2f} s")
    print(f"{'texts':<24}{'n':>6}{'KB each':>9}{'fold MB/s':>11}{'stage MB/s':>12}{'texts/s':>10}")
    for name, texts in groups(path, screen).items():
        size = size_of(texts)
        whole = stage(screen, texts)
        folded = rate(lambda texts=texts: [(fold(t.title), fold(t.summary), fold(t.body)) for t, _ in texts])  # type: ignore[misc]
        print(f"{name:<24}{len(texts):>6}{size / len(texts) / 1e3:>9.1f}{folded * size / 1e6:>11.0f}"
              f"{whole * size / 1e6:>12.1f}{whole * len(texts):>10.0f}")


def _text(row: dict[str, str]) -> Text:
    return Text(title=row["title"], summary=row["summary"], body=row["body"])


if __name__ == "__main__":
    main()
