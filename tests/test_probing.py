"""Sources tried by hand: one feed with a memory of its own, and all of them at a glance."""

from __future__ import annotations

import csv
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from feedserver import FeedServer, Reply, Request
from wires import NOW, NOWHERE, at, rss

from twinwire import config
from twinwire.config import Settings, Source
from twinwire.config.sources import Format
from twinwire.errors import ConfigError
from twinwire.probing import Outputs, any_source, check_all, probe

HOUR = timedelta(hours=1)


def tried(server: FeedServer, path: str, folder: Path | None = None, hours: int = 0, outputs: Outputs = Outputs()) -> dict[str, Any]:
    return probe(any_source(server.url(path), allow_private=True), folder, outputs, NOW + hours * HOUR)


def health(*sources: Source, settings: Settings = Settings()) -> list[dict[str, Any]]:
    return check_all(sources, replace(config.load(config.shipped("config")), settings=settings), NOW)


# One feed


def test_a_feed_is_remembered_between_calls(tmp_path: Path) -> None:
    """Asked conditionally; what it showed once stays, what it shows anew is added, what it edits is replaced."""
    feed, state = Reply(rss("One", "Two"), etag='"1"'), tmp_path / "new" / "state"
    with FeedServer({"/a": feed}) as server:
        assert tried(server, "/a", state) == {"outcome": "ok", "items": 2, "quarantined": 0, "stored": 2, "stateless": False}
        assert tried(server, "/a", state, 1) == {"outcome": "not-modified", "items": 0, "stored": 2, "stateless": False}
        assert server.requests[1].headers["if-none-match"] == '"1"'
        server.routes["/a"] = Reply(rss("One", "Edited", "Three"))
        told = tried(server, "/a", state, 2, Outputs(out=tmp_path / "o"))
        assert (told["items"], told["stored"]) == (3, 3)
        assert tried(server, "/a", state, 3)["outcome"] == "not-modified"  # the same bytes
    assert [json.loads(line)["content_html"] for line in (tmp_path / "o").read_text().splitlines()] == ["One", "Edited", "Three"]


