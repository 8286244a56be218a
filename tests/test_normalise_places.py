"""A name means the place that its region, its text and its publisher point to; else the best known one; else nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smallatlas import small_gazetteer

from twinwire.normalise.gazetteer import Gazetteer
from twinwire.normalise.places import Context, homes, resolve
from twinwire.records import Level, PlaceName

ATLAS = small_gazetteer()
NOTHING = Context()


def place_id(name: str, region: str | None = None, country: str | None = None, level: str | None = None, context: Context = NOTHING) -> int | None:
    located = resolve(PlaceName(name=name, region=region, country=country, level=level), ATLAS, context)
    return located.place.place_id if located.place else None


@pytest.mark.parametrize(("name", "region", "country", "expected"), [
    ("Paris", "Texas", None, 4), ("PARIS", "TX", "USA", 4), ("Paris", None, "France", 5), ("Paris", None, "Frankreich", 5), ("Suzhou", "Anhui", "China", 3),
    ("Suzhou", "安徽", "中国", 3), ("Atlanta", "Georgia", None, 6), ("Tbilisi", "Georgia", None, 7), ("San Juan", "Puerto Rico", None, 8),
    ("San Juan", None, "United States", 8), ("Reading", "PA", None, 15), ("Reading", "England", "UK", 14), ("St. Petersburg", "Fla.", None, 20),
    ("Zaozhuang City", "Shandong Province", "P.R. China", 1), ("Moscow", "Idaho", None, 24), ("Kazan", "no such region", "Russia", 21),
])
def test_what_stands_beside_the_name_decides(name: str, region: str | None, country: str | None, expected: int) -> None:
    """A region or country that is given beats any population, whichever of the two fields holds it."""
    assert place_id(name, region, country) == expected


def test_a_country_means_itself_before_its_parts() -> None:
    """Saint-Denis, France is not the bigger one on Réunion, though Réunion is French."""
    assert place_id("Saint-Denis", None, "France") == 11
    assert place_id("Saint-Denis", None, "Réunion") == 10


@pytest.mark.parametrize(("name", "region", "country", "expected", "rule"), [
    ("Nowhere", "Texas", None, 104, "only its region is known"), ("Nowhere", None, "France", 204, "only its country is known"),
    ("Nowhere", "no such region", "China", 201, "only its country is known"), ("Paris County", "Texas", None, 104, "only its region is known"),
    ("SHANDONG", None, "China", 101, "country given"),
])
def test_the_ladder(name: str, region: str | None, country: str | None, expected: int, rule: str) -> None:
    """A name that is nowhere in its region is known as far as that; a county is not its namesake town; a province is itself."""
    located = resolve(PlaceName(name=name, region=region, country=country), ATLAS, NOTHING)
    assert located.place is not None
    assert (located.place.place_id, located.rule) == (expected, rule)
    assert located.confidence <= 0.5 or rule == "country given"


@pytest.mark.parametrize("name", ["Nowhere", "", "  ", "\ud800", "x" * 5_000])
def test_unknown_is_an_answer(name: str) -> None:
    """A name nobody bears has no place and no confidence."""
    located = resolve(PlaceName(name=name), ATLAS, NOTHING)
    assert (located.surface, located.place, located.confidence, located.rule) == (name, None, 0.0, "no such place")


@pytest.mark.parametrize(("context", "expected", "rule"), [
    (NOTHING, 2, "population"),
    (Context(admin1s=frozenset((("CN", "01"),))), 3, "region named in the text"),
    (Context(stated={"suzhou": 3}), 3, "named with its region in the text"),
])
def test_chinese_namesakes_follow_the_province_in_the_text(context: Context, expected: int, rule: str) -> None:
    """"Suzhou, China" is the bigger one, unless the text speaks of the other's province."""
    located = resolve(PlaceName(name="Suzhou"), ATLAS, context)
    assert located.place is not None
    assert (located.place.place_id, located.rule) == (expected, rule)


def test_characters_tell_what_pinyin_does_not() -> None:
    """苏州 and 宿州 are both Suzhou and never mistaken."""
    assert (place_id("苏州"), place_id("宿州"), place_id("蘇州市")) == (2, 3, 2)


@pytest.mark.parametrize(("context", "expected"), [
    (NOTHING, 14), (Context(country="US"), 15), (Context(countries=frozenset(("US",))), 15), (Context(country="US", countries=frozenset(("GB",))), 14),
])
def test_publisher_and_text_break_the_tie(context: Context, expected: int) -> None:
    """Reading is England's unless the publisher or the text is American; the text counts as much as the publisher."""
    assert place_id("Reading", context=context) == expected


def test_a_world_city_beats_the_publishers_namesake() -> None:
    """An American text that says Moscow or Paris means the capitals."""
    assert place_id("Moscow", context=Context(country="US")) == 25
    assert place_id("Paris", context=Context(country="US")) == 5


@pytest.mark.parametrize(("name", "level", "expected"), [
    ("Osaka", None, 12), ("大阪府", None, 106), ("大阪市", None, 12), ("Osaka", "region", 106), ("New York", None, 17), ("New York", "region", 108), ("青森県", None, 107),
    ("青森县", None, 107), ("Texas", None, 104), ("Paraná", None, 113), ("Paraná", "city", 29), ("Hanover", None, 32),
])
def test_city_or_region_of_one_name(name: str, level: str | None, expected: int) -> None:
    """The seat of a region is meant before it, a great region before a small town elsewhere; a suffix or a level settles it."""
    assert place_id(name, level=level) == expected


