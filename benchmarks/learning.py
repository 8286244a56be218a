"""How good the screening is with a part of its terms: F1 on labelled items against the share of terms kept. Judges no speed.

Usage: python benchmarks/learning.py [ITEMS.jsonl …]   (default: the shared development items beside the project)

Of every list that finds a topic (strong, context, abroad, weak) a random share is kept; what stands near a term or blocks it stays whole.
Each figure is the mean of five draws with fixed seeds, so a run says the same tomorrow. Items with ``borderline`` true and pages of
reference are left out, as `twinwire evaluate` leaves them out.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from statistics import mean

from twinwire.config.topics import LanguageTerms, TopicsFile, load_topics
from twinwire.normalise.atlas import Atlas
from twinwire.records import Text
from twinwire.screen import Places, Screen
from twinwire.warehouse.gazetteer import open_gazetteer
from twinwire.whereabouts import places_of

ROOT = Path(__file__).parents[1]
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
DRAWS = 5
FINDING = ("strong", "context", "abroad", "weak")

Item = tuple[Text, str, dict[str, bool], Places]


def main() -> None:
    """Print a row per file and topic, a column per share."""
    paths = [Path(p) for p in sys.argv[1:]] or [ROOT.parent / "shared/data/relevance/items_dev.jsonl"]
    whole, atlas = load_topics(ROOT / "config/topics.yaml"), open_gazetteer()
    files = {path.name: read(path, atlas) for path in paths}
    got: dict[tuple[str, str, float], list[float]] = {}
    for share in SHARES:
        for seed in range(DRAWS if share < 1 else 1):
            screen = Screen(thinned(whole, share, random.Random(seed)))
            for name, items in files.items():
                for topic, f1 in figures(screen, items).items():
                    got.setdefault((name, topic, share), []).append(f1)
    print(f"{'file':<24}{'topic':<24}" + "".join(f"{share:>8.0%}" for share in SHARES))
    for name in files:
        for topic in (t.id for t in whole.topics):
            print(f"{name:<24}{topic:<24}" + "".join(f"{mean(got[name, topic, share]):>8.3f}" for share in SHARES))


def read(path: Path, atlas: Atlas) -> list[Item]:
    """The items that count, with the places each names: they do not depend on the terms, so they are looked up once."""
    items = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row.get("borderline") and row.get("kind") != "reference":
            text = Text(title=row["title"], summary=row["summary"], body=row["body"])
            items.append((text, row["language"], row["labels"], places_of(text, row["language"], None, lambda: atlas)()))
    return items


def thinned(whole: TopicsFile, share: float, draw: random.Random) -> TopicsFile:
    """The topics with about ``share`` of the terms of every language, at least one of each list that had any."""
    topics = []
    for topic in whole.topics:
        terms = {language: _fewer(block, share, draw) for language, block in topic.terms.items()}
        topics.append(topic.model_copy(update={"terms": terms}))
    return whole.model_copy(update={"topics": tuple(topics)})


def _fewer(block: LanguageTerms, share: float, draw: random.Random) -> LanguageTerms:
    kept = {}
    for name in FINDING:
        members: tuple[str, ...] = getattr(block, name)
        kept[name] = tuple(draw.sample(members, max(1, round(share * len(members))))) if members else ()
    return block.model_copy(update=kept)


def figures(screen: Screen, items: list[Item]) -> dict[str, float]:
    """F1 per topic."""
    counts: dict[str, list[int]] = {t.id: [0, 0, 0] for t in screen.topics.topics}  # right, too much, missed
    for text, language, gold, places in items:
        kept = screen.decide(text, language, lambda places=places: places).kept  # type: ignore[misc]
        for topic, count in counts.items():
            wanted = gold[topic]
            if wanted or topic in kept:
                count[0 if wanted and topic in kept else 2 if wanted else 1] += 1
    return {topic: 2 * right / (2 * right + much + missed) if right else 0.0 for topic, (right, much, missed) in counts.items()}


if __name__ == "__main__":
    main()
