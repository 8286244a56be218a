"""Cuts a field into sentences. Long ones are cut at weaker marks, so that no sentence has more than 1,200 characters."""

from __future__ import annotations

import re

_MOST = 1_200
_END = re.compile(r"[。！？!?]+[」』”’\"）)]*|\.+[\"”’»)]*(?=\s+[^\sa-zà-ÿа-яё]|\s*$)|\n+|…+(?=\s)")
# Words whose full stop ends no sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:St|Ste|Mt|Ft|Pt|Dr|Mr|Mrs|Ms|Prof|Gov|Sen|Rep|Gen|No|Nr|vs|Inc|Ltd|Co|Bros|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|"
    r"Va|Calif|Mass|Conn|Pa|Ill|Wis|Minn|Mich|Tex|Fla|Ga|Ala|Ariz|Colo|Ore|Wash|Okla|Tenn|Mo|Md|Del|Ind|Kan|Ky|La|Me|Miss|Mont|Neb|Nev|Wyo|Vt|"
    r"ca|bzw|z\. ?B|u\. ?a|d\. ?h|Sra?|Dña|D|Ud|av|г|ул|им|р|обл|т\. ?е|ul|m\. ?in|[A-Z]|(?:[A-Z]\.)+[A-Z]|\d{1,2})$")
_WEAK = re.compile(r"[;；]\s*|[，、]|,\s|\s")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text``, blanks at their rims left out."""
    out: list[tuple[int, int]] = []
    start = 0
    for m in _END.finditer(text):
        if m[0][0] == "." and "\n" not in text[m.end():m.end() + 2] and _ABBREVIATED.search(text[max(start, m.start() - 12):m.start()]):
            continue
        _add(text, start, m.end(), out)
        start = m.end()
    _add(text, start, len(text), out)
    return out


def _add(text: str, start: int, stop: int, out: list[tuple[int, int]]) -> None:
    while stop - start > _MOST:
        cut = start + _MOST
        for m in _WEAK.finditer(text, start + _MOST // 2, start + _MOST):
            cut = m.end()
        out.append((start, cut))
        start = cut
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    if stop > start:
        out.append((start, stop))
