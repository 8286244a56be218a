"""Finds where a text written with blanks may name places: runs of capitalised words the atlas knows. Decides nothing.

A spot is weak when it is a place only beside its region or country: a common word, a first name, an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.placenames import bare, fold

_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*\.?")
_LINKS = frozenset(
    "of the and upon on in am an der die im bei ob a à au aux de du des le la les en sur sous lès d l del di da do dos das della delle e y el los las "
    "van den het aan ter ten op i na nad pod v u nad на де ла ле al el ash bin".split())
_SHORT = frozenset("st ste mt ft pt sta".split())  # abbreviations whose full stop does not end a name
STATES = frozenset("UK USA UAE PRC DPRK ROK US U.S. U.K. U.S.A. U.A.E. P.R.C. R.O.K. D.P.R.K. США КНР КНДР ОАЭ РФ EAU EUA EE.UU. NRW".split())
_ARTICLES = frozenset("La Le Les El Los Las The Der Die Das Il Lo O A".split())
# Words that stand beside a place's name and leave it one: "Mayor", "Zaozhuang Municipal …".
_OFFICES = frozenset(
    "city town municipality municipal mayor mayors council government province provincial prefecture prefectural region metropolitan village district "
    "university port airport governor greater central north south east west northern southern eastern western sister twin the in at from stadt "
    "partnerstadt gemeinde landkreis ville mairie ciudad alcalde comune sindaco municipio cidade prefeitura город мэр мэрия".split())
_MOST_WORDS = 5
# Endings of cases and what the first case ends with instead. Adjectives of two-word names are left alone.
_CASES = (("ами", ("ы", "и", "а")), ("ями", ("и", "я")), ("ою", ("а",)), ("ой", ("а", "ая")), ("ей", ("я", "ь", "и")), ("ем", ("ь", "й", "")), ("ом", ("", "о")), ("ым", ("", "ый")),
          ("ов", ("ы",)), ("ах", ("ы", "и")), ("ях", ("и",)), ("ии", ("ия",)), ("ию", ("ия",)), ("ью", ("ь",)), ("ої", ("а",)), ("ії", ("ія",)), ("ію", ("ія",)),
          ("а", ("", "о")), ("у", ("", "а", "о")), ("ы", ("а", "")), ("и", ("ь", "а", "я")), ("і", ("а", "ь", "")), ("е", ("а", "", "ь", "о")), ("ю", ("я", "ь", "й")), ("я", ("ь", "й")))
_CASELESS = re.compile("[\u0590-\u06ff\u0900-\u0dff]")
_ATTACHED = "وبلكفה" + "בלמו"  # and, in, to, as, so; the, in, to, from
_ELISION = re.compile(r"(?:l|d|all|dall|dell|nell|sull|qu|s|c|n)['’](?=[^\W\d_])", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’](?:[^\W\d_]{1,6})?$")


@dataclass(frozen=True, slots=True)
class Spot:
    """``text[start:stop]`` is the name of a place, or a word like one."""

    start: int
    stop: int
    name: str                              # to look up: the words of the text, or their nominative
    weak: bool = False                     # a place only beside its region
    doubt: int = 0                         # 1: another capitalised word stands right beside it; 2: a first name or "County" does


def spots(text: str, atlas: Atlas) -> list[Spot]:
    """Longest known names among the capitalised words of ``text``, in order, none overlapping."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    if _CASELESS.search(text):
        return [*_walk(text, words, atlas), *_caseless(text, words, atlas)]
    return list(_walk(text, words, atlas))


def _caseless(text: str, words: list[tuple[int, int]], atlas: Atlas) -> Iterator[Spot]:
    """Names in Arabic, Hebrew and the scripts of India, which have no capitals: whole words, Arabic ones also behind and, in, to."""
    at = 0
    while at < len(words):
        start, stop = words[at]
        at += 1
        if stop - start < 3 or not _CASELESS.match(text, start):
            continue
        ends = [words[at][1]] if at < len(words) and text[stop:words[at][0]] == " " else []
        for begin in (start, start + 1) if text[start] in _ATTACHED and stop - start > 4 else (start,):
            end = next((e for e in (*ends, stop) if atlas.known(text[begin:e])), 0)
            if end:
                yield Spot(begin, end, text[begin:end], doubt=int(end - begin < 5))
                at += end > stop
                break


def _walk(text: str, words: list[tuple[int, int]], atlas: Atlas) -> Iterator[Spot]:
    at = 0
    before = (-1, 0)  # end of the last capitalised word that was no place, and the doubt it casts
    waiting: Spot | None = None  # a spot whose next word is still to come
    while at < len(words):
        start = _capital(text, *words[at])
        if start < 0:
            at += 1
            continue
        first = at
        at, start, name = _name_at(text, words, at, start, atlas)
        stop = words[at - 1][1] if not name or not text.startswith(name, start) else start + len(name)
        weak = not name or _weak(name, at - first)
        if waiting:
            yield _doubted(text, waiting, start, stop) if weak else waiting
            waiting = None
        if name:
            beside = text[before[0]:start] in {" ", "-"} if before[0] >= 0 else False
            waiting = Spot(start, stop, name, weak, before[1] if beside and not _shouted(name) else 0)
        before = (stop, _cast(text, words[first][0], stop)) if weak else (-1, 0)
    if waiting:
        yield waiting


