"""The rules of a topic: words that count only in company (``together``). Finds that company; weighs nothing and gives no verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from twinwire.config.topics import NOT, PLACES, LanguageTerms, Topic
from twinwire.screen.decide import Joined
from twinwire.screen.match import Hit, Hits, Lookup
from twinwire.screen.page import Page
from twinwire.screen.places import Places
from twinwire.screen.terms import Strength, patterns

READ = 2_000         # characters at the beginning of a text in which rules look for their words
ENOUGH = 2           # words that begin rules and count; more would change no verdict
SPAN = 2             # windows in which the words of a rule stand: a headline and what follows it

_SAME = {"no": "nb", "nn": "nb", "bs": "hr"}  # languages whose words are listed under another


class Rules:
    """The rules of a language block: what must stand near which word. Its words are compiled when a text first asks for them."""

    def __init__(self, language: str, block: LanguageTerms) -> None:
        self._language, self._block = language, block
        self.near: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for first, *others in block.together:
            near = sorted((n for n in others if not n.startswith(NOT)), key=PLACES.__contains__)
            never = [n.removeprefix(NOT) for n in others if n.startswith(NOT)]
            for word in block.words[first]:
                self.near.setdefault(word, []).append((tuple(near), tuple(never)))
        self.only = self.near.keys() - set(block.context)   # a context term may count by itself too

    @cached_property
    def _classes(self) -> Lookup[str]:
        classes = {**self._block.words, "abroad": self._block.foreign}
        return Lookup((p, name) for name, words in classes.items() for w in words for p in patterns(w, self._language))

    def words(self, text: str) -> list[tuple[str, str, int, int]]:
        """Every word of a class in ``text``: class, word, start, stop."""
        return [(name, pattern.term, start, stop) for pattern, name, start, stop in self._classes.find(text)]

    def company(self, hit: Hit, words: Sequence[tuple[str, str, int, int]], page: Page, places: Callable[[], Places] | None) -> str | None:
        """What of every class stands near, in words; None where every rule lacks one. Places are asked for last: they cost most."""
        reach = SPAN * page.window
        around: dict[str, str] = {}
        for name, word, start, stop in words:
            if hit.start - reach <= start and stop <= hit.stop + reach and (stop <= hit.start or start >= hit.stop):
                around.setdefault(name, f"'{word}'")
        for near, never in self.near[hit.term]:
            if not around.keys().isdisjoint(never):
                continue
            said = []
            for name in near:
                got = around.get(name)
                if not got and name in PLACES:
                    got = places().of_rule(name, hit, page) if places is not None else None
                if not got:
                    break
                said.append(got)
            else:
                return ", ".join(said)
        return None


def settle(hits: Hits, rules: Mapping[str, Rules], page: Page, language: str | None, places: Callable[[], Places] | None) -> None:
    """Of the words that begin rules leave only those that have what they ask for, as hits of their own kind. They count in the title and
    the openings only. Such words are everyday ones that languages share: they are asked in the text's language as it is claimed, and in
    those that have most of them, or half as many. Where a strong term stands in the title they are not asked at all."""
    kept: list[Hit] = []
    begin: dict[str, list[Hit]] = {}
    for hit in hits.terms:
        rule = rules.get(hit.block.language)
        if hit.strength is not Strength.CONTEXT or rule is None or hit.term not in rule.near:
            kept.append(hit)
            continue
        if hit.term not in rule.only:
            kept.append(hit)
        if hit.stop <= READ and page.zone(hit.start) != "body":
            begin.setdefault(hit.block.language, []).append(hit)
    if any(page.zone(h.start) == "title" for h in hits.strong):
        begin.clear()
    claimed = _base(language)
    different = {name: len({h.term for h in found}) for name, found in begin.items()}
    most = max(different.values(), default=0)
    for name, found in begin.items():
        if name != claimed and 2 * different[name] < most:
            continue
        words = rules[name].words(page.text[:found[-1].stop + SPAN * page.window])
        joined = 0
        for hit in found:
            company = rules[name].company(hit, words, page, places)
            if company:
                kept.append(Joined(hit.start, hit.stop, hit.term, Strength.TOGETHER, hit.block, company))
                joined += 1
                if joined == ENOUGH:
                    break
    kept.sort(key=_where)
    hits.terms = kept


def _where(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.stop


def _base(language: str | None) -> str:
    base = (language or "").partition("-")[0].lower()
    return _SAME.get(base, base)


def with_rules(topic: Topic) -> Topic:
    """The topic as the matcher is to read it: the words that begin rules are looked for too, as context terms."""
    terms = {name: block.model_copy(update={"context": tuple(dict.fromkeys(
        [*block.context, *(w for rule in block.together for w in block.words[rule[0]])]))}) for name, block in topic.terms.items()}
    return topic.model_copy(update={"terms": terms})
