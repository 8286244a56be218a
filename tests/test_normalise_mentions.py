"""Places are found in running text where they are meant, with their offsets; common words, people and firms are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smallatlas import small_gazetteer

from twinwire.normalise.gazetteer import Gazetteer
from twinwire.normalise.mentions import context_of, mentions
from twinwire.records import Mention, Text

ATLAS = small_gazetteer()


def found(body: str, atlas: Gazetteer, country: str | None = None, language: str | None = "en") -> tuple[Mention, ...]:
    text = Text(body=body)
    return mentions(text, atlas, context_of(text, country, language, atlas), language)


def names(body: str, atlas: Gazetteer, country: str | None = None, language: str | None = "en") -> list[str]:
    return [m.located.surface for m in found(body, atlas, country, language)]


def places(body: str, atlas: Gazetteer, country: str | None = None, language: str | None = "en") -> list[tuple[str, str]]:
    """Name and country of each."""
    return [(p.name, p.country_code) for m in found(body, atlas, country, language) if (p := m.located.place)]


def test_offsets_point_at_the_words() -> None:
    """Each mention says which field it is in and where; surfaces are as written."""
    text = Text(title="Zaozhuang and Osaka", summary="A pact", body="Delegates left ZAOZHUANG for Osaka's port.")
    got = mentions(text, ATLAS, context_of(text, None, "en", ATLAS), "en")
    assert [(m.role, m.located.surface) for m in got] == [("title", "Zaozhuang"), ("title", "Osaka"), ("body", "ZAOZHUANG"), ("body", "Osaka")]
    assert all(getattr(text, m.role)[m.start:m.stop] == m.located.surface for m in got)


@pytest.mark.parametrize(("body", "expected"), [
    ("She moved to Paris, Texas, last year.", [4, 104]), ("He was born in Reading, Pa., and died there.", [15, 115]), ("A fair in Paris (France) opened.", [5, 204]),
    ("Trains from Atlanta in Georgia run late.", [6, 105]), ("Suzhou, Anhui, China, sent guests.", [3, 103, 201]), ("They toured Osaka, France and Japan.", [12, 204, 206]),
])
def test_a_region_beside_the_name_decides(body: str, expected: list[int]) -> None:
    """Behind a comma, in brackets or behind "in"; a list of countries is no region."""
    assert [m.located.place.place_id for m in found(body, ATLAS) if m.located.place] == expected


def test_a_region_said_once_holds_for_the_text() -> None:
    """Paris, Texas stays in Texas when it is named again."""
    got = found("Paris, Texas, has a new mayor. The council of Paris met on Monday.", ATLAS)
    assert [m.located.place.place_id for m in got if m.located.place] == [4, 104, 4]


def test_context_collects_what_the_text_names() -> None:
    """Countries by name and adjective, divisions, and cities with their region; a guess among namesakes is no evidence."""
    context = context_of(Text(title="Texas", body="Chinese guests from Suzhou, China, met the mayor of Paris, Texas. France was not named."), "US", "en", ATLAS)
    assert context.countries == {"CN", "US", "FR"}
    assert context.admin1s == {("US", "TX")}
    assert context.stated == {"paris": 4}
    assert context.country == "US"


@pytest.mark.parametrize("body", [
    "Most people said that one day many will be nice to date.", "Of course the Union of Media may march on. Hope and Friendship make Progress.",
    "Reading is Best in March. The Sale at Normal price. Enterprise Split. Orange Mobile Bath Can.", "The Date of the Same Union: One May Sale.",
    "Paris Hilton-Smith and Jack London met Jordan Peters.", "ACT NOW IN MAY: BEST SALE", "It was the I'm-not-sure kind of IoT talk.", "He holds a Ph.D., she an M.S.",
    "发展中国家的合作与发展", "建设大城市，开通新建道路", "昭和の交流と平和", "농촌 발전을 위해 예산을 늘린다",
])
def test_common_words_are_no_places(gazetteer: Gazetteer, body: str) -> None:
    """Words, names of people and parts of longer words that are called like places somewhere."""
    assert [n for n in names(body, gazetteer, language=None) if n not in {"Paris", "London"}] == []


@pytest.mark.parametrize(("body", "expected"), [
    ("He lives in Reading, England, and works in Mobile, Ala.", [("Reading", "GB"), ("England", "GB"), ("Mobile", "US")]),
    ("They met in Nice, France, and in Hope, Arkansas.", [("Nice", "FR"), ("France", "FR"), ("Hope", "US"), ("Arkansas", "US")]),
    ("China, Lebanon and Jordan signed; Cuba and Peru did not.", [("China", "CN"), ("Lebanon", "LB"), ("Jordan", "JO"), ("Cuba", "CU"), ("Peru", "PE")]),
])
def test_trap_words_with_their_region_and_countries_count(gazetteer: Gazetteer, body: str, expected: list[tuple[str, str]]) -> None:
    """Reading is a town when England stands beside it; countries are never towns."""
    assert [p for p in places(body, gazetteer) if p[0] != "Alabama"] == expected


@pytest.mark.parametrize(("language", "body", "expected"), [
    ("en", "Dresden and Coventry have been twinned for decades.", [("Dresden", "DE"), ("Coventry", "GB")]),
    ("de", "Die Partnerstadt Esslingen schickt Gäste nach Udine.", [("Esslingen", "DE"), ("Udine", "IT")]),
    ("fr", "Le maire d'Annecy reçoit une délégation de Bayreuth.", [("Annecy", "FR"), ("Bayreuth", "DE")]),
    ("es", "La Ciudad de México recibió a una delegación de Zaragoza.", [("Mexico City", "MX"), ("Zaragoza", "ES")]),
    ("ru", "Делегация Саратова посетила Братиславу и Нижний Новгород.", [("Saratov", "RU"), ("Bratislava", "SK"), ("Nizhniy Novgorod", "RU")]),
    ("zh", "山东枣庄与日本大阪结好，湖北省武汉市派团访问蒙特利尔。", [("Shandong", "CN"), ("Zaozhuang", "CN"), ("Japan", "JP"), ("Osaka", "JP"), ("Hubei", "CN"), ("Wuhan", "CN"),
                                                 ("Montréal", "CA")]),
    ("ja", "富山県高岡市と米デンバーの高校生が浜松市で交流した。", [("Toyama", "JP"), ("Takaoka", "JP"), ("Denver", "US"), ("Hamamatsu", "JP")]),
    ("ko", "전남 곡성군과 서울시가 도쿄에서 협약을 맺었다.", [("South Jeolla", "KR"), ("Gokseong", "KR"), ("Seoul", "KR"), ("Tokyo", "JP")]),
    ("ar", "زار وفد من القاهرة مدينة شيكاغو.", [("Cairo", "EG"), ("Chicago", "US")]),
])
def test_languages(gazetteer: Gazetteer, language: str, body: str, expected: list[tuple[str, str]]) -> None:
    """Sentences of our own in the languages of the wires: cases, elisions, suffixes, particles, provinces written before the name."""
    assert places(body, gazetteer, language=language) == expected


def test_small_towns_need_a_reason(gazetteer: Gazetteer) -> None:
    """A short name of a small town is believed where its country is likely, and not elsewhere."""
    assert names("Gäste aus Kamen kamen.", gazetteer, language="de") == ["Kamen"]
    assert names("A Kamen spokesman said so.", gazetteer, language="en") == []


def test_traditional_characters_and_offsets(gazetteer: Gazetteer) -> None:
    """What is found through simplified characters is cut from the text as it is."""
    assert names("高雄與釜山締結姊妹市", gazetteer, language="zh") == ["高雄", "釜山"]


def test_much_text_is_read_in_part() -> None:
    """At most 20,000 characters over all fields, at most 100 mentions."""
    assert len(found("Osaka. " * 5_000, ATLAS)) == 100
    assert found("x " * 10_000 + "Osaka.", ATLAS) == ()


@given(st.lists(st.sampled_from(["Paris", "Texas", "St.", "Petersburg", ",", ".", "the", "in", "枣庄市", "新疆", "용인시는", "Санкт-Петербурге", "d'Atlanta", "(", ")", "-", "\n", "\ud800"])))
def test_spans_lie_in_the_text_and_never_overlap(parts: list[str]) -> None:
    """Whatever the text, mentions are in order and each surface is what lies at its span."""
    body = " ".join(parts)
    last = 0
    for m in found(body, ATLAS):
        assert m.start is not None
        assert m.stop is not None
        assert last <= m.start < m.stop
        assert body[m.start:m.stop] == m.located.surface
        last = m.stop
