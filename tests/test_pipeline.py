"""The pipeline, run for real: bytes to rows over the sample edition and over a local server."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from feedserver import FeedServer, Reply

from twinwire import config as configs
from twinwire import pipeline, reading
from twinwire.archive import ArchiveRef, read_at
from twinwire.errors import Busy, ConfigError, Kind
from twinwire.pipeline import Ingest, Options
from twinwire.records import Payload
from twinwire.summary import RunReport
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EDITION = Path(__file__).parents[1] / "examples" / "edition"
CONTENT = {  # what must be equal after a disturbed and an undisturbed run: everything but lineage and our own clock
    "seen": "entry_id, source_id, title, url, published_at, decision, reason, score, alt_key, content_hash",
    "items": "item_id, source_id, title, summary, body, language, published_at, wire, issuer, topics, story_id, revision, content_hash",
    "item_revisions": "item_id, revision, title, body, content_hash",
    "item_topics": "item_id, topic, score, decision",
    "evidence": "item_id, topic, term, field, start, stop, weight, quote",
}


def entry(n: int, title: str = "", guid: str = "", text: str = "") -> str:
    return (f"<item><guid isPermaLink='false'>{guid or f'g{n}'}</guid><link>https://news.example/{n}</link>"
            f"<title>{title or f'Sister cities number {n} sign a twinning agreement'}</title><description>{text or f'Text {n}.'}</description>"
            f"<pubDate>Mon, 23 Nov 2026 0{n % 10}:00:00 GMT</pubDate></item>")


def feed(*entries: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{''.join(entries)}</channel></rss>".encode()


def make(folder: Path, server: FeedServer, *paths: str) -> Path:
    """A config folder with one source per path of the server."""
    folder.mkdir(exist_ok=True)
    rows = [{"id": p.strip("/").replace("/", "-"), "name": p, "url": server.url(p), "allow_private": True, "language": "en", "store": "full"}
            for p in paths]
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": rows}), encoding="utf-8")
    (folder / "settings.yaml").write_text("publish: {max_age: 0s}\n")
    return folder


def ingest(config: Path, data: Path, *, now: datetime = NOW, options: Options = Options()) -> RunReport:
    return pipeline.run(Ingest(configs.load(config), DataFolder(data), options, lambda: now))


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def content(data: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(data, f"SELECT {columns} FROM {table} ORDER BY ALL") for table, columns in CONTENT.items()}


def test_the_sample_edition_comes_out_as_it_says(tmp_path: Path) -> None:
    """Every entry has one outcome; failures, duplicates, the revision and the broken entries are those of expected.json."""
    told = json.loads((EDITION / "expected.json").read_text(encoding="utf-8"))["totals"]
    report = ingest(EDITION, tmp_path / "d").as_json()
    entries = report["entries"]
    assert report["sources"]["total"] == told["sources"]
    assert {(f["source"], f["class"]) for f in report["failures"]} == {("empty", "empty"), ("maintenance", "not-a-feed")}
    assert entries["seen"] == told["entries"] + entries["quarantined"]
    assert (entries["duplicate"], entries["revised"], entries["quarantined"]) == (told["duplicate"], told["revised"], 2)
    assert entries["kept_new"] + entries["rejected"] == told["new"]
    assert report["damaged"] == {"bogaz": "document ends early"}
    assert sum(report["kept"].values()) >= 40


def test_every_fetch_adds_up_and_every_entry_is_accounted_for(tmp_path: Path) -> None:
    """The accounting identity, and the ledger against the tables."""
    ingest(EDITION, tmp_path / "d")
    assert rows(tmp_path / "d", "SELECT source_id FROM ops.fetches WHERE entries <> "
                                "kept_new + rejected + revised + unchanged + duplicate + quarantined") == []
    (new, kept, quarantined), = rows(tmp_path / "d", "SELECT sum(new), sum(kept_new), sum(quarantined) FROM ops.fetches")
    assert rows(tmp_path / "d", "SELECT count(*), count(*) FILTER (decision = 'kept') FROM seen") == [(new, kept)]
    assert rows(tmp_path / "d", "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM ops.quarantine)") == [(kept, quarantined)]
    assert rows(tmp_path / "d", "SELECT count(*) FROM items ANTI JOIN evidence USING (item_id)") == [(0,)]


def test_a_second_run_changes_no_row(tmp_path: Path) -> None:
    """Nothing new: nothing is written but the ledger."""
    ingest(EDITION, tmp_path / "d")
    before = content(tmp_path / "d")
    report = ingest(EDITION, tmp_path / "d", options=Options(force=True))
    assert report.as_json()["entries"]["kept_new"] == report.as_json()["entries"]["rejected"] == 0
    assert content(tmp_path / "d") == before


def test_each_bad_source_is_told_by_its_class_and_costs_no_other(tmp_path: Path) -> None:
    """404, HTML, nothing, an unreachable host, a truncated feed and a feed with one broken entry, beside good ones."""
    bad_entry = "<item><guid></guid></item>"
    whole = feed(entry(1), entry(2))
    routes = {"/good": Reply(feed(entry(1), entry(2))), "/gone": Reply(b"no", 404), "/html": Reply(b"<html><title>Hi</title></html>"),
              "/empty": Reply(b""), "/cut": Reply(whole[: whole.rindex(b"<title>")]), "/one-bad": Reply(feed(entry(3), bad_entry, entry(4)))}
    with FeedServer(routes) as server:
        config = make(tmp_path / "c", server, *routes)
        text = (config / "sources.yaml").read_text() + "- {id: nobody, name: N, url: 'http://127.0.0.1:9/', allow_private: true}\n"
        (config / "sources.yaml").write_text(text)
        report = ingest(config, tmp_path / "d")
    assert {f.source: f.kind for f in report.failures} == {
        "gone": Kind.NOT_FOUND, "html": Kind.NOT_A_FEED, "empty": Kind.EMPTY, "nobody": Kind.CONNECT}
    assert report.damaged == {"cut": "document ends early"}
    assert rows(tmp_path / "d", "SELECT source_id, count(*) FROM items GROUP BY 1 ORDER BY 1") == [("cut", 1), ("good", 2), ("one-bad", 2)]
    assert rows(tmp_path / "d", "SELECT source_id FROM ops.quarantine ORDER BY 1") == [("cut",), ("one-bad",)]
    assert rows(tmp_path / "d", "SELECT etag, digest FROM ops.sources WHERE source_id = 'cut'") == [(None, None)]


def test_unchanged_bytes_are_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither after a 304 nor when a server ignores its own ETag."""
    monkeypatch.setenv("TWINWIRE_RUN_PARSERS", "0")
    parsed: list[bytes] = []
    real = reading.parse
    monkeypatch.setattr(reading, "parse", lambda body, **more: parsed.append(body) or real(body, **more))
    with FeedServer({"/tagged": Reply(feed(entry(1)), etag='"x"'), "/untagged": Reply(feed(entry(2)))}) as server:
        config = make(tmp_path / "c", server, "/tagged", "/untagged")
        ingest(config, tmp_path / "d")
        assert len(parsed) == 2
        report = ingest(config, tmp_path / "d", now=NOW + timedelta(hours=1))
    assert len(parsed) == 2
    assert report.statuses == {"unchanged": 2}
    assert sorted(r[0] for r in rows(tmp_path / "d", "SELECT http_status FROM ops.fetches WHERE status = 'unchanged'")) == [200, 304]


