"""Countries a text speaks of by adjective: "the Uzbek capital", "die chinesische Stadt". Evidence for places, never a place."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from twinwire.normalise.placenames import bare, fold

_WORD = re.compile(r"[^\W\d_]{4,20}")
_ENDINGS = 3  # letters a form may have behind its stem: chinesisch|en, japonais|es, mexican|a
_CAPITAL = frozenset("polish swiss welsh".split())  # "to polish": only with a capital


def countries_of(text: str) -> frozenset[str]:
    """ISO 3166-1 codes of the countries whose adjectives ``text`` holds."""
    table = _table()
    found = set()
    for word in set(_WORD.findall(text)):
        folded = bare(word.lower())
        for cut in range(len(folded), max(2, len(folded) - _ENDINGS), -1):
            stem = folded[:cut]
            if (code := table.get(stem)) and not (stem in _CAPITAL and word.islower()) and _ends(folded[cut:]):
                found.add(code)
                break
    return frozenset(found)


def _ends(rest: str) -> bool:
    return rest in _FORMS


_FORMS = frozenset(("", "s", "e", "es", "en", "er", "em", "a", "o", "as", "os", "i", "he", "ne", "nes", "an", "na", "ns"))


@cache
def _table() -> dict[str, str]:
    with (files("twinwire.normalise") / "data" / "demonyms.csv").open(encoding="utf-8") as f:
        rows = csv.DictReader(line for line in f if not line.startswith("#"))
        return {word: row["country"] for row in rows for word in fold(row["words"]).split()}
