"""Which two of the lists in a sentence a tie links. Every reading is a sum of weights, each for one thing that can be seen.

Contains no words: only parts, distances and weights. The weights add up to the log of the odds that the reading is right. They are set by
hand: fitted to 200 labelled sentences they did better on those and worse on others (``benchmarks/links.py`` prints how well they do).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from twinwire.relate.links.lexicon import SAID, Lexicon
from twinwire.relate.links.lexicon import lexicon as lexicon_of
from twinwire.relate.links.lists import others
from twinwire.relate.links.nouns import Features, Group, Pair, Reading, Unit
from twinwire.relate.links.pairing import alone, together
from twinwire.relate.links.weights import WEIGHTS

NEAREST = 12                               # lists looked at around one tie
BOUND = frozenset(("between", "with", "of", "appos", "to tie", "incl", "topic"))
CARRIED = frozenset(("dateline", "before", "title"))
LOOSE = frozenset(("of other", "after", "from", "in", "to", "obj"))
_LOOSE_OR_SUBJ = LOOSE | {"subj"}
_LIGHT = frozenset((
    "skip", "kind", "land", "office", "and", "comma", "open", "close", "dash", "of", "with", "in", "to", "one", "two", "digits", "relative",
    "subj", "obj"))


class _Part(NamedTuple):
    """What a list is for one tie."""

    group: Group
    part: str
    features: Features
    worth: float                           # of the features: log of the odds


class _Tie(NamedTuple):
    """What all readings of a tie share."""

    unit: int
    weak: bool
    scene: Features
    worth: float


def readings(units: Sequence[Unit], trigger: int, groups: Sequence[Group], lexicon: Lexicon, scene: Features) -> list[Reading]:
    """Every way to link two of ``groups`` by the tie at ``trigger``, best first. ``scene`` is what holds for all of them."""
    near = sorted(groups, key=lambda g: 0 if g.carried else abs(g.first - trigger))[:NEAREST]
    seen = [_part(units, trigger, g, groups, lexicon) for g in near]
    distinct = {s.key for g in groups if not g.carried for s in g.sides}
    scene = scene | {f"tie:{units[trigger].trigger}": 1.0, "only two": int(len(distinct) == 2), "unnamed": int(_unnamed(units, trigger))}
    tie = _Tie(trigger, units[trigger].trigger == "weak", scene, score(scene))
    withs = {g.first for g, part, f, _ in seen if part in {"with", "to tie"} and not f["apart"] and not f["ties between"]}
    its, head, further = _its(units, trigger), _heading(units, groups), others(units, trigger)
    two = any("two" in u.classes for u in units)
    out: list[Reading] = []
    for one in seen:
        group, part = one.group, one.part
        for pairs, rule, more in alone(units, trigger, group, part, lexicon):
            more["two meant"] = int(two and len(pairs) == 1)
            more["no owner"] = int((its or (part == "with" and _meant(units, trigger))) and group.first > trigger)
            more["of others"] = int(further)
            more["appos, others"] = int(
                part == "appos" and any(g is not group and not g.carried for g in near)
                and not any("aux" in u.classes for u in units[trigger + 1:group.first]))
            more["headed"] = int(head is not None and head is not group)
            more["with elsewhere"] = int(bool(withs - {group.first}))
            out.append(_reading(tie, pairs, rule, (one, one), more))
    for one, other in combinations(seen, 2):
        (g, part_g, *_), (h, part_h, *_) = one, other
        keys = {s.key for s in g.sides}
        right = [s for s in h.sides if s.key not in keys]
        if not right or (g.carried and h.carried):
            continue
        pairs = tuple(product(g.sides, right))
        if len(g.sides) == len(right) > 1 and any("respective" in u.classes for u in units):
            pairs = tuple(zip(g.sides, right, strict=True))
        more = together(g.sides, right)
        more["closed"] = int(any(part == "between" and len(x.sides) > 1 for part, x in ((part_g, g), (part_h, h))))
        more["headed"] = int(head is not None and head not in (g, h))
        more["two meant"] = int(two and len(distinct) == 2)
        more[f"same:{part_g}"] = float(part_g == part_h)
        more["no owner"] = int(its and min(g.first, h.first) > trigger)
        out.append(_reading(tie, pairs, f"{part_g} + {part_h}", (one, other), more))
    return sorted(out, key=lambda r: -r.score)


def score(features: Mapping[str, float]) -> float:
    """The log of the odds."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items() if value)


