"""Rows `parse`, `malformed` and `spoiled`: the parse stage beside other readers of feeds, over documents as they were found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from _rows import Absent, Figures, Row, Session, inside, needs

ABOUT = {"twinwire": "our parse stage", "feedparser": "feedparser, defaults",
         "feedparser-bare": "feedparser without sanitizing and resolving", "fastfeedparser": "fastfeedparser"}
KINDS = {
    "parse": ("XML feeds as found", tuple(ABOUT)),
    "malformed": ("those that are not well-formed XML", ("twinwire", "feedparser")),
    "spoiled": ("all with a closing tag removed", ("twinwire", "feedparser")),
    "parse-json": ("JSON feeds; no peer reads them", ("twinwire",)),
}


def reading(kind: str, reader: str, corpus: str) -> dict[str, Figures]:
    """One reader over one kind, measured in this process. Without the time of imports."""
    import parse

    folder = Path(corpus)
    if kind == "parse-json":
        bodies = [p.read_bytes() for p in sorted(folder.rglob("*.json")) if p.parent.name == "jsonfeed"]
    else:
        bodies = [p.read_bytes() for p in parse.payloads(folder)]
    if kind == "malformed":
        bodies = [b for b in bodies if parse.is_malformed(b)]
    elif kind == "spoiled":
        bodies = [parse.spoiled(b) for b in bodies]
    if not bodies:
        raise Absent(f"no such feeds in {folder.name}/: name a folder with --corpus")
    found = parse.timed(reader, bodies)
    size = sum(map(len, bodies)) / 1e6
    note = f"{len(bodies)} feeds, {size:.1f} MB" + (f"; nothing found in {found.without}" if found.without else "")
    return {f"{kind}/{reader}": Figures(None, found.seconds, None, found.entries, size / max(found.seconds, 1e-9), "MB/s", note)}


def measure(kind: str, reader: str, session: Session, _wanted: Collection[str]) -> dict[str, Figures]:
    """The same in a process of its own."""
    if reader == "fastfeedparser":
        needs(reader)
    found, mb = inside("rows_parse:reading", kind=kind, reader=reader, corpus=session.sizes.corpus)
    return {name: replace(figures, mb=mb) for name, figures in found.items()}


ROWS = [Row(f"{kind}/{reader}", f"{ABOUT[reader]}: {what}", partial(measure, kind, reader),
            None if reader == "twinwire" else f"{kind}/twinwire")
        for kind, (what, readers) in KINDS.items() for reader in readers]