def test_sources_without_news_share_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs waits for one with news, for the end of the run, or until it is large; and every answer is in the ledger."""
    monkeypatch.setattr(pipeline, "QUIET", 4)
    with FeedServer({f"/{n}": Reply(feed(entry(n)), etag=f'"{n}"') for n in range(6)} | {"/gone": Reply(b"", status=404)}) as server:
        config = make(tmp_path / "c", server, *server.routes)
        (config / "settings.yaml").write_text("run: {group_size: 1}\npublish: {max_age: 0s}\n")
        data = tmp_path / "d"

        def batches(*, hours: int) -> tuple[object, object]:
            ingest(config, data, now=NOW + timedelta(hours=hours))
            return rows(data, "SELECT count(*), sum(fetches) FROM ops.batches JOIN ops.runs USING (run_id) GROUP BY run_id, started_at"
                              " ORDER BY started_at")[-1]

        assert batches(hours=0) in {(6, 7), (7, 7)}   # what is gone goes with one of the six, or comes last
        assert batches(hours=24) == (2, 7)
        server.routes["/3"] = Reply(feed(entry(3), entry(7)), etag='"new"')
        assert batches(hours=48) in {(2, 7), (3, 7)}  # the new one takes along who waits; the rest comes at the end
        assert rows(data, "SELECT status, count(*) FROM ops.fetches GROUP BY ALL ORDER BY ALL") == [
            ("failed", 3), ("read", 7), ("unchanged", 11)]
        assert rows(data, "SELECT count(*) FROM ops.sources WHERE checked_at = (SELECT max(checked_at) FROM ops.sources)") == [(7,)]


def test_an_edited_entry_becomes_a_revision_and_a_new_guid_does_not_double_it(tmp_path: Path) -> None:
    """What was known on a day can be asked; the identity survives a feed that changes its guids."""
    later = NOW + timedelta(hours=1)
    with FeedServer({"/a": Reply(feed(entry(1), entry(2)))}) as server:
        config = make(tmp_path / "c", server, "/a")
        ingest(config, tmp_path / "d")
        server.routes["/a"] = Reply(feed(entry(1, text="Corrected."), entry(2, guid="another-guid")))
        report = ingest(config, tmp_path / "d", now=later)
    assert (report.outcomes["revised"], report.outcomes["unchanged"], report.outcomes["kept_new"]) == (1, 1, 0)
    known_before = "SELECT summary FROM item_revisions WHERE valid_from <= TIMESTAMP '2026-11-24 12:30' " \
                   "AND coalesce(valid_to, 'infinity') > TIMESTAMP '2026-11-24 12:30' ORDER BY 1"
    assert rows(tmp_path / "d", known_before) == [("Text 1.",), ("Text 2.",)]
    assert rows(tmp_path / "d", "SELECT summary, revision FROM items ORDER BY 1") == [("Corrected.", 2), ("Text 2.", 1)]


def test_a_feed_that_lacks_an_item_deletes_nothing_and_no_overlap_is_a_gap(tmp_path: Path) -> None:
    """Entries leave feeds; when none of the old ones is left, something may have been missed, and that is noted."""
    with FeedServer({"/a": Reply(feed(entry(1)))}) as server:
        config = make(tmp_path / "c", server, "/a")
        ingest(config, tmp_path / "d")
        server.routes["/a"] = Reply(feed(entry(2)))
        ingest(config, tmp_path / "d", now=NOW + timedelta(hours=5))
    assert rows(tmp_path / "d", "SELECT count(*) FROM items") == [(2,)]
    assert rows(tmp_path / "d", "SELECT source_id, to_at - from_at FROM ops.gaps") == [("a", timedelta(hours=5))]


def test_the_raw_bytes_of_every_payload_are_in_the_archive(tmp_path: Path) -> None:
    """The ledger says where, and what is read back has the ledger's digest."""
    ingest(EDITION, tmp_path / "d")
    found = rows(tmp_path / "d", "SELECT archive_file, archive_offset, digest, bytes FROM ops.fetches WHERE bytes > 0")
    assert len(found) >= 17
    for file, offset, digest, size in found:
        back = read_at(tmp_path / "d" / "archive", ArchiveRef(str(file), int(str(offset)), 0))
        assert isinstance(back, Payload)
        assert (back.digest, len(back.body)) == (digest, size)


