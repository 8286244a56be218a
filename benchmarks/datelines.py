"""Datelines read against three sets of labels: lines wholly right, agencies, countries, dates, issuers. Changes nothing.

    python benchmarks/datelines.py [FOLDER] [--all]

FOLDER holds datelines/datelines_dev.jsonl and relevance/items_dev.jsonl (default: ../shared/data beside the project); the lines of
tests/datelines.py, which are our own, are always read. ``--all`` prints every error, not the first ten.

*Wholly right*: the set of (country, division, place) is the gold one; a division the label leaves open is not compared; a place is the
gold one when its GeoNames id is among those of the gold name there, or its name is. *Agency*: the same one, however spelt; a label such
as "local DE" stands for none. *Unsaid*: lines whose agency stands nowhere in them; shown apart, since nobody can read it there.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from twinwire.config.sources import Source
from twinwire.normalise.datelines import read_dateline
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.places import Context
from twinwire.normalise.wire import issuer, wire
from twinwire.normalise.wirenames import same
from twinwire.records import Dateline, Entry, Text
from twinwire.warehouse.gazetteer import open_gazetteer

HERE = Path(__file__).parents[1]
ATLAS = open_gazetteer()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_UNSAID = {"APS", "Media Selangor", "The Star", "The Sun", "Bernama", "伊勢新聞"}


class Case(NamedTuple):
    """A line to read and what is right: agency, places as (name, country, division), day as ISO text or None (not compared)."""

    id: str
    language: str
    agency: str | None
    places: list[tuple[str, str, str | None]]
    text: Text
    link: str | None = None
    day: str | None = None
    published: datetime | None = None


def dev(folder: Path) -> list[Case]:
    """The lines of ``datelines_dev.jsonl``, each as the body of an entry."""
    rows = map(json.loads, (folder / "datelines" / "datelines_dev.jsonl").read_text().splitlines())
    return [Case(id=r["raw"], language=r["lang"], agency=r["wire"], places=[(g["name"], g["cc"], g["a1"]) for g in r["gold"]],
                 text=Text(body=r["raw"]), link=r["source"] if r["source"].startswith("http") else None) for r in rows]


def own() -> list[Case]:
    """The lines of ``tests/datelines.py``."""
    sys.path.insert(0, str(HERE / "tests"))
    from datelines import ROWS

    return [Case(id=line, language=language, agency=agency, places=list(places), text=Text(body=line), published=NOW,
                 day=day.isoformat() if day else None) for line, language, agency, places, day in ROWS]


def read(case: Case) -> tuple[Dateline | None, str | None]:
    """The dateline and the wire of a case, read as an item's would be."""
    source = Source.model_validate({"id": "bench", "name": "Bench", "url": "https://bench.example/feed", "language": case.language})
    entry = Entry(position=0, link=case.link)
    line = read_dateline(case.text, entry, source, case.published, ATLAS, Context(language=case.language))
    return line, wire(source, case.text, line, entry)


def _told(line: Dateline | None) -> list[object] | None:
    places = line.places if line else ()
    return [(p.surface, p.place and (p.place.name, p.place.country_code, p.place.admin1_code), p.rule) for p in places] if line else None


def right_places(gold: list[tuple[str, str, str | None]], got: Dateline | None) -> tuple[bool, bool]:
    """(wholly right, right countries)."""
    places = [p for p in got.places if p.place] if got else []
    left = list(places)
    for name, country, division in gold:
        hit = next((p for p in left if p.place and p.place.country_code == country and division in {None, p.place.admin1_code}
                    and _is(name, country, division, p.place.place_id, (p.surface, p.place.name))), None)
        if hit is None:
            break
        left.remove(hit)
    else:
        return not left, True
    return False, {c for _, c, _ in gold} == {p.place.country_code for p in places if p.place}


def _is(name: str, country: str, division: str | None, place: int, surfaces: tuple[str, ...]) -> bool:
    ids = {c.place_id for c in ATLAS.cities(name) if c.country_code == country and division in {None, c.admin1_code}}
    a = bare(fold(name))
    # Some labels were cut at the first letter that is not ASCII: "Reykjav".
    return place in ids or any(bare(fold(s)).startswith(a) or a.startswith(bare(fold(s))) for s in surfaces)


def agency(label: str | None) -> str | None:
    """The gold agency; local papers that sign nothing have none."""
    return None if not label or label.startswith("local ") else label


def report(title: str, cases: list[Case], every: bool) -> None:
    """Print the figures of one set."""
    tables: dict[str, dict[str, list[int]]] = {"wire": defaultdict(lambda: [0, 0, 0, 0]), "language": defaultdict(lambda: [0, 0, 0, 0])}
    total, said, days, errors = [0, 0, 0, 0], [0, 0], [0, 0], []
    start = time.process_time()
    for case in cases:
        line, label = read(case)
        exact, land = right_places(case.places, line)
        named = same(label, agency(case.agency))
        for row in (total, tables["wire"][str(case.agency)], tables["language"][case.language]):
            for i, n in enumerate((1, exact, named, land)):
                row[i] += n
        if case.agency not in _UNSAID:
            said[0] += 1
            said[1] += named
        day = line.date.isoformat() if line and line.date else None
        if case.day or title == "own":
            days[0] += 1
            days[1] += day == case.day
        if not (exact and named) or (title == "own" and day != case.day):
            errors.append(f"  {case.id[:90]!r}\n      gold {case.agency} {case.places} {case.day}\n      got  {label} {_told(line)} {day}")
    took = time.process_time() - start
    n = max(total[0], 1)
    print(f"\n{title}: {n} lines, wholly right {total[1]} ({total[1] / n:.3f}), agency {total[2]} ({total[2] / n:.3f}; where it is said "
          f"{said[1]}/{said[0]}), countries {total[3]} ({total[3] / n:.3f})" + (f", days {days[1]}/{days[0]}" if days[0] else "")
          + f"; {1e3 * took / n:.2f} ms a line")
    for name, table in tables.items():
        weak = {k: v for k, v in sorted(table.items()) if every or v[0] != v[1] or v[0] != v[2]}
        print(f"  by {name} (n, right, agency, country), {len(table)} of them; not all right:", {k: tuple(v) for k, v in weak.items()})
    print(*errors[: None if every else 10], sep="\n")


