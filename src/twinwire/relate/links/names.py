"""Finds what may name a place in a sentence about a tie, whether the atlas knows it or not. Prefers finding to being right.

What is found has a ``sure``: 1 for a name the atlas knows that is nothing else, less for common words, first names and unknown words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.spots import spots
from twinwire.normalise.spots_han import SCRIPTS, spots_han
from twinwire.normalise.tables import words
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.names_han import unspaced_names
from twinwire.relate.links.nouns import Name

_MOST = 60
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LINKS = frozenset("de du des la le les da do dos di del della sur sous upon on am an der im ob bei van aan den y e lès l d в на".split())
# Words behind a name that belong to it; Slavic ones in any case.
_ADMIN = re.compile(
    r" (?:County|COUNTY|Prefecture|PREFECTURE|Province|Oblast|Krai|Region|Shire|District|Borough|Parish|"
    r"(?:край|кра[яюе]|краем|област[ьи]|областью|район\w{0,2}|округ\w{0,2}))(?!\w)")
# Endings of German names of places, for towns no gazetteer has.
_GERMAN = re.compile(
    r"(?:heim|hausen|burg|berg|städten|stadt|dorf|ingen|furt|furth|bach|feld|wald|kirch|kirchen|hofen|brück|brücken|münde|stedt|leben|roda|itz|ow|witz|"
    r"thal|tal|see|haven|hagen|rode|stein|weiler|zell|au|ach|büttel|holz|horst|beck|wiesen|grün|lingen|mold|mar|gau)$")
_GERMAN_NO = re.compile(r"(?:Haupt|Innen|Alt|Groß|Partner|Hafen|Heimat|Schau|Neben|Vor|Sonnen|Kreis|Landes)(?:stadt|berg|au)$|(?:Frau|Bau|Anfang|Ausbau|Aufbau)$")
_FACELESS = re.compile("[A-ZÀ-ÞĀ-Ž]{1,4}$")


def names(text: str, taken: Sequence[tuple[int, int]], lexicon: Lexicon, atlas: Atlas) -> list[Name]:
    """Names in ``text``, in order, none overlapping another or the spans ``taken`` (words of ties). At most 60."""
    masked = _masked(text, taken)
    found = [_of_spot(masked, s.start, s.stop, s.name, 0.6 if s.weak else (1.0, 0.8, 0.35)[min(s.doubt, 2)]) for s in spots(masked, atlas)]
    found = [f for f in found if not _small(f, masked)]
    if SCRIPTS.search(masked):
        plain = [Name(s.start, s.stop, s.name, 1.0 if not s.weak and not s.doubt else 0.8 if not s.weak else 0.5) for s in spots_han(masked, atlas)]
        found = _merged([*found, *unspaced_names(masked, plain, lexicon, atlas)])
    found = _merged([*found, *_unknown(masked, found, lexicon, atlas)])
    return found[:_MOST]


def _masked(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """``text`` with the words of ties blanked, so that they neither are nor hide a name."""
    parts = list(text)
    for start, stop in taken:
        parts[start:stop] = " " * (stop - start) if text[start] < "\u2e80" else "\u3000" * (stop - start)
    return "".join(parts)


def _of_spot(text: str, start: int, stop: int, name: str, sure: float) -> Name:
    if m := _ADMIN.match(text, stop):
        whole = text[start:m.end()]
        return Name(start, m.end(), whole if whole[0] < "\u0400" else f"{name}{m[0]}", max(sure, 0.9))
    return Name(start, stop, name, sure, owned=text[start:stop] != name and text.startswith("s", stop))


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
    for start, stop in _runs(text, spans):
        run = text[start:stop]
        if run.endswith("s") and len(run) > 4 and atlas.known(run[:-1]) and lexicon.language in {"de", "nl"}:
            yield Name(start, stop - 1, run[:-1], 0.9, owned=True)
        elif _may_be_place(text, start, run, lexicon):
            yield Name(start, stop, run, 0.5 if " " in run or "-" in run else 0.4, known=False)


def _runs(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words outside ``spans``, joined by blanks, hyphens and small words of names."""
    start = end = -1
    for m in _WORD.finditer(text):
        inside = any(a < m.end() and m.start() < b for a, b in spans)
        capital = m[0][0].isupper() and not inside
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


def _may_be_place(text: str, start: int, run: str, lexicon: Lexicon) -> bool:
    word = run.split()[0]
    lower = word.lower()
    before = text[:start].rstrip()
    if len(run) < 3 or _FACELESS.fullmatch(run) or countries_of(run) or bare(fold(word)) in words("firstnames"):
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

