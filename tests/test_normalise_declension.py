"""Russian and Ukrainian names lead back to their first case."""

from __future__ import annotations

import pytest

from twinwire.normalise.declension import first_cases


@pytest.mark.parametrize(("form", "first"), [
    ("Саратове", "Саратов"), ("Саратовом", "Саратов"), ("Москвы", "Москва"), ("Москвой", "Москва"), ("Казани", "Казань"), ("Казанью", "Казань"), ("Китаем", "Китай"),
    ("Софии", "София"), ("Санкт-Петербурге", "Санкт-Петербург"), ("Нижний Новгородом", "Нижний Новгород"), ("Києва", "Києв"), ("Одесою", "Одеса"),
])
def test_cases(form: str, first: str) -> None:
    """The first case is among the guesses; only the last word is turned."""
    assert first in first_cases(form)


@pytest.mark.parametrize("form", ["Paris", "", "Рим", "枣庄"])
def test_short_and_foreign_words_stay(form: str) -> None:
    """Guesses for three letters would be any word."""
    assert list(first_cases(form)) == []
