"""Countries a text speaks of by adjective: "the Uzbek capital", "die chinesische Stadt". Evidence for places, never a place."""

from __future__ import annotations

import re
from functools import cache

from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.tables import rows

_WORD = re.compile(r"[^\W\d_]{4,20}")
_NAMES = re.compile(r"\b(?:British Columbia|Dutch Harbor)\b")  # names of places
_LEAST = 3     # letters of the shortest stem
_ENDINGS = 3  # letters a form may have behind its stem: chinesisch|en, japonais|es, mexican|a
_FORMS = frozenset(("", "s", "e", "es", "en", "er", "em", "a", "o", "as", "os", "i", "ne", "na", "an"))
_CAPITAL = frozenset(("polish", "swiss", "welsh"))  # "to polish": only with a capital


def countries_of(text: str) -> frozenset[str]:
    """ISO 3166-1 codes of the countries whose adjectives ``text`` holds."""
    table, beginnings = _table()
    found = set()
    for word in set(_WORD.findall(_NAMES.sub(" ", text))):
        folded = bare(word.lower())
        if folded[:_LEAST] not in beginnings:
            continue
        for cut in range(len(folded), max(_LEAST - 1, len(folded) - _ENDINGS), -1):
            stem = folded[:cut]
            if (code := table.get(stem)) and folded[cut:] in _FORMS and not (stem in _CAPITAL and word.islower()):
                found.add(code)
                break
    return frozenset(found)


@cache
def _table() -> tuple[dict[str, str], frozenset[str]]:
    """Stem → country, and what stems begin with."""
    table = {word: row["country"] for row in rows("demonyms") for word in fold(row["words"]).split()}
    return table, frozenset(word[:_LEAST] for word in table)
