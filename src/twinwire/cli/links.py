"""`links sync`, `links import`: known pairs of twinned places. Holds no logic of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import CONFIG, DATA, AsJson, ConfigDir, DataDir, config_folder
from twinwire.errors import NothingRead

if TYPE_CHECKING:
    from twinwire.linkfile import FileReport
    from twinwire.linksync import SyncReport
    from twinwire.warehouse.knownlinks import Entered

_SHOWN = 10  # lines that were not matched; the rest are in the rejects file

app = typer.Typer(no_args_is_help=True, help="Known pairs of twinned places", rich_markup_mode=None)


@app.command("sync")
def sync(
    endpoint: Annotated[str | None, typer.Option("--endpoint", metavar="URL", help="SPARQL endpoint; else that of the settings")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Stop after N pairs; the next call goes on")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="The endpoint may lie on a private address")] = False,
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    as_json: AsJson = False,
) -> None:
    """Read the pairs that Wikidata lists (CC0), on from where the last call ended."""
    import time
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.fetch.sparql import Endpoint
    from twinwire.linksync import Means
    from twinwire.linksync import sync as read
    from twinwire.warehouse.gazetteer import open_gazetteer
    from twinwire.warehouse.paths import DataFolder

    loaded = configs.load(config_folder(config))
    means = Means(atlas=open_gazetteer(), clock=lambda: datetime.now(UTC), pause=time.sleep, progress=_progress)
    told = read(loaded, DataFolder(data), Endpoint(endpoint or loaded.settings.links.endpoint, allow_private), limit, means)
    if as_json:
        typer.echo(json.dumps(_sync_json(told), ensure_ascii=False))
    else:
        _show_sync(told)
    if told.stopped:
        f = told.stopped
        _say(f"{f.source}: {f.kind.value}: {f.message}" + ("; the next call goes on from here" if told.done > 0 else ""))
        if not told.statements:
            raise typer.Exit(NothingRead.exit_code)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="place_a, country_a, place_b, country_b[, start, end, source]")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Match the pairs, and write nothing")] = False,
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    as_json: AsJson = False,
) -> None:
    """Read pairs from a CSV file of your own."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.linkfile import import_file
    from twinwire.warehouse.gazetteer import open_gazetteer
    from twinwire.warehouse.paths import DataFolder

    now = None if dry_run else datetime.now(UTC)
    told = import_file(file, configs.load(config_folder(config)), DataFolder(data), open_gazetteer(), now)
    if told.ignored:
        _say(f"{file}: columns that are not read: {', '.join(told.ignored)}")
    for line, reason in told.unmatched[:_SHOWN]:
        _say(f"{file}: {line}: {reason}")
    if len(told.unmatched) > _SHOWN:
        _say(f"{file}: … and {len(told.unmatched) - _SHOWN} more")
    typer.echo(json.dumps(_file_json(told), ensure_ascii=False) if as_json else _import_line(told, dry_run))


def _show_sync(told: SyncReport) -> None:
    typer.echo(f"{told.statements} pairs read in {told.questions} questions: {told.matched} matched, {told.unmatched} not"
               + (f", {told.unusable} name no place" if told.unusable else "")
               + f"; {told.done:.0%} of the list is read.{_total(told.entered)}")
    if told.rejects:
        typer.echo(f"Pairs that could not be matched: {told.rejects}")


def _import_line(told: FileReport, dry_run: bool) -> str:
    repeated = f", {told.repeated} repeated" if told.repeated else ""
    head = f"{told.rows} rows: {told.matched} pairs matched, {len(told.unmatched)} not{repeated}"
    if dry_run:
        return f"{head}; nothing was written"
    kept = f" Rows that could not be matched: {told.rejects}" if told.rejects else ""
    return f"{head}.{_total(told.entered)}{kept}"


def _total(entered: Entered) -> str:
    return "" if entered.total is None else f" {entered.new} new, {entered.total} listed pairs in all."


def _sync_json(told: SyncReport) -> dict[str, Any]:
    f = told.stopped
    failure = {"source": f.source, "class": f.kind.value, "message": f.message, "retry_after": f.retry_after} if f else None
    return asdict(told) | {"stopped": failure}


def _file_json(told: FileReport) -> dict[str, Any]:
    return asdict(told) | {"unmatched": [{"line": line, "reason": reason} for line, reason in told.unmatched]}


def _progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{share:4.0%} of the list is read", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)  # noqa: T201


def _say(message: str) -> None:
    print(f"twinwire: {message}", file=sys.stderr)  # noqa: T201
