from __future__ import annotations

import unicodedata

import pytest
from bounded import bounded
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.chars import _ODD, _is_plain, again, entities, fold, one_line, paragraphs, scrub

ANY = st.text(st.characters(), max_size=200)  # surrogates included


@given(ANY)
def test_scrubbed_text_is_storable_and_stable(text: str) -> None:
    """Whatever comes in, the result is encodable, in NFC, free of controls, and scrubbing it again changes nothing."""
    clean = scrub(text)
    clean.encode("utf-8")
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\t\n" for c in clean)
    assert scrub(clean) == clean


@given(ANY)
def test_lines_and_paragraphs_are_tidy(text: str) -> None:
    """One line has no line break and no double blank; paragraphs have no empty and no padded line."""
    line = one_line(text)
    assert line == " ".join(line.split())
    assert all(p and p == " ".join(p.split()) for p in paragraphs(text).split("\n") if paragraphs(text))


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("sis\u200bter ci\u200dty\ufeff", "sister city"),
        ("\u202egnp.exe", "gnp.exe"),
        ("auf\u00adbau", "aufbau"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("fami\u0301lia", "famíl" + "ia"),
        ("a\ud800b\x00c\x9fd", "abcd"),
        ("one\r\ntwo\u2028three\x0bfour", "one\ntwo\nthree\nfour"),
    ],
)
def test_invisible_characters_go_and_joining_ones_stay(raw: str, want: str) -> None:
    """Zero-width, bidi and control characters are removed; joiners stay inside emoji, Persian and Indic words."""
    assert scrub(raw) == want


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Sister City!", "sister—city"),
        ("ＡＢＣ　１２", "abc12"),
        ("«Ville» jumelée", "ville jumelée"),
        ("友好城市：", "友好城市"),
    ],
)
def test_fold_ignores_case_width_and_punctuation(a: str, b: str) -> None:
    """Two spellings of one headline fold to the same key."""
    assert fold(a) == fold(b)


@pytest.mark.parametrize(("a", "b"), [("कि", "का"), ("é", "e"), ("1.5", "25"), ("ไก่", "ไข่")])
def test_fold_keeps_letters_and_marks_apart(a: str, b: str) -> None:
    """Different letters, vowel signs and accents stay different."""
    assert fold(a) != fold(b)


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("caf&eacute;", "café"),
        ("caf&amp;eacute;", "café"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&T R&D", "AT&T R&D"),
        ("&amp;copy 1", "&copy 1"),
        ("&#x4e2d;&#22269;", "中国"),
    ],
)
def test_references_are_decoded_also_when_doubly_escaped(raw: str, want: str) -> None:
    """A reference that survives one decoding whole was escaped twice; a bare ampersand is an ampersand."""
    assert entities(raw) == want


def test_again_leaves_half_references_alone() -> None:
    """Only references with a semicolon are taken for left-overs."""
    assert again("a &notin b &eacute;") == "a &notin b é"


def test_absurd_references_and_mark_runs_are_bounded() -> None:
    """A reference of 5,000 digits and 200,000 combining marks in disorder are handled at once."""
    with bounded(60):
        assert entities("&#" + "1" * 5000 + ";x").endswith("x")
        assert len(scrub("a" + "\u0301\u0323" * 100_000)) <= 32
        assert len(fold("a" + "\u0301\u0323" * 100_000)) <= 32


@given(st.text(st.one_of(st.sampled_from("a b\n\t\r\x0b\x0c\x1c\x1f\x85\xa0\xad\u2028\u200b\u200d\u3000\ufeff\ufffc\ud800é\u0301🇩"), st.characters())))
def test_a_text_that_is_plain_at_a_look_has_nothing_odd(text: str) -> None:
    """The look spares most texts a search; it must never spare one that has something."""
    assert not (_is_plain(text) and _ODD.search(text))
