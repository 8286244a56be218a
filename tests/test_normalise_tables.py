"""Word lists and tables of the normaliser can be read and hold what their readers ask for."""

from __future__ import annotations

import pytest

from twinwire.normalise.gazetteer import Gazetteer
from twinwire.normalise.placenames import bare, fold, simplified
from twinwire.normalise.tables import rows, words


@pytest.mark.parametrize("name", ["trapwords", "firstnames"])
def test_words_are_folded(name: str) -> None:
    """A word that is not in the form it is compared in would never be found."""
    assert all(bare(fold(w)) == w for w in words(name))


def test_han_words_are_simplified() -> None:
    """They are compared with simplified text."""
    assert all(simplified(w) == w for w in words("hantraps"))


def test_trap_words_of_the_facts_are_there() -> None:
    """The words that were seen to go wrong."""
    assert {"of", "reading", "nice", "mobile", "date", "bath", "split", "orange", "march", "most", "many", "one", "sale", "normal", "hope"} <= words("trapwords")


def test_countries_are_no_trap_words(gazetteer: Gazetteer) -> None:
    """A country's own name is always one, except where nearly nobody means it."""
    lands = {w for w in words("trapwords") if len(w) > 3 and (land := gazetteer.country(w)) and fold(land.name) == w}
    assert lands <= {"jersey", "niue", "reunion"}


def test_cities_that_stand_alone_exist(gazetteer: Gazetteer) -> None:
    """Every id is a city of ours, under the name of the row or one of its other names."""
    for row in rows("standalone"):
        place = gazetteer.place(int(row["place_id"]))
        assert place is not None
        assert place in gazetteer.cities(row["name"]), row


def test_codes_of_countries_exist(gazetteer: Gazetteer) -> None:
    """Homes and demonyms name ISO 3166-1 codes."""
    codes = {c for row in rows("homes") for c in row["countries"].split()} | {row["country"] for row in rows("demonyms")}
    assert {c for c in codes if (land := gazetteer.country(c)) is None or land.country_code != c} == set()
