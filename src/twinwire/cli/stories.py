"""`stories backtest`: what other thresholds would make of the stories. Reads the read copy, changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import DATA, AsJson, DataDir
from twinwire.errors import ConfigError

if TYPE_CHECKING:
    from twinwire.relate.backtest import Backtest, Pair

app = typer.Typer(no_args_is_help=True, help="Families of the same text", rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keeps `stories` a group while it has one command."""


@app.command("backtest")
def backtest(
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A changed threshold, e.g. like.other=0.5;"
                                                      " may be repeated; without any the present ones are shown")] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="Items published in the last so many days, counted from the newest")] = 90,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many pairs of each kind; --json has all")] = 20,
    data: DataDir = DATA,
    as_json: AsJson = False,
) -> None:
    """Show which stories a changed threshold would merge or split, over what is stored. Changes nothing."""
    from twinwire.relate import rules
    from twinwire.relate.backtest import backtest as replay
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.stories import stored

    try:
        after = rules.changed(rules.DEFAULT, changes or ())
    except ValueError as e:
        raise ConfigError("--set", str(e)) from None
    told = replay(stored(DataFolder(data).warehouse, days), rules.DEFAULT, after)
    if as_json:
        typer.echo(json.dumps(_json(told, rules.names(after)), ensure_ascii=False))
        return
    now, then = rules.names(), rules.names(after)
    typer.echo("  ".join(f"{k}={v:g}" + (f" (now {now[k]:g})" if v != now[k] else "") for k, v in then.items()))
    typer.echo(f"{told.items} items: {told.stories_before} stories now, {told.stories_after} then;"
               f" {told.drifted} items were assigned when less was known and would be in another story today")
    _show("Would be merged", told.merged, limit)
    _show("Would be split", told.split, limit)


def _show(title: str, pairs: tuple[Pair, ...], limit: int) -> None:
    from twinwire.cli.screen_of import table

    if pairs:
        shown = sorted(pairs, key=lambda p: -p.same.similarity)[:limit]
        table(f"{title}: {len(pairs)}", ["J", "rule", "first", "second"],
              [[f"{p.same.similarity:.2f}", p.same.rule, f"{p.a.day} {p.a.source}: {p.a.title}", f"{p.b.day} {p.b.source}: {p.b.title}"]
               for p in shown], frozenset({0}))
    else:
        typer.echo(f"{title}: none")


def _json(told: Backtest, rules: dict[str, float]) -> dict[str, Any]:
    return {"rules": rules, "items": told.items, "stories_before": told.stories_before, "stories_after": told.stories_after,
            "drifted": told.drifted, "merged": [_pair(p) for p in told.merged], "split": [_pair(p) for p in told.split]}


def _pair(p: Pair) -> dict[str, Any]:
    sides = {side: {"item_id": str(s.item_id), "day": s.day.isoformat(), "source": s.source, "title": s.title}
             for side, s in (("a", p.a), ("b", p.b))}
    return {"similarity": round(p.same.similarity, 4), "rule": p.same.rule, **sides}
