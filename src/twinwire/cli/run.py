"""`run`, `serve`, `deploy`. Holds no stage: it chooses the road (tracked by Prefect or not) and shows the outcome."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import CONFIG, DATA, AsJson, ConfigDir, DataDir, config_folder
from twinwire.errors import ConfigError, NothingRead

if TYPE_CHECKING:
    from twinwire.pipeline import Ingest, Options
    from twinwire.summary import RunReport


def run(
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Only this source; may be repeated")] = None,
    schedule: Annotated[str | None, typer.Option("--schedule", metavar="NAME", help="Only this schedule: fast, hourly, daily")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many sources, those not read for longest first")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask even who asked to wait, and read even what is unchanged")] = False,
    no_articles: Annotated[bool, typer.Option("--no-articles", help="Fetch no article pages, judge by what the feeds say")] = False,
    tracked: Annotated[bool, typer.Option("--tracked", help="As a Prefect flow run, even without a server (+8 s)")] = False,
    or_sample: Annotated[bool, typer.Option("--or-sample", help="When no source can be reached, read the bundled sample edition")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 when any source failed")] = False,
    as_json: AsJson = False,
) -> None:
    """Read all enabled sources once, now, and load what is on topic."""
    from twinwire.pipeline import Options

    folder = config_folder(config)
    options = Options(sources=tuple(source or ()), schedule=schedule, limit=limit, force=force, articles=not no_articles)
    report = _ingest(folder, data, options, tracked=tracked, quiet=as_json)
    if or_sample and not report.read_any and not report.cancelled:
        _say(f"no source could be reached ({_commonest(report)}); reading the bundled sample edition into {data / 'sample'} instead")
        from twinwire.config import shipped

        data = data / "sample"
        report = _ingest(shipped("edition"), data, Options(force=True), tracked=tracked, quiet=as_json)
    _show(report, as_json, data)
    code = _exit_code(report, strict)
    _runner().close()
    if report.cancelled:
        _leave(code)  # fetches that were given up wait for nothing any more
    raise typer.Exit(code)


def serve(
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of Prefect's UI on 127.0.0.1, when no server answers yet")] = 4200,
) -> None:
    """Run the schedules in this process, with Prefect's UI, until stopped."""
    raise typer.Exit(_runner().serve((config_folder(config), data), data / "prefect", port))


def deploy(
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    pool: Annotated[str, typer.Option(help="Work pool of the Prefect API in PREFECT_API_URL")] = "default",
) -> None:
    """Create the schedules as deployments on a work pool."""
    raise typer.Exit(_runner().deploy((config_folder(config), data), data / "prefect", pool))


def _runner() -> Any:
    """The flow's runner. Found by name, because src/ never imports flows/."""
    from importlib.metadata import entry_points

    found = entry_points(group="twinwire.runners", name="prefect")
    return next(iter(found)).load()()


def _ingest(folder: Path, data: Path, options: Options, *, tracked: bool, quiet: bool) -> RunReport:
    """Tracked where an API answers or tracking was asked for; otherwise, or when Prefect never begins, untracked."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.pipeline import Ingest
    from twinwire.pipeline import run as run_untracked
    from twinwire.warehouse.paths import DataFolder

    checked = configs.load(folder)
    known = {"fast", "hourly", "daily", *(s.schedule for s in checked.sources)}
    if options.schedule not in {None, *known}:
        raise ConfigError("--schedule", f"no source has {options.schedule!r}; there are {', '.join(sorted(known))}")
    with _Watching(quiet) as watching:
        runner = _runner()
        if runner.available(tracked):
            report: RunReport | None = runner.run((folder, data), options, data / "prefect", watching.opened)
            if report is not None:
                if not report.tracked:
                    _say("the Prefect API did not answer to the end; the run itself is complete")
                return report
            _say("Prefect did not start; running without it")
        ingest = Ingest(checked, DataFolder(data), options, lambda: datetime.now(UTC))
        watching.opened(ingest)
        return run_untracked(ingest)


class _Watching:
    """Progress bar on a terminal; first Ctrl-C or SIGTERM ends the run in order, the second at once."""

    def __init__(self, quiet: bool) -> None:
        self._run: Ingest | None = None
        self._bar: Any = None
        self._show = not quiet and sys.stderr.isatty()
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Watching:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._bar is not None:
            self._bar.stop()

    def opened(self, run: Ingest) -> None:
        self._run = run
        run.on_progress = self._progress

    def _progress(self, _source: str) -> None:
        if not self._show or self._run is None:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                                 console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=self._run.report.total)
            self._bar.start()
        self._bar.advance(self._task)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        run = self._run
        if run is None or run.cancelled.is_set():
            _leave(128 + number)
        assert run is not None
        _say("stopping: what has arrived is loaded, the rest is left for the next run")
        run.cancelled.set()


def _leave(code: int) -> None:
    """End the process without waiting for threads that wait for the network. Everything is loaded or recoverable."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _exit_code(report: RunReport, strict: bool) -> int:
    if report.cancelled:
        return 130
    if any(f.kind.value == "internal" for f in report.failures):
        return 1
    return NothingRead.exit_code if not report.read_any or (strict and report.failures) else 0


def _show(report: RunReport, as_json: bool, data: Path) -> None:
    if as_json:
        for f in sorted(report.failures, key=lambda f: f.source):
            _say(f"{f.source}: {f.stage.value}: {f.kind.value}: {f.message}")
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        from twinwire.cli.screen_of import run_summary

        run_summary(report, data)
    if not report.read_any and not report.cancelled:
        _say("no source could be read; `twinwire sources check` says why for each")


def _commonest(report: RunReport) -> str:
    from collections import Counter

    return ", ".join(f"{k} ×{n}" for k, n in Counter(f.kind.value for f in report.failures).most_common(3))


def _say(message: str) -> None:
    print(f"twinwire: {message}", file=sys.stderr)  # noqa: T201


