"""One source to its answers, over a real server and real folders, and what is remembered of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from feedserver import FeedServer, Reply, Request
from wires import NOW, NOWHERE, at, rss

from twinwire.config.settings import Fetch
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch import Came, Fetcher
from twinwire.records import Failure, FeedState, FetchResult, Payload, Unchanged

HOUR = timedelta(hours=1)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(Fetch(deadline=20, max_bytes=1 << 20)) as made:
        yield made


def one(results: list[FetchResult]) -> FetchResult:
    (result,) = results
    return result


def after(fetcher: Fetcher, source: Source, state: FeedState, result: FetchResult, hours: int = 0) -> FeedState:
    failure = result if isinstance(result, Failure) else None
    return fetcher.state_after(source, state, Came(result=result, at=NOW + hours * HOUR, failure=failure))


def new(source: Source) -> FeedState:
    return FeedState(source=source.id)


def drop(folder: Path, name: str, body: bytes) -> None:
    """A file that was written long before the tests' now."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(body)
    os.utime(folder / name, (1_700_000_000, 1_700_000_000))


def test_a_feed_is_a_payload_with_the_bytes_as_they_came(fetcher: Fetcher) -> None:
    """Unchanged but for the coding, with where from, when, and what it cost."""
    body = rss("Text")
    with FeedServer({"/feed": Reply(body, gzip=True, etag='"1"')}) as server:
        source = at(server, "/feed")
        got = one(fetcher.fetch(source, new(source), NOW))
    assert isinstance(got, Payload)
    assert (got.source, got.url, got.status, got.body, got.fetched_at, got.damage) == (source.id, source.url, 200, body, NOW, None)
    assert got.headers["etag"] == '"1"'
    assert 0 < got.wire_bytes != len(body)
    assert got.elapsed > 0


def test_a_second_fetch_is_conditional(fetcher: Fetcher) -> None:
    """With the validators of the first; a 304 costs no body and moves nothing but the time."""
    with FeedServer({"/feed": Reply(rss("Text"), etag='"1"', last_modified="Mon, 23 Nov 2026 09:00:00 GMT")}) as server:
        source = at(server, "/feed")
        state = after(fetcher, source, new(source), one(fetcher.fetch(source, new(source), NOW)))
        got = one(fetcher.fetch(source, state, NOW + HOUR))
        assert isinstance(got, Unchanged)
        assert (got.reason, got.status, got.full, got.wire_bytes) == ("304", 304, False, 0)
        asked = server.requests[1].headers
        assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', "Mon, 23 Nov 2026 09:00:00 GMT")
        assert after(fetcher, source, state, got, 1) == replace(state, checked_at=NOW + HOUR)


def test_a_304_is_believed_for_a_day(fetcher: Fetcher) -> None:
    """Then the whole is asked for, although nothing seems to have changed."""
    with FeedServer({"/feed": Reply(rss("Text"), etag='"1"')}) as server:
        source = at(server, "/feed")
        state = after(fetcher, source, new(source), one(fetcher.fetch(source, new(source), NOW)))
        got = one(fetcher.fetch(source, state, NOW + 24 * HOUR))
        assert isinstance(got, Unchanged)
        assert (got.reason, got.full) == ("same bytes", True)
        assert "if-none-match" not in server.requests[1].headers


def test_the_same_bytes_are_told_where_validators_are_ignored(fetcher: Fetcher) -> None:
    """An ETag that is new every time; the newest one is remembered."""
    tags = iter("abc")
    with FeedServer({"/feed": lambda _: Reply(rss("Text"), headers={"ETag": f'"{next(tags)}"'})}) as server:
        source = at(server, "/feed")
        state = after(fetcher, source, new(source), one(fetcher.fetch(source, new(source), NOW)))
        got = one(fetcher.fetch(source, state, NOW))
        assert isinstance(got, Unchanged)
        assert (got.reason, got.status, got.elapsed > 0) == ("same bytes", 200, True)
        assert after(fetcher, source, state, got).etag == '"b"'


def test_half_a_feed_is_never_the_same(fetcher: Fetcher) -> None:
    """Nor does it leave a validator that would make the loss final."""
    with FeedServer({"/feed": Reply(rss("Text"), etag='"1"', truncate=99)}) as server:
        source = at(server, "/feed")
        for _ in range(2):
            got = one(fetcher.fetch(source, new(source), NOW))
            assert isinstance(got, Payload)
            assert got.damage == f"the body ends after 99 of {len(rss('Text'))} bytes"
            state = fetcher.state_after(source, new(source), Came(result=got, at=NOW, damage=got.damage))
            assert (state.etag, state.digest) == (None, None)