def test_without_a_folder_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call is the first, and leaves no file."""
    monkeypatch.chdir(tmp_path)
    with FeedServer({"/a": Reply(rss("One"), etag='"1"')}) as server:
        for _ in range(2):
            assert tried(server, "/a") == {"outcome": "ok", "items": 1, "quarantined": 0, "stored": 1, "stateless": True}
    assert list(tmp_path.iterdir()) == []


def test_a_repeated_entry_is_stored_once_and_a_new_guid_does_not_double_it(tmp_path: Path) -> None:
    """The identity of an ingest, not one of its own."""
    out, rows = Outputs(out=tmp_path / "o"), []
    with FeedServer() as server:
        for body in (rss("One", "Again").replace(b">g1<", b">g0<").replace(b"/1<", b"/0<").replace(b"number 1", b"number 0"),
                     rss("One").replace(b">g0<", b">another<")):
            server.routes["/a"] = Reply(body)
            assert tried(server, "/a", tmp_path / "state", outputs=out)["stored"] == 1
            rows.append(json.loads(out.out.read_text()) if out.out else {})
    assert rows[0] == rows[1]
    assert rows[0]["content_html"] == "One"


def test_a_failure_has_a_class_and_words_and_forgets_nothing(tmp_path: Path) -> None:
    """What was stored before is still there."""
    with FeedServer({"/a": Reply(rss("One"))}) as server:
        tried(server, "/a", tmp_path)
        for day, (reply, kind) in enumerate([(Reply(status=404), "not-found"), (Reply(b""), "empty"), (Reply(rss()), "empty"),
                                             (Reply(b"<html><title>Hi</title></html>"), "not-a-feed")], 1):
            server.routes["/a"] = reply
            told = tried(server, "/a", tmp_path, day * 25)
            assert (told["outcome"], told["class"], told["items"], told["stored"]) == ("error", kind, 0, 1)
            assert told["error"]


def test_who_asked_to_wait_is_not_asked(tmp_path: Path) -> None:
    """Also between two calls by hand."""
    with FeedServer({"/a": Reply(status=429, headers={"Retry-After": "7200"})}) as server:
        assert [tried(server, "/a", tmp_path, h)["class"] for h in (0, 1, 3)] == ["throttled", "waiting", "throttled"]
        assert server.hits["/a"] == 2


def test_half_a_feed_is_partial_and_asked_for_again(tmp_path: Path) -> None:
    """Nothing of it becomes a validator."""
    whole = rss("One", "Two", "Three")
    with FeedServer({"/a": Reply(whole, etag='"1"', truncate=len(whole) - 60)}) as server:
        told = tried(server, "/a", tmp_path)
        assert (told["outcome"], told["error"]) == ("partial", f"the body ends after {len(whole) - 60} of {len(whole)} bytes")
        server.routes["/a"] = Reply(whole, etag='"1"')
        assert tried(server, "/a", tmp_path)["outcome"] == "ok"
        assert "if-none-match" not in server.requests[1].headers


def test_a_feed_with_a_broken_entry_is_partial(tmp_path: Path) -> None:
    """The others count."""
    with FeedServer({"/a": Reply(rss("One").replace(b"</channel>", b"<item><guid></guid></item></channel>"))}) as server:
        assert tried(server, "/a") == {"outcome": "partial", "items": 1, "quarantined": 1, "error": "some entries could not be read",
                                       "stored": 1, "stateless": True}


def test_the_files_hold_every_feed_of_the_folder(tmp_path: Path) -> None:
    """As JSON lines, a page and a table; nothing in them is a formula or active."""
    hostile = rss("<p onclick='x()'>Hi</p><script>x()</script>".replace("<", "&lt;"), titles="=1+{n} &amp; &lt;b&gt;")
    out = Outputs(*(tmp_path / name for name in ("o.jsonl", "o.html", "o.csv")))
    state = tmp_path / "state"
    with FeedServer({"/a": Reply(hostile), "/b": Reply(rss("Second"))}) as server:
        tried(server, "/a", state)
        assert tried(server, "/b", state, outputs=out)["stored"] == 2
    second, first = (json.loads(line) for line in (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(first) == ["id", "link", "title", "published", "content_html"]
    assert (first["link"], first["published"], first["content_html"]) == ("https://news.example/0", "2026-11-23T00:00:00+00:00", "<p>Hi</p>")
    assert second["content_html"] == "Second"
    page = (tmp_path / "o.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "onclick" not in page
    with (tmp_path / "o.csv").open(newline="", encoding="utf-8") as f:
        table = list(csv.reader(f))
    assert table[0] == ["id", "published", "title", "link"]
    assert [row[2][:1] for row in table[1:]] == ["S", "'"]


def test_dates_that_are_not_known_stay_empty(tmp_path: Path) -> None:
    """In every file."""
    out = Outputs(*(tmp_path / name for name in ("o.jsonl", "o.html", "o.csv")))
    with FeedServer({"/a": Reply(rss("One").replace(b"<pubDate>", b"<pubDate>sometime, not on ").replace(b"Nov 2026", b""))}) as server:
        tried(server, "/a", outputs=out)
    assert json.loads((tmp_path / "o.jsonl").read_text())["published"] is None
    assert "date unknown" in (tmp_path / "o.html").read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", "5", '{"entries": [], "state": {}}', '{"entries": {"a": {}}, "state": {}}',
                                     '{"entries": {}, "state": {"checked_at": "soon"}}', '{"entries": {}, "state": {"failures": []}}',
                                     '{"entries": {}, "state": {"url": {}}}', "\udcff"])
@pytest.mark.parametrize("own", [True, False])
def test_a_folder_with_other_files_is_told_so(tmp_path: Path, content: str, own: bool) -> None:
    """This feed's or another's: one line that names the file and says what to do."""
    name = f"{any_source(NOWHERE, allow_private=True).id if own else 'probe-other'}.json"
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=rf"{name}: was not written by twinwire; give an empty folder to --state"):
        probe(any_source(NOWHERE, allow_private=True), tmp_path, Outputs(), NOW)


def test_what_cannot_be_written_is_told_so(tmp_path: Path) -> None:
    """The memory, or any of the files."""
    (tmp_path / "file").write_text("x")
    nobody, nowhere = any_source(NOWHERE, allow_private=True), tmp_path / "no" / "x"
    with pytest.raises(ConfigError, match="file: cannot be written"):
        probe(nobody, tmp_path / "file", Outputs(), NOW)
    for outputs in (Outputs(out=nowhere), Outputs(report=nowhere), Outputs(csv=nowhere)):
        with pytest.raises(ConfigError, match=r"no/x: cannot be written \(No such file or directory\)"):
            probe(nobody, None, outputs, NOW)


@pytest.mark.parametrize("url", ["", "x", "ftp://a.example/", "http://[::1/", "\ud800", "http://127.0.0.1/"])
def test_an_address_that_cannot_be_asked_is_an_error_of_the_probe(url: str) -> None:
    """No traceback for what somebody typed; and private addresses only on demand."""
    told = probe(any_source(url), None, Outputs(), NOW)
    assert (told["outcome"], told["class"]) == ("error", "refused-address" if url == "http://127.0.0.1/" else "bad-url")


def test_a_source_made_of_an_address_has_a_stable_id() -> None:
    """Its file in the folder is found again; a language that is none is not taken."""
    one = any_source("https://a.example/feed")
    assert one.id == any_source("https://a.example/feed").id == "probe-f4dd3bc9a686"
    assert one.id != any_source("https://a.example/feed2").id
    assert (one.format, one.allow_private, one.language) == (Format.AUTO, False, None)
    assert [any_source("u", language=x).language for x in ("de", "zh-Hans", "d e", "", 5)] == ["de", "zh-Hans", None, None, None]  # type: ignore[arg-type]


def test_the_format_can_be_named(tmp_path: Path) -> None:
    """Then the bytes are not asked what they are."""
    with FeedServer({"/a": Reply(rss("One"))}) as server:
        told = probe(any_source(server.url("/a"), format_=Format.JSONFEED, allow_private=True), None, Outputs(), NOW)
    assert (told["outcome"], told["class"]) == ("error", "not-a-feed")


# All of them


def test_a_healthy_source_shows_what_it_has() -> None:
    """Asked once, for the whole, whatever is remembered elsewhere."""
    with FeedServer({"/a": Reply(rss("One", "Two"), etag='"1"')}) as server:
        (row,) = health(at(server, "/a"))
        assert "if-none-match" not in server.requests[0].headers
    assert row == {"source": "a-a", "health": "well", "http": 200, "entries": 2, "newest": "2026-11-23T01:00+00:00", "format": "rss-2.0", "KB": 1,
                   "seconds": row["seconds"], "class": None, "note": ""}


def test_what_is_out_of_bounds_speaks_up() -> None:
    """Too few, too many, too quiet, moved or cut: noted, and none of it is a failure."""
    old = rss("One").replace(b"Nov 2026", b"Jan 2026")
    routes = {"/few": Reply(rss("One")), "/many": Reply(rss("1", "2", "3")), "/old": Reply(old), "/from": Reply(status=301, location="/to"),
              "/to": Reply(rss("One")), "/cut": Reply(rss("One"), truncate=len(rss("One")) - 9), "/undated": Reply(rss("One").replace(b"pubDate", b"x"))}
    with FeedServer(routes) as server:
        few, many, quiet, moved, cut, undated = health(
            at(server, "/few", expect={"min": 2}), at(server, "/many", expect={"max": 2}), at(server, "/old", expect={"quiet_after": "30d"}),
            at(server, "/from"), at(server, "/cut"), at(server, "/undated"))
    assert few["note"] == "1 entries, expected 2 to 1000"
    assert many["note"] == "3 entries, expected 1 to 2"
    assert (quiet["health"], quiet["note"]) == ("quiet", "nothing newer than 305 days")
    assert moved["note"] == f"has moved to {server.url('/to')}"
    assert cut["note"].startswith("the body ends after")
    assert (undated["health"], undated["newest"], undated["note"]) == ("well", None, "")
    assert {r["class"] for r in (few, many, quiet, moved, cut, undated)} == {None}


def test_a_failing_source_is_told_with_its_class_and_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the catalogue; addresses that no parser reads among them."""
    monkeypatch.delenv("NO_SUCH", raising=False)
    routes = {"/good": Reply(rss("One")), "/gone": Reply(status=410), "/html": Reply(b"<html></html>"), "/none": Reply(rss()),
              "/auth": Reply(rss("One"))}
    with FeedServer(routes) as server:
        broken = [Source(id=f"b{n}", name="B", url=u, allow_private=True) for n, u in enumerate((NOWHERE, "http://[::1/feed"))]
        told = health(*broken, *(at(server, p) for p in routes if p != "/auth"), at(server, "/auth", auth="env:NO_SUCH"))
    assert [(r["source"], r["health"], r["http"], r["class"]) for r in told] == [
        ("b0", "failing", None, "connect"), ("b1", "failing", None, "bad-url"), ("a-good", "well", 200, None), ("a-gone", "failing", 410, "gone"),
        ("a-html", "failing", 200, "not-a-feed"), ("a-none", "failing", 200, "empty"), ("a-auth", "failing", None, "credentials")]
    assert all(r["note"] for r in told if r["health"] == "failing")


