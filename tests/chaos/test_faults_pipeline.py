"""Faults of the pipeline that no other module's tests meet; docs/reliability.md says which test meets which fault."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from batches import NOW, batch, data_folder, item
from chaos import press
from chaos.checks import broken
from chaos.scenes import environment
from feedserver import FeedServer, Reply, Request
from wires import at, config_folder, rows, rss

from twinwire import config as configs
from twinwire import pipeline
from twinwire.config import Source
from twinwire.errors import ConfigError, StoreDamaged
from twinwire.fetch.feeds import MAX_WAIT
from twinwire.pipeline import Ingest, Options
from twinwire.summary import RunReport
from twinwire.warehouse import spool, store
from twinwire.warehouse.load import load
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import plain_utc
from twinwire.warehouse.store import Store

pytestmark = pytest.mark.chaos


def folder(path: Path, *sources: Source, settings: str = "") -> Path:
    """A config folder with rules that load at once."""
    config_folder(path, *sources)
    (path / "topics.yaml").write_text(press.TOPICS, encoding="utf-8")
    (path / "settings.yaml").write_text((settings or "run: {parsers: 0}\n") + "publish: {max_age: 0s}\n", encoding="utf-8")
    return path


def ingest(config: Path, data: Path, now: datetime = NOW, options: Options = Options()) -> RunReport:
    """One run at an instant."""
    return pipeline.run(Ingest(configs.load(config), DataFolder(data), options, lambda: now))


def start(config: Path, data: Path, *more: str, **how: Any) -> subprocess.Popen[bytes]:
    """`twinwire run` in a process of its own."""
    how = {"env": environment(), "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.Popen([sys.executable, "-m", "twinwire", "run", "--config", str(config), "--data", str(data), "--json", *more], **how)


@contextmanager
def waiting_feed(path: str = "/slow") -> Iterator[tuple[FeedServer, threading.Event]]:
    """A server with a feed that has been asked when the event is set, and answers late."""
    asked = threading.Event()

    def slow(_: Request) -> Reply:
        asked.set()
        return Reply(rss("Slow."), hang=5, etag='"slow"')

    with FeedServer({path: slow, "/good": Reply(rss("Good."), etag='"good"')}) as server:
        yield server, asked


# -- death and signals -------------------------------------------------------------------------------------------------


def test_a_kill_during_a_fetch_advances_no_validator(tmp_path: Path) -> None:
    """P01: both feeds are asked again for the whole, and every entry is there."""
    with waiting_feed() as (server, asked):
        config = folder(tmp_path / "c", at(server, "/good"), at(server, "/slow"))
        run = start(config, tmp_path / "d")
        assert asked.wait(60)
        run.kill()
        run.communicate()
        server.routes["/slow"] = Reply(rss("Slow."))
        server.requests.clear()
        assert ingest(config, tmp_path / "d").outcomes["kept_new"] == 2
        assert not any("if-none-match" in r.headers for r in server.requests)


def test_a_304_after_a_kill_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P02: raw bytes are safe and nothing is loaded; the next run must not be told that nothing changed."""
    with FeedServer({"/a": Reply(rss("One."), etag='"1"')}) as server:
        config = folder(tmp_path / "c", at(server, "/a"))
        with monkeypatch.context() as patched:
            patched.setattr(spool, "write", _die)
            with pytest.raises(KeyboardInterrupt):
                ingest(config, tmp_path / "d")
        assert list((tmp_path / "d" / "archive").rglob("*.warc.gz"))
        assert ingest(config, tmp_path / "d").outcomes["kept_new"] == 1
        assert [r.headers.get("if-none-match") for r in server.requests] == [None, None]


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_signals_end_a_run_at_once(tmp_path: Path) -> None:
    """P07: the lock is free, the next run finds the dead one and reads all."""
    with waiting_feed() as (server, asked):
        config = folder(tmp_path / "c", at(server, "/good"), at(server, "/slow"))
        run = start(config, tmp_path / "d")
        assert asked.wait(60)
        run.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGTERM)
        code = run.wait(10)
        said = run.communicate()[1].decode()
        assert code in {130, 128 + signal.SIGTERM, 128 + signal.SIGINT}
        assert "Traceback" not in said
        with RunLock(DataFolder(tmp_path / "d").lock):
            pass
        server.routes["/slow"] = Reply(rss("Slow."))
        ingest(config, tmp_path / "d")
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT count(*) FROM items") == [(2,)]
    assert {r[0] for r in rows(tmp_path / "d" / "warehouse.duckdb", "SELECT status FROM ops.runs")} <= {"lost", "cancelled", "done"}


