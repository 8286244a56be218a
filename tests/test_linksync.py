"""Known pairs from Wikidata: read politely in parts, on from where the last call ended, nothing lost and nothing doubled."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from feedserver import Reply
from handatlas import HandAtlas
from sparqlserver import Endpoint, Pair, rows
from wires import rows as sql

from twinwire import config, linksync
from twinwire.config.settings import Settings
from twinwire.errors import Busy, Kind
from twinwire.fetch.sparql import Endpoint as Address
from twinwire.linksync import Means, SyncReport, sync
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

ATLAS = HandAtlas()
NAMES = [("Zaozhuang", "CN"), ("Qingdao", "CN"), ("Kehl", "DE"), ("Berlin", "DE"), ("London", "GB"), ("Milan", "IT"), ("Sarajevo", "BA"), ("Tel Aviv", "IL")]
PAIRS = [Pair((*a, ""), (*b, ""), "9/1982-01-01T00:00:00Z" if n % 2 else "") for n, (a, b) in enumerate((a, b) for a in NAMES for b in NAMES if a < b)]
LOST = Pair(("Hamm-Mitte", "DE", ""), ("Milan", "IT", ""))
Sync = Callable[..., SyncReport]


class Clock:
    """A clock that only waiting moves; remembers how long was waited."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
        self.waited: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


@cache
def loaded() -> config.Config:
    """The shipped config."""
    return config.load(config.shipped("config"))


def settings(**links: Any) -> config.Config:
    """The shipped config with other settings of the links."""
    shipped = loaded()
    made = Settings.model_validate({"links": {"digits": 1, "pause": 2.0, "max_bytes": 100_000, "deadline": 10, "patience": 100} | links})
    return config.Config(shipped.folder, shipped.sources, shipped.topics, made, shipped.mappings)


def read(endpoint: Endpoint, root: Path, clock: Clock | None = None, limit: int | None = None, **links: Any) -> SyncReport:
    """One call of `links sync`."""
    clock = clock or Clock()
    with endpoint.server() as server:
        return sync(settings(**links), DataFolder(root / "d"), Address(server.url("/sparql"), True), limit,
                    Means(atlas=ATLAS, clock=lambda: clock.now, pause=clock.pause))


def known(root: Path) -> list[tuple[Any, ...]]:
    """Known pairs of the read copy."""
    return sorted(sql(root / "d" / "warehouse.duckdb", "SELECT source, ref, name_a, name_b, started FROM known_links"))


@pytest.fixture(autouse=True)
def _one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each server has a port of its own; a cursor belongs to an address. For these tests all ports are one address."""
    real = linksync._load
    monkeypatch.setattr(linksync, "_load", lambda path, endpoint: real(path, json.loads(path.read_text())["endpoint"]) if path.is_file() else None)


def test_the_whole_list_is_read(tmp_path: Path) -> None:
    """Every pair once, with its start as precise as the list has it; places are there with their coordinates' row."""
    endpoint = Endpoint(PAIRS)
    told = read(endpoint, tmp_path)
    assert (told.statements, told.matched, told.unmatched, told.done, told.stopped) == (28, 28, 0, 1.0, None)
    assert (told.entered.new, told.entered.again, told.entered.total) == (28, 0, 28)
    assert len(known(tmp_path)) == 28
    assert {r[4] for r in known(tmp_path)} == {None, "1982"}
    assert sql(tmp_path / "d" / "warehouse.duckdb", "SELECT count(DISTINCT place_id) FROM places JOIN known_links ON place_id IN (place_a, place_b)") == [(8,)]
    assert sql(tmp_path / "d" / "warehouse.duckdb", "SELECT trigger, status FROM ops.runs") == [("links sync", "done")]


def test_questions_are_spaced_and_come_one_at_a_time(tmp_path: Path) -> None:
    """The pause of the settings lies between two questions; none before the first or after the last."""
    clock = Clock()
    told = read(Endpoint(PAIRS), tmp_path, clock)
    assert told.questions == 16
    assert clock.waited == [2.0] * 15


