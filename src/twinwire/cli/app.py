"""All commands, by name. Holds no command itself."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

import twinwire
from twinwire.cli import ask, entries, evaluate, export, history, links, past, run, search, sources, stories

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Reads news wires, keeps stories on friendship cities and regional development, loads them into DuckDB.")

app.command("run")(run.run)
app.command("serve")(run.serve)
app.command("deploy")(run.deploy)
app.add_typer(sources.app, name="sources")
app.command("probe")(entries.probe)
app.command("parse")(entries.parse)
app.command("screen")(entries.screen)
app.command("normalise")(entries.normalise)
app.command("explain")(entries.explain)
app.command("evaluate")(evaluate.evaluate)
app.command("sql")(ask.sql)
app.command("search")(search.search)
app.command("history")(history.history)
app.command("shell")(export.shell)
app.command("export")(export.export)
app.command("publish")(export.publish)
app.add_typer(stories.app, name="stories")
app.add_typer(links.app, name="links")
app.command("status")(ask.status)
app.command("rescreen")(past.rescreen)
app.command("backfill")(past.backfill)
app.command("doctor")(past.doctor)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"twinwire {twinwire.__version__}")
        raise typer.Exit


def _told_once(record: logging.LogRecord) -> bool:
    """An error that ends a run reaches the user from us; Prefect's own traceback of it is for its UI."""
    return not (record.exc_info and record.name.startswith("prefect."))


@app.callback()
def _all(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version")] = False,  # noqa: ARG001
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="More messages on stderr")] = False,
) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="twinwire: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_told_once)
