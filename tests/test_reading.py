"""Payloads read in processes of their own, and here: the same comes out, and what kills a process is one source's failure."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pages
import pytest
from feedserver import FeedServer, Reply
from wires import NOW, SOURCE, at, config_folder, payload, rows, rss

from twinwire import config as configs
from twinwire import pipeline, probing, reading
from twinwire.config.mappings import EntryPaths, Mapping
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.normalise.text import text_of
from twinwire.pipeline import Ingest, Options
from twinwire.reading import Readers, empty, read
from twinwire.records import Failure, Page, PageKind, Parsed, Payload, Stage
from twinwire.relate.identity import publishers_of
from twinwire.report.page import clean, page
from twinwire.sandbox.child import Limits
from twinwire.sandbox.pool import Pool
from twinwire.summary import RunReport
from twinwire.warehouse.paths import DataFolder

NAMED = SOURCE.model_copy(update={"publisher": "The Courier"})
MAPPED = SOURCE.model_copy(update={"format": "json:house"})
MAPPINGS = {"house": Mapping(list="docs", entry=EntryPaths(title=("t",), link=("u",)))}
CASES = [
    (SOURCE, payload(rss("One", "<p>Two &amp; a half</p>"))),
    (NAMED, payload(rss("One", titles="Twin towns {n} - The Courier"))),
    (MAPPED, payload(b'{"docs": [{"t": "Twin towns", "u": "https://a.example/1"}]}')),
    (SOURCE, payload(rss("Grüße").decode().encode("latin-1"), headers={"content-type": "text/xml; charset=iso-8859-1"})),
    (SOURCE, payload(rss("Cut", "off")[:-60])),
    (SOURCE, payload(rss())),
    (SOURCE, payload(b"<html><title>Hello</title></html>")),
    (SOURCE, payload(b"")),
    (MAPPED, payload(b"{}")),
    (SOURCE.model_copy(update={"format": "nitf"}), payload(rss("One"))),
]


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """One process for all tests that leave it sound."""
    with Readers(1) as readers:
        yield readers


@pytest.fixture
def here() -> Readers:
    """No process."""
    return Readers(0)


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds that say so kill who reads them."""
    monkeypatch.setattr(reading, "Pool", partial(Pool, jobs="sandboxjobs"))


@pytest.mark.parametrize(("source", "given"), CASES)
def test_a_child_reads_what_is_read_here(readers: Readers, here: Readers, source: Source, given: Payload) -> None:
    """Entries or the reason for none, format, mapping, charset and base alike; the child gives the plain texts, too."""
    found = readers.read(source, given, MAPPINGS)
    assert here.read(source, given, MAPPINGS) == read(source, given, MAPPINGS)
    assert (replace(found, texts=()) if isinstance(found, Parsed) else found) == read(source, given, MAPPINGS)
    if isinstance(found, Parsed):
        assert found.texts == tuple(text_of(e, publishers_of(source)) for e in found.entries)


def test_html_that_nobody_asks_for_stays_in_the_child(readers: Readers) -> None:
    """What a run needs of it is in the plain texts; the rest of an entry is told as before."""
    whole = readers.read(SOURCE, payload(rss("One", "Two")), {})
    with Readers(1, html=False) as lean:
        told = lean.read(SOURCE, payload(rss("One", "Two")), {})
        assert lean.read(SOURCE.model_copy(update={"article": "kept"}), payload(rss("One", "Two")), {}) == whole
    assert isinstance(whole, Parsed)
    assert isinstance(told, Parsed)
    assert [e.summary for e in whole.entries] == ["One", "Two"] == [t.summary for t in told.texts]
    assert told == replace(whole, entries=tuple(replace(e, summary="", content="") for e in whole.entries))


def test_many_payloads_come_back_in_order_with_their_time(readers: Readers) -> None:
    """Each is its own."""
    asked = [(SOURCE, payload(rss(*(f"{n}-{i}" for i in range(n % 4 + 1))))) for n in range(40)]
    outcomes = [outcome() for outcome in readers.read_all(asked, {})]
    assert [o.found.entries[0].summary for o in outcomes if isinstance(o.found, Parsed)] == [f"{n}-0" for n in range(40)]
    assert all(o.seconds > 0 for o in outcomes)
    assert readers.read_all([], {}) == []


def test_a_page_is_read_in_a_child(readers: Readers, here: Readers) -> None:
    """As here."""
    given = payload(pages.page(head=pages.meta(og__site_name="Courier")).encode(), final_url="https://a.example/x")
    found = readers.read_page(SOURCE, given)
    assert isinstance(found, Page)
    assert (found.kind, found) == (PageKind.ARTICLE, here.read_page(SOURCE, given))


def test_html_is_cleaned_in_a_child(readers: Readers, here: Readers) -> None:
    """Piece by piece, and a whole page of entries."""
    pieces = ["<p>One<script>x</script></p>", "", "<div>" * 100_000, "<a href='javascript:x'>y</a>"]
    assert readers.clean(SOURCE, pieces) == here.clean(SOURCE, pieces) == tuple(clean(p) for p in pieces)
    entries = [{"title": "T", "link": "https://a.example/", "published": None, "content_html": "<b>x</b><script>"}]
    assert readers.report("Entries", entries) == here.report("Entries", entries) == page("Entries", entries)


