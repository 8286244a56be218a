"""Words by which a search finds a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.words import MAX_WORD, letters, split


def read(text: str) -> list[str]:
    """Words and pairs of a text in their order."""
    found = split([text])
    at = dict(zip(found.word_at.tolist(), found.words, strict=True))
    at |= {n: chr(p >> 21) + chr(p & 0x1FFFFF).strip("\0") for n, p in zip(found.pair_at.tolist(), found.pairs.tolist(), strict=True)}
    return [at[n] for n in sorted(at)]


@pytest.mark.parametrize(("text", "words"), [
    ("Łódź, STRASSE straße", "lodz strasse strasse"), ("ﬁn Æsir œuvre þing", "fin aesir oeuvre thing"), ("İstanbul ılık", "istanbul ilik"),
    ("l’été d'hier", "l ete d hier"), ("co-op 2,000 1st", "co op 2 000 1st"), ("Ёлка йод", "елка йод"), ("ΑΘΉΝΑΣ", "αθηνασ"),
    ("العَرَبِيَّة إلى ٣٤", "العربيه الي 34"), ("שָׁלוֹם", "שלום"), ("हिन्दी शहर", "हिन्दी शहर"), ("so\u00adft zero\u200bwidth", "soft zerowidth"),
    ("棗莊市", "枣庄 庄市 市"), ("市", "市"), ("５Ｇ网络x", "5g 网络 络 x"), ("ｶﾞﾗｽ か゛", "ガラ ラス ス か"), ("자매 도시", "자매 매 도시 시"),
    ("สวัสดี", "สว วั ัส สด ดี ี"), ("国々、東京", "国々 々 东京 京"), ("", ""), (" \n—🙂!?", ""), ("x" * 99, "x" * MAX_WORD)])
def test_a_text_is_its_words(text: str, words: str) -> None:
    """Folded; in pairs where words are not written apart, the last character alone."""
    assert read(text) == words.split()


@given(st.lists(st.text(), max_size=5))
def test_texts_together_are_as_texts_alone(texts: list[str]) -> None:
    """No word reaches into the next text, and places are counted in each."""
    together = split(texts)
    for n, text in enumerate(texts):
        alone = split([text])
        assert together.sizes[n] == alone.sizes[0]
        assert [w for w, t in zip(together.words, together.word_text, strict=True) if t == n] == alone.words
        assert together.word_at[together.word_text == n].tolist() == alone.word_at.tolist()
        assert together.pairs[together.pair_text == n].tolist() == alone.pairs.tolist()
        assert together.pair_at[together.pair_text == n].tolist() == alone.pair_at.tolist()


@given(st.text())
def test_every_place_holds_one_word_or_character(text: str) -> None:
    """Counted without a gap; case and normal form do not count."""
    found = split([text])
    assert sorted([*found.word_at.tolist(), *found.pair_at.tolist()]) == list(range(found.sizes[0]))
    assert all(0 < len(w) <= MAX_WORD for w in found.words)
    assert read(unicodedata.normalize("NFD", text)) == read(unicodedata.normalize("NFC", text))


def test_letters_are_plain_once_folded() -> None:
    """What a letter becomes is not folded any further, so that a question may be folded again."""
    same = letters()
    assert {c: p for c, p in same.items() if any(q in same and same[q] != q for q in p)} == {}
    assert all(len(p) <= 2 for p in same.values())