def test_questions_are_answered_while_loads_go_on(tmp_path: Path) -> None:
    """P12: every answer comes from a whole load."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config, ended, answers = folder(tmp_path / "c", at(server, "/a")), threading.Event(), []
        ingest(config, tmp_path / "d")

        def ask() -> None:
            while not ended.is_set():
                answers.extend(rows(tmp_path / "d" / "warehouse.duckdb",
                                    "SELECT (SELECT sum(new) FROM ops.fetches), (SELECT count(*) FROM seen), (SELECT count(*) FROM items)"))

        asker = threading.Thread(target=ask)
        asker.start()
        for n in range(2, 7):
            server.routes["/a"] = Reply(rss(*(f"Text {i}." for i in range(n))))
            ingest(config, tmp_path / "d", NOW + timedelta(hours=n))
        ended.set()
        asker.join()
    assert len(answers) > 5
    assert all(new == seen == items for new, seen, items in answers)


@pytest.mark.usefixtures("stores_are_made")
def test_an_upgrade_that_dies_half_way_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P34: each migration is one transaction; the rows of the old version are there after it."""
    data, all_of_them = data_folder(tmp_path), store.migrations()
    with pytest.MonkeyPatch.context() as old:
        old.setattr(store, "migrations", lambda: [m for m in all_of_them if m[0] == 1])
        old.setattr(store.searchindex, "catch_up", lambda con: 0)  # that version had no search
        with Store(data) as s:
            s.con.execute("INSERT INTO ops.quarantine VALUES (uuid(), uuid(), 'a', TIMESTAMP '2026-11-24', 0, 'why', 'raw')")
    last = max(m[0] for m in all_of_them)
    broken_one = [(n, name, sql + "; SELECT no_such_function()" if n == last else sql) for n, name, sql in all_of_them if n]
    monkeypatch.setattr(store, "migrations", lambda: broken_one)
    with pytest.raises(duckdb.Error), Store(data):
        pass
    with duckdb.connect(str(data.store)) as con:
        assert con.execute("SELECT max(number) FROM ops.migrations").fetchone() == (sorted(m[0] for m in all_of_them)[-2],)
    monkeypatch.setattr(store, "migrations", lambda: all_of_them)
    with Store(data) as s:
        assert s.con.execute("SELECT reason FROM ops.quarantine").fetchall() == [("why",)]
        assert s.con.execute("SELECT max(number), min(number) FROM ops.migrations").fetchone() == (last, 0)


# -- surroundings ------------------------------------------------------------------------------------------------------


def test_a_run_needs_no_home_and_no_environment(tmp_path: Path) -> None:
    """P16: as cron starts it, with a strict umask."""
    config = folder(tmp_path / "c", Source(id="a", name="A", url=f"file:{tmp_path}/a.xml", language="en"))
    (tmp_path / "a.xml").write_bytes(rss("One."))
    bare = {k: v for k, v in environment().items() if k in {"PYTHONPATH", "PREFECT_API_URL"}}
    run = start(config, tmp_path / "d", env=bare, umask=0o077)
    out, said = run.communicate(timeout=90)
    assert run.returncode == 0, said.decode()
    assert json.loads(out)["entries"]["kept_new"] == 1


