"""Wikidata's twinned places: parts that miss nothing, and what a row says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.relate.knownpairs import Listed
from twinwire.relate.wikidata import DIGITS, after, done, listed, query, widened

ROW = {"link": "http://www.wikidata.org/entity/statement/Q1-x", "a": "http://www.wikidata.org/entity/Q1", "b": "http://www.wikidata.org/entity/Q2",
       "nameA": "Coventry", "nameB": "Dresden", "idsA": "2652221", "idsB": "6551127 2935022", "landA": "GB", "landB": "DE", "starts": "9/1959-01-01T00:00:00Z",
       "ends": ""}


def test_a_row_is_a_listed_pair() -> None:
    """Names, countries, ids in order, and a start as precise as Wikidata has it."""
    found = listed(ROW)
    assert isinstance(found, Listed)
    assert (found.ref, found.started, found.ended) == ("Q1-x", "1959", None)
    assert (found.b.name, found.b.country, found.b.ids) == ("Dresden", "DE", (2935022, 6551127))


@pytest.mark.parametrize(("changed", "started"), [
    ("11/1982-03-20T00:00:00Z", "1982-03-20"), ("10/1982-03-01T00:00:00Z", "1982-03"), ("9/1990-01-01T00:00:00Z 9/1985-01-01T00:00:00Z", "1985"),
    ("8/1980-01-01T00:00:00Z", None), ("9/t123", None), ("11/-0044-03-15T00:00:00Z", None), ("", None), ("x", None), ("11/2021-02-29T00:00:00Z", None)])
def test_starts_are_no_more_precise_than_they_are(changed: str, started: str | None) -> None:
    """The earliest of several; a decade, an unknown or impossible date is none."""
    found = listed(ROW | {"starts": changed})
    assert isinstance(found, Listed)
    assert found.started == started


@pytest.mark.parametrize(("changed", "why"), [
    ({"link": "http://other/1"}, "is no statement of Wikidata"), ({"b": "http://www.wikidata.org/.well-known/genid/3f"}, "names a place that is not known"), ({"a": ""}, "is not known")])
def test_a_row_that_says_nothing_is_told(changed: dict[str, str], why: str) -> None:
    """An unknown value is no place."""
    found = listed(ROW | changed)
    assert isinstance(found, str)
    assert why in found


def test_the_row_that_stands_for_none_is_none() -> None:
    """Some endpoints group nothing into one empty row."""
    assert listed({}) is None
    assert listed({"link": "", "starts": ""}) is None


def test_wrong_values_are_left_out() -> None:
    """Ids that are none; a place in two countries has none."""
    found = listed(ROW | {"idsA": "x 12 ٣ 99999999999999", "landA": "GB IE"})
    assert isinstance(found, Listed)
    assert (found.a.ids, found.a.country) == ((12,), None)


def test_the_question_fits_into_an_address() -> None:
    """And asks for its part only."""
    assert len(query("0f")) < 2_400
    assert '"0f"' in query("0f")


@given(st.integers(1, 3), st.sets(st.text(DIGITS, min_size=1, max_size=3), max_size=20))
def test_parts_cover_everything_once(digits: int, too_much: set[str]) -> None:
    """From the first to the last, whichever of them is cut finer: every hex number has exactly one part, in order."""
    part, seen = DIGITS[0] * digits, []
    while part is not None:
        while part in too_much:
            part += DIGITS[0]
        seen.append(part)
        following = after(part)
        assert following is None or done(following) > done(part)
        part = widened(following, digits) if following else None
    covered = [n for p in seen for n in range(int(p.ljust(4, "0"), 16), int(p.ljust(4, "f"), 16) + 1)]
    assert covered == list(range(16**4))
