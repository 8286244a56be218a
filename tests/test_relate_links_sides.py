"""Sides of a tie: what qualifies a name is taken into it, lists are gathered, and each has its part in the sentence."""

from __future__ import annotations

import pytest
from handatlas import real

from twinwire.normalise.places import Context
from twinwire.relate.links.lexicon import even, lexicon
from twinwire.relate.links.lists import groups
from twinwire.relate.links.nouns import Group, Side
from twinwire.relate.links.sides import sides
from twinwire.relate.links.units import units


def read(text: str, language: str = "en") -> tuple[list[Side], list[Group]]:
    """Sides and lists of a sentence."""
    words = lexicon(language)
    cut = units(text, even(text, language), words, real())
    found = sides(cut, words.unspaced, real(), Context(language=language))
    return found, groups(cut, found, words.unspaced)


def lists(text: str, language: str = "en") -> list[tuple[str, tuple[str, ...]]]:
    """Part and members of every list."""
    return [(g.role, tuple(s.name.name for s in g.sides)) for g in read(text, language)[1]]


@pytest.mark.parametrize(("text", "language", "expected"), [
    ("Toledo, Ohio, sings", "en", {"Toledo": "US"}),
    ("Toledo (Spain) sings", "en", {"Toledo": "ES"}),
    ("the Spanish town of Toledo sings", "en", {"Toledo": "ES"}),
    ("Frederick in Maryland sings", "en", {"Frederick": "US"}),
    ("Yantai, a port in northern Shandong, sings", "en", {"Yantai": "CN"}),
    ("la Valladolid mexicana", "es", {"Valladolid": "MX"}),
    ("佐賀県伊万里市は歌う", "ja", {"伊万里市": "JP"}),
    ("韩国光州广域市", "zh", {"光州广域市": "KR"}),
    ("전남 목포시는", "ko", {"목포시": "KR"}),
    ("SAHAGÚN (LEÓN)", "es", {"SAHAGÚN": "ES"}),
    ("the Ohio city of Toledo and the Iowa town", "en", {"Toledo": "US"}),
])
def test_what_qualifies_a_name_is_no_side_and_chooses_the_place(text: str, language: str, expected: dict[str, str]) -> None:
    """Regions, countries, adjectives, descriptions, provinces before a town, a city in brackets."""
    assert {s.name.name: s.located.place.country_code for s in read(text, language)[0] if s.located.place} == expected


@pytest.mark.parametrize(("text", "language", "expected"), [
    ("Lyon, Riga and the Polish city of Hel are twinned", "en", [("none", ("Lyon", "Riga", "Hel"))]),
    ("twinned with Lyon and with Riga", "en", [("with", ("Lyon", "Riga"))]),
    ("Guests from Lyon were in Riga", "en", [("from", ("Lyon",)), ("in", ("Riga",))]),
    ("the mayors of Lyon and Riga", "en", [("office", ("Lyon", "Riga"))]),
    ("the university of Lyon", "en", [("body", ("Lyon",))]),
    ("a sister city of Lyon", "en", [("of", ("Lyon",))]),
    ("its sister city Lyon", "en", [("appos", ("Lyon",))]),
    ("With Chemnitz, Manchester formed a partnership", "en", [("with", ("Chemnitz",)), ("none", ("Manchester",))]),
    ("神戸市はリガ市と姉妹都市", "ja", [("topic", ("神戸市",)), ("with", ("リガ市",))]),
    ("成都友城里昂", "zh", [("of", ("成都",)), ("appos", ("里昂",))]),
    ("수원시의 자매도시", "ko", [("of", ("수원시",))]),
    ("entre Lyon et la ville de Riga", "fr", [("between", ("Lyon", "Riga"))]),
])
def test_lists_are_gathered_and_have_their_part(text: str, language: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """By the word before them, or the particle behind."""
    assert lists(text, language) == expected


def test_a_doubtful_name_in_a_list_with_a_sure_one_is_vouched_for() -> None:
    """Nancy is a first name, but not between Lyon and Metz."""
    (group,) = read("Lyon, Nancy et Metz", "fr")[1]
    assert all(s.name.sure >= 0.9 for s in group.sides)
