"""Article pages in a run: whose are read, what they change, and what it costs when they fail."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feedserver import FeedServer, Reply, Request
from hypothesis import given
from hypothesis import strategies as st
from pages import PARAGRAPHS, json_ld, page
from typer.testing import CliRunner
from wires import NOW, NOWHERE, SOURCE, at, config_folder, entry, failure, payload, rows, state

from twinwire import config as configs
from twinwire import pipeline
from twinwire.archive import ArchiveRef, read_at
from twinwire.articles import completed, wanted
from twinwire.cli.app import app
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.ledger import Fetched, PageOutcome, fetch_row, page_rows
from twinwire.normalise.published import published
from twinwire.pipeline import Ingest, Options
from twinwire.records import Entry, Feed, Page, PageKind, Parsed, Payload, Reading, Verdict
from twinwire.relate import identity
from twinwire.relate.identity import Known
from twinwire.summary import RunReport
from twinwire.warehouse.paths import DataFolder

TOPICS = """
topics:
  - id: friendship_cities
    name: Friendship cities
    terms:
      en: {source: made for these tests, strong: [sister city agreement], weak: [friendly ties]}
"""
SETTINGS = "publish: {max_age: 0s}\narticles: {spacing: 0s, max_bytes: 256KB, deadline: 3s}\n"
KEPT, UNSURE, OFF = "A sister city agreement is signed", "Friendly ties", "Some rain"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def item(server: FeedServer, path: str, title: str, text: str = "", date: str = "Tue, 03 Nov 2026 09:00:00 GMT") -> str:
    """An entry of a feed, with a teaser only."""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><guid>{path}</guid><link>{server.url(path)}</link><title>{title}</title><description>{text or title}</description>{dated}</item>"


def feed(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>".encode()


def article(*paragraphs: str, **more: Any) -> Reply:
    return Reply(page(*paragraphs, **more).encode(), headers=HTML)


class Case:
    """A server with a feed at /feed, and a data folder that is filled from it."""

    def __init__(self, folder: Path, server: FeedServer, settings: str = SETTINGS, **source: Any) -> None:
        self.server, self.data = server, folder / "d"
        self.config = config_folder(folder / "c", at(server, "/feed", **{"article": "kept", "store": "full", "language": "en"} | source))
        (self.config / "topics.yaml").write_text(TOPICS)
        (self.config / "settings.yaml").write_text(settings)

    def open(self, now: datetime = NOW, **options: Any) -> Ingest:
        return Ingest(configs.load(self.config), DataFolder(self.data), Options(**options), lambda: now)

    def run(self, now: datetime = NOW, **options: Any) -> RunReport:
        return pipeline.run(self.open(now, **options))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return rows(self.data / "warehouse.duckdb", sql)

    def pages(self) -> list[tuple[Any, ...]]:
        """Path, status and class of every page asked for."""
        return self.rows("SELECT regexp_extract(url, '/[^/]*$'), status, class FROM ops.pages ORDER BY ALL")


@pytest.fixture
def server() -> Any:
    with FeedServer() as found:
        yield found


# -- whose pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("article_switch", "asked"), [("never", []), ("kept", ["/kept"]), ("undecided", ["/kept", "/unsure"])])
def test_the_switch_says_whose_pages_are_read(tmp_path: Path, server: FeedServer, article_switch: str, asked: list[str]) -> None:
    """Of those kept, or of the undecided too; never of those that are off topic."""
    server.routes |= {"/feed": Reply(feed(item(server, "/kept", KEPT), item(server, "/unsure", UNSURE, "Many friendly ties."), item(server, "/off", OFF))),
                      **{p: article() for p in ("/kept", "/unsure", "/off")}}
    case = Case(tmp_path, server, article=article_switch)
    case.run()
    assert sorted({r.path for r in server.requests} - {"/feed", "/robots.txt"}) == asked
    assert case.pages() == [(p, "read", None) for p in asked]
    kept = case.rows("SELECT guid FROM items ORDER BY 1")
    assert kept == [("/kept",), ("/unsure",)] if article_switch == "undecided" else [("/kept",)], "its page says what its teaser does not"


def test_no_articles_reads_none(tmp_path: Path, server: FeedServer) -> None:
    """``--no-articles``: the feed's own words have to do."""
    server.routes |= {"/feed": Reply(feed(item(server, "/kept", KEPT))), "/kept": article()}
    case = Case(tmp_path, server)
    case.run(articles=False)
    assert server.hits["/kept"] == 0
    assert case.rows("SELECT body FROM items") == [("",)]


