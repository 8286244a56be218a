"""`history`: the versions of an item and the other sightings of its story. Reads the read copy, changes nothing."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Annotated, Any

import typer

from twinwire.cli.options import DATA, AsJson, DataDir
from twinwire.errors import ConfigError

FIELDS = ("title", "summary", "body")


def history(
    what: Annotated[str, typer.Argument(metavar="ID|URL", help="A kept item")],
    data: DataDir = DATA,
    as_json: AsJson = False,
) -> None:
    """Show what changed in an item and when, who else carried the story, and what corrects or withdraws it."""
    from twinwire.warehouse.history import versions
    from twinwire.warehouse.paths import DataFolder

    told = versions(DataFolder(data).warehouse, what)
    if told is None:
        raise ConfigError(what, "is no item of this warehouse; `twinwire search` finds ids")
    if as_json:
        typer.echo(json.dumps(_changes(told), default=str, ensure_ascii=False))
        return
    typer.echo(f"{told['item']['title']}\n{told['item']['source_id']}  {told['item']['url'] or ''}")
    for r in _changes(told)["revisions"]:
        typer.echo(f"\nversion {r['revision']}, known from {_at(r['valid_from'])} to {_at(r['valid_to']) if r['valid_to'] else 'now'} UTC")
        for field, line in r["changes"].items():
            typer.echo(f"  {field}: {line}")
    _show_story(told)


def _show_story(told: dict[str, Any]) -> None:
    story = told["story"]
    if story is None or story["size"] < 2:
        return
    typer.echo(f"\nStory of {story['size']} items in {story['sources']} sources, {story['status']}")
    for s in told["sightings"]:
        mark = "*" if s["item_id"] == story["canonical_item_id"] else " "
        note = f"  [{s['notice']}]" if s["notice"] else ""
        at = _at(s["published_at"] or s["first_seen_at"])
        typer.echo(f" {mark} {at}  {s['source_id']}  {s['title']}{note}" + (f"  ({s['rule']})" if s["rule"] else ""))


def _changes(told: dict[str, Any]) -> dict[str, Any]:
    from twinwire.report.diff import pieces, shown

    versions = told["revisions"]
    changes = [{}, *({f: shown(pieces(old[f], new[f])) for f in FIELDS if old[f] != new[f]} for old, new in pairwise(versions))]
    return told | {"revisions": [r | {"changes": c} for r, c in zip(versions, changes, strict=False)]}


def _at(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}"
