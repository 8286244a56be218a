"""Twinned places as views: what stories tell beside what lists have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from batches import NOW, batch, data_folder, item

from twinwire.records import Instant
from twinwire.warehouse.rows import plain_utc
from twinwire.warehouse.store import Store

PLACES = {1: ("Zaozhuang", "CN", "Shandong", 34.9, 117.5), 2: ("Aachen", "DE", "North Rhine-Westphalia", 50.8, 6.1), 3: ("Qingdao", "CN", "Shandong", 36.1, 120.4),
          4: ("Łódź", "PL", "Łódź Voivodeship", 51.8, 19.5), 5: ("Jinan", "CN", "Shandong", None, None)}
# item, days before NOW, a, b, status, since
TOLD = [("new", 3, 1, 2, "established", None), ("again", 1, 1, 2, "existing", None), ("old", 9, 2, 3, "established", 1987), ("ended", 5, 3, 4, "existing", 1990),
        ("ended2", 2, 3, 4, "ended", None), ("listed", 2, 1, 4, "established", 2026), ("home", 2, 3, 5, "established", None), ("plan", 1, 2, 4, "proposed", None)]
LISTED = [("wikidata", "s1", 1, 4, "2026-11", None), ("wikidata", "s2", 4, 5, "1999", "2015-03-01"), ("own", "1-5", 1, 5, None, None), ("wikidata", "s3", 1, 5, "2001", None),
          ("wikidata", "s4", 3, 4, "1985", None)]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with Store(data_folder(tmp_path_factory.mktemp("links"))) as store:
        items = {name: replace(item(name, name), published=Instant(raw="x", at=NOW - timedelta(days=days), rule="x")) for name, days, *_ in TOLD}
        store.load(batch(*items.values()), NOW)
        for place_id, (name, land, region, lat, lon) in PLACES.items():
            store.con.execute("INSERT INTO places VALUES (?, ?, 'city', ?, 'x', ?, ?, ?, 0)", [place_id, name, region, land, lat, lon])
        for name, _, a, b, status, since in TOLD:
            store.con.execute("INSERT INTO city_link_mentions VALUES (?, ?, ?, 'A', 'B', 'city', ?, ?, ?, ?, 'body', 0, 1, 'r', 0.9, true)",
                              [items[name].item_id, a, b, status, since, PLACES[a][1] == PLACES[b][1], f"quote {name}"])
        store.con.execute("INSERT INTO city_link_mentions VALUES (?, 1, 3, 'A', 'B', 'city', 'established', NULL, true, 'unsure', 'body', 0, 1, 'r', 0.2, false)",
                          [items["new"].item_id])
        for source, ref, a, b, started, ended in LISTED:
            store.con.execute("INSERT INTO known_links VALUES (?, ?, ?, ?, ?, ?, 'A', 'B', 'r', ?, ?, uuid(), uuid())",
                              [source, ref, a, b, started, ended, plain_utc(NOW), plain_utc(NOW)])
        with store.con.cursor() as cursor:
            yield cursor


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_a_pair_is_one_row_however_many_lists_have_it(con: duckdb.DuckDBPyConnection) -> None:
    """The earliest begin, the latest end, and who says so."""
    assert rows(con, "SELECT place_a, place_b, name_a, country_b, started, ended, sources FROM known_pairs ORDER BY 1, 2") == [
        (1, 4, "Zaozhuang", "PL", "2026-11", None, ["wikidata"]), (1, 5, "Zaozhuang", "CN", "2001", None, ["own", "wikidata"]),
        (3, 4, "Qingdao", "PL", "1985", None, ["wikidata"]), (4, 5, "Łódź", "CN", "1999", "2015-03-01", ["wikidata"])]


def test_all_links_are_told_or_listed_or_both(con: duckdb.DuckDBPyConnection) -> None:
    """Statements that are not sure enough are not among them."""
    assert rows(con, "SELECT place_a, place_b, status, n_items, len(lists) FROM twin_links ORDER BY 1, 2") == [
        (1, 2, "existing", 2, 0), (1, 4, "established", 1, 1), (1, 5, "listed", 0, 2), (2, 3, "established", 1, 0), (2, 4, "proposed", 1, 0), (3, 4, "ended", 2, 1),
        (3, 5, "established", 1, 0), (4, 5, "ended", 0, 1)]


def test_what_is_not_sure_enough_waits_for_a_reader(con: duckdb.DuckDBPyConnection) -> None:
    """Apart from the links, with the reason; a domestic pair is marked wherever it is told or listed."""
    assert rows(con, "SELECT name_a, name_b, reason, quote FROM link_candidates") == [("Zaozhuang", "Qingdao", "not sure enough", "unsure")]
    assert rows(con, "SELECT place_a, place_b FROM twin_links WHERE domestic ORDER BY 1, 2") == [(1, 5), (3, 5)]
    assert rows(con, "SELECT source, target FROM twin_network WHERE domestic ORDER BY 1, 2") == [(1, 5), (3, 5)]


@pytest.mark.parametrize(("asked", "twins"), [("'Zaozhuang'", ["Aachen", "Jinan", "Łódź"]), ("1", ["Aachen", "Jinan", "Łódź"]), ("' lodz '", ["Aachen", "Jinan", "Qingdao", "Zaozhuang"]),
                                              ("'1 OR 1=1'", []), ("NULL", [])])
def test_the_twins_of_a_place_are_asked_by_name_or_id(con: duckdb.DuckDBPyConnection, asked: str, twins: list[str]) -> None:
    """Whichever side of the pair it is; case and accents do not count."""
    assert sorted(r[0] for r in rows(con, f"SELECT twin FROM links_of({asked})")) == twins
    assert rows(con, "SELECT twin_country, listed_since FROM links_of(5) WHERE twin = 'Łódź'") == [("PL", "1999")]


def test_new_pairs_are_those_nobody_knew(con: duckdb.DuckDBPyConnection) -> None:
    """A founding told as news. Not: a year long past, a link at home, one that a list has had for long. A list may have it since this very year."""
    assert rows(con, "SELECT name_a, name_b, title, quote, n_items FROM new_pairs") == [
        ("Zaozhuang", "Łódź", "Sister cities: listed", "quote listed", 1), ("Zaozhuang", "Aachen", "Sister cities: new", "quote new", 2)]


def test_a_story_of_an_old_link_is_no_founding(con: duckdb.DuckDBPyConnection) -> None:
    """It looks back on the founding in one sentence, less surely than it says that the link is old."""
    con.execute("BEGIN")
    con.execute("INSERT INTO city_link_mentions SELECT * REPLACE ('anniversary' AS status, 0.95 AS confidence) FROM city_link_mentions WHERE quote = 'quote new'")
    assert rows(con, "SELECT title FROM new_pairs") == [("Sister cities: listed",)]
    con.execute("ROLLBACK")


def test_the_history_of_a_pair_shows_where_its_status_changed(con: duckdb.DuckDBPyConnection) -> None:
    """In order of publication."""
    assert rows(con, "SELECT status, status_before, changed FROM link_history WHERE (place_a, place_b) = (3, 4) ORDER BY told_at") == [
        ("existing", None, True), ("ended", "existing", True)]
    assert rows(con, "SELECT count(*) FROM link_history") == [(8,)]


def notice(con: duckdb.DuckDBPyConnection, of: str, title: str, kind: str, days: int) -> None:
    """Make the item with this quote a notice about the story of another one, so many days before NOW."""
    told = "(SELECT item_id FROM city_link_mentions WHERE quote = ?)"
    con.execute(f"INSERT INTO story_texts BY NAME SELECT item_id, story_id, 'x' AS algorithm, source_id, title, ? AS notice, first_seen_at::DATE AS day,"
                f" 0 AS size, [] AS digest, batch_id, published_at FROM items WHERE item_id = {told}", [kind, title])
    con.execute(f"UPDATE items SET story_id = (SELECT story_id FROM items WHERE item_id = {told}), published_at = ? WHERE item_id = {told}",
                [of, plain_utc(NOW - timedelta(days=days)), title])


def test_a_withdrawn_story_tells_of_no_link(con: duckdb.DuckDBPyConnection) -> None:
    """Its statements stay in the history, marked; what is told anew after the withdrawal counts."""
    con.execute("BEGIN")
    notice(con, "quote listed", "quote plan", "kill", 1)
    assert rows(con, "SELECT place_a, place_b FROM city_links WHERE (place_a, place_b) IN ((1, 4), (2, 4))") == []
    assert rows(con, "SELECT name_b, void, changed FROM link_history WHERE void IS NOT NULL ORDER BY place_a") == [
        ("Łódź", "withdrawn", False), ("Łódź", "withdrawn", False)]
    assert rows(con, "SELECT title FROM new_pairs") == [("Sister cities: new",)]
    notice(con, "quote listed", "quote plan", "kill", 3)
    assert rows(con, "SELECT place_a, place_b, n_items FROM city_links WHERE place_b = 4 AND place_a < 3") == [(1, 4, 1)]
    con.execute("ROLLBACK")


def test_a_correction_takes_the_place_of_what_it_corrects(con: duckdb.DuckDBPyConnection) -> None:
    """A year it tells otherwise is no conflict, and a pair it tells no more is no pair; what it repeats was told twice."""
    con.execute("BEGIN")
    con.execute("UPDATE city_link_mentions SET (place_a, place_b, since_year, status) = (2, 3, 1986, 'established') WHERE quote = 'quote again'")
    assert rows(con, "SELECT conflict, n_items FROM city_links WHERE (place_a, place_b) = (2, 3)") == [("years differ", 2)]
    notice(con, "quote old", "quote again", "correction", 1)
    assert rows(con, "SELECT conflict, n_items, since_year FROM city_links WHERE (place_a, place_b) = (2, 3)") == [(None, 1, 1986)]
    con.execute("UPDATE city_link_mentions SET since_year = NULL WHERE quote = 'quote again'")
    assert rows(con, "SELECT n_items, since_year FROM city_links WHERE (place_a, place_b) = (2, 3)") == [(2, 1987)]
    con.execute("UPDATE city_link_mentions SET place_b = 5 WHERE quote = 'quote again'")
    assert rows(con, "SELECT n_items FROM city_links WHERE (place_a, place_b) = (2, 3)") == []
    assert rows(con, "SELECT quote, void FROM link_history WHERE void IS NOT NULL") == [("quote old", "corrected")]
    con.execute("ROLLBACK")


def test_conflicts_are_shown_with_what_was_said(con: duckdb.DuckDBPyConnection) -> None:
    """A list has another begin than the stories."""
    found = rows(con, "SELECT place_a, place_b, conflict, len(statements), statements[1].quote FROM link_conflicts")
    assert found == [(3, 4, "a list has another begin", 2, "quote ended")]


def test_regions_are_ordered_by_what_is_told_of_them(con: duckdb.DuckDBPyConnection) -> None:
    """A link at home does not count; the pairs, the places and the items of each."""
    found = rows(con, "SELECT country_code, admin1, pairs, places, items FROM active_regions")
    assert found[0] == ("CN", "Shandong", 4, 2, 6)
    assert {r[1]: r[2:] for r in found[1:]} == {"North Rhine-Westphalia": (3, 1, 4), "Łódź Voivodeship": (3, 1, 4)}


def test_the_network_is_an_edge_list(con: duckdb.DuckDBPyConnection) -> None:
    """Source, target and weight under the names that graph programs look for; with coordinates; what has ended is left out."""
    con.execute("SELECT * FROM twin_network ORDER BY source, target")
    columns = [d[0] for d in con.description or ()]
    edges = con.fetchall()
    assert columns[:3] == ["source", "target", "weight"]
    assert [e[:3] for e in edges] == [(1, 2, 2), (1, 4, 1), (1, 5, 1), (2, 3, 1), (2, 4, 1), (3, 5, 1)]
    assert rows(con, "SELECT source_name, source_latitude, target_longitude FROM twin_network WHERE target = 2") == [("Zaozhuang", 34.9, 6.1)]


def test_every_column_of_these_views_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    """In any client, and in the dictionary."""
    from twinwire.warehouse.dictionary import dictionary

    text = dictionary(con)
    for view in ("known_pairs", "link_statements", "twin_links", "link_history", "link_candidates", "new_pairs", "active_regions", "twin_network", "link_conflicts"):
        assert "|  |\n" not in text.split(f"\n## {view}\n")[1].split("\n## ")[0], view
    assert "links_of(place)" in text


def test_known_links_are_gone_through_quickly(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Tens of thousands of listed pairs: the views still answer, and the same."""
    con.execute("BEGIN")
    con.execute("INSERT INTO known_links SELECT 'x', n::VARCHAR, 10 + n % 20000, 40000 + n, NULL, NULL, 'A' || n, 'B', 'r', now()::TIMESTAMP, now()::TIMESTAMP, uuid(), uuid()"
                " FROM range(60000) t(n)")
    assert rows(con, "SELECT count(*) FROM twin_links") == [(60_008,)]
    assert len(rows(con, "FROM links_of('Zaozhuang')")) == 3
    assert len(rows(con, "FROM new_pairs")) == 2
    con.execute("ROLLBACK")