def test_the_text_of_the_page_is_screened_and_stored(tmp_path: Path, server: FeedServer) -> None:
    """Body from the page, title and date from the feed; evidence points into the page's text; wire and language follow."""
    server.routes |= {"/feed": Reply(feed(item(server, "/a", UNSURE, "Many friendly ties."))),
                      "/a": article(title="Another title", head=json_ld(datePublished="2026-11-03T23:00:00Z"))}
    case = Case(tmp_path, server, article="undecided")
    case.run()
    (title, summary, body, at_, rule, wire), = case.rows("SELECT title, summary, body, published_at::VARCHAR, published_rule, wire FROM items")
    assert (title, summary, body) == (UNSURE, "Many friendly ties.", "\n".join(PARAGRAPHS))
    assert (at_, rule, wire) == ("2026-11-03 09:00:00", "rfc-822", "PRNewswire")
    assert case.rows("SELECT field, quote, substr(body, start + 1, stop - start) FROM evidence JOIN items USING (item_id) WHERE field = 'body'") == [
        ("body", "sister city agreement", "sister city agreement")]
    assert case.rows("SELECT decision FROM seen") == [("kept",)]


def test_what_the_feed_lacks_comes_from_the_page(tmp_path: Path, server: FeedServer) -> None:
    """Date with the rule that says so, author, language, section."""
    head = json_ld(datePublished="2026-11-03T14:05:00-05:00", author="Ada Pier", articleSection="Town", inLanguage="en")
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT, date=""))), "/a": article(head=head)}
    case = Case(tmp_path, server)
    case.run()
    assert case.rows("SELECT published_at::VARCHAR, published_rule, author, categories[1].term FROM items") == [
        ("2026-11-03 19:05:00", "iso-8601, of the page", "Ada Pier", "Town")]
    assert case.rows("SELECT published_at::VARCHAR FROM seen") == [("2026-11-03 19:05:00",)]


@pytest.mark.parametrize(("codec", "label", "text"), [
    ("gbk", "gbk", "枣庄市与友好城市签署合作协议，双方将在教育、文化和乡村振兴方面加强交流。"),
    ("cp932", "Shift_JIS", "両市は姉妹都市の協定を更新し、学校の交流を毎年続けることで合意した。")])
def test_pages_come_in_their_own_encodings(tmp_path: Path, server: FeedServer, codec: str, label: str, text: str) -> None:
    """The page names it; the server does not."""
    markup = page(*(f"{text}{n}" for n in range(5)), title=text[:12], head=f"<meta charset='{label}'>").encode(codec, "ignore")
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": Reply(markup, headers={"Content-Type": "text/html"})}
    case = Case(tmp_path, server)
    case.run()
    (body,), = case.rows("SELECT body FROM items")
    assert body.startswith(text)


# -- once, and no more -------------------------------------------------------------------------------------------------


def test_the_same_entry_again_is_unchanged_and_its_page_is_not_asked_for(tmp_path: Path, server: FeedServer) -> None:
    """Not when the feed is read again, not when the page has changed meanwhile, not when another entry came."""
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": article(), "/b": article()}
    case = Case(tmp_path, server)
    case.run()
    before = case.rows("SELECT body, content_hash, revision FROM items")
    server.routes |= {"/a": article("Something quite different now. " * 10),
                      "/feed": Reply(feed(item(server, "/b", KEPT), item(server, "/a", KEPT)))}
    report = case.run(NOW + timedelta(hours=1), force=True)
    assert (report.outcomes["unchanged"], report.outcomes["kept_new"], report.outcomes["revised"]) == (1, 1, 0)
    assert (server.hits["/a"], server.hits["/b"]) == (1, 1)
    assert case.rows("SELECT body, content_hash, revision FROM items WHERE guid = '/a'") == before
    assert case.run(NOW + timedelta(hours=2), force=True).outcomes["unchanged"] == 2
    assert (server.hits["/a"], server.hits["/b"]) == (1, 1)


