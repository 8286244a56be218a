"""What a sentence leaves to the headline, to the sentence before, or to a word like "other"; and that nothing is cut twice."""

from __future__ import annotations

import pytest
from handatlas import real

from twinwire.normalise.mentions import context_of
from twinwire.normalise.places import Context
from twinwire.records import Text
from twinwire.relate.links import extract
from twinwire.relate.links.cutting import Cutter
from twinwire.relate.links.lexicon import even, lexicon


def told(title: str, body: str, language: str = "en") -> set[frozenset[str]]:
    """The published pairs of an item, by name as written."""
    text = Text(title=title, body=body)
    found = extract(text, language, None, context_of(text, None, language, real()), real())
    return {frozenset((k.a.surface, k.b.surface)) for k in found if k.published}


def pairs(*told: str) -> set[frozenset[str]]:
    """Pairs written "A = B"."""
    return {frozenset(p.split(" = ")) for p in told}


@pytest.mark.parametrize(("language", "title", "body", "expected"), [
    ("en", "Gouda choir sets off", "Its sister cities Solingen and Kongsberg sent invitations.", ("Gouda = Solingen", "Gouda = Kongsberg")),
    ("en", "A wider world for Gouda", "The town is twinned with Solingen, Kongsberg and Gloucester.",
     ("Gouda = Solingen", "Gouda = Kongsberg", "Gouda = Gloucester")),
    ("fr", "Les amis de Nancy", "La ville est jumelée avec Karlsruhe, Liège et Kanazawa.",
     ("Nancy = Karlsruhe", "Nancy = Liège", "Nancy = Kanazawa")),
    ("ru", "Псков ждёт гостей", "На праздник приедут делегации городов-побратимов Нойса и Арля.", ("Псков = Нойса", "Псков = Арля")),
])
def test_places_that_are_all_partners_belong_to_the_one_of_the_headline(
    language: str, title: str, body: str, expected: tuple[str, ...],
) -> None:
    """None of them can own the tie, and they are not each other's twins."""
    assert told(title, body, language) == pairs(*expected)


@pytest.mark.parametrize(("language", "title", "body", "expected"), [
    ("it", "Prato in viaggio", "Tra le altre città gemellate figurano Roubaix e Wangen.", ("Prato = Roubaix", "Prato = Wangen")),
    ("en", "Kiel looks abroad", "The port is twinned with Coventry and Gdynia. Another twin is Vaasa in Finland.",
     ("Kiel = Coventry", "Kiel = Gdynia", "Kiel = Vaasa")),
    ("en", "", "The other twins are Roubaix and Wangen.", ()),
    ("pt", "Recife ganha uma cidade irmã", "Recife e Lisboa assinaram um acordo de cidades-irmãs; há outras cidades com acordos, como Havana e Paris.",
     ("Recife = Lisboa", "Recife = Havana", "Recife = Paris")),
])
def test_other_partners_are_those_of_the_same_place(language: str, title: str, body: str, expected: tuple[str, ...]) -> None:
    """Not of one another, and not of the partner the sentence before told of."""
    assert told(title, body, language) == pairs(*expected)


def test_both_are_the_one_of_the_headline_and_the_one_of_the_sentence_before() -> None:
    """Where each names one, and the sentence none."""
    body = "Eine Schülergruppe war eine Woche lang in Gießen. Beide Städte sind seit Jahrzehnten verschwistert."
    assert told("Besuch aus Winchester", body, "de") == pairs("Gießen = Winchester")
    three = "Eine Gruppe aus Kassel war in Gießen. Beide Städte sind verschwistert."
    assert told("Besuch aus Winchester", three, "de") == pairs("Kassel = Gießen")


@pytest.mark.parametrize(("language", "body", "expected"), [
    ("fr", "Metz est jumelée avec Trèves et Nancy l'est avec Karlsruhe.", ("Metz = Trèves", "Nancy = Karlsruhe")),
    ("ja", "田中一郎小樽市長がナホトカ市を訪れ、姉妹都市提携の記念式に出た。", ("小樽市 = ナホトカ市",)),
    ("ko", "인천 옹진군과 서울 마포구가 상생을 위해 자매결연을 맺었다.", ("옹진군 = 마포구",)),
])
def test_small_words_are_read(language: str, body: str, expected: tuple[str, ...]) -> None:
    """A verb taken up again, a mayor's title glued to the town, 위해 that is "for the sake of" and not Weihai."""
    assert told("", body, language) == pairs(*expected)


def test_a_town_may_be_told_with_its_state_though_the_gazetteer_lacks_it() -> None:
    """Then it is not its namesake elsewhere, and its state is no side."""
    text = Text(body="Riga welcomed guests from Harwich, Ohio, its sister city.")
    (link,) = [k for k in extract(text, "en", None, Context(), real()) if k.published]
    assert {link.a.surface, link.b.surface} == {"Riga", "Harwich"}
    assert {k.place.country_code if k.place else None for k in (link.a, link.b)} == {"LV", None}


def test_a_sentence_is_cut_once_and_its_places_are_new_each_time() -> None:
    """Lists change the sides they are made of; units never change."""
    words, text = lexicon("en"), "Riga is twinned with Rostock."
    cutter = Cutter(real(), Context())
    lower = even(text, "en")
    assert cutter.units(text, lower, words) is cutter.units(text, lower, words)
    one, two = (cutter.sides(text, lower, words) for _ in range(2))
    assert [s.located for s in one] == [s.located for s in two]
    assert one[0] is not two[0]
    assert [s.located.surface for s in cutter.named(text, lower, words)] == ["Riga", "Rostock"]
    assert cutter.speaks(lower, words)
    assert not cutter.speaks("rain in riga", words)
