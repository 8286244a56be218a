from __future__ import annotations

import pytest

from twinwire.normalise import months


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("January", 1),
        ("févr", 2),
        ("März", 3),
        ("abril", 4),
        ("Mai", 5),
        ("junho", 6),
        ("LIPCA", 7),
        ("août", 8),
        ("settembre", 9),
        ("октября", 10),
        ("Kasım", 11),
        ("prosince", 12),
        ("listopada", None),
        ("Foo", None),
        ("", None),
    ],
)
def test_month_names(name: str, number: int | None) -> None:
    """Names are found without regard to case and accents; unknown ones are None."""
    assert months.month(name) == number


def test_names_of_two_months_need_the_language() -> None:
    """ "listopada" is November in Polish and October in Croatian: only the language can tell."""
    assert months.month("listopada", "pl-PL") == 11
    assert months.month("listopada", "hr") is None


def test_no_name_stands_in_two_rows() -> None:
    """The table contradicts itself nowhere."""
    rows = months._NAMES.strip().replace("\n  ", " ").split("\n")
    assert len(rows) == 12
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        for name in row.split():
            assert seen.setdefault(months._bare(name), number) == number
