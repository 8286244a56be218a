"""The command line as people use it: what comes out on which stream, with which exit code, and never a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from feedserver import FeedServer, Reply, Request
from wires import EDITION, NOWHERE, at, config_folder, rows, rss

from twinwire import __version__, cli
from twinwire.config.sources import Source
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder

CONTRACT = ["run_id", "sources", "entries", "kept", "failures", "warehouse", "duration_s"]
KEPT = "Nanjing and St. Louis: How the First Sister Cities of China and the United States Met"
SOURCES = json.loads((EDITION / "expected.json").read_text(encoding="utf-8"))["totals"]["sources"]
NO_API = f"{NOWHERE}/api"  # a machine on which a Prefect server runs must not change what is tested here


@dataclass(frozen=True)
class Told:
    """What a command left behind."""

    code: int
    out: str
    err: str
    raw: bytes = b""

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Told]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own to work in, and no Prefect server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_API_URL", NO_API)


@pytest.fixture
def twinwire(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """The command in this process: the same entry point, the same streams."""

    def run(*args: object, stdin: bytes = b"") -> Told:
        monkeypatch.setattr(sys, "argv", ["twinwire", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsysbinary.readouterr()
        return Told(int(end.value.code or 0), out.decode("utf-8", "replace"), err.decode(), out)

    return run


def process(*args: object, **more: Any) -> Told:
    """The command in a process of its own."""
    done = subprocess.run([sys.executable, *map(str, args)], env=environment(), capture_output=True, timeout=60, check=False, **more)
    return Told(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.stdout)


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("TWINWIRE_", "PREFECT_"))} | {"PREFECT_API_URL": NO_API} | more


def imported(*args: object) -> set[str]:
    """Top-level modules that a command imports."""
    done = process("-X", "importtime", "-m", "twinwire", *args)
    assert done.code == 0, done.err[-500:]
    return {m[1] for m in re.finditer(r"^import time:[^|]*\|[^|]*\| +(\w+)", done.err, re.MULTILINE)}


def complaint(told: Told, code: int) -> str:
    """The one line that a stopped command says, checked to be one."""
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1), told
    assert told.err.startswith("twinwire: ")
    return told.err


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after one run over the sample edition. Nobody writes to it."""
    data = tmp_path_factory.mktemp("loaded") / "d"
    told = process("-m", "twinwire", "run", "--config", EDITION, "--data", data)
    assert told.code == 0, told.err
    return data


# -- starting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["sql", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    """Who asks what there is waits for no library that only some commands need."""
    found = imported(*args)
    assert "typer" in found
    assert not found & {"prefect", "duckdb", "requests", "pyarrow", "lxml", "feedparser", "twinwire_flows", "yaml"}


def test_questions_import_neither_prefect_nor_the_network(loaded: Path) -> None:
    """They are asked all day; the loader's libraries would triple their time."""
    for args in (["sql", "SELECT 1"], ["search", "sister"], ["status"]):
        found = imported(*args, "--data", loaded)
        assert "duckdb" in found
        assert not found & {"prefect", "twinwire_flows", "requests", "pyarrow", "lxml"}


@pytest.mark.parametrize(("args", "without"), [
    (["parse", EDITION / "feeds" / "volna.xml"], {"prefect", "duckdb", "requests", "pyarrow"}),
    (["explain", "--text", "Rural development"], {"prefect", "duckdb", "requests", "lxml"}),
    (["sources", "list", "--config", EDITION], {"prefect", "duckdb", "requests", "lxml"}),
    (["run", "--config", EDITION, "--source", "volna"], {"prefect"})])
def test_a_command_imports_what_it_needs(args: list[object], without: set[str]) -> None:
    """Single stages know neither store nor network, and a run without a server does without Prefect."""
    assert not imported(*args) & without


def test_every_command_explains_itself(twinwire: Command) -> None:
    """`--help` is the manual."""
    said = twinwire("--help").out
    for name in ("run", "serve", "deploy", "sources", "probe", "parse", "screen", "normalise", "explain", "sql", "search", "status"):
        assert f"\n  {name} " in said
        assert re.match(rf"Usage: .*twinwire {name} ", twinwire(name, "-h").out)


def test_the_version_is_told(twinwire: Command) -> None:
    """The one of the package."""
    assert twinwire("--version").out == f"twinwire {__version__}\n"


@pytest.mark.parametrize("args", [["nope"], ["run", "--limit", "0"], ["run", "--nope"], ["sql"], ["sql", "SELECT 1", "--format", "xml"],
                                  ["serve", "--port", "99999999"], ["search", "a", "--limit", "x"]])
def test_wrong_usage_is_exit_2(twinwire: Command, args: list[str]) -> None:
    """With the way to the manual, on stderr."""
    told = twinwire(*args)
    assert (told.code, told.out) == (2, "")
    assert "twinwire" in told.err.splitlines()[0]
    assert "Traceback" not in told.err


