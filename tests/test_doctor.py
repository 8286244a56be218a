"""Is all well? What is looked at, what is found of each damage, and what is mended."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from feedserver import FeedServer
from pasts import World, feed, item
from typer.testing import CliRunner
from wires import NOW

from twinwire import surroundings
from twinwire.cli.app import app
from twinwire.doctor import Options, examine, verdict
from twinwire.errors import StoreDamaged
from twinwire.findings import Finding, Level
from twinwire.warehouse.integrity import RULES, inspect
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder

SIGNED, WEATHER = "A sister city agreement is signed", "Some rain"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two runs, with a revision."""
    with FeedServer({"/a": feed(item(1, SIGNED, "In Lyon, France."), item(2, WEATHER))}) as server:
        made = World(tmp_path_factory.mktemp("filled"), server, "/a")
        made.run()
        server.routes["/a"] = feed(item(1, SIGNED, "In Lyon, France, and in Leipzig, Germany."), item(3, SIGNED + " too"))
        made.run(NOW + timedelta(hours=1))
    return made


@pytest.fixture
def world(filled: World, tmp_path: Path) -> World:
    """A copy that may be damaged."""
    shutil.copytree(filled.data.root, tmp_path / "d")
    made = World.__new__(World)
    made.folder, made.data, made.server = filled.folder, DataFolder(tmp_path / "d"), filled.server
    return made


def look(world: World, **options: bool) -> list[Finding]:
    return list(examine(world.folder, world.data, Options(**options), lambda: False))


def bad(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(f.area, f.check) for f in findings if f.level is Level.BAD]


def warned(findings: list[Finding]) -> dict[str, str]:
    return {f.check: f.message for f in findings if f.level is Level.WARN}


def change(world: World, sql: str) -> None:
    with duckdb.connect(str(world.data.store)) as con:
        con.execute(sql)


def test_a_healthy_folder_is_told_to_be_so(world: World) -> None:
    """Every area has its findings, none is bad, and each is one line."""
    found = look(world)
    assert bad(found) == []
    assert {f.area for f in found} == {"environment", "config", "store", "archive", "spool", "copy"}
    assert all(f.message and "\n" not in f.message for f in found)
    assert verdict(found) == 0


def test_looking_changes_nothing(world: World) -> None:
    """Not a byte of any file but the lock's."""
    def files() -> dict[str, bytes]:
        return {str(p.relative_to(world.data.root)): p.read_bytes() for p in world.data.root.rglob("*") if p.is_file() and p.name != "run.lock"}

    before = files()
    look(world, deep=True)
    assert files() == before


DAMAGE = {
    "UPDATE seen SET entry_id = (SELECT min(entry_id) FROM seen)": {"identity", "items"},
    "INSERT INTO items FROM items LIMIT 1": {"identity"},
    "DELETE FROM items WHERE revision = 2": {"items", "orphans"},
    "DELETE FROM item_revisions WHERE revision = 1": {"revisions"},
    "UPDATE item_revisions SET valid_to = NULL": {"revisions"},
    "UPDATE item_revisions SET valid_to = valid_to + INTERVAL 1 MINUTE WHERE valid_to IS NOT NULL": {"revisions"},
    "UPDATE items SET content_hash = uuid()": {"revisions"},
    "UPDATE items SET topics = []": {"items"},
    "DELETE FROM places": {"orphans"},
    "INSERT INTO ops.fetches FROM ops.fetches": {"accounting"},
    "INSERT INTO ops.batches FROM ops.batches": {"identity"},
    "INSERT INTO evidence SELECT uuid(), 't', 't', 'title', 0, 1, 0.5, 'strong', 'q'": {"orphans"},
}


@pytest.mark.parametrize("sql", DAMAGE, ids=lambda s: s[:50])
def test_each_damage_of_the_rows_is_found(world: World, sql: str) -> None:
    """Under the check that it belongs to, with what to do."""
    change(world, sql)
    world.data.witness.unlink()
    found = [f for f in inspect(world.data.store, world.data.witness) if f.level is Level.BAD]
    assert {f.check for f in found} >= DAMAGE[sql]
    assert all("doctor --rebuild" in f.message for f in found)


def test_every_rule_has_a_damage_that_breaks_it() -> None:
    """Or is a warning."""
    assert {r.check for r in RULES if r.level is Level.BAD} == {c for checks in DAMAGE.values() for c in checks}


