"""Names in a sentence about a tie: known ones, ones that only their place in the sentence makes a name, and what is none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from handatlas import real

from twinwire.relate.links.lexicon import even, lexicon
from twinwire.relate.links.names import names
from twinwire.relate.links.units import triggers, units


def found(text: str, language: str) -> dict[str, bool]:
    """Names as written, with whether the atlas has them."""
    words = lexicon(language)
    ties = [(a, b) for a, b, _ in triggers(even(text, language), words)]
    return {text[n.start:n.stop]: n.known for n in names(text, ties, words, real())}


@pytest.mark.parametrize(("text", "language", "expected"), [
    ("Stuttgarts Partnerstadt Brünn schickte Blumen.", "de", {"Stuttgart": True, "Brünn": True}),
    ("Die Wuppertaler feiern ihre Partnerstadt.", "de", {"Wuppertal": True}),
    ("Mörzheim hat eine Partnerschaft mit dem ukrainischen Qrtzowary.", "de", {"Mörzheim": False, "Qrtzowary": False}),
    ("Miastem partnerskim Poznania jest Hanower.", "pl", {"Poznania": True, "Hanower": True}),
    ("Города-побратимы Новосибирска", "ru", {"Новосибирска": True}),
    ("The village of Xyzull is twinned with Xyzoring, Oregon.", "en", {"Xyzull": False, "Xyzoring": False, "Oregon": True}),
    ("与日本下关市、秘鲁钱凯市结为友好城市", "zh", {"日本": True, "下关市": True, "秘鲁": True, "钱凯市": False}),
    ("武汉和日本大分市结好", "zh", {"武汉": True, "日本": True, "大分市": True}),
    ("友城里昂来访", "zh", {"里昂": True}),
    ("姉妹都市サンブルーノ市の市長", "ja", {"サンブルーノ市": False}),
    ("부산과 일본 크르즈시가 자매도시가 됐다.", "ko", {"부산": True, "일본": True, "크르즈시": False}),
    ("مدينة توأم مع ماربورغز", "ar", {"ماربورغز": False}),
])
def test_names_are_found_whether_known_or_not(text: str, language: str, expected: dict[str, bool]) -> None:
    """In their case, behind "village of", before a region, by their suffix, behind a country, beside the words of the tie."""
    assert found(text, language) == expected


@pytest.mark.parametrize(("text", "language"), [
    ("From its sister city came a band.", "en"),
    ("L'enjeu des jumelages, c'est la paix.", "fr"),
    ("Die Bürgermeister feiern die Partnerschaft im Rathaus.", "de"),
    ("两市结为友好城市，全市庆祝", "zh"),
    ("자매도시 학생들이 방문했다", "ko"),
])
def test_common_words_are_no_names(text: str, language: str) -> None:
    """Beginnings of sentences, German nouns, words for both towns."""
    assert found(text, language) == {}


def test_headlines_with_capitals_everywhere_name_only_what_is_known() -> None:
    """There a capital says nothing."""
    assert found("Kobe Sister City Exchange Week Opens With Grand Parade Tomorrow", "en") == {"Kobe": True}


def test_a_trap_is_no_tie_and_the_longer_words_win() -> None:
    """The sister of a company, Sister Cities International; but "whose sister cities" are sister cities."""
    def kinds(text: str, language: str = "en") -> list[str]:
        return [kind for *_, kind in triggers(even(text, language), lexicon(language))]

    assert kinds("Its sister company in Riga") == ["trap"]
    assert kinds("Sister Cities International met") == ["trap"]
    assert kinds("Riga, whose sister cities sing") == ["city"]
    assert kinds("儿童友好城市", "zh") == ["trap"]
    assert kinds("Saint-pair-sur-Mer is pretty") == []


def test_units_cover_the_sentence_in_order() -> None:
    """Names, countries, words of ties and the rest, none overlapping."""
    text = "Seattle's sister city, the Uzbek capital Tashkent, in Uzbekistan (pop. 2,500,000)."
    cut = units(text, even(text, "en"), lexicon("en"), real())
    assert all(a.stop <= b.start for a, b in pairwise(cut))
    assert [u.text for u in cut if u.name] == ["seattle", "tashkent"]
    assert {u.text: u.land for u in cut if u.land} == {"the uzbek capital": "UZ", "uzbekistan": "UZ"}
    assert [u.trigger for u in cut if u.trigger] == ["city"]
