"""Lists of places in a sentence: names joined by commas and "and". Knows no words but the classes the lexicon gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twinwire.relate.links.nouns import Group, Side, Unit
from twinwire.relate.links.parts import part_before, part_behind

_WITH = frozenset("与和同跟")              # "and" that also means "with"
_DASHES = frozenset("-–—－~")


def groups(units: Sequence[Unit], found: Sequence[Side], unspaced: bool) -> list[Group]:
    """Lists of places with the part each plays, in order."""
    out: list[Group] = []
    for n, side in enumerate(found):
        seps = _joined(units, out[-1].seps, out[-1].sides[-1], side, found[n + 1] if n + 1 < len(found) else None) if out else ""
        if seps:
            out[-1].dated |= "open" in units[out[-1].last + 1].classes
            out[-1].sides.append(side)
            out[-1].seps += seps
        else:
            out.append(Group([side], seps=""))
    out = [part for group in out for part in _fronted(units, group)]
    if unspaced:
        out = list(_in_clauses(units, out))
    for group in out:
        _vouch(group, cities=_called_cities(units[group.last + 1:]))
    for group in out:
        group.role, group.cue = part_before(units, group.first, unspaced)
        if group.last + 2 < len(units) and units[group.last + 1].text in {"'s", "'"} and units[group.last + 2].classes & {"kind", "body"}:
            group.role, group.cue = "body", group.last + 2  # Chișinău's neighbour, Kobe's airport
        elif not unspaced and _is_body(units, group.last + 1):
            group.role, group.cue = "body", group.last + 1  # Hamburg airport
        if group.role not in {"appos", "of"} and (unspaced or units[group.at].text[:1] >= "\uac00"):
            role, cue = part_behind(units, group)
            group.role, group.cue = (role, cue) if role else (group.role, group.cue)
    return out


def others(units: Sequence[Unit], trigger: int) -> bool:
    """Whether the words of a tie speak of further partners of a place: "the other twin towns", "weitere Partnerstädte"."""
    return any("other" in u.classes for u in units[max(0, trigger - 3):trigger + 2])


def further(units: Sequence[Unit]) -> bool:
    """Whether any tie of the sentence is with others."""
    return any(others(units, n) for n, u in enumerate(units) if u.trigger)


def ownerless(units: Sequence[Unit], found: Sequence[Group]) -> bool:
    """Whether none of the places can own the ties the sentence tells of: "is linked with A, B and C", "the other twins are A and B"."""
    return further(units) or (bool(found) and all(g.role in {"with", "appos", "incl"} for g in found))


def _fronted(units: Sequence[Unit], group: Group) -> Iterator[Group]:
    """"With Chemnitz, Manchester formed …" is no list."""
    if group.seps == "," and _preposition(units, group.first):
        yield from (Group([side]) for side in group.sides)
    else:
        yield group


def _in_clauses(units: Sequence[Unit], out: Sequence[Group]) -> Iterator[Group]:
    """A与B结好，与C结好: the clause that begins with 与 has its subject in the first, where 与 then means "with" too."""
    for n, group in enumerate(out):
        split = len(group.sides) == 2 and group.seps in _WITH and any(_begins_with(units, later) for later in out[n + 1:])
        yield from ([Group([side]) for side in group.sides] if split else [group])


def _begins_with(units: Sequence[Unit], group: Group) -> bool:
    """Whether a clause begins with 与 and this list."""
    for n in range(group.first - 1, 0, -1):
        if units[n].text in _WITH:
            back = n - 1
            while back > 0 and units[back].classes & {"skip", "digits", "time"}:
                back -= 1
            told, telling = units[:back], units[group.last + 1:]
            return units[back].text in {"，", "；"} and all(any(u.trigger for u in part) for part in (told, telling))
        if not units[n].classes & {"land", "skip", "kind"}:
            return False
    return False


def _is_body(units: Sequence[Unit], at: int) -> bool:
    """Whether a word for a body stands at ``at``, right behind a name, and can mean nothing else."""
    return at < len(units) and "body" in units[at].classes and not units[at].classes & {"kind", "office", "skip", "and"}


def _called_cities(behind: Sequence[Unit]) -> bool:
    """Whether it says so behind a Chinese list: 等城市, 等35座城市."""
    if not behind or behind[0].text != "等":
        return False
    return next((n for n, u in enumerate(behind[1:5]) if "kind" in u.classes), 9) <= sum("digits" in u.classes for u in behind[1:3]) + 1


def _vouch(group: Group, *, cities: bool) -> None:
    """In a list with a name that is beyond doubt, or that is called one of cities, the others are names of places too."""
    if len(group.sides) > 1 and (cities or any(s.name.sure == 1 for s in group.sides)):
        for side in group.sides:
            side.name = replace(side.name, sure=max(side.name.sure, 0.9 if side.name.known else 0.8))


def _joined(units: Sequence[Unit], seps_before: str, one: Side, two: Side, third: Side | None) -> str:
    """What joins two neighbours into one list, one character per mark or word; "" where nothing does."""
    gap = _without_years(units[one.last + 1:two.first])
    if not gap or len(gap) > 6:
        return ""
    seps = ""
    prep = _preposition(units, one.first)
    for unit in gap:
        if unit.trigger or unit.name or unit.classes & {"stop", "open", "relative", "subj", "obj"}:
            return ""
        if unit.text == "，" or {"dash", "incl"} <= unit.classes:
            return ""
        if unit.classes & {"and", "comma", "dash"}:
            seps += unit.text[0]
        elif not _passes(unit, prep):
            return ""
    if seps and _ended(seps_before, seps):
        return ""
    if seps and third is not None and not set(seps) & _DASHES and _gapping(units, two, third):
        return ""
    return seps


def _without_years(gap: Sequence[Unit]) -> Sequence[Unit]:
    """What stands between two names but for a number in brackets: "Dortmund (1969), Lille (1968)"."""
    if len(gap) > 3 and "open" in gap[0].classes and "digits" in gap[1].classes:
        return gap[3:] if "close" in gap[2].classes else gap[4:] if "close" in gap[3].classes else gap
    return gap


def _ended(before: str, seps: str) -> bool:
    """Whether a list was at its end: behind "A and B" a comma begins something else."""
    return before[-1:].isalpha() and before[-1:] < "\u2e80" and seps == ","


def _passes(unit: Unit, prep: str) -> bool:
    """Whether a list may go on over ``unit``: a small word, what the place is, the preposition of its first member again."""
    if unit.classes & {"skip", "kind", "land", "office"} and not unit.classes & {"with", "from", "in", "to", "by", "between"}:
        return True
    return unit.text == prep or ("of" in unit.classes and unit.text not in {"'s", "'", "的", "の", "의"}) or "close" in unit.classes


def _gapping(units: Sequence[Unit], two: Side, third: Side) -> bool:
    """ "…, and Janakpur with Ayodhya": the member begins a pair of its own."""
    gap = units[two.last + 1:third.first]
    if 0 < len(gap) <= 2 and "with" in gap[0].classes and "and" not in gap[0].classes:
        return True
    return resumes(gap) and "with" in gap[-1].classes and any("aux" in u.classes for u in gap)  # "et Nancy l'est avec …"


def resumes(gap: Sequence[Unit]) -> bool:
    """Whether nothing but small words that take up a verb again stands between two names: "l'est avec", "ist es mit"."""
    return 0 < len(gap) <= 5 and all(u.classes & {"skip", "aux", "of", "with"} and not u.classes & {"and", "comma"} for u in gap)


def _preposition(units: Sequence[Unit], first: int) -> str:
    """The preposition that stands before a name, if one does."""
    for j in range(first - 1, max(-1, first - 4), -1):
        if units[j].classes & {"with", "of", "from", "to", "in", "between"} and not units[j].classes & {"comma", "land"}:
            return units[j].text
        if not units[j].classes & {"skip", "kind", "land"}:
            break
    return ""
