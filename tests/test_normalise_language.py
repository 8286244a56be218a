from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinwire.normalise.language import language, primary, sample
from twinwire.records import Text

ITEMS = Path(__file__).parents[2] / "shared" / "data" / "relevance" / "items_dev.jsonl"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-CN", "zh"),
        ("en_US", "en"),
        ("nb-NO", "no"),
        ("jp", "ja"),
        (" DE ", "de"),
        ("ger", "de"),
        ("und", None),
        ("", None),
        (None, None),
        ("english", None),
    ],
)
def test_tags_become_primary_subtags(tag: str | None, code: str | None) -> None:
    """Regions, old codes and country codes in place of languages are folded; what is no tag is None."""
    assert primary(tag) == code


@pytest.mark.parametrize(
    ("text", "entry", "source", "code"),
    [
        ("Die Stadt Mannheim feiert das Jubiläum der Städtepartnerschaft mit Swansea im Rathaus", "en-US", None, "de"),
        ("Die Stadt Mannheim feiert das Jubiläum der Städtepartnerschaft mit Swansea im Rathaus", None, "en", "de"),
        ("Jumelage", "fr", "en", "fr"),
        ("Jumelage", "en-US", "fr", "fr"),
        ("Berlin", None, None, None),
        ("姉妹都市提携", "ja", None, "ja"),
        ("姉妹都市の提携", "zh", None, "ja"),
        ("友好城市代表团访问", "en", None, "zh"),
        (
            "山东省枣庄市近日举行了乡村振兴创新推进会议，来自全国各地的代表参观了现代农业产业园，并就推动城乡要素流动进行了交流讨论",
            "ja",
            None,
            "zh",
        ),
        ("中国访问《の》世界，友好城市代表团抵达，双方签署协议并交换意见", None, None, "zh"),
        ("K-POP 공연단 NVIDIA 방문", "en", None, "ko"),
        ("Договор о побратимстве городов подписан в мэрии", "en", None, "ru"),
        ("Місто підписало угоду про побратимство з містом у Німеччині, повідомляє міська рада", None, None, "uk"),
        ("مدينة شقيقة جديدة للقاهرة", "en", None, "ar"),
        ("เมืองพี่เมืองน้อง", None, None, "th"),
        ("Αδελφοποίηση πόλεων", "en", None, "el"),
        ("Kota kembar", "sw-KE", None, "sw"),
        ("12:30 – 45", "de", None, "de"),
        ("", None, None, None),
    ],
)
def test_script_text_and_declarations(text: str, entry: str | None, source: str | None, code: str | None) -> None:
    """Script decides first; a clear text overrules a declaration; a short one does not."""
    assert language(text, entry, source)[0] == code


def test_the_rule_says_what_was_overruled() -> None:
    """A reader can see how the language is known."""
    german = "Die Stadt feiert das Jubiläum der Städtepartnerschaft im Rathaus"
    assert language(german, "en-US")[1] == "text, against declared en"
    assert language(german, "de")[1] == "declared, text agrees"
    assert language("", "de")[1] == "declared"
    assert language("友好城市")[1] == "script"
    assert language("")[1] == "unknown"


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=100), st.sampled_from([None, "en", "xx", "zh-Hant"]))
def test_any_text_is_answered(text: str, declared: str | None) -> None:
    """Nothing raises, lone surrogates included, and a code is lower-case and short."""
    code, rule = language(text, declared)
    assert rule
    assert code is None or (code.islower() and len(code) in {2, 3})


@pytest.mark.shared
@pytest.mark.skipif(not ITEMS.is_file(), reason="development data absent")
@pytest.mark.parametrize("declared", [None, "en-US"])
def test_real_items(declared: str | None) -> None:
    """At least 97 of 100 real items come out right from title and summary, with nothing or the usual lie declared."""
    items = [json.loads(line) for line in ITEMS.read_text(encoding="utf-8").splitlines()]
    right = sum(
        language(sample(Text(title=i["title"], summary=i["summary"])), declared)[0] == i["language"] for i in items
    )
    assert right >= 0.97 * len(items)
