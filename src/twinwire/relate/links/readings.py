"""Which two of the lists in a sentence a tie links. Every reading is a sum of weights, each for one thing that can be seen.

Contains no words: only parts, distances and weights. The weights add up to the log of the odds that the reading is right. They are set by
hand: fitted to 200 labelled sentences they did better on those and worse on others (``benchmarks/links.py`` prints how well they do).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from twinwire.records import Level
from twinwire.relate.links.lexicon import SAID, Lexicon
from twinwire.relate.links.nouns import Group, Pair, Reading, Side, Unit
from twinwire.relate.links.weights import WEIGHTS

NEAREST = 12                               # lists looked at around one tie
BOUND = frozenset(("between", "with", "of", "appos", "to tie", "incl", "topic"))
CARRIED = frozenset(("dateline", "before", "title"))
LOOSE = frozenset(("of other", "after", "from", "in", "to", "obj"))
_LIGHT = frozenset((
    "skip", "kind", "land", "office", "and", "comma", "open", "close", "dash", "of", "with", "in", "to", "one", "two", "digits", "relative",
    "subj", "obj"))
_WITH_TOO = frozenset("与和同跟及と와과暨")    # "and" in languages where it also means "with"
_DASHES = frozenset("-–—－~")

Features = dict[str, float]               # what is seen, and how much of it


def readings(units: Sequence[Unit], trigger: int, groups: Sequence[Group], lexicon: Lexicon, scene: Features) -> list[Reading]:
    """Every way to link two of ``groups`` by the tie at ``trigger``, best first. ``scene`` is what holds for all of them."""
    near = sorted(groups, key=lambda g: 0 if g.carried else abs(g.first - trigger))[:NEAREST]
    seen = [(g, *_part(units, trigger, g, groups, lexicon)) for g in near]
    scene = scene | {f"tie:{units[trigger].trigger}": 1.0}
    distinct = {s.key for g in groups if not g.carried for s in g.sides}
    scene["only two"] = int(len(distinct) == 2)
    withs = {g.first for g, part, f in seen if part in {"with", "to tie"} and not f["apart"] and not f["ties between"]}
    its, head = _its(units, trigger), _heading(units, groups)
    two = any("two" in u.classes for u in units)
    out: list[Reading] = []
    for group, part, features in seen:
        for pairs, rule, more in _alone(units, trigger, group, part, lexicon):
            more["two meant"] = int(two and len(pairs) == 1)
            more["no owner"] = int(its and group.first > trigger)
            more["appos, others"] = int(
                part == "appos" and any(g is not group and not g.carried for g in near)
                and not any("aux" in u.classes for u in units[trigger + 1:group.first]))
            more["headed"] = int(head is not None and head is not group)
            more["with elsewhere"] = int(bool(withs - {group.first}))
            out.append(_reading(trigger, pairs, rule, _sum(scene, features, features, more), (part, part)))
    for (g, part_g, one), (h, part_h, other) in combinations(seen, 2):
        keys = {s.key for s in g.sides}
        right = [s for s in h.sides if s.key not in keys]
        if not right or (g.carried and h.carried):
            continue
        pairs = tuple(product(g.sides, right))
        if len(g.sides) == len(right) > 1 and any("respective" in u.classes for u in units):
            pairs = tuple(zip(g.sides, right, strict=True))
        more = _together(g.sides, right)
        more["closed"] = int(any(part == "between" and len(x.sides) > 1 for part, x in ((part_g, g), (part_h, h))))
        more["headed"] = int(head is not None and head not in (g, h))
        more["two meant"] = int(two and len(distinct) == 2)
        more[f"same:{part_g}"] = float(part_g == part_h)
        more["no owner"] = int(its and min(g.first, h.first) > trigger)
        out.append(_reading(trigger, pairs, f"{part_g} + {part_h}", _sum(scene, one, other, more), (part_g, part_h)))
    return sorted(out, key=lambda r: -r.score)


def _sum(*many: Mapping[str, float]) -> Features:
    out: Features = {}
    for features in many:
        for name, value in features.items():
            out[name] = out.get(name, 0.0) + value
    return out


def score(features: Mapping[str, float]) -> float:
    """The log of the odds."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())


def chance(log_odds: float) -> float:
    """0 … 1."""
    return 1 / (1 + math.exp(-log_odds))


def _reading(trigger: int, pairs: Sequence[Pair], rule: str, features: Features, parts: tuple[str, str]) -> Reading:
    features["weak, unknown"] = features.get("tie:weak", 0.0) * features["unknown"]
    features["carried, unknown"] = int(features["unknown"] > 0 and any(p in {"dateline", "before", "title"} for p in parts))
    features["carried, loose"] = int(parts[0] != parts[1] and any(_adrift(*p, bool(features.get("asked"))) for p in (parts, parts[::-1])))
    features["both loose"] = int(parts[0] != parts[1] and all(part in LOOSE | {"subj"} for part in parts))
    told = tuple((k, float(v)) for k, v in features.items() if v)
    return Reading(trigger, tuple(pairs), round(score(dict(told)), 3), rule, parts, told)


def _adrift(part: str, other: str, asked: bool) -> bool:
    """Whether a place named elsewhere is taken with one that this tie does not hold."""
    if part not in CARRIED or (asked and other != "of other"):
        return False
    return other in LOOSE or (other == "subj" and part != "dateline")


