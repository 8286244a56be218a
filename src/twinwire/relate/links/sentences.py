"""Cuts a field into sentences. Long ones are cut at weaker marks, so that no sentence has more than 1,200 characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST = 1_200
# The first character stands in front of all that may follow it: so the search leaps from one such character to the next.
_END = re.compile(
    r"[。！？!?.\n…](?:(?<=[。！？!?])[。！？!?]*[」』”’\"）)]*|(?<=\.)\.*[\"”’»)]*(?=\s+[^\sa-zà-ÿа-яё]|\s*$)|(?<=\n)\n*|(?<=…)…*(?=\s))")
# Words whose full stop ends no sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:St|Ste|Mt|Ft|Pt|Dr|Mr|Mrs|Ms|Prof|Gov|Sen|Rep|Gen|No|Nr|vs|Inc|Ltd|Co|Bros|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|"
    r"Va|Calif|Mass|Conn|Pa|Ill|Wis|Minn|Mich|Tex|Fla|Ga|Ala|Ariz|Colo|Ore|Wash|Okla|Tenn|Mo|Md|Del|Ind|Kan|Ky|La|Me|Miss|Mont|Neb|Nev|Wyo|Vt|"
    r"ca|bzw|z\. ?B|u\. ?a|d\. ?h|Sra?|Dña|D|Ud|av|г|ул|им|р|обл|т\. ?е|ul|m\. ?in|[A-Z]|(?:[A-Z]\.)+[A-Z]|\d{1,2})$")
_WEAK = re.compile(r"[;；]\s*|[，、]|,\s|\s")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of ``text``, blanks at their rims left out. Read as far as they are asked for."""
    start = 0
    for m in _END.finditer(text):
        if m[0][0] == "." and "\n" not in text[m.end():m.end() + 2] and _ABBREVIATED.search(text[max(start, m.start() - 12):m.start()]):
            continue
        yield from _cut(text, start, m.end())
        start = m.end()
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > _MOST:
        cut = start + _MOST
        for m in _WEAK.finditer(text, start + _MOST // 2, start + _MOST):
            cut = m.end()
        yield start, cut
        start = cut
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    if stop > start:
        yield start, stop
