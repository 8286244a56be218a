"""Names of places are folded so that one place written in several ways has one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.placenames import bare, fold, simplified, stems, suffix_level, unspaced
from twinwire.records import Level


@pytest.mark.parametrize(("one", "other"), [
    ("ZAOZHUANG", "Zaozhuang"), ("Xi'an", "XIAN"), ("Xi’an", "Xi'an"), ("St. Louis", "Saint Louis"), ("Saint-Louis", "ST LOUIS"),
    ("Mt. Vernon", "Mount Vernon"), ("Baden-Württemberg", "Baden Württemberg"), ("臺灣", "台湾"), ("長沙縣", "长沙县"), ("ＴＯＫＹＯ", "Tokyo"),
    ("Wrocław", "wrocław"), ("İstanbul", "istanbul"), ("Артём", "артем"), ("  New   York ", "new york"), ("四ヶ所", "四ケ所"), ("Frankfurt/Main", "Frankfurt (Main)"),
])
def test_ways_of_writing_one_name_fold_to_one_key(one: str, other: str) -> None:
    """Case, width, apostrophes, hyphens, "St." and traditional characters make no difference."""
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("name", "plain"), [
    ("Málaga", "malaga"), ("Łódź", "lodz"), ("Køge", "koge"), ("Hạ Long", "ha long"), ("Reykjavík", "reykjavik"), ("Straße", "strasse"), ("Đà Nẵng", "da nang"),
])
def test_the_second_key_has_no_accents(name: str, plain: str) -> None:
    """Latin letters lose their marks; letters such as ø and đ become their base letter."""
    assert bare(fold(name)) == plain


@pytest.mark.parametrize("name", ["가평", "ポルトガル", "Йошкар-Ола", "บางกอก"])
def test_the_second_key_leaves_other_scripts_alone(name: str) -> None:
    """й is no accented и, and a dakuten changes the letter."""
    assert bare(fold(name)) == fold(name)


@pytest.mark.parametrize(("name", "stem", "level"), [
    ("枣庄市", "枣庄", Level.CITY), ("山东省", "山东", Level.ADMIN1), ("広島県", "広岛", Level.ADMIN1), ("新疆维吾尔自治区", "新疆", Level.ADMIN1),
    ("용인시", "용인", Level.CITY), ("경기도", "경기", Level.ADMIN1), ("Zaozhuang City", "zaozhuang", Level.CITY), ("Tver Oblast", "tver", Level.ADMIN1),
    ("Hokkaido Prefecture", "hokkaido", Level.ADMIN1), ("City of York", "york", Level.CITY), ("Ciudad de México", "méxico", Level.CITY),
])
def test_a_suffix_is_taken_off_and_tells_the_level(name: str, stem: str, level: Level) -> None:
    """市, 県, 시, "City", "Oblast": what a place is stands behind its name."""
    assert stem in stems(fold(name))
    assert suffix_level(fold(name)) is level


@pytest.mark.parametrize("name", ["沛县", "津市", "시흥", "北海道", "苏州", "Berlin", "Newcastle"])
def test_a_name_that_only_looks_suffixed_stays_whole(name: str) -> None:
    """What is left of a name must have two characters; 北海 is another place than 北海道."""
    assert stems(fold(name)) == ()
    assert suffix_level(fold(name)) is None


def test_what_has_no_letters_has_no_key() -> None:
    """Punctuation alone names nothing."""
    assert fold(" -- ( ) ") == ""


def test_unspaced_scripts_are_told_apart() -> None:
    """Han, kana and Hangul put no blanks between words; the rest does."""
    assert unspaced("枣庄")
    assert unspaced("パリ")
    assert unspaced("용인")
    assert not unspaced("Paris")
    assert not unspaced("경기도 용인")
    assert not unspaced("")


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    """A key is its own key."""
    assert fold(fold(text)) == fold(text)
    assert bare(bare(fold(text))) == bare(fold(text))


@given(st.text(max_size=60))
def test_simplifying_keeps_every_offset(text: str) -> None:
    """One character for one, so that spans found in the one are spans of the other."""
    assert len(simplified(text)) == len(text)
