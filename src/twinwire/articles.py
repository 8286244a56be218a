"""Article pages: for entries whose feed gives a teaser, the text of their page. Judges nothing itself, touches no store.

Between parse and load, outside the store's turn::

    readings of a payload
      → wanted      new and changed ones that are kept (with ``article: undecided``: or undecided) on what the feed says
      → fetched     one at a time per host, robots.txt obeyed; raw bytes archived, then parsed
      → completed   the page's text as body; what the feed lacks (title, date, language, author …) from the page
    the judge then screens them again, as it screens any reading

Identity is the feed's. ``entry_id``, ``alt_key`` and ``content_hash`` of a reading were made of its feed's fields, and a
page leaves them alone. So an entry seen again with the same fields is ``unchanged`` and its page is not asked for again,
whatever happens to that page; when the feed changes the entry, the page is read again and the revision holds both. The
price: a page corrected in silence is not noticed, and one that failed is tried again only when its entry changes.

A page that fails costs its entry nothing: it is judged on its teaser, and ``ops.pages`` says why. When the run is being
stopped, a source that still waits for pages is left whole to the next run, which would not ask for them otherwise.
"""

from __future__ import annotations

import html
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from twinwire.archive import Archive, ArchiveRef
from twinwire.config import Settings, Source
from twinwire.errors import Kind
from twinwire.fetch.articles import PageFetcher, may_be_private
from twinwire.fetch.guard import host_of
from twinwire.fetch.politeness import HostQueues
from twinwire.judge import KnownEntries
from twinwire.ledger import Fetched, PageOutcome
from twinwire.normalise.published import published
from twinwire.normalise.text import text_of
from twinwire.parse.page import as_html, categories_of, parse_page
from twinwire.records import Failure, Page, PageKind, Payload, Reading, Stage, Verdict
from twinwire.relate.identity import Change, classify, publishers_of