def test_a_log_that_cannot_be_written_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P16: a bug met meanwhile is still one line, and the other source is read."""
    from twinwire.judge import Judge

    real = Judge.read

    def stumbling(self: Judge, source: Source, *more: Any) -> Any:
        if source.id == "a-bad":
            raise ZeroDivisionError
        return real(self, source, *more)

    monkeypatch.setattr(Judge, "read", stumbling)
    with FeedServer({"/good": Reply(rss("One.")), "/bad": Reply(rss("Two."))}) as server:
        config = folder(tmp_path / "c", at(server, "/good"), at(server, "/bad"))
        (tmp_path / "d").mkdir()
        (tmp_path / "d" / "log").write_text("a file where the folder should be")
        report = ingest(config, tmp_path / "d")
    assert [(f.source, f.kind.value) for f in report.failures] == [("a-bad", "internal")]
    assert report.outcomes["kept_new"] == 1


def test_nobody_reads_what_a_run_says(tmp_path: Path) -> None:
    """P40: standard output is closed, then a pipe that is full: all is loaded and published, and nobody is kept out."""
    config = folder(tmp_path / "c", Source(id="a", name="A", url=f"file:{tmp_path}/a.xml", language="en"),
                    *(Source(id=f"gone-{n}", name="G", url=f"file:{tmp_path}/nothing-{n}-{'x' * 150}.xml") for n in range(300)))
    (tmp_path / "a.xml").write_bytes(rss("One."))
    closed = start(config, tmp_path / "closed", stdout=None, preexec_fn=lambda: os.close(1))
    said = closed.communicate(timeout=90)[1]
    assert (closed.returncode, b"Traceback" in said) == (0, False), said
    assert rows(tmp_path / "closed" / "warehouse.duckdb", "SELECT count(*) FROM items") == [(1,)]
    stalled = start(config, tmp_path / "stalled")  # 300 lines of failures are more than a pipe holds
    try:
        warehouse, end = tmp_path / "stalled" / "warehouse.duckdb", time.monotonic() + 90
        while not warehouse.exists() and time.monotonic() < end:
            time.sleep(0.05)
        with RunLock(DataFolder(tmp_path / "stalled").lock, wait=30):
            assert rows(warehouse, "SELECT count(*) FROM items") == [(1,)]
    finally:
        stalled.kill()
        stalled.communicate()


def test_many_feeds_that_hang_do_not_hold_up_a_run(tmp_path: Path) -> None:
    """P25: they wait side by side, each for its deadline and no longer; the good one is stored."""
    hanging = {f"/{n}": Reply(rss("x"), hang=5) for n in range(24)}
    with FeedServer(hanging | {"/good": Reply(rss("One."))}) as server:
        config = folder(tmp_path / "c", *(at(server, p) for p in [*hanging, "/good"]),
                        settings="fetch: {deadline: 1s, per_host: 8}\nrun: {parsers: 0}\n")
        report = ingest(config, tmp_path / "d")
    assert report.duration < 24
    assert {f.kind.value for f in report.failures} == {"timeout"}
    assert (len(report.failures), report.outcomes["kept_new"]) == (24, 1)


def test_a_run_that_takes_too_long_begins_no_new_group(tmp_path: Path) -> None:
    """P25: what is loaded stays, the rest is for the next run, and the ledger says so."""
    with FeedServer({f"/{n}": Reply(rss(f"Text {n}.")) for n in range(3)}) as server:
        config = folder(tmp_path / "c", *(at(server, f"/{n}") for n in range(3)), settings="run: {deadline: 0s, group_size: 1, parsers: 0}\n")
        report = ingest(config, tmp_path / "d")
        assert report.cancelled
        assert not server.hits
        assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT status FROM ops.runs") == [("cancelled",)]


def test_a_feed_without_measure_starves_no_other(tmp_path: Path) -> None:
    """P35: it gives what the cap allows, says that it was cut, and the good ones are whole."""
    many = "".join(f"<item><guid>{n}</guid><title>Item {n}</title></item>" for n in range(20_050))
    huge = f"<rss version='2.0'><channel><title>T</title>{many}</channel></rss>".encode()
    with FeedServer({"/huge": Reply(huge), **{f"/{n}": Reply(rss(f"Text {n}.")) for n in range(3)}}) as server:
        config = folder(tmp_path / "c", *(at(server, p) for p in ("/0", "/huge", "/1", "/2")))
        report = ingest(config, tmp_path / "d")
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT source_id, count(*) FROM seen GROUP BY 1 ORDER BY 1") == [
        ("a-0", 1), ("a-1", 1), ("a-2", 1), ("a-huge", 20_000)]
    assert "20,000" in report.damaged["a-huge"] or "20000" in report.damaged["a-huge"]
    assert broken(tmp_path / "d" / "warehouse.duckdb") == {}


# -- entries -----------------------------------------------------------------------------------------------------------


def test_poison_among_good_entries(tmp_path: Path) -> None:
    """P20: half characters, numbers no column holds, years that never come: the good entries are stored whole, and so is what can be."""
    poison = [
        {"id": "\\ud800", "title": "Sister cities and half a character \\udfff", "content_text": "x\\u0000y"},
        {"id": 2**70, "url": "https://news.example/big", "title": "A sister city in numbers", "date_published": "300000-01-01T00:00:00Z"},
        {"id": "n", "title": ["no", "text"], "date_published": {"a": 1}, "content_html": 7},
        {"id": None, "title": "x" * 100_000, "tags": ["=1+1", None, 5], "authors": "nobody"},
        "no object at all", None, 7, [], {},
    ]
    good = [{"id": f"g{n}", "url": f"https://news.example/{n}", "title": f"A sister city agreement, number {n}", "content_text": "Whole."}
            for n in range(3)]
    items = [good[0], *poison[:4], good[1], *poison[4:], good[2]]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}).replace("\\\\u", "\\u").encode()
    with FeedServer({"/a": Reply(body)}) as server:
        report = ingest(folder(tmp_path / "c", at(server, "/a")), tmp_path / "d")
    warehouse = tmp_path / "d" / "warehouse.duckdb"
    assert not report.failures
    assert rows(warehouse, "SELECT count(*) FROM items WHERE title LIKE 'A sister city agreement%' AND (summary || body) = 'Whole.'") == [(3,)]
    assert report.outcomes["quarantined"] >= 4
    assert report.seen == len(items)
    assert broken(warehouse) == {}


def test_an_error_inside_the_load_is_never_taken_for_success(tmp_path: Path) -> None:
    """P19: the batch's rows contradict each other; nothing of it is there, it is raised, and the store serves on once it is opened anew."""
    data, bad = data_folder(tmp_path), batch(item("b"))
    bad.tables["fetches"][0]["entries"] += 1
    with Store(data) as s:
        s.load(batch(item("a")), NOW)
        with pytest.raises(duckdb.ConstraintException):
            s.load(bad, NOW)
    for waiting in spool.waiting(data.spool):
        if waiting.batch_id == bad.batch_id:
            spool.remove(waiting)
    with Store(data) as s:
        s.recover(NOW)
        assert s.counts() == {"items": 1, "item_revisions": 1, "seen": 1, "fetches": 1, "batches": 1}


