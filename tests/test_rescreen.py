"""Changed topics over everything ever seen: what is gained and lost, what stays, and what a kill costs."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feedserver import FeedServer, Reply
from pages import page
from pasts import World, feed, item, topics
from wires import NOW

from twinwire import pipeline, replay
from twinwire.errors import Busy, ConfigError, StoreDamaged
from twinwire.pipeline import Ingest, Options
from twinwire.replay import Miss
from twinwire.rescreen import Rescreen, day
from twinwire.restage import Task, staged
from twinwire.warehouse import past, spool
from twinwire.warehouse.integrity import inspect
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

LATER = NOW + timedelta(hours=1)
SIGNED, BOND, WEATHER = "A sister city agreement is signed", "Two mayors praise a friendship pact", "Some rain"
LINEAGE = ("run_id", "batch_id")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({"/a": feed(item(1, SIGNED), item(2, BOND), item(3, WEATHER)), "/b": feed(item(4, BOND, "A rural revival begins."))}) as s:
        yield s


@pytest.fixture
def world(tmp_path: Path, server: FeedServer) -> World:
    """Read once by the old topics."""
    made = World(tmp_path, server, "/a", "/b")
    made.run()
    return made


def kept(world: World) -> set[tuple[Any, ...]]:
    return set(world.rows("SELECT title, topics::VARCHAR FROM items"))


def test_other_topics_leave_what_a_run_by_them_leaves(world: World, tmp_path: Path) -> None:
    """Rescreened or read by them in the first place: the same rows in every table but the ledger."""
    world.judged_by("friendship pact")
    report = world.rescreen(LATER)
    assert report.adopted
    fresh = World(tmp_path / "fresh", world.server, "/a", "/b")
    fresh.judged_by("friendship pact")
    fresh.run()
    left, wanted = world.tables(*LINEAGE), fresh.tables(*LINEAGE)
    lost = world.rows(f"SELECT item_id FROM items WHERE title = '{SIGNED}'")[0][0]
    for table in ("main.seen", "main.items", "main.item_revisions", "main.item_topics", "main.evidence", "main.item_places", "main.places"):
        assert [r for r in left[table] if lost not in r or table == "main.seen"] == wanted[table], table
    assert len(left["main.items"]) == 3, "what left the topic stays, as a revision does"


def test_what_is_gained_and_lost_is_told_before_it_is_adopted(world: World) -> None:
    """Per topic, with the newest headlines; entries with the same verdict are counted only."""
    world.judged_by("friendship pact")
    told: list[Any] = []
    asked = world.open(LATER)
    asked.on_compared = lambda r: told.append((r.adopted, r.differences, kept(world)))
    asked.run()
    ((adopted, found, before),) = told
    assert not adopted
    assert before == {(SIGNED, "[friendship_cities]"), (BOND, "[regional_development]")}
    assert found.judged == 4
    assert found.topics["friendship_cities"] == {"before": 1, "gained": 2, "lost": 1, "changed": 0, "after": 2}
    assert found.topics["regional_development"] == {"before": 1, "gained": 0, "lost": 0, "changed": 1, "after": 1}
    assert {(r["topic"], r["change"], r["title"]) for r in found.rows} == {
        ("friendship_cities", "gained", BOND), ("friendship_cities", "lost", SIGNED), ("regional_development", "changed", BOND)}
    assert kept(world) == {(SIGNED, "[]"), (BOND, "[friendship_cities]"), (BOND, "[friendship_cities, regional_development]")}


def test_a_dry_run_changes_nothing(world: World) -> None:
    """Not a row of any table; what was judged is used by the next one."""
    before = world.tables()
    world.judged_by("friendship pact")
    report = world.rescreen(LATER, dry_run=True)
    assert (report.adopted, report.staged, report.differences.verdicts) == (False, 4, 2)
    assert world.tables() == before
    again = world.rescreen(LATER)
    assert (again.adopted, again.staged, again.differences.verdicts) == (True, 0, 2)


def test_after_it_there_is_nothing_to_do(world: World) -> None:
    """Every entry names the version of the topics; a second time changes no row."""
    world.judged_by("friendship pact")
    first = world.rescreen(LATER)
    assert world.rows("SELECT DISTINCT rule_version FROM seen") == [(first.rule_version,)]
    assert world.rows("SELECT DISTINCT rule_version FROM items") == [(first.rule_version,)]
    assert world.rows("SELECT DISTINCT rule_version FROM item_topics") == [(first.rule_version,)]
    assert world.rows("SELECT trigger, status, rule_version FROM ops.runs WHERE trigger = 'rescreen'") == [("rescreen", "done", first.rule_version)]
    before = world.tables()
    again = world.rescreen(LATER + timedelta(hours=1))
    assert (again.adopted, again.differences.judged) == (False, 0)
    assert world.tables() == before
    assert [*world.data.rescreen.iterdir()] == [world.data.rescreen / "lock"], "the parts are gone"


def test_there_and_back_is_where_it_began(world: World) -> None:
    """An item that left the topic and returns is the same item, with its evidence."""
    before = {t: r for t, r in world.tables(*LINEAGE, "rule_version", "story_id").items() if t.startswith("main.item")}
    world.judged_by("friendship pact")
    world.rescreen(LATER)
    world.judged_by("sister city agreement")
    report = world.rescreen(LATER)
    assert report.differences.topics["friendship_cities"]["gained"] == 1
    after = {t: r for t, r in world.tables(*LINEAGE, "rule_version", "story_id").items() if t.startswith("main.item")}
    had = {r[0] for r in before["main.items"]}
    assert {t: [r for r in rows if r[0] in had] for t, rows in after.items()} == before
    assert {f.level.value for f in inspect(world.data.store, world.data.witness)} == {"ok"}


def test_the_newest_version_is_judged(world: World, server: FeedServer) -> None:
    """An entry that was changed is judged by its new text, though older payloads show another."""
    server.routes["/a"] = feed(item(1, SIGNED), item(2, WEATHER), item(3, WEATHER, "They made a friendship pact."))
    world.run(NOW + timedelta(minutes=30))
    world.judged_by("friendship pact")
    world.rescreen(LATER)
    assert world.rows("SELECT title, summary FROM items WHERE list_contains(topics, 'friendship_cities') ORDER BY 1, 2") == [
        (WEATHER, "They made a friendship pact."), (BOND, "A rural revival begins.")]


def test_an_entry_whose_guid_changed_is_found(world: World, server: FeedServer) -> None:
    """It is stored under its first guid; the payload that brought its version has another."""
    server.routes["/a"] = feed(item(2, BOND, "New words.", guid="other"))
    assert world.run(NOW + timedelta(minutes=30)).outcomes["rejected"] == 1
    world.judged_by("friendship pact")
    report = world.rescreen(LATER)
    assert (sum(report.misses.values()), report.differences.topics["friendship_cities"]["gained"]) == (0, 2)
    assert ("New words.",) in world.rows("SELECT summary FROM items")
    assert world.rows("SELECT count(*), count(DISTINCT entry_id) FROM seen") == [(4, 4)]


def test_bytes_that_are_gone_cost_no_verdict(world: World) -> None:
    """Their entries keep what they have, are counted, and are tried again the next time."""
    before = world.tables("rule_version")
    shutil.move(world.data.archive, world.data.root / "elsewhere")
    world.judged_by("friendship pact")
    report = world.rescreen(LATER)
    assert report.misses == {Miss.GONE: 4}
    assert (report.adopted, world.tables("rule_version")) == (False, before)
    shutil.rmtree(world.data.archive)
    shutil.move(world.data.root / "elsewhere", world.data.archive)
    assert world.rescreen(LATER).adopted


def test_a_damaged_record_costs_its_entries_only(world: World) -> None:
    """The others are judged."""
    file, offset = world.rows("SELECT archive_file, archive_offset FROM ops.fetches WHERE source_id = 'a-b'")[0]
    with (world.data.archive / file).open("r+b") as f:
        f.seek(offset + 60)
        f.write(b"\0\0\0\0")
    world.judged_by("friendship pact")
    report = world.rescreen(LATER)
    assert report.misses == {Miss.UNREADABLE: 1}
    assert report.differences.topics["friendship_cities"]["gained"] == 1


def test_an_entry_is_judged_with_its_page(tmp_path: Path) -> None:
    """What was kept for the text of its page is not lost for its teaser."""
    html = Reply(page(f"The council met. {BOND}, and {SIGNED.lower()} too. " * 6).encode(), headers={"Content-Type": "text/html"})
    with FeedServer({"/page": html, "/robots.txt": Reply(status=404)}) as server:
        server.routes["/feed"] = feed(item(1, "A friendship pact", "A teaser.", link=server.url("/page")))
        world = World(tmp_path, server, "/feed", article="kept")
        (world.folder / "settings.yaml").write_text("publish: {max_age: 0s}\nrun: {parsers: 0}\narticles: {spacing: 0s}\n")
        world.judged_by("friendship pact")
        world.run()
        assert "sister city agreement" in world.rows("SELECT body FROM items")[0][0]
        world.judged_by("sister city agreement")
        server.routes.clear()
        report = world.rescreen(LATER)
        assert report.differences.topics["friendship_cities"]["after"] == 1
        assert world.rows("SELECT term, field FROM evidence WHERE topic = 'friendship_cities' LIMIT 1") == [("sister city agreement", "body")]
        (world.data.archive / world.rows("SELECT archive_file FROM ops.pages")[0][0]).unlink()
        world.judged_by("council met")
        assert world.rescreen(LATER).misses == {Miss.GONE: 1}


def test_a_payload_is_opened_for_all_its_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed that shows ten entries and adds four at a time is read back in tens."""
    entries = [item(n, WEATHER, f"Of day {n}.") for n in range(30)]
    with FeedServer({"/a": feed(*entries[:10])}) as server:
        world = World(tmp_path, server, "/a")
        for n in range(0, 20, 4):
            server.routes["/a"] = feed(*entries[n:n + 10])
            world.run(NOW + timedelta(minutes=n), force=True)
    opened: list[object] = []
    real = replay.read_at
    monkeypatch.setattr(replay, "read_at", lambda *a: opened.append(a) or real(*a))
    world.judged_by("friendship pact")
    assert world.rescreen(LATER).differences.judged == 26
    assert len(opened) == 3


