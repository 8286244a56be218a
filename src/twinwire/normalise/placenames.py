"""Folds names of places, so that one place written in several ways has one key. Knows no places.

Two keys: :func:`fold` evens out case, width, punctuation, apostrophes, traditional characters and "St."; :func:`bare`
takes the accents off a folded name as well. Suffixes that say what a place is (市, 县, 시, "City", "Oblast") are
taken off by :func:`stems`, and :func:`suffix_level` says what they tell.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from twinwire.records import Level

_MAX = 100  # code points; the longest name that is used of any place has 85

_GONE = "'’‘ʻʼ`´ʹʾʿ′ˈ\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0640"
_BLANK = "-‐‑‒–—―−_./\\,;:()[]{}<>\"“”„«»・·•|!?&+*#\u00a0\u3000、，。（）【】《》"
_SAME = {"ё": "е", "ı": "i", "\u0307": "", "ς": "σ", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
         "ș": "s", "ş": "s", "ț": "t", "ţ": "t", "ヶ": "ケ", "ヵ": "カ"}
_TABLE = str.maketrans({**dict.fromkeys(_GONE, ""), **dict.fromkeys(_BLANK, " "), **_SAME})
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "pt": "point", "hts": "heights", "spgs": "springs"}
_SHORTENED = re.compile(r"\b(?:" + "|".join(_SHORT) + r")\b")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_UNSPACED = re.compile("[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]+")
_ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670]")

# Longest first. What is left must have two characters: 沛县, 津市 and 시흥 keep theirs.
_CITY_ENDS = (
    "特别市", "广域市", "自治县", "自治旗", "特别区", "矿区", "林区", "新区", "地区",
    "市", "县", "区", "町", "村", "镇", "乡", "旗", "郡", "盟",
    "특별시", "광역시", "특별자치시", "시", "군", "구", "읍", "면",
)
_REGION_ENDS = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "省", "州", "府", "県", "道", "都", "邦",
    "특별자치도", "도", "주", "현", "성",
)
_ENDS = tuple(sorted(_CITY_ENDS + _REGION_ENDS, key=len, reverse=True))
_REGION_WORDS = (
    "prefecture|province|oblast|krai|kray|governorate|voivodeship|autonomous region|autonomous okrug|region|state|"
    "republic|do|область|край")
_CITY_WORDS = (
    "municipality|metropolitan city|special city|city|town|township|village|district|county|borough|shi|si|gun|gu|ku|"
    "cho|machi|mura|xian|sheng|qu|cedex")
_REGION_BEFORE = (
    "province of|state of|region of|free state of|freistaat|land|republic of|республика|provincia de|estado de|"
    "departamento de")
_CITY_BEFORE = (
    "city of|town of|village of|municipality of|stadt|gemeinde|landeshauptstadt|hansestadt|ville de|commune de|"
    "ciudad de|città di|comune di|municipio de|ayuntamiento de|cidade de|г|город|gmina|miasto|kota|tp|thành phố")
_WORDS_AFTER = re.compile(f" (?:(?P<region>{_REGION_WORDS})|(?:{_CITY_WORDS}))$")
_WORDS_BEFORE = re.compile(f"^(?:(?P<region>{_REGION_BEFORE})|(?:{_CITY_BEFORE})) ")
# Letters that are no base letter with a mark.
_LETTERS = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ə": "e"}


def fold(name: str) -> str:
    """First key of ``name``: lower case, one blank between words, no punctuation, simplified characters. May be empty."""
    name = name[:_MAX]
    if name.isascii():
        name = name.lower().translate(_TABLE)
    else:
        name = unicodedata.normalize("NFKC", name).casefold().translate(_TABLE)
        name = unicodedata.normalize("NFC", _ARABIC_MARKS.sub("", name))
        if _HAN.search(name):
            name = name.translate(_simplified())
    name = " ".join(name.split())
    return _SHORTENED.sub(_long, name) if "t " in name or "ts" in name or "gs" in name or "te " in name else name


def bare(folded: str) -> str:
    """Second key: a folded name without the accents of its Latin letters."""
    return folded if folded.isascii() else folded.translate(_latin())


def simplified(text: str) -> str:
    """``text`` with Han characters as :func:`fold` writes them, one for one, so that offsets hold."""
    return text.translate(_simplified())


def stems(folded: str) -> tuple[str, ...]:
    """What is left of a folded name without a word or character that says what it is; nearest first, without itself."""
    out: list[str] = []
    for rest in (_without_end(folded), _WORDS_AFTER.sub("", folded), _WORDS_BEFORE.sub("", folded)):
        if rest and rest != folded and rest not in out:
            out.append(rest)
    return tuple(out)


def unspaced(name: str) -> bool:
    """Whether ``name`` is written in scripts that put no blanks between words: Han, kana, Hangul."""
    return _UNSPACED.fullmatch(name) is not None


def suffix_level(folded: str) -> Level | None:
    """The level a folded name's own suffix or prefix claims: 省 a region, 市 a city. None where it claims none."""
    if _without_end(folded) != folded:
        return Level.ADMIN1 if folded.endswith(_REGION_ENDS) else Level.CITY
    if m := _WORDS_AFTER.search(folded) or _WORDS_BEFORE.search(folded):
        return Level.ADMIN1 if m["region"] else Level.CITY
    return None


def _without_end(folded: str) -> str:
    if folded.isascii() or not folded.endswith(_ENDS) or folded == "北海道":
        return folded
    for end in _ENDS:
        if folded.endswith(end) and len(folded) >= len(end) + 2:
            return folded.removesuffix(end).rstrip()
    return folded


def _long(m: re.Match[str]) -> str:
    return _SHORT[m[0]]


@cache
def _simplified() -> dict[int, str]:
    """Character by character: names are too short for the phrase rules, and both sides of a comparison get the same."""
    from opencc import OpenCC  # noqa: PLC0415  (20 ms that only Han names need)

    chars = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    table = {ord(a): b for a, b in zip(chars, simple, strict=True) if a != b}
    # Lone surrogates cannot be written as UTF-8, which the automaton reads.
    return {**table, ord("ヶ"): "ケ", ord("ヵ"): "カ", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@cache
def _latin() -> dict[int, str]:
    table = {ord(a): b for a, b in _LETTERS.items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base
    return {**table, **dict.fromkeys(range(0x300, 0x370), "")}
