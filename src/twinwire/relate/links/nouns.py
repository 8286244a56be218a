"""What the modules of this package hand to each other. Contains no behaviour beyond construction.

All offsets are code points into one sentence, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from twinwire.normalise.placenames import fold, suffix_level
from twinwire.records import Level, Located

DISTRICT = ("区", "區", "구", "ward", "district", "borough", "bezirk")
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Name:
    """``text[start:stop]`` may name a place; ``name`` is what to look up."""

    start: int
    stop: int
    name: str
    sure: float = 1.0                      # 0 … 1: that it is the name of a place and nothing else
    known: bool = True                     # the atlas has it
    owned: bool = False                    # in the genitive: Stuttgarts


@dataclass(slots=True)                     # not frozen: a text has thousands, and that doubles what one costs
class Unit:
    """A piece of a sentence: a name, a country, words of a tie, a word, a mark. Never changed."""

    start: int
    stop: int
    text: str                              # in lower case
    classes: frozenset[str] = NONE         # parts it may play, as in the lexicon; "land" and "stop" besides
    name: Name | None = None
    trigger: str | None = None             # city | tie | weak
    land: str | None = None                # ISO code of the country it names or is an adjective of


@dataclass(slots=True)
class Side:
    """A place that may be linked, with what qualifies it. ``first`` and ``last`` count units, both inclusive."""

    name: Name
    first: int
    last: int
    at: int                                # the unit of the name itself
    region: str | None = None
    land: str | None = None
    located: Located = field(default_factory=lambda: Located(surface="", place=None))

    @property
    def key(self) -> object:
        """Equal for two mentions of one place."""
        place = self.located.place
        return place.place_id if place else self.located.surface.casefold()

    @property
    def level_of(self) -> str:
        """region, city or district."""
        place = self.located.place
        return "region" if place and place.level is Level.ADMIN1 else _level_of(self.name.name, place is not None)


@lru_cache(maxsize=5_000)
def _level_of(name: str, known: bool) -> str:
    name = name.casefold()
    if name.endswith(DISTRICT):
        return "district"
    return "region" if not known and suffix_level(fold(name)) is Level.ADMIN1 else "city"


Pair = tuple[Side, Side]
Features = dict[str, float]               # what is seen, and how much of it


@dataclass(slots=True)
class Group:
    """Places listed together. ``role`` is the part they play, ``cue`` the unit that says so; both depend on no tie."""

    sides: list[Side]
    role: str = "none"
    cue: int = -1
    seps: str = ""                         # what stands between the members
    dated: bool = False                    # each with its year in brackets: partners of a third
    carried: str = ""                      # "", or where it was taken from: dateline, before, title
    mutual: bool = False

    @property
    def at(self) -> int:
        """The unit of the first name."""
        return self.sides[0].at

    @property
    def first(self) -> int:
        """First unit, qualifiers included."""
        return self.sides[0].first

    @property
    def last(self) -> int:
        """Last unit, qualifiers included."""
        return self.sides[-1].last


@dataclass(frozen=True, slots=True)
class Reading:
    """Places that a tie may link, with what speaks for it."""

    trigger: int                           # unit
    pairs: tuple[Pair, ...]
    score: float                           # log of the odds
    rule: str
    parts: tuple[str, str]                 # of the first and of the second side of every pair
    seen: tuple[Mapping[str, float], ...] = ()  # what holds for the tie, for each of the sides, for both together

    @property
    def keys(self) -> frozenset[frozenset[object]]:
        """The pairs, by place."""
        return frozenset(frozenset((a.key, b.key)) for a, b in self.pairs)

    @property
    def features(self) -> dict[str, float]:
        """All that was seen, and how much of it."""
        out: dict[str, float] = {}
        for name, value in chain.from_iterable(s.items() for s in self.seen):
            out[name] = out.get(name, 0.0) + value
        return {k: v for k, v in out.items() if v}


def is_country(unit: Unit) -> bool:
    """A name of a country, and not an adjective: those come before a name."""
    return unit.classes == {"land"}
