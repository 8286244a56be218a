"""Where a text in Han, kana or Hangul may name places; a suffix makes a name sure."""

from __future__ import annotations

import pytest
from smallatlas import small_gazetteer

from twinwire.normalise.spots_han import spots_han

ATLAS = small_gazetteer()


def shown(text: str) -> list[str]:
    """Surface, ? where weak, ! where no suffix says what it is."""
    return [text[s.start:s.stop] + "?" * s.weak + "!" * s.doubt for s in spots_han(text, ATLAS)]


@pytest.mark.parametrize(("text", "expected"), [
    ("代表团访问枣庄市和大阪。", ["枣庄市", "大阪!"]), ("訪問棗莊市", ["棗莊市"]), ("新疆哈密", ["新疆!", "哈密!"]), ("ニューヨーク市長", ["ニューヨーク市"]), ("大阪府", ["大阪府"]),
])
def test_suffixes_belong_to_the_name(text: str, expected: list[str]) -> None:
    """The suffix is part of the span, whether the atlas has the name with it or without."""
    assert shown(text) == expected


@pytest.mark.parametrize("text", ["发展中国家", "北京時間", "国际友好城市", "友好", "パリッと", "スーパリアル", "大阪氏"])
def test_what_only_looks_like_a_name(text: str) -> None:
    """Parts of longer words, common words and people."""
    assert shown(text) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("용인시는 어제", ["용인시"]), ("용인에서", ["용인!"]), ("용인시장", ["용인!"]), ("용인대학교", []), ("새용인", []), ("경기도 용인시의회", ["경기도", "용인시"]),
])
def test_korean_names_begin_a_word_and_take_particles(text: str, expected: list[str]) -> None:
    """Inside a word, or before anything but particles and offices, the letters mean something else."""
    assert shown(text) == expected