# -- run --------------------------------------------------------------------------------------------------------


def wires(server: FeedServer, folder: Path) -> Path:
    """Two feeds that can be read, three entries of which two are on topic, and one that is gone."""
    server.routes |= {"/a": Reply(rss("One.", "Two."), etag='"1"'), "/b": Reply(rss("Three.", titles="Football result {n}"))}
    return config_folder(folder, *(at(server, p, language="en") for p in ("/a", "/b", "/gone")))


def test_a_run_prints_one_json_document_and_its_messages_on_stderr(twinwire: Command, tmp_path: Path) -> None:
    """The keys are a contract; the failing source has its line and costs no exit code."""
    with FeedServer() as server:
        told = twinwire("run", "--config", wires(server, tmp_path / "c"), "--data", tmp_path / "d", "--json")
    assert told.code == 0
    assert told.out.count("\n") == 1
    report = json.loads(told.out)
    assert list(report)[: len(CONTRACT)] == CONTRACT
    assert report["sources"] == {"total": 3, "read": 2, "unchanged": 0, "failed": 1, "waiting": 0}
    assert report["entries"] == {"seen": 3, "kept_new": 2, "rejected": 1, "revised": 0, "unchanged": 0, "duplicate": 0, "quarantined": 0}
    assert report["kept"] == {"friendship_cities": 2, "regional_development": 0}
    failure, = report["failures"]
    assert {k: failure[k] for k in ("source", "stage", "class")} == {"source": "a-gone", "stage": "fetch", "class": "not-found"}
    assert told.err == f"twinwire: a-gone: fetch: not-found: {failure['message']}\n"
    assert rows(Path(report["warehouse"]), "SELECT count(*) FROM items") == [(2,)]


def test_a_run_shows_what_it_found_and_what_to_ask(twinwire: Command, tmp_path: Path) -> None:
    """Totals, the failure with its class, the newest headlines, the warehouse, three questions."""
    with FeedServer() as server:
        told = twinwire("run", "--config", wires(server, tmp_path / "c"), "--data", tmp_path / "d")
    assert (told.code, told.err) == (0, "")
    assert "kept for friendship_cities: 2, regional_development: 0" in told.out
    assert re.search(r"a-gone\W+fetch\W+not-found", told.out)
    assert "2026-11-23 en  Sister cities number 1 sign a twinning agreement  [friendship_cities]" in told.out
    assert f"Warehouse: {tmp_path / 'd' / 'warehouse.duckdb'}" in told.out
    assert len(re.findall(r' sql --data \S+ "SELECT ', told.out)) == 3


