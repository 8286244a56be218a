"""The past brought in: archives, folders, files and addresses through the stages of a run."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feedserver import FeedServer, Reply
from pages import PARAGRAPHS, page
from pasts import World, feed, item
from wires import EDITION, NOW, content

from twinwire import brought
from twinwire.backfill import Backfill, Options, Report
from twinwire.errors import ConfigError
from twinwire.warehouse.integrity import inspect

SIGNED, BOND, WEATHER = "A sister city agreement is signed", "Two mayors praise a friendship pact", "Some rain"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({"/a": feed(item(1, SIGNED), item(2, BOND), item(3, WEATHER))}) as s:
        yield s


@pytest.fixture
def world(tmp_path: Path, server: FeedServer) -> World:
    return World(tmp_path, server, "/a")


def backfill(world: World, *given: Path | str, now: datetime = LATER, **options: Any) -> Report:
    return Backfill(world.config, world.data, Options(given=tuple(map(str, given)), **options), lambda: now).run()


def told(report: Report) -> dict[str, int]:
    return report.as_json()["payloads"]


def crawled(url: str, body: bytes, status: int = 200, kind: str = "text/html; charset=utf-8", date: str = "2024-02-03T04:05:06Z") -> bytes:
    """A record as another crawler writes it."""
    block = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n\r\n".encode() + body
    head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nWARC-Date: {date}\r\n"
            f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n")
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


# -- archives of ours -----------------------------------------------------------------------------------------------


def test_an_archive_leaves_the_rows_of_its_runs(world: World, server: FeedServer, tmp_path: Path) -> None:
    """Read into an empty folder, under the ids and the instants its records name; every table but the ledger is equal."""
    world.run()
    server.routes["/a"] = feed(item(1, SIGNED, "A correction."), item(4, SIGNED + " elsewhere"))
    world.run(NOW + timedelta(hours=1))
    other = World(tmp_path / "other", server, "/a")
    report = backfill(other, world.data.archive)
    assert told(report) == {"read": 2, "known": 0, "skipped": 0, "failed": 0}
    lineage = ("run_id", "batch_id", "loaded_on", "day", "valid_to")
    mine, theirs = other.tables(*lineage), world.tables(*lineage)
    for table in ("main.seen", "main.items", "main.item_revisions", "main.item_topics", "main.evidence"):
        assert mine[table] == theirs[table], table
    assert other.rows("SELECT trigger, status FROM ops.runs") == [("backfill", "done")]


def test_a_second_time_changes_no_row(world: World, tmp_path: Path) -> None:
    """Nothing but the ledger's row of the run itself."""
    other = World(tmp_path / "other", world.server, "/a")
    world.run()
    backfill(other, world.data.archive)
    before = other.tables()
    report = backfill(other, world.data.archive)
    assert told(report) == {"read": 0, "known": 1, "skipped": 0, "failed": 0}
    after = other.tables()
    assert len(after.pop("ops.runs")) == len(before.pop("ops.runs")) + 1
    assert after == before
    assert len([*other.data.archive.rglob("*.warc.gz")]) == 1, "nothing is archived twice"
    assert told(backfill(other, world.data.archive, force=True))["read"] == 1
    assert other.tables()["main.items"] == before["main.items"]


def test_the_sample_edition_comes_out_as_from_a_run(tmp_path: Path, server: FeedServer) -> None:
    """Every format, and drop folders."""
    from twinwire import config as configs
    from twinwire import pipeline
    from twinwire.warehouse.paths import DataFolder

    run = pipeline.Ingest(configs.load(EDITION), DataFolder(tmp_path / "run"), pipeline.Options(), lambda: NOW)
    pipeline.run(run)
    Backfill(configs.load(EDITION), DataFolder(tmp_path / "back"), Options(given=(str(tmp_path / "run" / "archive"),)), lambda: LATER).run()
    assert content(tmp_path / "back" / "warehouse.duckdb") == content(tmp_path / "run" / "warehouse.duckdb")


def test_what_is_older_than_what_is_known_changes_nothing(world: World, server: FeedServer, tmp_path: Path) -> None:
    """An old archive does not turn a corrected text back, nor does it disturb the source's state."""
    old = World(tmp_path / "old", server, "/a")
    old.run(NOW - timedelta(days=2))
    server.routes["/a"] = feed(item(1, SIGNED, "Corrected."), item(2, SIGNED + " too"), item(9, WEATHER))
    world.run()
    before = world.tables()
    report = backfill(world, old.data.archive)
    assert +report.run.outcomes == {"unchanged": 2, "rejected": 1}, "two that are known in a newer version, one that is new"
    after = world.tables()
    assert after["main.items"] == before["main.items"]
    assert after["main.item_revisions"] == before["main.item_revisions"]
    assert after["ops.sources"] == before["ops.sources"]
    assert after["ops.gaps"] == []
    assert world.run(NOW + timedelta(hours=2)).statuses["unchanged"] == 1, "its validators and digest are its own"


