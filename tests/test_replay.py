"""The past read again: whose a payload is, which entry is which, what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from feedserver import FeedServer
from pasts import World, feed, item
from wires import NOW, SOURCE, payload

from twinwire import replay
from twinwire.judge import Judge
from twinwire.replay import Again, Miss, Replay, Sources, as_written, bare
from twinwire.warehouse import past
from twinwire.warehouse.past import Stretch


def test_a_source_is_as_the_catalogue_has_it(tmp_path: Path) -> None:
    """Else as the ledger remembers it; else it is a stranger of which an excerpt may be kept."""
    with FeedServer() as server:
        world = World(tmp_path, server, "/a", wire="Wire")
    row = {"id": "old", "name": "Old", "url": "https://old.example/", "wire": "W", "language": "de", "country": None, "store": "full", "terms": ""}
    sources = Sources(world.config, [row, row | {"id": "a-a", "wire": "another"}, row | {"id": "NO ID"}])
    assert sources["a-a"].wire == "Wire"
    assert (sources["old"].wire, sources["old"].language, sources["old"].store) == ("W", "de", "full")
    assert (sources["new"].name, sources["new"].store) == ("new", "excerpt")
    assert ("old" in sources, "new" in sources) == (True, False)
    assert bare("x", "no address").is_local
    with pytest.raises(ValueError, match="id"):
        bare("NO ID")


def test_a_payload_is_read_in_the_format_its_record_names() -> None:
    """Where it names none, in its source's."""
    assert as_written(SOURCE, payload(format="nitf")).format == "nitf"
    assert as_written(SOURCE, payload()) is SOURCE


def stretches(world: World) -> list[Stretch]:
    with past.reader(world.data) as con:
        return [s for lot in past.stretches(con, [], "", None) for s in lot]


def again(world: World, stretch: Stretch, *, exact: bool = False) -> list[Again]:
    made = Replay(Judge(world.config), world.config, world.data.archive, world.data.log)
    return list(made.read(stretch, world.config.sources[0], exact=exact))


def test_every_entry_comes_once_with_its_own_text(tmp_path: Path) -> None:
    """Exactly from the payload that brought it, or from any that shows the same version."""
    with FeedServer({"/a": feed(item(1, "One"), item(2, "Two"))}) as server:
        world = World(tmp_path, server, "/a")
        world.run()
        server.routes["/a"] = feed(item(2, "Two"), item(3, "Three"), item(1, "One, changed"))
        world.run(NOW.replace(hour=13))
    (stretch,) = stretches(world)
    assert [len(s) for s in stretch.payloads.values()] == [1, 1]
    for exact in (False, True):
        found = again(world, stretch, exact=exact)
        assert sorted(a.found[0].text.title for a in found if not isinstance(a.found, Miss)) == ["One, changed", "Three", "Two"]
        assert {a.old.entry_id for a in found} == {e.entry_id for e in stretch.entries}
    at = {a.found[0].text.title: a.found[1].fetched_at for a in again(world, stretch, exact=True) if not isinstance(a.found, Miss)}
    assert at["Two"] == NOW
    assert at["Three"] == NOW.replace(hour=13)


def test_what_a_new_version_of_this_program_reads_otherwise_is_found_by_its_identity(tmp_path: Path) -> None:
    """The text that is made of the same bytes may change; the entry is the same."""
    with FeedServer({"/a": feed(item(1, "One"), item(2, "Two"))}) as server:
        world = World(tmp_path, server, "/a")
        world.run()
    (stretch,) = stretches(world)
    other = Stretch(stretch.source_id, tuple(past.Old(e.entry_id, e.alt_key, e.entry_id, e.judged_at, e.is_item) for e in stretch.entries),
                    stretch.payloads)
    assert sorted(a.found[0].text.title for a in again(world, other) if not isinstance(a.found, Miss)) == ["One", "Two"]


def test_what_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bytes, bytes that cannot be read any more, bytes without the entry."""
    with FeedServer({"/a": feed(item(1, "One"), item(2, "Two"))}) as server:
        world = World(tmp_path, server, "/a")
        world.run()
    (stretch,) = stretches(world)
    stranger = past.Old(stretch.entries[0].content_hash, None, stretch.entries[0].content_hash, NOW, is_item=False)
    assert [a.found for a in again(world, Stretch("a-a", (stranger,), stretch.payloads))] == [Miss.ABSENT]
    assert [a.found for a in again(world, Stretch("a-a", (stranger,)))] == [Miss.GONE]

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    with monkeypatch.context() as m:
        m.setattr(replay, "read", broken)
        assert {a.found for a in again(world, stretch)} == {Miss.UNREADABLE}
    assert "ZeroDivisionError" in (world.data.log / "bugs.log").read_text()
    next(world.data.archive.rglob("*.warc.gz")).unlink()
    assert {a.found for a in again(world, stretch)} == {Miss.GONE}