def test_a_drop_folder_is_one_row(tmp_path: Path) -> None:
    """Its files together; a broken one is told."""
    for n in range(2):
        (tmp_path / f"{n}.xml").write_bytes(rss(f"Text {n}").replace(b"23 Nov", b"%d Nov" % (21 - n)))
    (row,) = health(Source(id="d", name="D", url=f"folder:{tmp_path}"))
    assert (row["health"], row["http"], row["entries"], row["KB"], row["newest"]) == ("well", None, 2, 2, "2026-11-21T00:00+00:00")
    (tmp_path / "2.xml").write_bytes(b"nonsense")
    (row,) = health(Source(id="d", name="D", url=f"folder:{tmp_path}"))
    assert (row["health"], row["class"], row["entries"]) == ("failing", "not-a-feed", 2)


def test_one_host_is_asked_by_a_few_at_a_time() -> None:
    """A look at forty feeds of one house is no attack on it."""
    busy, most, lock, third = [0], [0], threading.Lock(), threading.Event()

    def slow(_: Request) -> Reply:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
            if busy[0] > 2:
                third.set()
        third.wait(0.1)  # for one who must not come
        with lock:
            busy[0] -= 1
        return Reply(rss("One"))

    with FeedServer({f"/{n}": slow for n in range(4)}) as server:
        told = health(*(at(server, f"/{n}") for n in range(4)))
    assert {r["health"] for r in told} == {"well"}
    assert most == [2]
