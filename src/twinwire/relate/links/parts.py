"""The part a list of places plays in its sentence: by the word before it, or the particle behind. Looks at no tie in particular.

Parts: with, between, of, from, by, incl, to, in, subj, topic, obj, appos (right behind words of a tie), office and body ("the mayor of",
"the port of"), "of other", none.
"""

from __future__ import annotations

from collections.abc import Sequence

from twinwire.relate.links.nouns import Group, Unit, is_country

_BACK = 7                                  # units looked at before a name for the word that tells its part
_ROLES = ("with", "between", "from", "by", "incl", "to", "in")


def part_before(units: Sequence[Unit], first: int, unspaced: bool) -> tuple[str, int]:
    """Part a list plays by what stands before it, and the unit that says so."""
    loose = 1
    for j in range(first - 1, max(-1, first - 1 - _BACK), -1):
        unit = units[j]
        if unit.trigger or ("comma" in unit.classes and j and units[j - 1].trigger in {"city", "tie"}
                            and not unspaced and not units[j - 1].text.endswith(("ed", "ing"))):
            return "appos", j if unit.trigger else j - 1
        if unit.classes & {"time", "digits"} and not unspaced:
            return "none", j
        if "body" in unit.classes and loose and not unit.classes & {"kind", "office"} and not unspaced:
            return "body", j
        if unit.name or (unit.land and (unspaced or is_country(unit))):
            return "none", j
        if "of" in unit.classes and not unspaced:
            head, at = _head(units, j)
            if head == "kind":
                continue
            return head, at
        if role := next((r for r in _ROLES if r in unit.classes), None):
            return role, j
        if unit.classes & {"comma", "stop", "open", "close", "dash", "relative"} or unit.text in {"¿", "¡", "?", "!"}:
            return "none", j
        if not unit.classes & {"kind", "skip", "land", "and", "office"}:
            loose -= 1
            if loose < 0:
                return "none", j
    return "none", -1


def _head(units: Sequence[Unit], j: int) -> tuple[str, int]:
    """Whose "of" it is, and where that stands: of a tie, an office, a body, or what the place is."""
    for k in range(j - 1, max(-1, j - 4), -1):
        unit = units[k]
        if unit.trigger:
            return "of", k
        for kind in ("body", "office", "kind"):
            if kind in unit.classes:
                return kind, k
        if unit.name or not unit.classes & {"skip", "land"}:
            break
    return "of other", j


def part_behind(units: Sequence[Unit], group: Group) -> tuple[str, int]:
    """Part a list plays by the particle behind it."""
    n = group.last + 1
    while n < len(units) and "incl" in units[n].classes and n <= group.last + 2:
        n += 1                             # など, 等, 등
    if n >= len(units):
        return "", -1
    unit = units[n]
    if unit.text in {"長", "长"} and n == group.last + 1:
        return "office", n                 # 長谷川鴨川市長
    if unit.trigger:
        return ("of", n) if unit.trigger == "city" and len(group.sides) == 1 else ("subj", n)
    if "of" in unit.classes and len(units) > n + 2 and "digits" in units[n + 1].classes and "kind" in units[n + 2].classes:
        return "", -1                      # "AとBの2都市": only how many they are
    if "of" in unit.classes:
        return _owner(units, n)
    for role in ("with", "subj", "from", "to", "in", "obj"):
        if role in unit.classes and not unit.classes & {"comma"}:
            if role == "subj":
                return "topic", n
            if role == "with" and unit.text in {"与", "和", "同", "跟", "及", "以及", "暨"}:
                return "", -1
            return role, n
    if "body" in unit.classes:
        return "body", n
    return "", -1


def _owner(units: Sequence[Unit], n: int) -> tuple[str, int]:
    """"の", "의", "的": of a tie that follows, of an office, of a body."""
    for k in range(n + 1, min(n + 7, len(units))):
        unit = units[k]
        if unit.trigger:
            return "of", k
        if "body" in unit.classes:
            return "body", k
        if "office" in unit.classes:
            return "office", k
        if unit.name or unit.classes & {"comma", "stop"}:
            break
    return "of other", n
