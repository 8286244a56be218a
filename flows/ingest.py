"""The ingest as a Prefect flow: one task per group of sources, a report as artifacts. Holds no stage of its own.

Only names pass through Prefect (source ids, a run id, folder names): no payload, no item, no secret. Prefect shows
and retries; whether a batch is in is decided by our ledger, so a task that runs twice changes no row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import get_run_context
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import Field

from twinwire import config as configs
from twinwire.pipeline import GROUPS_AT_ONCE, Ingest, Options
from twinwire.summary import RunReport, markdown
from twinwire.warehouse.paths import DataFolder

# Runs of this process. A task finds its run by id, so that nothing heavier than an id is a parameter.
_open: dict[str, Ingest] = {}

def _run_name() -> str:
    p = flow_run.parameters
    what = ", ".join(p.get("sources") or []) or p.get("schedule") or "all"
    return f"ingest {what[:60]} {datetime.now(UTC):%Y-%m-%d %H:%M}"


@task(name="group", task_run_name="group-{number}", retries=2, retry_delay_seconds=[2, 20], cache_policy=NO_CACHE,
      persist_result=False, tags=["twinwire"])
def ingest_group(run_id: str, number: int) -> dict[str, int]:
    """Take one group of sources from bytes to rows; returns counts only."""
    run = _open[run_id]
    return run.ingest(run.groups()[number])


@flow(name="ingest", flow_run_name=_run_name, persist_result=False,
      task_runner=ThreadPoolTaskRunner(max_workers=GROUPS_AT_ONCE))  # type: ignore[arg-type]
def ingest(
    sources: list[str] = [],  # noqa: B006 - Prefect reads the default for its form and copies it
    schedule: str = "all",
    limit: Annotated[int, Field(ge=1)] | None = None,
    force: bool = False,
    articles: bool = True,
    config: str = "config",
    data: str = "data",
) -> dict[str, Any]:
    """Read the wires, keep what is on topic, load it into the warehouse.

    Args:
        sources: Read only these; none means all enabled sources of the schedule.
        schedule: Read the sources of this schedule; all means every schedule.
        limit: At most so many sources, those not read for longest first.
        force: Ask even who asked to wait, and read even what is unchanged.
        articles: Read the pages of entries where a source asks for that.
        config: Folder with sources.yaml.
        data: Folder in which warehouse.duckdb lies.
    """
    options = Options(sources=tuple(sources), schedule=None if schedule == "all" else schedule, limit=limit, force=force,
                      articles=articles, trigger="flow" if schedule == "all" else f"flow:{schedule}", slot=_slot())
    run = Ingest(configs.load(Path(config)), DataFolder(Path(data)), options, lambda: datetime.now(UTC))
    with run:
        _open[str(run.run_id)] = run
        try:
            _opened(run)
            groups = [ingest_group.submit(str(run.run_id), n) for n in range(len(run.groups()))]
            for group in groups:
                group.result()
            report = run.finish()
        finally:
            del _open[str(run.run_id)]
    _reported(report)
    _artifacts(report)
    get_run_logger().info("%s entries, %s kept", report.seen, sum(report.kept.values()))
    told: dict[str, Any] = report.as_json()["sources"]
    return told | {"run_id": str(report.run_id)}


def _slot() -> datetime | None:
    """When a schedule (not a person) wanted this run; None otherwise."""
    context = get_run_context()
    run = getattr(context, "flow_run", None)
    return run.expected_start_time if run is not None and run.auto_scheduled else None


def _artifacts(report: RunReport) -> None:
    """The report in Prefect's UI: as text, and the failures as a table."""
    create_markdown_artifact(markdown(report), key="ingest-report", description="What this run did")
    rows = report.as_json()["failures"] or [{"source": "", "stage": "", "class": "", "message": "no source failed"}]
    create_table_artifact(rows, key="ingest-failures", description="Sources that failed in this run")


def _opened(_run: Ingest) -> None:
    """Called when the run holds its lock; the command line watches here."""
    for watch in watchers:
        watch.opened(_run)


def _reported(report: RunReport) -> None:
    """Called when all is loaded and published; from here on Prefect can only be late, not harmful."""
    for watch in watchers:
        watch.reported(report)


class Watcher(Protocol):
    """Whoever started the flow in this process and wants to see it work."""

    def opened(self, run: Ingest) -> None:
        """The lock is held, sources are known, nothing is fetched yet."""

    def reported(self, report: RunReport) -> None:
        """Everything is loaded and published."""


watchers: list[Watcher] = []