def test_the_questions_a_run_shows_can_be_asked(twinwire: Command, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there to be pasted."""
    from twinwire.cli.screen_of import QUESTIONS

    for _, question in QUESTIONS:
        told = twinwire("sql", question, "--data", loaded, "--format", "jsonl")
        assert (told.code, told.err) == (0, "")
        assert told.lines


def test_a_second_run_asks_whether_anything_is_new(twinwire: Command, tmp_path: Path) -> None:
    """And says so: nothing was read again, nothing changed."""
    with FeedServer() as server:
        config = wires(server, tmp_path / "c")
        twinwire("run", "--config", config, "--data", tmp_path / "d")
        told = twinwire("run", "--config", config, "--data", tmp_path / "d", "--json", "--source", "a-a")
    assert json.loads(told.out)["sources"] == {"total": 1, "read": 0, "unchanged": 1, "failed": 0, "waiting": 0}


def test_strict_makes_a_failing_source_exit_4(twinwire: Command, tmp_path: Path) -> None:
    """What could be read is loaded all the same."""
    with FeedServer() as server:
        told = twinwire("run", "--config", wires(server, tmp_path / "c"), "--data", tmp_path / "d", "--json", "--strict")
    assert told.code == 4
    assert json.loads(told.out)["entries"]["kept_new"] == 2


def test_no_source_read_is_exit_4_with_a_hint(twinwire: Command, tmp_path: Path) -> None:
    """The report is there even so."""
    with FeedServer() as server:
        config = config_folder(tmp_path / "c", at(server, "/gone"), at(server, "/html"))
        server.routes["/html"] = Reply(b"<html><title>Sorry</title></html>")
        told = twinwire("run", "--config", config, "--data", tmp_path / "d", "--json")
    assert told.code == 4
    assert [f["class"] for f in json.loads(told.out)["failures"]] == ["not-found", "not-a-feed"]
    assert told.err.splitlines()[-1] == "twinwire: no source could be read; `twinwire sources check` says why for each"


def test_without_a_source_in_reach_the_sample_edition_is_read_when_asked_for(twinwire: Command, tmp_path: Path) -> None:
    """Into a folder of its own; one line says that it was done and why."""
    config = config_folder(tmp_path / "c", Source(id="s", name="S", url=f"{NOWHERE}/", allow_private=True))
    told = twinwire("run", "--config", config, "--data", tmp_path / "d", "--or-sample", "--json")
    assert told.code == 0
    report = json.loads(told.out)
    assert report["sources"]["total"] == SOURCES
    assert report["warehouse"] == str(tmp_path / "d" / "sample" / "warehouse.duckdb")
    assert told.err.startswith(f"twinwire: no source could be reached (connect ×1); reading the bundled sample edition into {tmp_path}")


def test_the_sample_edition_is_left_alone_when_a_source_can_be_read(twinwire: Command, tmp_path: Path) -> None:
    """It is for newcomers without a network, no filler."""
    with FeedServer() as server:
        told = twinwire("run", "--config", wires(server, tmp_path / "c"), "--data", tmp_path / "d", "--or-sample", "--json")
    assert json.loads(told.out)["sources"]["total"] == 3
    assert not (tmp_path / "d" / "sample").exists()


def test_folders_can_be_named_in_the_environment(twinwire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For cron lines."""
    monkeypatch.setenv("TWINWIRE_CONFIG", str(EDITION))
    monkeypatch.setenv("TWINWIRE_DATA", str(tmp_path / "elsewhere"))
    assert twinwire("run", "--source", "volna").code == 0
    assert rows(tmp_path / "elsewhere" / "warehouse.duckdb", "SELECT DISTINCT source_id FROM items") == [("volna",)]


def test_a_signal_ends_a_run_in_order(tmp_path: Path) -> None:
    """The slow source is left for the next run, and report, ledger and exit code say so."""
    asked = threading.Event()

    def slow(_: Request) -> Reply:
        asked.set()
        return Reply(rss("x"), hang=5)

    with FeedServer({"/slow": slow}) as server:
        config = config_folder(tmp_path / "c", at(server, "/slow"))
        command = [sys.executable, "-m", "twinwire", "run", "--config", str(config), "--data", str(tmp_path / "d"), "--json"]
        with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            assert asked.wait(30)
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert json.loads(out)["cancelled"] is True
    assert err == "twinwire: stopping: what has arrived is loaded, the rest is left for the next run\n"
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT status FROM ops.runs") == [("cancelled",)]


def test_a_bug_is_exit_1_and_its_traceback_is_in_a_log(twinwire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other sources are read."""
    from twinwire import reading

    monkeypatch.setenv("TWINWIRE_RUN_PARSERS", "0")
    real = reading.parse

    def broken(body: bytes, **more: Any) -> Any:
        if b"Football" in body:
            raise ZeroDivisionError("boom")
        return real(body, **more)

    monkeypatch.setattr(reading, "parse", broken)
    with FeedServer() as server:
        told = twinwire("run", "--config", wires(server, tmp_path / "c"), "--data", tmp_path / "d", "--json")
    assert told.code == 1
    assert json.loads(told.out)["sources"]["read"] == 1
    log = tmp_path / "d" / "log" / "bugs.log"
    assert f"a-b: parse: internal: a bug in twinwire (ZeroDivisionError); please report it with {log}" in told.err
    assert "Traceback" not in told.err
    assert "ZeroDivisionError: boom" in log.read_text()


# -- what a user can do wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "said"), [
    ("sources:\n- id: a\n  name: A\n  langauge: en\n  url: https://a.example/\n",
     "sources.yaml:4: sources[0].langauge: unknown key; did you mean 'language'?"),
    ("sources:\n- {id: a, name: A, url: https://a.example/}\n- {id: a, name: B, url: https://b.example/}\n",
     "sources.yaml:3: sources[1].id: 'a' stands twice (first in line 2)"),
    ("sources:\n- id: a\n  name: A\n  url: ftp://a.example/\n", "sources.yaml:4: sources[0].url: must start with"),
    ("sources:\n\t- id: a\n", "sources.yaml:2: a tab stands where blanks are needed"),
    ("sources:\n- !!python/object:os.system {}\n", "sources.yaml:2: tags are not allowed here"),
    ("sources: []\n", "sources.yaml: no source is enabled"),
    ("feeds: []\n", "sources.yaml:1: sources: is missing")])
def test_a_wrong_catalogue_is_told_by_file_line_and_key(twinwire: Command, tmp_path: Path, text: str, said: str) -> None:
    """Exit 2 before anything is fetched or made."""
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "sources.yaml").write_text(text)
    assert said in complaint(twinwire("run", "--config", "c", "--data", "d", "--json"), 2)
    assert not (tmp_path / "d").exists() or text == "sources: []\n"


def test_several_complaints_are_one_line_each(twinwire: Command, tmp_path: Path) -> None:
    """All of them can be mended at once."""
    (tmp_path / "sources.yaml").write_text("sources:\n- {id: a, name: A, url: https://a.example/, wiree: x, langauge: en}\n")
    told = twinwire("run", "--config", ".")
    assert told.code == 2
    assert [re.search(r"did you mean '(\w+)'", line)[1] for line in told.err.splitlines()] == ["wire", "language"]  # type: ignore[index]
    assert all(line.startswith("twinwire: sources.yaml:2: ") for line in told.err.splitlines())


@pytest.mark.parametrize(("args", "said"), [
    (["run", "--config", "nowhere"], "nowhere: is not a folder; name one with sources.yaml in it"),
    (["run", "--config", "empty"], "empty/sources.yaml: cannot be read (No such file or directory)"),
    (["run", "--config", EDITION, "--source", "meridan"], f"meridan: is no source of {EDITION}; did you mean meridian?"),
    (["run", "--config", EDITION, "--schedule", "houly"], "--schedule: no source has 'houly'; there are daily, fast, hourly"),
    (["run", "--config", EDITION, "--data", "file"], "file: cannot be made (File exists); choose another folder with --data"),
    (["run", "--config", EDITION, "--data", "file/d"], "file/d: cannot be made (Not a directory)"),
    (["sources", "list", "--config", "nowhere"], "nowhere: is not a folder"),
    (["sources", "check", "meridan", "--config", EDITION], "did you mean meridian?"),
    (["deploy", "--config", EDITION], f"{NO_API}: no Prefect API answers; set PREFECT_API_URL or run `twinwire serve`"),
    (["parse", "nofile"], "nofile: cannot be read (No such file or directory)"),
    (["parse", "empty"], "empty: cannot be read (Is a directory)"),
    (["parse", "file", "--format", "fed"], "did you mean feed?"),
    (["parse", "file", "--format", "jsonfeed"], "file: not-a-feed: "),
    (["parse", EDITION / "feeds" / "maintenance.html"], "an HTML page titled 'We will be back soon', not a feed"),
    (["screen", "file"], "file:1: is not a JSON object; one object per line is needed"),
    (["screen", "nofile"], "nofile: cannot be read"),
    (["normalise", "file"], "file:1: is not a JSON object"),
    (["explain"], "explain: needs an item's id or address, or --text"),
    (["explain", "a", "--text", "b"], "explain: needs an item's id or address, or --text"),
    (["explain", "a"], "data/warehouse.duckdb: is not there yet; `twinwire run` makes it"),
    (["sql", "SELECT 1"], "data/warehouse.duckdb: is not there yet; `twinwire run` makes it"),
    (["search", "a", "--data", "nowhere"], "nowhere/warehouse.duckdb: is not there yet"),
    (["status", "--json"], "data/warehouse.duckdb: is not there yet"),
    (["probe", "https://a.example/", "--format", "atom"], "--format: 'atom' is none of auto, feed, jsonfeed"),
    (["probe", f"{NOWHERE}/", "--allow-private", "--out", "nowhere/x"], "nowhere/x: cannot be written (No such file or directory)")])
def test_what_a_user_gets_wrong_is_one_line_and_exit_2(twinwire: Command, tmp_path: Path, args: list[object], said: str) -> None:
    """It says what is wrong and, where there is one, the nearest right word."""
    (tmp_path / "file").write_text("words\n")
    (tmp_path / "empty").mkdir()
    assert said in complaint(twinwire(*args), 2)


@pytest.mark.parametrize(("name", "value", "said"), [
    ("TWINWIRE_FETCH_DEADLNE", "3s", "TWINWIRE_FETCH_DEADLNE: names no setting; did you mean TWINWIRE_FETCH_DEADLINE?"),
    ("TWINWIRE_FETCH_DEADLINE", "soon", "fetch.deadline: must be a number with a unit, such as 30s")])
def test_a_wrong_setting_in_the_environment_is_told(twinwire: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str,
                                                    said: str) -> None:
    """A misspelt variable would otherwise be ignored in silence."""
    monkeypatch.setenv(name, value)
    assert said in complaint(twinwire("run", "--config", EDITION), 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_without_permission_is_told(twinwire: Command, tmp_path: Path) -> None:
    """Before anything is fetched."""
    (tmp_path / "d").mkdir(mode=0o500)
    assert "d: cannot be written; mend its permissions" in complaint(twinwire("run", "--config", EDITION, "--data", "d"), 2)


def test_a_second_run_beside_the_first_is_exit_3(twinwire: Command, tmp_path: Path) -> None:
    """It names the process that is at work."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock):
        said = complaint(twinwire("run", "--config", EDITION, "--data", "d", "--json"), 3)
    assert f"(process {os.getpid()}) is at work here" in said


def test_a_damaged_store_is_exit_5_and_left_as_it_is(twinwire: Command, tmp_path: Path) -> None:
    """It is not this command's to mend; the file may still be worth something."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    data.store.write_bytes(b"not a database" * 1000)
    said = complaint(twinwire("run", "--config", EDITION, "--data", "d", "--json"), 5)
    assert "d/store/store.duckdb: cannot be opened" in said
    assert data.store.read_bytes() == b"not a database" * 1000


def test_a_lost_store_is_exit_5_and_names_the_copy(twinwire: Command, tmp_path: Path) -> None:
    """A run that began anew would call everything new."""
    data = DataFolder(tmp_path / "d")
    twinwire("run", "--config", EDITION, "--data", "d", "--source", "volna")
    data.store.unlink()
    said = complaint(twinwire("run", "--config", EDITION, "--data", "d"), 5)
    assert "is gone, but loads are on record" in said
    assert "d/warehouse.duckdb" in said


@pytest.mark.parametrize("args", [["sql", "SELECT 1"], ["search", "a"], ["status"], ["explain", "a"]])
def test_a_damaged_read_copy_is_exit_5(twinwire: Command, tmp_path: Path, args: list[str]) -> None:
    """One line, with the way to a new one."""
    (tmp_path / "warehouse.duckdb").write_bytes(b"junk" * 5000)
    assert "warehouse.duckdb: cannot be opened" in complaint(twinwire(*args, "--data", "."), 5)


# -- catalogue --------------------------------------------------------------------------------------------------


def test_the_catalogue_is_listed(twinwire: Command, tmp_path: Path) -> None:
    """Enabled sources, or all; as a table or as JSON."""
    config = config_folder(tmp_path / "c", Source(id="one", name="One", url="https://one.example/", language="pt"),
                           Source(id="two", name="Two", url="https://two.example/", enabled=False))
    told = twinwire("sources", "list", "--config", config, "--json")
    assert [(s["id"], s["language"], s["schedule"]) for s in json.loads(told.out)] == [("one", "pt", "hourly")]
    assert [s["id"] for s in json.loads(twinwire("sources", "list", "--config", config, "--json", "--all").out)] == ["one", "two"]
    table = twinwire("sources", "list", "--config", config).out
    assert "one.example" in table
    assert table.endswith("1 sources enabled (--all shows the others)\n")


def test_the_shipped_catalogue_is_used_where_there_is_no_folder_of_that_name(twinwire: Command) -> None:
    """A wheel in an empty folder can be tried at once."""
    assert len(json.loads(twinwire("sources", "list", "--json").out)) > 10


def test_a_check_asks_each_source_once_and_says_how_it_is(twinwire: Command, tmp_path: Path) -> None:
    """Exit 0 while one can be read; nothing is written."""
    with FeedServer() as server:
        config = wires(server, tmp_path / "c")
        told = twinwire("sources", "check", "--config", config, "--json")
        table = twinwire("sources", "check", "a-a", "a-gone", "--config", config)
        assert server.hits == {"/a": 2, "/b": 1, "/gone": 2}
    found = {c["source"]: c for c in json.loads(told.out)}
    assert {name: (c["class"], c["http"], c["entries"]) for name, c in found.items()} == {
        "a-a": (None, 200, 2), "a-b": (None, 200, 1), "a-gone": ("not-found", 404, 0)}
    assert found["a-a"]["newest"] == "2026-11-23T01:00+00:00"
    assert table.out.endswith("1 of 2 sources can be read\n")
    assert not (tmp_path / "data").exists()


def test_a_check_in_which_all_fail_is_exit_4(twinwire: Command, tmp_path: Path) -> None:
    """So that a script can tell."""
    with FeedServer() as server:
        told = twinwire("sources", "check", "a-gone", "--config", wires(server, tmp_path / "c"))
    assert told.code == 4
    assert "failing" in told.out


# -- single stages ----------------------------------------------------------------------------------------------


def test_a_probe_ends_with_json_and_writes_what_it_is_asked_for(twinwire: Command, tmp_path: Path) -> None:
    """Entries as JSON lines, as a page, as CSV; the second time the feed says that nothing is new, and all is still there."""
    with FeedServer({"/a": Reply(rss("<b>One</b>", "Two", titles="=1+{n}"), etag='"1"')}) as server:
        asked = ["probe", server.url("/a"), "--allow-private", "--state", "s", "--out", "o.jsonl", "--report", "o.html", "--csv", "o.csv"]
        first, second = twinwire(*asked), twinwire(*asked)
    assert first.code == second.code == 0
    told = json.loads(first.out.splitlines()[-1])
    assert {k: told[k] for k in ("outcome", "items", "stored")} == {"outcome": "ok", "items": 2, "stored": 2}
    told = json.loads(second.out.splitlines()[-1])
    assert {k: told[k] for k in ("outcome", "items", "stored")} == {"outcome": "not-modified", "items": 0, "stored": 2}
    entries = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [list(e) for e in entries] == [["id", "link", "title", "published", "content_html"]] * 2
    assert {e["published"] for e in entries} == {"2026-11-23T00:00:00+00:00", "2026-11-23T01:00:00+00:00"}
    assert "=1+1" in (tmp_path / "o.html").read_text()
    assert [r[2] for r in csv.reader((tmp_path / "o.csv").open())][1:] == ["'=1+0", "'=1+1"]


def test_a_probe_without_state_remembers_nothing(twinwire: Command, tmp_path: Path) -> None:
    """It asks without conditions and leaves no file."""
    with FeedServer({"/a": Reply(rss("x"), etag='"1"')}) as server:
        told = [json.loads(twinwire("probe", server.url("/a"), "--allow-private").out) for _ in range(2)]
        assert not [r for r in server.requests if "if-none-match" in r.headers]
    assert [t["outcome"] for t in told] == ["ok", "ok"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("args", "kind"), [(["nonsense"], "bad-url"), (["http://[::1"], "bad-url"), ([f"{NOWHERE}/"], "refused-address"),
                                            ([f"{NOWHERE}/", "--allow-private"], "connect")])
def test_a_probe_that_fails_names_the_class_and_is_exit_4(twinwire: Command, args: list[str], kind: str) -> None:
    """An address on this machine is refused unless it is meant."""
    told = twinwire("probe", *args)
    assert (told.code, told.err) == (4, "")
    assert {k: json.loads(told.out)[k] for k in ("outcome", "class")} == {"outcome": "error", "class": kind}


@pytest.mark.parametrize("given", ["path", "-"])
def test_a_payload_becomes_json_lines(twinwire: Command, tmp_path: Path, given: str) -> None:
    """From a file or from standard input, with relative links made whole by --url."""
    body = rss("One", "Two").replace(b"https://news.example", b"")
    (tmp_path / "path").write_bytes(body)
    told = twinwire("parse", given, "--url", "https://wire.example/feed", stdin=body)
    assert (told.code, told.err) == (0, "")
    assert [(e["id"], e["published"], e["summary"]) for e in told.lines] == [
        ("g0", "2026-11-23T00:00:00+00:00", "One"), ("g1", "2026-11-23T01:00:00+00:00", "Two")]
    assert {"title", "link", "updated", "content", "authors", "categories", "language"} <= set(told.lines[0])
    assert told.lines[0]["link"] == "https://wire.example/0"


def test_damage_and_lost_entries_are_told_on_stderr(twinwire: Command, tmp_path: Path) -> None:
    """Standard output holds entries and nothing else."""
    whole = rss("One", "Two")
    (tmp_path / "cut").write_bytes(whole[: whole.rindex(b"<pubDate>")])
    told = twinwire("parse", "cut")
    assert told.code == 0
    assert [e["id"] for e in told.lines] == ["g0"]
    assert "twinwire: cut: document ends early" in told.err.splitlines()


def test_the_stages_can_be_joined_by_pipes(twinwire: Command) -> None:
    """`parse` feeds `screen` and `normalise`, in any script."""
    entries = twinwire("parse", EDITION / "feeds" / "harbour.xml").raw
    judged, items = twinwire("screen", "-", stdin=entries), twinwire("normalise", "-", stdin=entries)
    assert len(judged.lines) == len(items.lines) == len(entries.splitlines())
    kept = [i["title"] for i, d in zip(items.lines, judged.lines, strict=True) if d["decision"] == "kept"]
    assert KEPT in kept
    assert next(i for i in items.lines if i["title"] == KEPT)["published"]["at"] == "2026-11-02T15:30:00+00:00"


def test_a_decision_comes_with_its_evidence(twinwire: Command, tmp_path: Path) -> None:
    """Offsets point into the title that was given."""
    title = "Two sister cities sign"
    told, = twinwire("screen", "-", stdin=json.dumps({"id": "x", "title": title, "language": "en"}).encode()).lines
    assert (told["id"], told["decision"], told["kept_for"]) == ("x", "kept", ["friendship_cities"])
    evidence, = told["topics"][0]["evidence"]
    assert title[evidence["start"]:evidence["stop"]] == "sister cities"


@pytest.mark.parametrize("row", [{"title": 5, "language": 5, "url": 7, "authors": 3}, {"title": "Sister \ud800 cities", "language": "\ud800"}, {}])
@pytest.mark.parametrize("command", ["screen", "normalise"])
def test_values_of_wrong_types_count_as_absent(twinwire: Command, command: str, row: dict[str, Any]) -> None:
    """Rows come from anybody's script."""
    told = twinwire(command, "-", stdin=json.dumps({"id": "\ud800", **row}).encode() + b"\n")
    assert (told.code, told.err, len(told.lines)) == (0, "", 1)


def test_explain_tells_of_any_text(twinwire: Command) -> None:
    """The evidence is marked, and what would have changed a no is said."""
    told = twinwire("explain", "--text", "Two sister cities sign\nThe mayors met.", "--language", "en")
    assert told.code == 0
    assert "Friendship cities: kept (0.95)" in told.out
    assert "[[sister cities]]" in told.out
    assert "a strong term in the opening would help" in told.out
    found = json.loads(twinwire("explain", "--text", "Two sister cities sign", "--json").out)
    assert [(e["topic"], e["decision"]) for e in found] == [("friendship_cities", "kept"), ("regional_development", "rejected")]


def test_explain_tells_of_an_item_by_id_and_by_address(twinwire: Command, loaded: Path) -> None:
    """After a run, from the warehouse."""
    (item, url), = rows(loaded / "warehouse.duckdb", f"SELECT item_id, url FROM items WHERE source_id = 'harbour' AND title = '{KEPT}'")
    by_id, by_url = (twinwire("explain", what, "--data", loaded) for what in (item, url))
    assert by_id.code == 0
    assert by_id.out == by_url.out
    assert by_id.out.startswith(KEPT)
    assert "[[Sister Cities]]" in by_id.out


def test_explain_tells_what_became_of_an_entry_that_was_not_kept(twinwire: Command, loaded: Path) -> None:
    """Its text is not in the warehouse, the reason is."""
    (url, reason), = rows(loaded / "warehouse.duckdb", "SELECT url, reason FROM seen WHERE decision = 'rejected' AND url IS NOT NULL LIMIT 1")
    assert f"was rejected: {reason}" in complaint(twinwire("explain", url, "--data", loaded), 2)
    assert "nothing: is no item of this warehouse" in complaint(twinwire("explain", "nothing", "--data", loaded), 2)


# -- questions --------------------------------------------------------------------------------------------------

QUESTION = "SELECT item_id, title, published_at, topics FROM items WHERE source_id = 'harbour' ORDER BY published_at, title"


def test_an_answer_in_every_format_has_the_same_rows(twinwire: Command, loaded: Path) -> None:
    """For people, spreadsheets, scripts and data frames."""
    answers = {f: twinwire("sql", QUESTION, "--data", loaded, "--format", f) for f in ("table", "csv", "json", "jsonl", "parquet")}
    assert {(a.code, a.err) for a in answers.values()} == {(0, "")}
    found = json.loads(answers["json"].out)
    assert len(found) == len(rows(loaded / "warehouse.duckdb", QUESTION)) > 3
    assert found == answers["jsonl"].lines
    assert found[-1]["published_at"].startswith("2026-")
    assert [(r["item_id"], r["title"]) for r in csv.DictReader(answers["csv"].out.splitlines())] == [(r["item_id"], r["title"]) for r in found]
    arrow = pq.read_table(io.BytesIO(answers["parquet"].raw))
    assert arrow.column_names == list(found[0])
    assert arrow["title"].to_pylist() == [r["title"] for r in found]
    assert all(r["item_id"][:20] in answers["table"].out for r in found)


def test_a_question_may_come_from_standard_input(twinwire: Command, loaded: Path) -> None:
    """For questions longer than a line."""
    assert twinwire("sql", "-", "--data", loaded, "--format", "csv", stdin="SELECT 'ü' AS u\n-- done".encode()).out == "u\nü\n"


def test_json_is_json_whatever_the_answer_holds(twinwire: Command, loaded: Path) -> None:
    """No NaN, keys are text, dates are ISO 8601."""
    query = ("SELECT 'nan'::DOUBLE AS a, [1.5, 'inf'::DOUBLE] AS b, MAP {DATE '2026-11-24': 1} AS c, 1.50::DECIMAL(4, 2) AS d,"
             " TIMESTAMP '2026-11-24 12:00' AS e, NULL AS f")
    told = twinwire("sql", query, "--data", loaded, "--format", "jsonl")
    row = json.loads(told.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert row == {"a": None, "b": [1.5, None], "c": {"2026-11-24": 1}, "d": "1.50", "e": "2026-11-24T12:00:00", "f": None}


def test_csv_holds_no_formulas(twinwire: Command, loaded: Path) -> None:
    """A headline must not run in a spreadsheet."""
    assert twinwire("sql", "SELECT '=1+1' AS a, -2 AS b", "--data", loaded, "--format", "csv").out == "a,b\n'=1+1,-2\n"


def test_brackets_in_a_headline_are_no_markup(twinwire: Command, loaded: Path) -> None:
    """The table shows what is there."""
    assert "[bold]x[/bold]" in twinwire("sql", "SELECT '[bold]x[/bold]' AS a", "--data", loaded).out


@pytest.mark.parametrize(("query", "said"), [
    ("DELETE FROM items", "read-only"), ("CREATE TABLE x (a INT)", "read-only"), ("DROP TABLE items", "read-only"),
    ("UPDATE items SET title = ''", "read-only"), ("ATTACH 'x.duckdb'", "disabled"), ("COPY items TO 'x.csv'", "disabled"),
    ("SELECT * FROM read_text('/etc/passwd')", "disabled"), ("SELECT * FROM '/etc/passwd'", "passwd"), ("LOAD httpfs", "disabled"),
    ("INSTALL httpfs", "disabled"), ("SET enable_external_access = true", "locked"), ("SET lock_configuration = false", "locked"),
    ("SELECT * FROM nothere", "nothere does not exist"), ("SELEC 1", "syntax error"), ("SELECT nope FROM items", '"nope" not found'),
    ("SELECT '\udcff'", "surrogate")])
@pytest.mark.parametrize("shape", ["csv", "parquet"])
def test_a_question_can_do_nothing_but_read(twinwire: Command, loaded: Path, query: str, said: str, shape: str) -> None:
    """No writes, no files, no settings; what is wrong is one line, exit 2, and leaves no file."""
    line = complaint(twinwire("sql", query, "--data", loaded, "--format", shape), 2)
    assert line.startswith("twinwire: sql: ")
    assert said in line
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("query", ["", ";", "-- nothing"])
@pytest.mark.parametrize("shape", ["csv", "parquet"])
def test_an_empty_question_is_told(twinwire: Command, loaded: Path, query: str, shape: str) -> None:
    """One line, exit 2."""
    complaint(twinwire("sql", "-", "--data", loaded, "--format", shape, stdin=query.encode()), 2)


def test_search_finds_words_whatever_their_case_and_accents(twinwire: Command, loaded: Path) -> None:
    """All words must occur; the newest first where that is asked for; at most as many as asked for."""
    found = json.loads(twinwire("search", "SANTOS", "cidades-irmas", "--data", loaded, "--json").out)
    assert [r["source_id"] for r in found] == ["costeira"]
    found = json.loads(twinwire("search", "sister", "--newest", "--data", loaded, "--json").out)
    assert len(found) > 2
    assert [r["published"] for r in found] == sorted((r["published"] for r in found), reverse=True)
    assert json.loads(twinwire("search", "sister", "--newest", "--limit", "1", "--data", loaded, "--json").out) == found[:1]
    assert json.loads(twinwire("search", "nowhere-to-be-found", "--data", loaded, "--json").out) == []
    assert "*Santos* e" in twinwire("search", "santos", "--data", loaded).out


def test_status_tells_of_runs_sources_and_spool(twinwire: Command, loaded: Path) -> None:
    """Sources that fail stand on top."""
    told = json.loads(twinwire("status", "--data", loaded, "--json").out)
    assert list(told) == ["spool", "runs", "sources"]
    assert told["spool"] == 0
    assert [(r["status"], r["trigger"], r["sources"], r["note"]) for r in told["runs"]] == [("done", "cli", SOURCES, "2 sources failed")]
    assert [(s["source_id"], s["class"]) for s in told["sources"][:2]] == [("empty", "empty"), ("maintenance", "not-a-feed")]
    assert {s["health"] for s in told["sources"][2:]} == {"well"}
    shown = twinwire("status", "--data", loaded).out
    assert "2 sources failed" in shown
    assert shown.endswith("Batches waiting in the spool: 0\n")


# -- streams ----------------------------------------------------------------------------------------------------


def test_a_reader_that_has_had_enough_is_no_error(loaded: Path) -> None:
    """`| head` in a script gets its lines and no traceback."""
    command = [sys.executable, "-m", "twinwire", "sql", "SELECT * FROM range(200000)", "--data", str(loaded), "--format", "csv"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        assert asked.stdout.readline() == b"range\n"
        asked.stdout.close()
        assert asked.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("shape", ["table", "json"])
def test_a_full_disk_is_one_line(loaded: Path, shape: str) -> None:
    """An answer that cannot be written is no bug."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "twinwire", "sql", "SELECT 1", "--data", str(loaded), "--format", shape],
                              env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"twinwire: output: no space left on the device\n")


def test_letters_that_a_terminal_cannot_show_are_no_error(loaded: Path) -> None:
    """A Latin-1 terminal shows a Chinese headline as escapes."""
    done = subprocess.run([sys.executable, "-m", "twinwire", "search", "重庆与广岛", "--data", str(loaded), "--json"],
                          env=environment(PYTHONIOENCODING="latin-1"), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)[0]["title"].startswith("重庆与广岛")
