"""`rescreen`, `backfill`, `doctor`: what replays the past, and what looks after the data. Decides nothing."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import CONFIG, DATA, AsJson, ConfigDir, DataDir, config_folder
from twinwire.errors import ConfigError, NothingRead

if TYPE_CHECKING:
    from pathlib import Path

    from twinwire.backfill import Report as Filled
    from twinwire.rescreen import Report
    from twinwire.warehouse.paths import DataFolder

SHOWN = 10  # headlines of a topic and kind on the terminal


def rescreen(
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only what was fetched on or after this day (UTC)")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", metavar="ID", help="Adopt only what this topic gains, loses or "
                                                                                    "weighs otherwise; may be repeated")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing")] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes; 0 is one per core")] = 0,
    as_json: AsJson = False,
) -> None:
    """Judge everything ever seen by the topics of today, from the archive, and adopt what comes out."""
    from twinwire import config as configs
    from twinwire.rescreen import Options, Rescreen, day
    from twinwire.warehouse.paths import DataFolder

    options = Options(since=day(since) if since else None, topics=tuple(topic or ()), dry_run=dry_run, workers=workers)
    asked = Rescreen(configs.load(config_folder(config)), DataFolder(data), options, lambda: datetime.now(UTC))
    if not as_json:
        asked.on_compared = _compared
    with _bar("judging", quiet=as_json) as told:
        asked.on_progress = told
        report = asked.run()
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    kept = sum(report.misses.values())
    if kept:
        why = ", ".join(f"{n} {m.value}" for m, n in report.misses.most_common())
        _say(f"{kept} entries keep the verdict they have, their bytes could not be read again ({why})")
    typer.echo("Adopted." if report.adopted else "Nothing was changed." + (" Without --dry-run it is adopted." if dry_run else ""))


def backfill(
    given: Annotated[list[str], typer.Argument(metavar="PATH|URL…", help="WARC files, folders, files; addresses of feeds and sitemaps")],
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    source: Annotated[str | None, typer.Option("--source", metavar="ID", help="The source of all of it; else named by what it is")] = None,
    form: Annotated[str | None, typer.Option("--format", metavar="F", help="How all of it is read; else as the bytes look")] = None,
    articles: Annotated[bool, typer.Option("--articles", help="Fetch article pages of what is kept, where the source says so")] = False,
    force: Annotated[bool, typer.Option("--force", help="Read also what was read before")] = False,
    runner: Annotated[str, typer.Option("--runner", help="Where it is read: local")] = "local",
    as_json: AsJson = False,
) -> None:
    """Load the past: WARC files, folders of payloads, single files, sitemaps. A second time changes nothing."""
    from twinwire import config as configs
    from twinwire.backfill import Backfill, Options
    from twinwire.warehouse.paths import DataFolder

    if runner != "local":
        raise ConfigError("--runner", f"{runner!r} is not known; there is local, which uses every core of this machine")
    options = Options(given=tuple(given), source=source, format=form, articles=articles, force=force)
    asked = Backfill(configs.load(config_folder(config)), DataFolder(data), options, lambda: datetime.now(UTC))
    with _bar("reading", quiet=as_json) as told, _stopping(asked.cancelled):
        asked.on_progress = told
        report = asked.run()
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _backfilled(report)
    raise typer.Exit(130 if asked.cancelled.is_set() else NothingRead.exit_code if report.failed and not report.read + report.known else 0)


def doctor(
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    deep: Annotated[bool, typer.Option("--deep", help="Read every record of the archive, not a sample")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Load what waits in the spool, publish the read copy anew")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the whole store anew from the archive; the old one is kept")] = False,
    as_json: AsJson = False,
) -> None:
    """Is all well? Environment, config, store, archive, spool and read copy, each in one line."""
    from twinwire.cli.run import _runner as runner
    from twinwire.doctor import Options, examine, verdict
    from twinwire.warehouse.paths import DataFolder

    folder, where = config_folder(config), DataFolder(data)
    told = _rebuilt(folder, where, quiet=as_json) if rebuild else None
    findings = []
    for f in examine(folder, where, Options(deep=deep, repair=repair), lambda: bool(runner().available(False))):
        findings.append(f)
        if not as_json:
            typer.echo(f"{f.level.value:<5} {f.area:<12} {f.check:<12} {f.message}")
    if as_json:
        rows = [{"area": f.area, "check": f.check, "level": f.level.value, "message": f.message} for f in findings]
        typer.echo(json.dumps({"ok": not verdict(findings), "findings": rows} | ({"rebuild": told} if told else {}), ensure_ascii=False))
    raise typer.Exit(verdict(findings))


def _rebuilt(folder: Path, data: DataFolder, *, quiet: bool) -> dict[str, Any]:
    from twinwire import config as configs
    from twinwire.rebuild import Rebuild

    asked = Rebuild(configs.load(folder), data, lambda: datetime.now(UTC))
    with _bar("rebuilding", quiet=quiet) as progress:
        asked.on_progress = progress
        told = asked.run().as_json()
    if not quiet:
        rows = ", ".join(f"{n:,} {table}" for table, n in told["after"].items())
        _say(f"{told['payloads']:,} payloads read again: {rows}; {told['carried_over']:,} entries of sources "
             f"whose archive has holes were taken over as they were; "
             f"the old store is in {told['old_store']}")
        for message in told["unreadable"][:SHOWN]:
            _say(f"not readable: {message}")
    return told


def _backfilled(report: Filled) -> None:
    from twinwire.cli.screen_of import table

    told = report.as_json()
    entries, payloads = told["entries"], told["payloads"]
    table("Backfill" + (" (stopped early)" if told["cancelled"] else ""), [*payloads, "", *(n.replace("_", " ") for n in entries)],
          [[*payloads.values(), "", *entries.values()]], frozenset(range(5 + len(entries))))
    typer.echo("kept for " + ", ".join(f"{t}: {n}" for t, n in told["kept"].items()))
    for kind, n in report.failed.most_common():
        first = next((f for f in report.failures if f.kind.value == kind), None)
        _say(f"{n} × {kind}" + (f"; the first: {first.source}: {first.message}" if first else ""))
    typer.echo(f"Warehouse: {told['warehouse']}   ({told['duration_s']:.1f} s)")


@contextmanager
def _stopping(cancelled: Event) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the work in order, the second at once."""
    def stop(number: int, _frame: object) -> None:
        if cancelled.is_set():
            os._exit(128 + number)
        _say("stopping: what has been read is loaded; the same command goes on from there")
        cancelled.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _compared(report: Report) -> None:
    """What would change, before it does."""
    from twinwire.cli.screen_of import table

    d = report.differences
    if not d.judged:
        typer.echo(f"Everything that can be read again was judged by these topics ({report.rule_version}).")
        return
    columns = ["topic", "kept before", "gained", "lost", "changed", "kept after"]
    table(f"{d.judged:,} entries judged by topics {report.rule_version}, {d.verdicts:,} with another verdict", columns,
          [[t, *c.values()] for t, c in d.topics.items()], frozenset(range(1, 6)))
    for (topic, change), rows in _grouped(d.rows):
        if change != "changed":
            shown = [[r["published_at"], r["source_id"], r["title"], f"{r['old_score']:.2f} → {r['score']:.2f}", r["reason"]]
                     for r in rows[:SHOWN]]
            total = d.topics[topic][change]
            table(f"{topic}: {change}" + (f", the newest {SHOWN} of {total}" if total > SHOWN else ""),
                  ["published", "source", "title", "score", "why"], shown)


def _grouped(rows: Any) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    from itertools import groupby

    for key, found in groupby(rows, lambda r: (r["topic"], r["change"])):
        yield key, list(found)


@contextmanager
def _bar(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; elsewhere nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    with Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _say(message: str) -> None:
    print(f"twinwire: {message}", file=sys.stderr)  # noqa: T201
