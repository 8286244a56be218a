"""Pairs within one list and across two, and what speaks for them before any tie is looked at: names, levels, lands, marks between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from twinwire.records import Level, Place
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.nouns import Features, Group, Pair, Reading, Side, Unit

_WITH_TOO = frozenset("与和同跟及と와과暨")    # "and" in languages where it also means "with"
_NEAR = 40.0                               # km
_DASHES = frozenset("-–—－~")


def alone(
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
                      "alone of bond": int(bond and part in {"by", "of", "from"}), "dated": int(group.dated)}
    if len(members) == 2:
        yield [(members[0], members[1])], f"both {part}", base | together(members[:1], members[1:])
        return
    mutual = any("mutual" in u.classes for u in units)
    each: Features = {"many": 1, "mutual": int(mutual)}
    yield list(combinations(members, 2)), f"all {part}", base | each | together(members[:1], members[1:])
    if split := _split(members, group.seps):
        yield list(product(*split)), f"parted {part}", base | {"parted": 1.0} | together(*split)
    if chunks := _chunks(members, group.seps):
        yield chunks, f"pairwise {part}", base | {"pairwise": 1.0} | together(chunks[0][:1], chunks[0][1:])


def _bond(units: Sequence[Unit], trigger: int, lexicon: Lexicon) -> bool:
    """Whether the words name the tie and not one of its sides: twinning, sister-city accord."""
    behind = units[trigger + 1].text if trigger + 1 < len(units) and units[trigger + 1].name is None else ""
    return lexicon.bond.fullmatch(units[trigger].text) is not None or (len(behind) > 1 and lexicon.bond.fullmatch(behind) is not None)


def names_a_side(units: Sequence[Unit], reading: Reading, lexicon: Lexicon) -> bool:
    """Whether the words of the tie only say what a place is: "its sister city Jinan", "the sister cities of Kent and Jinan"."""
    named = ("appos" in reading.parts and reading.parts[0] != reading.parts[1]) or reading.rule == "both of"
    return named and units[reading.trigger].trigger == "city" and not _bond(units, reading.trigger, lexicon)


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


def _neighbours(a: Place, b: Place) -> bool:
    """Two cities of a country so near each other that they are twins by where they lie: Hyderabad and Secunderabad."""
    return a.country_code == b.country_code and a.level is b.level is Level.CITY and (km := a.km_from(b)) is not None and km < _NEAR


def together(left: Sequence[Side], right: Sequence[Side]) -> Features:
    """What speaks for two sides taken together."""
    out: Features = {}
    out["unknown"] = sum(any(not s.name.known and s.name.sure < 0.7 for s in side) for side in (left, right))
    out["sure"] = int(all(s.name.known and s.name.sure >= 0.8 for s in (*left, *right)))
    pairs = list(product(left[:4], right[:4]))
    known = [(a.located.place, b.located.place) for a, b in pairs if a.located.place and b.located.place]
    out["abroad"] = int(bool(known) and all(a.country_code != b.country_code for a, b in known))
    out["neighbours"] = int(len(known) == 1 and _neighbours(*known[0]))
    out["levels"] = int(any(a.level != b.level for a, b in known))
    alike = len(left) == len(right) == 1 and left[0].name.name.casefold() == right[0].name.name.casefold()
    out["namesakes"] = int(alike or (len(known) == 1 and known[0][0].name == known[0][1].name))
    by_name = any(a.level_of != b.level_of and "region" in {a.level_of, b.level_of} for a, b in pairs)
    out["levels by name"] = int(by_name and not out["levels"])
    out["holds"] = int(any(a.level != b.level and (a.country_code, a.admin1_code) == (b.country_code, b.admin1_code)
                           and Level.ADMIN1 in {a.level, b.level} for a, b in known))
    return out
