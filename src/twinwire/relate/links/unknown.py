"""Names of places that the atlas does not know, in scripts with capitals and in Arabic: told by what stands around them.

Endings of cases and of German names, and the words around; knows no ties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.demonyms import countries_of
from twinwire.normalise.placenames import bare, fold
from twinwire.normalise.tables import words
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.nouns import Name

# Words behind a name that belong to it; Slavic ones in any case.
ADMIN = re.compile(
    r" (?:City|CITY|County|COUNTY|Prefecture|PREFECTURE|Province|Oblast|Krai|Region|Shire|District|Borough|Parish|"
    r"(?:край|кра[яюе]|краем|област[ьи]|областью|район\w{0,2}|округ\w{0,2}))(?!\w)")
TINY = re.compile("[A-ZÀ-ÞĀ-Ž]{1,4}$")
_LARGE = 100_000                           # people
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BEHIND = re.compile(r", ([^\W\d_]+(?: [^\W\d_]+)?)")
_ELIDED = re.compile(r"\w+['’][a-zà-ÿ]")   # L'enjeu
_LINKS = frozenset((
    "de", "du", "des", "la", "le", "les", "da", "do", "dos", "di", "del", "della", "sur", "sous", "upon", "on", "am", "an", "der", "im",
    "ob", "bei", "van", "aan", "den", "y", "e", "lès", "l", "d", "в", "на"))
# Endings of German names of places, for towns no gazetteer has.
_GERMAN = re.compile(
    r"(?:heim|hausen|burg|berg|städten|stadt|dorf|ingen|furt|furth|bach|feld|wald|kirch|kirchen|hofen|brück|brücken|münde|stedt|leben|"
    r"roda|itz|ow|witz|thal|tal|see|haven|hagen|rode|stein|weiler|zell|au|ach|büttel|holz|horst|beck|wiesen|grün|lingen|mold|mar|gau)$")
_GERMAN_NO = re.compile(
    r"(?:Haupt|Innen|Alt|Groß|Partner|Hafen|Heimat|Schau|Neben|Vor|Sonnen|Kreis|Landes)(?:stadt|berg|au)$|"
    r"(?:Frau|Bau|Anfang|Ausbau|Aufbau)$")
_GERMAN_MORE = re.compile(r"(?:Bad|Sankt|St|Neu|Alt|Groß|Klein|Ober|Unter|Nieder|Hohen|Burg|Markt|Stadt|\w+ [a-zäöü])")
# Endings of Polish cases and what the first case ends with instead.
_POLISH: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("iem", ("", "ń")), ("em", ("",)), ("owa", ("ów", "owo")), ("owem", ("ów", "owo")), ("owie", ("ów",)), ("ia", ("ń", "", "ie")),
    ("iu", ("ń", "", "ie")), ("ą", ("a",)), ("y", ("a",)), ("i", ("a", "ia", "ź")), ("a", ("", "o")), ("u", ("", "o")),
    ("ie", ("", "a", "o")), ("ze", ("ra", "")), ("cy", ("ca", "cza")))
_ARABIC = re.compile("(?:مع|مدينة|ومدينة|بلدية) ([\u0620-\u06ff]{4,})")


def unknown(text: str, found: Sequence[Name], lexicon: Lexicon, atlas: Atlas) -> Iterator[Name]:
    """Names outside ``found``: known ones in another case, and words that only their place in the sentence makes one."""
    spans = [(n.start, n.stop) for n in found]
    if lexicon.language == "ar":
        yield from (Name(*m.span(1), m[1], 0.5, known=False) for m in _ARABIC.finditer(text) if not lexicon.classes(m[1]))
    for start, stop in _runs(text, spans, lexicon):
        run = text[start:stop]
        if name := _declined(start, stop, run, lexicon, atlas):
            yield name
        elif _asked_for(text, start, stop, lexicon, atlas):
            yield Name(start, stop, run, 0.8, known=False)
        elif _may_be_place(text, start, run, lexicon):
            m = ADMIN.match(text, stop)
            end = m.end() if m else stop
            yield Name(start, end, text[start:end], 0.5 if " " in run or "-" in run else 0.4, known=False)


def _declined(start: int, stop: int, run: str, lexicon: Lexicon, atlas: Atlas) -> Name | None:
    """A known name in another form: Stuttgarts, die Wuppertaler, den Vereinigten Staaten, Poznania."""
    if lexicon.language in {"de", "nl"} and run.endswith("s") and len(run) > 4 and atlas.known(run[:-1]):
        return Name(start, stop - 1, run[:-1], 0.9, owned=True)
    if lexicon.language == "de" and run.endswith("er") and any(p.population >= _LARGE for p in atlas.cities(run[:-2])[:1]):
        return Name(start, stop - 2, run[:-2], 0.7)
    if lexicon.language == "pl" and (first := next((n for n in _polish(run) if atlas.known(n)), "")):
        return Name(start, stop, first, 0.9)
    if lexicon.language == "de" and atlas.country(run.replace("en ", "e ", 1)):
        return Name(start, stop, run.replace("en ", "e ", 1))
    return None


def _polish(name: str) -> Iterator[str]:
    """What a Polish name may be in the first case; best effort, nearest first."""
    for end, firsts in _POLISH:
        if name.endswith(end) and len(name) > len(end) + 2:
            yield from (name[:-len(end)] + first for first in firsts)


def _runs(text: str, spans: Sequence[tuple[int, int]], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words outside ``spans``, joined by blanks, hyphens and small words of names."""
    start = end = -1
    for m in _WORD.finditer(text):
        first, last = m.span()
        upper = text[first].isupper()
        if not upper and end < 0:
            continue
        inside = _within(first, last, spans)
        joined = end >= 0 and not inside and text[end:first] in {" ", "-", "–"}
        capital = upper and not inside and _names_more(lexicon.classes(m[0].lower()), end >= 0)
        if joined and (capital or (m[0] in _LINKS and _leads_on(text, last, spans))):
            end = last
            continue
        if end >= 0:
            yield start, end
            start = end = -1
        if capital:
            start, end = first, last
    if end >= 0:
        yield start, end


