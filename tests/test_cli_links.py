"""`links`, `stories`, `export`, `publish`, `shell` as people type them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from batches import NOW, batch, data_folder, item
from feedserver import Reply
from handatlas import HandAtlas
from sparqlserver import Endpoint, Pair
from test_relate_stories import HEAD, prose, signed
from wires import NOWHERE
from wires import rows as sql

from twinwire import cli
from twinwire.relate.stories import assign
from twinwire.warehouse import gazetteer
from twinwire.warehouse.publish import publish_anew
from twinwire.warehouse.store import Store
from twinwire.warehouse.stories import text_row

PAIRS = [Pair(("Milan", "IT", ""), ("Kehl", "DE", ""), "9/1982-01-01T00:00:00Z"), Pair(("Berlin", "DE", ""), ("London", "GB", "")), Pair(("Nowhere", "DE", ""), ("Milan", "IT", ""))]
Told = tuple[int, str, str]
Command = Callable[..., Told]


@pytest.fixture
def twinwire(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Command:
    """The command in this process, in a folder of its own, with the small atlas and small parts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gazetteer, "open_gazetteer", HandAtlas)
    monkeypatch.setenv("TWINWIRE_LINKS_DIGITS", "1")
    monkeypatch.setenv("TWINWIRE_LINKS_PAUSE", "0s")

    def run(*args: object, stdin: str = "") -> Told:
        monkeypatch.setattr(sys, "argv", ["twinwire", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return int(end.value.code or 0), out.decode(), err.decode()

    return run


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A data folder with two items."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        store.load(batch(item("a"), item("b")), NOW)
    publish_anew(data, 0, 0, NOW)
    return data.root


# -- links ------------------------------------------------------------------------------------------------------


def test_links_are_read_from_an_endpoint(twinwire: Command, tmp_path: Path) -> None:
    """What was read, matched and kept, in one line each; the pairs are in the warehouse."""
    with Endpoint(PAIRS).server() as server:
        code, out, err = twinwire("links", "sync", "--endpoint", server.url("/sparql"), "--allow-private")
    assert (code, err) == (0, "")
    assert "3 pairs read in 16 questions: 2 matched, 1 not; 100% of the list is read. 2 new, 2 listed pairs in all." in out
    assert "wikidata.rejects.csv" in out
    assert sql(tmp_path / "data" / "warehouse.duckdb", "SELECT twin FROM links_of('Milan')") == [("Kehl",)]


def test_a_sync_that_is_stopped_says_so_and_goes_on(twinwire: Command, tmp_path: Path) -> None:
    """Exit 4 when nothing could be read, 0 when a part was; the message says when to come again."""
    endpoint = Endpoint(PAIRS, lambda n, _: Reply(status=429, headers={"Retry-After": "86400"}) if n == 1 else None)
    with endpoint.server() as server:
        where = ("links", "sync", "--json", "--allow-private", "--endpoint", server.url("/sparql"))
        code, out, err = twinwire(*where)
        assert (code, json.loads(out)["stopped"]["class"], json.loads(out)["done"]) == (4, "throttled", 0.0)
        assert err == "twinwire: 127.0.0.1: throttled: answers 429 and asks us to wait 86400 s\n"
        code, _, err = twinwire(*where)
        assert (code, "is not asked before" in err) == (4, True)
        (tmp_path / "data" / "links" / "wikidata.json").unlink()
        told = [json.loads(twinwire(*where, "--limit", "1")[1]) for _ in range(4)]
    assert sum(t["statements"] for t in told) == 3
    assert told[-1]["done"] == 1.0
    assert [t["entered"]["total"] for t in told if t["entered"]["total"]][-1] == 2


@pytest.mark.parametrize(("endpoint", "why"), [(f"{NOWHERE}/sparql", "connect"), ("gopher://x/", "bad-url"), ("http://10.0.0.1/sparql", "refused-address")])
def test_an_endpoint_that_cannot_be_asked_is_told_in_one_line(twinwire: Command, endpoint: str, why: str) -> None:
    """Exit 4; a private address is not asked unless that is allowed."""
    private = ("--allow-private",) if endpoint.startswith(NOWHERE) else ()
    code, _, err = twinwire("links", "sync", "--endpoint", endpoint, *private)
    assert (code, err.count("\n")) == (4, 1)
    assert f": {why}: " in err


def test_links_are_imported_from_a_file(twinwire: Command, tmp_path: Path) -> None:
    """Dry first, then in earnest; lines that are not matched are told on stderr."""
    (tmp_path / "mine.csv").write_text("place_a,country_a,place_b,country_b,note\nMilan,IT,Kehl,DE,x\nMilan,IT,Nowhere,DE,x\n")
    code, out, err = twinwire("links", "import", "mine.csv", "--dry-run")
    assert (code, out) == (0, "2 rows: 1 pairs matched, 1 not; nothing was written\n")
    assert err.splitlines() == ["twinwire: mine.csv: columns that are not read: note", "twinwire: mine.csv: line 3: Nowhere, DE: no place of this name is known there"]
    assert not (tmp_path / "data").exists()
    code, out, _ = twinwire("links", "import", "mine.csv", "--json")
    told = json.loads(out)
    assert (code, told["matched"], told["entered"]["new"]) == (0, 1, 1)
    assert told["unmatched"] == [{"line": "line 3", "reason": "Nowhere, DE: no place of this name is known there"}]
    assert Path(told["rejects"]).exists()
    assert twinwire("links", "import", "none.csv")[0] == 2


# -- stories ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    """A data folder whose store knows the signatures of five items: two copies, an edited one, one that was cut."""
    made = [signed(HEAD, prose(1)), signed(HEAD, prose(1), source="b"), signed("Harbour towns of the north agree on a new line", prose(1)[:650] + prose(2)[:350], source="c"),
            signed("A bridge is opened", prose(3), source="d"), signed("A bridge is opened", prose(3)[:800], source="e")]
    data = data_folder(tmp_path)
    with Store(data) as store:
        loaded = batch()
        loaded.add("story_texts", [text_row(s, a, None, NOW.date()) for s, a in zip(made, assign(made, {}).assigned, strict=True)])
        store.load(loaded, NOW)
    publish_anew(data, 0, 0, NOW)
    return data.root


def test_a_backtest_shows_what_a_threshold_would_change(twinwire: Command, stories: Path) -> None:
    """The pairs with their headlines, similarity and rule; nothing is changed."""
    before = (stories / "warehouse.duckdb").read_bytes(), (stories / "store" / "store.duckdb").read_bytes()
    code, out, err = twinwire("stories", "backtest", "--data", stories, "--set", "held.other=0.1", "--set", "like.other=0.1")
    assert (code, err) == (0, "")
    assert "held.other=0.1 (now 0.75)" in out
    assert "5 items: 3 stories now, 2 then; 0 items were assigned" in out
    assert "Would be merged: 1" in out
    assert "Would be split: none" in out
    assert "like text, another headline" in out
    told = json.loads(twinwire("stories", "backtest", "--data", stories, "--set", "held.equal=1", "--json")[1])
    assert [(p["rule"], p["a"]["title"]) for p in told["split"]] == [("like text, same headline", "A bridge is opened")]
    assert (told["merged"], told["rules"]["held.equal"]) == ([], 1)
    assert ((stories / "warehouse.duckdb").read_bytes(), (stories / "store" / "store.duckdb").read_bytes()) == before


def test_a_threshold_that_is_none_is_told(twinwire: Command, stories: Path) -> None:
    """Exit 2 and what there is."""
    code, _, err = twinwire("stories", "backtest", "--data", stories, "--set", "like.othr=1")
    assert (code, err.count("\n")) == (2, 1)
    assert "there are like.equal, like.near" in err


def test_a_backtest_of_nothing(twinwire: Command, published: Path) -> None:
    """No signatures, no stories; without --set the present thresholds are shown."""
    code, out, _ = twinwire("stories", "backtest", "--data", published)
    assert (code, "0 items: 0 stories now, 0 then" in out, "like.other=0.4" in out) == (0, True, True)


# -- export, publish, shell -------------------------------------------------------------------------------------


def test_an_export_goes_to_standard_output_or_to_a_file(twinwire: Command, published: Path, tmp_path: Path) -> None:
    """The same bytes; a form, a day or a topic that is none is told."""
    code, out, err = twinwire("export", "--format", "csv", "--data", published)
    assert (code, err, len(list(csv.DictReader(io.StringIO(out))))) == (0, "", 2)
    code, said, _ = twinwire("export", "--format", "csv", "--data", published, "--out", tmp_path / "x.csv")
    assert (code, (tmp_path / "x.csv").read_text()) == (0, out)
    assert said.endswith(f"x.csv: {len(out.encode()):,} bytes written\n")
    assert twinwire("export", "--format", "atom", "--data", published, "--limit", "1")[1].count("<entry") == 1
    for wrong in (("--format", "xml"), ("--format", "csv", "--since", "yesterday"), ("--format", "csv", "--topic", "x"), ("--format", "csv", "--data", tmp_path / "none")):
        code, out, err = twinwire("export", "--data", published, *wrong)
        assert (code, out, err.count("\n")) == (2, "", 1), wrong


def test_the_read_copy_is_made_anew(twinwire: Command, published: Path, tmp_path: Path) -> None:
    """Also where it was lost; exit 2 where there is no store."""
    (published / "warehouse.duckdb").unlink()
    code, out, _ = twinwire("publish", "--data", published)
    assert (code, "bytes published" in out) == (0, True)
    assert sql(published / "warehouse.duckdb", "SELECT count(*) FROM items") == [(2,)]
    assert twinwire("publish", "--data", tmp_path / "none")[0] == 2


@pytest.mark.parametrize(("script", "answers"), [
    ("SELECT 11\nSELECT 12", ["11", "12"]), ("SELECT\n 11;\nSELECT 12;", ["11", "12"]), ("SELECT 11; SELECT 12;", ["11", "12"]), ("SELECT 11;\n\n.quit\nSELECT 12;", ["11"]),
    (".tables\n", ["friendship_cities"]), (".columns items", ["item_id"]), (".help", ["semicolon"]), ("FROM items LIMIT 1;", ["title: Sister cities"]), ("", [])])
def test_questions_can_be_piped_into_the_shell(twinwire: Command, published: Path, script: str, answers: list[str]) -> None:
    """Up to each semicolon, or line by line; commands begin with a dot."""
    code, out, err = twinwire("shell", "--data", published, stdin=script)
    assert (code, err) == (0, "")
    assert [a for a in ("11", "12", "friendship_cities", "item_id", "semicolon", "title: Sister cities") if a in out][:len(answers)] or not answers
    assert all(a in out for a in answers)
    assert ("12" in out) == ("12" in answers) or script.startswith((".", "FROM"))


def test_what_goes_wrong_in_the_shell_is_told_and_is_no_end(twinwire: Command, published: Path) -> None:
    """Each on its line; exit 2 at the end, for scripts."""
    code, out, err = twinwire("shell", "--data", published, stdin="SELECT nothing;\n.x\nSET threads = 1;\nCOPY items TO '/tmp/x';\nSELECT 11;\n")
    assert (code, err.count("\n"), "11" in out) == (2, 4, True)


def test_the_shell_by_hand(published: Path) -> None:
    """On a terminal: a prompt, a question over two lines, one that is wrong, and Ctrl-D."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execv(sys.executable, [sys.executable, "-m", "twinwire", "shell", "--data", str(published)])
    told = b""
    for say in (b"SELECT count(*)\r", b"AS n FROM items;\r", b"SELECT nothing;\r", b"\x04"):
        while not re.search(rb"> (\x1b\[[?0-9]*[a-z])*$", told):
            told += os.read(terminal, 4096)
        told += b"\n"
        os.write(terminal, say)
    try:
        while piece := os.read(terminal, 4096):
            told += piece
    except OSError:
        pass  # the terminal is gone with the process
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, told
    for part in (b"twinwire>", b"...>", b"2", b"Binder Error"):
        assert part in told