def test_an_entry_that_its_feed_changed_has_its_page_read_again(tmp_path: Path, server: FeedServer) -> None:
    """The revision holds the new text; even where the new teaser alone would not be kept."""
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": article()}
    case = Case(tmp_path, server)
    case.run()
    server.routes |= {"/feed": Reply(feed(item(server, "/a", OFF))), "/a": article(*PARAGRAPHS[:3], "The agreement was extended by a year, the mayors said.")}
    report = case.run(NOW + timedelta(hours=1))
    assert report.outcomes["revised"] == 1
    assert case.rows("SELECT revision, contains(body, 'extended by a year') FROM item_revisions ORDER BY 1") == [(1, False), (2, True)]
    assert server.hits["/a"] == 2


def test_one_story_in_two_feeds_is_one_request(tmp_path: Path, server: FeedServer) -> None:
    """The same address, wanted by two sources of one publisher; robots.txt once too."""
    server.routes |= {p: Reply(feed(item(server, "/a", KEPT))) for p in ("/feed", "/feed2")} | {"/a": article()}
    case = Case(tmp_path, server)
    config_folder(case.config, *(at(server, p, article="kept", language="en") for p in ("/feed", "/feed2")))
    case.run()
    assert (server.hits["/a"], server.hits["/robots.txt"]) == (1, 1)
    assert case.rows("SELECT count(*), count(DISTINCT archive_offset) FROM ops.pages WHERE status = 'read'") == [(2, 1)]


@pytest.mark.parametrize(("limit", "waiting"), [("max_per_source: 2", 3), ("max_per_run: 1", 4), ("max_per_source: 0", 5)])
def test_there_is_a_limit_per_source_and_per_run(tmp_path: Path, server: FeedServer, limit: str, waiting: int) -> None:
    """Those over it are judged on their teasers, and the ledger names them."""
    paths = [f"/{n}" for n in range(5)]
    server.routes |= {"/feed": Reply(feed(*(item(server, p, KEPT) for p in paths)))} | {p: article(f"Number {p}. " * 20) for p in paths}
    case = Case(tmp_path, server, SETTINGS.replace("spacing", f"{limit}, spacing"))
    assert case.run().outcomes["kept_new"] == 5
    assert sum(server.hits[p] for p in paths) == 5 - waiting
    assert case.rows("SELECT count(*), any_value(class) FROM ops.pages WHERE status = 'waiting'") == [(waiting, "waiting")]
    assert case.rows("SELECT pages, pages_failed FROM ops.fetches") == [(5 - waiting, waiting)]


# -- when they fail ----------------------------------------------------------------------------------------------------


def test_a_page_that_fails_never_loses_its_entry(tmp_path: Path, server: FeedServer) -> None:
    """404, captcha, PDF, 20 MB, a list, refused by robots.txt: kept on the teaser, and the ledger says why for each."""
    bad = {
        "/gone": Reply(b"no", 404), "/pdf": Reply(b"%PDF", headers={"Content-Type": "application/pdf"}), "/big": Reply(b"x" * (20 << 20), headers=HTML),
        "/wall": Reply(b"<html><title>Just a moment...</title><body>Checking your browser</body></html>", headers=HTML),
        "/list": Reply(("<html><body>" + "".join(f"<a href='/{n}'>headline number {n} of today</a> " for n in range(90)) + "</body></html>").encode(), headers=HTML),
        "/empty": Reply(b"<html><body></body></html>", headers=HTML), "/private": article(), "/front": Reply(status=302, location="/"), "/": article(),
    }
    server.routes |= {"/robots.txt": Reply(b"User-agent: *\nDisallow: /private"), "/good": article(), **bad,
                      "/feed": Reply(feed(*(item(server, p, f"{KEPT} in {p[1:]}") for p in ("/good", *bad) if p != "/")))}
    case = Case(tmp_path, server)
    assert case.run().outcomes["kept_new"] == 9
    assert case.pages() == sorted([
        ("/good", "read", None), ("/gone", "failed", "not-found"), ("/pdf", "failed", "not-a-page"), ("/big", "failed", "too-large"),
        ("/wall", "failed", "challenge"), ("/list", "failed", "not-a-page"), ("/empty", "failed", "empty"), ("/private", "failed", "robots"),
        ("/front", "failed", "not-a-page")], key=lambda row: (row[0], row[1], row[2] or "~"))
    assert case.rows("SELECT pages, pages_failed, entries, kept_new FROM ops.fetches") == [(1, 8, 9, 9)]
    assert case.rows("SELECT count(*) FROM items WHERE body = ''") == [(8,)]
    assert server.hits["/private"] == 0


