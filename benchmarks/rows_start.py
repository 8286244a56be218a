"""Rows `start`: what one waits for before anything is done. Each is the command as a user types it, in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Collection
from functools import partial
from pathlib import Path

from _process import Cost, measured
from _rows import Figures, Row, Session

TIMES = 5  # at least, however few the rounds
FEED = ("<?xml version='1.0'?><rss version='2.0'><channel><title>Empty</title><item><guid>1</guid><title>Nothing much</title></item>"
        "</channel></rss>")
# name → (target in seconds, arguments after `twinwire`, what it is, exit code)
COMMANDS: dict[str, tuple[float, list[str], str, int]] = {
    "help": (0.3, ["--help"], "twinwire --help", 0),
    "sql": (0.6, ["sql", "SELECT 1", "--data", "{data}"], "twinwire sql 'SELECT 1'", 0),
    "run": (5.0, ["run", "--config", "{config}", "--data", "{new}", "--json"], "twinwire run, one local feed, a new store", 0),
    "run-no-source": (5.0, ["run", "--config", "{none}", "--data", "{new}"], "twinwire run, no source enabled (ends with 2)", 2),
}


def measure(name: str, _session: Session, _wanted: Collection[str]) -> dict[str, Figures]:
    """Median of five calls."""
    target, arguments, _, code = COMMANDS[name]
    with tempfile.TemporaryDirectory() as work:
        places = {"data": f"{work}/data", "config": f"{work}/config", "none": f"{work}/none", "new": f"{work}/new"}
        Path(work, "feed.xml").write_text(FEED, encoding="utf-8")
        for folder, enabled in (("config", True), ("none", False)):
            Path(work, folder).mkdir()
            sources = [{"id": "a", "name": "A", "url": f"file:{work}/feed.xml", "enabled": enabled}]
            Path(work, folder, "sources.yaml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
        if "{data}" in arguments:
            twinwire("run", "--config", places["config"], "--data", places["data"], "--json")
        costs = [twinwire(*(a.format(**places | {"new": f"{work}/new{n}"}) for a in arguments), code=code) for n in range(TIMES)]
    wall, cpu, mb = (sorted(getattr(c, key) for c in costs)[TIMES // 2] for key in ("wall", "cpu", "mb"))
    return {f"start/{name}": Figures(wall, cpu, mb, note=f"target {target:g} s")}


def twinwire(*arguments: str, code: int = 0) -> Cost:
    """One call."""
    return measured([sys.executable, "-m", "twinwire", *arguments], fine=(code,))


ROWS = [Row(f"start/{name}", about, partial(measure, name)) for name, (_, _, about, _) in COMMANDS.items()]