def test_a_bug_met_with_one_source_costs_that_source_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a failure of class internal, with the traceback in a log and not on the screen."""
    monkeypatch.setenv("TWINWIRE_RUN_PARSERS", "0")
    real = reading.parse

    def broken(body: bytes, **more: object) -> object:
        if b"poison" in body:
            raise ZeroDivisionError("boom")
        return real(body, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "parse", broken)
    with FeedServer({"/a": Reply(feed(entry(1))), "/b": Reply(feed(entry(2, text="poison")))}) as server:
        report = ingest(make(tmp_path / "c", server, "/a", "/b"), tmp_path / "d")
    assert [(f.source, f.kind) for f in report.failures] == [("b", Kind.INTERNAL)]
    assert "ZeroDivisionError: boom" in (tmp_path / "d" / "log" / "bugs.log").read_text()
    assert rows(tmp_path / "d", "SELECT source_id FROM items") == [("a",)]


def test_a_cancelled_run_loads_what_has_arrived(tmp_path: Path) -> None:
    """The rest is left for the next run, and the ledger says cancelled."""
    with FeedServer({f"/{n}": Reply(feed(entry(n))) for n in range(4)} | {"/slow": Reply(feed(entry(9)), hang=4)}) as server:
        config = make(tmp_path / "c", server, "/0", "/1", "/2", "/3", "/slow")
        run = Ingest(configs.load(config), DataFolder(tmp_path / "d"), Options(), lambda: NOW)
        arrived: list[str] = []

        def progress(source: str) -> None:
            arrived.append(source)
            if len(arrived) == 4:
                run.cancelled.set()

        run.on_progress = progress
        report = pipeline.run(run)
        assert report.cancelled
        assert rows(tmp_path / "d", "SELECT count(*) FROM items") == [(4,)]
        assert rows(tmp_path / "d", "SELECT status FROM ops.runs") == [("cancelled",)]
        assert ingest(config, tmp_path / "d").outcomes["kept_new"] == 1


def test_a_second_run_at_the_same_time_is_told_so(tmp_path: Path) -> None:
    """Busy, before anything is fetched."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock), pytest.raises(Busy):
        ingest(EDITION, tmp_path / "d")


