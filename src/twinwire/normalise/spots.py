"""Finds where a text written with blanks may name places: runs of capitalised words the atlas knows. Decides nothing.

A spot is weak when it is a place only beside its region or country: a common word, a first name, an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.declension import first_cases
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.tables import words

_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*\.?")
_MOST_WORDS = 5
# Words without a capital inside a name: Rostov-on-Don, Villeneuve-sur-Lot, Frankfurt an der Oder.
_LINKS = frozenset((
    "of", "the", "and", "upon", "on", "in", "am", "an", "der", "die", "im", "bei", "ob", "a", "à", "au", "aux", "de", "du", "des", "le",
    "la", "les",
    "en", "sur", "sous", "lès", "d", "l", "del", "di", "da", "do", "dos", "das", "della", "delle", "e", "y", "el", "los", "las", "van",
    "den", "het",
    "aan", "ter", "ten", "op", "na", "nad", "pod", "v", "u", "на", "де", "ла", "ле", "al", "ash", "bin"))
_SHORT = frozenset(("st", "ste", "mt", "ft", "pt", "sta"))  # abbreviations whose full stop does not end a name
_ARTICLES = frozenset(("La", "Le", "Les", "El", "Los", "Las", "The", "Der", "Die", "Das", "Il", "Lo", "O", "A"))
# Abbreviations of states that are strong by themselves.
STATES = frozenset((
    "UK", "USA", "UAE", "PRC", "DPRK", "ROK", "US", "U.S.", "U.K.", "U.S.A.", "U.A.E.", "P.R.C.", "R.O.K.", "D.P.R.K.", "США", "КНР",
    "КНДР", "ОАЭ",
    "РФ", "EAU", "EUA", "EE.UU.", "NRW"))
_CASELESS = re.compile("[\u0590-\u06ff\u0900-\u0dff]")
_ATTACHED = "وبلكفהבלמו"  # and, in, to, as, so; the, in, to, from, and
_ELIDED = "ladsnqc"          # what the elided words begin with
_ELISION = re.compile(r"(?:l|d|all|dall|dell|nell|sull|qu|s|c|n)['’](?=[^\W\d_])")
_POSSESSIVE = re.compile(r"['’](?:[^\W\d_]{1,6})?$")

_Word = tuple[int, int]      # where a word starts and stops


@dataclass(frozen=True, slots=True)
class Spot:
    """``text[start:stop]`` is the name of a place, or a word like one."""

    start: int
    stop: int
    name: str                # to look up: as in the text, or in the first case
    weak: bool = False       # a place only beside its region
    doubt: int = 0           # 1: a capitalised word that is no place stands right beside it; 2: a first name or "County" does


@lru_cache(maxsize=16)  # the fields of a story are asked for by its screening, its mentions and the names beside them
def spots(text: str, atlas: Atlas) -> tuple[Spot, ...]:
    """Longest known names among the capitalised words of ``text``, in order, none overlapping."""
    cut = [m.span() for m in _WORD.finditer(text)]
    if _CASELESS.search(text):
        return (*_walk(text, cut, atlas), *_caseless(text, cut, atlas))
    return tuple(_walk(text, cut, atlas))


def _walk(text: str, cut: Sequence[_Word], atlas: Atlas) -> Iterator[Spot]:
    at = 0
    before, cast = -1, 0         # end of the last capitalised word that was no place, and the doubt it casts
    waiting: Spot | None = None  # a spot whose next word is still to come
    while at < len(cut):
        start, stop = cut[at]
        letter = text[start]
        if not letter.isupper() and (letter not in _ELIDED or (start := _elided(text, start, stop)) < 0):
            at += 1
            continue
        first = at
        at, start, name = _name_at(text, cut, at, start, atlas)
        stop = start + len(name) if name and text.startswith(name, start) else cut[at - 1][1]
        weak = not name or _weak(name)
        if waiting:
            yield _doubted(text, waiting, start, stop) if weak else waiting
        beside = 0 <= before < start and text[before:start] in {" ", "-"}
        waiting = Spot(start, stop, name, weak, cast if beside and not _shouted(name) else 0) if name else None
        before, cast = (stop, _cast(text, cut[first][0], stop)) if weak else (-1, 0)
    if waiting:
        yield waiting


def _elided(text: str, start: int, stop: int) -> int:
    """Where the capital behind l', d', all' … stands; -1 for a word without one."""
    elided = _ELISION.match(text, start, stop) if text[start] in _ELIDED else None
    return elided.end() if elided and text[elided.end()].isupper() else -1


