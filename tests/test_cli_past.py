"""The commands that replay the past: what they print, and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feedserver import FeedServer
from pasts import World, feed, item
from typer.testing import CliRunner

from twinwire.cli.app import app

SIGNED, BOND = "A sister city agreement is signed", "Two mayors praise a friendship pact"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with FeedServer({"/a": feed(item(1, SIGNED), item(2, BOND))}) as server:
        made = World(tmp_path, server, "/a")
        made.run()
        yield made


def invoke(world: World, *args: str) -> Any:
    return CliRunner().invoke(app, [args[0], "--config", str(world.folder), "--data", str(world.data.root), *args[1:]])


def test_a_rescreening_shows_what_it_would_change(world: World) -> None:
    """Then changes it, when it is no dry run; then there is nothing left."""
    world.judged_by("friendship pact")
    dry = invoke(world, "rescreen", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert BOND in dry.stdout
    assert "gained" in dry.stdout
    assert "Nothing was changed. Without --dry-run it is adopted." in dry.stdout
    assert world.rows("SELECT title FROM items") == [(SIGNED,)]
    assert invoke(world, "rescreen").stdout.rstrip().endswith("Adopted.")
    assert "Everything that can be read again was judged by these topics" in invoke(world, "rescreen").stdout


def test_a_rescreening_as_json_is_one_document(world: World) -> None:
    """With the changes themselves, and what was asked wrongly is told with exit code 2."""
    world.judged_by("friendship pact")
    told = json.loads(invoke(world, "rescreen", "--dry-run", "--json").stdout)
    assert told["topics"]["friendship_cities"] == {"before": 1, "gained": 1, "lost": 1, "changed": 0, "after": 1}
    assert {(c["change"], c["title"]) for c in told["changes"]} == {("gained", BOND), ("lost", SIGNED)}
    assert "no topic is called" in str(invoke(world, "rescreen", "--topic", "nope").exception)
    assert "is no date" in str(invoke(world, "rescreen", "--since", "soon").exception)


def test_entries_that_keep_their_verdict_are_told(world: World) -> None:
    """With the reason."""
    next(world.data.archive.rglob("*.warc.gz")).unlink()
    world.judged_by("friendship pact")
    done = invoke(world, "rescreen")
    assert "2 entries keep the verdict they have, their bytes could not be read again (2 gone)" in done.stderr


def test_a_backfill_shows_what_it_read(world: World, tmp_path: Path) -> None:
    """Payloads and entries; what failed is told by class on stderr."""
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.xml").write_bytes(feed(item(7, SIGNED + " elsewhere")).body)
    (drop / "b.txt").write_text("no feed")
    done = invoke(world, "backfill", str(drop))
    assert done.exit_code == 0, done.output
    assert "kept for friendship_cities: 1" in done.stdout
    assert "1 × not-a-feed; the first: drop:" in done.stderr
    told = json.loads(invoke(world, "backfill", str(drop), "--json").stdout)
    assert told["payloads"] == {"read": 0, "known": 2, "skipped": 0, "failed": 0}


def test_a_backfill_of_nothing_readable_ends_with_4(world: World, tmp_path: Path) -> None:
    """As a run of which no source could be read."""
    (tmp_path / "b.txt").write_text("no feed")
    assert invoke(world, "backfill", str(tmp_path / "b.txt")).exit_code == 4
    assert "is not known; there is local" in str(invoke(world, "backfill", str(tmp_path / "b.txt"), "--runner", "dask").exception)
