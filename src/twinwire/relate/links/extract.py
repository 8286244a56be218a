"""From the text of an item to statements of ties between places. The one entry point of the package.

Reads at most 20,000 characters of a field and 40 sentences; gives at most 200 statements.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.places import Context
from twinwire.records import CityLink, Dateline, Level, Located, Text
from twinwire.relate.links.choose import choose, scene
from twinwire.relate.links.cutting import Cutter, carried, told
from twinwire.relate.links.lexicon import Lexicon, even, hits, lexicon
from twinwire.relate.links.lists import further, groups, ownerless
from twinwire.relate.links.nouns import Group, Pair, Reading, Side, Unit
from twinwire.relate.links.pairing import names_a_side
from twinwire.relate.links.readings import chance
from twinwire.relate.links.sentences import sentences
from twinwire.relate.links.since import of_each
from twinwire.relate.links.status import Said, granted, said, words_of
from twinwire.relate.links.units import triggers

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
    spoken: bool                           # the one before has words that may name a tie


class _Reader:
    """What stays the same over the sentences of one item."""

    def __init__(self, text: Text, language: str | None, dateline: Dateline | None, context: Context, atlas: Atlas) -> None:
        self._text, self._language, self._dateline, self._cutter = text, language, dateline, Cutter(atlas, context)
        self._evened: dict[tuple[str, str], str] = {}
        self._left = _SENTENCES
        self._in_title: bool | None = None
        self._paper: Located | None = None

    def read(self, field: str) -> Iterator[CityLink]:
        """Statements of one field."""
        text: str = getattr(self._text, field)[:_READ]
        found = hits(self._even(field, self._language or "")) if text else {}
        if not found:
            return
        language = self._language if self._language in found else _language(text, found)
        words = lexicon(language)
        lower = self._even(field, language)
        if words.homes.search(lower) or words.homes.search(self._even("title", language)):
            lower = lower.replace("twin cities", "twin_cities")
        at = sorted(found[language])
        before, spoken = ("", ""), False
        begin = self._behind_dateline(field, text)
        for start, stop in sentences(text):
            start = max(start, min(begin, stop))  # noqa: PLW2901
            tied = bisect_left(at, stop) > bisect_left(at, start)
            if tied:
                self._left -= 1
                yield from self._sentence(_Sentence(field, start, text[start:stop], lower[start:stop], before, spoken), words)
            if self._left <= 0 or stop > at[-1]:
                return
            before, spoken = (text[start:stop], lower[start:stop]), tied

    def _even(self, field: str, language: str) -> str:
        """A field evened out, no further than it is read."""
        key = field, language
        if key not in self._evened:
            self._evened[key] = even(getattr(self._text, field)[:_READ], language)
        return self._evened[key]

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
        kinds = {kind for *_, kind in self._cutter.ties(lower, words)} - {"trap"}
        if not kinds:
            return
        topical = self._topical(sentence, words)
        weak = kinds == {"weak"} and not topical   # such a tie is believed only where the sentence itself names both sides
        ours = weak and self._speaker(lower, words)  # … or speaks of its own town
        if weak and not ours and not words.unspaced and len(self._cutter.names(sentence.text, lower, words)) < 2:
            return
        cut = self._cutter.units(sentence.text, lower, words)
        found = [s for s in self._cutter.sides(sentence.text, lower, words) if not self._in_dateline(sentence, s)]
        if weak and len(found) + ours < 2:
            return
        lists = groups(cut, found, words.unspaced)
        lists += list(self._carried(sentence, cut, lists, words))
        spans = words_of(lower, words)
        heard = {i: said(lower, spans, u.start, u.stop) for i, u in enumerate(cut) if u.trigger}
        scenes = {i: scene(t.told, t.doubt, topical) for i, t in heard.items()}
        chosen = choose(cut, lists, words, scenes, self._hub(sentence, words))
        years = {i: of_each(lower, spans, [r for r in chosen if r.trigger == i]) for i in {r.trigger for r in chosen}}
        for reading in chosen:
            told_of, tie, of_partner = heard[reading.trigger], cut[reading.trigger], years[reading.trigger]
            if names_a_side(cut, reading, words):
                told_of = granted(told_of, lower, spans, (tie.start, tie.stop), words)
            for pair in reading.pairs:
                own = next((s.key for s in pair if of_partner and s.key in of_partner), None)
                since = of_partner[own] if of_partner and own is not None else told_of.since
                yield _link(pair, reading, replace(told_of, since=since), sentence)

    @staticmethod
    def _speaker(lower: str, words: Lexicon) -> bool:
        """Whether the sentence names the place it is told for: "our town", 我市. "It" is not enough for a tie that may be none."""
        return words.ours.search(lower) is not None

    def _topical(self, sentence: _Sentence, words: Lexicon) -> bool:
        """Whether the headline or the sentence before speaks of ties between places."""
        if self._in_title is None:
            self._in_title = self._cutter.speaks(self._even("title", words.language), words)
        return self._in_title or (sentence.spoken and self._cutter.speaks(sentence.before[1], words))

    def _in_dateline(self, sentence: _Sentence, side: Side) -> bool:
        line = self._dateline
        if line is None and (m := _PAPER.match(sentence.text)) and m.start("of") <= side.name.start < m.end("of"):
            self._paper = side.located         # the newspaper's own town stands for a dateline
            return True
        return line is not None and line.field == sentence.field and line.start <= sentence.start + side.name.start < line.stop

    def _carried(self, sentence: _Sentence, cut: Sequence[Unit], lists: Sequence[Group], words: Lexicon) -> Iterator[Group]:
        """Places a sentence speaks of without naming them: the dateline's, those of the sentence before, the headline's."""
        found = {s.key for g in lists for s in g.sides}
        two = any("two" in u.classes for u in cut)
        one = any("one" in u.classes for u in cut)
        filed = self._dateline.places[:2] if self._dateline else (self._paper,) if self._paper else ()
        if sentence.field != "title":
            for located in filed:
                if located.place and located.place.level is not Level.COUNTRY and located.place.place_id not in found:
                    yield Group([carried(located)], carried="dateline", mutual=one)
        if len(found) >= 2 and not ownerless(cut, lists):
            return
        earlier = [(origin, self._cutter.named(text, lower, words)) for text, lower, origin in self._sources(sentence, words) if text]
        alone = [named[0] for _, named in earlier if len(named) == 1]
        if len(earlier[-1:]) and earlier[-1][0] == "title" and len(earlier[-1][1]) == 1 and further(cut):
            earlier = earlier[-1:]             # the sentence before tells of the partner before
        for origin, named in earlier:
            if len(found) >= 2:
                yield from (Group([side], carried=origin, mutual=one) for side in named if len(named) == 1 and side.key not in found)
            elif len(named) == 2 and not found:
                yield Group([*named], carried=origin, mutual=two)
            else:
                yield from (Group([side], carried=origin, mutual=one and n == 0) for n, side in enumerate(named[:3]))
        if two and not found and len(alone) == 2 and alone[0].key != alone[1].key:
            yield Group(alone, carried="before", mutual=True)  # one in the headline, one in the sentence before

    def _sources(self, sentence: _Sentence, words: Lexicon) -> Iterator[tuple[str, str, str]]:
        """The sentence before and the headline, each evened out too, and what they are called."""
        yield (*sentence.before, "before")
        if sentence.field != "title":
            yield self._text.title[:_READ], self._even("title", words.language), "title"

    def _hub(self, sentence: _Sentence, words: Lexicon) -> object:
        """The one place that a headline about ties names; None where it is none, or several."""
        if sentence.field == "title" or not self._in_title:
            return None
        named = self._cutter.named(self._text.title[:_READ], self._even("title", words.language), words)
        return named[0].key if len(named) == 1 else None


def _language(text: str, found: Iterable[str]) -> str:
    """Of several languages that share stems, the one whose words say most about ties at the beginning of ``text``."""
    def weight(language: str) -> int:
        words = lexicon(language)
        return sum(_WEIGHT[kind] for *_, kind in triggers(even(text[:5_000], language), words))

    if len(several := sorted(found)) == 1:
        return several[0]
    return max(several, key=weight)


def _link(pair: Pair, reading: Reading, heard: Said, sentence: _Sentence) -> CityLink:
    a, b = pair
    levels = {a.level_of, b.level_of}
    stop = min(len(sentence.text), _QUOTED)
    return CityLink(
        a=told(a, sentence.text), b=told(b, sentence.text), level=next(x for x in ("region", "city", "district") if x in levels),
        status=heard.status, since=heard.since, domestic=_domestic(a, b), quote=sentence.text[:stop], field=sentence.field,
        start=sentence.start, stop=sentence.start + stop, rule=reading.rule, confidence=round(chance(reading.score), 3),
        published=reading.score >= 0)


def _domestic(a: Side, b: Side) -> bool:
    """Whether both lie in one state."""
    one, two = (s.located.place.country_code if s.located.place else s.land for s in (a, b))
    return one is not None and two is not None and _STATES.get(one, one) == _STATES.get(two, two)
