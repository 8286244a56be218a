"""All benchmarks as one table: medians of several rounds, each row beside its peers.

    python -m benchmarks [ROW…] [--rounds N] [--feeds N] [--big] [--list]      (from the project's folder)

ROW is the name of a row (ingest/reader), of a group (ingest) or a pattern (*/twinwire); without one all are measured, but for those
that need --big. The rows take turns in every round, so that a machine that slows down slows all of them, and each measurement runs in a
process of its own. "wall ×" and "CPU ×" say how many times what ours takes a peer takes: above 1 ours is cheaper.
What each row is and is not: docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path

import rows_ingest
import rows_parse
import rows_stages
import rows_start
import rows_store
from _rows import Absent, Failed, Figures, Row, Session, Sizes

ROWS: list[Row] = [*rows_parse.ROWS, *rows_ingest.ROWS, *rows_stages.ROWS, *rows_store.ROWS, *rows_start.ROWS]


def chosen(names: Collection[str], big: bool) -> list[Row]:
    """Rows by name, group or pattern, in the order of the table. Raises SystemExit (2) for a name that is none."""
    def is_meant(row: Row, name: str) -> bool:
        return row.name == name or row.name.split("/")[0] == name or fnmatch(row.name, name)

    for name in names:
        if not any(is_meant(r, name) for r in ROWS):
            groups = ", ".join(dict.fromkeys(r.name.split("/")[0] for r in ROWS))
            raise SystemExit(f"no row {name!r}; --list prints them, the groups are: {groups}")
    return [r for r in ROWS if any(is_meant(r, n) and (big or not r.big or r.name == n) for n in names or ["*"])]


def measure(rows: list[Row], rounds: int, sizes: Sizes) -> tuple[dict[str, list[Figures]], dict[str, str]]:
    """Figures of each row, one a round; and why there are none of the others."""
    found: dict[str, list[Figures]] = {}
    missing: dict[str, str] = {}
    wanted = {r.name for r in rows}
    measures: dict[Callable[..., dict[str, Figures]], list[str]] = {}
    for r in rows:
        measures.setdefault(r.measure, []).append(r.name)
    with Session(sizes) as session:
        for n in range(rounds):
            for work, names in measures.items():
                if names[0] in missing:
                    continue
                begun = time.monotonic()
                try:
                    for name, figures in work(session, wanted).items():
                        found.setdefault(name, []).append(figures)
                except Absent as e:
                    missing |= dict.fromkeys(names, f"absent: {e}")
                except Failed as e:
                    missing |= dict.fromkeys(names, f"FAILED: {e}")
                print(f"round {n + 1} of {rounds}: {', '.join(names)} ({time.monotonic() - begun:.1f} s)", file=sys.stderr, flush=True)
    return found, missing


def median(rounds: Iterable[Figures]) -> Figures:
    """Of each figure by itself; the note is that of the last round."""
    rounds = list(rounds)
    values = {name: statistics.median(given) if (given := [v for f in rounds if (v := getattr(f, name)) is not None]) else None
              for name in ("wall", "cpu", "mb", "count", "rate")}
    return Figures(**values, unit=rounds[-1].unit, note=rounds[-1].note)


def lines(rows: list[Row], found: dict[str, list[Figures]], missing: dict[str, str]) -> list[str]:
    """The table."""
    medians = {name: median(rounds) for name, rounds in found.items()}
    out = [f"{'row':<30}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'count':>10}{'rate':>18}{'wall ×':>8}{'CPU ×':>8}  notes"]
    group = ""
    for row in rows:
        if group and row.name.split("/")[0] != group:
            out.append("")
        group = row.name.split("/")[0]
        f = medians.get(row.name)
        if f is None:
            out.append(f"{row.name:<30}  {missing.get(row.name, 'FAILED: gave no figures')}")
            continue
        base = medians.get(row.base or "", Figures())
        rate = f"{number(f.rate)} {f.unit}" if f.rate is not None else ""
        out.append(f"{row.name:<30}{number(f.wall):>9}{number(f.cpu):>9}{number(f.mb):>7}{number(f.count):>10}{rate:>18}"
                   f"{times(f.wall, base.wall):>8}{times(f.cpu, base.cpu):>8}  {f.note}".rstrip())
    return out


def number(value: float | None) -> str:
    """Three digits are what such measurements are good for; counts are whole."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def times(value: float | None, base: float | None) -> str:
    """A multiple, or nothing where there is none to tell."""
    return number(value / base) if value is not None and base else ""


def main(argv: list[str] | None = None) -> int:
    """Print the table. Returns 1 when a row failed, which one that is absent is not."""
    asked = _arguments(argv)
    rows = chosen(asked.rows, asked.big or asked.list)
    if asked.list:
        for row in rows:
            print(f"{row.name:<30}{row.about}{' (--big)' if row.big else ''}")
        return 0
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))  # as Ctrl-C does: what is measured ends too
    sizes = Sizes(**{f.name: value for f in fields(Sizes) if (value := getattr(asked, f.name)) is not None})
    found, missing = measure(rows, asked.rounds, sizes)
    print(f"median of {asked.rounds} round{'s' * (asked.rounds > 1)}; Python {platform.python_version()}, {os.cpu_count()} cores; "
          f"{sizes.feeds:,} made-up feeds of {rows_ingest.ENTRIES} entries; documents of {sizes.corpus.parent.name}/{sizes.corpus.name}\n")
    print("\n".join(lines(rows, found, missing)))
    return int(any(reason.startswith("FAILED") for reason in missing.values()))


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    ask = argparse.ArgumentParser("python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("rows", nargs="*", metavar="ROW")
    ask.add_argument("--list", action="store_true", help="names of the rows and what they are")
    ask.add_argument("--rounds", type=int, default=3, help="how often each is measured (3)")
    ask.add_argument("--big", action="store_true", help="also the rows that take minutes and gigabytes")
    ask.add_argument("--feeds", type=int, help="made-up feeds for ingest and poll (1000)")
    ask.add_argument("--prefect-feeds", type=int, help="feeds the Prefect flow is measured with; more is extrapolated (100)")
    ask.add_argument("--kept-feeds", type=int, help="feeds of which every entry is kept, for sandbox (100)")
    ask.add_argument("--entries", type=int, help="entries ever seen, for rescreen (50000)")
    ask.add_argument("--items", type=int, help="items searched (100000)")
    ask.add_argument("--seconds", type=float, help="for which a rate is measured (2)")
    ask.add_argument("--corpus", type=Path, help="folder of feeds (../shared/data/feeds where it is there, else tests/feeds)")
    return ask.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
