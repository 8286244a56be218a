"""Kills, damage and their repair: the rows afterwards are those of an undisturbed reading. A selection; `make chaos` takes all."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chaos import disturbances
from chaos.checks import broken
from chaos.harness import Deed, deeds, every_point, kill_one, orderly, trace
from chaos.runner import STAGES
from chaos.scenes import Rows, Runner, Scene, scene, verdict
from chaos.trials import small_disk

pytestmark = [pytest.mark.chaos]


@dataclass(frozen=True)
class Stage:
    """A scene that is ready, the rows of an undisturbed reading, the points it passes, and a way to die at one."""

    scene: Scene
    run: Runner
    whole: Rows
    points: list[str]

    def fresh(self, name: str) -> Path:
        """A copy of the folder after the first edition."""
        return self.scene.copy(self.scene.root / name)

    def at(self, data: Path, point: int | None = None, manner: str = "kill") -> int:
        """Exit status of a run in this process's child, which dies at a point or does not."""
        return self.run(self.scene.argv(data), data, die_at=point, manner=manner)

    def said(self, data: Path) -> str:
        """By the run that was last."""
        return Path(f"{data}.log").read_text(encoding="utf-8", errors="replace")

    def mends(self, data: Path) -> None:
        """One more run, and all is as if nothing had been."""
        assert self.at(data) == 0, self.said(data)
        assert verdict(data, self.whole) == ""

    def first(self, name: str) -> int:
        """Number of the first point of this name."""
        return next(n for n, p in enumerate(self.points, 1) if p.startswith(name))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Small enough for a hundred readings."""
    with scene(tmp_path_factory.mktemp("chaos"), feeds=4, entries=6, group_size=3) as s, Runner() as run:
        deed = next(deeds(s, run, ["run"]))
        yield Stage(s, run, deed.whole, trace(deed, run, s.root / "traced"))


def test_every_stage_has_points(stage: Stage) -> None:
    """Nothing of the pipeline is left out, and the comparison is one of rows: some kept, some not, some revised."""
    assert {p.partition(":")[0] for p in stage.points} >= {name for _, _, name in STAGES}
    assert all(stage.whole.values())
    assert len(stage.whole["item_revisions"]) > len(stage.whole["items"])
    assert {r[5] for r in stage.whole["seen"]} == {"kept", "rejected"}


def _selection() -> list[tuple[str, float]]:
    """Of each stage a few points, of those with many more."""
    often = {"load": 4, "spool": 2, "publish": 3, "archive": 2, "witness": 2, "settle": 2}
    return [(name, (i + 0.5) / often.get(name, 1)) for name in dict.fromkeys(s for _, _, s in STAGES) for i in range(often.get(name, 1))]


@pytest.mark.parametrize(("name", "part"), _selection())
def test_a_death_anywhere_loses_and_doubles_nothing(stage: Stage, name: str, part: float) -> None:
    """By SIGKILL, or by a loss of power that halves what was not synced; the stage and how far into it are the test's parameters."""
    of = [n for n, p in enumerate(stage.points, 1) if p.startswith(f"{name}:")]
    data, point = stage.fresh("dying"), of[int(part * len(of))]
    assert stage.at(data, point, "power" if point % 2 else "kill") == -signal.SIGKILL
    stage.mends(data)


def test_a_death_while_mending_is_mended_too(stage: Stage) -> None:
    """Killed in the load, then again while that batch is loaded from the spool, then again in the next load."""
    data = stage.fresh("often")
    for point in (stage.first("load: before INSERT INTO items"), stage.first("recover: ") + 8, stage.first("witness: ")):
        assert stage.at(data, point) == -signal.SIGKILL
    stage.mends(data)


def test_the_first_run_of_all_may_die_too(stage: Stage) -> None:
    """Before there is a store, and between any two statements of its making."""
    data = stage.scene.root / "newborn"
    for point in (1, 4, 8, 12, 17, 26, 35, 44):
        assert stage.at(data, point) == -signal.SIGKILL
    assert stage.at(data) == 0, stage.said(data)
    assert broken(data / "warehouse.duckdb") == {}


@pytest.mark.parametrize(("name", "manner", "part"), [("rescreen", "kill", 0.35), ("rescreen", "full", 0.5), ("backfill", "power", 0.7),
                                                      ("rebuild", "kill", 0.5)])
def test_other_commands_that_change_the_store_may_die_too(stage: Stage, name: str, manner: str, part: float) -> None:
    """Done again they leave what they leave in peace. `make chaos` tries every point of each."""
    deed: Deed = next(deeds(stage.scene, stage.run, [name]))
    points = trace(deed, stage.run, stage.scene.root / "traced")
    tally = every_point(stage.scene, stage.run, deed, manner, [int(len(points) * part)])
    assert tally.unequal == []


