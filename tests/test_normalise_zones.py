from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise import zones

OCTOBER = datetime(2026, 10, 2, 18, 7)  # noqa: DTZ001
JANUARY = datetime(2026, 1, 2, 18, 7)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "source", "hours"),
    [
        ("Z", None, 0),
        (" UT", None, 0),
        ("+0200", None, 2),
        ("-03:30", None, -3.5),
        ("GMT+7", None, 7),
        ("UTC−5", None, -5),
        ("+0200 (CEST)", None, 2),
        ("(JST)", None, 9),
        ("+02:00[Europe/Berlin]", None, 2),
        ("MESZ", None, 2),
        ("msk", None, 3),
        ("ET", None, -4),
        ("EST", None, -5),
        ("America/New_York", None, -4),
        ("CST", "Asia/Shanghai", 8),
        ("CST", "Asia/Taipei", 8),
        ("CST", "America/New_York", -6),
        ("IST", "Asia/Kolkata", 5.5),
        ("IST", "Europe/Dublin", 1),
        ("BST", "Europe/London", 1),
        ("PST", "Asia/Manila", 8),
        ("PST", None, -8),
        ("AST", "America/Halifax", -4),
        ("AST", "Asia/Riyadh", 3),
    ],
)
def test_zones_that_are_known(text: str, source: str | None, hours: float) -> None:
    """Offsets, names, IANA zones, and ambiguous names by where the source is."""
    zone = zones.of_text(text, OCTOBER, source)
    assert not isinstance(zone, str)
    assert zone.utcoffset(OCTOBER) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("CST", None, "ambiguous zone CST"),
        ("CST", "Europe/Berlin", "ambiguous zone CST"),
        ("IST", None, "ambiguous zone IST"),
        ("BST", None, "ambiguous zone BST"),
        ("EST", "Australia/Sydney", "ambiguous zone EST"),
        ("A", None, "unknown zone A"),
        ("XYZ", "Asia/Tokyo", "unknown zone XYZ"),
        ("+9999", None, "impossible zone"),
        ("+0260", None, "impossible zone"),
        ("No/Where", None, "unknown zone No/Where"),
        ("x/../../etc", None, "unknown zone x/../../etc"),
    ],
)
def test_zones_that_cannot_be_known(text: str, source: str | None, reason: str) -> None:
    """An ambiguous, unknown or impossible zone gives its reason, never an offset."""
    assert zones.of_text(text, OCTOBER, source) == reason


def test_eastern_time_follows_the_date() -> None:
    """ET is daylight time in October and standard time in January."""
    for wall, hours in ((OCTOBER, -4), (JANUARY, -5)):
        zone = zones.of_text("ET", wall, None)
        assert not isinstance(zone, str)
        assert zone.utcoffset(wall) == timedelta(hours=hours)


@given(st.text(max_size=40), st.sampled_from([None, "Asia/Shanghai", "Europe/London", "not a zone"]))
def test_any_text_is_answered(text: str, source: str | None) -> None:
    """No zone text raises, and every offset given exists on land."""
    zone = zones.of_text(text, OCTOBER, source)
    assert isinstance(zone, str) or abs(zone.utcoffset(OCTOBER) or timedelta()) <= timedelta(hours=14)