def test_a_page_that_hangs_costs_its_deadline(tmp_path: Path, server: FeedServer) -> None:
    """One entry on its teaser, the others with their text."""
    server.routes |= {"/feed": Reply(feed(item(server, "/slow", KEPT), item(server, "/a", KEPT + " again"))), "/a": article(),
                      "/slow": Reply(b"x", headers=HTML, hang=4)}
    case = Case(tmp_path, server, SETTINGS.replace("deadline: 3s", "deadline: 0.3s"))
    case.run()
    assert case.pages() == [("/a", "read", None), ("/slow", "failed", "timeout")]


def test_what_does_not_come_in_time_is_left_out(tmp_path: Path, server: FeedServer) -> None:
    """The patience for a group's pages is bounded, whatever distance a host wants."""
    server.routes |= {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 9"), "/feed": Reply(feed(*(item(server, f"/{n}", f"{KEPT} {n}") for n in range(3)))),
                      **{f"/{n}": article() for n in range(3)}}
    case = Case(tmp_path, server, SETTINGS.replace("spacing", "patience: 0.5s, spacing"))
    assert case.run().outcomes["kept_new"] == 3
    assert [(s, c) for _, s, c in case.pages()].count(("waiting", "waiting")) == 2


def test_a_page_cut_short_gives_what_it_has(tmp_path: Path, server: FeedServer) -> None:
    """And the ledger says that there may be more."""
    whole = page().encode()
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": Reply(whole, headers=HTML, truncate=whole.index(b"A first delegation"))}
    case = Case(tmp_path, server)
    case.run()
    assert case.rows("SELECT starts_with(body, 'LAKESIDE'), contains(body, 'gardeners') FROM items") == [(True, False)]
    (status, message), = case.rows("SELECT status, message FROM ops.pages")
    assert (status, "bytes" in message) == ("read", True)


def test_broken_json_ld_does_not_cost_the_date(tmp_path: Path, server: FeedServer) -> None:
    """It is picked out of what is no JSON."""
    broken = "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", oops, \"datePublished\": \"2026-11-03T14:05:00Z\"}</script>"
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT, date=""))), "/a": article(head=broken)}
    case = Case(tmp_path, server)
    case.run()
    assert case.rows("SELECT published_at::VARCHAR FROM items") == [("2026-11-03 14:05:00",)]


def test_a_link_into_the_private_network_is_refused(tmp_path: Path, server: FeedServer) -> None:
    """A source that may itself live on a private address opens no other one."""
    link = item(server, "/a", KEPT).replace("127.0.0.1", "10.0.0.1")
    server.routes |= {"/feed": Reply(feed(link))}
    case = Case(tmp_path, server)
    assert case.run().outcomes["kept_new"] == 1
    assert case.pages() == [("/a", "failed", "refused-address")]


def test_the_raw_bytes_of_every_page_are_in_the_archive(tmp_path: Path, server: FeedServer) -> None:
    """The ledger says where, and what is read back is the page."""
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": article()}
    case = Case(tmp_path, server)
    case.run()
    (file, offset, size, status), = case.rows("SELECT archive_file, archive_offset, bytes, http_status FROM ops.pages")
    back = read_at(case.data / "archive", ArchiveRef(file, offset, 0))
    assert isinstance(back, Payload)
    assert (back.body, len(back.body), back.status, status) == (page().encode(), size, 200, 200)


