"""Finds what may name a place in a sentence about a tie, whether the atlas knows it or not. Prefers finding to being right.

What is found has a ``sure``: 1 for a name the atlas knows that is nothing else, less for common words, first names and unknown words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.spots import Spot, spots
from twinwire.normalise.spots_han import SCRIPTS, spots_han
from twinwire.normalise.tables import words
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.names_han import unspaced_names
from twinwire.relate.links.nouns import Name

_MOST = 60
_LARGE, _TOWN = 100_000, 50_000            # people
_TITLE = 0.8                               # share of capitalised words from which capitals say nothing
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LINKS = frozenset("de du des la le les da do dos di del della sur sous upon on am an der im ob bei van aan den y e lès l d в на".split())
# Words behind a name that belong to it; Slavic ones in any case.
_ADMIN = re.compile(
    r" (?:City|CITY|County|COUNTY|Prefecture|PREFECTURE|Province|Oblast|Krai|Region|Shire|District|Borough|Parish|"
    r"(?:край|кра[яюе]|краем|област[ьи]|областью|район\w{0,2}|округ\w{0,2}))(?!\w)")
# Endings of German names of places, for towns no gazetteer has.
_GERMAN = re.compile(
    r"(?:heim|hausen|burg|berg|städten|stadt|dorf|ingen|furt|furth|bach|feld|wald|kirch|kirchen|hofen|brück|brücken|münde|stedt|leben|roda|itz|ow|witz|"
    r"thal|tal|see|haven|hagen|rode|stein|weiler|zell|au|ach|büttel|holz|horst|beck|wiesen|grün|lingen|mold|mar|gau)$")
_GERMAN_NO = re.compile(r"(?:Haupt|Innen|Alt|Groß|Partner|Hafen|Heimat|Schau|Neben|Vor|Sonnen|Kreis|Landes)(?:stadt|berg|au)$|(?:Frau|Bau|Anfang|Ausbau|Aufbau)$")
_POLISH = (
    ("iem", ("", "ń")), ("em", ("",)), ("owa", ("ów", "owo")), ("owem", ("ów", "owo")), ("owie", ("ów",)), ("ia", ("ń", "", "ie")), ("iu", ("ń", "", "ie")),
    ("ą", ("a",)), ("y", ("a",)), ("i", ("a", "ia", "ź")), ("a", ("", "o")), ("u", ("", "o")), ("ie", ("", "a", "o")), ("ze", ("ra", "")), ("cy", ("ca", "cza")))
_GERMAN_MORE = re.compile(r"(?:Bad|Sankt|St|Neu|Alt|Groß|Klein|Ober|Unter|Nieder|Hohen|Burg|Markt|Stadt|\w+ [a-zäöü])")
_ARTICLE = re.compile(r"(?<!\w)(?:der|den|dem|des|das|ein|eine[nmrs]?) $")  # towns have no article in German
_LED = re.compile(r"(?<!\w)(\w+) ([^\W\d_a-zà-ÿа-я]\w+) $")
_FACELESS = re.compile("[A-ZÀ-ÞĀ-Ž]{1,4}$")


def names(text: str, taken: Sequence[tuple[int, int]], lexicon: Lexicon, atlas: Atlas) -> list[Name]:
    """Names in ``text``, in order, none overlapping another or the spans ``taken`` (words of ties). At most 60."""
    masked = _masked(text, taken)
    found = [_of_spot(masked, s.start, s.stop, s.name, _sure(s, atlas), lexicon) for s in spots(masked, atlas)]
    found = [f for f in found if not _small(f, masked)]
    if SCRIPTS.search(masked):
        plain = [Name(s.start, s.stop, s.name, 1.0 if not s.weak and not s.doubt else 0.8 if not s.weak else 0.5) for s in spots_han(masked, atlas)]
        found = _merged([*found, *unspaced_names(masked, plain, lexicon, atlas)])
    found = _run_on(masked, [f for f in found if not _is_word(text[f.start:f.stop], lexicon, atlas)], atlas)
    if _in_title_case(text, lexicon):
        return [f for f in _merged(found) if f.sure >= 0.7][:_MOST]
    found = _merged([*found, *_unknown(masked, found, lexicon, atlas)])
    return found[:_MOST]


def _in_title_case(text: str, lexicon: Lexicon) -> bool:
    """Whether most words of the line have a capital: "Sister Cities Cooperation Week Kicks off"."""
    if lexicon.language in {"de", "zh", "ja", "ko", "ar"}:
        return False
    long = [w for w in _WORD.findall(text) if len(w) > 3 and not w.isupper()]
    return len(long) > 4 and sum(w[0].isupper() for w in long) >= _TITLE * len(long)


def _run_on(text: str, found: Sequence[Name], atlas: Atlas) -> list[Name]:
    """Known names with nothing but a blank or hyphen between them are one that is not known: Sud Retz Atlantique. Not so a place and
    its country, and two cities with a dash between."""
    out: list[Name] = []
    for name in found:
        last = out[-1] if out else None
        gap = text[last.stop:name.start] if last else ""
        joins = last and (gap == " " or (gap == "-" and last.sure < 0.8 and name.sure < 0.8))
        if last and joins and text[last.start].isupper() and text[name.start].isupper() and not (
                atlas.country(name.name) or (atlas.admin1s(name.name) and gap == " ")):
            both = last.sure == 1.0 and name.sure == 1.0  # a person, most likely
            out[-1] = Name(last.start, name.stop, text[last.start:name.stop], 0.3 if both else 0.5, known=False)
        else:
            out.append(name)
    return out


def _is_word(surface: str, lexicon: Lexicon, atlas: Atlas) -> bool:
    """A small word at the beginning of a sentence, an adjective of a country (but not Brasília), a word for two towns."""
    if lexicon.classes(surface.lower()) or (len(surface) < 3 and surface.isascii() and not surface.isupper()):
        return True
    return bool(countries_of(surface)) and not any(p.population >= _LARGE for p in atlas.cities(surface)[:1])


def _sure(spot: Spot, atlas: Atlas) -> float:
    """How sure a spot is: a common word that is a large city too (York) is more than one that is a hamlet (Best)."""
    short = spot.stop - spot.start < 4 and not spot.name[0].isupper()
    if not spot.weak and not short:
        return (1.0, 0.8, 0.35)[min(spot.doubt, 2)]
    return 0.7 if any(p.population >= _TOWN for p in atlas.cities(spot.name)[:1]) else 0.4


def _masked(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """``text`` with the words of ties blanked, so that they neither are nor hide a name."""
    parts = list(text)
    for start, stop in taken:
        parts[start:stop] = " " * (stop - start) if text[start] < "\u2e80" else "\u3000" * (stop - start)
    return "".join(parts)


def _of_spot(text: str, start: int, stop: int, name: str, sure: float, lexicon: Lexicon) -> Name:
    if sure == 0.8 and (m := _LED.search(text, max(0, start - 40), start)) and lexicon.classes(m[1].lower()) & {"with", "of", "from", "between", "and"}:
        start = m.start(2)                 # mit Welikij Nowgorod
    if "\u0400" <= text[start] <= "\u04ff":  # the whole word of a declined name
        while stop < len(text) and text[stop].isalpha():
            stop += 1
    if m := _ADMIN.match(text, stop):
        whole = text[start:m.end()]
        return Name(start, m.end(), whole if whole[0] < "\u0400" else f"{name}{m[0]}", max(sure, 0.9))
    if _ARTICLE.search(text, max(0, start - 5), start):
        sure = min(sure, 0.4)
    return Name(start, stop, name, sure)


def _small(name: Name, text: str) -> bool:
    """A capital letter or two that stand for a country or nothing."""
    return name.stop - name.start < 2 or (name.sure < 1 and _FACELESS.fullmatch(text, name.start, name.stop) is not None and name.stop - name.start < 3)


def _merged(found: Sequence[Name]) -> list[Name]:
    """Without overlaps: the first, then the longer wins."""
    out: list[Name] = []
    for name in sorted(found, key=lambda n: (n.start, n.start - n.stop)):
        if not out or name.start >= out[-1].stop:
            out.append(name)
    return out


def _unknown(text: str, found: Sequence[Name], lexicon: Lexicon, atlas: Atlas) -> Iterator[Name]:
    """Capitalised runs the atlas does not know, and German genitives of names it does."""
    spans = [(n.start, n.stop) for n in found]
    for start, stop in _runs(text, spans, lexicon):
        run = text[start:stop]
        if run.endswith("s") and len(run) > 4 and atlas.known(run[:-1]) and lexicon.language in {"de", "nl"}:
            yield Name(start, stop - 1, run[:-1], 0.9, owned=True)
        elif lexicon.language == "pl" and (first := next((n for n in _polish(run) if atlas.known(n)), "")):
            yield Name(start, stop, first, 0.9)
        elif lexicon.language == "de" and atlas.country(run.replace("en ", "e ", 1)):
            yield Name(start, stop, run.replace("en ", "e ", 1))
        elif _asked_for(text, start, stop, lexicon, atlas):
            yield Name(start, stop, run, 0.8, known=False)
        elif _may_be_place(text, start, run, lexicon):
            if m := _ADMIN.match(text, stop):
                stop = m.end()
            yield Name(start, stop, text[start:stop], 0.5 if " " in run or "-" in run else 0.4, known=False)


def _polish(name: str) -> Iterator[str]:
    """What a Polish name may be in the first case; best effort, nearest first."""
    for end, firsts in _POLISH:
        if name.endswith(end) and len(name) > len(end) + 2:
            yield from (name[:-len(end)] + first for first in firsts)


def _runs(text: str, spans: Sequence[tuple[int, int]], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words outside ``spans``, joined by blanks, hyphens and small words of names."""
    start = end = -1
    for m in _WORD.finditer(text):
        inside = any(a < m.end() and m.start() < b for a, b in spans)
        capital = m[0][0].isupper() and not inside and not lexicon.classes(m[0].lower()) & {"office", "body", "kind"}
        gap = text[end:m.start()] if end >= 0 else ""
        if end >= 0 and not inside and gap in {" ", "-", "–"} and (capital or m[0] in _LINKS):
            if capital:
                end = m.end()
                continue
            nxt = _WORD.search(text, m.end())
            if nxt and nxt[0][0].isupper() and text[m.end():nxt.start()] in {" ", "-"}:
                end = m.end()
                continue
        if end >= 0:
            yield start, end
            start = end = -1
        if capital:
            start, end = m.start(), m.end()
    if end >= 0:
        yield start, end


