"""What a sentence says of a tie: its state and the year it was founded."""

from __future__ import annotations

import pytest

from twinwire.relate.links.lexicon import even, lexicon
from twinwire.relate.links.status import Said, said, words_of


def read(text: str, tie: str, language: str = "en") -> Said:
    """What is said of the words ``tie``."""
    lower = even(text, language)
    start = lower.index(even(tie, language))
    return said(lower, words_of(lower, lexicon(language)), start, start + len(tie))


@pytest.mark.parametrize(("text", "tie", "language", "status", "since"), [
    ("The two signed a twinning charter in 1969.", "twinning", "en", "established", 1969),
    ("They have been sister cities since 1969.", "sister cities", "en", "existing", 1969),
    ("Sixty years of twinning were celebrated.", "twinning", "en", "anniversary", None),
    ("The council plans a twinning with Hof.", "twinning", "en", "proposed", None),
    ("The council will not renew the twinning.", "twinning", "en", "ended", None),
    ("Die Städtepartnerschaft wird nicht verlängert.", "Städtepartnerschaft", "de", "ended", None),
    ("该市宣布友好城市协议不予续签。", "友好城市", "zh", "ended", None),
    ("The council suspended the twinning in 2022.", "twinning", "en", "ended", None),
    ("The council suspended the twinning, which dates from 1986.", "twinning", "en", "ended", 1986),
    ("They renewed the sister-city accord they signed in 1976.", "sister-city", "en", "existing", 1976),
    ("Its sister city was hit by an earthquake in January 1995.", "sister city", "en", "existing", None),
    ("两市1979年结为友好城市。", "友好城市", "zh", "established", 1979),
    ("两市庆祝结好40周年。", "结好", "zh", "anniversary", None),
    ("该市拟与其缔结友好城市。", "友好城市", "zh", "proposed", None),
    ("終わりに姉妹都市提携を解消した。", "姉妹都市", "ja", "ended", None),
    ("1998년 자매결연을 맺었다.", "자매결연", "ko", "established", 1998),
    ("자매결연을 추진하고 있다.", "자매결연", "ko", "proposed", None),
    ("Seit 1952 besteht die Städtepartnerschaft.", "Städtepartnerschaft", "de", "existing", 1952),
    ("Elles sont jumelées depuis 1951.", "jumelées", "fr", "existing", 1951),
    ("El hermanamiento fue suspendido en 2023, vigente desde 1998.", "hermanamiento", "es", "ended", 1998),
    ("Города отметили 30-летие побратимства.", "побратимства", "ru", "anniversary", None),
])
def test_state_and_year_are_read(text: str, tie: str, language: str, status: str, since: int | None) -> None:
    """A year counts with "since" beside it, or a word of beginning; the year of an end or of something else does not."""
    got = read(text, tie, language)
    assert (got.status, got.since) == (status, since)


def test_numbers_that_are_no_years_are_none() -> None:
    """Sums, crowds and shares."""
    assert read("Twinned with a crowd of 1,950 and 1950.5 percent, they signed.", "twinned").since is None


def test_figures_of_speech_are_doubted() -> None:
    """So are denials."""
    assert read("It could pass for a sister city of Rome.", "sister city").doubt
    assert read("They have yet to become sister cities.", "sister cities").doubt
    assert not read("They became sister cities.", "sister cities").doubt


def test_a_year_of_three_digits_is_believed_where_no_other_stands() -> None:
    """Paderborn and Le Mans."""
    assert read("The pact was concluded in 836, the oldest twinning.", "twinning").since == 836


def test_an_end_told_with_not_is_no_denial() -> None:
    """"Will not be renewed" says that there was a tie; "is not twinned" that there is none."""
    assert not read("The twinning will not be renewed.", "twinning").doubt
    assert read("The town is not part of any twinning.", "twinning").doubt


def test_the_year_is_looked_for_in_the_clause_of_the_tie() -> None:
    """Two clauses, two ties, two years."""
    assert read("1983年两市结为友好城市，1985年又与他市结好。", "友好城市", "zh").since == 1983
