"""Rows of new sources: addresses and their spellings, ids, lists of feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import EDITION

from twinwire import catalogue, opml
from twinwire import config as configs
from twinwire.catalogue import address, imported, key, language, new_id, new_row
from twinwire.config import Config
from twinwire.config.sources import Source
from twinwire.errors import ConfigError
from twinwire.normalise.url import absolute
from twinwire.opml import Outline

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Path("/srv/config")
LOADED = configs.load(EDITION)


def catalogue_of(*sources: Source) -> Config:
    """A config folder as it was loaded, with these sources."""
    return replace(LOADED, folder=HERE, sources=sources)


A = Source(id="a", name="A", url="https://www.a.example/feed/?x=1&utm_source=z", enabled=False)


@pytest.mark.parametrize("url", [A.url, "http://a.example/feed?x=1", " HTTPS://A.example./feed/?utm_medium=q&x=1#top ", "feed://a.example/feed?x=1",
                                 "feed:https://a.example/feed?x=1"])
def test_another_spelling_is_the_same_address(url: str) -> None:
    """Scheme, www, a final slash and tracking make no second source; one that is off is named with what turns it on."""
    with pytest.raises(ConfigError, match="is in the catalogue already, as a; `twinwire sources enable a` reads it"):
        new_row(catalogue_of(A), url, {})


@pytest.mark.parametrize("url", ["https://a.example/feed/?x=2", "https://a.example/Feed/?x=1", "https://b.example/feed/?x=1",
                                 "https://a.example:8443/feed/?x=1"])
def test_another_address_is_another_source(url: str) -> None:
    """Other words of a search, another path, another host."""
    assert new_row(catalogue_of(A), url, {})["url"] == url


def test_local_addresses_are_relative_to_the_folder() -> None:
    """As in the file itself: three spellings of one folder, and another one."""
    assert key("folder:in", HERE) == key("folder:/srv/config/in", HERE) == key("FOLDER:///srv/config/x/../in", HERE)
    assert len({key("folder:in", HERE), key("file:in", HERE), key("folder:/in", HERE)}) == 3


@pytest.mark.parametrize(("url", "written"), [
    (" https://a.example/x y ", "https://a.example/x%20y"), ("https://a.example/ü", "https://a.example/ü"),
    ("https://a.example/\u2028x", "https://a.example/%E2%80%A8x"), ("https:a.example/x", "https://a.example/x"),
    ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"), ("feed:a.example/x", "https://a.example/x"), ("folder:/in", "folder:/in")])
def test_an_address_is_written_as_it_is_fetched(url: str, written: str) -> None:
    """As given, unless a browser would have to mend it."""
    assert address(url) == written


@pytest.mark.parametrize("url", ["", "a.example/feed", "ftp://a.example/", "javascript:alert(1)", "https://", "http://[a", "/etc/passwd"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """In one line that says what is needed."""
    with pytest.raises(ConfigError, match="must start with http:// or https:// and name a host"):
        address(url)


@pytest.mark.parametrize(("url", "title", "made"), [
    ("https://www.example.org/feed.xml", "City of Example, news", "example-city-of-example-news"),
    ("https://feeds.example.co.uk/rss", "Ünïcode & Straße", "example-unicode-strasse"),
    ("https://www.prnewswire.com/rss.xml", "PR Newswire: all", "pr-newswire-all"),
    ("https://news.example.cn/rss/gn.xml", "国内新闻", "news-example-rss-gn"),
    ("http://127.0.0.1:8000/a/b", "", "127-0-0-1-a-b"), ("http://localhost/", "", "localhost"),
    ("folder:/srv/in", "", "local"), ("https://a.example/", "x" * 300, "a-" + "x" * 58)])
def test_an_id_is_made_of_host_and_title(url: str, title: str, made: str) -> None:
    """Short, in small letters; from the path where the title has no Latin letters."""
    assert new_id(url, title, ()) == made


def test_ids_are_counted_then_hashed() -> None:
    """Nine feeds of one title have numbers; a list of thousands does not count them all again for each."""
    taken: set[str] = set()
    for n in range(30):
        taken.add(new_id(f"https://a.example/{n}", "T", taken))
    assert len(taken) == 30
    assert {"a-t", "a-t-2", "a-t-9"} < taken


@given(st.text(max_size=80), st.text(max_size=300))
def test_any_title_makes_a_row(path: str, title: str) -> None:
    """Id and name fit the model whatever a feed calls itself, and the row holds the address."""
    url = "https://a.example/" + path
    if absolute(url) is None or len(url) > 4000:
        return
    row = new_row(catalogue_of(), url, {"name": title})
    assert Source.model_validate(row).name
    assert key(row["url"], HERE) == key(url.strip(), HERE)


def test_a_row_has_what_was_given_in_the_order_of_the_file() -> None:
    """Nothing that was left out is written, and nothing that a terminal slipped in."""
    row = new_row(catalogue_of(A), "https://b.example/", {"tags": ["t"], "wire": "B \udcff\n Wire", "terms": " ", "name": "B", "id": "b", "enabled": False, "store": None})
    assert list(row.items()) == [("id", "b"), ("name", "B"), ("url", "https://b.example/"), ("wire", "B Wire"), ("enabled", False), ("tags", ["t"])]


@pytest.mark.parametrize(("given_", "says"), [
    ({"id": "a"}, "--id: 'a' is taken by 'A'"), ({"id": "A b"}, "--id: string should match"), ({"language": "english"}, "--language: string should"),
    ({"timezone": "Mars"}, "--timezone: is not an IANA zone"), ({"schedule": "now"}, "--schedule: must be fast, hourly, daily"),
    ({"store": "all"}, "--store: "), ({"auth": "secret"}, "--auth: "), ({"format": "x"}, "--format: ")])
def test_a_wrong_option_is_named(given_: dict[str, Any], says: str) -> None:
    """By its option, not by a line of a file that is not there yet."""
    with pytest.raises(ConfigError) as caught:
        new_row(catalogue_of(A), "https://b.example/", given_)
    assert str(caught.value).startswith(says)


def test_a_password_is_refused_and_not_shown() -> None:
    """It would stand in the file, and on the screen."""
    with pytest.raises(ConfigError, match="holds a password; name it instead: auth: env:NAME") as caught:
        new_row(catalogue_of(), "https://me:secret@b.example/", {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("tag", "written"), [("en", "en"), ("en_us", "en-US"), ("ZH-hans-cn", "zh-Hans-CN"), (" de-AT ", "de-AT"),
                                              ("english", None), ("", None), (None, None), ("x-default", None), ("e", None)])
def test_a_language_is_written_as_the_catalogue_does(tag: str | None, written: str | None) -> None:
    """What is no tag is left out."""
    assert language(tag) == written


def test_what_was_given_wins_over_what_the_feed_says() -> None:
    """The feed fills what is missing."""
    assert catalogue.filled({"name": None, "language": "fr"}, "T", "de") == {"name": "T", "language": "fr"}
    assert catalogue.filled({"name": "N"}, "T", "de-at") == {"name": "N", "language": "de-AT"}


# -- lists of feeds ---------------------------------------------------------------------------------------------


def test_a_list_is_imported_once() -> None:
    """What is there is counted, what stands in two folders is one source with both tags, what cannot be used is named."""
    feeds = [Outline(url="http://a.example/feed?x=1"), Outline(url="https://b.example/", title="B", tags=("x",), language="EN"),
             Outline(url="https://b.example/", title="B again", tags=("y", "x"), off=True), Outline(url="javascript:alert(1)"),
             Outline(url="file:///etc/passwd"), Outline(url="https://u:p@c.example/")]
    done = imported(catalogue_of(A), feeds, enabled=None)
    assert done.rows == ({"id": "b", "name": "B", "url": "https://b.example/", "language": "en", "tags": ["x", "y"]},)
    assert done.known == 1
    assert [u for u, _ in done.unusable] == ["javascript:alert(1)", "file:///etc/passwd", "https://…@c.example/"]


@pytest.mark.parametrize(("enabled", "written"), [(None, [None, False]), (True, [True, True]), (False, [False, False])])
def test_enabled_is_as_the_list_says_or_as_told(enabled: bool | None, written: list[bool | None]) -> None:
    """An explicit yes is written out, because the file's defaults may say no."""
    feeds = [Outline(url="https://b.example/"), Outline(url="https://c.example/", off=True)]
    assert [r.get("enabled") for r in imported(catalogue_of(), feeds, enabled=enabled).rows] == written