@pytest.mark.parametrize("size", [10, 1000])
def test_a_load_takes_as_many_statements_for_a_thousand_rows_as_for_ten(tmp_path: Path, size: int) -> None:
    """P39: rows go in by the file, never one by one."""
    data = data_folder(tmp_path)
    with Store(data) as s:
        counting = _Counting(s.con)
        load(counting, spool.write(data.spool, batch(*(item(f"i{n}") for n in range(size)))), NOW)  # type: ignore[arg-type]
        assert s.counts()["items"] == size
    assert counting.statements < 60


class _Counting:
    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con, self.statements = con, 0

    def execute(self, *a: Any) -> duckdb.DuckDBPyConnection:
        self.statements += 1
        return self._con.execute(*a)

    def __getattr__(self, name: str) -> Any:  # all else a connection does
        return getattr(self._con, name)


# -- clocks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [timedelta(hours=-1), timedelta(days=365), NOW - datetime(1970, 1, 2, tzinfo=UTC)], ids=["back", "ahead", "epoch"])
def test_a_clock_that_was_wrong_once_does_no_lasting_harm(tmp_path: Path, wrong: timedelta) -> None:
    """P26: entries keep the instant they were first seen at, revisions their order; nothing is skipped or put off by the wrong instant."""
    off = NOW + wrong if wrong.days < 1000 else datetime(1970, 1, 2, tzinfo=UTC)
    with FeedServer({"/a": Reply(rss("One.", "Two."), etag='"1"'), "/b": Reply(b"trouble", 500), "/c": Reply(b"later", 429, headers={"Retry-After": "3600"})}) as server:
        config = folder(tmp_path / "c", *(at(server, p) for p in ("/a", "/b", "/c")))
        ingest(config, tmp_path / "d", NOW - timedelta(hours=3))
        first = _first_seen(tmp_path / "d")
        server.routes["/a"] = Reply(rss("One, corrected.", "Two.", "Three."), etag='"2"')
        ingest(config, tmp_path / "d", off, Options(force=True))
        server.routes |= {"/a": Reply(rss("One, corrected again.", "Two.", "Three.", "Four."), etag='"3"'), "/b": Reply(rss("B.")), "/c": Reply(rss("C."))}
        report = ingest(config, tmp_path / "d", NOW + timedelta(days=1, hours=1))
    assert not report.failures
    assert report.outcomes["kept_new"] >= 1
    assert {k: v for k, v in _first_seen(tmp_path / "d").items() if k in first} == first
    warehouse = tmp_path / "d" / "warehouse.duckdb"
    assert rows(warehouse, "SELECT list(summary ORDER BY revision) FROM item_revisions WHERE summary LIKE 'One%'") == [
        (["One.", "One, corrected.", "One, corrected again."],)]
    assert rows(warehouse, "SELECT count(*) FROM ops.fetches WHERE duration < 0") == [(0,)]
    assert broken(warehouse) == {}


