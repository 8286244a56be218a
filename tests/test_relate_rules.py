"""Thresholds by name."""

from __future__ import annotations

import pytest

from twinwire.relate.rules import DEFAULT, changed, names


def test_every_threshold_has_a_name_and_can_be_changed() -> None:
    """What is shown can be set, alone; the others stay."""
    for name, value in names().items():
        other = changed(DEFAULT, [f"{name}={1 if value != 1 else 0}"])
        assert {k for k, v in names(other).items() if v != names()[k]} == {name}
    assert changed(DEFAULT, []) == DEFAULT


def test_several_changes_are_made_in_order() -> None:
    """Blanks do not matter; the last one counts."""
    found = changed(DEFAULT, ["like.other=0.5", " headline_days = 5 ", "like.other=0.6"])
    assert (found.like.other, found.headline_days, found.like.near) == (0.6, 5, DEFAULT.like.near)


@pytest.mark.parametrize(("change", "why"), [
    ("like.othr=0.5", "is no threshold; there are like.equal"), ("like=0.5", "is no threshold"), ("", "is no threshold"), ("like.other", "takes a number"),
    ("like.other=x", "takes a number"), ("like.other=1.5", "lies between 0 and 1"), ("like.other=nan", "lies between"), ("window_days=1.5", "takes a number"),
    ("window_days=-1", "lies between"), ("like.other=inf", "lies between")])
def test_a_wrong_change_is_told(change: str, why: str) -> None:
    """In words, with what there is."""
    with pytest.raises(ValueError, match=why):
        changed(DEFAULT, [change])
