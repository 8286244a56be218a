"""Finds what may name a place in a sentence about a tie, whether the atlas knows it or not. Prefers finding to being right.

What is found has a ``sure``: 1 for a name the atlas knows that is nothing else, less for common words, first names and unknown words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.spots import Spot, spots
from twinwire.normalise.spots_han import SCRIPTS, spots_han
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.names_han import unspaced_names
from twinwire.relate.links.nouns import Name
from twinwire.relate.links.unknown import ADMIN, TINY, unknown

_MOST = 60
_LARGE, _TOWN = 100_000, 50_000            # people
_TITLE = 0.8                               # share of capitalised words from which capitals say nothing
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CASELESS = frozenset(("de", "zh", "ja", "ko", "ar"))  # capitals say nothing there, or nothing of headlines
# Seas, feasts and words that a gazetteer also has as a place somewhere: never a side.
_NEVER = frozenset((
    "pacific", "atlantic", "baltic", "mediterranean", "christmas", "easter", "ramadan",
    "pacífico", "atlántico", "atlântico", "pacifique",
    "atlantique", "pacifico", "atlantico", "pazifik", "atlantik", "weihnachten", "ostern", "noël", "natal", "navidad", "natale", "não",
    "march", "may", "april", "august", "marzo", "mayo", "agosto", "sunday", "friday", "monday", "联合", "启动", "支持", "聯合", "啟動",
    "أين", "فيديو", "كورنيش"))
_LED = re.compile(r"(?<!\w)(\w+) ([^\W\d_a-zà-ÿа-я]\w+) $")
_BEFORE = re.compile(r"[a-zà-ÿ] ([A-ZÀ-Þ][a-zà-ÿ]{2,}) $")
_ARTICLE = re.compile(r"(?<!\w)(?:der|den|dem|des|das|ein|eine[nmrs]?) $")  # towns have no article in German
_COMPASS = frozenset((
    "east", "west", "north", "south", "nord", "süd", "ost", "est", "ouest", "sud", "norte", "sur", "este", "oeste", "sul"))


def names(text: str, taken: Sequence[tuple[int, int]], lexicon: Lexicon, atlas: Atlas) -> list[Name]:
    """Names in ``text``, in order, none overlapping another or the spans ``taken`` (words of ties). At most 60."""
    masked = _masked(text, taken)
    found = [n for s in spots(masked, atlas) if not _small(n := _of_spot(masked, s, lexicon, atlas), masked)]
    if SCRIPTS.search(masked):
        plain = [Name(s.start, s.stop, s.name, 0.5 if s.weak else 0.8 if s.doubt else 1.0) for s in spots_han(masked, atlas)]
        found = _merged([*found, *unspaced_names(masked, plain, lexicon, atlas)])
    found = _run_on(masked, [f for f in found if not _is_word(text[f.start:f.stop], lexicon, atlas)], atlas)
    if _in_title_case(text, lexicon):
        return [f for f in _merged(found) if f.sure >= 0.7][:_MOST]
    return _merged([*found, *(n for n in unknown(masked, found, lexicon, atlas) if n.name.lower() not in _NEVER)])[:_MOST]


def _masked(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """``text`` with the words of ties blanked, so that they neither are nor hide a name."""
    parts = list(text)
    for start, stop in taken:
        parts[start:stop] = " " * (stop - start) if text[start] < "\u2e80" else "\u3000" * (stop - start)
    return "".join(parts)


def _of_spot(text: str, spot: Spot, lexicon: Lexicon, atlas: Atlas) -> Name:
    start, stop, sure = spot.start, spot.stop, _sure(spot, atlas)
    led = _LED.search(text, max(0, start - 40), start) if sure == 0.8 else None
    if led and lexicon.classes(led[1].lower()) & {"with", "of", "from", "between"}:
        start = led.start(2)               # mit Welikij Nowgorod
    if "\u0400" <= text[start] <= "\u04ff":  # the whole word of a declined name
        while stop < len(text) and text[stop].isalpha():
            stop += 1
    if m := ADMIN.match(text, stop):
        whole = text[start:m.end()]
        return Name(start, m.end(), whole if whole[0] < "\u0400" else f"{spot.name}{m[0]}", max(sure, 0.9))
    if lexicon.language != "de" and _in_longer(text, start, lexicon):
        sure = min(sure, 0.3)
    if led := _ARTICLE.search(text, max(0, start - 6), start):
        sure = min(sure, 0.1 if led[0].startswith("ein") else 0.4)
    return Name(start, stop, spot.name, sure)


def _in_longer(text: str, start: int, lexicon: Lexicon) -> bool:
    """Whether a capitalised word that is no word of places stands right before: the last word of a longer name, the Muestra Baja school."""
    m = _BEFORE.search(text, max(0, start - 40), start)
    return m is not None and not (lexicon.classes(m[1].lower()) or countries_of(m[1]))


def _sure(spot: Spot, atlas: Atlas) -> float:
    """How sure a spot is: a common word that is a large city too (York) is more than one that is a hamlet (Best)."""
    short = spot.stop - spot.start < 4 and not spot.name[0].isupper()
    if not spot.weak and not short:
        return (1.0, 0.8, 0.35)[min(spot.doubt, 2)]
    return 0.7 if any(p.population >= _TOWN for p in atlas.cities(spot.name)[:1]) else 0.2


def _small(name: Name, text: str) -> bool:
    """A capital letter or two that stand for a country or nothing."""
    size = name.stop - name.start
    return size < 2 or (size < 3 and name.sure < 1 and TINY.fullmatch(text, name.start, name.stop) is not None)


def _merged(found: Sequence[Name]) -> list[Name]:
    """Without overlaps: the first, then the longer wins."""
    out: list[Name] = []
    for name in sorted(found, key=lambda n: (n.start, n.start - n.stop)):
        if not out or name.start >= out[-1].stop:
            out.append(name)
    return out


def _run_on(text: str, found: Sequence[Name], atlas: Atlas) -> list[Name]:
    """Known names with nothing but a blank or hyphen between them are one that is not known: Sud Retz Atlantique. Not so a place and
    its country, and two cities with a dash between."""
    out: list[Name] = []
    for name in found:
        last = out[-1] if out else None
        gap = text[last.stop:name.start] if last else ""
        joins = last and (gap == " " or (gap == "-" and ((last.sure < 0.8 and name.sure < 0.8) or _neighbours(last, name, atlas))))
        if last and joins and text[last.start].isupper() and text[name.start].isupper() and not (
                atlas.country(name.name) or (atlas.admin1s(name.name) and gap == " ")):
            both = gap == " " and last.sure == 1.0 and name.sure == 1.0  # a person, most likely
            out[-1] = Name(last.start, name.stop, text[last.start:name.stop], 0.3 if both else 0.5, known=False)
        else:
            out.append(name)
    return out


def _neighbours(one: Name, two: Name, atlas: Atlas) -> bool:
    """Whether both lie in one division: Charlottenburg-Wilmersdorf is one district, Nantes-Sarrebruck a pair."""
    a, b = (next(iter(atlas.cities(n.name)), None) for n in (one, two))
    return a is not None and b is not None and (a.country_code, a.admin1_code) == (b.country_code, b.admin1_code)


def _is_word(surface: str, lexicon: Lexicon, atlas: Atlas) -> bool:
    """A small word at the beginning of a sentence, an adjective of a country (but not Brasília), a word for two towns."""
    if surface.lower() in _NEVER or lexicon.classes(surface.lower()) or (len(surface) < 3 and surface.isascii() and not surface.isupper()):
        return True
    if surface.lower() in _COMPASS:
        return True
    return " " not in surface and bool(countries_of(surface)) and not any(p.population >= _LARGE for p in atlas.cities(surface)[:1])


def _in_title_case(text: str, lexicon: Lexicon) -> bool:
    """Whether most words of the line have a capital: "Sister Cities Cooperation Week Kicks off"."""
    if lexicon.language in _CASELESS:
        return False
    long = [w for w in _WORD.findall(text) if len(w) > 3 and not w.isupper()]
    return len(long) > 4 and sum(w[0].isupper() for w in long) >= _TITLE * len(long)
