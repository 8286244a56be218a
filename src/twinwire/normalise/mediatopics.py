"""IPTC Media Topics of an entry, from the codes its categories carry. Gives none a document does not name.

Codes come as ``medtop:20000638`` (NewsML-G2), as ``http://cv.iptc.org/newscodes/mediatopic/20000638`` (ninjs 3, RSS), or as
the older eight-digit subject codes of NITF and ninjs 1 (``11002002``), which are translated where the two systems have
the same notion (exactMatch of the IPTC vocabulary, 2023 release, CC BY 4.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from twinwire.records import Category

_MEDIA_TOPIC = re.compile(r"(?:medtop:|newscodes/mediatopic/)(\d{8})$")
_SUBJECT_CODE = re.compile(r"(?:subj:|newscodes/subjectcode/|^)(\d{8})$")
# subject code → media topic, for our topics and their neighbours, and the seventeen heads of the subject codes.
_SAME = {
    "11002000": "20000639", "11002002": "20000638", "11008000": "20000612", "04001000": "20000210", "14013000": "20000801",
    "01000000": "01000000", "02000000": "02000000", "03000000": "03000000", "04000000": "04000000", "05000000": "05000000",
    "06000000": "06000000", "07000000": "07000000", "08000000": "08000000", "09000000": "09000000", "10000000": "10000000",
    "11000000": "11000000", "12000000": "12000000", "13000000": "13000000", "14000000": "14000000", "15000000": "15000000",
    "16000000": "16000000", "17000000": "17000000",
}


def media_topics(categories: Iterable[Category]) -> tuple[str, ...]:
    """Codes as ``medtop:20000638``, each once, in the document's order."""
    found = (code for c in categories for code in _codes(c))
    return tuple(dict.fromkeys(f"medtop:{code}" for code in found))


def _codes(category: Category) -> Iterable[str]:
    for value in (category.term, f"{category.scheme or ''}{category.term}"):
        if topic := _MEDIA_TOPIC.search(value):
            yield topic[1]
            return
    if (subject := _SUBJECT_CODE.search(category.term)) and (same := _SAME.get(subject[1])):
        yield same