@pytest.mark.parametrize("name", ["archive: open", "archive: half a record", "spool: os.mkdir", "spool: open", "witness: open",
                                  "publish: before fsync"])
def test_a_disk_that_fills_up_is_one_line(stage: Stage, name: str) -> None:
    """From any write on; no traceback, no half file, and with room again all goes on."""
    data = stage.fresh("full")
    assert orderly(stage.at(data, stage.first(name), "full"), stage.said(data)) == ""
    assert "no space left" in stage.said(data).lower()
    stage.mends(data)


def test_kills_at_random_instants(stage: Stage) -> None:
    """Of the real command, wherever it may be."""
    rng, data, life = random.Random(7), stage.fresh("random"), 2.0
    for _ in range(2):
        kill_one(stage.scene, data, life, rng)
    stage.mends(data)


@pytest.fixture(scope="module")
def disturbed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, int], list[str]]]:
    """Plays one trial of a disturbance over served feeds; what is returned are the reasons why its rows differ."""
    with scene(tmp_path_factory.mktemp("served"), served=True, feeds=2, entries=4, group_size=2) as s:
        whole = s.prepare(stage.run)
        yield lambda name, n: disturbances.play(disturbances.named(name)[0], s, stage.run, whole, 1, [n]).unequal


def test_two_runs_at_once(disturbed: Callable[[str, int], list[str]]) -> None:
    """The second is told so while the first waits for a feed; nothing is doubled."""
    assert disturbed("two-runs", 0) == []


def test_a_store_that_somebody_has_open(disturbed: Callable[[str, int], list[str]]) -> None:
    """A program of another kind holds it: the run names the process, fetches nothing and goes on once it is closed."""
    assert disturbed("locked-store", 0) == []


def test_a_prefect_api_that_answers_503(disturbed: Callable[[str, int], list[str]]) -> None:
    """The run goes on without it, and its rows are the same."""
    assert disturbed("stopped-prefect", 1) == []


def test_scenes_are_chosen_by_name() -> None:
    """All, none, or some; a name that is none names those there are."""
    assert disturbances.named("all") == list(disturbances.ALL)
    assert disturbances.named("none") == []
    assert [d.name for d in disturbances.named("cut-log,two-runs")] == ["cut-log", "two-runs"]
    with pytest.raises(ValueError, match="no scene is called nonsense; there are two-runs, "):
        disturbances.named("cut-log,nonsense")


@pytest.mark.parametrize("megabytes", [1, 4])
def test_files_that_may_not_grow(stage: Stage, megabytes: int) -> None:
    """DuckDB's own writes fail too: a clear end, and nothing is lost when there is room again."""
    data = stage.fresh("small")
    run = stage.scene.start(data, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes << 20, megabytes << 20)))
    said = run.communicate(timeout=60)[1].decode()
    assert orderly(run.returncode, said) == ""
    stage.mends(data)


@pytest.mark.parametrize("free", [100_000, 600_000, 4_600_000])
def test_a_full_disk(stage: Stage, free: int) -> None:
    """A file system of its own with so many bytes left."""
    data = stage.scene.root / "disk"
    try:
        with small_disk(stage.scene.base, data, free) as grow:
            code = stage.at(data)
            assert orderly(code, stage.said(data)) == ""
            if code:
                assert "no space left" in stage.said(data).lower()
            grow()
            stage.mends(data)
    except PermissionError as e:
        pytest.skip(f"this process may not mount a file system: {e}")


# -- damage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("harm", "spool"), [("half", True), ("gone", True), ("half", False), ("10 bytes", False), ("gone", False),
                                             ("of another file", True), ("flipped", True)])
def test_a_log_that_lost_its_tail(stage: Stage, harm: str, spool: bool) -> None:
    """What the spool still has comes back; what it has not is missed, the store is left as it is and the copy to go back to is named."""
    data = stage.fresh("log")
    assert stage.at(data, stage.first("settle: begins")) == -signal.SIGKILL
    log = data / "store" / "store.duckdb.wal"
    _harm(log, harm)
    if not spool:
        shutil.rmtree(data / "spool")
    code = stage.at(data)
    if code == 0:
        assert verdict(data, stage.whole) == ""
        assert spool, "without log and spool nothing can come back"
        return
    assert code == 5
    assert f"the newest good copy is {data / 'warehouse.duckdb'}" in stage.said(data)
    assert stage.at(data) == 5, "what is missing stays on record"
    _restore(data)
    stage.mends(data)


