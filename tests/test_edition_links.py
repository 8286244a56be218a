"""City links of the sample edition, whole items read as a run reads them: nothing that is not stated, and what must be found."""

from __future__ import annotations

import editionpairs
import pytest

from twinwire.normalise.demonyms import countries_of
from twinwire.records import CityLink
from twinwire.warehouse.gazetteer import open_gazetteer

Found = list[tuple[tuple[str, ...], CityLink]]


@pytest.fixture(scope="module")
def found() -> Found:
    """Published statements with the sorted names of their places."""
    atlas = open_gazetteer()
    every = (k for country, item in editionpairs.items(atlas) for k in editionpairs.links(country, item, atlas) if k.published)
    return [(editionpairs.names(k), k) for k in every]


def test_nothing_is_published_that_the_texts_do_not_state(found: Found) -> None:
    """Datelines, agencies, capitals, seas, rivers and feasts are no sides."""
    assert {n: k.quote for n, k in found if n not in editionpairs.STATED | editionpairs.MAY} == {}


def test_what_the_texts_state_is_found(found: Found) -> None:
    """In at least one of the items that state it."""
    assert editionpairs.STATED - {n for n, _ in found} == set()


def test_no_quote_begins_with_the_agency(found: Found) -> None:
    """What is read begins behind the dateline and the name of the agency."""
    assert [k.quote for _, k in found if any(w in k.quote[:60] for w in ("Newswire/", "HARBOUR PRESS", "汐風通信", "(nordpresse)"))] == []


def test_a_capital_is_not_its_country_and_a_province_no_adjective() -> None:
    """Brasília is Brazil in Finnish only; British Columbia is not British."""
    atlas = open_gazetteer()
    assert atlas.country("Brasília") is None
    assert atlas.country("Brazil") is not None
    assert atlas.country("México") is not None
    assert countries_of("British Columbia") == frozenset()
    assert countries_of("a British town") == {"GB"}