SOUND = st.tuples(st.sampled_from(["http", "https"]), st.sampled_from(["a.example", "www.b.example", "c.example:8080", "[2001:db8::1]", "müller.example"]),
                  st.text(max_size=40)).map(lambda t: f"{t[0]}://{t[1]}/{t[2]}").filter(lambda u: absolute(u) is not None and len(u) < 4000)


@given(st.lists(SOUND, max_size=12), st.lists(st.tuples(st.text(min_size=1, max_size=30), st.booleans()), min_size=12, max_size=12))
def test_export_and_import_lose_no_address(urls: list[str], rest: list[tuple[str, bool]]) -> None:
    """A catalogue that went out as OPML and came in elsewhere has every address, each once, on or off as before."""
    distinct = {key(u.strip(), HERE): u for u in urls}
    sources = [Source(id=f"s{i}", name=name, url=url, enabled=on, tags=(name,)) for i, (url, (name, on)) in enumerate(zip(distinct.values(), rest, strict=False))]
    data = opml.write(catalogue.outlines(sources), "T", NOW)
    done = imported(catalogue_of(), opml.read(data, "x"), enabled=None)
    assert done.unusable == ()
    assert {key(r["url"], HERE): r.get("enabled", True) for r in done.rows} == {key(s.url.strip(), HERE): s.enabled for s in sources}
    again = imported(catalogue_of(*sources), opml.read(data, "x"), enabled=None)
    assert (again.rows, again.known) == ((), len(sources))


def test_the_shipped_catalogue_goes_out_and_comes_in() -> None:
    """Every address as it was written, with its name, language, tags and state."""
    shipped = configs.load(Path(__file__).parents[1] / "config")
    rows = imported(catalogue_of(), opml.read(opml.write(catalogue.outlines(shipped.sources), "T", NOW), "x"), enabled=None).rows
    again = {s.url: s for s in map(Source.model_validate, rows)}
    assert len(again) == len(shipped.sources)
    for s in shipped.sources:
        other = again[s.url]
        assert (other.name, other.language, other.tags, other.enabled) == (s.name, s.language, s.tags, s.enabled)


def test_local_sources_stay_at_home() -> None:
    """A path on this machine means nothing on another."""
    assert list(catalogue.outlines([Source(id="f", name="F", url="folder:/srv/in"), A])) == [
        Outline(url=A.url, title="A", off=True)]