def chance(log_odds: float) -> float:
    """0 … 1."""
    return 1 / (1 + math.exp(-log_odds))


def _reading(tie: _Tie, pairs: Sequence[Pair], rule: str, sides: tuple[_Part, _Part], more: Features) -> Reading:
    """``more`` is what is seen of both sides together; added to here by what depends on their parts."""
    one, other = sides
    parts = (one.part, other.part)
    if unknown := more["unknown"]:
        more["weak, unknown"] = unknown if tie.weak else 0.0
        more["carried, unknown"] = int(not CARRIED.isdisjoint(parts))
    if parts[0] != parts[1]:
        asked = bool(one.features.get("asked") or other.features.get("asked"))
        more["carried, loose"] = int(_adrift(*parts, asked) or _adrift(*parts[::-1], asked))
        more["both loose"] = int(_LOOSE_OR_SUBJ.issuperset(parts))
    total = tie.worth + one.worth + other.worth + score(more)
    return Reading(tie.unit, tuple(pairs), round(total, 3), rule, parts, (tie.scene, one.features, other.features, more))


def _adrift(part: str, other: str, asked: bool) -> bool:
    """Whether a place named elsewhere is taken with one that this tie does not hold."""
    if part not in CARRIED or (asked and other != "of other"):
        return False
    return other in LOOSE or (other == "subj" and part != "dateline")


def _part(units: Sequence[Unit], trigger: int, group: Group, groups: Sequence[Group], lexicon: Lexicon) -> _Part:
    """The part a list plays for this tie, and what speaks for it as one of its sides."""
    unsure = 1 - min(s.name.sure for s in group.sides)
    if group.carried:
        features = {f"part:{group.carried}": 1.0, "asked": int(group.mutual), "unsure": unsure, "apart": 0, "ties between": 0}
        return _Part(group, group.carried, features, score(features))
    part = _role(units, trigger, group)
    bound = part in BOUND
    low, high = (group.last, trigger) if group.last < trigger else (trigger, group.first)
    gap = units[low + 1:high]
    features = {f"part:{part}": 1.0}
    features["unsure" if bound else "unsure, loose"] = unsure
    features["unknown, loose"] = int(not bound and any(not s.name.known and s.name.sure < 0.7 for s in group.sides))
    features["far, bound" if bound else "far"] = min(8.0, sum([_weight(u, lexicon) for u in gap]))
    features["others between"] = min(3, sum([low < g.first and g.last < high for g in groups if not g.carried]))
    features["apart"] = min(2, sum(["stop" in u.classes for u in gap]))
    features["clauses"] = min(2, sum([u.text == "，" for u in gap]))
    features["ties between"] = min(2, sum([u.trigger is not None for u in gap]))
    return _Part(group, part, features, score(features))


def _role(units: Sequence[Unit], trigger: int, group: Group) -> str:
    """The list's own part, seen from one tie."""
    role = group.role
    before = group.last < trigger
    if role in {"of", "appos"} and group.cue == trigger:
        return role
    of_body = role == "body" and units[trigger].trigger != "city"  # the schools of A and B, twinned; not: … of A and B, twin cities
    if before and not of_body and (near := _owned(units, trigger, group) or _apposed(units, trigger, group)):
        return near
    if before and _relative(units, trigger, group):
        return "with"
    if role == "to":
        return "to tie" if not before and _only_light(units[trigger + 1:group.cue]) else "to"
    if role in {"of", "appos"}:
        return "of other"
    if role == "between" and before and _elsewhere(units, trigger, group):
        return "in"
    if role == "none":
        return "subj" if before or "relative" in units[group.first - 1].classes else "after"
    return role


