"""Language of a short news text as a BCP 47 primary subtag. Translates nothing and keeps no regions or scripts.

What a feed declares is a prior, not a fact (feed software says ``en-US`` when nobody has set it). The script of the
letters decides where it can; else a classifier restricted to the wires' languages, which overrules a declaration only
when the text is long enough and the probability high.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache

from py3langid.langid import LanguageIdentifier

from twinwire.normalise.languagemodel import identifier
from twinwire.records import Text

_SAMPLE = 400        # characters looked at; more changes no answer and costs time
_GLANCE = 150        # … of which so many are enough where they leave no doubt
_NO_DOUBT = 0.99     # probability that leaves none
_LONG_ENOUGH = 24    # letters of a text that may overrule what was declared
_SURE = 0.90         # probability that may do so
_LIKELY = 0.50       # probability that is enough where nothing was declared
_KANJI_HEADLINE = 40  # Han letters without any kana: longer Japanese does not exist

_TAG = re.compile(r"^\s*([a-zA-Z]{2,3})(?:[-_][a-zA-Z0-9_-]*)?\s*$")
_ALIASES = {
    "nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh", "yue": "zh", "jp": "ja", "cn": "zh",
    "kr": "ko", "ua": "uk", "cz": "cs", "dk": "da", "gr": "el", "eng": "en", "deu": "de", "ger": "de", "fra": "fr",
    "fre": "fr", "spa": "es", "ita": "it", "por": "pt", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja",
    "kor": "ko", "ara": "ar",
}
# First code point of each script's letters, in order; "" stands for letters of no interest. (Unicode Blocks.txt)
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x00, "latin"), (0x250, ""), (0x370, "greek"), (0x400, "cyrillic"), (0x530, "armenian"), (0x590, "hebrew"),
    (0x600, "arabic"), (0x700, ""), (0x750, "arabic"), (0x780, ""), (0x8A0, "arabic"), (0x900, "devanagari"),
    (0x980, "bengali"), (0xA00, "gurmukhi"), (0xA80, "gujarati"), (0xB00, ""), (0xB80, "tamil"), (0xC00, "telugu"),
    (0xC80, "kannada"), (0xD00, "malayalam"), (0xD80, "sinhala"), (0xE00, "thai"), (0xE80, "lao"), (0xF00, ""),
    (0x1000, "myanmar"), (0x10A0, "georgian"), (0x1100, "hangul"), (0x1200, "ethiopic"), (0x1380, ""),
    (0x1780, "khmer"), (0x1800, ""), (0x1E00, "latin"), (0x1F00, "greek"), (0x2000, ""), (0x3040, "kana"),
    (0x3100, ""), (0x3130, "hangul"), (0x3190, ""), (0x31F0, "kana"), (0x3200, ""), (0x3400, "han"), (0xA000, ""),
    (0xAC00, "hangul"), (0xD7B0, ""), (0xF900, "han"), (0xFB00, ""), (0xFB50, "arabic"), (0xFE00, ""),
    (0xFE70, "arabic"), (0xFF00, ""), (0x20000, "han"), (0x32000, ""),
)
_STARTS = [start for start, _ in _BLOCKS]
# Languages written in each script; the first is the answer where nothing else is known. None: ask the classifier.
_WRITTEN_IN = {
    "latin": "en de fr es it pt nl pl cs sk sv da no fi tr id ms vi ro hu hr sl lt lv et ca sq sw tl",
    "arabic": "ar fa ur", "cyrillic": "ru uk bg sr mk be kk", "devanagari": "hi mr ne", "greek": "el",
    "armenian": "hy", "hebrew": "he yi", "bengali": "bn as", "gurmukhi": "pa", "gujarati": "gu", "tamil": "ta",
    "telugu": "te", "kannada": "kn", "malayalam": "ml", "sinhala": "si", "thai": "th", "lao": "lo", "myanmar": "my",
    "georgian": "ka", "ethiopic": "am ti", "khmer": "km",
}
_CLASSIFIED = ("latin", "cyrillic", "arabic", "devanagari")


def primary(tag: str | None) -> str | None:
    """``zh-CN`` → ``zh``, ``en_US`` → ``en``, ``nb`` → ``no``; None for what is no language tag."""
    found = _TAG.match(tag or "")
    if not found:
        return None
    code = found[1].lower()
    return None if code in {"und", "mul", "zxx", "mis"} else _ALIASES.get(code, code)


def sample(text: Text) -> str:
    """The part of ``text`` that tells its language best: title and summary, then the start of the body."""
    return f"{text.title}\n{text.summary}\n{text.body[:_SAMPLE]}"[:_SAMPLE]


def language(
    text: str, declared_entry: str | None = None, declared_source: str | None = None,
) -> tuple[str | None, str]:
    """Language of ``text`` and how it is known; ``(None, "unknown")`` where neither text nor declarations tell."""
    declared = [d for d in (primary(declared_entry), primary(declared_source)) if d]
    letters = _scripts(text[:_SAMPLE])
    script = _leading(letters)
    if script in {"han", "kana", "hangul"}:
        return _against(_east_asian(letters, declared), declared, "script")
    if script is None:
        return _trusted(declared)
    if script in _CLASSIFIED:
        return _classified(text[:_SAMPLE], letters[script], script, declared)
    possible = _WRITTEN_IN[script].split()
    return _against(next((d for d in declared if d in possible), possible[0]), declared, "script")


def _scripts(text: str) -> Counter[str]:
    if text.isascii():
        return Counter(latin=sum(map(str.isalpha, text)))
    found: Counter[str] = Counter()
    for char, n in Counter(text).items():
        if char.isalpha():
            found[_BLOCKS[bisect_right(_STARTS, ord(char)) - 1][1]] += n
    return found


def _leading(letters: Counter[str]) -> str | None:
    # A Han, kana or hangul letter says as much as two or three Latin ones, and Latin names abound in East Asian copy.
    weight = {s: n * (3 if s in {"han", "kana", "hangul"} else 1) for s, n in letters.items() if s and n}
    return max(weight, key=lambda s: weight[s], default=None)


def _east_asian(letters: Counter[str], declared: list[str]) -> str:
    han, kana, hangul = letters["han"], letters["kana"], letters["hangul"]
    if hangul > han + kana or (hangul and hangul * 4 > han + kana):
        return "ko"
    if kana * 20 > han:  # a Chinese text may quote a Japanese name
        return "ja"
    return "ja" if "ja" in declared and han < _KANJI_HEADLINE else "zh"


def _classified(text: str, letters: int, script: str, declared: list[str]) -> tuple[str | None, str]:
    possible = _WRITTEN_IN[script].split()
    best, p = _best(text[:_GLANCE] if declared else text, possible)
    if declared and len(text) > _GLANCE and not (p >= _NO_DOUBT and best in declared):
        best, p = _best(text, possible)
    if best in declared or (p >= _SURE and letters >= _LONG_ENOUGH):
        return _against(best, declared, "text")
    likely = [d for d in declared if d in possible or d not in _known()]
    if likely:
        return _trusted(likely)
    if p >= _LIKELY or script != "latin":
        return _against(best, declared, "text")
    return None, "unknown"


def _best(text: str, possible: Sequence[str]) -> tuple[str, float]:
    """The likeliest of the languages that are possible, and its probability among them."""
    ranked = [(code, p) for code, p in _identifier().rank(text) if code in possible]
    return ranked[0][0], ranked[0][1] / (sum(p for _, p in ranked) or 1.0)


def _against(code: str, declared: list[str], by: str) -> tuple[str, str]:
    if not declared:
        return code, by
    return code, f"declared, {by} agrees" if code in declared else f"{by}, against declared {declared[0]}"


def _trusted(declared: list[str]) -> tuple[str | None, str]:
    # Between two declarations the one that is not English was set by somebody.
    code = next((d for d in declared if d != "en"), declared[0] if declared else None)
    return code, "declared" if code else "unknown"


@cache
def _known() -> frozenset[str]:
    return frozenset(code for codes in _WRITTEN_IN.values() for code in codes.split()) | {"zh", "ja", "ko"}


@cache
def _identifier() -> LanguageIdentifier:
    return identifier([code for script in _CLASSIFIED for code in _WRITTEN_IN[script].split()])
