"""Rows of the stages by themselves: screen, normalise, stories, rescreen, search, and what reading in other processes costs."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from _rows import Absent, Figures, Row, Session, inside

ENGINES = {"twinwire": "the index in the warehouse", "scan": "contains() over a folded column", "fts5": "SQLite FTS5, trigrams",
           "tantivy": "Tantivy, the same words"}
MODES = {"none": ("0", "in the one process"), "one": ("1", "in one more process"), "shipped": ("", "as shipped")}


def screening(seconds: float) -> dict[str, Figures]:
    """Of all texts, and of those without a term, which a wire mostly has."""
    import screen

    from twinwire.config.topics import load_topics
    from twinwire.screen import Screen

    if not screen.ITEMS.is_file():
        raise Absent("no relevance/items_dev.jsonl beside the project")
    compiled = Screen(load_topics(screen.ROOT / "config/topics.yaml"))
    found = {}
    groups = screen.groups(screen.ITEMS, compiled)
    for name, row in (("all", "screen/all"), ("no term", "screen/no-term")):
        each, size = screen.stage(compiled, groups[name], seconds), screen.size_of(groups[name])
        found[row] = Figures(None, 1 / each, None, len(groups[name]), each * size / 1e6, "MB/s",
                             f"{len(groups[name]) * each:,.0f} texts/s; {size / len(groups[name]) / 1e3:.1f} kB each")
    return found


def normalising(corpus: str) -> dict[str, Figures]:
    """Entries read and made items, with places."""
    import normalise

    from twinwire.normalise import item
    from twinwire.normalise.language import language
    from twinwire.relate import identity
    from twinwire.warehouse.gazetteer import open_gazetteer

    found, atlas = normalise.feeds(Path(corpus)) or normalise.own(), open_gazetteer()
    language("warm up the classifier, which is loaded once")
    n = sum(map(len, found))
    each = normalise.per_second(lambda: [item.normalise(r, normalise.SOURCE, normalise.NOW, atlas) for f in found
                                         for r in identity.read(f, normalise.SOURCE)], n)
    return {"normalise": Figures(None, n / each, None, n, each, "items/s")}


def storying(limit: int) -> dict[str, Figures]:
    """Signatures, then stories, of items and their copies."""
    import stories

    if not stories.FEEDS.is_dir():
        raise Absent("no feeds beside the project")
    _, rows = stories.copies(limit, random.Random(1))
    _, signing, assigning = stories.assigned_of(rows)
    n = len(rows)
    return {"stories/sign": Figures(None, signing, None, n, n / signing, "items/s"),
            "stories/assign": Figures(None, assigning, None, n, n / assigning, "items/s")}


def rescreening(entries: int, corpus: str) -> dict[str, Figures]:
    """Other topics over everything ever seen, then the same topics again."""
    import rescreen

    files = rescreen.documents(Path(corpus))
    if not files:
        raise Absent(f"{Path(corpus).name}/ has no folders rss, atom, rdf and jsonfeed")
    return {f"rescreen/{at.name}": Figures(*at.took, None, at.entries, at.entries / at.took[0], "entries/s",
                                           f"{at.gained} gained, {at.lost} lost" if at.gained or at.lost else "")
            for at in rescreen.steps(entries, files)}


def searching(name: str, items: int) -> dict[str, Figures]:
    """Median question over made-up items."""
    import numpy as np
    import search

    try:
        m = search.measured(name, items, search.questions(random.Random(3)))
    except ImportError as e:
        raise Absent(f"{e.name} not installed: `make bench` installs the extra `bench`") from None
    wall, cpu = float(np.median(m.wall)) / 1e3, float(np.median(m.cpu)) / 1e3
    return {f"search/{name}": Figures(wall, cpu, None, items, 1 / wall, "q/s",
                                      f"p95 {np.percentile(m.wall, 95):.1f} ms; built in {m.built:.1f} CPU s, {m.size / 1e6:,.0f} MB")}


def sandboxing(name: str, kept_feeds: int) -> dict[str, Figures]:
    """A run over local files."""
    import tempfile

    import sandbox

    with tempfile.TemporaryDirectory() as work:
        wall, cpu = sandbox.once(sandbox.catalogue(work, kept_feeds), MODES[name][0])
    return {f"sandbox/{name}": Figures(wall, cpu, None, kept_feeds * 20, kept_feeds / wall, "feeds/s")}


def measure(function: str, sizes: tuple[str, ...], arguments: dict[str, object], session: Session, _wanted: Collection[str]
            ) -> dict[str, Figures]:
    """In a process of its own; ``sizes`` are those of the session that it takes."""
    found, mb = inside(f"rows_stages:{function}", **{s: getattr(session.sizes, s) for s in sizes}, **arguments)
    return {name: replace(figures, mb=mb) for name, figures in found.items()}


_SCREEN = partial(measure, "screening", ("seconds",), {})
_STORIES = partial(measure, "storying", (), {"limit": 1_600})
_RESCREEN = partial(measure, "rescreening", ("entries", "corpus"), {})
ROWS = [
    Row("screen/all", "the screen over texts of which seven in ten hold a term", _SCREEN),
    Row("screen/no-term", "the screen over those that hold none", _SCREEN),
    Row("normalise", "entries read and normalised, with places", partial(measure, "normalising", ("corpus",), {})),
    Row("stories/sign", "signatures of items", _STORIES),
    Row("stories/assign", "stories of items by their signatures, without a past", _STORIES),
    Row("rescreen/ingest", "the ingest that was before it", _RESCREEN),
    Row("rescreen/rescreen", "changed topics over everything ever seen", _RESCREEN),
    Row("rescreen/again", "the same topics once more", _RESCREEN),
    *(Row(f"search/{name}", f"a question: {about}", partial(measure, "searching", ("items",), {"name": name}),
          None if name == "twinwire" else "search/twinwire") for name, about in ENGINES.items()),
    *(Row(f"sandbox/{name}", f"a run over local feeds, payloads read {about}",
          partial(measure, "sandboxing", ("kept_feeds",), {"name": name}), None if name == "none" else "sandbox/none")
      for name, (_, about) in MODES.items()),
]