def items(folder: Path) -> list[dict[str, Any]]:
    """The labelled items that are news."""
    return [json.loads(line) for line in (folder / "relevance" / "items_dev.jsonl").read_text().splitlines()]


def of_item(row: dict[str, Any]) -> tuple[Text, Entry, datetime | None]:
    """An item as the pipeline would see it; a condensed one gets its printed dateline back."""
    raw = (row["dateline"] or {}).get("raw") or ""
    condensed = raw and not row["summary"].startswith(raw[:20])
    body = row["body"] or (f"{raw} {row['summary']}" if condensed else "")
    published = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", row["published"] or "")
    at = datetime(int(published[1]), int(published[2]), int(published[3] or 28), 12, tzinfo=UTC) if published else None
    url = row["source_url"] if (row["source_url"] or "").startswith("http") else None
    return Text(title=row["title"], summary=row["summary"], body=body), Entry(position=0, link=url, title=row["title"]), at


def report_items(rows: Iterable[dict[str, Any]], every: bool) -> None:
    """Datelines (raw, place names, date, agency) and issuers of the labelled items."""
    score: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    spurious, errors, issued = [], [], {"tp": 0, "fp": 0, "fn": 0}
    worst: list[str] = []
    stated = [0, 0]
    for row in rows:
        text, entry, at = of_item(row)
        source = Source.model_validate({"id": "bench", "name": "Bench", "url": "https://bench.example/feed"})
        line = read_dateline(text, entry, source, at, ATLAS, Context(language=row["language"]))
        label = wire(source, text, line, entry)
        gold = row["dateline"]
        if gold:
            wrong = _compare(gold, line, label, score)
            if wrong:
                told = line and (line.raw, _told(line), line.date_raw)
                errors.append(f"  {row['id']} {wrong} gold {gold}\n      got {told} {label}")
        elif line is not None:
            spurious.append((row["id"], line.raw[:80], [p.place.name for p in line.places if p.place]))
        who = issuer(entry, text, label)
        key = _issued(row["issuer"], who)
        said = bool(row["issuer"]) and _squash(row["issuer"]) in _squash(f"{text.title} {text.summary} {text.body}")
        stated[0] += said
        stated[1] += said and key == "tp"
        issued[key] = issued.get(key, 0) + 1
        if key in {"fp", "wrong"}:
            worst.append(f"  {row['id']} gold {row['issuer']!r} got {who!r}")
    print("\nitems, datelines:", {k: f"{a}/{n}" for k, (a, n) in score.items()}, f"lines where the label has none: {len(spurious)}")
    print(*map(str, spurious[: None if every else 8]), sep="\n")
    print(*errors[: None if every else 10], sep="\n")
    hits, false, wrong, missed = (issued.get(k, 0) for k in ("tp", "fp", "wrong", "fn"))
    print(f"items, issuers: right {hits}, another {wrong}, where the label has none {false}, missed {missed}: precision "
          f"{hits / max(hits + false + wrong, 1):.2f}, recall {hits / max(hits + wrong + missed, 1):.2f}; most labels name an author or a "
          f"publisher that stands nowhere in the text: of the {stated[0]} that do, {stated[1]} are found")
    print(*worst[: None if every else 20], sep="\n")


def _compare(gold: dict[str, Any], line: Dateline | None, label: str | None, score: dict[str, list[int]]) -> list[str]:
    surfaces = {fold(s) for p in (line.places if line else ()) for s in (p.surface, p.place.name if p.place else "")}
    wanted = [fold(c) for c in gold["city"].split("/")] if gold["city"] else []
    checks: dict[str, Callable[[], bool]] = {
        "raw": lambda: line is not None and _squash(gold["raw"]).startswith(_squash(line.raw)[:-1] or "-")
        and len(_squash(gold["raw"])) - len(_squash(line.raw)) < (3 if "report from" not in gold["raw"] else 200),
        "city": lambda: all(any(w in s or s in w for s in surfaces if s) for w in wanted) and (bool(wanted) or not (line and line.places)),
        "date": lambda: _squash((line and line.date_raw) or "") == _squash(gold["date"] or ""),
        "wire": lambda: same(label, gold["wire"]),
    }
    wrong = []
    for name, check in checks.items():
        right = check()
        score[name][0] += right
        score[name][1] += 1
        if not right:
            wrong.append(name)
    return wrong


def _squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _issued(gold: str | None, got: str | None) -> str:
    if got is None:
        return "fn" if gold else "tn"
    if gold is None:
        return "fp"
    a, b = _squash(gold), _squash(got)
    return "tp" if a in b or b in a else "wrong"


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    where = Path(arguments[0]) if arguments else HERE.parent / "shared" / "data"
    everything = "--all" in sys.argv
    report("own", own(), everything)
    if where.is_dir():
        report("dev", dev(where), everything)
        report_items(items(where), everything)