def _asked_for(text: str, start: int, stop: int, lexicon: Lexicon, atlas: Atlas) -> bool:
    """Whether the words around say that a place is named: "the village of Dull", "dem ukrainischen Browary", "Boring, Oregon"."""
    before = [w.lower() for w in _WORD.findall(text[max(0, start - 40):start])]
    if text[start - 1:start] != " " or not before:
        before = ["", ""]
    kind = "kind" in lexicon.classes(before[-1]) or ("of" in lexicon.classes(before[-1]) and "kind" in lexicon.classes((["", *before])[-2]))
    adjective = before[-1].islower() and len(before[-1]) > 4 and (bool(countries_of(before[-1])) or lexicon.land(before[-1]) is not None)
    behind = re.match(r", ([^\W\d_]+(?: [^\W\d_]+)?)", text[stop:stop + 40])
    region = behind is not None and behind[1][0].isupper() and any(
        atlas.admin1s(n) or atlas.country(n) for n in (behind[1], behind[1].split()[0]) if len(n) > 3 and n[0].isupper())
    return kind or adjective or region


def _may_be_place(text: str, start: int, run: str, lexicon: Lexicon) -> bool:
    word = run.split()[0]
    lower = word.lower()
    before = text[:start].rstrip()
    if re.match(r"\w+['’][a-zà-ÿ]", run):  # L'enjeu
        return False
    if len(run) < 3 or _FACELESS.fullmatch(run) or countries_of(run) or bare(fold(word)) in words("firstnames"):
        return False
    if lexicon.language == "de" and " " in run and not _GERMAN_MORE.match(run):
        return False
    if " " not in run and (lexicon.classes(lower) or bare(fold(run)) in words("trapwords")):
        return False
    last = _WORD.findall(before[-30:])[-1:] or [""]
    if bare(last[0].casefold()) in words("offices") or "office" in lexicon.classes(last[0].lower()):
        return False
    if lexicon.language == "de" and " " not in run:
        near = bool(countries_of(last[0])) or "kind" in lexicon.classes(last[0].lower()) or text[start - 2:start] == "  "
        return near or (_GERMAN.search(run) is not None and not _GERMAN_NO.search(run) and not lexicon.classes(lower))
    opens = not before or before[-1] in ".!?:\n"
    return not opens or " " in run or "-" in run or text[start + len(run):start + len(run) + 2] in {", ", " ("}

