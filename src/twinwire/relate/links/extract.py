"""From the text of an item to statements of ties between places. The one entry point of the package.

Reads at most 20,000 characters of a field and 40 sentences; gives at most 200 statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context
from twinwire.records import CityLink, Dateline, Level, Located, Text
from twinwire.relate.links.choose import choose, scene
from twinwire.relate.links.lexicon import Lexicon, even, hits, lexicon
from twinwire.relate.links.lists import groups
from twinwire.relate.links.nouns import Group, Name, Pair, Reading, Side, Unit
from twinwire.relate.links.readings import chance
from twinwire.relate.links.sentences import sentences
from twinwire.relate.links.sides import sides
from twinwire.relate.links.status import Said, said, words_of
from twinwire.relate.links.units import triggers, units

_READ, _SENTENCES, _MOST = 20_000, 40, 200
_HEAD = 8                                   # characters of a dateline that two fields do not share by chance
_PAPER = re.compile("[【（(]?(?:本报|本報)?(?P<of>[\u3400-\u9fff]{2,6}?)(?:日报|日報|晚报|晚報|新闻|新聞|时报|時報)?(?:讯|訊)")
# What stands between a dateline and its text: the rest of the day, an agency in brackets, a dash.
_AGENCY = re.compile(r"[^.!?。()/\n]{0,30}(?:[(（/][^)）/\n]{1,60}[)）/】])?\s?\.?\s?(?:--|[-–—:：])\s?|[】)）]")
_WEIGHT = {"city": 3, "tie": 2, "weak": 1, "trap": 0}
_QUOTED = 500                               # characters of a sentence that are kept
# Parts of a state that have an ISO code of their own.
_STATES = {"GP": "FR", "MQ": "FR", "RE": "FR", "GF": "FR", "YT": "FR", "NC": "FR", "PF": "FR", "PR": "US", "GU": "US", "HK": "CN",
           "MO": "CN"}


def extract(text: Text, language: str | None, dateline: Dateline | None, context: Context, atlas: Atlas) -> tuple[CityLink, ...]:
    """Statements of ties in ``text``, in order; those that are not sure enough too, with ``published`` false.

    ``language`` (ISO 639-1) chooses the words; without it, or where it has none in the text, the words found do.
    """
    reader = _Reader(text, language, dateline, context, atlas)
    out: dict[tuple[object, ...], CityLink] = {}
    for field in ("title", "summary", "body"):
        for link in reader.read(field):
            key = (frozenset((_key(link.a), _key(link.b))), field, link.start)
            if key not in out or link.confidence > out[key].confidence:
                out[key] = link
            if len(out) >= _MOST:
                return tuple(out.values())
    return tuple(out.values())


def _key(located: Located) -> object:
    return located.place.place_id if located.place else located.surface.casefold()


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with the one before it. ``start`` counts from the beginning of the field."""

    field: str
    start: int
    text: str
    lower: str
    before: tuple[str, str]                # as it is, and in lower case


