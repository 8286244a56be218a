"""The report of a run: counts per source and per entry, the keys that programs rely on, and its Markdown."""

from __future__ import annotations

import json
from collections import Counter
from uuid import UUID

import pytest
from wires import NOW, SOURCE, failure, payload, state, unchanged

from twinwire.errors import Kind
from twinwire.ledger import Fetched, Outcome
from twinwire.records import FetchResult
from twinwire.summary import RunReport, markdown

CONTRACT = ["run_id", "sources", "entries", "kept", "failures", "warehouse", "duration_s"]


def report(total: int = 1) -> RunReport:
    return RunReport(UUID(int=1), "data/warehouse.duckdb", ["friendship_cities", "regional_development"], total=total)


def fetched(result: FetchResult, **outcomes: int) -> Fetched:
    f = Fetched.of(SOURCE, state(), result, NOW)
    f.tally.outcomes.update({Outcome(k): n for k, n in outcomes.items()})
    return f


def test_the_json_has_the_keys_of_the_contract_and_others_only_behind_them() -> None:
    """Programs read these keys; one that is renamed or left out breaks them."""
    told = report().as_json()
    assert list(told)[: len(CONTRACT)] == CONTRACT
    assert list(told["sources"])[:4] == ["total", "read", "unchanged", "failed"]
    assert list(told["entries"]) == ["seen", "kept_new", "rejected", "revised", "unchanged", "duplicate", "quarantined"]
    assert told["kept"] == {"friendship_cities": 0, "regional_development": 0}
    assert json.loads(json.dumps(told)) == told


def test_a_source_counts_once_and_all_its_answers_count_as_entries() -> None:
    """A drop folder gives an answer per file; one bad file makes the source a failed one and loses no entry."""
    r = report()
    r.count([fetched(payload(), kept_new=2, rejected=1), fetched(failure(Kind.NOT_A_FEED)), fetched(unchanged())],
            Counter(friendship_cities=2))
    told = r.as_json()
    assert told["sources"] == {"total": 1, "read": 0, "unchanged": 0, "failed": 1, "waiting": 0}
    assert (told["entries"]["seen"], told["entries"]["kept_new"], told["entries"]["rejected"]) == (3, 2, 1)
    assert told["kept"]["friendship_cities"] == 2
    assert [f["class"] for f in told["failures"]] == ["not-a-feed"]


def test_a_source_without_an_answer_counts_nothing() -> None:
    """A run that was stopped has not asked everybody."""
    r = report()
    r.count([], Counter())
    assert not r.statuses


def test_a_source_that_asked_to_wait_is_no_failure() -> None:
    """It did nothing wrong, and nobody needs to do anything."""
    r = report()
    r.count([fetched(failure(Kind.WAITING))], Counter())
    assert (r.statuses["waiting"], r.failures) == (1, [])


def test_failures_are_listed_by_source() -> None:
    """Threads finish in any order; the list does not."""
    r = report(3)
    for name in "cab":
        r.count([fetched(failure(Kind.DNS, source=name))], Counter())
    assert [f["source"] for f in r.as_json()["failures"]] == ["a", "b", "c"]


@pytest.mark.parametrize(("result", "total", "any_"), [
    (payload(), 1, True), (unchanged(), 1, True), (failure(Kind.WAITING), 1, True), (failure(Kind.DNS), 1, False), (None, 0, True),
    (None, 1, False)])
def test_nothing_read_means_that_no_source_answered_although_some_were_asked(result: FetchResult | None, total: int, any_: bool) -> None:
    """A schedule without sources, or a slot that a later run covered, is no failure."""
    r = report(total)
    if result is not None:
        r.count([fetched(result)], Counter())
    assert r.read_any is any_


def test_the_markdown_has_whole_tables_with_the_numbers_of_the_report() -> None:
    """Every row of a table has the cells of its head; Prefect's page shows nothing else."""
    r = report()
    r.count([fetched(payload(), kept_new=7, quarantined=5)], Counter(friendship_cities=7))
    r.cancelled = True
    text = markdown(r)
    tables = [[line.count("|") for line in block.splitlines() if line.startswith("|")] for block in text.split("\n\n")]
    assert [len(set(t)) for t in tables if t] == [1, 1]
    assert "| 12 | 7 | 0 | 0 | 0 | 0 | 5 |" in text
    assert "(cancelled)" in text
    assert "**friendship_cities**: 7" in text
