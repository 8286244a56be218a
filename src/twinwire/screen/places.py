"""Is a tie between places one within a country? Says yes only when it is sure. Knows no gazetteer: it is given the places.

Sure means: the passages that speak of the tie name two cities of one country that lie apart, or a city and a region of it that the city is
not in, and nothing in the whole text, no place, no nationality and no word for "abroad", points to another country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from twinwire.records import Level, Mention, Place
from twinwire.screen.match import Hit
from twinwire.screen.page import Page
from twinwire.screen.terms import Strength

_SURE = 0.5             # confidence from which a place counts
_CERTAIN = 0.75         # … where other places are called so too: Limerick of Pennsylvania or of Ireland
_APART = 40.0           # km: nearer ones may be a city and its suburb, or a district of it
_AGAIN = 3              # times that a text names what it is about, at least; and once in so many passages
_EVERY = 4
_MOST = 10              # cities and regions that are compared
_FIELDS = frozenset(("title", "summary", "body"))
_SAME = {"KP": "KR"}    # the two Koreas share the names of their counties, and hardly a tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a text says of where it plays: the places it names, and every country it points to (ISO 3166-1 alpha-2)."""

    mentions: Sequence[Mention] = ()
    countries: frozenset[str] = frozenset()

    def abroad_near(self, hit: Hit, page: Page) -> str | None:
        """A city or region near ``hit`` and one of another country beside it, or None. "Paris and Berlin" is enough, "France and Germany"
        is not: states have friendships too."""
        return _two_lands(_near(self, page, [hit]))

    def throughout(self, hit: Hit, page: Page) -> str | None:
        """Two cities or regions of different countries near ``hit`` that the whole text is about, in words, or None: each is named again
        and again, as what is mentioned in a clause is not."""
        often = Counter(m.located.place.place_id for m in self.mentions if m.located.place)
        least = max(_AGAIN, page.length // (_EVERY * page.passage))
        return _two_lands([(m, place) for m, place in _near(self, page, [hit]) if often[place.place_id] >= least])

    def of_rule(self, name: str, hit: Hit, page: Page) -> str | None:
        """The places near ``hit`` that a rule asks for, in words: ``two countries`` as above; ``abroad`` also one city or region beside
        the name of another country; ``region`` a part of a country."""
        found = _near(self, page, [hit])
        if name == "region":
            return next((m.located.surface for m, place in found if place.level is Level.ADMIN1), None)
        joined = _two_lands(found)
        return joined if joined or name != "abroad" else _beside_country(found)

    def joined_in_title(self) -> bool:
        """Does the title name cities or regions of two countries?"""
        return _two_lands([(m, m.located.place) for m in self.mentions if m.role == "title" and m.located.place]) is not None


def domestic(places: Places, page: Page, hits: Sequence[Hit]) -> str | None:
    """Why the tie is one within a country, in words; None where that is not sure."""
    near = _near(places, page, hits)
    lands = {_land(place) for _, place in near} | {_SAME.get(c, c) for c in places.countries}
    if len(lands) != 1:
        return None
    named = {place.place_id: (mention, place) for mention, place in near if place.level is not Level.COUNTRY and _certain(mention)}
    pair = next(((a, b) for (a, p), (b, q) in combinations(list(named.values())[:_MOST], 2) if _apart(p, q)), None)
    if pair is None or any(_speaks_of_abroad(h, page) for h in hits):
        return None
    return f"domestic: {pair[0].located.surface} and {pair[1].located.surface} are both in {min(lands)}"


def _certain(mention: Mention) -> bool:
    return mention.located.confidence >= (_CERTAIN if mention.located.alternatives else _SURE)


def _two_lands(found: Sequence[tuple[Mention, Place]]) -> str | None:
    """The first two cities or regions of different countries, in words."""
    seen: dict[str, str] = {}
    for mention, place in found:
        if place.level is not Level.COUNTRY and mention.located.confidence >= _SURE:
            seen.setdefault(_land(place), mention.located.surface)
            if len(seen) > 1:
                return " and ".join(seen.values())
    return None


def _beside_country(found: Sequence[tuple[Mention, Place]]) -> str | None:
    """A city or region and another country, in words."""
    for mention, place in found:
        if place.level is not Level.COUNTRY:
            other = next((m.located.surface for m, p in found if _land(p) != _land(place)), None)
            return f"{mention.located.surface} and {other}" if other else None
    return None


def _land(place: Place) -> str:
    return _SAME.get(place.country_code, place.country_code)


def _apart(a: Place, b: Place) -> bool:
    """Are two places of a country surely not one town or its surroundings? Two regions alone may be what a story only passes through."""
    if a.level is Level.CITY and b.level is Level.CITY:
        return (a.km_from(b) or 0) > _APART
    return Level.CITY in {a.level, b.level} and None not in {a.admin1_code, b.admin1_code} and a.admin1_code != b.admin1_code


def _near(places: Places, page: Page, hits: Sequence[Hit]) -> list[tuple[Mention, Place]]:
    """Places that are sure, in the title or in a passage with a hit."""
    spans = [page.whole(h.start, h.stop) for h in hits]
    out = []
    for m in places.mentions:
        place = m.located.place
        if place is None or m.start is None or m.stop is None or m.located.confidence < _SURE or m.role not in _FIELDS:
            continue
        start, stop = page.of_field(m.role, m.start, m.stop)
        if m.role == "title" or any(start < b + page.passage and stop > a - page.passage for a, b in spans):
            out.append((m, place))
    return out


def _speaks_of_abroad(hit: Hit, page: Page) -> bool:
    block = hit.block
    return block.near is not None and any(kind is Strength.FOREIGN for _, kind, _, _ in block.near.find(page.text))
