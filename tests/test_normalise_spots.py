"""Where a text may name places: the longest known names among capitalised words, with what makes each doubtful."""

from __future__ import annotations

import pytest
from smallatlas import small_gazetteer

from twinwire.normalise.spots import spots

ATLAS = small_gazetteer()


def shown(text: str) -> list[str]:
    """Surface, ? where weak, ! for each doubt."""
    return [text[s.start:s.stop] + "?" * s.weak + "!" * s.doubt for s in spots(text, ATLAS)]


@pytest.mark.parametrize(("text", "expected"), [
    ("From New York City to St. Petersburg.", ["New York City", "St. Petersburg"]), ("the mayor of paris", []), ("PARIS, TEXAS", ["PARIS", "TEXAS"]),
    ("l'Atlanta d'Osaka", ["Atlanta", "Osaka"]), ("Osaka's port, Osaka’da", ["Osaka", "Osaka"]), ("Saint-Denis", ["Saint-Denis"]), ("Paris. Texas", ["Paris", "Texas"]),
    ("La Osaka", ["Osaka"]), ("in the U.S. and Puerto Rico", ["U.S.", "Puerto Rico"]),
])
def test_names_in_text(text: str, expected: list[str]) -> None:
    """The longest name counts; possessives, elisions and full stops are not part of it."""
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Reading, Pa.", ["Reading?", "Pa?"]), ("CAN it?", ["CAN?"]), ("in the US", ["US"]), ("Texas, CA", ["Texas", "CA?"]),
])
def test_words_that_need_a_region_are_weak(text: str, expected: list[str]) -> None:
    """Common words, abbreviations and codes; but US is a country by itself."""
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("met Anna Osaka there", ["Osaka!!"]), ("in Osaka County", ["Osaka!!"]), ("a Quux Osaka fund", ["Osaka!"]), ("the Osaka Quux fund", ["Osaka!"]),
    ("Visiting Osaka", ["Osaka"]), ("Mayor of Osaka", ["Osaka"]), ("the Osaka Municipal Council", ["Osaka"]), ("QUUX OSAKA BLAH", ["OSAKA"]), ("Quux, Osaka", ["Osaka"]),
])
def test_capitalised_neighbours_cast_doubt(text: str, expected: list[str]) -> None:
    """A first name before it most; offices, the beginning of a sentence and lines of capitals none."""
    assert shown(text) == expected


def test_cases_lead_to_the_first() -> None:
    """The span is the word as it stands, the name what is looked up."""
    (spot,) = spots("встреча в Казани", ATLAS)
    assert ("встреча в Казани"[spot.start:spot.stop], spot.name) == ("Казани", "Казань")


def test_phrases_that_are_no_place() -> None:
    """White House is no place, though one is called so somewhere."""
    assert shown("the White House and North America") == []