def _first_seen(data: Path) -> dict[Any, Any]:
    return dict(rows(data / "warehouse.duckdb", "SELECT item_id, first_seen_at FROM items"))


def test_a_wait_set_by_a_wrong_clock_is_not_kept(tmp_path: Path) -> None:
    """P26: a source that failed while the clock was a year ahead is asked now, not in a year."""
    with FeedServer({"/a": Reply(b"trouble", 404)}) as server:
        config = folder(tmp_path / "c", at(server, "/a"))
        ingest(config, tmp_path / "d", NOW + timedelta(days=365))
        server.routes["/a"] = Reply(rss("One."))
        assert ingest(config, tmp_path / "d", NOW).outcomes["kept_new"] == 1
    assert MAX_WAIT == 86400


def test_a_run_of_the_future_covers_no_slot(tmp_path: Path) -> None:
    """P26, P28: a run that began while the clock was a year ahead must not stand for a year of schedules."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config = folder(tmp_path / "c", at(server, "/a"))
        hourly = Options(trigger="flow:hourly", slot=NOW)
        ingest(config, tmp_path / "d", NOW + timedelta(days=365), Options(trigger="flow:hourly", slot=NOW + timedelta(days=365)))
        assert ingest(config, tmp_path / "d", NOW + timedelta(minutes=1), hourly).total == 1
        assert ingest(config, tmp_path / "d", NOW + timedelta(minutes=2), hourly).total == 0


def test_after_a_long_sleep_one_run_catches_up_and_tells_of_the_gap(tmp_path: Path) -> None:
    """P28: ten slots were missed; the first run reads, the others find their slots covered, and nothing known is left of the feed."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config = folder(tmp_path / "c", at(server, "/a"))
        ingest(config, tmp_path / "d", NOW, Options(trigger="flow:hourly", slot=NOW))
        server.routes["/a"] = Reply(rss("Two.", "Three.", titles="Other sister cities, number {n}").replace(b">g", b">h"))
        woke = NOW + timedelta(hours=10)
        totals = [ingest(config, tmp_path / "d", woke + timedelta(seconds=n), Options(trigger="flow:hourly", slot=NOW + timedelta(hours=n + 0.5))).total
                  for n in range(10)]
        assert totals == [1] + [0] * 9
        assert server.hits["/a"] == 2
    assert rows(tmp_path / "d" / "warehouse.duckdb", "SELECT source_id, to_at - from_at FROM ops.gaps") == [("a-a", timedelta(hours=10))]


def test_instants_are_utc_through_the_night_the_clocks_change(tmp_path: Path) -> None:
    """P27: two entries an hour apart bear one wall-clock time in Berlin; both runs of that night have rows of their own."""
    item_of = "<item><guid isPermaLink='false'>{0}</guid><title>A sister city, {0}</title><pubDate>Sun, 25 Oct 2026 02:30:00 {1}</pubDate></item>"
    feed = f"<rss version='2.0'><channel><title>T</title>{item_of.format('a', '+0200')}{item_of.format('b', '+0100')}</channel></rss>".encode()
    with FeedServer({"/a": Reply(feed)}) as server:
        config = folder(tmp_path / "c", at(server, "/a", timezone="Europe/Berlin"))
        for hour in (0, 1):
            slot = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
            assert ingest(config, tmp_path / "d", slot + timedelta(minutes=31), Options(trigger="flow:hourly", slot=slot)).total == 1
    warehouse = tmp_path / "d" / "warehouse.duckdb"
    assert rows(warehouse, "SELECT guid, published_at FROM items ORDER BY 1") == [
        ("a", plain_utc(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))), ("b", plain_utc(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)))]
    assert rows(warehouse, "SELECT count(*), max(fetched_at) - min(fetched_at) FROM ops.fetches") == [(2, timedelta(hours=1))]