def test_what_is_newer_makes_revisions(world: World, server: FeedServer, tmp_path: Path) -> None:
    """In the order of time, once."""
    world.run()
    other = World(tmp_path / "other", server, "/a")
    for n in (1, 2):
        server.routes["/a"] = feed(item(1, SIGNED, f"Version {n}."))
        other.run(NOW + timedelta(hours=n))
    for _ in range(2):
        backfill(world, other.data.archive, force=True)
        assert world.rows("SELECT summary, valid_from FROM item_revisions ORDER BY revision") == [
            ("Text 1.", NOW.replace(tzinfo=None)), *((f"Version {n}.", (NOW + timedelta(hours=n)).replace(tzinfo=None)) for n in (1, 2))]
    assert {f.level.value for f in inspect(world.data.store, world.data.witness)} == {"ok"}


def test_pages_of_an_archive_complete_its_entries(server: FeedServer, tmp_path: Path) -> None:
    """As they did in the run that fetched them; nothing is asked of the network."""
    html = Reply(page(f"{SIGNED} by both councils on Tuesday. " * 8).encode(), headers={"Content-Type": "text/html"})
    server.routes |= {"/page": html, "/feed": feed(item(1, SIGNED, "A teaser.", link=server.url("/page")))}
    first, second = (World(tmp_path / name, server, "/feed", article="kept") for name in ("one", "two"))
    (first.folder / "settings.yaml").write_text("publish: {max_age: 0s}\nrun: {parsers: 0}\narticles: {spacing: 0s}\n")
    first.run()
    asked = sum(server.hits.values())
    assert told(backfill(second, first.data.archive)) == {"read": 1, "known": 0, "skipped": 0, "failed": 0}
    assert sum(server.hits.values()) == asked
    assert second.rows("SELECT body, content_hash FROM items") == first.rows("SELECT body, content_hash FROM items")
    assert [r[0] for r in second.rows("SELECT status FROM ops.pages")] == ["read"]
    second.judged_by("both councils")
    assert second.rescreen(LATER).differences.topics["friendship_cities"]["after"] == 1


# -- archives of others ---------------------------------------------------------------------------------------------


def test_a_crawl_is_read_page_by_page(world: World, tmp_path: Path) -> None:
    """Each page is an entry of its host, at the crawler's instant; what is no page of news is passed over, and what is no article told."""
    article = page(SIGNED + ".", *PARAGRAPHS, title=SIGNED).encode()
    file = tmp_path / "CC-NEWS-20240203.warc.gz"
    file.write_bytes(b"".join([
        crawled("https://www.courier.example/2024/signed", article), crawled("https://www.courier.example/robots.txt", b"User-agent: *", kind="text/plain"),
        crawled("https://www.courier.example/logo.png", b"\x89PNG", kind="image/png"), crawled("https://www.courier.example/gone", b"Gone", 404),
        crawled("https://www.courier.example/short", b"<html><body><p>Next to nothing</p></body></html>"),
        crawled("https://feeds.example/rss", feed(item(5, SIGNED)).body, kind="application/rss+xml"), b"\x1f\x8b\x08 broken"]))
    report = backfill(world, file)
    assert told(report) == {"read": 2, "known": 0, "skipped": 3, "failed": 2}
    assert set(report.failed) == {"empty", "unreadable"}
    assert world.rows("SELECT source_id, canonical_url, first_seen_at::VARCHAR FROM items ORDER BY 1") == [
        ("feeds.example", "https://news.example/5", "2024-02-03 04:05:06"),
        ("www.courier.example", "https://www.courier.example/2024/signed", "2024-02-03 04:05:06")]
    assert world.rows("SELECT source_id, url, checked_at FROM ops.sources ORDER BY 1") == [
        ("feeds.example", "https://feeds.example/", None), ("www.courier.example", "https://www.courier.example/", None)]
    assert world.rows("SELECT DISTINCT health FROM feed_health") == [("well",)]
    before = world.tables()
    assert told(backfill(world, file)) == {"read": 0, "known": 3, "skipped": 3, "failed": 1}
    assert world.tables()["ops.fetches"] == before["ops.fetches"]


