"""Kept items out of the house: each form, what terms allow, and never half a file."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batches import NOW, SOURCE, batch, data_folder, item
from wires import rows as sql

from twinwire import exporting
from twinwire.errors import ConfigError
from twinwire.exporting import Asked, Form, export
from twinwire.parse import Unreadable, parse
from twinwire.records import Instant, Item
from twinwire.warehouse.export import Wanted
from twinwire.warehouse.publish import publish
from twinwire.warehouse.store import Store

LONG = "Partnership " * 60
ITEMS = [item("old", LONG), item("new", "短文"), item("risky", "body")]


def dated(i: Item, days: int) -> Item:
    return replace(i, published=Instant(raw="x", at=NOW - timedelta(days=days), rule="x"))


@pytest.fixture(scope="module", params=["excerpt", "full"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three items of a source whose terms allow an excerpt only, or all."""
    data = data_folder(tmp_path_factory.mktemp("export"))
    with Store(data) as store:
        old, new, risky = dated(ITEMS[0], 30), dated(ITEMS[1], 1), dated(ITEMS[2], 2)
        risky = replace(risky, text=replace(risky.text, title="=cmd|' /C calc'!A0"))
        store.load(batch(old, new, risky, rejected=2), NOW)
        store.con.execute("UPDATE ops.sources SET store = ?", [request.param])
        store.con.execute("UPDATE items SET summary = '' WHERE guid = 'old'")
        store.con.execute("UPDATE items SET topics = ['regional_development'] WHERE guid = 'risky'")
        store.settle()
        publish(store, backups=0)
    return data.warehouse


def text(warehouse: Path, form: Form, tmp_path: Path, **wanted: object) -> bytes:
    """One export to a file."""
    out = tmp_path / "out"
    size = export(warehouse, Asked(form=form, wanted=Wanted(excerpt=100, **wanted)), out, NOW)  # type: ignore[arg-type]
    assert out.stat().st_size == size
    assert [p.name for p in tmp_path.iterdir()] == ["out"], "nothing is left beside it"
    return out.read_bytes()


def full(warehouse: Path) -> bool:
    """What the terms of its source allow."""
    return bool(sql(warehouse, "SELECT store = 'full' FROM ops.sources")[0][0])


@pytest.mark.parametrize("form", list(Form))
def test_only_an_excerpt_leaves_where_terms_allow_no_more(warehouse: Path, form: Form, tmp_path: Path) -> None:
    """In every form, whatever is stored."""
    made = text(warehouse, form, tmp_path)
    found = made.count(b"Partnership") if form is not Form.PARQUET else str(pq.read_table(io.BytesIO(made)).to_pylist()).count("Partnership")
    assert found == (60 if full(warehouse) else 8) * (1 if form is not Form.JSONFEED or full(warehouse) else 2), "a JSON Feed has its text in two places"


def test_csv_is_a_table_that_no_spreadsheet_runs(warehouse: Path, tmp_path: Path) -> None:
    """One row per item, lists joined, formulas quoted; the terms travel along."""
    rows = list(csv.DictReader(io.StringIO(text(warehouse, Form.CSV, tmp_path).decode())))
    assert {r["title"] for r in rows} == {"Sister cities: old", "Sister cities: new", "'=cmd|' /C calc'!A0"}
    assert {(r["source_id"], r["topics"], r["place"], r["country"]) for r in rows} == {
        (SOURCE.id, "friendship_cities", "Zaozhuang", "CN"), (SOURCE.id, "regional_development", "Zaozhuang", "CN")}
    assert all(r["terms"] == SOURCE.terms for r in rows)


def test_json_lines_keep_lists_and_nulls(warehouse: Path, tmp_path: Path) -> None:
    """One object per line; characters of every script as they are."""
    rows = [json.loads(line) for line in text(warehouse, Form.JSONL, tmp_path).decode().splitlines()]
    assert len(rows) == 3
    assert {tuple(r["topics"]) for r in rows} == {("friendship_cities",), ("regional_development",)}
    assert all(r["issuer"] is None for r in rows)


def test_parquet_has_types(warehouse: Path, tmp_path: Path) -> None:
    """Instants are instants, lists are lists."""
    table = pq.read_table(io.BytesIO(text(warehouse, Form.PARQUET, tmp_path)))
    assert table.num_rows == 3
    assert str(table.schema.field("published_at").type) == "timestamp[us]"
    assert table.to_pylist()[0]["topics"] in (["friendship_cities"], ["regional_development"])


@pytest.mark.parametrize("form", [Form.ATOM, Form.JSONFEED])
def test_feeds_have_the_newest_first_and_are_read_by_our_own_reader(warehouse: Path, form: Form, tmp_path: Path) -> None:
    """As many as asked for."""
    found = parse(text(warehouse, form, tmp_path, limit=2))
    assert not isinstance(found, Unreadable)
    assert [e.title for e in found.entries] == ["Sister cities: new", "=cmd|' /C calc'!A0"]
    assert [e.link for e in found.entries] == ["https://a.example/new", "https://a.example/risky"]


def test_a_topic_and_a_day_narrow_it(warehouse: Path, tmp_path: Path) -> None:
    """Both together; a topic that no item has is an error that names those there are."""
    rows = text(warehouse, Form.JSONL, tmp_path, topic="friendship_cities", since=date(2026, 11, 1)).decode().splitlines()
    assert [json.loads(r)["title"] for r in rows] == ["Sister cities: new"]
    assert text(warehouse, Form.CSV, tmp_path, since=date(2027, 1, 1)).decode().count("\n") == 1, "the head alone"
    with pytest.raises(ConfigError, match="there are friendship_cities, regional_development"):
        text(warehouse, Form.CSV, tmp_path, topic="friendship")


def test_a_file_is_replaced_whole_or_not_at_all(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in the midst leaves the old file and nothing beside it."""
    out = tmp_path / "out.csv"
    out.write_text("old")

    def fail(*_: object) -> str:
        raise ConfigError("x", "y")

    monkeypatch.setattr(exporting, "safe_cell", fail)
    with pytest.raises(ConfigError):
        export(warehouse, Asked(form=Form.CSV, wanted=Wanted()), out, NOW)
    assert (out.read_text(), len(list(tmp_path.iterdir()))) == ("old", 1)
    with pytest.raises(ConfigError, match="cannot be written"):
        export(warehouse, Asked(form=Form.JSONL, wanted=Wanted()), tmp_path / "no" / "where", NOW)
