"""City links read against labels: pairs right, status, time. Changes nothing.

    python benchmarks/links.py [FOLDER] [--all]

FOLDER holds pairs/pairs_dev.jsonl and relevance/items_dev.jsonl (default: ../shared/data beside the project); the sentences of
tests/citypairs.py, which are our own, are always read. ``--all`` prints every error.

*Whole items* are the labelled texts of relevance/, read as the pipeline reads them: a pair is right when the labels list it, at home or
abroad. *The edition* is examples/edition, all of whose pairs are known (tests/editionpairs.py). Every wrong or missed pair of
both is printed with ``--all``.

*Half* a and b of the file are told apart by the hash of a row's id: rules were made while looking at errors of half a; of half b only
figures were looked at.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twinwire.entryjson import entry_from
from twinwire.evaluation import pairs
from twinwire.normalise.datelines import read_dateline
from twinwire.normalise.item import normalise
from twinwire.normalise.mentions import context_of
from twinwire.normalise.placenames import bare, fold, stems
from twinwire.probing import source_of
from twinwire.records import CityLink, Entry, Located, Text
from twinwire.relate import identity
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


def whole(row: Row) -> list[CityLink]:
    """Published links of a labelled item, a pair once."""
    language = row["language"]
    given = {"id": "1", "title": row["title"], "summary": row["summary"], "content": row["body"], "language": language}
    source = source_of({"language": language})
    item = normalise(identity.read([entry_from(given, 0)], source)[0], source, datetime.now(UTC), ATLAS)
    found = extract(item.text, item.language, item.dateline, context_of(item.text, source.country, item.language, ATLAS), ATLAS)
    return list({frozenset((key(k.a), key(k.b))): k for k in found if k.published}.values())


def key(located: Located) -> object:
    """Equal for two mentions of one place."""
    return located.place.place_id if located.place else located.surface.casefold()


def is_place(found: Located, name: str) -> bool:
    """The same place of the gazetteer, or the same name but for a word that says what the place is. ``name`` may be "Name, Region"."""
    name = name.split(", ", maxsplit=1)[0]
    if found.place and any(p.place_id == found.place.place_id for p in (*ATLAS.cities(name), *ATLAS.admin1s(name))):
        return True
    one, two = ({bare(fold(n)), *stems(bare(fold(n)))} for n in (found.surface, name))
    return bool(one & two)


def judged(row: Row) -> Iterator[tuple[str, CityLink | None, list[str]]]:
    """(right, wrong or missed; what was found; the label) of every pair of an item. A mark of domestic is not asked for."""
    abroad, home = list(row["city_pairs"]), list(row["domestic_pairs"])
    left = abroad + home
    for link in whole(row):
        gold = next((g for g in left if any(is_place(link.a, x) and is_place(link.b, y) for x, y in (g, g[::-1]))), None)
        if gold:
            left.remove(gold)
        yield "right" if gold else "wrong", link, gold or []
    yield from (("missed", None, gold) for gold in left)


def texts(rows: list[Row], every: bool) -> None:
    """Precision and recall of pairs per item, and the errors."""
    found = [(row, *one) for row in rows for one in judged(row)]
    right, wrong, missed = (sum(f[1] == what for f in found) for what in ("right", "wrong", "missed"))
    print(f"whole items n {len(rows)}  P {right / max(1, right + wrong):.3f}  R {right / max(1, right + missed):.3f}"
          f"  right {right}  wrong {wrong}  missed {missed}")
    for row, what, link, gold in found if every else []:
        if what != "right":
            told = (" - ".join(gold) if link is None else
                    f"{link.a.surface} - {link.b.surface} ({link.rule}, {link.confidence}) | {link.quote[:300]!r}")
            print("   ", row["id"], row["language"], what, told)


def edition(every: bool) -> None:
    """Pairs of the sample edition, over all its items: found of those that must be, and wrong ones."""
    sys.path.insert(0, str(HERE / "tests"))
    import editionpairs as known

    links = [k for country, item in known.items(ATLAS) for k in known.links(country, item, ATLAS) if k.published]
    told = {known.names(k): k for k in links}
    wrong = {n: k for n, k in told.items() if n not in known.STATED | known.MAY}
    print(f"edition     found {len(told.keys() & known.STATED)} of {len(known.STATED)}  wrong {len(wrong)}")
    for n, k in wrong.items() if every else ():
        print("   ", "wrong", " - ".join(n), f"({k.rule}, {k.confidence}) | {k.quote[:300]!r}")
    for n in known.STATED - told.keys() if every else ():
        print("   ", "missed", " - ".join(n))


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
    edition(every)
    labelled = folder / "pairs" / "pairs_dev.jsonl"
    if labelled.exists():
        rows = [json.loads(line) for line in labelled.read_text().splitlines()]
        figures("half a", half(rows, 0), every)
        figures("half b", half(rows, 1), False)
        rows = [json.loads(line) for line in (folder / "relevance" / "items_dev.jsonl").read_text().splitlines()]
        texts(rows, every)
        items(rows)  # the first time the words of every language are compiled
        items(rows)


if __name__ == "__main__":
    main()