def _names_more(classes: frozenset[str], running: bool) -> bool:
    """Whether a capitalised word may be part of a name: within a run a small word may, one that says what a place is never."""
    return not classes or (running and not classes & {"office", "body", "kind"})


def _leads_on(text: str, stop: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a capitalised word outside ``spans`` follows."""
    behind = _WORD.search(text, stop)
    return (behind is not None and behind[0][0].isupper() and text[stop:behind.start()] in {" ", "-"}
            and not _within(behind.start(), behind.start() + 1, spans))


def _within(start: int, stop: int, spans: Sequence[tuple[int, int]]) -> bool:
    for a, b in spans:  # noqa: SIM110  (asked for every word)
        if a < stop and start < b:
            return True
    return False


def _asked_for(text: str, start: int, stop: int, lexicon: Lexicon, atlas: Atlas) -> bool:
    """Whether the words around say that a place is named: "the village of Dull", "dem ukrainischen Browary", "Boring, Oregon"."""
    before = ["", ""]
    if text[start - 1:start] == " ":
        before += [w.lower() for w in _WORD.findall(text[max(0, start - 40):start])]
    last = lexicon.classes(before[-1])
    if "kind" in last or ("of" in last and "kind" in lexicon.classes(before[-2])):
        return True
    if len(before[-1]) > 4 and (countries_of(before[-1]) or lexicon.land(before[-1])):
        return True
    behind = _BEHIND.match(text, stop)
    if behind is None or not behind[1][0].isupper():
        return False
    regions = {behind[1], behind[1].split(maxsplit=1)[0]}
    return any(atlas.admin1s(n) or atlas.country(n) for n in regions if len(n) > 3)


def _may_be_place(text: str, start: int, run: str, lexicon: Lexicon) -> bool:
    """Whether nothing says that a run is something else: a word of the language, a person, initials."""
    word = run.split(maxsplit=1)[0]
    before = text[:start].rstrip()
    last = (_WORD.findall(before[-30:])[-1:] or [""])[0]
    if len(run) < 3 or _ELIDED.match(run) or TINY.fullmatch(run) or countries_of(run) or bare(fold(word)) in words("firstnames"):
        return False
    if " " not in run and (lexicon.classes(word.lower()) or bare(fold(run)) in words("trapwords")):
        return False
    if bare(last.casefold()) in words("offices") or "office" in lexicon.classes(last.lower()):
        return False
    if lexicon.language == "de":
        return _may_be_german(run, last, text[start - 2:start], lexicon)
    opens = not before or before[-1] in ".!?:\n"
    return not opens or " " in run or "-" in run or text[start + len(run):start + len(run) + 2] in {", ", " ("}


def _may_be_german(run: str, last: str, gap: str, lexicon: Lexicon) -> bool:
    """In German every noun has a capital: the ending, or the word before, has to speak for a place."""
    if " " in run:
        return _GERMAN_MORE.match(run) is not None
    near = bool(countries_of(last)) or "kind" in lexicon.classes(last.lower()) or gap == "  "
    return near or (_GERMAN.search(run) is not None and not _GERMAN_NO.search(run))