def test_everything_can_be_of_one_source(world: World, tmp_path: Path) -> None:
    """With --source, whatever the records say."""
    file = tmp_path / "x.warc.gz"
    file.write_bytes(crawled("https://one.example/a", feed(item(1, SIGNED)).body) + crawled("https://two.example/b", feed(item(2, BOND)).body))
    report = backfill(world, file, source="a-a")
    assert report.sources == {"a-a": True}
    assert world.rows("SELECT DISTINCT source_id FROM seen") == [("a-a",)]


# -- folders and files ----------------------------------------------------------------------------------------------


def test_a_folder_is_a_source_of_its_name(world: World, tmp_path: Path) -> None:
    """All files below it that are not hidden or unfinished, packed ones unpacked."""
    drop = tmp_path / "City News 2019"
    (drop / "jan").mkdir(parents=True)
    (drop / "jan" / "1.xml").write_bytes(feed(item(1, SIGNED)).body)
    (drop / "2.xml.gz").write_bytes(gzip.compress(feed(item(2, SIGNED + " again")).body))
    for name in (".hidden.xml", "3.xml.part", "4.txt"):
        (drop / name).write_text("no feed")
    report = backfill(world, drop)
    assert (told(report)["read"], dict(report.failed)) == (2, {"not-a-feed": 1})
    assert world.rows("SELECT source_id, count(*) FROM items GROUP BY 1") == [("city-news-2019", 2)]
    assert world.rows("SELECT url, store FROM ops.sources") == [(f"folder:{drop.resolve()}", "excerpt")]
    assert told(backfill(world, drop))["read"] == 0


def test_a_file_is_read_as_told(world: World, tmp_path: Path) -> None:
    """The format is archived with it, so that it is read the same way again."""
    file = tmp_path / "release.html"
    file.write_text(page(SIGNED + ".", *PARAGRAPHS, title=SIGNED))
    backfill(world, file)
    assert world.rows("SELECT source_id, title FROM items") == [("release", SIGNED)]
    world.judged_by("brass band")
    report = world.rescreen(LATER)
    assert (report.differences.judged, sum(report.misses.values())) == (1, 0)
    assert world.rows("SELECT DISTINCT term FROM evidence") == [("brass band",)]
    text = tmp_path / "wire.txt"
    text.write_text("Mayors meet at the pier\n\nLAKESIDE, Nov 3 (Wire) -- A brass band played when the mayors met, and some rain fell.\n")
    assert told(backfill(world, text, format="wire-text"))["read"] == 1


@pytest.mark.parametrize(("given", "options", "said"), [
    (("nowhere",), {}, "is not there"), (("x",), {"format": "word"}, "--format"), (("ftp://a.example/x",), {}, r"no http\(s\) address"),
    (("https://u:secret@a.example/x",), {}, "holds a password"), ((), {}, "needs a path")])
def test_what_cannot_be_brought_is_told_at_once(world: World, tmp_path: Path, given: tuple[str, ...], options: dict[str, str], said: str) -> None:
    """Before a run begins, in one line without a password."""
    with pytest.raises(ConfigError, match=said) as told_:
        backfill(world, *given, **options)
    assert "secret" not in str(told_.value)
    assert not world.data.store.exists()


# -- addresses ------------------------------------------------------------------------------------------------------


def sitemap(*urls: str, index: bool = False) -> Reply:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    tags = [f"<{inner}><loc>{u}</loc>" + ("" if index else f"<news:news><news:title>{SIGNED}</news:title></news:news>") + f"</{inner}>" for u in urls]
    return Reply(f"<?xml version='1.0'?><{outer} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {news}>{''.join(tags)}</{outer}>".encode())


def test_an_index_leads_to_its_sitemaps(world: World, server: FeedServer) -> None:
    """Once each, packed or not, indexes in indexes too; the source's own host may be private, no other."""
    (world.folder / "settings.yaml").write_text("publish: {max_age: 0s}\nrun: {parsers: 0}\narticles: {spacing: 0s}\n")
    one = sitemap("https://news.example/1")
    server.routes |= {
        "/index.xml": sitemap(server.url("/1.xml.gz"), server.url("/deeper.xml"), server.url("/1.xml.gz"), "http://127.0.0.2:9/x.xml", index=True),
        "/1.xml.gz": Reply(gzip.compress(one.body), headers={"Content-Type": "application/gzip"}),
        "/deeper.xml": sitemap(server.url("/2.xml"), server.url("/index.xml"), index=True), "/2.xml": sitemap("https://news.example/2")}
    report = backfill(world, server.url("/index.xml"), source="a-a")
    assert told(report) == {"read": 2, "known": 0, "skipped": 0, "failed": 1}
    assert dict(report.failed) == {"refused-address": 1}
    assert dict(server.hits) == {"/index.xml": 1, "/1.xml.gz": 1, "/deeper.xml": 1, "/2.xml": 1}
    assert world.rows("SELECT canonical_url FROM items ORDER BY 1") == [("https://news.example/1",), ("https://news.example/2",)]


