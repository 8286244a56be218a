"""Statements of ties in the warehouse: rows without order, the pairs they add up to, and what lists know of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa

from twinwire.records import CityLink, Level, Located, Place
from twinwire.warehouse.linkrows import link_place_rows, link_rows
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import SCHEMAS
from twinwire.warehouse.store import Store

RIGA = Place(place_id=456172, name="Riga", level=Level.CITY, country_code="LV", population=605_000)
KOBE = Place(place_id=1859171, name="Kobe", level=Level.CITY, country_code="JP", population=1_500_000)
ITEM = UUID(int=1)
TABLE = "city_link_mentions"
SCHEMA = SCHEMAS[TABLE]


def link(a: Place | None, b: Place | None, **more: Any) -> CityLink:
    """A statement about two places."""
    given = {"level": "city", "status": "existing", "since": None, "domestic": False, "quote": "q", "field": "body", "start": 0, "stop": 1,
             "rule": "with + subj", "confidence": 0.8, "published": True} | more
    return CityLink(a=Located(surface=a.name if a else "Here", place=a), b=Located(surface=b.name if b else "There", place=b), **given)


def test_a_pair_has_no_order_in_the_table() -> None:
    """The smaller id is place_a, whichever was named first; an unknown place comes last and keeps its name."""
    one, two = link_rows(ITEM, [link(RIGA, KOBE), link(KOBE, RIGA)])
    assert one == two
    assert (one["place_a"], one["place_b"], one["surface_a"]) == (456172, 1859171, "Riga")
    (row,) = link_rows(ITEM, [link(None, KOBE)])
    assert (row["place_a"], row["place_b"], row["surface_b"]) == (1859171, None, "Here")


def test_rows_fit_the_schema_and_places_are_given_once() -> None:
    """The batch is written with it."""
    rows = link_rows(ITEM, [link(RIGA, KOBE, since=1974), link(None, None)])
    assert pa.Table.from_pylist(rows, SCHEMA).num_rows == 2
    assert {k: v["name"] for k, v in link_place_rows([link(RIGA, KOBE), link(KOBE, None)]).items()} == {456172: "Riga", 1859171: "Kobe"}


def _item(con: Any, number: int, source: str, language: str, day: int) -> None:
    """An item of which the view needs only this much."""
    columns = con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'items' AND NOT is_nullable").fetchall()
    at = datetime(2026, 1, day, tzinfo=UTC).replace(tzinfo=None)
    known = {"item_id": UUID(int=number), "source_id": source, "first_seen_at": at, "last_seen_at": at}
    blank = {"UUID": UUID(int=0), "VARCHAR": "", "INTEGER": 1, "DOUBLE": 0.0, "TIMESTAMP": at}
    row = {name: known.get(name, blank.get(kind, [])) for name, kind in columns} | {"language": language, "wire": source.upper()}
    con.execute(f"INSERT INTO items ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def test_statements_add_up_to_pairs(tmp_path: Path) -> None:
    """Newest status, most frequent year, counts, what lists know, what does not fit; candidates do not count."""
    data = DataFolder(tmp_path)
    data.prepare()
    with Store(data) as store:
        con = store.con
        _item(con, 1, "a", "en", 1)
        _item(con, 2, "b", "ja", 2)
        rows = [*link_rows(UUID(int=1), [link(KOBE, RIGA, status="established", since=1974)]),
                *link_rows(UUID(int=2), [link(RIGA, KOBE, status="anniversary", since=1973), link(RIGA, None),
                                         link(RIGA, KOBE, status="ended", published=False)])]
        con.register("rows", pa.Table.from_pylist(rows, SCHEMA))
        con.execute(f"INSERT INTO {TABLE} BY NAME SELECT * FROM rows")
        con.execute("INSERT INTO known_links BY NAME SELECT 'wikidata' AS source, 'x' AS ref, 456172 AS place_a, 1859171 AS place_b,"
                    " '1974-06' AS started, 'Riga' AS name_a, 'Kobe' AS name_b, 'id' AS rule, now()::TIMESTAMP AS first_listed_at,"
                    " now()::TIMESTAMP AS listed_at, uuid() AS run_id, uuid() AS batch_id")
        pairs = con.execute("SELECT place_a, place_b, status, n_items, n_sources, n_wires, n_languages, known, listed_since, conflict"
                            " FROM city_links").fetchall()
        assert pairs == [(456172, 1859171, "anniversary", 2, 2, 2, 2, True, "1974-06", "years differ")]


def test_every_column_is_explained(tmp_path: Path) -> None:
    """In the table and in the view."""
    data = DataFolder(tmp_path)
    data.prepare()
    with Store(data) as store:
        bare = store.con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN ('city_links', ?)"
                                 " AND comment IS NULL", [TABLE]).fetchall()
    assert bare == []
