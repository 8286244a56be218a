"""Cuts a sentence into units: names, countries, words of ties, words, marks. Decides nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.placenames import fold
from twinwire.relate.links.lexicon import TRIGGERS, Lexicon
from twinwire.relate.links.lexicon import lexicon as lexicon_of
from twinwire.relate.links.names import names
from twinwire.relate.links.nouns import NONE, Name, Unit

_LANDS = {"米": "US", "美": "US", "英": "GB", "仏": "FR", "法": "FR", "独": "DE", "德": "DE", "伊": "IT", "意": "IT", "露": "RU",
          "俄": "RU", "豪": "AU", "韓": "KR", "韩": "KR", "日": "JP", "中": "CN", "加": "CA", "印": "IN"}
_CAPITAL, _METROPOLIS = 500_000, 1_000_000  # people
_CITY_STATES = frozenset(("SG", "HK", "MO", "MC", "VA", "GI", "LU", "SM", "DJ"))
_MARKS = {
    ",": "comma", "，": "comma", "、": "comma", "·": "comma", "・": "comma", "/": "comma", "(": "open", "（": "open", "[": "open",
    ")": "close", "）": "close", "]": "close", ";": "stop", "；": "stop", "。": "stop", "–": "dash", "—": "dash", "-": "dash",
    "'s": "of", "'": "of",
}
_LAND = frozenset(("land",))
_DIGITS = re.compile(r"\d[\d.,]*")
_MARK_CLASSES = {mark: frozenset((kind,)) for mark, kind in _MARKS.items()}


Ties = Sequence[tuple[int, int, str]]


def units(text: str, lower: str, lexicon: Lexicon, atlas: Atlas, found: tuple[Ties, Sequence[Name]] | None = None) -> list[Unit]:
    """The units of a sentence in order. ``lower`` is ``text`` evened out by the lexicon, of the same length.

    ``found`` are the ties and names in it, where they are known.
    """
    ties = list(triggers(lower, lexicon)) if found is None else found[0]
    called = names(text, [t[:2] for t in ties], lexicon, atlas) if found is None else found[1]
    fixed: list[tuple[int, int, Name | None, str]] = [(s, e, None, kind) for s, e, kind in ties]
    fixed += [(n.start, n.stop, n, "") for n in called]
    out: list[Unit] = []
    at = 0
    for start, stop, name, kind in sorted(fixed, key=lambda f: (f[0], f[1])):
        if start < at:
            continue
        out.extend(_words(text, lower, at, start, lexicon))
        out.append(_named(name, lower, atlas) if name else Unit(start, stop, lower[start:stop], trigger=kind if kind != "trap" else None))
        at = stop
    out.extend(_words(text, lower, at, len(text), lexicon))
    for i, unit in enumerate(out[:-1]):
        if "one" in unit.classes and " " in unit.text:
            out[i] = _settled(unit, out[i + 1:i + 3])
    return out


def _settled(unit: Unit, following: Sequence[Unit]) -> Unit:
    """"The German city" stands for a place, but not in "the German city of Trier" or "la provincia argentina de Mendoza"."""
    behind = following[-1] if following[0].land and not following[0].name else following[0]
    if behind.name or ("of" in behind.classes and behind.text != "'s"):
        land = next((c for w in unit.text.split() for c in countries_of(w)), None)
        return replace(unit, classes=frozenset(("kind", "skip")) | ({"land"} if land else NONE), land=land)
    return unit


def triggers(lower: str, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Words of ties: (start, stop, kind). Where two overlap the longer counts; a trap is given too, for it is no name either."""
    found = []
    for kind in TRIGGERS:
        if pattern := lexicon.triggers.get(kind):
            found += [(m.start(), m.end(), kind) for m in pattern.finditer(lower) if m.end() > m.start()]
    at = 0
    taken: list[tuple[int, int, str]] = []
    order = {"trap": -1} | {k: i for i, k in enumerate(TRIGGERS[:-1])}
    for start, stop, kind in sorted(found, key=lambda f: (f[0] - f[1], order[f[2]])):
        if all(stop <= a or b <= start for a, b, _ in taken):
            taken.append((start, stop, kind))
    for start, stop, kind in sorted(taken):
        if start >= at and not (kind != "city" and lower[start - 1:start] == "-" and start > 1):  # not in Saint-Pair-sur-Mer
            yield start, stop, kind
            at = stop


def _named(name: Name, lower: str, atlas: Atlas) -> Unit:
    text = lower[name.start:name.stop]
    land = atlas.country(name.name) if name.known else None
    if land and _city_before(name.name, atlas):
        land = None
    if land and (land.country_code not in _CITY_STATES or len(name.name) < 3):
        return Unit(name.start, name.stop, text, frozenset(("land",)), land=land.country_code)
    return Unit(name.start, name.stop, text, name=name)


def _city_before(name: str, atlas: Atlas) -> bool:
    """عمان and تونس are cities as well as countries; Brasília is a country in Finnish only."""
    city = next(iter(atlas.cities(name)), None)
    if city is None:
        return False
    return city.population > (_CAPITAL if "\u0600" < name[0] < "\u0700" else _METROPOLIS if fold(city.name) == fold(name) else math.inf)


def _words(text: str, lower: str, start: int, stop: int, lexicon: Lexicon) -> Iterator[Unit]:
    for m in lexicon.tokens.finditer(lower, start, stop):
        first, last = m.span()
        classes, land = _read(lexicon.language, m[0], "" if lexicon.unspaced else text[first:last])
        if lexicon.unspaced and last == stop and (land := _LANDS.get(m[0])):
            classes |= _LAND
        yield Unit(first, last, m[0], classes, None, None, land)


@lru_cache(maxsize=20_000)
def _read(language: str, word: str, written: str) -> tuple[frozenset[str], str | None]:
    """Parts a word may play, and the country it names or is an adjective of; not for ``written`` "", where no blanks divide words."""
    words = lexicon_of(language)
    classes = _MARK_CLASSES.get(word, NONE) | words.classes(word)
    land = None
    if len(written) > 3 and word[0].isalpha() and not classes & {"skip", "kind"}:
        land = words.land(word) or next(iter(countries_of(written)), None)
    if _DIGITS.fullmatch(word):
        classes |= {"skip", "digits"}
    return (classes | _LAND if land else classes), land