def test_another_address_is_another_feed(fetcher: Fetcher) -> None:
    """What is known of the old one is neither sent nor compared."""
    with FeedServer({"/old": Reply(rss("Text"), etag='"1"'), "/new": Reply(rss("Text"), etag='"1"')}) as server:
        old, source = at(server, "/old", id="a"), at(server, "/new", id="a")
        state = after(fetcher, old, new(old), one(fetcher.fetch(old, new(old), NOW)))
        assert isinstance(one(fetcher.fetch(source, state, NOW)), Payload)
        assert "if-none-match" not in server.requests[1].headers


def test_a_failure_is_a_value_that_says_what_happened(fetcher: Fetcher) -> None:
    """It keeps the validators and asks for patience; then nobody is asked."""
    with FeedServer({"/feed": Reply(rss("Text"), etag='"1"')}) as server:
        source = at(server, "/feed")
        state = after(fetcher, source, new(source), one(fetcher.fetch(source, new(source), NOW)))
        server.routes["/feed"] = Reply(status=429, headers={"Retry-After": "7200"})
        failure = one(fetcher.fetch(source, state, NOW))
        assert isinstance(failure, Failure)
        assert (failure.kind, failure.http_status, failure.source, failure.elapsed > 0) == (Kind.THROTTLED, 429, source.id, True)
        state = after(fetcher, source, state, failure)
        assert (state.etag, state.failures) == ('"1"', 1)
        waiting = one(fetcher.fetch(source, state, NOW + HOUR))
        assert isinstance(waiting, Failure)
        assert waiting.kind is Kind.WAITING
        assert "2026-11-24 14:" in waiting.message
        assert server.hits["/feed"] == 2
        assert after(fetcher, source, state, waiting, 1) == state  # having waited is nothing to remember
        assert isinstance(one(fetcher.fetch(source, state, NOW + 3 * HOUR)), Failure)
        assert server.hits["/feed"] == 3


def test_force_asks_at_once_and_for_the_whole() -> None:
    """Neither a wait nor a validator nor the same bytes stand in the way."""
    with FeedServer({"/feed": Reply(rss("Text"), etag='"1"')}) as server, Fetcher(Fetch(), force=True) as forced:
        source = at(server, "/feed")
        first = one(forced.fetch(source, new(source), NOW))
        state = replace(after(forced, source, new(source), first), next_try_at=NOW + HOUR)
        assert isinstance(one(forced.fetch(source, state, NOW)), Payload)
        assert "if-none-match" not in server.requests[1].headers


def test_the_settings_reach_the_wire() -> None:
    """Size, time and who we are."""
    with FeedServer({"/big": Reply(b"x" * 2000), "/slow": Reply(b"x", hang=5)}) as server:
        big, slow = at(server, "/big"), at(server, "/slow")
        with Fetcher(Fetch(max_bytes=1999, contact="bot.example")) as small, Fetcher(Fetch(deadline=0.3)) as hasty:
            kinds = [one(small.fetch(big, new(big), NOW)), one(hasty.fetch(slow, new(slow), NOW))]
        assert [f.kind for f in kinds if isinstance(f, Failure)] == [Kind.TOO_LARGE, Kind.TIMEOUT]
        assert "bot.example" in server.requests[0].headers["user-agent"]


@pytest.mark.parametrize(("change", "kind"), [({"url": NOWHERE}, Kind.CONNECT), ({"allow_private": False}, Kind.REFUSED_ADDRESS)])
def test_no_answer_is_a_failure_of_the_source(fetcher: Fetcher, change: dict[str, object], kind: Kind) -> None:
    """Nobody there, or not allowed there."""
    with FeedServer({"/feed": Reply(b"x")}) as server:
        source = at(server, "/feed", **change)
        got = one(fetcher.fetch(source, new(source), NOW))
        assert server.requests == []
    assert isinstance(got, Failure)
    assert (got.kind, got.source) == (kind, source.id)


@pytest.mark.parametrize(("value", "sent"), [("us:er\n", "Basic dXM6ZXI="), ("tok3n\n", "Bearer tok3n")])
def test_credentials_come_from_the_environment(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, value: str, sent: str) -> None:
    """Without the line break that a file of secrets ends with; without them nobody is asked."""
    monkeypatch.setenv("A_TOKEN", value)
    with FeedServer({"/feed": Reply(rss("Text"))}) as server:
        source = at(server, "/feed", auth="env:A_TOKEN")
        assert isinstance(one(fetcher.fetch(source, new(source), NOW)), Payload)
        assert server.requests[0].headers["authorization"] == sent
        monkeypatch.delenv("A_TOKEN")
        missing = one(fetcher.fetch(source, new(source), NOW))
        assert isinstance(missing, Failure)
        assert (missing.kind, missing.source) == (Kind.CREDENTIALS, source.id)
        assert len(server.requests) == 1


