"""The gazetteer in memory answers by name, in any form the name takes."""

from __future__ import annotations

import pytest
from smallatlas import small_gazetteer

from twinwire.records import Level

ATLAS = small_gazetteer()


@pytest.mark.parametrize("name", ["Zaozhuang", "ZAOZHUANG", "枣庄", "枣庄市", "棗莊市", "Zaozhuang City", "zao zhuang"])
def test_one_city_in_many_forms(name: str) -> None:
    """Case, script, suffix and a stray blank lead to the same city."""
    assert [p.place_id for p in ATLAS.cities(name)] == [1]


def test_a_place_is_whole() -> None:
    """A record carries the name of its division and where it lies."""
    (place,) = ATLAS.cities("枣庄")
    assert (place.name, place.level, place.country_code, place.admin1_code, place.admin1) == ("Zaozhuang", Level.CITY, "CN", "25", "Shandong")
    assert (place.latitude, place.longitude, place.population) == (1.0, 1.0, 900_000)
    (region,) = ATLAS.admin1s("Shandong")
    assert region.latitude is None
    assert region.longitude is None


def test_the_most_populous_comes_first() -> None:
    """Places of one name are in the order of their people."""
    assert [p.place_id for p in ATLAS.cities("Paris")] == [5, 4]


@pytest.mark.parametrize(("name", "country", "ids"), [
    ("Calif.", None, [110]), ("CA", None, [110]), ("US-CA", None, [110]), ("SD", "CN", [101]), ("SD", None, []), ("Georgia", None, [105]),
    ("Texas", "CN", []), ("山东", None, [101]), ("Shandong Province", "CN", [101]),
])
def test_divisions_by_name_abbreviation_and_code(name: str, country: str | None, ids: list[int]) -> None:
    """ISO 3166-2 codes work whole, and by their second part inside a country."""
    assert [p.place_id for p in ATLAS.admin1s(name, country)] == ids


@pytest.mark.parametrize(("name", "code"), [
    ("中国", "CN"), ("CHN", "CN"), ("U.S.", "US"), ("Frankreich", "FR"), ("the Republic of China", "CN"), ("Republic of Georgia", "GE"), ("San Juan", None),
])
def test_countries_by_name_and_code(name: str, code: str | None) -> None:
    """A country is found by any of its names, not by a city's."""
    land = ATLAS.country(name)
    assert (land.country_code if land else None) == code


def test_a_city_with_the_word_in_its_name_is_no_country() -> None:
    """"Singapore City" may be a city, never the state: nothing is taken off the name of a country."""
    assert ATLAS.country("Japan City") is None


def test_places_by_id() -> None:
    """Ids lead back to their place, unknown ones nowhere."""
    assert ATLAS.place(17) == ATLAS.cities("New York")[0]
    assert ATLAS.place(999) is None


def test_known_is_exact() -> None:
    """Only whole names are known: no suffix is taken off."""
    assert ATLAS.known("new york")
    assert ATLAS.known("Parana")
    assert ATLAS.known("山东")
    assert not ATLAS.known("Zaozhuang City")
    assert not ATLAS.known("")
    assert not ATLAS.known("York")


def test_names_without_blanks_are_found_in_running_text() -> None:
    """The longest name counts, in simplified or traditional characters, and spans point into the text as it is."""
    text = "訪問枣庄市與大阪府"
    assert [text[a:b] for a, b in ATLAS.unspaced(text)] == ["枣庄", "大阪府"]


def test_nothing_is_found_for_nothing() -> None:
    """Empty and odd names find no place and raise nothing."""
    for name in ("", "  ", "\ud800", "\x00", "x" * 10_000):
        assert ATLAS.cities(name) == ()
        assert ATLAS.admin1s(name) == ()
        assert ATLAS.country(name) is None
