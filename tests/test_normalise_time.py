from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bounded import bounded
from datetraps import TRAPS
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.time import MAX_RAW, instant

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared" / "data" / "feeds"


@pytest.mark.parametrize(
    ("raw", "zone", "language", "want"), TRAPS, ids=lambda v: str(v)[:40].encode("ascii", "replace").decode()
)
def test_traps(raw: str, zone: str | None, language: str | None, want: str | None) -> None:
    """Every date means exactly what its writer meant, or nothing."""
    at = instant(raw, zone=zone, now=NOW, language=language).at
    assert at == (datetime.fromisoformat(want).replace(tzinfo=UTC) if want else None)


@pytest.mark.parametrize(
    ("raw", "zone", "rule"),
    [
        ("Fri, 02 Oct 2026 18:07:00 GMT", None, "rfc-822"),
        ("2026-10-02T18:07:00Z", "Asia/Tokyo", "iso-8601"),
        ("2026-10-02T18:07:00", "Asia/Tokyo", "zone from source"),
        ("2026-10-02", "Asia/Tokyo", "date only"),
        ("2026-10-02", None, "no zone known"),
        ("1767607200", None, "epoch"),
        ("2026年10月2日 18:07 JST", None, "cjk"),
        ("2026-10-02 18:07 CST", None, "ambiguous zone CST"),
        ("01/02/2026", "Asia/Tokyo", "ambiguous day and month"),
        ("Fri, 02 Oct 2036 18:07:00 GMT", None, "implausible: in the future"),
        ("Fri, 02 Oct 1936 18:07:00 GMT", None, "implausible: before 1990"),
        ("32 Oct 2026 18:07 GMT", None, "impossible"),
        ("soon", None, "unreadable"),
        (" ", None, "missing"),
        ("2026-10-25 02:30", "Europe/Berlin", "zone from source, hour twice: first taken"),
        ("2026-03-29 02:30", "Europe/Berlin", "zone from source, hour skipped"),
    ],
)
def test_rules_say_how_a_date_was_read(raw: str, zone: str | None, rule: str) -> None:
    """The rule names the form, the origin of the zone, or the reason for not knowing."""
    assert instant(raw, zone=zone, now=NOW).rule == rule


def test_a_missing_date_is_missing() -> None:
    """None in, None out; the present time never stands in for it."""
    assert instant(None, zone="Asia/Tokyo", now=NOW).at is None


def test_long_dates_are_refused_at_once_and_kept_short() -> None:
    """A megabyte of digits is not a date, costs nothing and is not stored."""
    with bounded(5):
        found = instant("1" * 1_000_000, zone=None, now=NOW)
    assert found.at is None
    assert len(found.raw or "") == MAX_RAW


@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 23)), st.integers(-12 * 60, 14 * 60))  # noqa: DTZ001
def test_rfc_822_and_iso_round_trip(wall: datetime, minutes: int) -> None:
    """What the standard library writes is read back to the second, whatever the offset."""
    at = wall.replace(microsecond=0, tzinfo=UTC) + timedelta(0)
    sign, (h, m) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    local = at + timedelta(minutes=minutes)
    for raw in (
        email.utils.format_datetime(at),
        f"{local:%a, %d %b %Y %H:%M:%S} {sign}{h:02}{m:02}",
        f"{local:%Y-%m-%dT%H:%M:%S}{sign}{h:02}:{m:02}",
        str(int(at.timestamp())),
    ):
        found = instant(raw, zone="Asia/Tokyo", now=NOW)
        assert found.at == at, raw


@given(
    st.text(max_size=60), st.sampled_from([None, "Europe/Berlin", "no such zone"]), st.sampled_from([None, "de", "en"])
)
def test_any_string_is_answered_and_plausible(raw: str, zone: str | None, language: str | None) -> None:
    """Nothing raises, and an instant that is given lies between 1990 and two days from now, in UTC."""
    at = instant(raw, zone=zone, now=NOW, language=language).at
    assert at is None or (at.tzinfo is UTC and datetime(1990, 1, 1, tzinfo=UTC) <= at <= NOW + timedelta(days=2))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="development data absent")
def test_dates_of_real_feeds_agree_with_the_standard_library() -> None:
    """Real dates with a numeric zone are read as the standard library reads them, and nearly none is refused."""
    raws: set[str] = set()
    for path in sorted(SHARED.glob("r*/*.*")) + sorted(SHARED.glob("atom/*")):
        text = path.read_bytes()[:200_000].decode("utf-8", "replace")
        raws.update(m.strip() for m in re.findall(r"<(?:pubDate|published|updated|dc:date)>([^<]{8,60})</", text))
    compared = refused = 0
    for raw in raws:
        try:
            want = email.utils.parsedate_to_datetime(raw) if "," in raw else datetime.fromisoformat(raw)
        except ValueError:
            continue
        if want.tzinfo is None or want.year < 1990 or want > NOW or re.search(r"[A-Z]{3}$", raw):
            continue
        found = instant(raw, zone=None, now=NOW)
        compared += 1
        refused += found.at is None
        assert found.at is None or found.at == want.astimezone(UTC), raw
    assert compared > 500
    assert refused <= compared * 0.002


def test_traps_are_many_and_distinct() -> None:
    """The list stays a list of at least sixty different strings."""
    assert len({(t[0], t[1]) for t in TRAPS}) == len(TRAPS) >= 60