def test_a_folder_that_cannot_be_written_is_told_so(tmp_path: Path) -> None:
    """One line that names it, before anything is fetched."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be made"):
        ingest(EDITION, tmp_path / "file" / "d")


def test_sources_can_be_chosen_and_limited(tmp_path: Path) -> None:
    """By id, by schedule, and those not read for longest first."""
    with FeedServer({f"/{n}": Reply(feed(entry(n))) for n in range(3)}) as server:
        config = make(tmp_path / "c", server, "/0", "/1", "/2")
        (config / "sources.yaml").write_text((config / "sources.yaml").read_text().replace("id: '", "id: 's"))
        assert ingest(config, tmp_path / "d", options=Options(sources=("s1",))).total == 1
        ingest(config, tmp_path / "d", now=NOW + timedelta(minutes=1), options=Options(limit=2))
        assert rows(tmp_path / "d", "SELECT count(DISTINCT source_id) FROM ops.fetches") == [(3,)]
        with pytest.raises(ConfigError, match="is no source"):
            ingest(config, tmp_path / "d", options=Options(sources=("nope",)))
        assert ingest(config, tmp_path / "d", options=Options(schedule="daily")).total == 0


def test_a_slot_that_a_later_run_has_covered_reads_nothing(tmp_path: Path) -> None:
    """Slots missed during a pause collapse into one run."""
    with FeedServer({"/a": Reply(feed(entry(1)))}) as server:
        config = make(tmp_path / "c", server, "/a")
        for slot, asked in ((NOW - timedelta(hours=2), 1), (NOW - timedelta(hours=1), 0), (NOW + timedelta(hours=1), 1)):
            assert ingest(config, tmp_path / "d", options=Options(trigger="flow:hourly", slot=slot)).total == asked


_KILL = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from twinwire import config, pipeline, reading
from twinwire.warehouse import spool, store, publish, load, witness
def dying(module, name, when, nth=[0]):
    real = getattr(module, name)
    def wrapped(*a, **k):
        nth[0] += 1
        last = nth[0] == {nth}
        if last and when == "before": os.kill(os.getpid(), signal.SIGKILL)
        out = real(*a, **k)
        if last and when == "after": os.kill(os.getpid(), signal.SIGKILL)
        return out
    setattr(module, name, wrapped)
dying({module}, {name!r}, {when!r})
c = config.load(Path({config!r}))
c = config.Config(c.folder, c.sources, c.topics, c.settings.model_copy(update={{"run": c.settings.run.model_copy(update={{"group_size": 4}})}}))
pipeline.run(pipeline.Ingest(c, pipeline.DataFolder(Path({data!r})), pipeline.Options(), lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The rows of an undisturbed reading of the sample edition."""
    data = tmp_path_factory.mktemp("whole") / "d"
    ingest(EDITION, data)
    return content(data)


@pytest.mark.parametrize(("module", "name", "when", "nth"), [
    ("reading", "parse", "before", 3), ("spool", "write", "before", 2), ("spool", "write", "after", 2), ("store", "load", "after", 2),
    ("load", "_statements", "after", 1), ("witness", "write_atomically", "before", 1), ("pipeline", "publish", "before", 1),
    ("publish", "_verify", "after", 1), ("spool", "remove", "after", 1)])
def test_a_kill_anywhere_loses_and_doubles_nothing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: object, module: str, name: str, when: str, nth: int) -> None:
    """Killed before and after every stage that writes; the next run leaves the very rows of an undisturbed one."""
    if module == "reading":
        monkeypatch.setenv("TWINWIRE_RUN_PARSERS", "0")
    code = _KILL.format(module=module, name=name, when=when, nth=nth, config=str(EDITION), data=str(tmp_path / "d"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    ingest(EDITION, tmp_path / "d")
    assert content(tmp_path / "d") == whole
    assert rows(tmp_path / "d", "SELECT status FROM ops.runs ORDER BY started_at, status") in (
        [("done",), ("lost",)], [("done",), ("done",)])
