"""What the modules of this package hand to each other. Contains no behaviour beyond construction.

All offsets are code points into one sentence, half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twinwire.records import Located

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


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a sentence: a name, a country, words of a tie, a word, a mark."""

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


@dataclass(slots=True)
class Group:
    """Places listed together. ``role`` is the part they play, ``cue`` the unit that says so; both depend on no tie."""

    sides: list[Side]
    role: str = "none"
    cue: int = -1
    seps: str = ""                         # what stands between the members
    carried: str = ""                      # "", or where it was taken from: dateline, before, title
    mutual: bool = False

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
    """Two groups (or one with itself) that a tie may link, with what speaks for it."""

    trigger: int                           # unit
    left: tuple[Side, ...]
    right: tuple[Side, ...]                # empty: all members of ``left`` with each other
    score: float
    rule: str
