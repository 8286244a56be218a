"""Cuts the sentences of one item, each of them once: ties, units, sides. What a sentence carries over to the next is asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context
from twinwire.records import Located
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.names import names
from twinwire.relate.links.nouns import Name, Side, Unit
from twinwire.relate.links.sides import Looked, sides
from twinwire.relate.links.units import Ties, triggers, units

_HEARD = 1_200                              # characters in which a headline is heard to speak of ties
_Key = tuple[str, str]


class Cutter:
    """Keeps what it cut. Texts are given as they are and evened out, and by the words they were evened out for."""

    def __init__(self, atlas: Atlas, context: Context) -> None:
        self._atlas, self._context = atlas, context
        self._ties: dict[_Key, Ties] = {}
        self._names: dict[_Key, Sequence[Name]] = {}
        self._units: dict[_Key, list[Unit]] = {}
        self._named: dict[_Key, list[Side]] = {}
        self._looked: Looked = {}

    def ties(self, lower: str, words: Lexicon) -> Ties:
        """Words of ties."""
        key = words.language, lower
        if key not in self._ties:
            self._ties[key] = list(triggers(lower, words))
        return self._ties[key]

    def speaks(self, lower: str, words: Lexicon) -> bool:
        """Whether ``lower`` speaks of ties between places, and not only in words that may mean others too."""
        return bool(lower) and any(kind in {"city", "tie"} for *_, kind in self.ties(lower[:_HEARD], words))

    def names(self, text: str, lower: str, words: Lexicon) -> Sequence[Name]:
        """What may name a place in a sentence, countries too."""
        key = words.language, lower + text
        if key not in self._names:
            self._names[key] = names(text, [t[:2] for t in self.ties(lower, words)], words, self._atlas)
        return self._names[key]

    def units(self, text: str, lower: str, words: Lexicon) -> Sequence[Unit]:
        """The units of a sentence."""
        key = words.language, lower + text
        if key not in self._units:
            found = self.ties(lower, words), self.names(text, lower, words)
            self._units[key] = units(text, lower, words, self._atlas, found)
        return self._units[key]

    def sides(self, text: str, lower: str, words: Lexicon) -> list[Side]:
        """Its places: new ones at each call, as lists change them."""
        return sides(self.units(text, lower, words), words.unspaced, self._atlas, self._context, self._looked)

    def named(self, text: str, lower: str, words: Lexicon) -> Sequence[Side]:
        """Its places for another sentence, each once."""
        key = words.language, lower + text
        if key not in self._named:
            distinct = {s.key: s for s in self.sides(text, lower, words)}
            self._named[key] = [carried(told(s, text)) for s in distinct.values()]
        return self._named[key]


def told(side: Side, text: str) -> Located:
    """The place as the sentence ``text`` writes it."""
    return side.located if side.at < 0 else replace(side.located, surface=text[side.name.start:side.name.stop])


def carried(located: Located) -> Side:
    """A place that the sentence itself does not name."""
    return Side(Name(0, 0, located.surface, known=located.place is not None), -1, -1, -1, located=located)