def test_what_cannot_be_cleaned_is_left_out() -> None:
    """Nothing that was not cleaned is shown."""
    slow = "<div></i>" * 20_000  # as many closed as opened, and all of them nested
    with Readers(1, Limits(wall=0.5)) as readers:
        found = readers.clean(SOURCE, [slow] * 30)
        assert isinstance(found, Failure)
        assert (found.kind, found.stage, found.message) == (Kind.PARSER_DIED, Stage.PARSE, "reading it took more than 0.5 s")
        entries = [{"title": f"T{n}", "link": None, "published": None, "content_html": slow} for n in range(30)]
        shown = readers.report("Entries", entries)
    assert "T29" in shown
    assert "<div></div>" in shown
    assert "<div><div>" not in shown


def ingest(config: Path, data: Path, **options: Any) -> RunReport:
    return pipeline.run(Ingest(configs.load(config), DataFolder(data), Options(**options), lambda: NOW))


@pytest.mark.usefixtures("deadly")
def test_feeds_that_kill_their_readers_cost_no_other(tmp_path: Path) -> None:
    """Good ones before, between and after them are loaded; theirs is a failure, and their bytes are in the archive."""
    deeds = {"/seg": b"SEGFAULT", "/kill": b"KILL"}
    routes = {f"/{n}": Reply(rss(f"Text {n}").replace(b"g0", b"g%d" % n)) for n in range(12)}
    routes |= {path: Reply(rss("Text of another").replace(b"Text of another", word)) for path, word in deeds.items()}
    with FeedServer(dict(sorted(routes.items()))) as server:
        report = ingest(config_folder(tmp_path / "c", *(at(server, path, language="en") for path in routes)), tmp_path / "d")
    assert {(f.source, f.stage, f.kind, f.message) for f in report.failures} == {
        ("a-seg", Stage.PARSE, Kind.PARSER_DIED, "reading it ended the process that read it (SIGSEGV)"),
        ("a-kill", Stage.PARSE, Kind.PARSER_DIED, "reading it ended the process that read it (SIGKILL, perhaps for want of memory)")}
    warehouse = tmp_path / "d" / "warehouse.duckdb"
    assert rows(warehouse, "SELECT count(*) FROM items") == [(12,)]
    told = rows(warehouse, "SELECT source_id, status, class, digest IS NOT NULL, archive_file IS NOT NULL FROM ops.fetches WHERE status <> 'read'")
    assert sorted(told) == [(s, "failed", "parser-died", True, True) for s in ("a-kill", "a-seg")]
    assert rows(warehouse, "SELECT source_id, digest, failures FROM ops.sources WHERE failures > 0 ORDER BY 1") == [("a-kill", None, 1), ("a-seg", None, 1)]


@pytest.mark.usefixtures("deadly")
def test_a_look_at_the_sources_survives_one_that_kills_its_reader(tmp_path: Path) -> None:
    """`sources check` and `probe` say so in a line."""
    with FeedServer({"/good": Reply(rss("One")), "/seg": Reply(rss("SEGFAULT"))}) as server:
        config = configs.load(config_folder(tmp_path / "c", at(server, "/good"), at(server, "/seg")))
        checked = probing.check_all(config.sources, config, NOW)
        told = probing.probe(at(server, "/seg"), None, probing.Outputs(), NOW)
    assert [(r["source"], r["health"], r["class"]) for r in checked] == [("a-good", "well", None), ("a-seg", "failing", "parser-died")]
    assert (told["outcome"], told["class"]) == ("error", "parser-died")


def test_a_run_with_children_and_one_without_leave_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run.parsers: 0` reads in this process."""
    texts = ["<p>One &amp; two</p>", html.escape("<p>Three<br>four</p>"), "Five"]
    seen = []
    with FeedServer({"/a": Reply(rss(*texts)), "/b": Reply(b"nonsense"), "/c": Reply(rss("x", "y")[:-50])}) as server:
        config = config_folder(tmp_path / "c", *(at(server, p, language="en", store="full") for p in server.routes))
        for parsers in ("0", "2"):
            monkeypatch.setenv("TWINWIRE_RUN_PARSERS", parsers)
            ingest(config, tmp_path / parsers)
            seen.append([rows(tmp_path / parsers / "warehouse.duckdb", f"SELECT {columns} ORDER BY ALL") for columns in (
                "entry_id, title, decision, content_hash FROM seen", "item_id, title, summary, body FROM items",
                "source_id, status, class, damage, parser, entries FROM ops.fetches", "source_id, position, reason, raw FROM ops.quarantine")])
    assert seen[0] == seen[1]


def test_a_feed_without_entries_has_a_word_for_it() -> None:
    """It is no error of reading."""
    assert (empty(SOURCE).kind, empty(SOURCE).stage) == (Kind.EMPTY, Stage.PARSE)
