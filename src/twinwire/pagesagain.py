"""A run whose article pages were fetched long ago: what its entries want of them is taken from an archive. Asks no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from twinwire.articles import Wanted, completed, page_of, wanted
from twinwire.ledger import Fetched, PageOutcome
from twinwire.pipeline import Ingest
from twinwire.records import Failure, Page, Payload, Reading, Stage


class PagesAgain(Ingest):
    """``pages`` are at hand by the address they were asked for under; set them before a lot is taken."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pages: Mapping[str, Payload] = {}

    def _read(self, f: Fetched) -> list[Reading]:
        """Readings as the pages complete them, where they would ask for one. What is known decides that, as in a run."""
        readings = super()._read(f)
        if not self.pages or not readings:
            return readings
        known = self.store.known([r.entry_id for r in readings], [r.alt_key for r in readings if r.alt_key])
        found = self._safely(f.source, Stage.SCREEN, lambda: list(wanted(f, readings, known, self.judge.verdict)))
        for w in [] if isinstance(found, Failure) else found:
            if w.url in self.pages:
                readings[w.place] = self._with_page(f, readings[w.place], w, self.pages[w.url])
        return readings

    def _with_page(self, f: Fetched, reading: Reading, w: Wanted, payload: Payload) -> Reading:
        page = self._safely(f.source, Stage.PARSE, lambda: page_of(payload, payload.url, f.source))
        whole = self._safely(f.source, Stage.PARSE, lambda: completed(reading, page, f.source, f.at)) if isinstance(page, Page) else page
        f.pages.append(_outcome(w.item_id, w.url, payload, whole if isinstance(whole, Failure) else None, self))
        return whole if isinstance(whole, Reading) else reading


def _outcome(item: UUID, url: str, payload: Payload, failure: Failure | None, run: Ingest) -> PageOutcome:
    return PageOutcome(item_id=item, url=url, at=payload.fetched_at, http_status=payload.status, size=len(payload.body),
                       archived=run.archive.store(payload), damage=payload.damage, failure=failure)
