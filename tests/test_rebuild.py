"""The store made anew from the archive: the rows of before, whatever became of the old file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from feedserver import FeedServer, Reply
from pages import page
from pasts import World, feed, item, tables
from wires import EDITION, NOW

from twinwire import config as configs
from twinwire import pipeline
from twinwire.backfill import Backfill
from twinwire.backfill import Options as Asked
from twinwire.errors import Busy, StoreDamaged
from twinwire.pipeline import Ingest, Options
from twinwire.rebuild import Rebuild, Report
from twinwire.warehouse import rebuild as swapping
from twinwire.warehouse.integrity import inspect
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

SIGNED, BOND, WEATHER = "A sister city agreement is signed", "Two mayors praise a friendship pact", "Some rain"
LATER = NOW + timedelta(days=1)
OWN = ("batch_id", "duration", "applied_at")  # what a rebuild has of its own
LEDGER = {"ops.batches", "ops.runs"}


def rebuild(world: World) -> Report:
    return Rebuild(world.config, world.data, lambda: LATER).run()


def past(folder: Path, server: FeedServer) -> World:
    """Three runs: new entries, a revision and a 304 and a failure, another revision and a gap."""
    server.routes |= {"/a": replace(feed(item(1, SIGNED), item(2, BOND), item(3, WEATHER), item(3, "")), etag='"1"'), "/b": Reply(status=500)}
    world = World(folder, server, "/a", "/b")
    world.run()
    world.run(NOW + timedelta(hours=2))
    server.routes["/a"] = feed(item(1, SIGNED, "A correction."), item(3, WEATHER, "And a sister city agreement."))
    world.run(NOW + timedelta(hours=4))
    server.routes["/a"] = feed(item(1, WEATHER, "A mistake."), item(5, SIGNED + " too"))
    world.run(NOW + timedelta(hours=6))
    server.routes["/a"] = feed(item(8, SIGNED + " in the north"))
    world.run(NOW + timedelta(hours=8))
    return world


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The past, lived through once. Nobody writes to its folder."""
    with FeedServer() as server:
        yield past(tmp_path_factory.mktemp("past"), server)


@pytest.fixture
def server(once: World) -> Iterator[FeedServer]:
    """As it answers at the end of that past."""
    routes = dict(once.server.routes)
    yield once.server
    once.server.routes = routes


@pytest.fixture
def world(once: World, server: FeedServer, tmp_path: Path) -> World:
    return once.copied(tmp_path)