def test_a_stranger_on_a_private_address_is_refused(world: World, server: FeedServer) -> None:
    """The same guard as for feeds."""
    report = backfill(world, server.url("/a"))
    assert dict(report.failed) == {"refused-address": 1}
    assert server.hits == {}


def test_credentials_stay_with_their_host(world: World, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source's token is sent to its own host only."""
    monkeypatch.setenv("A_TOKEN", "a-token")
    source = world.config.sources[0].model_copy(update={"auth": "env:A_TOKEN"})
    assert brought._at(source, server.url("/b")).auth == "env:A_TOKEN"
    other = brought._at(source, "https://elsewhere.example/b")
    assert (other.auth, other.allow_private) == (None, False)


# -- stopped, killed, told ------------------------------------------------------------------------------------------


def test_a_stopped_backfill_goes_on_where_it_ended(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is loaded; the same command reads the rest."""
    monkeypatch.setattr("twinwire.backfill.LOT", 2)
    drop = tmp_path / "drop"
    drop.mkdir()
    for n in range(5):
        (drop / f"{n}.xml").write_bytes(feed(item(n, f"{SIGNED} in town {n}")).body)
    asked = Backfill(world.config, world.data, Options(given=(str(drop),)), lambda: LATER)
    seen: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        seen.append((done, of))
        if len(seen) == 3:
            asked.cancelled.set()

    asked.on_progress = progress
    first = asked.run()
    assert (first.read, first.run.cancelled) == (3, True)
    assert told(backfill(world, drop)) == {"read": 2, "known": 3, "skipped": 0, "failed": 0}
    assert world.rows("SELECT count(*) FROM items") == [(5,)]
    assert seen[-1][0] <= seen[-1][1] == sum(p.stat().st_size for p in drop.iterdir())


_KILL = """
import os, signal
from datetime import datetime, UTC
from pathlib import Path
from twinwire import backfill, config
from twinwire.warehouse import spool
from twinwire.warehouse.paths import DataFolder
backfill.LOT = 1
real, n = spool.write, []
def dying(*a, **k):
    n.append(1)
    out = real(*a, **k)
    if len(n) == 2: os.kill(os.getpid(), signal.SIGKILL)
    return out
spool.write = dying
backfill.Backfill(config.load(Path({config!r})), DataFolder(Path({data!r})), backfill.Options(given=({given!r},)),
                  lambda: datetime(2026, 11, 25, 12, tzinfo=UTC)).run()
"""


def test_a_killed_backfill_loses_and_doubles_nothing(world: World, tmp_path: Path) -> None:
    """Killed between a batch and its load, the next one loads it and reads the rest."""
    drop = tmp_path / "drop"
    drop.mkdir()
    for n in range(4):
        (drop / f"{n}.xml").write_bytes(feed(item(n, f"{SIGNED} in town {n}")).body)
    code = _KILL.format(config=str(world.folder), data=str(world.data.root), given=str(drop))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    report = backfill(world, drop)
    assert told(report) == {"read": 2, "known": 2, "skipped": 0, "failed": 0}
    assert world.rows("SELECT count(*), count(DISTINCT item_id) FROM items") == [(4, 4)]
    assert world.rows("SELECT count(*) FROM ops.fetches") == [(4,)]


def test_the_report_is_that_of_a_run_with_payloads_beside(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are told by class, the first ones one by one."""
    monkeypatch.setattr("twinwire.backfill.TOLD", 1)
    drop = tmp_path / "drop"
    drop.mkdir()
    for n in range(3):
        (drop / f"{n}.xml").write_text(f"<html>{n}</html>")
    report = json.loads(json.dumps(backfill(world, drop).as_json()))
    assert report["payloads"]["failed"] == report["failed_by_class"]["not-a-feed"] == 3
    assert len(report["failures"]) == 1
    assert report["sources"] == {"total": 1, "read": 0, "unchanged": 0, "failed": 1, "waiting": 0}
    assert {"run_id", "entries", "kept", "warehouse", "duration_s"} <= set(report)


@pytest.mark.parametrize(("text", "slug"), [("City News 2019", "city-news-2019"), ("…", "backfill"), ("--a--", "a"), ("x" * 200, "x" * 80)])
def test_names_become_ids(text: str, slug: str) -> None:
    """Of the letters an id may have, never empty, never too long."""
    assert brought._slug(text) == slug