Read = list[tuple[Fetched, list[Reading]]]
_GLANCE = 0.2  # seconds between looks at the cancel flag
_KINDS = {PageKind.CAPTCHA: Kind.CHALLENGE, PageKind.EMPTY: Kind.EMPTY, PageKind.LISTING: Kind.NOT_A_PAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What this stage is lent by the run: it asks the store and the judge, and lets the run deal with bugs."""

    archive: Archive
    known: Callable[[Sequence[UUID], Sequence[UUID]], KnownEntries]
    verdict: Callable[[Reading, Source], Verdict]
    clock: Callable[[], datetime]
    safely: Callable[[Source, Stage, Callable[[], Any]], Any]  # the work's result, or a Failure for a bug met in it


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to read: for which reading of its payload (by place), stored under which id, where."""

    place: int
    item_id: UUID
    url: str


@dataclass(frozen=True, slots=True)
class Got:
    """What came of asking. Bodies are in the archive and not kept."""

    found: Page | Failure
    at: datetime
    http_status: int | None = None
    size: int = 0
    archived: ArchiveRef | None = None
    damage: str | None = None


def wanted(f: Fetched, readings: Sequence[Reading], known: KnownEntries, verdict: Callable[[Reading, Source], Verdict]) -> Iterator[Wanted]:
    """Readings of a payload whose pages are to be read, in the payload's order."""
    verdicts = {Verdict.KEPT, Verdict.UNDECIDED} if f.source.article == "undecided" else {Verdict.KEPT}
    for place, related in enumerate(classify(readings, *known)):
        reading, before = related.reading, related.known
        if related.kind not in {Change.NEW, Change.CHANGED} or reading.url is None:
            continue
        if f.source.is_local and before is not None and reading.content_hash in before.versions:
            continue  # an old file of a drop folder
        # What was kept once may have been so for its page: its revision must not lose the text.
        if (before is not None and before.kept) or verdict(reading, f.source) in verdicts:
            yield Wanted(place, related.entry_id, reading.url)


def completed(reading: Reading, page: Page, source: Source, now: datetime) -> Reading:
    """The reading with what its page adds. Keys stay those of the feed (see above). ``now`` bounds plausible dates."""
    entry, text = reading.entry, reading.text
    given: dict[str, Any] = {}
    if len(page.text) > max(len(text.body), len(text.summary)):
        given["content"] = as_html(page.text)
    if not text.title and page.title:
        given["title"] = html.escape(page.title, quote=False)
    if page.published_raw and (not entry.published_raw or published(entry, source, now).at is None):
        given["published_raw"] = page.published_raw
    if page.updated_raw and not entry.updated_raw:
        given["updated_raw"] = page.updated_raw
    more = {"language": page.language, "authors": page.authors, "categories": categories_of(page), "publisher": page.site}
    given |= {name: value for name, value in more.items() if value and not getattr(entry, name)}
    entry = replace(entry, **given, from_page=tuple(given))
    return replace(reading, entry=entry, text=text_of(entry, publishers_of(source)))


class Articles:
    """The pages of one run. A context manager; groups of sources use it side by side."""

    def __init__(self, settings: Settings, means: Means) -> None:
        self._limits, self._means = settings.articles, means
        self._queues = HostQueues(settings.fetch.workers, 1)  # of their own: pages must not hold up feeds
        self._fetcher = PageFetcher(settings, self._queues.space)
        self._asked: dict[tuple[str, bool], Future[Got]] = {}
        self._left = self._limits.max_per_run
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Articles:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closed = True
        self._queues.close()
        self._fetcher.close()

    def complete(self, read: Read, cancelled: threading.Event) -> tuple[Read, set[str]]:
        """Read the pages that the sources of a group ask for. Returns the payloads with their readings completed, and the ids
        of sources that are left to the next run; their payloads are not among them. What became of each page is noted in
        ``Fetched.pages``. Raises OSError when the archive cannot be written."""
        asking = [r for f, readings in read if f.source.article != "never" for r in readings]
        if not asking:
            return read, set()
        known = self._means.known([r.entry_id for r in asking], [r.alt_key for r in asking if r.alt_key])
        asked = [self._ask(f, readings, known) for f, readings in read]
        pending = self._wait({a for pages in asked for _, a in pages if a is not None}, cancelled)
        self._means.archive.sync()
        left = {f.source.id for (f, _), pages in zip(read, asked, strict=True) if cancelled.is_set() and _unfinished(pages, pending)}
        done = [(f, self._completed(f, readings, pages, pending)) for (f, readings), pages in zip(read, asked, strict=True)
                if f.source.id not in left]
        return done, left

    def _ask(self, f: Fetched, readings: Sequence[Reading], known: KnownEntries) -> list[tuple[Wanted, Future[Got] | None]]:
        """The pages of one payload, each with its answer to come, or None for one over the limits."""
        if f.source.article == "never":
            return []
        found = self._means.safely(f.source, Stage.SCREEN, lambda: list(wanted(f, readings, known, self._means.verdict)))
        if isinstance(found, Failure):  # the judge will meet the same bug and say so
            return []
        return [(w, self._submit(w, f.source) if n < self._limits.max_per_source else None) for n, w in enumerate(found)]

    def _submit(self, w: Wanted, source: Source) -> Future[Got] | None:
        host = host_of(w.url) or ""
        key = (w.url, may_be_private(source, host))
        with self._lock:
            if key not in self._asked:  # the same story stands in several feeds of its publisher
                if self._left <= 0:
                    return None
                self._left -= 1
                self._asked[key] = self._queues.submit(host, partial(self._read_page, w.url, source))
            return self._asked[key]

    def _read_page(self, url: str, source: Source) -> Got:
        means, now = self._means, self._means.clock()
        payload = means.safely(source, Stage.FETCH, lambda: self._fetcher.fetch(url, source, now))
        if isinstance(payload, Failure) or self._closed:
            failure = payload if isinstance(payload, Failure) else _failure(source, Kind.TIMEOUT, "the run ended first")
            return Got(failure, now, failure.http_status)
        archived = means.archive.store(payload)
        page = means.safely(source, Stage.PARSE, lambda: page_of(payload, url, source))
        return Got(page, now, payload.status, len(payload.body), archived, payload.damage)

    def _wait(self, futures: set[Future[Got]], cancelled: threading.Event) -> set[Future[Got]]:
        """Until all are in, the patience is over or the run is being stopped. Returns those that are not in."""
        end = time.monotonic() + self._limits.patience
        while futures and not cancelled.is_set() and time.monotonic() < end:
            _, futures = wait_for(futures, timeout=_GLANCE, return_when=FIRST_COMPLETED)
        for future in futures:
            future.cancel()
        if cancelled.is_set():
            self._fetcher.abort()
        return futures

    def _completed(self, f: Fetched, readings: Sequence[Reading], pages: Sequence[tuple[Wanted, Future[Got] | None]],
                   pending: set[Future[Got]]) -> list[Reading]:
        out = list(readings)
        for w, future in pages:
            got = self._got(f.source, future, pending)
            if isinstance(got.found, Page):
                reading = self._means.safely(f.source, Stage.PARSE, partial(completed, out[w.place], got.found, f.source, f.at))
                got = replace(got, found=reading) if isinstance(reading, Failure) else got
                out[w.place] = out[w.place] if isinstance(reading, Failure) else reading
            f.pages.append(PageOutcome(
                item_id=w.item_id, url=w.url, at=got.at, http_status=got.http_status, size=got.size, archived=got.archived,
                damage=got.damage, failure=got.found if isinstance(got.found, Failure) else None))
        return out

    def _got(self, source: Source, future: Future[Got] | None, pending: set[Future[Got]]) -> Got:
        if future is None:
            return Got(_failure(source, Kind.WAITING, "over the number of pages that one run reads"), self._means.clock())
        try:
            if future not in pending:
                return future.result()
        except CancelledError:  # by another group that waited for it too
            pass
        return Got(_failure(source, Kind.WAITING, "did not come in the time that a run waits for pages"), self._means.clock())


def page_of(payload: Payload, url: str, source: Source) -> Page | Failure:
    """The article in the bytes, or why there is none."""
    page = parse_page(payload.body, content_type=payload.headers.get("content-type"), url=payload.final_url)
    if page.kind is not PageKind.ARTICLE:
        return _failure(source, _KINDS[page.kind], f"is no article: {page.reason}", payload.status)
    if urlsplit(payload.final_url).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
        return _failure(source, Kind.NOT_A_PAGE, "leads to the front page of its site", payload.status)
    return page


def _failure(source: Source, kind: Kind, message: str, status: int | None = None) -> Failure:
    return Failure(source=source.id, stage=Stage.PARSE, kind=kind, message=message, http_status=status)


def _unfinished(pages: Sequence[tuple[Wanted, Future[Got] | None]], pending: set[Future[Got]]) -> bool:
    """Did the stop of the run cost one of these pages? What was cut off by it looks like a timeout."""
    for _, future in pages:
        if future is None:
            continue
        if future in pending or future.cancelled():
            return True
        found = future.result().found
        if isinstance(found, Failure) and found.kind is Kind.TIMEOUT:
            return True
    return False
