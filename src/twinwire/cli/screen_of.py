"""What a person sees on the terminal. Computes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a table of an answer needs nothing of a run
    from twinwire.summary import RunReport

NEWEST = 8  # headlines shown after a run

QUESTIONS = (
    ("What is new on friendship cities?",
     "SELECT published_at, language, source_id, title FROM friendship_cities ORDER BY published_at DESC NULLS LAST LIMIT 10"),
    ("How much per day and topic?",
     "SELECT day, topic, sum(items) AS items, sum(stories) AS stories FROM daily_counts GROUP BY ALL ORDER BY day DESC, topic LIMIT 20"),
    ("Why was an item kept?",
     "SELECT title, term, field, quote, rule FROM items JOIN evidence USING (item_id) ORDER BY first_seen_at DESC, title LIMIT 10"),
)


def run_summary(report: RunReport, data: Path) -> None:
    """Totals, newest kept headlines, where the warehouse is, three questions to paste."""
    out = _console()
    out.print(_totals(report))
    if report.failures:
        out.print(_failures(report))
    _headlines(out, data)
    out.print(f"\nWarehouse: {report.warehouse}   ({report.duration:.1f} s{', tracked by Prefect' if report.tracked else ''})",
              highlight=False, soft_wrap=True)
    out.print("Ask it in SQL:", highlight=False)
    where = f" --data {data}" if data != Path("data") else ""
    for title, sql in QUESTIONS:
        out.print(f"  # {title}\n  {_program()} sql{where} \"{sql}\"", highlight=False, soft_wrap=True, markup=False)


def _program() -> str:
    """What to type to get here again: the plain name where the shell finds it, else the way this run was started."""
    if Path(sys.argv[0]).name == "__main__.py":
        return "python -m twinwire"
    found = shutil.which("twinwire")
    return "twinwire" if found and Path(found).resolve() == Path(sys.argv[0]).resolve() else os.path.relpath(sys.argv[0])


def table(title: str, columns: list[str], rows: list[list[Any]], right: frozenset[int] = frozenset()) -> None:
    """A table on stdout; plain when stdout is no terminal."""
    from rich.table import Table

    made = Table(title=title or None, title_justify="left")
    for i, name in enumerate(columns):
        made.add_column(name, justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(_cell(v) for v in row))
    _console().print(made)


def _cell(value: Any) -> Any:
    from rich.text import Text

    return Text("" if value is None else str(value))  # as text: brackets in a headline are no markup


def _console() -> Any:
    from rich.console import Console

    # Width of a file or pipe is nobody's business: lines are as long as they are.
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)


def _totals(report: RunReport) -> Any:
    from rich.table import Table

    from twinwire.ledger import Outcome

    told = report.as_json()
    made = Table(title=f"Run {str(report.run_id)[:8]}" + (" (stopped early)" if report.cancelled else ""), title_justify="left")
    for name in ("sources", "read", "unchanged", "waiting", "failed", "", "entries", *(o.value for o in Outcome)):
        made.add_column(name.replace("_", " "), justify="right")
    s, e = told["sources"], told["entries"]
    made.add_row(*(str(v) for v in (s["total"], s["read"], s["unchanged"], s["waiting"], s["failed"], "", e["seen"],
                                    *(e[o.value] for o in Outcome))))
    made.caption = "kept for " + ", ".join(f"{t}: {n}" for t, n in told["kept"].items())
    made.caption_justify = "left"
    return made


def _failures(report: RunReport) -> Any:
    from rich.table import Table

    made = Table(title="Sources that failed", title_justify="left")
    for name in ("source", "stage", "class", "what happened, what to do"):
        made.add_column(name, overflow="fold")
    shown = report.as_json()["failures"]
    for f in shown[:15]:
        made.add_row(*(_cell(f[k]) for k in ("source", "stage", "class", "message")))
    if len(shown) > 15:
        made.add_row(f"… and {len(shown) - 15} more", "", "", "twinwire status shows all")
    return made


def _headlines(out: Any, data: Path) -> None:
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.query import ask

    warehouse = DataFolder(data).warehouse
    if not warehouse.exists():
        return
    answer = ask(warehouse, "SELECT published_at, language, topics, title FROM items "
                            "ORDER BY 1 DESC NULLS LAST, item_id LIMIT ?", [NEWEST])
    if answer.rows:
        out.print("\nNewest kept headlines")
    for at, language, topics, title in answer.rows:
        day = f"{at:%Y-%m-%d}" if at else "undated   "
        out.print(f"  {day} {language or '??':3} {title}  [{', '.join(topics)}]", highlight=False, markup=False,
                  soft_wrap=True)
