"""The rescreening as a Prefect flow, to be started by hand. Holds no stage: it names what is asked and shows the counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from twinwire import config as configs
from twinwire.rescreen import Options, Rescreen, day
from twinwire.warehouse.paths import DataFolder


@flow(name="rescreen", persist_result=False)
def rescreen(
    topics: list[str] = [],  # noqa: B006 - Prefect reads the default for its form and copies it
    since: str = "",
    dry_run: bool = False,
    config: str = "config",
    data: str = "data",
) -> dict[str, Any]:
    """Judge everything ever seen by the topics of today, from the archive, and adopt what comes out.

    Args:
        topics: Adopt only what these topics gain, lose or weigh otherwise; none means all.
        since: Only entries that were fetched on or after this day (UTC), such as 2026-07-21; empty means all.
        dry_run: Show what would change and change nothing.
        config: Folder with sources.yaml and topics.yaml.
        data: Folder in which warehouse.duckdb lies.
    """
    options = Options(topics=tuple(topics), since=day(since) if since else None, dry_run=dry_run)
    report = Rescreen(configs.load(Path(config)), DataFolder(Path(data)), options, lambda: datetime.now(UTC)).run()
    found = report.differences
    table = [{"topic": topic, **counts} for topic, counts in found.topics.items()] or [{"topic": "nothing was judged by other topics"}]
    create_table_artifact(table, key="rescreen-report", description="Entries that each topic gained, lost or weighs otherwise")
    get_run_logger().info("%s entries judged anew, %s with another verdict", found.judged, found.verdicts)
    return {k: v for k, v in report.as_json().items() if k != "changes"}
