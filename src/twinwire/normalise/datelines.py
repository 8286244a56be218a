"""The dateline of an item: found, its places looked up, its date completed. The one entry point; holds no grammar and no names.

A line whose form alone does not tell counts only where the atlas knows its place: with a date or an agency beside it any place that is
known, a bare word only a place of the publisher's country or language, or a city that the world knows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from twinwire.config.sources import Source
from twinwire.normalise.atlas import Atlas
from twinwire.normalise.dateline import candidates
from twinwire.normalise.dateline_dates import dated
from twinwire.normalise.dateline_places import NOWHERE, located
from twinwire.normalise.dateline_shape import Line, Shape, shape
from twinwire.normalise.placenames import fold
from twinwire.normalise.places import Context, resolve
from twinwire.normalise.wirenames import home
from twinwire.records import Dateline, Entry, Level, Located, Place, Text

_KNOWN_TO_ALL = 300_000   # people: a city that a bare word may mean anywhere
_IN_CAPITALS = 20_000     # … one in capitals before a dash
_BEFORE_COLON = 100_000   # … one in capitals before a colon, where speakers and headings stand as well
_TOP_LEVEL = re.compile(r"https?://[^/?#\s]{1,200}?\.([A-Za-z]{2})(?::\d+)?(?:[/?#]|$)")
_SOLD = frozenset(("ai", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "tv", "to", "ws"))
_FEW, _NOT_SMALL = 6, 50_000
_TRIES = 6
# Countries whose newspapers write in a language, for bare words: the larger ones, where a town's own paper may name it alone.
_LANDS = {
    "de": "DE AT CH LU LI", "fr": "FR BE CH CA LU", "it": "IT CH", "nl": "NL BE", "pt": "PT BR AO MZ", "pl": "PL", "cs": "CZ",
    "sv": "SE FI",
    "da": "DK", "no": "NO", "fi": "FI", "tr": "TR", "ru": "RU BY KZ KG UA", "uk": "UA", "ja": "JP", "ko": "KR", "zh": "CN TW HK MO SG",
    "es": "ES MX AR CO PE CL EC VE GT BO CU DO HN PY SV NI CR PA UY", "id": "ID", "ms": "MY", "vi": "VN", "ro": "RO MD", "hu": "HU",
    "el": "GR CY",
}
_WORDS_TEXT = (
    "of reading nice mobile date male bath split orange union best media march most many can same one sale normal enterprise "
    "progress friendship hope time life news sport sports update breaking watch live video photo photos opinion editorial business "
    "world local correction note police fire summary background about contact contacts highlights source today tomorrow yesterday "
    "weather war peace independence republic commerce industry energy eden liberty victory defiance justice novelty essen baden buch "
    "wald au see berg stein ende halle lage sieg land leute region bayern kultur politik wirtschaft"
)
_PERSONS_TEXT = (
    "victoria florence charlotte lincoln madison jackson santiago sofia sophia lima paris austin sydney adelaide lourdes carolina "
    "savannah chelsea brooklyn kimberley valencia lorena angel"
)
_WORDS = frozenset(_WORDS_TEXT.split())    # headings and beginnings of sentences, which are towns as well
_PERSONS = frozenset(_PERSONS_TEXT.split())  # first and family names, where not in capitals


def read_dateline(  # noqa: PLR0913, PLR0917  (everything a line is read with; a bag of them would say less)
    text: Text, entry: Entry, source: Source, published: datetime | None, atlas: Atlas, context: Context,
) -> Dateline | None:
    """The dateline of an item, or None where there is none. ``published`` (aware) completes a date without year; raises nothing."""
    hint = None if "aggregator" in source.tags else source.wire
    language = context.language or entry.language or source.language
    near = replace(context, country=context.country or source.country or _land_of(entry.link))
    for n, line in enumerate(candidates(text, entry, wire_hint=hint)):
        if n >= _TRIES:
            break
        places = _places(line, entry, atlas, context)
        if line.sure or line.kind == "structured" or _counts(line, places, near):
            day, rule = dated(line.date, published, language)
            return Dateline(raw=line.raw, field=line.field, start=line.start, stop=line.stop, places=places, date=day, date_raw=line.date,
                            date_rule=rule, agency=line.agency)
    return None


def _places(line: Line, entry: Entry, atlas: Atlas, context: Context) -> tuple[Located, ...]:
    printed = located(line.location, atlas, context, home(line.agency)) if line.location else ()
    if line.kind != "structured" or entry.wired is None or not entry.wired.places:
        return printed
    fields = {fold(p.name): resolve(p, atlas, context) for p in entry.wired.places[:8]}
    # What is printed is the dateline; a field of the same name knows the region better, and any field is better than no place.
    known = tuple(fields.get(fold(p.surface), p) for p in printed if p.place or fold(p.surface) in fields)
    return known or tuple(fields.values())


def _counts(line: Line, places: tuple[Located, ...], context: Context) -> bool:
    """True when what is known of the places makes a line that is not sure a dateline."""
    found = [p.place for p in places if p.place is not None]
    if not found or len(found) < len(places) / 2:
        return False
    if line.kind == "marked" and (line.date or line.agency):
        return True
    if line.date and (found[0].level is Level.CITY or "," in line.location):
        return True
    name, caps = line.location.casefold(), shape(line.location) is Shape.CAPS
    if name in _WORDS or name in NOWHERE or (name in _PERSONS and not caps and (context.language or "en") in {"en", "es"}):
        return False
    given = "," in line.location
    if given and line.kind != "full stop":
        return any(p.level is Level.CITY or p.name.casefold() not in line.location.casefold() for p in found)
    if found[0].level is not Level.CITY:
        return False
    if line.kind == "full stop":
        return (context.language or "") in {"de", "nl"} and _is_near(found[0], context)
    own = caps and fold(found[0].name) == fold(line.location)
    enough = _KNOWN_TO_ALL if not own else _BEFORE_COLON if line.kind == "colon" else _IN_CAPITALS
    return _is_near(found[0], context) or found[0].population >= enough


def _land_of(address: str | None) -> str | None:
    """The country of an address's top-level domain, where that is one of a country and not sold to the world."""
    m = _TOP_LEVEL.match(address or "")
    return {"UK": "GB"}.get(m[1].upper(), m[1].upper()) if m and m[1].lower() not in _SOLD else None


def _is_near(place: Place, context: Context) -> bool:
    """True in the publisher's country, and in those of the language; where these are many, for towns that are not small."""
    lands = _LANDS.get(context.language or "", "").split()
    return place.country_code == context.country or (place.country_code in lands and (len(lands) <= _FEW or place.population >= _NOT_SMALL))


