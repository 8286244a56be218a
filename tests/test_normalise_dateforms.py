from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.dateforms import Wall, day_first, full_year, hints, is_english, read

OPEN = hints(None, None)


@pytest.mark.parametrize(
    ("zone", "language", "answer"),
    [
        (None, None, None),
        (None, "en", None),
        (None, "en-US", None),
        (None, "de", True),
        ("America/New_York", "en", False),
        ("America/New_York", "de", None),
        ("Europe/London", "en", True),
        ("Asia/Tokyo", "ja", None),
        ("America/Toronto", "en", None),
        (None, "pt-BR", True),
        ("Europe/Budapest", "hu", None),
    ],
)
def test_day_or_month_first(zone: str | None, language: str | None, answer: bool | None) -> None:
    """Place and language decide only where they do not contradict each other; English alone decides nothing."""
    assert day_first(zone, language) is answer


@pytest.mark.parametrize(("digits", "year"), [("2026", 2026), ("26", 2026), ("49", 2049), ("50", 1950), ("99", 1999)])
def test_years_as_rfc_2822_reads_them(digits: str, year: int) -> None:
    """Two digits below 50 are of this century."""
    assert full_year(digits) == year


def test_english_month_names_are_told_from_others() -> None:
    """The fast path must not read "Mai" or "Decembre" by their first three letters."""
    assert is_english("Oct")
    assert is_english("september")
    assert not is_english("Decembre")


def test_a_reading_keeps_zone_and_clock_apart() -> None:
    """The zone is handed on as written; a date alone says so."""
    assert read("2026-10-02 18:07 CST", OPEN) == Wall(datetime(2026, 10, 2, 18, 7), "CST", "iso-8601")  # noqa: DTZ001
    assert read("2 October 2026", OPEN) == Wall(datetime(2026, 10, 2), "", "words", timed=False)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["32 Oct 2026", "2026-02-30", "2026-10-02 25:00", "2026-10-02 24:01", "2026-10-02 10:60", "2026年13月1日"]
)
def test_days_and_hours_that_do_not_exist_raise(text: str) -> None:
    """An impossible date is not made possible."""
    with pytest.raises(ValueError):  # noqa: PT011 (datetime's own wording)
        read(text, OPEN)


@given(st.text("0123456789年月日.:-/ TZ+午後오전Octmaide,()", max_size=40), st.sampled_from([None, True, False]))
def test_nothing_else_raises(text: str, first: bool | None) -> None:
    """Any string is read, refused with a reason, or raises ValueError or OverflowError."""
    try:
        found = read(text, OPEN._replace(day_first=first))
    except (ValueError, OverflowError):
        return
    assert isinstance(found, str | Wall)


@pytest.mark.parametrize(("text", "at", "zone", "rule"), [
    ("091223 dec 18", datetime(2018, 12, 9, 12, 23), "", "iptc-7901"), ("212322 GMT Nov 18", datetime(2018, 11, 21, 23, 22), "GMT", "iptc-7901"),  # noqa: DTZ001
    ("190500 MEZ Mai 2026", datetime(2026, 5, 19, 5, 0), "MEZ", "iptc-7901"),  # noqa: DTZ001
    ("AP-WF-11-13-13 1509GMT", datetime(2013, 11, 13, 15, 9), "GMT", "ap trailer")])  # noqa: DTZ001
def test_dates_of_wire_copy(text: str, at: datetime, zone: str, rule: str) -> None:
    """Day, hour and minute in one number; AP's trailer has the month first."""
    assert read(text, hints(None, "de")) == Wall(at, zone, rule)


@pytest.mark.parametrize("text", ["321223 dec 18", "092423 dec 18", "091260 dec 18"])
def test_wire_dates_that_do_not_exist_raise(text: str) -> None:
    """As for every other form."""
    with pytest.raises(ValueError):  # noqa: PT011 (datetime's own wording)
        read(text, OPEN)
