"""Finds where a text in Han, kana or Hangul may name places, and throws out what only looks like one. Knows no places.

Words are not divided there: a name is sure when its suffix says what it is (市, 县, 省, 県, 시, 군 …); the rest is for the reader to judge.
"""

from __future__ import annotations

import re

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.placenames import simplified
from twinwire.normalise.spots import Spot
from twinwire.normalise.tables import words

SCRIPTS = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SUFFIX = re.compile(
    "自治区|自治州|自治县|特别行政区|特別行政区|省|市|县|縣|県|州|府|都|道|区|區|町|村|镇|鎮|乡|郡|盟|旗|邦|"
    "특별자치도|특별자치시|특별시|광역시|도|시|군|구|읍|면|주|현|성")
# Suffixes that make a name of the one before them even where the atlas has it only without.
_BEHIND = re.compile("自治区|自治州|自治县|特别行政区|省|市|县|縣|県|州|府|镇|鎮|乡|郡|町|村")
# Longer words that a name begins, ends or lies in.
_INSIDE = re.compile(
    "[发發]展中[国國]家|中[国國]家|北京[时時][间間]|其中[国國][内內]|上海合作[组組][织織]|印度洋|太平洋|大西洋|南海地[区區]|海地[区區]|马里(?:奥|兰|亚纳)|"
    "新中[国國]|韩国瑜|长安街|中山(?:装|大学|路)|日本海|日中|国际米兰|阿里巴巴")
_PERSON = re.compile("氏|さん|選手|監督|議員|先生|容疑者|社長|君|様|女士")
# What may follow a Korean name and its suffix in one word: particles, and what belongs to a place.
_PARTICLE = re.compile(
    "(?:은|는|이|가|을|를|에|의|와|과|도|로|으로|만|까지|부터|및|측|서|에서|에는|에서는|에도|에게|에서도|이나|나|라는|이라는|인|이란|보다|처럼|마다|간|내|산|발|행|"
    "의회|청|시장|지사|군수|구청장|시의회|시청|도청|군청|주민|시민|도민)?$")
_HANGUL = re.compile("[\uac00-\ud7a3]*")


def spots_han(text: str, atlas: Atlas) -> list[Spot]:
    """Names among the Han, kana and Hangul of ``text``. Doubt 1: no suffix says that it is one."""
    inside = [m.span() for m in _INSIDE.finditer(text)]
    out = []
    for start, stop in atlas.unspaced(text):
        if stop - start < 2 or any(a <= start and stop <= b and b - a > stop - start for a, b in inside):
            continue
        spot = _hangul(text, start, stop) if "\uac00" <= text[start] <= "\ud7a3" else _han(text, start, stop)
        if spot:
            out.append(spot)
    return out


def _han(text: str, start: int, stop: int) -> Spot | None:
    first = text[start]
    if _katakana(first) and (_katakana(text[start - 1:start]) or _katakana(text[stop:stop + 1])):
        return None  # part of a longer loan word
    if "\u3041" <= first <= "\u309f":
        return None  # hiragana: particles and verbs
    if m := _BEHIND.match(text, stop):
        stop = m.end()
    suffixed = bool(m) or (stop - start > 2 and _SUFFIX.fullmatch(text[stop - 1]) is not None)
    if (not suffixed and _PERSON.match(text, stop)) or simplified(text[start:stop]) in words("hantraps"):
        return None
    return Spot(start, stop, text[start:stop], doubt=int(not suffixed))


def _hangul(text: str, start: int, stop: int) -> Spot | None:
    """Words in Hangul have blanks between them: a name begins a word, and only particles follow it."""
    if start and "\uac00" <= text[start - 1] <= "\ud7a3":
        return None
    end = _HANGUL.match(text, stop)
    assert end is not None, "may be empty"
    name, rest = text[start:stop], end[0]
    if rest != "도" and (m := _SUFFIX.match(rest)) and _PARTICLE.match(rest[m.end():]):  # 도 is "too" before it is "province"
        return Spot(start, stop + m.end(), text[start:stop + m.end()])
    if _PARTICLE.match(rest):
        suffixed = len(name) > 2 and _SUFFIX.fullmatch(name[-1]) is not None
        return Spot(start, stop, name, weak=name in words("hantraps"), doubt=int(not suffixed))
    return None


def _katakana(char: str) -> bool:
    return bool(char) and "\u30a1" <= char <= "\u30ff" and char != "・"