def test_reading_again_changes_nothing_but_when_it_was_listed(tmp_path: Path) -> None:
    """The next call after the end begins anew and finds what it has."""
    read(Endpoint(PAIRS), tmp_path)
    before = known(tmp_path)
    later = Clock()
    later.now += timedelta(days=30)
    told = read(Endpoint(PAIRS[1:]), tmp_path, later)
    assert (told.entered.new, told.entered.again) == (0, 27)
    assert known(tmp_path) == before
    assert sql(tmp_path / "d" / "warehouse.duckdb", "SELECT count(*) FROM known_links WHERE listed_at < TIMESTAMP '2026-12-01'") == [(1,)]


def test_a_limit_ends_a_call_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """What was read is in the warehouse already; no part is asked for twice."""
    endpoint, calls = Endpoint(PAIRS), 0
    while True:
        told = read(endpoint, tmp_path, limit=5)
        calls += 1
        if told.done == 1.0:
            break
        assert told.statements >= 5
    assert calls > 2
    assert len(known(tmp_path)) == 28
    assert len(endpoint.asked) == len(set(endpoint.asked)) == 16


def test_a_short_wait_is_waited_out(tmp_path: Path) -> None:
    """Retry-After within the patience; the same part is asked again."""
    clock = Clock()
    endpoint = Endpoint(PAIRS, lambda n, _: Reply(status=429, headers={"Retry-After": "40"}) if n == 3 else None)
    told = read(endpoint, tmp_path, clock)
    assert told.stopped is None
    assert 40.0 in clock.waited
    assert endpoint.asked[2] == endpoint.asked[3]
    assert len(known(tmp_path)) == 28


def test_a_long_wait_ends_the_call_and_is_kept(tmp_path: Path) -> None:
    """The next call asks nothing before its time, and then goes on from there."""
    clock = Clock()
    endpoint = Endpoint(PAIRS, lambda n, _: Reply(status=429, headers={"Retry-After": "1000"}) if n == 6 else None)
    told = read(endpoint, tmp_path, clock)
    assert told.stopped is not None
    assert (told.stopped.kind, told.stopped.retry_after) == (Kind.THROTTLED, 1000)
    early = read(endpoint, tmp_path, clock)
    assert early.stopped is not None
    assert (early.stopped.kind, early.questions) == (Kind.WAITING, 0)
    clock.now += timedelta(seconds=1000)
    assert read(endpoint, tmp_path, clock).done == 1.0
    assert len(known(tmp_path)) == 28
    assert len(endpoint.asked) == 17, "only the part that was refused was asked for twice"


def test_patience_ends(tmp_path: Path) -> None:
    """An endpoint that throttles without end is left alone, whatever short waits it asks for."""
    clock = Clock()
    told = read(Endpoint(PAIRS, lambda *_: Reply(status=429, headers={"Retry-After": "0"})), tmp_path, clock)
    assert told.stopped is not None
    assert told.questions <= 102
    assert not (tmp_path / "d" / "warehouse.duckdb").exists(), "nothing was read, nothing is published"


def test_a_part_that_is_too_much_is_cut(tmp_path: Path) -> None:
    """An endpoint that gives up on large parts gets smaller ones, and all is read once."""
    too_much = {"0": Reply(b"TimeoutException", status=500), "7": Reply(rows(PAIRS).body[:900])}
    endpoint = Endpoint(PAIRS, lambda _, part: too_much.get(part))
    told = read(endpoint, tmp_path)
    assert (told.done, told.statements) == (1.0, 28)
    assert [p for p in endpoint.asked if len(p) == 2] == [f"{a}{b:x}" for a in "07" for b in range(16)]


@pytest.mark.parametrize(("reply", "kind"), [
    (Reply(b"<html>Sorry</html>"), Kind.NOT_A_FEED), (Reply(b'{"results": {"bindings": [{"link": 1}]}}'), Kind.NOT_A_FEED), (Reply(b"", status=403), Kind.HTTP_STATUS),
    (Reply(b"", status=502), Kind.SERVER_ERROR), (Reply(rows(PAIRS * 20).body), Kind.TOO_LARGE), (Reply(rows(PAIRS).body, truncate=500), Kind.BROKEN_ANSWER)], ids=str)