def _name_at(text: str, cut: Sequence[_Word], at: int, start: int, atlas: Atlas) -> tuple[int, int, str]:
    """Index behind the longest known name at word ``at``, where it starts, and the name; "" where there is none."""
    count, name = _longest(text, cut, at, start, atlas)
    if text[start:cut[at][1]] in _ARTICLES and at + 1 < len(cut) and text[cut[at + 1][0]].isupper():
        more, longer = _longest(text, cut, at + 1, cut[at + 1][0], atlas)
        if longer and more >= count:  # La Ciudad de México is not La Ciudad; Le Mans stays
            return at + 1 + more, cut[at + 1][0], longer
    return at + count, start, name


def _longest(text: str, cut: Sequence[_Word], at: int, start: int, atlas: Atlas) -> tuple[int, str]:
    """Number of words and the longest known name that begins at ``start``; "" where there is none or the words are a trap."""
    ends = [(1, cut[at][1])]
    for n in range(at + 1, min(at + _MOST_WORDS, len(cut))):
        if not _joins(text, cut[n - 1], cut[n][0]):
            break
        if text[cut[n][0]].isupper() or _elided(text, *cut[n]) >= 0:  # Villeneuve d'Ascq
            ends.append((n - at + 1, cut[n][1]))
        elif text[cut[n][0]:cut[n][1]] not in _LINKS:
            break
    for count, end in reversed(ends):
        if count > 1 and fold(text[start:end]) in words("trapwords"):
            return count, ""
        if name := _known(text[start:end], atlas):
            return count, name
    return 1, ""


def _joins(text: str, word: _Word, start: int) -> bool:
    """Whether a name may run on from ``word`` to one at ``start``. A full stop ends it, except behind St. and single letters."""
    if text[word[1] - 1] == "." and not (word[1] - word[0] <= 2 or text[word[0]:word[1] - 1].lower() in _SHORT):
        return False
    return text[word[1]:start] in {" ", "-", "–", "/", ""}


def _known(name: str, atlas: Atlas) -> str:
    """``name`` as the atlas knows it: without a full stop or possessive, or in the first case; "" where it does not."""
    if name.endswith(".") and not _INITIALS.fullmatch(name):
        name = name[:-1]
    if len(name) > 1 and atlas.known(name):
        return name
    m = _POSSESSIVE.search(name)
    if m and m.start() > 1 and atlas.known(name[:m.start()]):
        return name[:m.start()]
    return next((first for first in first_cases(name) if atlas.known(first)), "")


def _weak(name: str) -> bool:
    if name in STATES:
        return False
    if " " in name or "-" in name:
        article, _, rest = name.partition(" ")
        return article in _ARTICLES and fold(rest) in words("trapwords")
    letters = "".join(filter(str.isalpha, name))
    return len(letters) < 4 or (len(letters) < 5 and letters.isupper()) or bare(fold(name)) in words("trapwords")


def _cast(text: str, start: int, stop: int) -> int:
    """The doubt a capitalised word casts on a name behind it: a first name much, the first word of a sentence none."""
    word = bare(text[start:stop].rstrip(".").casefold())
    if word in words("firstnames"):
        return 2
    return 0 if word in words("offices") or _opens(text, start) else 1


def _doubted(text: str, spot: Spot, start: int, stop: int) -> Spot:
    """``spot``, with the doubt that the capitalised word at ``start`` casts if it stands right behind it."""
    if text[spot.stop:start] not in {" ", "-"} or _shouted(spot.name):
        return spot
    word = text[start:stop].casefold().rstrip(".")
    if word in {"county", "counties"}:
        return replace(spot, doubt=2)
    return spot if word in words("offices") or spot.doubt > 1 else replace(spot, doubt=1)


def _shouted(name: str) -> bool:
    """In a line of capitals they say nothing."""
    return len(name) > 3 and name.isupper()


def _opens(text: str, start: int) -> bool:
    """Whether a sentence or line begins at ``start``: the capital says nothing there."""
    before = text[max(0, start - 3):start].rstrip(" \"'“”„«»‘(")
    return not before or before[-1] in ".!?:;\n–—-•"


def _caseless(text: str, cut: Sequence[_Word], atlas: Atlas) -> Iterator[Spot]:
    """Names in Arabic, Hebrew and the scripts of India, which have no capitals: one or two words, also behind and, in, to."""
    at = 0
    while at < len(cut):
        start, stop = cut[at]
        at += 1
        if stop - start < 3 or not _CASELESS.match(text, start):
            continue
        ends = [stop - (text[stop - 1] == ".")]
        if at < len(cut) and text[stop:cut[at][0]] == " ":
            ends.insert(0, cut[at][1])
        begins = (start, start + 1) if text[start] in _ATTACHED and stop - start > 4 else (start,)
        if found := next(((b, e) for b in begins for e in ends if atlas.known(text[b:e])), None):
            name = text[slice(*found)]
            yield Spot(*found, name, weak=fold(name) in words("trapwords"), doubt=int(len(name) < 5))
            at += found[1] > stop
