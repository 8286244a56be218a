"""The flows on Prefect's own backend: what is tracked, what passes through it, and what happens when it is away.

One backend for the whole module. Commands in a process of their own talk to it over its address.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from feedserver import FeedServer, Reply, Request
from wires import EDITION, NOWHERE, at, config_folder, content, rows, rss

from twinwire import config as configs
from twinwire import pipeline
from twinwire.config.sources import Source
from twinwire.errors import Busy, ConfigError
from twinwire.pipeline import Ingest, Options
from twinwire.summary import RunReport
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder

pytestmark = [pytest.mark.prefect]
GROUP = "6"  # sources per group: the sample edition then has several


def bare_environment() -> dict[str, str]:
    """The machine's environment without settings of twinwire and Prefect."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("TWINWIRE_", "PREFECT_"))}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the backend that lives as long as this module's tests."""
    from twinwire_flows.environment import prepare

    with mock.patch.dict(os.environ, bare_environment(), clear=True):
        prepare(tmp_path_factory.mktemp("prefect"), api_url=None)
        from prefect.settings import get_current_settings
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=90):
            yield str(get_current_settings().api.url)


@pytest.fixture(autouse=True)
def _as_it_was(api: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The runner writes to the environment and leaves a watcher behind; neither may reach the next test."""
    from twinwire_flows import ingest

    monkeypatch.setattr(ingest, "watchers", [])
    with mock.patch.dict(os.environ):
        yield


@dataclass(frozen=True)
class Tracked:
    """A flow run over the sample edition and what Prefect knows of it."""

    data: Path
    result: dict[str, Any]
    flow_run: Any
    tasks: list[Any]
    artifacts: dict[str, Any]