def test_a_bad_answer_ends_the_call_and_loses_nothing(tmp_path: Path, reply: Reply, kind: Kind) -> None:
    """What was read before is loaded; the next call goes on at the same part."""
    bad = True
    endpoint = Endpoint(PAIRS, lambda _, part: reply if bad and part.startswith("9") else None)
    told = read(endpoint, tmp_path)
    assert told.stopped is not None
    assert told.stopped.kind is kind
    assert 0 < told.done < 1
    assert len(known(tmp_path)) == told.matched == told.statements
    bad = False
    assert read(endpoint, tmp_path).done == 1.0
    assert len(known(tmp_path)) == 28


def test_no_pairs_at_all(tmp_path: Path) -> None:
    """An empty list is read to its end; nothing is published for it."""
    told = read(Endpoint(), tmp_path)
    assert (told.done, told.statements, told.entered.total) == (1.0, 0, None)


def test_what_is_not_matched_is_kept_in_a_file(tmp_path: Path) -> None:
    """With the reason, in the columns that `links import` reads; once, however often it is met; gone when it is matched."""
    read(Endpoint([*PAIRS[:3], LOST]), tmp_path)
    told = read(Endpoint([*PAIRS[:3], LOST]), tmp_path)
    assert told.unmatched == 1
    assert told.rejects is not None
    (row,) = csv.DictReader(Path(told.rejects).read_text(encoding="utf-8").splitlines())
    assert (row["place_a"], row["country_a"], row["place_b"], row["source"]) == ("Hamm-Mitte", "DE", "Milan", "wikidata")
    assert "no place of this name is known there" in row["reason"]
    assert read(Endpoint(PAIRS[:3]), tmp_path).rejects is None
    assert not Path(told.rejects).exists()


def test_a_place_that_is_not_known_is_counted(tmp_path: Path) -> None:
    """Wikidata knows that there is a twin, but not which."""
    unknown = rows(PAIRS[:1]).body.replace(b"entity/Q2", b".well-known/genid/1")
    told = read(Endpoint([], lambda _, part: Reply(unknown) if part == "0" else None), tmp_path)
    assert (told.statements, told.unusable, told.matched) == (1, 1, 0)


def dying(real: Callable[..., Any], after: int) -> Callable[..., Any]:
    """A function that does its work so many times, and then the process is killed."""
    left = [after]

    def die(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(*args)

    return die


def test_a_kill_loses_one_part_at_most(tmp_path: Path) -> None:
    """At any point: after a part was written, before the cursor moved, before the store took the parts."""
    for die_at in ("write_atomically", "enter", "keep"):
        root = tmp_path / die_at
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(linksync, die_at, dying(getattr(linksync, die_at), after=0 if die_at == "enter" else 3))
            with pytest.raises(KeyboardInterrupt):
                read(Endpoint(PAIRS), root)
        assert read(Endpoint(PAIRS), root).done == 1.0
        assert len(known(root)) == 28
        assert not list((root / "d" / "links" / "parts").iterdir())


def test_a_run_at_work_is_not_disturbed(tmp_path: Path) -> None:
    """Reading needs no lock; what was read waits until the run has ended, and goes in with the next call."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock), pytest.raises(Busy):
        read(Endpoint(PAIRS), tmp_path)
    endpoint = Endpoint(PAIRS)
    told = read(endpoint, tmp_path, limit=1)
    assert told.entered.new == 28
    with RunLock(data.links / "sync.lock"), pytest.raises(Busy, match="another `twinwire links sync`"):
        read(endpoint, tmp_path)


def test_a_list_of_another_endpoint_is_read_from_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor is worth something at its own endpoint only; one that cannot be read is no cursor."""
    monkeypatch.undo()
    first, second = Endpoint(PAIRS), Endpoint(PAIRS)
    read(first, tmp_path, limit=1)
    read(second, tmp_path)
    assert second.asked[0] == "0"
    (tmp_path / "d" / "links" / "wikidata.json").write_text('{"part": 7')
    third = Endpoint(PAIRS)
    assert read(third, tmp_path).done == 1.0
    assert third.asked[0] == "0"


def test_the_store_is_as_it_was_for_runs(tmp_path: Path) -> None:
    """No batch is left in the spool, no run is left open."""
    read(Endpoint(PAIRS), tmp_path)
    with Store(DataFolder(tmp_path / "d")) as store:
        assert store.recover(datetime.now(UTC)) == 0
        assert store.con.execute("SELECT count(*) FROM ops.runs WHERE status <> 'done'").fetchone() == (0,)