def _elsewhere(units: Sequence[Unit], trigger: int, group: Group) -> bool:
    """Whether "between" goes with another word: "the first year of relations between A and B, C and D became …"."""
    gap = units[group.last + 1:trigger]
    return not any(u.trigger for u in units[max(0, group.cue - 2):group.cue]) and any(
        "comma" in u.classes and any(v.name for v in gap[n:]) for n, u in enumerate(gap))


def _owned(units: Sequence[Unit], trigger: int, group: Group) -> str:
    """Seattle's sister city, Stuttgarts Partnerstadt."""
    n = group.last + 1
    if units[n].text in {"'s", "'"}:
        n += 1
    elif not group.sides[-1].name.owned:
        return ""
    gap = units[n:trigger]
    return "of" if len(gap) <= 5 and not any(u.name or u.trigger or u.classes & {"comma", "stop"} for u in gap) else ""


def _apposed(units: Sequence[Unit], trigger: int, group: Group) -> str:
    """Kobe, its Japanese sister city; Kobe, a sister city of …"""
    gap = units[group.last + 1:trigger]
    if not gap or len(gap) > 6 or not gap[0].classes & {"comma", "open", "dash"}:
        return ""
    loose = sum(not u.classes & {"skip", "kind", "land", "one", "office", "of"} for u in gap[1:])
    bars = {"comma", "stop", "and", "aux", "relative", "with"}
    return "appos" if loose <= 1 and not any(u.name or u.trigger or u.classes & bars for u in gap[1:]) else ""


def _relative(units: Sequence[Unit], trigger: int, group: Group) -> bool:
    """Anshan, the city with which …"""
    for n in range(group.last + 1, min(group.last + 8, trigger - 1)):
        if units[n].name or units[n].classes & {"stop"}:
            return False
        if units[n].classes & {"with", "to"}:
            one, two = units[n + 1], units[n + 2]
            if "relative" in one.classes or ("relative" in two.classes and "skip" in one.classes and len(one.text) < 4) or (
                    "pronoun" in one.classes and two.classes & {"skip", "one"}):
                return True
    return False


def _meant(units: Sequence[Unit], trigger: int) -> bool:
    """Whether a place is spoken of before the tie that is not named there: "our town is twinned with"."""
    return any("one" in u.classes for u in units[:trigger]) and not any(u.name for u in units[:trigger])


def _unnamed(units: Sequence[Unit], trigger: int) -> bool:
    """Whether the partners are only counted: "twinned with 26 places"."""
    behind = units[trigger + 1:trigger + 5]
    if not behind or not behind[0].classes & {"with", "to"}:
        return False
    for n, unit in enumerate(behind[1:], 1):
        if unit.name or unit.classes & {"comma", "stop", "of"}:
            return False
        if "kind" in unit.classes and "digits" in behind[n - 1].classes:
            return True
    return False


def _heading(units: Sequence[Unit], groups: Sequence[Group]) -> Group | None:
    """The two places of a headline "A and B: …": what follows is about them."""
    first = next((g for g in groups if not g.carried), None)
    if first is None or first.first > 1 or len(first.sides) != 2:
        return None
    return first if any(u.text in {":", "："} for u in units[first.last + 1:first.last + 2]) else None


def _its(units: Sequence[Unit], trigger: int) -> bool:
    """Whether the tie is somebody's: "its German twin". Then that one stands before it."""
    for unit in reversed(units[max(0, trigger - 3):trigger]):
        if "one" in unit.classes and " " not in unit.text:
            return True
        if not unit.classes & {"land", "kind", "skip"}:
            return False
    return False


def _only_light(gap: Sequence[Unit]) -> bool:
    return all(u.classes & {"skip", "land"} for u in gap)


def _weight(unit: Unit, lexicon: Lexicon) -> float:
    """How much a unit carries: nothing for names, marks and small words, half for one character."""
    return 0.0 if unit.name or unit.trigger or unit.classes & _LIGHT else _weight_of(lexicon.language, unit.text)


@lru_cache(maxsize=20_000)
def _weight_of(language: str, word: str) -> float:
    words = lexicon_of(language)
    if any(words.said[k].fullmatch(word) for k in SAID):
        return 0.0
    return 0.25 if words.unspaced and len(word) == 1 else 1.0
