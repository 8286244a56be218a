"""Rows `ingest` (all new) and `poll` (all unchanged): twinwire and its peers over the same made-up feeds of one local server."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from _peers import NEEDS, PEERS
from _process import Cost, measured
from _rows import HERE, Failed, Figures, Row, Session, needs

ENTRIES, ON_TOPIC = 20, 50  # of a feed; one in so many is on topic: see _feeds, which costs seconds to import
OURS = {"twinwire": "", "in-process": "0"}  # row → run.parsers
ABOUT = {
    "twinwire": "twinwire run, as shipped",
    "in-process": "the same with run.parsers: 0",
    "reader": "the library reader, SQLite",
    "threads": "requests + feedparser in threads, executemany into DuckDB",
    "prefect": "Prefect flow, a task per feed, an INSERT per entry",
    "bare": "requests alone with If-None-Match, in threads",
}
_QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "ERROR", "DO_NOT_TRACK": "1",
          "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120"}  # its 20 are not enough on a busy machine


def ours(parsers: str, session: Session, wanted: Collection[str], *, name: str) -> dict[str, Figures]:
    """`twinwire run` into a new folder, then once more."""
    with tempfile.TemporaryDirectory() as work:
        config, data = Path(work, "config"), Path(work, "data")
        config.mkdir()
        sources = [{"id": f"f{n}", "name": f"Feed {n}", "url": url, "allow_private": True} for n, url in enumerate(session.urls)]
        (config / "sources.yaml").write_text(json.dumps({"sources": sources}), encoding="utf-8")  # JSON is YAML

        def once(expected: str) -> Figures:
            cost = measured([sys.executable, "-m", "twinwire", "run", "--config", str(config), "--data", str(data), "--json"],
                            {"TWINWIRE_RUN_PARSERS": parsers} if parsers else {})
            told = json.loads(cost.said)
            if told["sources"][expected] != len(sources):
                raise Failed(f"{told['sources']} where all were to be {expected}")
            count = measured([sys.executable, "-m", "twinwire", "sql", "SELECT count(*) FROM seen", "--format", "csv", "--data", str(data)])
            meant = f"{told['entries']['kept_new']:,} kept as items, {len(sources) * ENTRIES // ON_TOPIC:,} meant to be"
            kept = meant if expected == "read" else ""
            return _figures(cost, int(count.said.split()[-1]), len(sources), kept)

        found = {f"ingest/{name}": once("read")}
        if f"poll/{name}" in wanted:
            found[f"poll/{name}"] = once("unchanged")
    return found


def peer(name: str, session: Session, wanted: Collection[str]) -> dict[str, Figures]:
    """A peer into a new folder, then once more."""
    needs(*NEEDS[name])
    urls = session.urls[: session.sizes.prefect_feeds] if name == "prefect" else session.urls
    phases = [phase for phase in ("ingest", "poll") if phase == "ingest" or f"poll/{name}" in wanted]
    # What starting costs is not to be multiplied, and a first start costs more than a second.
    fixed = _trial(name, [], phases) if len(urls) < len(session.urls) else {}
    costs = _trial(name, urls, phases)
    found = {}
    for phase, cost in costs.items():
        note = "asks without an ETag" if name == "prefect" and phase == "poll" else ""
        rows = int(cost.said.split()[-1])
        if name != "bare" and rows != len(urls) * ENTRIES:
            note = f"{len(urls) * ENTRIES:,} rows expected; {note}"
        figures = _figures(cost, rows, len(session.urls), note)
        found[f"{phase}/{name}"] = _scaled(figures, fixed[phase], len(session.urls), len(urls)) if fixed else figures
    return found


def _trial(name: str, urls: list[str], phases: list[str]) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        return {phase: _once(name, urls, Path(folder)) for phase in phases}


def _once(name: str, urls: list[str], folder: Path) -> Cost:
    (folder / "urls.json").write_text(json.dumps(urls), encoding="utf-8")
    return measured([sys.executable, str(HERE / "_peers.py"), name, str(folder)], _QUIET | {"PREFECT_HOME": str(folder / "prefect")})


def _figures(cost: Cost, rows: int, feeds: int, note: str) -> Figures:
    return Figures(cost.wall, cost.cpu, cost.mb, rows, feeds / cost.wall, "feeds/s", note)


def _scaled(measured_: Figures, fixed: Cost, feeds: int, part: int) -> Figures:
    """What ``part`` feeds cost beyond an empty flow, as often as ``feeds`` need it. Memory and rows are those of the part."""
    assert measured_.wall is not None
    assert measured_.cpu is not None
    times = feeds / part
    wall, cpu = (base + max(whole - base, 0) * times for whole, base in ((measured_.wall, fixed.wall), (measured_.cpu, fixed.cpu)))
    return replace(measured_, wall=wall, cpu=cpu, rate=feeds / wall, note=f"SCALED from {part} feeds; {measured_.note}".rstrip("; "))


def _rows() -> list[Row]:
    measures = {name: partial(ours, parsers, name=name) for name, parsers in OURS.items()} | {n: partial(peer, n) for n in PEERS}
    return [Row(f"{phase}/{name}", ABOUT[name], measure, None if name == "twinwire" else f"{phase}/twinwire")
            for phase in ("ingest", "poll") for name, measure in measures.items() if (phase, name) != ("ingest", "bare")]


ROWS = _rows()