class _Reader:
    """What stays the same over the sentences of one item."""

    def __init__(self, text: Text, language: str | None, dateline: Dateline | None, context: Context, atlas: Atlas) -> None:
        self._text, self._language, self._dateline, self._context, self._atlas = text, language, dateline, context, atlas
        self._left = _SENTENCES
        self._in_title: bool | None = None
        self._paper: Located | None = None

    def read(self, field: str) -> Iterator[CityLink]:
        """Statements of one field."""
        text: str = getattr(self._text, field)[:_READ]
        found = hits(even(text, self._language or "")) if text else {}
        if not found:
            return
        language = self._language if self._language in found else _language(text, found)
        words = lexicon(language)
        lower = even(text, language)
        if words.homes.search(lower) or words.homes.search(even(self._text.title, language)):
            lower = lower.replace("twin cities", "twin_cities")
        at = sorted(found[language])
        before = ("", "")
        begin = self._behind_dateline(field, text)
        for start, stop in sentences(text):
            start = max(start, min(begin, stop))  # noqa: PLW2901
            if self._left > 0 and any(start <= a < stop for a in at):
                self._left -= 1
                yield from self._sentence(_Sentence(field, start, text[start:stop], lower[start:stop], before), words)
            before = (text[start:stop], lower[start:stop])

    def _behind_dateline(self, field: str, text: str) -> int:
        """Where the text of a field begins: behind its dateline and the name of the agency."""
        line = self._dateline
        if line is None:
            return 0
        head = getattr(self._text, line.field)[:line.stop]
        if line.field != field and (field == "title" or len(head) < _HEAD or not text.startswith(head)):
            return 0                           # a summary may begin as the body does
        stop = agency.end() if (agency := _AGENCY.match(text, line.stop)) else line.stop
        return stop + len(text[stop:]) - len(text[stop:].lstrip())

    def _sentence(self, sentence: _Sentence, words: Lexicon) -> Iterator[CityLink]:
        lower = sentence.lower
        kinds = {kind for *_, kind in triggers(lower, words)} - {"trap"}
        if not kinds:
            return
        topical = self._topical(sentence, words)
        cut = units(sentence.text, lower, words, self._atlas)
        every = sides(cut, words.unspaced, self._atlas, self._context)
        found = [s for s in every if not self._in_dateline(sentence, s)]
        if len(found) < 2 and not topical and kinds == {"weak"}:
            return
        lists = [*groups(cut, found, words.unspaced), *self._carried(sentence, cut, found, words)]
        spans = words_of(lower, words)
        told = {i: said(lower, spans, u.start, u.stop) for i, u in enumerate(cut) if u.trigger}
        scenes = {i: scene(t.told, t.doubt, topical) for i, t in told.items()}
        for reading in choose(cut, lists, words, scenes):
            for pair in reading.pairs:
                yield _link(pair, reading, told[reading.trigger], sentence)

    def _topical(self, sentence: _Sentence, words: Lexicon) -> bool:
        """Whether the headline or the sentence before speaks of ties between places."""
        if self._in_title is None:
            self._in_title = _speaks(even(self._text.title, words.language), words)
        return self._in_title or _speaks(sentence.before[1], words)

    def _in_dateline(self, sentence: _Sentence, side: Side) -> bool:
        line = self._dateline
        if line is None and (m := _PAPER.match(sentence.text)) and m.start("of") <= side.name.start < m.end("of"):
            self._paper = side.located         # the newspaper's own town stands for a dateline
            return True
        return line is not None and line.field == sentence.field and line.start <= sentence.start + side.name.start < line.stop

    def _carried(self, sentence: _Sentence, cut: Sequence[Unit], found: Sequence[Side], words: Lexicon) -> Iterator[Group]:
        """Places a sentence speaks of without naming them: the dateline's, those of the sentence before, the headline's."""
        two = any("two" in u.classes for u in cut)
        one = any("one" in u.classes for u in cut)
        filed = self._dateline.places[:2] if self._dateline else (self._paper,) if self._paper else ()
        if sentence.field != "title":
            for located in filed:
                if located.place and located.place.level is not Level.COUNTRY and located.place.place_id not in {s.key for s in found}:
                    yield Group([_carried(located)], carried="dateline", mutual=one)
        if len({s.key for s in found}) >= 2:
            return
        title = self._text.title if sentence.field != "title" else ""
        for text, lower, origin in ((*sentence.before, "before"), (title, even(title, words.language), "title")):
            if not text:
                continue
            earlier = units(text, lower, words, self._atlas)
            distinct = {s.key: s for s in sides(earlier, words.unspaced, self._atlas, self._context)}
            named = [_carried(_told(s, text)) for s in distinct.values()]
            if len(named) == 2 and not found:
                yield Group(named, carried=origin, mutual=two)
            else:
                yield from (Group([side], carried=origin, mutual=one and n == 0) for n, side in enumerate(named[:3]))


def _language(text: str, found: Iterable[str]) -> str:
    """Of several languages that share stems, the one whose words say most about ties at the beginning of ``text``."""
    def weight(language: str) -> int:
        words = lexicon(language)
        return sum(_WEIGHT[kind] for *_, kind in triggers(even(text[:5_000], language), words))

    return max(sorted(found), key=weight)


def _speaks(lower: str, words: Lexicon) -> bool:
    return bool(lower) and any(kind in {"city", "tie"} for *_, kind in triggers(lower[:1_200], words))


def _link(pair: Pair, reading: Reading, told: Said, sentence: _Sentence) -> CityLink:
    a, b = pair
    levels = {a.level_of, b.level_of}
    stop = min(len(sentence.text), _QUOTED)
    return CityLink(
        a=_told(a, sentence.text), b=_told(b, sentence.text), level=next(x for x in ("region", "city", "district") if x in levels),
        status=told.status, since=told.since, domestic=_domestic(a, b), quote=sentence.text[:stop], field=sentence.field,
        start=sentence.start, stop=sentence.start + stop, rule=reading.rule, confidence=round(chance(reading.score), 3),
        published=reading.score >= 0)


def _told(side: Side, text: str) -> Located:
    return side.located if side.at < 0 else replace(side.located, surface=text[side.name.start:side.name.stop])


def _carried(located: Located) -> Side:
    return Side(Name(0, 0, located.surface, known=located.place is not None), -1, -1, -1, located=located)


def _domestic(a: Side, b: Side) -> bool:
    """Whether both lie in one state."""
    one, two = (s.located.place.country_code if s.located.place else s.land for s in (a, b))
    return one is not None and two is not None and _STATES.get(one, one) == _STATES.get(two, two)