def test_only_some_topics_can_be_adopted(world: World) -> None:
    """The others keep their entries as they are, and a whole rescreening still finds them."""
    text = topics("friendship pact").replace("rural revival", "some rain")
    (world.folder / "topics.yaml").write_text(text)
    report = world.rescreen(LATER, topics=("regional_development",))
    assert {t: (c["gained"], c["lost"]) for t, c in report.differences.topics.items()} == {"friendship_cities": (1, 0), "regional_development": (1, 1)}
    assert (WEATHER, "[regional_development]") in kept(world)
    assert (SIGNED, "[friendship_cities]") in kept(world)
    assert world.rescreen(LATER).differences.topics["friendship_cities"] == {"before": 1, "gained": 1, "lost": 1, "changed": 0, "after": 1}
    with pytest.raises(ConfigError, match="no topic is called 'nope'"):
        world.open(topics=("nope",))


def test_since_leaves_the_older_ones(world: World, server: FeedServer) -> None:
    """By the day their version was fetched."""
    server.routes["/a"] = feed(item(5, BOND, "Newer."))
    world.run(NOW + timedelta(days=2))
    world.judged_by("friendship pact")
    assert world.rescreen(NOW + timedelta(days=3), since=NOW + timedelta(days=1)).differences.judged == 1
    assert day("2026-07-21") == datetime(2026, 7, 21, tzinfo=UTC)
    with pytest.raises(ConfigError, match="is no date"):
        day("yesterday")