def test_a_bug_met_with_a_page_costs_that_page_only(tmp_path: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback is in the log, its entry on its teaser, the other page read."""
    from twinwire import articles

    real = articles.parse_page

    def broken(body: bytes, **more: Any) -> Page:
        if b"poison" in body:
            raise ZeroDivisionError("boom")
        return real(body, **more)

    monkeypatch.setattr(articles, "parse_page", broken)
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT), item(server, "/b", KEPT + " again"))), "/a": article("poison " * 30), "/b": article()}
    case = Case(tmp_path, server)
    assert case.run().outcomes["kept_new"] == 2
    assert case.pages() == [("/a", "failed", "internal"), ("/b", "read", None)]
    assert "ZeroDivisionError: boom" in (case.data / "log" / "bugs.log").read_text()


def test_a_stopped_run_leaves_a_source_that_waits_for_pages_to_the_next(tmp_path: Path, server: FeedServer) -> None:
    """Judged on their teasers its entries would be known, and their pages never asked for."""
    asked = threading.Event()

    def slow(_: Request) -> Reply:
        asked.set()
        return Reply(b"x", headers=HTML, hang=4)

    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT)), etag='"x"'), "/a": slow, "/other": Reply(feed(item(server, "/c", KEPT + " elsewhere")))}
    case = Case(tmp_path, server)
    config_folder(case.config, at(server, "/feed", article="kept", language="en", store="full"), at(server, "/other", language="en"))
    run = case.open()
    threading.Thread(target=lambda: asked.wait(5) and run.cancelled.set(), daemon=True).start()
    report = pipeline.run(run)
    assert report.cancelled
    assert case.rows("SELECT guid FROM items") == [("/c",)]
    server.routes["/a"] = article()
    assert case.run().outcomes["kept_new"] == 1
    assert case.rows("SELECT guid, body <> '' FROM items ORDER BY 1") == [("/a", True), ("/c", False)]


_KILL = """
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from twinwire import articles, config, pipeline
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
{where} = die
pipeline.run(pipeline.Ingest(config.load(Path({config!r})), pipeline.DataFolder(Path({data!r})), pipeline.Options(),
                             lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)))
"""


@pytest.mark.parametrize("where", ["articles.parse_page", "articles.completed", "pipeline.Ingest._load"])
def test_a_kill_among_the_pages_loses_and_doubles_nothing(tmp_path: Path, server: FeedServer, where: str) -> None:
    """Before a page is parsed, when it is, before the load: the next run asks again, and has what a quiet run has."""
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT)), etag='"x"'), "/a": article()}
    case = Case(tmp_path, server)
    code = _KILL.format(where=where, config=str(case.config), data=str(case.data))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    assert case.run().outcomes["kept_new"] == 1
    assert case.rows("SELECT body FROM items") == [("\n".join(PARAGRAPHS),)]
    assert case.pages() == [("/a", "read", None)]


def test_the_command_line_can_do_without(tmp_path: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """``twinwire run --no-articles``."""
    monkeypatch.setenv("PREFECT_API_URL", f"{NOWHERE}/api")
    server.routes |= {"/feed": Reply(feed(item(server, "/a", KEPT))), "/a": article()}
    case = Case(tmp_path, server)
    told = CliRunner().invoke(app, ["run", "--config", str(case.config), "--data", str(case.data), "--no-articles", "--json"])
    assert told.exit_code == 0, told.output
    assert (server.hits["/a"], case.pages()) == (0, [])


# -- without a run -----------------------------------------------------------------------------------------------------


def reading(e: Entry, source: Source = SOURCE) -> Reading:
    return identity.read([e], source)[0]


def fetched(source: Source, *entries: Entry) -> tuple[Fetched, list[Reading]]:
    f = Fetched(source=source, state=state(), result=payload(), at=NOW, parsed=Parsed(feed=Feed(), entries=entries))
    return f, identity.read(entries, source)


def test_a_drop_folders_old_files_ask_for_nothing() -> None:
    """A version that was kept once is an old file read again."""
    folder = Source(id="drop", name="D", url="folder:/srv/drop", article="kept")
    f, readings = fetched(folder, entry(1))
    known = Known(identity.digest("content", "newer"), kept=True, rule_version="1", versions=frozenset({readings[0].content_hash}))
    assert not list(wanted(f, readings, ({readings[0].entry_id: known}, {}), lambda *_: Verdict.KEPT))
    assert len(list(wanted(f, readings, ({}, {}), lambda *_: Verdict.KEPT))) == 1


def test_entries_without_an_address_ask_for_nothing() -> None:
    """Nor do repeats within a payload."""
    f, readings = fetched(SOURCE, entry(1, link=None), entry(2), entry(2))
    assert [w.url for w in wanted(f, readings, ({}, {}), lambda *_: Verdict.KEPT)] == ["https://news.example/2"]


def test_a_page_that_says_less_than_the_feed_takes_nothing_away() -> None:
    """The feed's text stays; the page's title does not replace the feed's."""
    whole = reading(entry(1, content="<p>" + "A whole article in the feed. " * 20 + "</p>"))
    less = completed(whole, Page(kind=PageKind.ARTICLE, title="Other", text="Short text."), SOURCE, NOW)
    assert less.text == whole.text
    untitled = completed(reading(Entry(position=0, id="x", link="https://a.example/x")), Page(kind=PageKind.ARTICLE, title="A < B", text="T" * 200), SOURCE, NOW)
    assert untitled.text.title == "A < B"


