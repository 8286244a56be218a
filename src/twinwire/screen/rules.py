"""The rules of a topic: words that count only in company (``together``). Finds that company; weighs nothing and gives no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from twinwire.config.topics import NOT, PLACES, LanguageTerms, Topic
from twinwire.screen.decide import Joined
from twinwire.screen.match import Hit, Lookup, base_of
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

    @cached_property
    def _classes(self) -> Lookup[str]:
        classes = {**self._block.words, "abroad": self._block.foreign}
        return Lookup((p, name) for name, words in classes.items() if words for p in patterns(words, self._language))

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


class TopicRules:
    """All rules of a topic. The words they begin with are looked for with the terms, see ``match``, and count in title and openings."""

    def __init__(self, topic: Topic) -> None:
        self._of = {name: Rules(name, terms) for name, terms in topic.terms.items() if terms.together}

    def joined(self, begin: Sequence[Hit], page: Page, language: str | None, places: Callable[[], Places] | None) -> list[Hit]:
        """Of the words ``begin`` those that have what a rule asks for, as hits of their own kind. Such words are everyday ones that
        languages share: they are asked in the text's language as it is claimed, and in those that have most of them, or half as many."""
        found: dict[str, list[Hit]] = {}
        for hit in begin:
            if hit.stop <= READ and page.zone(hit.start) != "body":
                found.setdefault(hit.block.language, []).append(hit)
        if not found:
            return []
        claimed = _base(language)
        different = {name: len({h.term for h in hits}) for name, hits in found.items()}
        least = max(different.values()) / (2 if claimed else 1)  # what claims no language is read in that of most words
        return [hit for name, hits in found.items() if name == claimed or different[name] >= least
                for hit in self._with_company(name, hits, page, places)]

    def _with_company(self, name: str, found: Sequence[Hit], page: Page, places: Callable[[], Places] | None) -> Iterator[Hit]:
        """Of these words of one language the first few that have company."""
        rules = self._of[name]
        words = rules.words(page.text[:found[-1].stop + SPAN * page.window])
        company = ((hit, rules.company(hit, words, page, places)) for hit in found)
        return islice((Joined(h.start, h.stop, h.term, Strength.TOGETHER, h.block, c) for h, c in company if c), ENOUGH)


def _base(language: str | None) -> str:
    base = base_of(language) or ""
    return _SAME.get(base, base)
