"""Speed of identity and normalise over real feeds, and right / none / wrong on the date traps. Changes nothing.

    python benchmarks/normalise.py [FOLDER]

FOLDER holds feeds in any depth (default: ../shared/data/feeds beside the project); without one, entries of our own are
measured. Times are CPU seconds of this process on one core, the best of three rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from twinwire.config.sources import Source
from twinwire.normalise.item import normalise
from twinwire.normalise.language import language, sample
from twinwire.normalise.text import text_of
from twinwire.normalise.time import instant
from twinwire.normalise.url import canonical, url_key
from twinwire.records import Entry
from twinwire.relate.identity import classify, read
from twinwire.warehouse.gazetteer import open_gazetteer

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HERE = Path(__file__).parents[1]
SOURCE = Source.model_validate({"id": "bench", "name": "Bench", "url": "https://bench.example/feed", "language": "en"})


def feeds(folder: Path) -> list[list[Entry]]:
    """Entries of every feed under ``folder`` that can be parsed."""
    from twinwire.parse import Unreadable, parse

    parsed = [parse(path.read_bytes(), url=SOURCE.url) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [list(p.entries) for p in parsed if not isinstance(p, Unreadable) and p.entries]


def own() -> list[list[Entry]]:
    """1,000 entries of a usual size, for machines without feeds."""
    text = "The twin towns of Ashford and Fougères marked forty years of friendship. " * 8
    return [
        [
            Entry(
                position=i,
                id=f"urn:{i}",
                link=f"https://bench.example/{i}?utm_source=rss",
                title=f"Forty years, part {i}",
                summary=f"<p>{text}</p>",
                published_raw="Fri, 02 Oct 2026 18:07:00 +0200",
            )
            for i in range(1_000)
        ]
    ]


def per_second(work: Callable[[], object], n: int) -> float:
    """``n`` per CPU second, best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return n / max(best, 1e-9)


def rate(work: Callable[[], object], n: int) -> str:
    """The same for a table."""
    return f"{per_second(work, n):>10,.0f}/s"


def stages(found: list[list[Entry]]) -> None:
    """Print one row per step."""
    entries = [e for f in found for e in f]
    readings = [read(f, SOURCE) for f in found]
    flat = [r for rs in readings for r in rs]
    samples = [sample(r.text) for r in flat]
    links = [e.link for e in entries if e.link]
    language("warm up the classifier, which is loaded once")
    n = len(entries)
    size = sum(len(e.title) + len(e.summary) + len(e.content) for e in entries)
    print(f"{len(found)} feeds, {n:,} entries, {size / 1e6:.1f} M characters of markup")
    print("text_of                ", rate(lambda: [text_of(e) for e in entries], n))
    print("identity: read         ", rate(lambda: [read(f, SOURCE) for f in found], n))
    print("identity: classify     ", rate(lambda: [classify(rs, {}, {}) for rs in readings], n))
    print("language               ", rate(lambda: [language(s, "en") for s in samples], n))
    print("normalise              ", rate(lambda: [normalise(r, SOURCE, NOW) for r in flat], n))
    atlas = open_gazetteer()
    print("normalise with places  ", rate(lambda: [normalise(r, SOURCE, NOW, atlas) for r in flat], n))
    print(
        "read + normalise       ", rate(lambda: [normalise(r, SOURCE, NOW) for f in found for r in read(f, SOURCE)], n)
    )
    print("canonical + url_key    ", rate(lambda: [url_key(canonical(u) or "") for u in links], len(links)))


def dates() -> None:
    """Print speed on usual shapes and the score on the traps."""
    for raw in (
        "Fri, 02 Oct 2026 18:07:00 GMT",
        "Fri, 02 Oct 2026 18:07:00 +0200",
        "2026-10-02T18:07:00+02:00",
        "2026年10月2日 9:07",
    ):
        print(
            f"{raw:<34}",
            rate(lambda raw=raw: [instant(raw, zone="Asia/Tokyo", now=NOW) for _ in range(20_000)], 20_000),
        )
    sys.path.insert(0, str(HERE / "tests"))
    from datetraps import TRAPS

    score = {"right": 0, "none": 0, "wrong": 0}
    for raw, zone, tongue, want in TRAPS:
        at = instant(raw, zone=zone, now=NOW, language=tongue).at
        meant = datetime.fromisoformat(want).replace(tzinfo=UTC) if want else None
        score["right" if at == meant else "none" if at is None else "wrong"] += 1
    print(f"{len(TRAPS)} date traps, {sum(t[3] is None for t in TRAPS)} of them unknowable:", score)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "shared" / "data" / "feeds"
    stages(feeds(folder) if folder.is_dir() else own())
    dates()
