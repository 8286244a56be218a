"""`sql`, `status`: questions on the read copy. Never imports Prefect, never opens the loader's store."""

from __future__ import annotations

import csv
import json
import math
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from twinwire.cli.options import DATA, AsJson, DataDir


class Shape(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


def sql(
    query: Annotated[str, typer.Argument(help="One SQL query; - reads it from standard input")],
    data: DataDir = DATA,
    shape: Annotated[Shape, typer.Option("--format", help="How the answer is written")] = Shape.TABLE,
) -> None:
    """Ask the warehouse a question in SQL (read-only, locked down)."""
    from twinwire.warehouse import query as questions
    from twinwire.warehouse.paths import DataFolder

    text = sys.stdin.read() if query == "-" else query
    warehouse = DataFolder(data).warehouse
    if shape is Shape.PARQUET:
        sys.stdout.buffer.write(questions.parquet(warehouse, text))
        return
    _write(questions.ask(warehouse, text), shape)


def status(data: DataDir = DATA, as_json: AsJson = False) -> None:
    """How each source is doing, gaps, the last runs, and what waits in the spool."""
    from twinwire.cli.screen_of import table
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.query import ask

    folder = DataFolder(data)
    runs = ask(folder.warehouse, "SELECT started_at, ended_at, status, trigger, sources, note FROM ops.runs"
                                 " ORDER BY started_at DESC LIMIT 5")
    feeds = ask(folder.warehouse, "SELECT source_id, health, failures, class, http_status, checked_at, last_new_at, next_try_at, entries,"
                                  " kept, gaps, message FROM feed_health ORDER BY health = 'well', health, source_id")
    spool = sum(1 for p in folder.spool.glob("*") if p.is_dir()) if folder.spool.is_dir() else 0
    if as_json:
        typer.echo(json.dumps({"spool": spool, "runs": runs.dicts(), "sources": feeds.dicts()}, default=str, ensure_ascii=False))
        return
    table("Last runs (UTC)", list(runs.columns), [[_short(v) for v in r] for r in runs.rows])
    table("Sources", list(feeds.columns), [[_short(v) for v in r] for r in feeds.rows], frozenset({2, 8, 9, 10}))
    typer.echo(f"Batches waiting in the spool: {spool}" + ("; the next run loads them" if spool else ""))


def _short(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else value


def _write(answer: Any, shape: Shape) -> None:
    if shape is Shape.TABLE:
        from twinwire.cli.screen_of import table

        table("", list(answer.columns), [list(r) for r in answer.rows])
    elif shape is Shape.CSV:
        from twinwire.report.cells import safe_cell

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([safe_cell(v) for v in row] for row in answer.rows)
    elif shape is Shape.JSON:
        typer.echo(json.dumps(_json(answer.dicts()), default=_plain, ensure_ascii=False))
    else:
        for row in answer.dicts():
            typer.echo(json.dumps(_json(row), default=_plain, ensure_ascii=False))


def _json(value: Any) -> Any:
    """JSON has text as keys and knows no NaN."""
    if isinstance(value, dict):
        return {str(k): _json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_json(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
