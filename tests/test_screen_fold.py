"""Folding: what becomes the same, and that every folded span leads back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from bounded import bounded
from hypothesis import assume, given
from hypothesis import strategies as st

from twinwire.screen.fold import fold

SPECIAL = ("aZß İıéÉe\u0301\u0308\u00ad\u200b\u200d\u00a0\u3000 \n\t\r-"
           "–—’“»ＦＲ１ｶﾞｶ가\u1112\u1161\u11abﬁ⼥أإآىة\u0651\u0640ёςΣşţ\x1f\x00\ufe0f\U0001f600一")
TEXTS = st.one_of(st.text(), st.text(alphabet=SPECIAL, max_size=60))


@pytest.mark.parametrize(("text", "folded"), [
    ("Sister-City", "sister city"),
    ("SISTER\u00a0–\n\n CITY", "sister city"),
    ("sis\u00adter ci\u200bty", "sister city"),
    ("sister \u00ad city", "sister city"),
    ("Ｓｉｓｔｅｒ　Ｃｉｔｙ１", "sister city1"),
    ("ｼｽﾀｰﾀｳﾝ ｶﾞﾊﾟ", "シスタータウン ガパ"),
    ("Sta\u0308dtepartner", "städtepartner"),
    ("か\u3099", "が"),
    ("\u1112\u1161\u11ab국", "한국"),
    ("⼥友好", "女友好"),
    ("İstanbul", "istanbul"),
    ("a\ud800b \udfff c", "a b c"),
    ("d’amitié «x»", "d'amitié \"x\""),
    ("الأُخوّة", "الاخوة"),
    ("побратимЁнный", "побратименный"),
    ("е\u0308ж", "еж"),
    ("ΠΌΛΙΣ", "πόλισ"),
    ("й", "й"),
])
def test_same(text: str, folded: str) -> None:
    """Spellings that mean the same fold to the same text; letters that differ stay apart."""
    assert fold(text).text == folded


def test_original_span() -> None:
    """A folded span leads back to the exact original code points, soft hyphens inside and marks at the end included."""
    text = "\u00ad Vis\u00adit  to Me\u0301\u200b town"
    f = fold(text)
    start = f.text.index("visit")
    assert text[slice(*f.original(start, start + 5))] == "Vis\u00adit"
    start = f.text.index("mé")
    assert text[slice(*f.original(start, start + 2))] == "Me\u0301"


@given(TEXTS)
def test_spans_lead_back(text: str) -> None:
    """Every folded character comes from a non-empty piece of the original, in order, that folds to it again."""
    f = fold(text)
    last = 0
    for i, c in enumerate(f.text):
        start, stop = f.original(i, i + 1)
        assert last <= start < stop <= len(text)
        last = start
        assert c in fold(text[start:stop]).text or unicodedata.normalize("NFKC", c) in fold(text[start:stop]).text


@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    """Folding a folded text changes nothing (single jamo that invisible characters kept apart are left aside)."""
    once = fold(text).text
    assume(not any("\u1100" <= c <= "\u1112" for c in once))
    assert fold(once).text == once


@given(st.text(alphabet=SPECIAL, max_size=30), st.text(alphabet=SPECIAL, max_size=30))
def test_independent_of_surroundings(a: str, b: str) -> None:
    """What stands in one field does not change how another folds."""
    assert fold(f"{a}.\x1f.{b}").text == f"{fold(a + '.').text}\x1f{fold('.' + b).text}"


def test_only_one_lower_case_grows() -> None:
    """U+0130 is the only letter whose lower case has another length: the identity map relies on it."""
    assert [c for c in map(chr, range(0x110000)) if len(c.lower()) != 1] == ["\u0130"]


@pytest.mark.parametrize("text", ["\u0301" * 300_000, "e\u0301\u0323" * 100_000, "a\u00ad" * 100_000, "  a" * 100_000])
def test_hostile_is_linear(text: str) -> None:
    """Runs of combining marks, soft hyphens and blanks fold in bounded time."""
    with bounded(60):
        fold(text)
