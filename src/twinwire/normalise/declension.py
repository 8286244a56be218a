"""Russian and Ukrainian names of places in their other cases: what the first case may be. Best effort; adjectives are left alone."""

from __future__ import annotations

from collections.abc import Iterator

# Ending of a case and what the first case ends with instead.
_CASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ами", ("ы", "и", "а")), ("ями", ("и", "я")), ("ою", ("а",)), ("ой", ("а", "ая")), ("ей", ("я", "ь", "и")), ("ем", ("ь", "й", "")),
    ("ом", ("", "о")), ("ым", ("", "ый")), ("ов", ("ы",)), ("ах", ("ы", "и")), ("ях", ("и",)), ("ии", ("ия",)), ("ию", ("ия",)),
    ("ью", ("ь",)), ("ої", ("а",)), ("ії", ("ія",)), ("ію", ("ія",)), ("а", ("", "о")), ("у", ("", "а", "о")), ("ы", ("а", "")),
    ("и", ("ь", "а", "я")), ("і", ("а", "ь", "")), ("е", ("а", "", "ь", "о")), ("ю", ("я", "ь", "й")), ("я", ("ь", "й")),
)
_LEAST = 5  # letters of a word that is worth turning


def first_cases(name: str) -> Iterator[str]:
    """What ``name`` may be in the first case, nearest first; only its last word is turned. Nothing for other alphabets."""
    if not name or not "\u0400" <= name[0] <= "\u04ff":
        return
    cut = max(name.rfind(" "), name.rfind("-")) + 1
    head, word = name[:cut], name[cut:]
    if len(word) < _LEAST:
        return
    for end, firsts in _CASES:
        if word.endswith(end):
            yield from (head + word[:len(word) - len(end)] + first for first in firsts)