@pytest.fixture(scope="module")
def tracked(api: str, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """The flow over the sample edition in several groups. Nobody writes to its folder."""
    from prefect.client.orchestration import get_client
    from prefect.context import TaskRunContext
    from twinwire_flows.ingest import ingest

    data = tmp_path_factory.mktemp("tracked") / "d"
    tasks: list[Any] = []
    real = Ingest.ingest

    def noting(self: Ingest, group: Any) -> dict[str, int]:
        context = TaskRunContext.get()
        assert context is not None
        tasks.append(context.task_run)
        return real(self, group)

    with mock.patch.dict(os.environ, TWINWIRE_RUN_GROUP_SIZE=GROUP), mock.patch.object(Ingest, "ingest", noting):
        state = ingest(config=str(EDITION), data=str(data), return_state=True)
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(state.state_details.flow_run_id)
        artifacts = {a.key: a for a in client.read_artifacts() if a.flow_run_id == flow_run.id}
    return Tracked(data, state.result(), flow_run, tasks, artifacts)


# -- the flow ---------------------------------------------------------------------------------------------------


def test_the_flow_leaves_the_rows_of_an_untracked_run(tracked: Tracked, tmp_path: Path) -> None:
    """Prefect shows; it changes nothing."""
    run = Ingest(configs.load(EDITION), DataFolder(tmp_path / "d"), Options(), lambda: datetime.now(UTC))
    report = pipeline.run(run).as_json()
    assert content(tracked.data / "warehouse.duckdb") == content(tmp_path / "d" / "warehouse.duckdb")
    assert {k: tracked.result[k] for k in report["sources"]} == report["sources"]
    assert rows(tracked.data / "warehouse.duckdb", "SELECT run_id::VARCHAR, status, trigger FROM ops.runs") == [
        (tracked.result["run_id"], "done", "flow")]


def test_there_is_one_task_per_group(tracked: Tracked) -> None:
    """Not one per item, which would cost several calls to the API each."""
    groups = -(-tracked.result["total"] // int(GROUP))
    assert sorted(t.name for t in tracked.tasks) == [f"group-{n}" for n in range(groups)]
    assert groups > 1
    assert all("twinwire" in t.tags for t in tracked.tasks)


def test_the_run_is_named_by_what_it_reads_and_when(tracked: Tracked) -> None:
    """In Prefect's list, a run can be told from the next."""
    assert tracked.flow_run.state_name == "Completed"
    assert re.fullmatch(r"ingest all \d{4}-\d\d-\d\d \d\d:\d\d", tracked.flow_run.name)


def test_the_report_is_there_as_artifacts(tracked: Tracked) -> None:
    """The totals as text, the failures as a table."""
    report, failures = tracked.artifacts["ingest-report"], tracked.artifacts["ingest-failures"]
    assert (report.type, failures.type) == ("markdown", "table")
    assert tracked.result["run_id"] in report.data
    assert f"| {tracked.result['total']} | {tracked.result['read']} | 0 | 0 | 2 |" in report.data
    assert [(f["source"], f["class"]) for f in json.loads(failures.data)] == [("empty", "empty"), ("maintenance", "not-a-feed")]


def test_only_names_pass_through_prefect(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its database knows the run and neither the credentials nor a headline."""
    from prefect.settings import get_current_settings
    from twinwire_flows.ingest import ingest

    monkeypatch.setenv("A_WIRE_TOKEN", "a-token-that-nobody-may-see")
    with FeedServer({"/a": Reply(rss("One.", titles="Sister cities sign a headline-that-stays-here"))}) as server:
        config = config_folder(tmp_path / "c", at(server, "/a", auth="env:A_WIRE_TOKEN"))
        result = ingest(config=str(config), data=str(tmp_path / "d"))
        assert server.requests[0].headers["authorization"] == "Bearer a-token-that-nobody-may-see"
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT count(*) FROM items") == [(1,)]
    url = get_current_settings().server.database.connection_url
    assert url is not None
    database = Path(url.get_secret_value().partition("///")[2])
    held = b"".join(p.read_bytes() for p in database.parent.glob(f"{database.name}*"))
    assert result["run_id"].encode() in held
    assert b"that-nobody-may-see" not in held
    assert b"headline-that-stays-here" not in held


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": "many"}, {"sources": 5}, {"force": "perhaps"}, {"nope": 1}])
def test_wrong_parameters_are_refused_before_anything_runs(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Whoever starts a run by hand in the UI is told which field is wrong."""
    from prefect.exceptions import ParameterBindError, ParameterTypeError
    from twinwire_flows.ingest import ingest

    with pytest.raises((ParameterTypeError, ParameterBindError), match=next(iter(wrong))):
        ingest(config=str(EDITION), data=str(tmp_path / "d"), **wrong)
    assert not (tmp_path / "d").exists()


def test_every_field_of_the_form_is_explained(api: str) -> None:
    """The docstring is what people see in the UI."""
    from twinwire_flows.ingest import ingest

    fields = ingest.parameters.properties
    assert {"sources", "schedule", "limit", "force", "config", "data"} <= set(fields)
    assert all(len(f["description"]) > 10 for f in fields.values())


def test_a_task_that_is_retried_after_its_load_changes_no_row(tracked: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is loaded is known: the second time everything is unchanged."""
    from twinwire_flows import ingest as flows

    real, calls = Ingest.ingest, []

    def stumbling(self: Ingest, group: Any) -> dict[str, int]:
        told = real(self, group)
        calls.append(told)
        if len(calls) == 1:
            raise ConnectionResetError("after the load")
        return told

    monkeypatch.setattr(Ingest, "ingest", stumbling)
    monkeypatch.setattr(flows.ingest_group, "retry_delay_seconds", [0, 0])
    flows.ingest(config=str(EDITION), data=str(tmp_path / "d"))
    assert len(calls) == 2
    assert content(tmp_path / "d" / "warehouse.duckdb") == content(tracked.data / "warehouse.duckdb")


def test_a_slot_that_a_later_run_has_covered_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause the scheduler starts every missed slot; the first one does the work of all."""
    from twinwire_flows import ingest as flows

    now = datetime.now(UTC)
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config = config_folder(tmp_path / "c", at(server, "/a"))
        first = Options(trigger="flow:hourly", slot=now - timedelta(hours=2))
        assert pipeline.run(Ingest(configs.load(config), DataFolder(tmp_path / "d"), first, lambda: now)).total == 1
        monkeypatch.setattr(flows, "_slot", lambda: now - timedelta(hours=1))
        assert flows.ingest(config=str(config), data=str(tmp_path / "d"), schedule="hourly")["total"] == 0
        assert server.hits == {"/a": 1}


@pytest.mark.parametrize("scheduled", [True, False])
def test_only_a_schedule_has_a_slot(scheduled: bool) -> None:
    """A run by hand is never taken for one that was missed."""
    from prefect.client.schemas.objects import FlowRun
    from prefect.context import FlowRunContext
    from twinwire_flows.ingest import _slot

    wanted = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
    flow_run = FlowRun(flow_id=UUID(int=1), auto_scheduled=scheduled, expected_start_time=wanted)
    with FlowRunContext.model_construct(flow_run=flow_run):
        assert _slot() == (wanted if scheduled else None)


# -- deployments ------------------------------------------------------------------------------------------------


def catalogue(folder: Path) -> Path:
    """Sources of every schedule, a cron line among them, and one that is disabled."""
    schedules = {"f": "fast", "h": "hourly", "d": "daily", "c": "5 6 * * 1-5"}
    found = [Source(id=f"wire-{k}", name=k, url=f"https://{k}.example/", schedule=s) for k, s in schedules.items()]
    return config_folder(folder, *found, Source(id="off", name="Off", url="https://off.example/", enabled=False, schedule="1 2 3 4 5"))


def test_every_schedule_has_a_deployment_and_the_hand_has_one(tmp_path: Path) -> None:
    """Crons, tags and parameters; never two runs of one at a time."""
    from twinwire_flows.deployments import CRON, deployments

    every = deployments((catalogue(tmp_path / "c"), tmp_path / "d"))
    made = {d.name: d for d in every if d.flow_name == "ingest"}
    assert {(d.flow_name, d.name) for d in every if d.flow_name != "ingest"} == {("rescreen", "by-hand"), ("backfill", "by-hand")}
    crons = {name: [s.schedule.cron for s in d.schedules] for name, d in made.items()}
    assert crons == {n: [c] for n, c in CRON.items()} | {"cron-5-6-x-x-1-5": ["5 6 * * 1-5"], "by-hand": []}
    folders = {"config": str(tmp_path / "c"), "data": str(tmp_path / "d")}
    for name, d in made.items():
        assert d.tags == ["twinwire", name]
        assert (d.concurrency_limit, d.concurrency_options.collision_strategy.value) == (1, "CANCEL_NEW")
        schedule = {"by-hand": "all", "cron-5-6-x-x-1-5": "5 6 * * 1-5"}.get(name, name)
        assert d.parameters == folders | {"schedule": schedule}
        assert d.entrypoint == "twinwire_flows.ingest.ingest"


def test_the_form_offers_the_sources_that_there_are(tmp_path: Path) -> None:
    """Ids and schedules can be chosen instead of typed."""
    from twinwire_flows.deployments import deployments

    made = deployments((catalogue(tmp_path / "c"), tmp_path / "d"))[0]
    fields = made._parameter_openapi_schema.properties
    assert fields["sources"]["items"]["enum"] == ["wire-f", "wire-h", "wire-d", "wire-c"]
    assert set(fields["schedule"]["enum"]) == {"all", "fast", "hourly", "daily", "5 6 * * 1-5"}


def test_deployments_are_put_on_a_work_pool(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice is as good as once; a pool that is not there is one clear line."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from twinwire_flows.deployments import deploy_to

    monkeypatch.setenv("PREFECT_API_URL", api)
    folders = catalogue(tmp_path / "c"), tmp_path / "d"
    with pytest.raises(ConfigError, match=r"elsewhere: .*not found.*`prefect work-pool create"):
        deploy_to(folders, tmp_path / "p", "elsewhere")
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name="here", type="process"))
        for _ in range(2):
            assert deploy_to(folders, tmp_path / "p", "here") == 0
        found = client.read_deployments()
    assert {d.name for d in found} == {"fast", "hourly", "daily", "cron-5-6-x-x-1-5", "by-hand"}
    assert {(d.work_pool_name, d.global_concurrency_limit.limit) for d in found} == {("here", 1)}


# -- the runner -------------------------------------------------------------------------------------------------


def run(folders: tuple[Path, Path], options: Options = Options(), opened: list[Ingest] | None = None) -> RunReport | None:
    """The flow as the command line starts it, in this process."""
    from twinwire_flows.runner import PrefectRunner

    return PrefectRunner().run(folders, options, folders[1] / "prefect", ([] if opened is None else opened).append)


def test_without_an_api_there_is_nothing_to_be_tracked_by(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the embedded server is asked for."""
    from twinwire_flows.runner import PrefectRunner

    monkeypatch.setenv("PREFECT_API_URL", f"{NOWHERE}/api")
    assert not PrefectRunner().available(tracked=False)
    assert PrefectRunner().available(tracked=True)
    monkeypatch.setenv("PREFECT_API_URL", api)
    assert PrefectRunner().available(tracked=False)


@pytest.mark.parametrize("reply", [Reply(b"false"), Reply(b"true", 500), Reply(b"<html>a router's login page</html>"), Reply(b"")])
def test_what_is_no_prefect_api_is_none(reply: Reply) -> None:
    """Any server may sit on that port."""
    from twinwire_flows.environment import answers

    with FeedServer({"/api/health": reply}) as server:
        assert not answers(server.url("/api"))
    assert not answers("nonsense")


def test_the_runner_gives_the_report_of_the_flow(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options reach the flow, the run can be watched, and the report says that it was tracked."""
    from prefect.client.orchestration import get_client

    monkeypatch.setenv("PREFECT_API_URL", api)
    opened: list[Ingest] = []
    report = run((EDITION, tmp_path / "d"), Options(sources=("volna", "wisla"), limit=1, force=True), opened)
    assert report is not None
    assert (report.tracked, report.total, report.statuses["read"]) == (True, 1, 1)
    assert [r.run_id for r in opened] == [report.run_id]
    assert opened[0].options.force
    with get_client(sync_client=True) as client:
        assert any(r.name.startswith("ingest volna, wisla ") for r in client.read_flow_runs())


def test_what_stops_a_run_reaches_the_caller_as_it_is(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit codes and advice are the same with and without Prefect."""
    monkeypatch.setenv("PREFECT_API_URL", api)
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock), pytest.raises(Busy, match="is at work here"):
        run((EDITION, data.root))
    with pytest.raises(ConfigError, match="did you mean volna"):
        run((EDITION, data.root), Options(sources=("volnaa",)))


# -- the command, with a backend that is there, away, or dying --------------------------------------------------

CRASH = "import twinwire.pipeline as p\ndef finish(self): raise ZeroDivisionError('boom')\np.Ingest.finish = finish\n"
MAIN = "from twinwire.cli import main\nmain()"


def command(folders: tuple[Path, Path], api_url: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """`twinwire run --json` in a process of its own."""
    args = ["run", "--config", str(folders[0]), "--data", str(folders[1]), "--json"]
    return subprocess.run([sys.executable, "-c", before + MAIN, *args], env=bare_environment() | {"PREFECT_API_URL": api_url} | environment,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


def test_a_run_is_tracked_where_an_api_answers(api: str, tmp_path: Path) -> None:
    """Without being asked for; only the report is on stdout."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        done = command((config_folder(tmp_path / "c", at(server, "/a")), tmp_path / "d"), api)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["tracked"] is True


def test_an_api_that_cannot_begin_a_run_costs_the_tracking_only(tmp_path: Path) -> None:
    """It says that it is well and then answers nothing else: the same run goes on without it."""
    with FeedServer({"/a": Reply(rss("One.")), "/api/health": Reply(b"true", headers={"Content-Type": "application/json"})}) as server:
        done = command((config_folder(tmp_path / "c", at(server, "/a")), tmp_path / "d"), server.url("/api"))
    assert (done.returncode, done.stderr) == (0, "twinwire: Prefect did not start; running without it\n")
    report = json.loads(done.stdout)
    assert (report["tracked"], report["sources"]["read"], report["kept"]["friendship_cities"]) == (False, 1, 1)
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT status, trigger FROM ops.runs") == [("done", "cli")]


class Wire:
    """A line to a port that can be cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open: list[socket.socket] = [socket.create_server(("127.0.0.1", 0))]
        self.port = self._open[0].getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._open[0].accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """From now on nobody answers there."""
        for s in list(self._open):
            with suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()


def test_an_api_that_dies_in_mid_run_costs_the_tracking_only(api: str, tmp_path: Path) -> None:
    """All is loaded and published, the exit code is 0, and a line says what is missing."""
    wire = Wire(int(re.findall(r":(\d+)", api)[0]))

    def feed(_: Request) -> Reply:
        wire.cut()
        return Reply(rss("One."))

    with FeedServer({"/a": feed}) as server:
        done = command((config_folder(tmp_path / "c", at(server, "/a")), tmp_path / "d"), f"http://127.0.0.1:{wire.port}/api",
                       PREFECT_CLIENT_MAX_RETRIES="0")
        assert server.hits == {"/a": 1}
    assert done.returncode == 0
    assert "twinwire: the Prefect API did not answer to the end; the run itself is complete\n" in done.stderr
    assert not re.search("Traceback|EventsWorker", done.stderr)
    report = json.loads(done.stdout)
    assert (report["tracked"], report["published"], report["kept"]["friendship_cities"]) == (False, True, 1)
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT status, trigger FROM ops.runs") == [("done", "flow")]


def test_a_crash_in_the_flow_is_told_once_and_not_tried_again(api: str, tmp_path: Path) -> None:
    """Exit 1, one traceback, one run in the ledger that says failed."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        done = command((config_folder(tmp_path / "c", at(server, "/a")), tmp_path / "d"), api, CRASH)
        assert server.hits == {"/a": 1}
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.endswith("ZeroDivisionError: boom\n")
    assert rows(DataFolder(tmp_path / "d").store, "SELECT status, note FROM ops.runs") == [("failed", "ZeroDivisionError: boom")]


def test_a_user_error_in_the_flow_is_one_line(api: str, tmp_path: Path) -> None:
    """Prefect's own traceback of it stays in its log."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock):
        done = command((EDITION, data.root), api)
    assert (done.returncode, done.stdout) == (3, "")
    assert re.fullmatch(rf"twinwire: .*\(process {os.getpid()}\) is at work here.*\n", done.stderr)


# -- the past -------------------------------------------------------------------------------------------------------


def test_the_past_can_be_replayed_by_hand(tracked: Tracked, tmp_path: Path) -> None:
    """A backfill of an archive, then a rescreening of what it brought: counts come back, and a table in Prefect's UI."""
    from prefect.client.orchestration import get_client
    from twinwire_flows.backfill import backfill
    from twinwire_flows.rescreen import rescreen

    told = backfill(paths=[str(tracked.data / "archive")], config=str(EDITION), data=str(tmp_path / "d"))
    assert content(tmp_path / "d" / "warehouse.duckdb") == content(tracked.data / "warehouse.duckdb")
    assert told["payloads"]["read"] + told["payloads"]["failed"] == 20
    own = config_folder(tmp_path / "c", *configs.load(EDITION).sources)
    (own / "topics.yaml").write_text("topics:\n  - id: friendship_cities\n    name: F\n    terms:\n      en: {source: made for this test, strong: [harbour]}\n")
    found = rescreen(config=str(own), data=str(tmp_path / "d"), dry_run=True)
    assert (found["adopted"], found["topics"]["friendship_cities"]["before"] > 0) == (False, True)
    assert "changes" not in found, "no headline passes through Prefect"
    with get_client(sync_client=True) as client:
        assert {"backfill-report", "rescreen-report"} <= {a.key for a in client.read_artifacts()}
    assert all(len(f["description"]) > 10 for flow in (backfill, rescreen) for f in flow.parameters.properties.values())
