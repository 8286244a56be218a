"""Terms as patterns: word boundaries, endings, forms."""

from __future__ import annotations

import pytest

from twinwire.screen.fold import fold
from twinwire.screen.match import Lookup
from twinwire.screen.terms import forms, patterns


def found(term: str, language: str, text: str) -> list[str]:
    folded = fold(text)
    lookup = Lookup((p, None) for p in patterns([term], language))
    return [text[slice(*folded.original(start, stop))] for _, _, start, stop in lookup.find(folded.text)]


@pytest.mark.parametrize(("term", "language", "text", "marked"), [
    ("sister city", "en", "The Sister-City's mayor", "Sister-City"),
    ("twin town", "en", "a twin\ntown.", "twin\ntown"),
    ("побратим*", "ru", "города-побратимами", "побратимами"),
    ("город* побратим*", "ru", "с городами-побратимами", "городами-побратимами"),
    ("ville* jumelle*", "fr", "VILLES JUMELLES", "VILLES JUMELLES"),
    ("hermanamiento*", "es", "el hermanamiento, y", "hermanamiento"),
    ("cidade-irmã", "pt", "Cidade irma de Macau", "Cidade irma"),
    ("Städtepartnerschaft*", "de", "Staedtepartnerschaften", "Staedtepartnerschaften"),
    ("Straßendorf", "de", "STRASSENDORF", "STRASSENDORF"),
    ("友好城市", "zh", "缔结友好城市关系", "友好城市"),
    ("姉妹都市", "ja", "新姉妹都市が", "姉妹都市"),
    ("#m", "en", "a £80m fund", "80m"),
    ("#bn", "en", "A$1.25bn for", "1.25bn"),
    ("#m", "en", "R300m dam", "300m"),
    ("# Mio", "de", "rund 1.200 Mio. Euro", "1.200 Mio"),
    ("#-member delegation*", "en", "a 21-member delegation", "21-member delegation"),
    ("#億円", "ja", "予算12億円を", "12億円"),
    ("자매도시", "ko", "해외자매도시인", "자매도시"),
    ("توأمة", "ar", "وتوأمة المدن", "توأمة"),
    ("توأمة", "ar", "بالتوامة", "توامة"),
    ("*partnerstadt", "de", "die Olympiapartnerstadt", "partnerstadt"),
    ("*partnerstadt", "de", "PARTNERSTADT", "PARTNERSTADT"),
    ("partnersk* miast*", "pl", "w partnerskim miastem", "partnerskim miastem"),
    ("міст* побратим*", "uk", "містами-побратимами", "містами-побратимами"),
    ("testvérváros*", "hu", "testvérvárosunkból", "testvérvárosunkból"),
    ("ystävyyskaupun*", "fi", "Ystävyyskaupungeissa", "Ystävyyskaupungeissa"),
    ("ערים תאומות", "he", "בערים תאומות", "ערים תאומות"),
    ("姊妹市", "zh", "姊妹市", "姊妹市"),
    ("乡村振兴", "zh", "鄉村振興", "鄉村振興"),
    ("友好都市", "ja", "ﾕｳ友好都市", "友好都市"),
    ("kardeş şehir*", "tr", "KARDEŞ ŞEHİR", "KARDEŞ ŞEHİR"),
    ("αδελφοποίησ*", "el", "ΑΔΕΛΦΟΠΟΙΗΣΗ", "ΑΔΕΛΦΟΠΟΙΗΣΗ"),
])
def test_matches(term: str, language: str, text: str, marked: str) -> None:
    """A term is found in the spellings its language has, and the original text is marked exactly."""
    assert found(term, language, text) == [marked]


@pytest.mark.parametrize(("term", "language", "text"), [
    ("twin town", "en", "twin townhouse"),
    ("sister city", "en", "transistor city; sister citywide"),
    ("побратим", "ru", "побратимство"),
    ("توأمة", "ar", "مستوأمة"),
    ("*partnerstadt", "de", "Partnerstadtrat"),
    ("zon* rozwoju", "pl", "zona rozwojowa"),
    ("tỉnh", "vi", "tinh"),
    ("が", "ja", "か"),
    ("#m", "en", "5mm of rain, model X10m2, a 3-metre m"),
])
def test_whole_words_only(term: str, language: str, text: str) -> None:
    """Outside scripts without blanks a term is not found inside another word, nor without letters that distinguish."""
    assert found(term, language, text) == []


def test_forms() -> None:
    """Accents fall away where they may, and umlauts have their second spelling in German only."""
    assert forms("partnerstädte", "de") == ["partnerstädte", "partnerstadte", "partnerstaedte"]
    assert forms("jumelée", "fr") == ["jumelée", "jumelee"]
    assert forms("kết nghĩa", "vi") == ["kết nghĩa"]
    assert forms("район", "ru") == ["район"]


@pytest.mark.parametrize(("text", "found"), [("市がMOUを結ぶ", True), ("台湾MOU", True), ("MOUs", False), ("aMOU", False), ("MOU1", False)])
def test_a_latin_term_among_unspaced_letters(text: str, found: bool) -> None:
    """Letters of a script without blanks do not make a Latin term part of another word; Latin letters and digits do."""
    folded = fold(text).text
    pattern, = patterns(["MOU"], "ja")
    start = folded.index("mou")
    assert (pattern.match(folded, start, start + 3) is not None) is found
