"""Looking terms up: the same as trying each term everywhere, in any script; hits fall where they belong."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from twinwire.screen.fold import fold
from twinwire.screen.match import MAX_HITS, Block, Hit, Hits, Lookup
from twinwire.screen.terms import Strength, patterns

TERMS = ["sister city", "ville* jumelle*", "zona* franca*", "zon* rozwoju", "*partnerstadt*", "友城", "город* побратим*", "توأمة", "ab* cd* ef"]
WORDS = st.sampled_from(["sister", "city", "cities", "villes", "jumelles", "zona", "franca", "zony", "rozwoju", "olympiapartnerstadt", "友城", "国际",
                         "города", "побратимы", "والتوأمة", "توأمة", "abx", "cdy", "ef", "efg", "–", "é", "…", "x"])


def plain(term: str) -> str:
    """The term as a regular expression over folded text, written another way."""
    body = "".join(r"[^\W_]{0,16}" if c == "*" else re.escape(c) for c in fold(term.removeprefix("*")).text)
    glued = "(?:و|ف|ب|ل|ك|ال|وال|فال|بال|كال|لل|ولل|وب|ول|وك)?" if "\u0600" < term[0] < "\u06ff" else ""
    left = "" if term[0] in "*友" else r"(?<![^\W_])" + glued
    return left + f"(?P<hit>{body})" + ("" if term[-1] == "城" else r"(?![^\W_])")


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_as_if_each_term_were_tried(text: str) -> None:
    """One pass finds what trying every term by itself finds, with the same spans."""
    folded = fold(text).text
    lookup = Lookup((p, t) for t in TERMS for p in patterns([t], "xx"))
    got = {(t, start, stop) for _, t, start, stop in lookup.find(folded)}
    assert got == {(t, *m.span("hit")) for t in TERMS for m in re.finditer(plain(t), folded)}


def test_hits_are_bounded() -> None:
    """Of one kind no more than the limit is kept; others still find their place."""
    block = Block(0, "en", None)
    hits = Hits()
    for i in range(MAX_HITS + 50):
        hits.add(Hit(i, i + 1, "t", Strength.STRONG, block))
    hits.add(Hit(0, 1, "b", Strength.BLOCKER, block))
    hits.add(Hit(0, 1, "n", Strength.NEVER_NEAR, block))
    assert (len(hits.terms), len(hits.strong), len(hits.blockers), len(hits.never)) == (MAX_HITS, MAX_HITS, 1, 1)


def test_within() -> None:
    """Beside means near and not overlapping."""
    block = Block(0, "en", None)
    a = Hit(10, 20, "a", Strength.STRONG, block)
    assert [Hit(s, s + 5, "b", Strength.STRONG, block).within(a, 10) for s in (0, 4, 5, 12, 20, 29, 30)] == [True, True, True, False, True, True, False]
