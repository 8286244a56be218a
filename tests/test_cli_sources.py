"""`twinwire sources add, discover, import, export, enable, disable` as people type them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from feedserver import FeedServer, Reply
from wires import ROOT, rss

from twinwire import cli
from twinwire import config as configs

SHIPPED = (ROOT / "config" / "sources.yaml").read_text(encoding="utf-8")
ONE = """\
sources:
  # the first
  - id: a
    name: A
    url: https://a.example/feed
    enabled: false
    terms: only for librarians
"""
LIST = b"""<opml version="2.0"><body>
<outline text="Cities"><outline text="B" xmlUrl="https://b.example/feed"/><outline text="A" xmlUrl="http://www.a.example/feed/"/></outline>
<outline text="C" xmlUrl="https://c.example/feed" isComment="true"/><outline text="D" xmlUrl="gopher://d.example"/></body></opml>"""


@dataclass(frozen=True)
class Told:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Told]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """`twinwire sources …` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*args: object, stdin: bytes = b"") -> Told:
        monkeypatch.setattr(sys, "argv", ["twinwire", "sources", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        return Told(int(end.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """config/sources.yaml of the folder the commands run in."""
    (tmp_path / "config").mkdir()
    path = tmp_path / "config" / "sources.yaml"
    path.write_text(ONE)
    return path


def complaint(told: Told, code: int) -> str:
    """The one line of a stopped command."""
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1), told
    return told.err.removeprefix("twinwire: ").strip()


def last(file: Path) -> dict[str, object]:
    """The source at the end of the file."""
    row: dict[str, object] = yaml.safe_load(file.read_text(encoding="utf-8"))["sources"][-1]
    return row


# -- enable, disable --------------------------------------------------------------------------------------------


def test_enabling_shows_the_terms(sources: Command, file: Path) -> None:
    """Because whoever does it answers for it. Only the one line of the file changes."""
    told = sources("enable", "a")
    assert (told.code, told.out) == (0, "a: enabled\n  terms: only for librarians\n")
    assert file.read_text() == ONE.replace("enabled: false", "enabled: true")
    assert sources("enable", "a").out == "a: was enabled already\n  terms: only for librarians\n"
    assert sources("disable", "a").out == "a: disabled\n"
    assert file.read_text() == ONE


def test_a_source_without_terms_says_so(sources: Command, file: Path) -> None:
    """That is for its user to find out."""
    file.write_text(ONE.replace("    terms: only for librarians\n", ""))
    assert "terms: none are written down" in sources("enable", "a").out


def test_the_shipped_catalogue_can_be_switched(sources: Command, file: Path) -> None:
    """Several at once, and its comments stay."""
    file.write_text(SHIPPED, encoding="utf-8")
    told = sources("enable", "prnewswire-all", "prtimes-all")
    assert told.out.count("Enabling it says") == 2
    after = file.read_text(encoding="utf-8")
    assert [a for a, b in zip(SHIPPED.splitlines(), after.splitlines(), strict=True) if a != b] == ["    enabled: false"] * 2


@pytest.mark.parametrize("args", [["enable", "x"], ["disable", "x"], ["add", "https://x.example/", "--unchecked"], ["import", "l.opml"]])
def test_the_package_is_not_edited(sources: Command, tmp_path: Path, args: list[str]) -> None:
    """Without a config folder, each says in one line how to make one."""
    (tmp_path / "l.opml").write_bytes(LIST)
    said = complaint(sources(*args), 2)
    assert said.startswith("config: is not there, and the catalogue inside the package is not edited; make a folder of your own with: cp -R ")
    source = Path(said.split()[-2])
    assert source.samefile(configs.shipped("config"))
    assert not (tmp_path / "config").exists()


def test_an_unknown_id_names_the_nearest(sources: Command, file: Path) -> None:
    """Exit 2, and nothing changes."""
    file.write_text(ONE.replace("id: a", "id: abc"))
    assert complaint(sources("enable", "abd"), 2) == "abd: is no source of config; did you mean abc?"


# -- add --------------------------------------------------------------------------------------------------------


def test_adding_asks_the_feed_once(sources: Command, file: Path) -> None:
    """Its title and language are filled in, what was given wins, and what it gave is told."""
    body = rss("a", "b").replace(b"<title>T</title>", b"<title>City of Example &amp;amp; more</title><language>de-at</language>")
    with FeedServer({"/f": Reply(body)}) as server:
        told = sources("add", server.url("/f"), "--allow-private", "--country", "at", "--wire", "OTS", "--tag", "x", "--tag", "y", "--schedule", "fast")
        assert server.hits.total() == 1
        assert last(file) == {"id": "127-0-0-1-city-of-example-more", "name": "City of Example & more", "url": server.url("/f"), "wire": "OTS",
                              "language": "de-AT", "country": "AT", "schedule": "fast", "allow_private": True, "tags": ["x", "y"]}
    assert told.code == 0, told.err
    assert told.out.startswith("127-0-0-1-city-of-example-more: added to config/sources.yaml (rss-2.0, 2 entries, newest 2026-11-23)\n  terms: none")
    assert file.read_text().startswith(ONE)


def test_adding_unchecked_asks_nobody(sources: Command, file: Path) -> None:
    """The name is the host's, unless one is given."""
    assert sources("add", "https://b.example/news/feed.xml", "--unchecked", "--disabled", "--language", "fr").out.startswith(
        "b-news-feed: added to config/sources.yaml (not asked)\n")
    assert last(file) == {"id": "b-news-feed", "name": "b.example", "url": "https://b.example/news/feed.xml", "language": "fr", "enabled": False}
    assert sources("add", "https://c.example/", "--unchecked", "--id", "cc", "--name", "C: all").code == 0
    assert last(file) == {"id": "cc", "name": "C: all", "url": "https://c.example/"}
    assert [s["id"] for s in json.loads(sources("list", "--all", "--json").out)] == ["a", "b-news-feed", "cc"]


@pytest.mark.parametrize(("args", "says"), [
    (["http://www.a.example/feed/"], "http://www.a.example/feed/: is in the catalogue already, as a; `twinwire sources enable a` reads it"),
    (["https://b.example/", "--id", "a"], "--id: 'a' is taken by 'A'; ids are never reused"),
    (["https://b.example/", "--language", "english"], "--language: string should match pattern"),
    (["b.example/feed"], "b.example/feed: is no address of a feed; it must start with http:// or https:// and name a host"),
    (["https://u:secret@b.example/"], "url: holds a password; name it instead: auth: env:NAME (got 'https://…@b.example/')")])
def test_what_cannot_be_added_is_one_line(sources: Command, file: Path, args: list[str], says: str) -> None:
    """Exit 2, before anybody is asked, and nothing changes."""
    assert complaint(sources("add", *args), 2).startswith(says)
    assert file.read_text() == ONE


@pytest.mark.parametrize(("reply", "says"), [
    (Reply(b"<html><head><title>Home</title></head><body>x</body></html>"),
     "not-a-feed: an HTML page titled 'Home', not a feed; `twinwire sources discover` finds the feeds of a page, --unchecked adds it all the same"),
    (Reply(status=404), "not-found: answers 404"), (Reply(b""), "empty: ")])
def test_what_is_no_feed_is_not_added(sources: Command, file: Path, reply: Reply, says: str) -> None:
    """Exit 4, with what came instead."""
    with FeedServer({"/f": reply}) as server:
        said = complaint(sources("add", server.url("/f"), "--allow-private"), 4)
        assert said.startswith(f"{server.url('/f')}: {says}")
        assert file.read_text() == ONE
        assert "--allow-private" in complaint(sources("add", server.url("/f")), 4)
        assert sources("add", server.url("/f"), "--unchecked").code == 0


def test_a_feed_that_moved_is_added_where_it_is(sources: Command, file: Path) -> None:
    """And not twice."""
    with FeedServer({"/old": Reply(status=301, location="/new"), "/new": Reply(rss("a"))}) as server:
        assert f"; has moved from {server.url('/old')})" in sources("add", server.url("/old"), "--allow-private").out
        assert last(file)["url"] == server.url("/new")
        assert "is in the catalogue already" in complaint(sources("add", server.url("/old"), "--allow-private"), 2)


def test_a_drop_folder_is_added_as_it_is_written(sources: Command, file: Path) -> None:
    """Relative to the file, as the loader reads it; one that is not there is told."""
    assert "unreadable" in complaint(sources("add", "folder:in", "--name", "In"), 4)
    (file.parent / "in").mkdir()
    assert "(folder without files, 0 entries)" in sources("add", "folder:in", "--name", "In").out
    assert last(file) == {"id": "local-in", "name": "In", "url": "folder:in"}


def test_defaults_that_turn_sources_off_are_told(sources: Command, file: Path) -> None:
    """So that nobody waits for a source that is never read."""
    file.write_text("defaults: {enabled: false}\n" + ONE)
    assert "(not asked, not enabled: the file's defaults say so)" in sources("add", "https://b.example/", "--unchecked").out


# -- discover ---------------------------------------------------------------------------------------------------


def test_discover_prints_a_table_or_json(sources: Command, file: Path) -> None:
    """What can be added, and what is there already; addresses that fail are told on stderr."""
    with FeedServer({"/f": Reply(rss("a")), "/g": Reply(rss("b"))}) as server:
        server.routes["/"] = Reply(("<title>P</title>" + "".join(f"<link rel=alternate type=application/rss+xml href=/{p}>" for p in "fgh")).encode())
        file.write_text(ONE.replace("https://a.example/feed", server.url("/g")))
        told = sources("discover", server.url("/"), "--allow-private", "--json")
        assert told.err.startswith(f"twinwire: {server.url('/h')}: answers 404")
        table = sources("discover", server.url("/"), "--allow-private").out
        itself = sources("discover", server.url("/f"), "--allow-private").out
    rows = json.loads(told.out)
    assert rows[0] == {"url": server.url("/f"), "title": "T", "format": "rss-2.0", "entries": 1, "language": None, "how": "link",
                       "newest": "2026-11-23T00:00+00:00", "note": "", "source": None}
    assert [r["source"] for r in rows] == [None, "a"]
    assert all(word in table for word in ("url", "title", "format", "entries", "newest", "rss-2.0", "2026-11-23"))
    assert itself.endswith("this address is a feed itself\n")


def test_discover_says_when_there_is_nothing(sources: Command, file: Path) -> None:
    """Exit 4: nothing could be read."""
    with FeedServer({"/": Reply(b"<html><title>P</title></html>")}) as server:
        assert "names no feed that can be read" in complaint(sources("discover", server.url("/"), "--allow-private"), 4)
        told = sources("discover", server.url("/"), "--allow-private", "--json")
        assert (told.code, told.out) == (4, "[]\n")
        assert "not-found: answers 404" in complaint(sources("discover", server.url("/x"), "--allow-private"), 4)
        assert "refused-address" in complaint(sources("discover", server.url("/")), 4)
    assert "is no page" in complaint(sources("discover", "folder:in"), 2)
    assert "is no address" in complaint(sources("discover", "a.example"), 2)


# -- import, export ---------------------------------------------------------------------------------------------


def test_a_list_is_imported(sources: Command, file: Path, tmp_path: Path) -> None:
    """New feeds are added, known ones counted, others named; a second time there is nothing to do."""
    (tmp_path / "l.opml").write_bytes(LIST)
    told = sources("import", "l.opml")
    assert (told.code, told.out) == (0, "2 sources added, 1 were there already, 1 cannot be used\n")
    assert told.err.startswith("twinwire: gopher://d.example: is no address of a feed")
    assert file.read_text() == ONE + (
        "\n  - id: b\n    name: B\n    url: https://b.example/feed\n    tags: [Cities]\n"
        "\n  - id: c\n    name: C\n    url: https://c.example/feed\n    enabled: false\n")
    assert sources("import", "-", stdin=LIST).out == "0 sources added, 3 were there already, 1 cannot be used\n"


def test_importing_can_be_tried_first(sources: Command, file: Path, tmp_path: Path) -> None:
    """What would be added is shown, and the file is not touched."""
    (tmp_path / "l.opml").write_bytes(LIST)
    told = sources("import", "l.opml", "--dry-run", "--enabled")
    assert told.out.endswith("2 sources would be added, 1 were there already, 1 cannot be used\n")
    assert "https://c.example/feed" in told.out
    assert file.read_text() == ONE
    sources("import", "l.opml", "--disabled")
    assert not any(s["enabled"] for s in json.loads(sources("list", "--all", "--json").out))


def test_a_long_list_of_complaints_is_counted(sources: Command, file: Path) -> None:
    """Ten are shown."""
    feeds = "".join(f"<outline xmlUrl='gopher://{n}'/>" for n in range(15))
    told = sources("import", "-", stdin=f"<opml><body>{feeds}</body></opml>".encode())
    assert told.err.count("\n") == 11
    assert told.err.endswith("twinwire: … and 5 more\n")


@pytest.mark.parametrize(("stdin", "says"), [
    (b"<opml><body><outline>", "-:1: is not well-formed XML"), (b"<rss/>", "-: is no OPML"), (b"<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>", "-: declares entities"),
    (b"<opml><body>" + b"<outline/>" * 10_001, "-:1: is not well-formed XML"), (b"<opml><body>" + b"<outline/>" * 10_001 + b"</body></opml>", "-: holds more"),
    (b" " * (8 << 20) + b"<opml/>", "-: is larger than 8 MB")])
def test_a_hostile_list_is_one_line(sources: Command, file: Path, stdin: bytes, says: str) -> None:
    """Exit 2, and nothing changes."""
    assert complaint(sources("import", "-", stdin=stdin), 2).startswith(says)
    assert file.read_text() == ONE


def test_a_list_that_is_not_there_is_told(sources: Command, file: Path) -> None:
    """Exit 2."""
    assert complaint(sources("import", "none.opml"), 2) == "none.opml: cannot be read (No such file or directory)"


def test_the_catalogue_goes_out_and_comes_in(sources: Command, file: Path, tmp_path: Path) -> None:
    """To a file or to stdout; with every address, in another folder."""
    file.write_text(SHIPPED, encoding="utf-8")
    told = sources("export", "out.opml")
    assert told.out == f"{len(yaml.safe_load(SHIPPED)['sources'])} sources written to out.opml\n"
    text = sources("export", "--enabled").out
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<opml version=\"2.0\">")
    assert "prnewswire.com" not in text
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sources.yaml").write_text("sources: []\n")
    assert sources("import", "out.opml", "--config", "other").code == 0
    urls = [{s["url"]: s["enabled"] for s in json.loads(sources("list", "--all", "--json", "--config", c).out)} for c in ("config", "other")]
    assert urls[0] == urls[1]


def test_files_of_this_machine_are_not_exported(sources: Command, file: Path) -> None:
    """Said on stderr, so that the list on stdout stays one."""
    file.write_text(ONE + "  - {id: in, name: In, url: 'folder:in'}\n")
    told = sources("export")
    assert told.err == "twinwire: 1 sources that are files or folders of this machine are left out\n"
    assert told.out.count("xmlUrl") == 1
    assert "cannot be written" in sources("export", "none/x.opml").err


def test_the_shipped_catalogue_can_be_exported(sources: Command) -> None:
    """Reading needs no config folder."""
    assert sources("export").out.count("xmlUrl") > 50


def test_help_waits_for_no_library() -> None:
    """Commands import what they need when they run."""
    script = ("import sys\nfrom twinwire.cli.app import app\n"
              "heavy = {'requests', 'duckdb', 'prefect', 'lxml', 'yaml', 'pydantic', 'pyarrow'} & sys.modules.keys()\nassert not heavy, heavy\n")
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
