"""One fetch as counts and rows: exactly one outcome per entry, every column there, gaps only where one is possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import NOW, SOURCE, failure, payload, state, unchanged

from twinwire.archive import ArchiveRef
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.ledger import Fetched, Outcome, Tally, damage, fetch_row, gap_row, quarantine_rows, source_row
from twinwire.records import Failure, Feed, FetchResult, Parsed, Quarantined
from twinwire.warehouse.rows import SCHEMAS

ANSWERS = [payload(b"12345", damage="cut"), unchanged(wire_bytes=3), failure(Kind.NOT_FOUND, http_status=404)]


def fetched(result: FetchResult | None = None, source: Source = SOURCE, **more: Any) -> Fetched:
    return Fetched.of(source, more.pop("state", state()), result or payload(), NOW)


def parsed(*quarantined: Quarantined, **more: Any) -> Parsed:
    return Parsed(feed=Feed(), entries=(), quarantined=quarantined, **more)


@given(st.dictionaries(st.sampled_from(Outcome), st.integers(0, 30_000)))
def test_every_entry_has_one_outcome(counts: dict[Outcome, int]) -> None:
    """The accounting identity holds in the ledger's row for whatever was counted."""
    f = fetched()
    f.tally = Tally()
    f.tally.outcomes.update(counts)
    row = fetch_row(f)
    assert row["entries"] == sum(row[o.value] for o in Outcome) == sum(counts.values())


@pytest.mark.parametrize("result", ANSWERS, ids=lambda r: type(r).__name__)
def test_rows_have_the_columns_of_the_batch(result: FetchResult) -> None:
    """Arrow drops keys it does not know and fills in those it misses, so that a misspelt one would be lost in silence."""
    f = fetched(result)
    f.parsed = parsed(Quarantined(position=3, reason="no title", raw="<item/>"))
    assert set(fetch_row(f)) == set(SCHEMAS["fetches"].names)
    assert set(source_row(f, state())) == set(SCHEMAS["sources"].names)
    assert [set(r) for r in quarantine_rows(f)] == [set(SCHEMAS["quarantine"].names)]


def test_a_failure_is_told_with_stage_class_and_status() -> None:
    """What the summary shows is what the ledger keeps."""
    row = fetch_row(fetched(ANSWERS[2]))
    assert (row["status"], row["stage"], row["class"], row["message"], row["http_status"]) == (
        "failed", "fetch", "not-found", "what happened", 404)
    assert (row["bytes"], row["digest"], row["final_url"]) == (0, None, None)


def test_a_payload_is_told_with_size_digest_and_place_in_the_archive() -> None:
    """Enough to find the raw bytes again and to know them."""
    f = fetched(payload(b"12345", wire_bytes=3))
    f.archived = ArchiveRef("2026/11/x.warc.gz", 77, 9)
    row = fetch_row(f)
    assert (row["bytes"], row["wire_bytes"], row["digest"]) == (5, 3, "d")
    assert (row["archive_file"], row["archive_offset"]) == ("2026/11/x.warc.gz", 77)


def test_a_file_has_no_http_status() -> None:
    """A drop folder answers without one; 0 would look like a status."""
    assert fetch_row(fetched(payload(status=0)))["http_status"] is None


@pytest.mark.parametrize(("result", "later", "status"), [
    (payload(), None, "read"), (unchanged(), None, "unchanged"), (failure(Kind.DNS), None, "failed"),
    (failure(Kind.WAITING), None, "waiting"), (payload(), failure(Kind.NOT_A_FEED), "failed")])
def test_the_status_is_that_of_the_stage_that_got_furthest(result: FetchResult, later: Failure | None, status: str) -> None:
    """An answer that arrives and cannot be parsed is a failure; being told to wait is none."""
    f = fetched(result)
    f.failure = later or f.failure
    assert f.status == status


def test_damage_of_the_transport_goes_before_that_of_the_parser() -> None:
    """A document that was cut on the way ends early; the way is the reason."""
    f = fetched(payload(damage="the body ends after 3 of 9 bytes"))
    f.parsed = parsed(damage="document ends early")
    assert damage(f) == "the body ends after 3 of 9 bytes"
    f.result = payload()
    assert damage(f) == "document ends early"
    assert damage(fetched(ANSWERS[1])) is None


@pytest.mark.parametrize(("change", "gap"), [
    ({}, True), ({"overlap": 1}, False), ({"entries": 0}, False), ({"first": True}, False), ({"local": True}, False)])
def test_a_gap_is_possible_only_when_nothing_known_is_left_of_a_feed_read_before(change: dict[str, Any], gap: bool) -> None:
    """A first reading, an empty answer and a drop folder show nothing of what may have been missed."""
    before = state(changed_at=NOW - timedelta(days=2), checked_at=NOW - timedelta(hours=3))
    source = SOURCE.model_copy(update={"url": "folder:/x"}) if change.get("local") else SOURCE
    f = Fetched.of(source, state() if change.get("first") else before, payload(), NOW)
    f.tally.outcomes[Outcome.REJECTED] = change.get("entries", 4)
    f.tally.overlap = change.get("overlap", 0)
    row = gap_row(f)
    assert (row is not None) is gap
    if row:
        assert set(row) == set(SCHEMAS["gaps"].names)
        assert row["to_at"] - row["from_at"] == timedelta(hours=3)


def test_last_new_is_told_only_when_something_was_new() -> None:
    """None leaves the store's own value in place: a source that repeats itself goes quiet."""
    f = fetched()
    assert source_row(f, state())["last_new_at"] is None
    f.tally.new = 1
    assert source_row(f, state())["last_new_at"] == NOW.replace(tzinfo=None)


def test_a_new_address_is_told_and_the_state_keeps_the_one_it_belongs_to() -> None:
    """The catalogue is the editor's: a redirect for good is shown, not followed in silence."""
    f = fetched(replace(payload(), moved_to="https://new.example/feed"))
    row = source_row(f, state(url="https://old.example/feed"))
    assert (row["moved_to"], row["url"]) == ("https://new.example/feed", "https://old.example/feed")
