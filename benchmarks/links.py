"""City links read against labels: pairs right, status, time. Changes nothing.

    python benchmarks/links.py [FOLDER] [--all]

FOLDER holds pairs/pairs_dev.jsonl and relevance/items_dev.jsonl (default: ../shared/data beside the project); the sentences of
tests/citypairs.py, which are our own, are always read. ``--all`` prints every error.

*Half* a and b of the file are told apart by the hash of a row's id: rules were made while looking at errors of half a; of half b only
figures were looked at. *Items* are whole texts whose labels list pairs that need not be stated in them: read them for precision.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from twinwire.evaluation import pairs
from twinwire.normalise.datelines import read_dateline
from twinwire.normalise.mentions import context_of
from twinwire.probing import source_of
from twinwire.records import CityLink, Entry, Text
from twinwire.relate.links import extract
from twinwire.relate.links.lexicon import even, hits
from twinwire.warehouse.gazetteer import open_gazetteer

HERE = Path(__file__).parents[1]
ATLAS = open_gazetteer()
Row = dict[str, Any]


def own(name: str) -> list[Row]:
    """One of the tables of ``tests/citypairs.py``."""
    sys.path.insert(0, str(HERE / "tests"))
    import citypairs

    return [{"id": text[:60], "lang": language, "text": text, "pairs": [g._asdict() for g in citypairs.golds(gold)]}
            for language, text, gold in getattr(citypairs, name)]


def half(rows: Iterable[Row], which: int) -> list[Row]:
    """Rows whose id hashes to ``which``, 0 or 1."""
    return [r for r in rows if hashlib.sha256(r["id"].encode()).digest()[0] % 2 == which]


def read(text: Text, language: str | None) -> tuple[CityLink, ...]:
    """What the pipeline would read of a text."""
    context = context_of(text, None, language, ATLAS)
    line = read_dateline(text, Entry(position=0), source_of({"language": language}), None, ATLAS, context)
    return extract(text, language, line, context, ATLAS)


def find(gold: Row) -> frozenset[int]:
    """Ids a gold place may have."""
    named = (*ATLAS.cities(str(gold["name"])), *ATLAS.admin1s(str(gold["name"])))
    return frozenset(p.place_id for p in named if p.country_code == gold["cc"])


def figures(name: str, rows: list[Row], every: bool) -> None:
    """One line per set, then its languages."""
    told = pairs(rows, lambda r: read(Text(body=r["text"]), r["lang"]), find)
    f = told["pairs"]
    print(f"{name:10} n {len(rows):3}  P {f['precision']:.3f}  R {f['recall']:.3f}  F1 {f['f1']:.3f}  status {f['status_accuracy']:.3f}"
          f"  since {f['since_accuracy']:.3f}  domestic {f['domestic']['marked']}/{f['domestic']['n']}")
    print("           " + "  ".join(f"{k} {v['precision']:.2f}/{v['recall']:.2f}" for k, v in f["by_language"].items()))
    for e in told["errors"] if every else []:
        print("   ", e["language"], "missed", e["gold"], "wrong", e["got"], "|", e["title"])


def items(rows: list[Row]) -> None:
    """Processor time per text, with and without words of ties."""
    spent: dict[bool, list[float]] = {False: [], True: []}
    for row in rows:
        text = Text(title=row["title"] or "", summary=row["summary"] or "", body=row["body"] or "")
        context = context_of(text, None, row["language"], ATLAS)
        begin = time.process_time()
        extract(text, row["language"], None, context, ATLAS)
        took = time.process_time() - begin
        spent[any(row["language"] in hits(even(t, row["language"])) for t in (text.title, text.summary, text.body))].append(took)
    for tied, times in spent.items():
        print(f"items {'with' if tied else 'without'} words of ties: {len(times)}, {1000 * sum(times) / max(1, len(times)):.2f} ms each,"
              f" {1000 * max(times, default=0):.1f} at most")


def main() -> None:
    """Print the tables."""
    given = [a for a in sys.argv[1:] if not a.startswith("--")]
    folder = Path(given[0]) if given else HERE.parent / "shared" / "data"
    every = "--all" in sys.argv
    figures("own", own("SENTENCES"), every)
    figures("own, later", own("LATER"), every)
    labelled = folder / "pairs" / "pairs_dev.jsonl"
    if labelled.exists():
        rows = [json.loads(line) for line in labelled.read_text().splitlines()]
        figures("half a", half(rows, 0), every)
        figures("half b", half(rows, 1), False)
        texts = [json.loads(line) for line in (folder / "relevance" / "items_dev.jsonl").read_text().splitlines()]
        items(texts)  # the first time the words of every language are compiled
        items(texts)


if __name__ == "__main__":
    main()
