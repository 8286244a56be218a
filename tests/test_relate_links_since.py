"""Which year belongs to which partner of a sentence that names several."""

from __future__ import annotations

import pytest
from handatlas import real

from twinwire.normalise.mentions import context_of
from twinwire.records import Text
from twinwire.relate.links import extract


def years(text: str, language: str) -> dict[str, int | None]:
    """Year by the partner's name as written, whichever side it stands on."""
    whole = Text(title="", body=text)
    atlas = real()
    links = extract(whole, language, None, context_of(whole, None, language, atlas), atlas)
    sides = [{link.a.surface, link.b.surface} for link in links]
    shared = set.intersection(*sides) if sides else set()
    return {name: link.since for link, names in zip(links, sides, strict=True) for name in names - shared}


@pytest.mark.parametrize(("language", "text", "expected"), [
    ("en", "Leeds has been twinned with Dortmund since 1969, with Lille since 1968 and with Brno since 1991.", {"Dortmund": 1969, "Lille": 1968, "Brno": 1991}),
    ("en", "Leeds is twinned with Dortmund (1969), Lille (1968) and Brno (1991).", {"Dortmund": 1969, "Lille": 1968, "Brno": 1991}),
    ("it", "Bologna è gemellata dal 1962 con Lipsia e dal 1997 con Portland.", {"Lipsia": 1962, "Portland": 1997}),
    ("de", "Bonn ist seit 1983 mit Oxford und seit 1988 mit Belfast verschwistert.", {"Oxford": 1983, "Belfast": 1988}),
    ("fr", "Lyon est jumelée avec Francfort depuis 1960 et avec Birmingham depuis 1951.", {"Francfort": 1960, "Birmingham": 1951}),
    ("zh", "济南市1983年与日本和歌山市结为友好城市，1985年与英国考文垂市结为友好城市。", {"和歌山市": 1983, "考文垂市": 1985}),
    ("en", "Leeds has been twinned with Dortmund and Lille since 1969.", {"Dortmund": 1969, "Lille": 1969}),
])
def test_each_partner_has_its_own_year(language: str, text: str, expected: dict[str, int]) -> None:
    """Behind its name or before it; one year for all where there is only one."""
    assert years(text, language) == expected


def test_a_partner_without_a_year_gets_none_of_another() -> None:
    """Two have one, the third has none."""
    assert years("Leeds is twinned with Dortmund (1969), Lille (1968) and Brno.", "en") == {"Dortmund": 1969, "Lille": 1968, "Brno": None}


def test_years_that_cannot_be_given_out_one_by_one_are_no_guess() -> None:
    """Both years behind both names: the sentence is read as it was without them being shared out."""
    assert set(years("Leeds has been twinned with Lille and Brno since 1968, formally since 1970.", "en").values()) == {1968}


def test_a_partner_that_the_sentence_does_not_name_has_its_year_as_before() -> None:
    """The town of the headline, which no year stands beside."""
    whole, atlas = Text(title="Delegation of Brno comes to Leeds", body="Our town has been twinned with Dortmund since 1969 and with Lille since 1968."), real()
    links = extract(whole, "en", None, context_of(whole, None, "en", atlas), atlas)
    assert {x.since for x in links if {"Dortmund", "Lille"} & {x.a.surface, x.b.surface}} <= {1968, 1969}
