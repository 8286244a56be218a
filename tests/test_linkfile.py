"""Known pairs from a CSV file: matched, loaded once, and what is not matched is told with its line."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from handatlas import HandAtlas
from hypothesis import given
from hypothesis import strategies as st
from test_linksync import settings
from wires import rows as sql

from twinwire import linkfile
from twinwire.errors import Busy, ConfigError
from twinwire.linkfile import FileReport, import_file, rows
from twinwire.relate.knownpairs import Unmatched
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder

ATLAS, NOW = HandAtlas(), datetime(2026, 11, 24, 12, tzinfo=UTC)
HEAD = "place_a,country_a,place_b,country_b,start,end,source\n"
GOOD = HEAD + "Milan,IT,Kehl,Germany,1982-03-20,,our office\nBerlin,DE,London,UK,,,\n"


def take(tmp_path: Path, text: str | bytes, now: datetime | None = NOW, name: str = "pairs.csv") -> FileReport:
    """One import."""
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_file(file, settings(), DataFolder(tmp_path / "d"), ATLAS, now)


def known(tmp_path: Path) -> list[tuple[object, ...]]:
    return sql(tmp_path / "d" / "warehouse.duckdb", "SELECT name_a, name_b, started, source, rule FROM known_links ORDER BY 1")


def test_pairs_are_loaded_with_what_the_file_says_of_them(tmp_path: Path) -> None:
    """Dates as precise as written; who says so, or the file's name; countries by name or code."""
    told = take(tmp_path, GOOD)
    assert (told.rows, told.matched, told.unmatched, told.entered.new, told.rejects) == (2, 2, [], 2, None)
    assert known(tmp_path) == [("Kehl", "Milan", "1982-03-20", "our office", "name and country"), ("London", "Berlin", None, "pairs", "name and country")]


def test_importing_again_doubles_nothing(tmp_path: Path) -> None:
    """A mended date replaces the one before."""
    take(tmp_path, GOOD)
    told = take(tmp_path, GOOD.replace("1982-03-20", "1983"))
    assert (told.entered.new, told.entered.again, told.entered.total) == (0, 2, 2)
    assert known(tmp_path)[0][2] == "1983"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """Not even the rejects."""
    told = take(tmp_path, GOOD + "Nowhere,IT,Kehl,DE,,,\n", now=None)
    assert (told.matched, len(told.unmatched), told.rejects) == (2, 1, None)
    assert not (tmp_path / "d").exists()


def test_lines_that_are_not_matched_are_told_and_kept(tmp_path: Path) -> None:
    """With their line; the file that keeps them can be mended and imported."""
    told = take(tmp_path, GOOD + '\n"Nowhere\nat all",IT,Kehl,DE,,,\nMilan,IT,Kehl,DE,1982-13,,\nMilan,,Kehl,DE,,,\nMilan,IT,Kehl,DE,1990,1980,\nBerlin,DE\n')
    assert [line for line, _ in told.unmatched] == ["line 5", "line 7", "line 8", "line 9", "line 10"]
    assert [why for _, why in told.unmatched] == [
        "Nowhere at all, IT: no place of this name is known there", "'1982-13' is no date such as 1982, 1982-03 or 1982-03-20",
        "Milan, (no country): needs a name and a country", "ends (1980) before it begins (1990)", "(no name), (no country): needs a name and a country"]
    assert told.rejects is not None
    mended = Path(told.rejects).read_text(encoding="utf-8").replace("Nowhere at all", "Sarajevo").replace("Sarajevo,IT", "Sarajevo,BA")
    again = take(tmp_path, mended, name="mended.csv")
    assert (again.matched, len(again.unmatched), again.ignored) == (1, 4, ())
    assert known(tmp_path)[-1][3] == "pairs", "the source is kept on the way"


def test_cells_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path: Path) -> None:
    """Quoted in the rejects, unquoted when they are imported; a name's own apostrophe stays."""
    told = take(tmp_path, HEAD + "=cmd(),IT,Kehl,DE,,,\n's-Hertogenbosch,NL,Kehl,DE,,,\n")
    assert told.rejects is not None
    kept = Path(told.rejects).read_text(encoding="utf-8").splitlines()
    assert [r["place_a"] for r in csv.DictReader(kept)] == ["'=cmd()", "'s-Hertogenbosch"]
    again = [r for r in rows(Path(told.rejects).read_text(encoding="utf-8"), "x", "x") if not isinstance(r, Unmatched)]
    assert [r.a.name for r in again] == ["=cmd()", "'s-Hertogenbosch"]


def test_spreadsheets_of_other_countries_are_read(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, capitals in the head, columns in another order, one that we do not know."""
    told = take(tmp_path, b"\xef\xbb\xbfCountry_A;PLACE_A;place_b;country_b;remark\r\nIT;Milan;Kehl;DE;x\r\n")
    assert (told.matched, told.ignored) == (1, ("remark",))


def test_a_pair_that_stands_twice_is_one(tmp_path: Path) -> None:
    """Whichever side comes first; the last line counts."""
    told = take(tmp_path, HEAD + "Milan,IT,Kehl,DE,1980,,\nKehl,DE,Milan,IT,1981,,\n")
    assert (told.rows, told.matched, told.repeated, told.entered.new) == (2, 1, 1, 1)
    assert known(tmp_path) == [("Kehl", "Milan", "1981", "pairs", "name and country")]


@pytest.mark.parametrize(("text", "why"), [
    ("", "has no column place_a; needed are"), ("place_a,country_a,plce_b,country_b\n", r"has no column place_b \(is 'plce_b' meant\?\)"),
    (HEAD + '"Milan,IT\n', r"pairs.csv:2: is no CSV from here on"), (b"place_a,country_a,place_b,country_b\nK\xf6ln,DE,Kehl,DE\n", r"pairs.csv:2: is not UTF-8"),
    (HEAD + "x" * 200_000 + "\n", "is no CSV from here on")])
def test_what_is_no_such_file_is_told_in_one_line(tmp_path: Path, text: str | bytes, why: str) -> None:
    """With the line where it breaks; nothing is written."""
    with pytest.raises(ConfigError, match=why):
        take(tmp_path, text)
    assert not (tmp_path / "d").exists()


def test_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes and rows; a folder or a missing file is told as such."""
    monkeypatch.setattr(linkfile, "MAX_ROWS", 1)
    with pytest.raises(ConfigError, match="more than 1 rows"):
        take(tmp_path, GOOD)
    monkeypatch.setattr(linkfile, "MAX_BYTES", 20)
    with pytest.raises(ConfigError, match="is larger than"):
        take(tmp_path, GOOD)
    with pytest.raises(ConfigError, match="cannot be read"):
        import_file(tmp_path, settings(), DataFolder(tmp_path / "d"), ATLAS, NOW)


def test_a_run_at_work_is_not_disturbed(tmp_path: Path) -> None:
    """The pairs go in with the next call."""
    data = DataFolder(tmp_path / "d")
    data.prepare()
    with RunLock(data.lock), pytest.raises(Busy):
        take(tmp_path, GOOD)
    assert take(tmp_path, HEAD + "Milan,IT,Sarajevo,BA,,,\n").entered.new == 3


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Pairs, rejects, or the one error."""
    try:
        found = list(rows(HEAD + text, "x.csv", "x"))
    except ConfigError:
        return
    assert all(u.reason for u in found if isinstance(u, Unmatched))
