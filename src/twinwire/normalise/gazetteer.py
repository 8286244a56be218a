"""The gazetteer in memory: a million names as sorted hashes, a quarter of a million places as columns. Reads no file.

A look-up is one hash and one binary search; places become records only when they are found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from twinwire.normalise.placenames import bare, fold, simplified, stems
from twinwire.records import Level, Place

LEVELS = (Level.CITY, Level.ADMIN1, Level.COUNTRY)  # a row's level is a number into this
PRIMARY, ALTERNATE, BARE, STEM = range(4)           # kinds of names: GeoNames' own, another, without accents, without suffix
_CITY, _ADMIN1, _COUNTRY = range(3)
_STATE_OF = re.compile(
    "^(?:the )?(?:(?:federal |people s |peoples )?(?:democratic )?(?:republic|kingdom|state|commonwealth) of (?:the )?)?")
_LARGE = 1_000_000                         # people
_MOST = 50                                          # places given for one name


def name_hash(folded: str) -> int:
    """Key of a folded name: 8 bytes of BLAKE2b. Among a million names a collision is a one in 30 million chance."""
    return int.from_bytes(blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What :class:`Gazetteer` stands on. ``hashes`` is sorted and parallel to ``rows``, which count into the rest. That
    is ordered by level, then the most populous first. ``names`` is UTF-8, cut at ``name_ends``."""

    hashes: Sequence[int]
    rows: Sequence[int]
    place_ids: Sequence[int]
    levels: Sequence[int]
    names: bytes
    name_ends: Sequence[int]               # one more than there are places; the first is 0
    countries: Sequence[int]               # into ``country_codes``
    admin1s: Sequence[int]                 # into ``admin1_codes``, where "" is "not known"
    latitudes: Sequence[float]             # NaN: not known
    longitudes: Sequence[float]
    populations: Sequence[int]
    country_codes: Sequence[str]
    admin1_codes: Sequence[str]
    han_names: Sequence[str]               # folded names of two or more characters in scripts that put no blanks between words


class Gazetteer:
    """An :class:`~twinwire.normalise.atlas.Atlas` over columns. Safe to share between threads."""

    def __init__(self, columns: Columns) -> None:
        self._c = columns
        self._called = lru_cache(maxsize=10_000)(self._look_up)
        self._admin1_names = self._named_admin1s()
        self._by_id: tuple[Sequence[int], Sequence[int]] | None = None
        self._known = lru_cache(maxsize=50_000)(self._holds)
        self._finder: AhoCorasick | None = None

    def cities(self, name: str) -> tuple[Place, ...]:
        """Cities and towns called ``name`` in any script, the most populous first. At most 50."""
        return self._called(name, _CITY)

    def admin1s(self, name: str, country: str | None = None) -> tuple[Place, ...]:
        """First-level divisions called ``name``; with a country also by the second part of their ISO 3166-2 code."""
        found = self._called(name, _ADMIN1)
        if country is None:
            return found
        return tuple(p for p in found if p.country_code == country) or self._called(f"{country}-{name}", _ADMIN1)

    def country(self, name: str) -> Place | None:
        """The country called ``name`` in any of many languages, or by an ISO 3166-1 code or a usual short form."""
        found = self._called(name, _COUNTRY)
        return found[0] if found and not self._is_capital(name, found[0]) else None

    def _is_capital(self, name: str, country: Place) -> bool:
        """Whether ``name``, with its accents, is a large city's own and the country's in some other language only: Brasília."""
        if name.isascii() or fold(country.name) == fold(name):
            return False
        city = next(iter(self.cities(name)), None)
        return city is not None and city.country_code == country.country_code and fold(city.name) == fold(name) and city.population > _LARGE

    def place(self, place_id: int) -> Place | None:
        """The place of a GeoNames id."""
        if self._by_id is None:
            column = np.asarray(self._c.place_ids)
            rows = np.argsort(column)
            self._by_id = column[rows].data, rows.astype(np.int32).data
        ids, order = self._by_id
        at = bisect_left(ids, place_id)
        return self._place(order[at]) if at < len(ids) and ids[at] == place_id else None

    def known(self, name: str) -> bool:
        """Whether a place of any level is called exactly ``name``."""
        return self._known(name)

    def unspaced(self, text: str) -> Sequence[tuple[int, int]]:
        """Spans of names in Han, kana and Hangul, the longest at each place, none overlapping. The first call takes 0.3 s."""
        if self._finder is None:
            self._finder = AhoCorasick(self._c.han_names, matchkind=MatchKind.LeftmostLongest, store_patterns=False,
                                       implementation=Implementation.ContiguousNFA)
        return [(start, stop) for _, start, stop in self._finder.find_matches_as_indexes(simplified(text))]

    def _holds(self, name: str) -> bool:
        hashes = self._c.hashes
        key = fold(name)
        for form in (key, bare(key)):
            at = bisect_left(hashes, wanted := name_hash(form))
            if at < len(hashes) and hashes[at] == wanted:
                return True
            if form.isascii():
                break
        return False

    def _look_up(self, name: str, level: int) -> tuple[Place, ...]:
        """Places of the first key of ``name`` that leads to any of ``level``."""
        for key in _keys(name, level):
            if rows := list(self._of_hash(name_hash(key), level)):
                return tuple(map(self._place, rows[:_MOST]))
        return ()

    def _of_hash(self, wanted: int, level: int) -> Iterator[int]:
        hashes, rows, levels = self._c.hashes, self._c.rows, self._c.levels
        at = bisect_left(hashes, wanted)
        while at < len(hashes) and hashes[at] == wanted:
            if levels[rows[at]] == level:
                yield rows[at]
            at += 1

    def _place(self, row: int) -> Place:
        c = self._c
        country, code = c.country_codes[c.countries[row]], c.admin1_codes[c.admin1s[row]]
        latitude = c.latitudes[row]
        known = latitude == latitude  # noqa: PLR0124  (NaN)
        return Place(
            place_id=c.place_ids[row], name=self._name(row), level=LEVELS[c.levels[row]], country_code=country,
            admin1_code=code or None, admin1=self._admin1_names.get((country, code)),
            latitude=latitude if known else None, longitude=c.longitudes[row] if known else None, population=c.populations[row],
        )

    def _name(self, row: int) -> str:
        return self._c.names[self._c.name_ends[row]:self._c.name_ends[row + 1]].decode()

    def _named_admin1s(self) -> dict[tuple[str, str], str]:
        c = self._c
        rows = range(bisect_left(c.levels, _ADMIN1), bisect_left(c.levels, _COUNTRY))
        return {(c.country_codes[c.countries[r]], c.admin1_codes[c.admin1s[r]]): self._name(r) for r in rows}


def _keys(name: str, level: int) -> Iterator[str]:
    """Folded forms to try, the nearest first: as it is, without accents, without a suffix, without blanks."""
    folded = fold(name)
    if not folded:
        return
    yield folded
    plain = bare(folded)
    if plain != folded:
        yield plain
    if level == _COUNTRY:  # "Mexico City" is no country
        yield _STATE_OF.sub("", plain)
        return
    yield from stems(plain)
    if " " in plain:
        yield plain.replace(" ", "")