@pytest.mark.parametrize(("raw", "updated", "rule"), [
    ("Tue, 03 Nov 2026 09:00:00 GMT", None, "rfc-822"), (None, None, "iso-8601, of the page"), ("sometime", None, "iso-8601, of the page"),
    (None, "2026-11-05T00:00:00Z", "iso-8601, of the page")])
def test_the_feeds_date_goes_first_where_it_can_be_read(raw: str | None, updated: str | None, rule: str) -> None:
    """The page's instant counts where the feed's is no date, or only that of the last change."""
    found = completed(reading(entry(1, published_raw=raw, updated_raw=updated)),
                      Page(kind=PageKind.ARTICLE, text="T" * 200, published_raw="2026-11-03T14:05:00Z"), SOURCE, NOW)
    assert published(found.entry, SOURCE, NOW).rule == rule


@given(st.builds(Page, kind=st.just(PageKind.ARTICLE), title=st.text(max_size=40), text=st.text(max_size=300), published_raw=st.none() | st.text(max_size=30),
                 language=st.none() | st.just("de"), authors=st.just(("A",)), site=st.none() | st.text(max_size=10)))
def test_no_page_changes_who_an_entry_is(found: Page) -> None:
    """Keys and address are the feed's, whatever a page says."""
    before = reading(entry(1))
    after = completed(before, found, SOURCE, NOW)
    assert (after.entry_id, after.alt_key, after.content_hash, after.url) == (before.entry_id, before.alt_key, before.content_hash, before.url)
    assert after.text.title == before.text.title
    assert set(after.entry.from_page) <= {"content", "published_raw", "updated_raw", "language", "authors", "categories", "publisher"}
    assert replace(after.entry, **{n: getattr(before.entry, n) for n in after.entry.from_page}, from_page=()) == before.entry


def test_pages_are_counted_with_their_fetch() -> None:
    """Read and failed ones; passwords and tokens do not reach the ledger."""
    f, _ = fetched(SOURCE, entry(1))
    url = "https://u:p@a.example/x?token=abc"
    f.pages = [PageOutcome(item_id=identity.digest("entry", "1"), url=url, at=NOW, http_status=200, size=5, archived=ArchiveRef("f", 7, 1)),
               PageOutcome(item_id=identity.digest("entry", "2"), url=url, at=NOW, failure=failure(Kind.WAITING))]
    assert (fetch_row(f)["pages"], fetch_row(f)["pages_failed"]) == (1, 1)
    first, second = page_rows(f)
    assert (first["status"], first["class"], first["archive_file"], first["archive_offset"], first["bytes"]) == ("read", None, "f", 7, 5)
    assert (second["status"], second["class"]) == ("waiting", "waiting")
    assert first["url"] == "https://a.example/x?token=…"
