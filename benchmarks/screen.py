"""Throughput of the screen stage on real bodies: MB/s of UTF-8 text and texts/s on one core. Judges no quality.

Usage: python benchmarks/screen.py [ITEMS.jsonl]   (default: the shared relevance items beside the project)
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
SECONDS = 2.0


def rate(work: Callable[[], object]) -> float:
    """Calls per second over about two seconds."""
    work()
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        work()
        n += 1
    return n / (time.perf_counter() - start)


def main() -> None:
    """Print one row per group of texts."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data/relevance/items_dev.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    start = time.perf_counter()
    screen = Screen(load_topics(ROOT / "config/topics.yaml"))
    print(f"topics compiled in {time.perf_counter() - start:.2f} s")
    print(f"{'texts':<24}{'n':>6}{'KB each':>9}{'fold MB/s':>11}{'stage MB/s':>12}{'texts/s':>10}")
    languages = {"English": "en", "Chinese, Japanese": "zh ja", "Cyrillic": "ru uk", "Arabic": "ar"}
    groups = {name: [r for r in rows if r["language"] in codes.split()] for name, codes in languages.items()}
    for name, group in {"all": rows, **groups}.items():
        texts = [(Text(title=r["title"], summary=r["summary"], body=r["body"]), r["language"]) for r in group]
        size = sum(len((t.title + t.summary + t.body).encode()) for t, _ in texts)
        whole = rate(lambda texts=texts: [screen.decide(t, lang) for t, lang in texts])  # type: ignore[misc]
        folded = rate(lambda texts=texts: [(fold(t.title), fold(t.summary), fold(t.body)) for t, _ in texts])  # type: ignore[misc]
        print(f"{name:<24}{len(texts):>6}{size / len(texts) / 1e3:>9.1f}{folded * size / 1e6:>11.0f}"
              f"{whole * size / 1e6:>12.1f}{whole * len(texts):>10.0f}")


if __name__ == "__main__":
    main()