@pytest.mark.parametrize(("name", "context", "expected"), [
    ("Georgia", NOTHING, 203), ("Georgia", Context(country="US"), 105), ("Georgia", Context(admin1s=frozenset((("US", "GA"),))), 105), ("China", NOTHING, 201),
    ("Singapore", NOTHING, 13), ("新加坡", NOTHING, 13),
])
def test_countries_come_before_cities(name: str, context: Context, expected: int) -> None:
    """But a city-state is its city, and Georgia is the state for an American text."""
    assert place_id(name, context=context) == expected


@pytest.mark.parametrize(("name", "expected"), [("新疆哈密", 22), ("新疆维吾尔自治区哈密市", 22), ("경기도 용인시", 18), ("山东省枣庄市", 1), ("枣庄市某某区", 1), ("PARIS FRANCE", 5)])
def test_a_region_inside_the_name_is_taken_out(name: str, expected: int) -> None:
    """Han and Hangul put the region before the name, careless datelines behind it; a district nobody knows is its city."""
    assert place_id(name) == expected
    assert resolve(PlaceName(name=name), ATLAS, NOTHING).surface == name


def test_confidence_says_how_sure() -> None:
    """Given regions are nearly sure, twins of one size are a toss-up, and the loser is named."""
    sure = resolve(PlaceName(name="Paris", region="Texas"), ATLAS, NOTHING)
    toss = resolve(PlaceName(name="Hausen", country="Germany"), ATLAS, NOTHING)
    assert sure.confidence > 0.9
    assert toss.confidence < 0.6
    assert len(toss.alternatives) == 1


def test_homes_of_languages() -> None:
    """A language makes its countries likely, whatever region its tag names."""
    assert "DE" in homes("de-AT")
    assert homes("ko") == {"KR"}
    assert homes(None) == homes("xx") == frozenset()


@given(st.text(max_size=40), st.none() | st.text(max_size=20), st.none() | st.text(max_size=20), st.sampled_from([None, "city", "region", "country", "other"]))
def test_any_name_gets_an_answer(name: str, region: str | None, country: str | None, level: str | None) -> None:
    """Confidence lies between 0 and 1, and is 0 exactly where there is no place."""
    located = resolve(PlaceName(name=name, region=region, country=country, level=level), ATLAS, NOTHING)
    assert 0 <= located.confidence <= 1
    assert (located.place is None) == (located.confidence == 0)
    assert located.rule


@pytest.mark.parametrize(("name", "country", "level"), [
    ("SINGAPORE", "SG", Level.CITY), ("HONG KONG SAR", "HK", Level.CITY), ("Luxembourg", "LU", Level.CITY), ("Mexico", "MX", Level.COUNTRY),
    ("Mexico City", "MX", Level.CITY), ("Panama City", "PA", Level.CITY), ("Quebec", "CA", Level.CITY), ("Florida", "US", Level.ADMIN1), ("Kansas", "US", Level.ADMIN1),
    ("São Paulo", "BR", Level.CITY), ("Brasília", "BR", Level.CITY), ("Tulcea", "RO", Level.CITY), ("Wien", "AT", Level.CITY), ("ワシントン", "US", Level.CITY),
])
def test_levels_in_the_real_gazetteer(gazetteer: Gazetteer, name: str, country: str, level: Level) -> None:
    """Names that are of several levels at once come out as a reader takes them."""
    place = resolve(PlaceName(name=name), gazetteer, NOTHING).place
    assert place is not None
    assert (place.country_code, place.level) == (country, level)


HOMOGRAPHS = [("Suzhou", "Jiangsu", "苏州"), ("Suzhou", "Anhui", "宿州"), ("Taizhou", "Jiangsu", "泰州"), ("Taizhou", "Zhejiang", "台州"), ("Fuzhou", "Fujian", "福州"),
              ("Fuzhou", "Jiangxi", "抚州"), ("Yichun", "Jiangxi", "宜春"), ("Yichun", "Heilongjiang", "伊春"), ("Yulin", "Guangxi", "玉林"), ("Yulin", "Shaanxi", "榆林")]


@pytest.mark.parametrize(("pinyin", "province", "characters"), HOMOGRAPHS)
def test_chinese_homographs_in_the_real_gazetteer(gazetteer: Gazetteer, pinyin: str, province: str, characters: str) -> None:
    """Each is found by its characters, by its province given, and by its province in the text."""
    code = gazetteer.admin1s(province, "CN")[0].admin1_code
    assert code is not None
    said = Context(admin1s=frozenset((("CN", code),)), countries=frozenset(("CN",)))
    names = ((PlaceName(name=characters), NOTHING), (PlaceName(name=pinyin, region=province, country="China"), NOTHING), (PlaceName(name=pinyin, country="China"), said))
    for name, context in names:
        place = resolve(name, gazetteer, context).place
        assert place is not None
        assert place.admin1 == province


@pytest.mark.shared
def test_gold_names_of_datelines(gazetteer: Gazetteer, shared) -> None:
    """At least nine of ten gold names come out right with nothing but their name, more with their country."""
    import json

    gold = [g for line in (shared / "data/datelines/datelines_dev.jsonl").read_text("utf-8").splitlines() for g in json.loads(line)["gold"]]

    def right(g: dict[str, str], country: str | None) -> bool:
        p = resolve(PlaceName(name=g["name"], country=country, level="city"), gazetteer, NOTHING).place
        return p is not None and p.country_code == g["cc"] and g["a1"] in {None, p.admin1_code}

    assert sum(right(g, None) for g in gold) >= 0.88 * len(gold)
    assert sum(right(g, g["cc"]) for g in gold) >= 0.92 * len(gold)
