"""`sources list|check`: the catalogue and its health. Writes no config."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from twinwire.cli.options import CONFIG, AsJson, ConfigDir, config_folder
from twinwire.errors import NothingRead

app = typer.Typer(no_args_is_help=True, help="The catalogue of sources", rich_markup_mode=None)


@app.command("list")
def list_(
    config: ConfigDir = CONFIG,
    everything: Annotated[bool, typer.Option("--all", help="Disabled sources too")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the sources of the catalogue."""
    from twinwire import config as configs

    found = [s for s in configs.load(config_folder(config)).sources if everything or s.enabled]
    if as_json:
        typer.echo(json.dumps([s.model_dump(mode="json") for s in found], ensure_ascii=False))
        return
    from twinwire.cli.screen_of import table

    table("", ["id", "name", "wire", "language", "country", "schedule", "store", "enabled", "url"],
          [[s.id, s.name, s.wire, s.language, s.country, s.schedule, s.store, "yes" if s.enabled else "no", s.url] for s in found])
    typer.echo(f"{len(found)} sources" + ("" if everything else " enabled (--all shows the others)"))


@app.command("check")
def check(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these; none means all enabled")] = None,
    config: ConfigDir = CONFIG,
    as_json: AsJson = False,
) -> None:
    """Ask every source once, without touching the warehouse, and say how each is doing."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.probing import check_all

    loaded = configs.load(config_folder(config))
    wanted = [loaded.source(i) for i in ids] if ids else [s for s in loaded.sources if s.enabled]
    checks = check_all(wanted, loaded.settings, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(checks, ensure_ascii=False, default=str))
    else:
        _show(checks)
    if checks and all(c["class"] for c in checks):
        raise typer.Exit(NothingRead.exit_code)


def _show(checks: list[dict[str, Any]]) -> None:
    from twinwire.cli.screen_of import table

    columns = ["source", "health", "http", "entries", "newest", "format", "KB", "seconds", "note"]
    table("", columns, [[c[k] for k in columns] for c in checks], frozenset({2, 3, 6, 7}))
    bad = sum(bool(c["class"]) for c in checks)
    typer.echo(f"{len(checks) - bad} of {len(checks)} sources can be read")