def _name_at(text: str, words: list[tuple[int, int]], at: int, start: int, atlas: Atlas) -> tuple[int, int, str]:
    """Index behind the longest known name at word ``at``, where it starts, and the name; "" where there is none."""
    count, name = _longest(text, words, at, start, atlas)
    if text[start:words[at][1]] in _ARTICLES and at + 1 < len(words) and text[words[at + 1][0]].isupper():
        more, longer = _longest(text, words, at + 1, words[at + 1][0], atlas)
        if longer and more >= count:  # La Ciudad de México is not La Ciudad; Le Mans stays
            return at + 1 + more, words[at + 1][0], longer
    return at + count, start, name


def _cast(text: str, start: int, stop: int) -> int:
    """The doubt a capitalised word casts on a name behind it: a first name much, the first word of a sentence none."""
    word = bare(text[start:stop].rstrip(".").casefold())
    if word in _words("firstnames.txt"):
        return 2
    return 0 if word in _OFFICES or _opens(text, start) else 1


def _doubted(text: str, spot: Spot, start: int, stop: int) -> Spot:
    """``spot``, with the doubt that the capitalised word at ``start`` casts if it stands right behind it."""
    if text[spot.stop:start] not in {" ", "-"} or _shouted(spot.name):
        return spot
    word = text[start:stop].casefold().rstrip(".")
    if word in {"county", "counties"}:
        return replace(spot, doubt=2)
    return spot if word in _OFFICES or spot.doubt > 1 else replace(spot, doubt=1)


def _shouted(name: str) -> bool:
    """In a line of capitals they say nothing."""
    return len(name) > 3 and name.isupper()


def _capital(text: str, start: int, stop: int) -> int:
    """Where the capital of a word stands: at its beginning, or behind l', d', all' …; -1 for a word without one."""
    if text[start].isupper():
        return start
    elided = _ELISION.match(text, start, stop)
    return elided.end() if elided and text[elided.end()].isupper() else -1


def _longest(text: str, words: list[tuple[int, int]], at: int, start: int, atlas: Atlas) -> tuple[int, str]:
    """Number of words and the longest known name that begins at ``start``; "" where there is none or the words are a trap."""
    ends = [words[at][1]]
    counts = [1]
    for n in range(at + 1, min(at + _MOST_WORDS, len(words))):
        if not _joins(text, words[n - 1], text[words[n - 1][1]:words[n][0]]):
            break
        if text[words[n][0]].isupper():
            ends.append(words[n][1])
            counts.append(n - at + 1)
        elif text[words[n][0]:words[n][1]] not in _LINKS:
            break
    for count, end in zip(reversed(counts), reversed(ends), strict=True):
        name = text[start:end]
        if count > 1 and fold(name) in trap_words():
            return count, ""
        if known := _known(name, atlas) or (_declined(name, atlas) if "\u0400" <= text[start] <= "\u04ff" else ""):
            return count, known
    return 1, ""


def _joins(text: str, word: tuple[int, int], gap: str) -> bool:
    """Whether a name may run on over ``gap``. A full stop ends it, except behind St. and single letters."""
    if text[word[1] - 1] == "." and not (word[1] - word[0] <= 2 or text[word[0]:word[1] - 1].lower() in _SHORT):
        return False
    return gap in {" ", "-", "–", "/", ""}


def _known(name: str, atlas: Atlas) -> str:
    """``name`` as the atlas knows it: without a full stop, without a possessive; "" where it does not."""
    if name.endswith(".") and not _INITIALS.fullmatch(name):
        name = name[:-1]
    if len(name) > 1 and atlas.known(name):
        return name
    m = _POSSESSIVE.search(name)
    return name[:m.start()] if m and m.start() > 1 and atlas.known(name[:m.start()]) else ""


def _declined(name: str, atlas: Atlas) -> str:
    """A Russian or Ukrainian name in another case: the first case of its last word, where the atlas knows that."""
    cut = max(name.rfind(" "), name.rfind("-")) + 1
    return next((name[:cut] + n for n in _nominatives(name[cut:]) if atlas.known(name[:cut] + n)), "")


def _nominatives(word: str) -> Iterator[str]:
    """What a Russian or Ukrainian name may be in the first case; best effort, nearest first."""
    if len(word) < 5:
        return
    for end, firsts in _CASES:
        if word.endswith(end):
            yield from (word[:len(word) - len(end)] + first for first in firsts)


def _weak(name: str, count: int) -> bool:
    if name in STATES:
        return False
    if count > 1:
        first, _, rest = name.partition(" ")
        return first in _ARTICLES and fold(rest) in trap_words()
    letters = "".join(filter(str.isalpha, name))
    return len(letters) < 4 or (len(letters) < 5 and letters.isupper()) or bare(fold(name)) in trap_words()


def _opens(text: str, start: int) -> bool:
    """Whether a sentence or line begins at ``start``: the capital says nothing there."""
    before = text[max(0, start - 3):start].rstrip(" \"'“”„«»‘(")
    return not before or before[-1] in ".!?:;\n–—-•"


def trap_words() -> frozenset[str]:
    """Folded words that are names of places and common words as well; and phrases that are no place."""
    return _words("trapwords.txt")


@cache
def _words(name: str) -> frozenset[str]:
    lines = (files("twinwire.normalise") / "data" / name).read_text("utf-8").splitlines()
    return frozenset(word.replace("_", " ") for line in lines if not line.startswith("#") for word in line.split())
