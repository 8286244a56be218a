"""Dates of datelines: many languages and orders, years completed from publication, nothing guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.dateline_dates import dated, day_alone, find

AT = datetime(2026, 1, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "language", "day"),
    [
        ("July 21, 2023", "en", date(2023, 7, 21)), ("Sept. 4", "en", date(2025, 9, 4)), ("Jan 5", "en", date(2026, 1, 5)),
        ("Dec. 31", "en", date(2025, 12, 31)), ("24. Oktober 2022", "de", date(2022, 10, 24)), ("10 juil 2024", "fr", date(2024, 7, 10)),
        ("21 ene", "es", date(2025, 1, 21)), ("08 de agosto de 2025", "es", date(2025, 8, 8)), ("12 set", "it", date(2025, 9, 12)),
        ("23 марта.", "ru", date(2025, 3, 23)), ("3. ožujka", "hr", date(2025, 3, 3)), ("2025. március 3.", "hu", date(2025, 3, 3)),
        ("9 يونيو", "ar", date(2025, 6, 9)), ("3 मार्च", "hi", date(2025, 3, 3)), ("3 tháng 5 năm 2025", "vi", date(2025, 5, 3)),
        ("7月21日", "zh", date(2025, 7, 21)), ("2023年7月21日", "zh", date(2023, 7, 21)), ("3월 4일", "ko", date(2025, 3, 4)),
        ("２４日", "ja", date(2025, 12, 24)), ("2nd May, 2025", "en", date(2025, 5, 2)), ("2025-05-02", "en", date(2025, 5, 2)),
        ("3/9", "fr", date(2025, 9, 3)), ("3.05.2025", "pl", date(2025, 5, 3)), ("Feb. 29", "en", date(2024, 2, 29)), ("3", "es", date(2026, 1, 3)),
    ],
)
def test_dates_are_read(raw: str, language: str, day: date) -> None:
    """As of 4 January 2026: what has no year is the latest that is not after publication."""
    assert dated(raw, AT, language)[0] == day


@pytest.mark.parametrize(
    ("raw", "published", "rule"),
    [(None, AT, "missing"), ("soon", AT, "unreadable"), ("Sept. 4", None, "no year known"), ("3/9/2025", AT, "ambiguous day and month"),
     ("Feb. 30, 2025", AT, "impossible"), ("12 ربيع الأول 1446", AT, "unreadable"), ("3 พฤษภาคม 2568", AT, "unreadable")],
)
def test_what_cannot_be_known_says_why(raw: str | None, published: datetime | None, rule: str) -> None:
    """Other calendars, missing years and open orders give no date."""
    assert dated(raw, published, "en") == (None, rule)


def test_rules_say_how_a_year_is_known() -> None:
    """Printed, taken from publication, or printed and far from it."""
    assert dated("May 4, 2025", AT)[1] == "as printed"
    assert dated("May 4, 2020", AT)[1] == "as printed, far from publication"
    assert dated("May 4", AT)[1] == "year from publication"
    assert dated("4日", AT)[1] == "month from publication"


def test_a_bare_day_stands_at_the_end() -> None:
    """MADRID, 3 has one; a number elsewhere is none."""
    assert day_alone("MADRID, 3") is not None
    assert day_alone("MADRID, 33") is None
    assert find("MADRID 3") is None


@given(st.text(max_size=60), st.dates(date(1995, 1, 1), date(2100, 1, 1)))
def test_a_date_without_year_is_never_after_publication(raw: str, day: date) -> None:
    """Nothing raises, and only three days ahead are allowed."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    got, rule = dated(raw, at)
    if got and "publication" in rule and "printed" not in rule:
        assert (got - day).days <= 3