def _part(units: Sequence[Unit], trigger: int, group: Group, groups: Sequence[Group], lexicon: Lexicon) -> tuple[str, Features]:
    """The part a list plays for this tie, and what speaks for it as one of its sides."""
    unsure = 1 - min(s.name.sure for s in group.sides)
    if group.carried:
        return group.carried, {f"part:{group.carried}": 1, "asked": int(group.mutual), "unsure": unsure, "apart": 0, "ties between": 0}
    part = _role(units, trigger, group)
    bound = part in BOUND
    low, high = (group.last, trigger) if group.last < trigger else (trigger, group.first)
    gap = units[low + 1:high]
    features: Features = {f"part:{part}": 1}
    features["unsure" if bound else "unsure, loose"] = unsure
    features["unknown, loose"] = int(not bound and any(not s.name.known and s.name.sure < 0.7 for s in group.sides))
    features["far, bound" if bound else "far"] = min(8.0, sum(_weight(u, lexicon) for u in gap))
    features["others between"] = min(3, sum(low < g.first and g.last < high for g in groups if not g.carried))
    features["apart"] = min(2, sum("stop" in u.classes for u in gap))
    features["clauses"] = min(2, sum(u.text == "，" for u in gap))
    features["ties between"] = min(2, sum(u.trigger is not None for u in gap))
    return part, features


def _role(units: Sequence[Unit], trigger: int, group: Group) -> str:
    """The list's own part, seen from one tie."""
    role = group.role
    before = group.last < trigger
    if role in {"of", "appos"} and group.cue == trigger:
        return role
    if before and (near := _owned(units, trigger, group) or _apposed(units, trigger, group)):
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
    if unit.name or unit.trigger or unit.classes & _LIGHT:
        return 0.0
    if any(lexicon.said[k].fullmatch(unit.text) for k in SAID):
        return 0.0
    return 0.25 if lexicon.unspaced and len(unit.text) == 1 else 1.0


def _alone(
    units: Sequence[Unit], trigger: int, group: Group, part: str, lexicon: Lexicon,
) -> Iterator[tuple[Sequence[Pair], str, Features]]:
    """A list whose members are linked with each other: pairs, rule, what speaks for it besides the part."""
    members = list({s.key: s for s in group.sides}.values())
    if len(members) < 2:
        return
    bond, plural = _bond(units, trigger, lexicon), lexicon.plural.fullmatch(units[trigger].text) is not None
    noun = part in {"of", "appos"} and not plural and not bond
    base: Features = {f"alone:{part}": 1, "plural": int(plural or bond), "single": int(noun),
                      "dash": int(bool(group.seps) and set(group.seps) <= _DASHES),
                      "alone of bond": int(bond and part in {"by", "of", "from"})}
    if len(members) == 2:
        yield [(members[0], members[1])], f"both {part}", _sum(base, _together(members[:1], members[1:]))
        return
    mutual = any("mutual" in u.classes for u in units)
    each: Features = {"many": 1, "mutual": int(mutual)}
    yield list(combinations(members, 2)), f"all {part}", _sum(base, each, _together(members[:1], members[1:]))
    if split := _split(members, group.seps):
        yield list(product(*split)), f"parted {part}", _sum(base, {"parted": 1}, _together(*split))
    if chunks := _chunks(members, group.seps):
        yield chunks, f"pairwise {part}", _sum(base, {"pairwise": 1}, _together(chunks[0][:1], chunks[0][1:]))


def _bond(units: Sequence[Unit], trigger: int, lexicon: Lexicon) -> bool:
    """Whether the words name the tie and not one of its sides: twinning, sister-city accord."""
    behind = units[trigger + 1].text if trigger + 1 < len(units) and units[trigger + 1].name is None else ""
    return lexicon.bond.fullmatch(units[trigger].text) is not None or (len(behind) > 1 and lexicon.bond.fullmatch(behind) is not None)


def _split(members: Sequence[Side], seps: str) -> tuple[Sequence[Side], Sequence[Side]] | None:
    """Where "and" also means "with" (与, と, 와): the one place in a list where it stands parts the two sides."""
    marks = [i for i, s in enumerate(seps) if s in _WITH_TOO]
    if len(seps) != len(members) - 1 or len(marks) != 1:
        return None
    return members[:marks[0] + 1], members[marks[0] + 1:]


def _chunks(members: Sequence[Side], seps: str) -> list[Pair]:
    """A与B、C与D: pairs one after the other."""
    if len(members) < 4 or len(members) % 2 or len(seps) != len(members) - 1:
        return []
    if any((s in _WITH_TOO) != (i % 2 == 0) for i, s in enumerate(seps)):
        return []
    return [(members[i], members[i + 1]) for i in range(0, len(members), 2)]


def _together(left: Sequence[Side], right: Sequence[Side]) -> Features:
    """What speaks for two sides taken together."""
    out: Features = {}
    out["unknown"] = sum(any(not s.name.known and s.name.sure < 0.7 for s in side) for side in (left, right))
    out["sure"] = int(all(s.name.known and s.name.sure >= 0.8 for s in (*left, *right)))
    pairs = list(product(left[:4], right[:4]))
    known = [(a.located.place, b.located.place) for a, b in pairs if a.located.place and b.located.place]
    out["abroad"] = int(bool(known) and all(a.country_code != b.country_code for a, b in known))
    out["levels"] = int(any(a.level != b.level for a, b in known))
    out["namesakes"] = int(len(known) == 1 and known[0][0].name == known[0][1].name)
    by_name = any(a.level_of != b.level_of and "region" in {a.level_of, b.level_of} for a, b in pairs)
    out["levels by name"] = int(by_name and not out["levels"])
    out["holds"] = int(any(a.level != b.level and (a.country_code, a.admin1_code) == (b.country_code, b.admin1_code)
                           and Level.ADMIN1 in {a.level, b.level} for a, b in known))
    return out