def test_a_stopped_fetcher_asks_nobody() -> None:
    """What is under way ends, and leaving the block stops it too."""
    reached = threading.Event()

    def stalls(_: Request) -> Reply:
        reached.set()
        return Reply(b"x", hang=5)

    with FeedServer({"/feed": stalls}) as server, Fetcher(Fetch(deadline=20)) as fetcher:
        source, got = at(server, "/feed"), list[FetchResult]()
        under_way = threading.Thread(target=lambda: got.extend(fetcher.fetch(source, new(source), NOW)))
        under_way.start()
        assert reached.wait(10)
        fetcher.abort()
        under_way.join(10)
        got += fetcher.fetch(source, new(source), NOW)
        with Fetcher(Fetch()) as left:
            pass
        got += left.fetch(source, new(source), NOW)
        assert [f.kind for f in got if isinstance(f, Failure)] == [Kind.TIMEOUT] * 3
        assert len(server.requests) == 1


def test_a_file_is_one_answer_and_needs_no_network(fetcher: Fetcher, tmp_path: Path) -> None:
    """Read again only when its bytes have changed, or when forced; a missing one is asked for every time."""
    drop(tmp_path, "a.xml", rss("Text"))
    source = Source(id="a", name="A", url=f"file:{tmp_path / 'a.xml'}")
    first = one(fetcher.fetch(source, new(source), NOW))
    assert isinstance(first, Payload)
    assert (first.status, first.body) == (0, rss("Text"))
    state = after(fetcher, source, new(source), first)
    assert isinstance(one(fetcher.fetch(source, state, NOW)), Unchanged)
    with Fetcher(Fetch(), force=True) as forced:
        assert isinstance(one(forced.fetch(source, state, NOW)), Payload)
    drop(tmp_path, "a.xml", rss("Other"))
    assert isinstance(one(fetcher.fetch(source, state, NOW)), Payload)
    (tmp_path / "a.xml").unlink()
    gone = one(fetcher.fetch(source, state, NOW))
    assert isinstance(gone, Failure)
    for _ in range(3):
        state = after(fetcher, source, state, gone)
    assert (state.failures, state.next_try_at) == (3, None)  # looking costs nobody anything


def test_a_folder_is_one_answer_per_file_and_remembers_its_listing(fetcher: Fetcher, tmp_path: Path) -> None:
    """Nothing new in the listing: no file is opened; a new file: the next reading has it; forced: all of them."""
    source = Source(id="a", name="A", url=f"folder:{tmp_path / 'drop'}")
    for name in ("a.xml", "b.xml"):
        drop(tmp_path / "drop", name, rss(name))
    results = fetcher.fetch(source, new(source), NOW)
    assert [r.body for r in results if isinstance(r, Payload)] == [rss("a.xml"), rss("b.xml")]
    state = new(source)
    for r in results:
        state = after(fetcher, source, state, r)
    assert isinstance(one(fetcher.fetch(source, state, NOW)), Unchanged)
    drop(tmp_path / "drop", "c.xml", rss("c.xml"))
    assert rss("c.xml") in [r.body for r in fetcher.fetch(source, state, NOW) if isinstance(r, Payload)]
    with Fetcher(Fetch(), force=True) as forced:
        assert len(forced.fetch(source, state, NOW)) == 3


def test_a_broken_file_does_not_make_the_folder_be_read_again(fetcher: Fetcher, tmp_path: Path) -> None:
    """The listing is remembered even when the last of its files failed; a mended file changes it."""
    source = Source(id="a", name="A", url=f"folder:{tmp_path}")
    drop(tmp_path, "a.xml", rss("Text"))
    drop(tmp_path, "b.xml", b"")
    state = new(source)
    for r in fetcher.fetch(source, new(source), NOW):
        state = after(fetcher, source, state, r)
    assert (state.failures, state.next_try_at) == (1, None)
    assert isinstance(one(fetcher.fetch(source, state, NOW)), Unchanged)
    drop(tmp_path, "b.xml", rss("Mended"))
    assert rss("Mended") in [r.body for r in fetcher.fetch(source, state, NOW) if isinstance(r, Payload)]