def differing(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    return {t for t in before if before[t] != after[t]}


def sound(world: World) -> bool:
    found = inspect(world.data.store, world.data.witness)
    return {f.level.value for f in found} == {"ok"}


def test_every_row_is_as_before(world: World) -> None:
    """Revisions, ledger, gaps, states and stories too; batches have new ids, and the rebuild is a run of its own."""
    before = world.tables(*OWN)
    assert len(before["main.item_revisions"]) == 6
    assert len(before["ops.gaps"]) == 1
    report = rebuild(world)
    after = world.tables(*OWN)
    assert differing(before, after) <= LEDGER
    assert [r for r in after["ops.runs"] if r in before["ops.runs"]] == before["ops.runs"]
    assert (report.payloads, report.carried, report.unreadable) == (4, 0, [])
    assert report.before["seen"] == report.after["seen"] == 6
    assert sound(world)
    assert tables(world.data.warehouse, *OWN)["main.items"] == after["main.items"], "the read copy is of the new store"


def test_the_sample_edition_is_as_before(tmp_path: Path) -> None:
    """Every format, drop folders and several versions in one run."""
    data, config = DataFolder(tmp_path), configs.load(EDITION)
    for hours in (0, 1):
        pipeline.run(Ingest(config, data, Options(force=True), lambda at=NOW + timedelta(hours=hours): at))  # type: ignore[misc]
    before = tables(data.store, *OWN)
    Rebuild(config, data, lambda: LATER).run()
    assert differing(before, tables(data.store, *OWN)) <= LEDGER


@pytest.mark.parametrize("copies", [True, False])
def test_a_store_that_is_lost_comes_back(world: World, copies: bool) -> None:
    """Out of the archive alone: what was seen, kept and revised. What only the ledger knew comes from a read copy, if there is one."""
    before = world.tables(*OWN)
    world.data.store.write_bytes(b"\0" * 5000)
    if not copies:
        world.data.warehouse.unlink()
        shutil.rmtree(world.data.backups)
    with pytest.raises(StoreDamaged):
        world.run(LATER)
    rebuild(world)
    gone = differing(before, world.tables(*OWN)) - LEDGER
    assert gone == (set() if copies else {"ops.fetches", "ops.sources"})
    assert sound(world)
    assert world.run(LATER + timedelta(hours=1)).outcomes["kept_new"] == 0, "the next run knows what was seen"


def test_entries_without_bytes_are_taken_over(world: World) -> None:
    """Whole, with their revisions and their fetches, and so is all of a source whose archive has a hole."""
    before = world.tables(*OWN)
    first = world.rows("SELECT archive_file FROM ops.fetches WHERE archive_file IS NOT NULL ORDER BY fetched_at")[0][0]
    (world.data.archive / first).unlink()
    report = rebuild(world)
    assert report.carried == 6
    assert differing(before, world.tables(*OWN)) <= LEDGER
    assert sound(world)


def test_a_damaged_record_is_told(world: World) -> None:
    """And its entries are those of the old store."""
    before = world.tables(*OWN)
    file, offset = world.rows("SELECT archive_file, archive_offset FROM ops.fetches WHERE archive_file IS NOT NULL ORDER BY fetched_at")[0]
    with (world.data.archive / file).open("r+b") as f:
        f.seek(offset + 40)
        f.write(b"\0\0\0\0\0\0")
    report = rebuild(world)
    assert len(report.unreadable) == 1
    assert differing(before, world.tables(*OWN)) <= LEDGER


def test_everything_is_judged_by_the_topics_of_today(world: World) -> None:
    """As if they had always been so."""
    world.judged_by("friendship pact")
    rebuild(world)
    assert world.rows("SELECT title, topics::VARCHAR FROM items") == [(BOND, "[friendship_cities]")]
    assert world.rows("SELECT count(DISTINCT rule_version) FROM seen") == [(1,)]


def test_lists_from_elsewhere_are_kept(world: World) -> None:
    """What no archive holds: known links, and tables of a later version."""
    with Store(world.data) as store:
        store.con.execute("CREATE TABLE notes (note VARCHAR)")
        store.con.execute("INSERT INTO known_links BY NAME SELECT 'a list' AS source, '1' AS ref, 1 AS place_a, 2 AS place_b, 'A' AS name_a,"
                          " 'B' AS name_b, 'id' AS rule, now()::TIMESTAMP AS first_listed_at, now()::TIMESTAMP AS listed_at,"
                          " uuid() AS run_id, uuid() AS batch_id")
        store.settle()
    rebuild(world)
    assert [r[0] for r in world.tables()["main.known_links"]] == ["a list"]


def test_article_pages_are_read_again(tmp_path: Path, server: FeedServer) -> None:
    """An item has its page's text, and the ledger its page."""
    html = Reply(page(f"{SIGNED} by both councils on Tuesday. " * 8).encode(), headers={"Content-Type": "text/html"})
    server.routes |= {"/page": html, "/feed": feed(item(1, SIGNED, "A teaser.", link=server.url("/page")), item(2, SIGNED, link=server.url("/no")))}
    world = World(tmp_path, server, "/feed", article="kept")
    (world.folder / "settings.yaml").write_text("publish: {max_age: 0s}\nrun: {parsers: 0}\narticles: {spacing: 0s}\n")
    world.run()
    before = world.tables(*OWN)
    assert "by both councils" in world.rows("SELECT max(body) FROM items")[0][0]
    assert [r[0] for r in world.rows("SELECT status FROM ops.pages ORDER BY 1")] == ["failed", "read"]
    server.routes.clear()
    rebuild(world)
    assert differing(before, world.tables(*OWN)) <= LEDGER


def test_what_a_backfill_brought_comes_back_as_such(world: World, server: FeedServer, tmp_path: Path) -> None:
    """Older than what was known, it changes nothing the second time either."""
    old = World(tmp_path / "old", server, "/a")
    server.routes["/a"] = feed(item(1, SIGNED, "Of long ago."), item(9, SIGNED + " long ago"))
    old.run(NOW - timedelta(days=30))
    Backfill(world.config, world.data, Asked(given=(str(old.data.archive),)), lambda: NOW + timedelta(hours=9)).run()
    before = world.tables(*OWN)
    rebuild(world)
    assert differing(before, world.tables(*OWN)) <= LEDGER


# -- under way ------------------------------------------------------------------------------------------------------


def test_batches_that_wait_are_not_loaded_twice(world: World, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are put aside: their payloads were read again. The run that died is lost, in the new copy at once."""
    server.routes["/a"] = feed(item(1, SIGNED), item(6, SIGNED + " late"))
    with monkeypatch.context() as m:
        m.setattr("twinwire.warehouse.store.load", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            world.run(NOW + timedelta(hours=10))
    with duckdb.connect(str(world.data.store)) as con:  # as a process leaves it that was killed
        con.execute("UPDATE ops.runs SET status = 'running', ended_at = NULL WHERE status = 'failed'")
    rebuild(world)
    with duckdb.connect(str(world.data.warehouse), read_only=True) as con:
        assert con.execute("SELECT batch_id FROM ops.batches ANTI JOIN ops.runs USING (run_id)").fetchall() == []
        assert con.execute("SELECT run_id FROM ops.runs WHERE status = 'running'").fetchall() == []
    assert world.rows(f"SELECT count(*) FROM items WHERE title = '{SIGNED} late'") == [(1,)]
    fetches = world.tables()["ops.fetches"]
    assert [*world.data.spool.iterdir()] == []
    world.run(LATER)
    assert [r for r in world.tables()["ops.fetches"] if r in fetches] == fetches
    assert world.rows("SELECT count(*), count(DISTINCT (source_id, fetched_at)) FROM ops.fetches") == [(13, 13)]


def test_a_new_store_that_is_not_sound_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one stays as it is."""
    before = world.tables()
    monkeypatch.setattr(swapping, "lacking", lambda *_: 3)
    with pytest.raises(StoreDamaged, match=r"lacks 3 entries.*the old store stays"):
        rebuild(world)
    assert world.tables() == before
    assert sound(world)


@pytest.mark.parametrize("step", range(4))
def test_a_kill_while_they_change_places_leaves_one_of_them(world: World, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Whole: after it the next run works, or says what is missing, and a rebuild mends it."""
    before = world.tables(*OWN)
    done: list[int] = []
    real, linked = Path.replace, os.link

    def dying(call: Any) -> Any:
        def wrapped(*args: Any) -> Any:
            if len(done) == step:
                raise KeyboardInterrupt
            done.append(1)
            return call(*args)
        return wrapped

    with monkeypatch.context() as m:
        real_swap = swapping.swap

        def swap(*args: Any) -> Path:
            m.setattr(Path, "replace", dying(real))
            m.setattr(os, "link", dying(linked))
            return real_swap(*args)

        m.setattr(swapping, "swap", swap)
        with pytest.raises(KeyboardInterrupt):
            rebuild(world)
    with RunLock(world.data.lock), Store(world.data) as store:
        assert store.recover(LATER) == 0
    assert world.tables(*OWN)["main.items"] == before["main.items"]
    Rebuild(world.config, world.data, lambda: LATER + timedelta(hours=1)).run()
    assert differing(before, world.tables(*OWN)) <= LEDGER
    assert sound(world)


def test_the_old_store_is_kept(world: World) -> None:
    """Beside the new one, openable."""
    before = world.tables()
    report = rebuild(world)
    assert report.kept_in is not None
    assert tables(report.kept_in / "store.duckdb") == before
    assert not world.data.rebuild.exists()
    assert report.as_json()["old_store"] == str(report.kept_in)


def test_a_run_at_work_is_not_disturbed(world: World) -> None:
    """One at a time."""
    with RunLock(world.data.lock), pytest.raises(Busy):
        rebuild(world)


def test_an_old_file_of_an_older_version_is_read(world: World) -> None:
    """Columns that came later are as a new row has them."""
    with duckdb.connect(str(world.data.store)) as con:
        con.execute("ALTER TABLE ops.fetches DROP COLUMN pages")
        con.execute("DELETE FROM ops.migrations WHERE number >= 3")
    rebuild(world)
    assert world.rows("SELECT count(*) FROM ops.fetches") == [(10,)]
