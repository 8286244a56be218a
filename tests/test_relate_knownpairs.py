"""Listed pairs and the places they are."""

from __future__ import annotations

import pytest
from handatlas import HandAtlas
from hypothesis import given
from hypothesis import strategies as st

from twinwire.records import Place
from twinwire.relate.knownpairs import Listed, Matched, Side, Unmatched, match, partial_date, year

ATLAS = HandAtlas()


def place(name: str, country: str) -> Place:
    """A city of the small atlas."""
    return next(p for p in ATLAS.cities(name) if p.country_code == country)


def listed(a: Side, b: Side) -> Listed:
    return Listed(ref="1", a=a, b=b)


MILAN, KEHL = Side(name="Milan", country="IT"), Side(name="Kehl", country="Germany")


def test_a_geonames_id_goes_before_the_name() -> None:
    """Whatever the label says; the first id that the gazetteer has."""
    found = match(listed(Side(name="Wrong", country="XX", ids=(99_999, place("Milan", "IT").place_id)), KEHL), ATLAS)
    assert isinstance(found, Matched)
    assert {found.place_a.name, found.place_b.name} == {"Milan", "Kehl"}
    assert found.rule == "GeoNames id; name and country"


def test_names_are_looked_up_inside_their_country() -> None:
    """London in Kentucky is not meant by London, GB."""
    found = match(listed(Side(name="London", country="GB"), MILAN), ATLAS)
    assert isinstance(found, Matched)
    assert place("London", "GB") in (found.place_a, found.place_b)
    assert found.rule == "name and country"


def test_a_region_may_follow_the_name() -> None:
    """Where a country has several places of that name."""
    found = match(listed(Side(name="Wilmington, Delaware", country="US"), MILAN), ATLAS)
    assert isinstance(found, Matched)
    assert "DE" in {found.place_a.admin1_code, found.place_b.admin1_code}


@pytest.mark.parametrize(("side", "why"), [
    (Side(name="Kehl", country="IT"), "no place of this name is known there"), (Side(name="Kehl"), "needs a name and a country"),
    (Side(name="", country="DE"), "needs a name and a country"), (Side(name="Kehl", country="Atlantis"), "no country we know"),
    (Side(name="Germany", country="DE"), "no place of this name"), (Side(name="San Mateo", country="US", ids=(0,)), None)])
def test_what_is_not_found_says_which_side_and_why(side: Side, why: str | None) -> None:
    """A line for whoever mends the list; a place that is known only as far as its country is not known."""
    found = match(listed(MILAN, side), ATLAS)
    if why is None:
        assert isinstance(found, Matched)
    else:
        assert isinstance(found, Unmatched)
        assert why in found.reason


def test_a_name_that_several_places_have_needs_its_region(gazetteer: object) -> None:
    """Springfield, US is no place; Springfield, Illinois is."""
    told = match(listed(MILAN, Side(name="Springfield", country="US")), gazetteer)  # type: ignore[arg-type]
    assert isinstance(told, Unmatched)
    assert "add the region after a comma" in told.reason
    assert isinstance(match(listed(MILAN, Side(name="Springfield, Illinois", country="US")), gazetteer), Matched)  # type: ignore[arg-type]


def test_the_smaller_id_comes_first_and_a_place_is_no_twin_of_itself() -> None:
    """A pair has one form, whichever side lists it."""
    one, two = match(listed(MILAN, KEHL), ATLAS), match(listed(KEHL, MILAN), ATLAS)
    assert isinstance(one, Matched)
    assert isinstance(two, Matched)
    assert (one.place_a, one.place_b) == (two.place_a, two.place_b)
    assert one.place_a.place_id < one.place_b.place_id
    alone = match(listed(MILAN, MILAN), ATLAS)
    assert isinstance(alone, Unmatched)
    assert alone.reason == "both sides are Milan, IT"


@pytest.mark.parametrize(("text", "found"), [("1982", "1982"), (" 1982-03 ", "1982-03"), ("1982-03-20", "1982-03-20"), ("", None), (None, None)])
def test_dates_are_as_precise_as_they_are_written(text: str | None, found: str | None) -> None:
    """A year stays a year."""
    assert partial_date(text) == found
    assert year(found) == (1982 if found else None)


@given(st.text(max_size=12))
def test_no_text_is_taken_for_a_date_that_is_none(text: str) -> None:
    """A date as it stands, nothing, or a sentence."""
    try:
        found = partial_date(text)
    except ValueError:
        return
    assert found in {None, text.strip()}
