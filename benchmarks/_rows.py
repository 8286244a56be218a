"""What a row of the table is, and the sizes it is measured at. Measures nothing."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
ROOT = HERE.parent
SHARED = ROOT.parent / "shared" / "data"
OWN_FEEDS = ROOT / "tests" / "feeds"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one row: seconds of the clock, of the processors, MB (10^6) held, what it counted, and a rate with its unit."""

    wall: float | None = None
    cpu: float | None = None
    mb: float | None = None
    count: float | None = None
    rate: float | None = None
    unit: str = ""
    note: str = ""


class Absent(Exception):
    """What a row needs is not on this machine."""


class Failed(Exception):
    """A measured process did not end well."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Rows with the same ``measure`` come from one measurement."""

    name: str
    about: str
    measure: Callable[[Session, Collection[str]], dict[str, Figures]]
    base: str | None = None   # the row of ours that it is a multiple of
    big: bool = False         # minutes and gigabytes: only when asked for


@dataclass(slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    feeds: int = 1_000            # of 20 entries, for ingest and poll
    prefect_feeds: int = 100      # what a task per feed is measured with; more is extrapolated
    kept_feeds: int = 100         # of 20 entries that are all kept, for sandbox
    entries: int = 50_000         # ever seen, for rescreen
    items: int = 100_000          # searched
    seconds: float = 2.0          # that a rate is measured for
    corpus: Path = field(default_factory=lambda: SHARED / "feeds" if (SHARED / "feeds").is_dir() else OWN_FEEDS)


class Session:
    """What the rows of one call share: the sizes, and one server of made-up feeds. Use as a context manager."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    @cached_property
    def urls(self) -> list[str]:
        """Addresses of the made-up feeds; the server starts with the first question."""
        from _host import served

        return self._stack.enter_context(served(self.sizes.feeds))


def needs(*modules: str) -> None:
    """Raises Absent when one of these cannot be imported."""
    missing = [m for m in modules if importlib.util.find_spec(m) is None]
    if missing:
        raise Absent(f"{', '.join(missing)} not installed: `make bench` installs the extra `bench`")


def inside(call: str, **arguments: Any) -> tuple[dict[str, Figures], float]:
    """Figures that ``module:function`` of this folder gives in a process of its own, and the MB of that process."""
    from _process import measured

    cost = measured([sys.executable, str(HERE / "_inside.py"), call, json.dumps(arguments, default=str)])
    told = json.loads(cost.said.splitlines()[-1])
    if reason := told.get("absent"):
        raise Absent(reason)
    return {name: Figures(**figures) for name, figures in told["figures"].items()}, cost.mb