def test_a_feed_that_died_is_asked_daily_for_ever_and_read_when_it_is_back(tmp_path: Path) -> None:
    """P33: thirty days of 410: asked every day and never given up, told as failing; one that shows nothing new is told as quiet."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config = folder(tmp_path / "c", at(server, "/a"), Source(id="steady", name="S", url=f"file:{tmp_path}/s.xml", language="en"))
        (tmp_path / "s.xml").write_bytes(rss("Steady."))
        ingest(config, tmp_path / "d", NOW)
        server.routes["/a"] = Reply(b"gone", 410)
        for n in range(1, 31):
            ingest(config, tmp_path / "d", NOW + timedelta(days=n))
        asked = server.hits["/a"] - 1
        warehouse = tmp_path / "d" / "warehouse.duckdb"
        health = dict(rows(warehouse, "SELECT source_id, health FROM feed_health"))
        server.routes["/a"] = Reply(rss("One.", "Two."))
        ingest(config, tmp_path / "d", NOW + timedelta(days=31))
    assert asked == 30
    assert health == {"a-a": "failing", "steady": "quiet"}
    assert rows(warehouse, "SELECT count(*) FROM items WHERE source_id = 'a-a'") == [(2,)]


# -- trust -------------------------------------------------------------------------------------------------------------


def test_raw_bytes_are_never_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P36: after a run that died before its load, and two more, every file of the archive is there as it was."""
    with FeedServer({"/a": Reply(rss("One."))}) as server:
        config = folder(tmp_path / "c", at(server, "/a"))
        with monkeypatch.context() as patched:
            patched.setattr(spool, "write", _die)
            with pytest.raises(KeyboardInterrupt):
                ingest(config, tmp_path / "d")
        before = {p: p.read_bytes() for p in (tmp_path / "d" / "archive").rglob("*") if p.is_file()}
        for n in (1, 2):
            server.routes["/a"] = Reply(rss("One.", f"More {n}."))
            ingest(config, tmp_path / "d", NOW + timedelta(hours=n))
    assert before
    assert {p: p.read_bytes() for p in before} == before


@pytest.mark.parametrize("other", [spool.FORMAT - 1, spool.FORMAT + 1])
def test_a_batch_of_another_version_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: int) -> None:
    """P34: an old or a newer program's batch is no damage; it is told, and stays for that program."""
    data = data_folder(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(spool, "FORMAT", other)
        left = spool.write(data.spool, batch(item("a")))
    with pytest.raises(StoreDamaged, match="another version"), Store(data) as s:
        s.recover(NOW)
    assert left.path.is_dir()


def test_no_bit_of_a_manifest_flips_unseen(tmp_path: Path) -> None:
    """P17: a count of no rows, or the id of another batch, would lose or double what is loaded."""
    manifest = spool.write(data_folder(tmp_path).spool, batch(item("a"))).path / "manifest.json"
    whole = manifest.read_bytes()
    with manifest.open("r+b", buffering=0) as file:  # in place: a file that is cut and written anew waits for the disk, thousands of times
        for bit in range(len(whole) * 8):
            file.seek(0)
            file.write(whole[: bit // 8] + bytes([whole[bit // 8] ^ 1 << bit % 8]) + whole[bit // 8 + 1:])
            with pytest.raises(spool.Damaged):
                spool.read(manifest.parent)


def test_batches_of_one_instant_are_loaded_in_the_order_of_writing(tmp_path: Path) -> None:
    """P26: whatever the clock says, even when it goes back between two batches."""
    data = data_folder(tmp_path)
    written = [spool.write(data.spool, batch(item(f"i{n}"), at=NOW - timedelta(minutes=n // 2))) for n in range(6)]
    assert [b.batch_id for b in spool.waiting(data.spool)] == [b.batch_id for b in written]


def test_a_data_folder_on_loan_is_one_clear_line(tmp_path: Path) -> None:
    """P16: a path with a file in its way, told before anything is fetched."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "spool").write_text("x")
    config = folder(tmp_path / "c", Source(id="a", name="A", url=f"file:{tmp_path}/a.xml"))
    with pytest.raises(ConfigError, match="spool"):
        ingest(config, tmp_path / "d")


def test_a_lock_file_that_power_loss_left_keeps_nobody_out(tmp_path: Path) -> None:
    """P10: the note in it names a process that lives, even this one: the lock counts, not the note."""
    data = data_folder(tmp_path)
    data.lock.write_text(json.dumps({"pid": os.getpid()}))
    with RunLock(data.lock):
        pass


def test_every_dependency_is_pinned() -> None:
    """P37: a fresh install takes the versions that were tried."""
    root = Path(__file__).parents[2]
    pinned = {re.split(r"[=\[]", line)[0].lower().replace("_", "-")
              for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line}
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[ >=<\[;]", w)[0].lower().replace("_", "-") for w in wanted}
    assert names - pinned == set()