def test_topics_that_change_in_mid_run_are_not_half_used(world: World) -> None:
    """What was loaded is used whole, and its version recorded."""
    world.judged_by("friendship pact")
    asked = world.open(LATER)
    asked.on_progress = lambda _done, _of: world.judged_by("nothing of the kind")
    report = asked.run()
    assert report.differences.topics["friendship_cities"]["gained"] == 2
    assert world.rows("SELECT DISTINCT rule_version FROM seen") == [(report.rule_version,)]


def test_what_comes_meanwhile_is_judged_too(world: World, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run by the old topics between judging and adopting leaves no entry behind, and no verdict on an old version."""
    old = world.config
    world.judged_by("friendship pact")
    asked = world.open(LATER)
    real = asked._adopt

    def meanwhile() -> None:
        server.routes["/a"] = feed(item(2, WEATHER, "Changed."), item(6, BOND, "Quite new."))
        pipeline.run(Ingest(old, world.data, Options(), lambda: NOW + timedelta(minutes=30)))
        real()

    monkeypatch.setattr(asked, "_adopt", meanwhile)
    report = asked.run()
    assert world.rows("SELECT DISTINCT rule_version FROM seen") == [(report.rule_version,)]
    assert world.rows("SELECT title, summary FROM items WHERE list_contains(topics, 'friendship_cities') ORDER BY summary") == [
        (BOND, "A rural revival begins."), (BOND, "Quite new.")]
    assert {f.level.value for f in inspect(world.data.store, world.data.witness)} == {"ok"}


def test_copies_of_an_old_item_are_found(world: World, server: FeedServer) -> None:
    """An item that is gained long after its copy was kept joins its story."""
    words = " ".join(f"word{n} of the release about the harbour" for n in range(40))
    both = "Mayors sign a sister city agreement at the harbour festival"
    server.routes["/a"] = feed(item(7, both, words))
    server.routes["/b"] = feed(item(8, both.replace("sister city agreement", "friendship pact"), words))
    world.run(NOW + timedelta(minutes=5))
    world.judged_by("sister city agreement", "friendship pact")
    world.rescreen(NOW + timedelta(days=200))
    assert world.rows("SELECT count(DISTINCT story_id), count(*) FROM items WHERE title LIKE 'Mayors sign%'") == [(1, 2)]
    assert world.rows("SELECT DISTINCT day FROM story_bands ORDER BY 1") == [(NOW.date(),), ((NOW + timedelta(days=200)).date(),)]


def test_one_at_a_time(world: World) -> None:
    """A second rescreening is told so; a run in between makes the adoption wait its turn."""
    world.judged_by("friendship pact")
    world.data.rescreen.mkdir()
    with RunLock(world.data.rescreen / "lock"), pytest.raises(Busy, match="at work here"):
        world.rescreen(LATER)
    with RunLock(world.data.lock), pytest.raises(Busy, match="at work here"):
        world.rescreen(LATER)
    assert world.rescreen(LATER).staged == 0, "what was judged is not judged again"


def test_without_a_warehouse_there_is_nothing_to_rescreen(tmp_path: Path, server: FeedServer) -> None:
    """One line that says what to do; and one when it is damaged."""
    world = World(tmp_path, server, "/a")
    with pytest.raises(ConfigError, match="twinwire run"):
        world.rescreen()
    world.data.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreDamaged, match="cannot be opened"):
        world.rescreen()


# -- killed, and gone on with -------------------------------------------------------------------------------------

_KILL = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from twinwire import config, rescreen, restage
from twinwire.warehouse import past, spool, store, load, publish
def dying(module, name, nth=[0]):
    real = getattr(module, name)
    def wrapped(*a, **k):
        nth[0] += 1
        out = real(*a, **k)
        if nth[0] == {nth}: os.kill(os.getpid(), signal.SIGKILL)
        return out
    setattr(module, name, wrapped)
past.PART = 1
dying({module}, {name!r})
r = rescreen.Rescreen(config.load(Path({config!r})), rescreen.DataFolder(Path({data!r})), rescreen.Options(workers=1),
                      lambda: datetime(2026, 11, 24, 13, tzinfo=UTC))
r.run()
"""


@pytest.mark.parametrize(("module", "name", "nth", "redone"), [
    ("spool", "write", 3, 1), ("spool", "write", 5, 0), ("load", "_statements", 1, 0), ("store", "load", 1, 0)])
def test_a_kill_loses_no_part(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, nth: int,
                              redone: int) -> None:
    """Killed after any step, the next one judges what was not judged and leaves the rows of an undisturbed one."""
    monkeypatch.setattr(past, "PART", 1)
    whole = DataFolder(tmp_path / "whole")
    shutil.copytree(world.data.root, whole.root)
    world.judged_by("friendship pact")
    Rescreen(world.config, whole, world.open()._options, lambda: LATER).run()
    code = _KILL.format(module=module, name=name, nth=nth, config=str(world.folder), data=str(world.data.root))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    report = world.rescreen(LATER)
    assert report.staged == redone
    left = world.tables(*LINEAGE)
    wanted = World.tables(type("W", (), {"data": whole})(), *LINEAGE)  # type: ignore[arg-type]
    assert {t: r for t, r in left.items() if t.startswith("main.")} == {t: r for t, r in wanted.items() if t.startswith("main.")}


def test_parts_of_other_rules_are_thrown_away(world: World) -> None:
    """So are those of another catalogue."""
    world.judged_by("friendship pact")
    world.rescreen(LATER, dry_run=True)
    world.judged_by("some rain")
    assert world.rescreen(LATER, dry_run=True).staged == 4
    assert len([p for p in world.data.rescreen.iterdir() if p.is_dir()]) == 1
    (world.folder / "settings.yaml").write_text("publish: {max_age: 0s}\nurls: {tracking: [x]}\n")
    assert world.rescreen(LATER, dry_run=True).staged == 4


def test_a_damaged_part_is_judged_again(world: World) -> None:
    """A disk may lose what it was given."""
    world.judged_by("friendship pact")
    world.rescreen(LATER, dry_run=True)
    (part,) = world.data.rescreen.rglob("verdicts.parquet")
    part.write_bytes(part.read_bytes()[:-10])
    assert world.rescreen(LATER).staged == 4


# -- processes ------------------------------------------------------------------------------------------------------


def lots(world: World, judged_by: str = "") -> Iterator[Any]:
    with past.reader(world.data) as con:
        for lot in past.stretches(con, [], judged_by, None):
            sources = replay.Sources(world.config)
            yield [(s, sources[s.source_id]) for s in lot]


def test_several_processes_judge_as_one(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The verdicts are the same, whoever gives them; one that dies costs nothing but time."""
    monkeypatch.setattr(past, "PART", 1)
    world.judged_by("friendship pact")

    def verdicts(name: str, workers: int, *, deadly: bool = False) -> list[Any]:
        folder = tmp_path / name
        folder.mkdir()

        def drawn() -> Iterator[Any]:
            for n, lot in enumerate(lots(world)):
                if deadly and n == 2:
                    for child in multiprocessing.active_children():
                        child.kill()
                yield lot

        done = list(staged(Task(world.config, world.data, folder), drawn(), workers))
        assert sum(n for n, _ in done) == 4
        found = [r for p in spool.waiting(folder) for r in past.pq.read_table(p.file("verdicts")).to_pylist()]
        return sorted(found, key=lambda r: str(r["entry_id"]))

    alone = verdicts("alone", 1)
    assert [r["decision"] for r in alone].count("kept") == 2
    assert verdicts("dying", 2, deadly=True) == alone


def test_a_stretch_that_kills_its_process_keeps_its_verdicts(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tried once more alone; then its entries are told as unreadable."""
    monkeypatch.setattr("twinwire.restage._do", _die)
    done = list(staged(Task(world.config, world.data, tmp_path), lots(world), 1 + 1))
    assert {m for _, missed in done for m in missed.values()} == {Miss.UNREADABLE}
    assert sum(len(missed) for _, missed in done) == 4


def _die(_lot: object) -> None:
    import os

    os._exit(1)


def test_a_store_that_is_adopted_into_is_sound(world: World) -> None:
    """Witness, read copy and store agree, and the next run finds nothing to complain about."""
    world.judged_by("friendship pact")
    world.rescreen(LATER)
    with Store(world.data) as store:
        assert store.recover(LATER) == 0
        assert store.counts()["items"] == 3
    assert world.run(LATER + timedelta(hours=1)).outcomes["revised"] == 0
