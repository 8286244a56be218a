"""One payload of a source → its entries, or the failure that says why there are none. Shared by runs and probes.

:class:`Readers` do it in processes of their own (``sandbox``), :func:`read` in this one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Lookup
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from twinwire.config.mappings import PREFIX, Mapping
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.parse import Unreadable, parse
from twinwire.parse.page import parse_page
from twinwire.records import Failure, Page, Parsed, Payload, Stage
from twinwire.relate.identity import publishers_of
from twinwire.sandbox import codec
from twinwire.sandbox.child import Limits
from twinwire.sandbox.frames import Task
from twinwire.sandbox.pool import Ask, Done, Lost, Pool

Mappings = Lookup[str, Mapping]
T = TypeVar("T")
MOST = 8  # processes that are used without being told to; this one is busy enough with what they give


def read(source: Source, payload: Payload, mappings: Mappings) -> Parsed | Failure:
    """Parse as the source's ``format`` says; ``mappings`` are those of the config, for ``json:NAME``."""
    parsed = parse(payload.body, format=source.format, url=payload.final_url, content_type=payload.headers.get("content-type"),
                   mapping=_mapping(source, mappings))
    return _failure(source, parsed) if isinstance(parsed, Unreadable) else parsed


def empty(source: Source) -> Failure:
    """A payload that parses and holds nothing."""
    return Failure(source=source.id, stage=Stage.PARSE, kind=Kind.EMPTY,
                   message="a feed without any entry; if it stays so, look at its address")


class Read(NamedTuple):
    """One outcome, and the seconds it took."""

    found: Parsed | Failure
    seconds: float


class Readers:
    """Processes that read payloads. A context manager; any thread may ask.

    ``count`` processes at most; None is one per core, 0 is none: everything is read in this process, without limits.
    What a payload does to its process is its own failure, of class ``parser-died``. Without ``html`` a process gives the plain
    texts of entries in place of their summaries and contents, which are half of what it would have to tell; but not of sources whose
    article pages are read.
    """

    def __init__(self, count: int | None = None, limits: Limits | None = None, *, html: bool = True) -> None:
        self._html = html
        size = min(_cores(), MOST) if count is None else count
        self._pool = Pool(size, limits) if size else None

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._pool:
            self._pool.close()

    def warm_up(self) -> None:
        """There will be something to read: start a process, in the background."""
        if self._pool:
            self._pool.warm_up()

    def read_all(self, asked: Sequence[tuple[Source, Payload]], mappings: Mappings) -> list[Callable[[], Read]]:
        """Begin to read; call each of what is returned for its outcome. The call raises what is a bug."""
        if self._pool is None:
            return [partial(_at_once, source, payload, mappings) for source, payload in asked]
        futures = self._pool.submit(Ask(_entries(source, payload, mappings, self._html), _entries_from) for source, payload in asked)
        return [partial(_of_entries, source, future) for (source, _), future in zip(asked, futures, strict=True)]

    def read(self, source: Source, payload: Payload, mappings: Mappings) -> Parsed | Failure:
        """One payload, and wait for it."""
        outcome, = self.read_all([(source, payload)], mappings)
        return outcome().found

    def read_page(self, source: Source, payload: Payload) -> Page | Failure:
        """The article of a page, and wait for it."""
        asked = {"content_type": payload.headers.get("content-type"), "url": payload.final_url}
        if self._pool is None:
            return parse_page(payload.body, **asked)
        return self._one(source, Task("page", asked, payload.body), codec.page)

    def clean(self, source: Source, pieces: Sequence[str]) -> tuple[str, ...] | Failure:
        """Pieces of HTML with nothing active left in them (``report.page.clean``), and wait for them."""
        if self._pool is None:
            from twinwire.report.page import clean  # noqa: PLC0415

            return tuple(clean(html) for html in pieces)
        cleaned = self._one(source, Task("clean", {"pieces": list(pieces)}), codec.texts)
        if not isinstance(cleaned, Failure) and len(cleaned) != len(pieces):
            return _lost(source, Lost("gave no proper answer"))
        return cleaned

    def report(self, title: str, entries: Sequence[Lookup[str, str | None]]) -> str:
        """A web page of entries (``report.page.page``), and wait for it. Without their HTML where that cannot be cleaned."""
        if self._pool:
            asked = {"title": title, "entries": list(entries)}
            found = self._pool.submit([Ask(Task("report", asked), codec.text)])[0].result().value
            if not isinstance(found, Lost):
                return str(found)
            entries = [{**e, "content_html": None} for e in entries]
        from twinwire.report.page import page  # noqa: PLC0415

        return page(title, entries)

    def _one(self, source: Source, task: Task, check: Callable[[Any], T]) -> T | Failure:
        assert self._pool is not None
        future, = self._pool.submit([Ask(task, check)])
        found: T | Lost = future.result().value
        return _lost(source, found) if isinstance(found, Lost) else found


def _entries(source: Source, payload: Payload, mappings: Mappings, html: bool) -> Task:
    mapping = _mapping(source, mappings)
    return Task("entries", {
        "format": str(source.format), "url": payload.final_url, "content_type": payload.headers.get("content-type"),
        "mapping": mapping.model_dump(mode="json") if mapping else None, "publishers": publishers_of(source),
        "html": html or source.article != "never"}, payload.body)  # a text that its page completes is made anew


def _entries_from(value: Any) -> Parsed | Unreadable:
    if type(value) is dict and "unreadable" in value:
        return codec.unreadable(value["unreadable"])
    return codec.parsed(value.get("parsed") if type(value) is dict else None)


def _of_entries(source: Source, future: Future[Done]) -> Read:
    found, seconds = future.result()
    if isinstance(found, Lost):
        return Read(_lost(source, found), seconds)
    return Read(_failure(source, found) if isinstance(found, Unreadable) else found, seconds)


def _at_once(source: Source, payload: Payload, mappings: Mappings) -> Read:
    begun = time.monotonic()
    return Read(read(source, payload, mappings), time.monotonic() - begun)


def _failure(source: Source, why: Unreadable) -> Failure:
    return Failure(source=source.id, stage=Stage.PARSE, kind=why.kind, message=why.message)


def _lost(source: Source, why: Lost) -> Failure:
    return Failure(source=source.id, stage=Stage.PARSE, kind=Kind.PARSER_DIED, message=f"reading it {why.reason}")


def _mapping(source: Source, mappings: Mappings) -> Mapping | None:
    return mappings.get(str(source.format).removeprefix(PREFIX))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
