"""The backfill as a Prefect flow, to be started by hand. Holds no stage: it names what is asked and shows the counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from twinwire import config as configs
from twinwire.backfill import Backfill, Options
from twinwire.summary import markdown
from twinwire.warehouse.paths import DataFolder


@flow(name="backfill", persist_result=False)
def backfill(
    paths: list[str],
    source: str = "",
    format: str = "",  # noqa: A002 - the config's word
    articles: bool = False,
    force: bool = False,
    config: str = "config",
    data: str = "data",
) -> dict[str, Any]:
    """Load the past: WARC files, folders of payloads, single files, sitemaps. A second time changes nothing.

    Args:
        paths: Files, folders and addresses, as the worker sees them.
        source: The source of all of it; empty means that it is named by what it is.
        format: How all of it is read; empty means as the bytes look.
        articles: Fetch article pages of what is kept, where the source says so.
        force: Read also what was read before.
        config: Folder with sources.yaml.
        data: Folder in which warehouse.duckdb lies.
    """
    options = Options(given=tuple(paths), source=source or None, format=format or None, articles=articles, force=force)
    report = Backfill(configs.load(Path(config)), DataFolder(Path(data)), options, lambda: datetime.now(UTC)).run()
    told = report.as_json()
    create_markdown_artifact(markdown(report.run), key="backfill-report", description="What this backfill did")
    get_run_logger().info("%s payloads, %s entries", told["payloads"], told["entries"]["seen"])
    return {k: told[k] for k in ("run_id", "sources", "payloads", "entries", "kept", "failed_by_class")}
