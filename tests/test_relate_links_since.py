"""Which year belongs to which partner of a sentence that names several."""

from __future__ import annotations

import pytest
from handatlas import real

from twinwire.normalise.mentions import context_of
from twinwire.records import Located, Text
from twinwire.relate.links import extract
from twinwire.relate.links.lexicon import lexicon
from twinwire.relate.links.nouns import Name, Reading, Side
from twinwire.relate.links.since import of_each
from twinwire.relate.links.status import words_of


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


def test_a_partner_that_the_sentence_does_not_name_has_no_year_of_another() -> None:
    """Taken from the headline, it stands nowhere beside a year: it is not among those the years are given to."""
    lower = "twinned with dortmund since 1969 and with lille since 1968"
    hub, here, there, elsewhere = (Side(Name(at, at, name), n, n, n) for n, (name, at) in enumerate(
        (("Leeds", 0), ("Dortmund", 13), ("Lille", 42), ("Brno", 0))))
    for side in (hub, here, there, elsewhere):
        side.located = Located(surface=side.name.name, place=None)
    elsewhere.at = -1
    readings = [Reading(0, ((hub, partner),), 1.0, "", ("subj", "with")) for partner in (here, there, elsewhere)]
    assert of_each(lower, words_of(lower, lexicon("en")), readings) == {here.key: 1969, there.key: 1968}