def test_rows_that_were_lost_are_missed(world: World) -> None:
    """The witness counted them; a rebuild brings them back."""
    change(world, "DELETE FROM seen WHERE decision = 'rejected'")
    assert ("store", "witness") in bad(look(world))
    with pytest.raises(StoreDamaged):
        world.run()
    done = invoke(world, "--rebuild", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rebuild"]["after"]["seen"] == 3


@pytest.mark.parametrize("damage", [b"", b"no database" * 500])
def test_a_store_that_does_not_open_is_told(world: World, damage: bytes) -> None:
    """So is one that is gone though loads are on record."""
    world.data.store.write_bytes(damage or b"x")
    if not damage:
        world.data.store.unlink()
    assert ("store", "opens") in bad(look(world))


def test_a_flipped_bit_deep_in_the_file_is_found(world: World) -> None:
    """Every block is read, so that its checksum is checked."""
    size = world.data.store.stat().st_size
    with world.data.store.open("r+b") as f:
        for at in range(size // 3, size, 8192):
            f.seek(at)
            f.write(b"\xff" * 64)
    assert {c for _, c in bad(look(world))} & {"opens", "reads"}


def test_files_of_the_archive_that_are_gone_or_damaged_are_named(world: World) -> None:
    """Gone is a warning, for what was made of them is in the store; damaged is bad."""
    first, second = sorted(world.data.archive.rglob("*.warc.gz"))
    content = bytearray(second.read_bytes())
    content[-60] ^= 0xFF
    second.write_bytes(content)
    assert bad(look(world, deep=True)) == [("archive", "records")]
    first.unlink()
    assert "1 of 2 files are not there" in warned(look(world))["files"]


def test_what_waits_in_the_spool_is_loaded_when_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole batch, beside a half one and one that cannot be read."""
    with FeedServer({"/a": feed(item(5, SIGNED + " late"))}) as server, monkeypatch.context() as m:
        other = World(world.data.root.parent, server, "/a")
        m.setattr("twinwire.warehouse.store.load", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            other.run(NOW + timedelta(hours=2))
    (world.data.spool / ".half").mkdir()
    assert "1 whole and 1 half-written" in warned(look(world))["batches"]
    found = look(world, repair=True)
    told = [f.message for f in found if f.area in {"repair", "spool"} and f.check != "copy"]
    assert told == ["1 waiting batches were loaded", "nothing waits"]
    assert world.rows("SELECT count(*) FROM items") == [(3,)]
    (world.data.spool / "20260101T000000000000-x").mkdir()
    assert bad(look(world)) == [("spool", "batches")]


@pytest.mark.parametrize("damage", ["gone", "damaged", "of another store"])
def test_a_read_copy_that_is_none_is_published_anew(world: World, damage: str) -> None:
    """When asked; else it is told."""
    if damage == "gone":
        world.data.warehouse.unlink()
    elif damage == "damaged":
        world.data.warehouse.write_bytes(b"x" * 5000)
    else:
        with duckdb.connect(str(world.data.warehouse)) as con:
            con.execute("INSERT INTO seen FROM seen")
    found = look(world)
    assert "warehouse" in warned(found) or ("copy", "warehouse") in bad(found)
    found = look(world, repair=True)
    assert ("copy", "warehouse") not in bad(found)
    assert world.rows("SELECT count(*) FROM seen") == [(3,)]


def test_while_a_run_is_at_work_the_store_is_left_alone(world: World) -> None:
    """The rest is looked at all the same."""
    with RunLock(world.data.lock):
        found = look(world)
    assert str(os.getpid()) in warned(found)["opens"]
    assert bad(found) == []
    assert any(f.area == "archive" for f in found)


def test_a_config_that_is_wrong_is_told_in_one_line(world: World, tmp_path: Path) -> None:
    """With file, line and key; the data is looked at all the same."""
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "sources.yaml").write_text("sources:\n  - {id: a, name: A, uri: https://a.example/}\n")
    found = list(examine(tmp_path / "c", world.data, Options(), lambda: True))
    (config,) = (f for f in found if f.area == "config")
    assert (config.level, "sources.yaml:2" in config.message, "did you mean 'url'" in config.message) == (Level.BAD, True, True)
    assert any(f.check == "revisions" for f in found)


def test_a_folder_that_is_not_there_yet_is_no_damage(world: World, tmp_path: Path) -> None:
    """And is not made by looking."""
    found = list(examine(world.folder, DataFolder(tmp_path / "new"), Options(), lambda: True))
    assert bad(found) == []
    assert not (tmp_path / "new").exists()


# -- the command ----------------------------------------------------------------------------------------------------


def invoke(world: World, *args: str) -> Any:
    return CliRunner().invoke(app, ["doctor", "--config", str(world.folder), "--data", str(world.data.root), *args])


def test_the_command_ends_with_0_or_5(world: World) -> None:
    """One line per finding, or one JSON document."""
    well = invoke(world)
    assert well.exit_code == 0
    assert all(line.split()[0] in {"ok", "warn"} for line in well.stdout.splitlines())
    change(world, "DELETE FROM item_revisions WHERE revision = 1")
    ill = invoke(world, "--json")
    told = json.loads(ill.stdout)
    assert (ill.exit_code, told["ok"]) == (5, False)
    assert {"witness", "revisions"} <= {f["check"] for f in told["findings"] if f["level"] == "bad"}


# -- surroundings ---------------------------------------------------------------------------------------------------


def mounts(folder: Path, kind: str) -> Path:
    table = folder / "mountinfo"
    table.write_text(f"1 0 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / {folder}/my\\040data rw shared:1 - {kind} server:/x rw\nodd line\n")
    return table


@pytest.mark.parametrize(("kind", "level"), [("nfs4", "warn"), ("fuse.sshfs", "warn"), ("cifs", "warn"), ("xfs", "ok"), ("tmpfs", "ok")])
def test_a_network_file_system_is_warned_of(tmp_path: Path, kind: str, level: str) -> None:
    """Locks do not hold there."""
    (tmp_path / "my data" / "d").mkdir(parents=True)
    found = surroundings.file_system(tmp_path / "my data" / "d", mounts(tmp_path, kind))
    assert found.level == level
    assert kind in found.message


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - City", "Google Drive", "Nextcloud", "plain"])
def test_a_synchronised_folder_is_warned_of(tmp_path: Path, name: str) -> None:
    """By its name or by a mark in it."""
    folder = tmp_path / name / "twinwire"
    folder.mkdir(parents=True)
    assert surroundings.file_system(folder, tmp_path / "none").level == ("ok" if name == "plain" else "warn")
    (tmp_path / name / ".stfolder").mkdir()
    assert surroundings.file_system(folder, tmp_path / "none").level == "warn"


def test_a_clock_that_went_back_is_warned_of(world: World) -> None:
    """Dates of news are judged by it."""
    assert surroundings.clock(world.data, NOW + timedelta(hours=2)).level is Level.OK
    assert "newest fetch is of 2026-11-24 13:00" in surroundings.clock(world.data, NOW).message
    assert surroundings.clock(DataFolder(Path("nowhere")), datetime(1970, 1, 1, tzinfo=UTC)).level is Level.WARN


def test_folders_that_others_can_read_are_warned_of(world: World) -> None:
    """They are made for their owner alone."""
    assert {f.level for f in surroundings.permissions(world.data)} == {Level.OK}
    world.data.archive.chmod(0o755)
    (found,) = surroundings.permissions(world.data)
    assert (found.level, "chmod 700" in found.message) == (Level.WARN, True)


def test_a_disk_without_room_is_warned_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is made beside the old one."""
    assert surroundings.disk(world.data.root, world.data.store).level is Level.OK
    monkeypatch.setattr(surroundings, "FREE", 1 << 60)
    assert surroundings.disk(world.data.root, world.data.store).level is Level.WARN


def test_libraries_that_are_missing_or_old_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the version that is needed; a program that is no package cannot tell."""
    assert surroundings.libraries().level is Level.OK
    monkeypatch.setattr(surroundings, "requires", lambda _: ["duckdb>=99.1", "no-such-library>=1", "mypy>=1; extra == 'dev'"])
    found = surroundings.libraries()
    assert found.level is Level.BAD
    assert "99.1 or newer is needed; no-such-library is missing" in found.message
    assert "mypy" not in found.message
    monkeypatch.undo()
    assert surroundings.libraries("no-such-package").level is Level.WARN


def test_the_gazetteer_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, it is built by the next run."""
    monkeypatch.setenv("TWINWIRE_CACHE", str(tmp_path))
    assert surroundings.gazetteer().level is Level.WARN
    (tmp_path / f"gazetteer-{surroundings.data_version()}.duckdb").write_bytes(b"x")
    assert surroundings.gazetteer().level is Level.OK