def _harm(file: Path, harm: str) -> None:
    whole = file.read_bytes()
    if harm == "gone":
        file.unlink()
    elif harm == "of another file":
        other = file.with_name("other.duckdb")
        code = f"import duckdb, os; c = duckdb.connect({str(other)!r}); c.execute('CREATE TABLE t AS SELECT 1'); os._exit(0)"
        subprocess.run([sys.executable, "-c", code], check=True)
        Path(f"{other}.wal").replace(file)
        other.unlink()
    elif harm == "flipped":
        at = len(whole) // 2
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
    else:
        file.write_bytes(whole[: len(whole) // 2 if harm == "half" else 10])


def _restore(data: Path) -> None:
    """What the message says is to be done."""
    aside = data / "aside"
    aside.mkdir()
    for name in ("store.duckdb", "store.duckdb.wal", "witness.json"):
        if (data / "store" / name).exists():
            (data / "store" / name).rename(aside / name)
    shutil.copy(data / "warehouse.duckdb", data / "store" / "store.duckdb")


def test_a_log_and_a_part_of_the_spool_are_lost(stage: Stage) -> None:
    """The rest of the spool does not hide what is missing."""
    data = stage.fresh("part")
    assert stage.at(data, stage.first("settle: begins")) == -signal.SIGKILL
    (data / "store" / "store.duckdb.wal").unlink()
    shutil.rmtree(min((data / "spool").iterdir()))
    for _ in range(2):
        assert stage.at(data) == 5
        assert "were committed" in stage.said(data)


@pytest.mark.parametrize("harm", ["empty", "zeros", "half", "another format", "gone", *range(3)])
def test_a_damaged_store(stage: Stage, harm: str | int) -> None:
    """Refused with exit 5 and left alone, or not in the way of this run; the copy that is named does to go on with."""
    data = stage.fresh("harmed")
    file, whole = data / "store" / "store.duckdb", (data / "store" / "store.duckdb").read_bytes()
    if isinstance(harm, int):
        at = random.Random(harm).randrange(len(whole))
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << harm]) + whole[at + 1:])
    elif harm == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "zeros": bytes(len(whole)), "half": whole[: len(whole) // 2],
                          "another format": b"SQLite format 3\0" + bytes(9999)}[harm])
    code = stage.at(data)
    if code == 0:
        assert isinstance(harm, int)
        assert verdict(data, stage.whole) == ""
        return
    assert code == 5, stage.said(data)
    assert "Traceback" not in stage.said(data)
    assert "the newest good copy is" in stage.said(data)
    _restore(data)
    stage.mends(data)


@pytest.mark.parametrize("seed", range(2))
def test_a_flipped_bit_in_the_spool(stage: Stage, seed: int) -> None:
    """The batch is put aside and told; its sources are read again."""
    rng, data = random.Random(seed), stage.fresh("spool")
    assert stage.at(data, stage.first("load: begins")) == -signal.SIGKILL
    file = rng.choice(sorted((data / "spool").rglob("*.*")))
    whole = file.read_bytes()
    at = rng.randrange(len(whole))
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << seed]) + whole[at + 1:])
    assert stage.at(data) == 0, stage.said(data)
    assert verdict(data, stage.whole) == ""
    assert "is damaged" in stage.said(data)
    assert len(list((data / "store" / "damaged").iterdir())) == 1


@pytest.mark.parametrize("harm", ["empty", "half", "flipped"])
def test_a_damaged_read_copy_is_made_anew(stage: Stage, harm: str) -> None:
    """It is only a copy."""
    data = stage.fresh("copy")
    file, whole = data / "warehouse.duckdb", (data / "warehouse.duckdb").read_bytes()
    at = len(whole) // 3
    file.write_bytes({"empty": b"", "half": whole[: len(whole) // 2],
                      "flipped": whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1:]}[harm])
    stage.mends(data)


def test_a_copy_that_a_dead_run_did_not_publish_is_published_by_the_next(stage: Stage) -> None:
    """Although that one finds nothing new, and the old copy is young."""
    data = stage.fresh("unpublished")
    assert stage.at(data, stage.first("publish: begins")) == -signal.SIGKILL
    stage.mends(data)


def test_a_flipped_bit_in_the_archive_costs_no_run(stage: Stage) -> None:
    """What was loaded is loaded; `doctor` tells of the archive."""
    data = stage.fresh("archive")
    for file in (data / "archive").rglob("*.warc.gz"):
        whole = file.read_bytes()
        file.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    assert stage.at(data) == 0
    assert broken(data / "warehouse.duckdb") == {}


def test_what_is_not_ours_in_the_spool_harms_nothing(stage: Stage) -> None:
    """A folder and a file that somebody left there."""
    data = stage.fresh("strange")
    (data / "spool" / "notes").mkdir()
    (data / "spool" / "notes" / "x.txt").write_text("mine")
    (data / "spool" / "readme").write_text("mine")
    assert stage.at(data) == 0, stage.said(data)
    assert (data / "store" / "damaged" / "notes" / "x.txt").read_text() == "mine"
