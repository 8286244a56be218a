"""Which readings of a sentence hold together: the best for each tie, and the pairs that go on where a sentence says "and B with C"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.lists import resumes
from twinwire.relate.links.nouns import Features, Group, Reading, Side, Unit
from twinwire.relate.links.readings import readings
from twinwire.relate.links.weights import WEIGHTS

FLOOR = -1.8                               # log of the odds below which nothing is worth keeping
_OWNERS = frozenset(("subj", "topic", "dateline", "office", "of"))
_SERIES = frozenset(("with", "of", "to tie", "incl", "by", "appos"))
_GAP = 6                                   # units between the members of a series


def choose(
    units: Sequence[Unit], groups: Sequence[Group], lexicon: Lexicon, scenes: Mapping[int, Features], hub: object = None,
) -> list[Reading]:
    """Readings of the ties at the keys of ``scenes``, each with what holds for it. Weak ties count for places no other one speaks of.

    ``hub`` is the key of the place whose ties the text is about, if it is known.
    """
    kept: list[Reading] = []
    taken: set[object] = set()             # places the stronger ties speak of
    for weak in (False, True):
        ties = [t for t in scenes if (units[t].trigger == "weak") is weak]
        options = sorted((r for t in ties if (r := readings(units, t, groups, lexicon, scenes[t]))), key=lambda o: -o[0].score)
        for option in options:
            best = _with_hub(option, kept)
            if weak and taken and (best.score < 0 or any(taken & pair for pair in best.keys)):
                continue
            if best.score >= FLOOR:
                kept.append(best)
                kept.extend(_series(units, best, groups))
                kept.extend(_beside(best, option))
                kept.extend(_others(units, best, groups, hub))
        taken = {k for r in kept if r.score >= 0 for pair in r.keys for k in pair}
    return kept


def _with_hub(options: Sequence[Reading], kept: Sequence[Reading]) -> Reading:
    """The best one; a place that already owns a tie in the sentence most likely owns this one too."""
    hubs = {k for r in kept if r.score >= 0 for k in _owners(r)}
    if not hubs:
        return options[0]
    moved = [replace(r, score=round(r.score + WEIGHTS["hub"], 3)) if any(hubs & pair for pair in r.keys) else r for r in options[:20]]
    return max(moved, key=lambda r: r.score)


def _beside(best: Reading, options: Sequence[Reading]) -> Iterator[Reading]:
    """A second couple of the same tie: "Leipzig and Hanover are partner cities, as are Dresden and Hamburg"."""
    if not best.rule.startswith("both") or best.score < 0:
        return
    mine = {k for pair in best.keys for k in pair}
    yield from (r for r in options if r.score >= 0 and r.rule.startswith("both") and not mine & {k for pair in r.keys for k in pair})


def _owners(reading: Reading) -> Iterator[object]:
    for n, part in enumerate(reading.parts):
        if part in _OWNERS and reading.parts[0] != reading.parts[1]:
            yield from {pair[n].key for pair in reading.pairs}


def _series(units: Sequence[Unit], reading: Reading, groups: Sequence[Group]) -> Iterator[Reading]:
    """Lists behind a reading that go on with it: "… with B, and with C", "… with B, and C with D"."""
    if reading.parts[0] == reading.parts[1] or reading.score < 0:
        return
    part = next((p for p in reversed(reading.parts) if p in _SERIES), None)
    if part is None:
        return
    n = len(reading.parts) - 1 - reading.parts[::-1].index(part)
    mine = {pair[n].key for pair in reading.pairs}
    heads = list({pair[1 - n].key: pair[1 - n] for pair in reading.pairs}.values())
    at = next((i for i, g in enumerate(groups) if mine <= {s.key for s in g.sides} and not g.carried), None)
    if at is None:
        return
    last = groups[at]
    i = at + 1
    while i < len(groups) and not groups[i].carried:
        group = groups[i]
        gap = units[last.last + 1:group.first]
        behind = groups[i + 1] if i + 1 < len(groups) else None
        if behind and not behind.carried and _goes_on(gap) and behind.role == "with" and _resumed(units[group.last + 1:behind.first]):
            yield _more(reading, group.sides, behind.sides, "and with")
            last, i = behind, i + 2
        elif group.role == last.role and group.role != "none" and _goes_on(gap) and not any(u.name for u in gap):
            yield _more(reading, heads, group.sides, f"{part} and {part}")
            last, i = group, i + 1
        else:
            return


def _goes_on(gap: Sequence[Unit]) -> bool:
    if not 0 < len(gap) <= _GAP or any(u.trigger or "aux" in u.classes for u in gap):
        return False
    return any(u.classes & {"and", "comma", "stop"} for u in gap)


def _others(units: Sequence[Unit], reading: Reading, groups: Sequence[Group], hub: object) -> Iterator[Reading]:
    """Further partners of the hub: "A and B are twinned now; other cities with such treaties are C and D"."""
    owner = next((s for pair in reading.pairs for s in pair if s.key == hub), None)
    if owner is None or reading.score < 0:
        return
    for group in groups:
        gap = units[reading.trigger + 1:group.first]
        if group.carried or group.role != "incl" or group.cue < reading.trigger or any(u.name or u.trigger for u in gap):
            continue
        if any("other" in u.classes and "kind" in v.classes for u, v in pairwise(gap)):
            yield _more(reading, [owner], group.sides, "others incl")


def _resumed(gap: Sequence[Unit]) -> bool:
    """ "B with C", "B l'est avec C": nothing much before "with"."""
    return len(gap) <= 3 or resumes(gap)


def _more(reading: Reading, left: Sequence[Side], right: Sequence[Side], rule: str) -> Reading:
    pairs = tuple((a, b) for a, b in product(left, right) if a.key != b.key)
    return replace(reading, pairs=pairs, score=round(reading.score - 0.3, 3), rule=rule, seen=())


def scene(told: bool, doubt: bool, topical: bool) -> Features:
    """What holds for every reading of a tie: what the sentence says of it, and whether the text is about such ties."""
    return {"bias": 1, "told": int(told), "doubt": int(doubt), "of the matter": int(topical)}
