"""Words of ties per language: the file is well formed, the gate lets every statement in, and evening out keeps offsets."""

from __future__ import annotations

import warnings

import pytest
from citypairs import LATER, SENTENCES
from hypothesis import given
from hypothesis import strategies as st

from twinwire.relate.links.lexicon import PARTS, SAID, even, hits, languages, lexicon


@pytest.mark.parametrize("language", languages())
def test_every_entry_compiles_without_a_warning(language: str) -> None:
    """And no language lacks the words without which nothing can be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lexicon.cache_clear()
        words = lexicon(language)
    assert "city" in words.triggers
    assert set(words.said) == set(SAID)
    assert set(words.parts) == set(PARTS)
    assert words.classes(",;") == frozenset()


def test_the_gate_lets_every_statement_in() -> None:
    """Each labelled sentence with a pair has a stem of its own language, and that language's words of a tie."""
    shut = [text for language, text, gold in (*SENTENCES, *LATER) if gold and language not in hits(even(text, language))]
    assert not shut
    mute = [text for language, text, gold in (*SENTENCES, *LATER) if gold
            and not any(p.search(even(text, language)) for k, p in lexicon(language).triggers.items() if k != "trap")]
    assert not mute


def test_a_text_of_another_subject_is_not_let_in() -> None:
    """One pass over the text says so."""
    assert hits("the council met on tuesday to discuss the budget of the city") == {}


@given(st.text(max_size=300), st.sampled_from(["en", "zh", "tr", "de", ""]))
def test_evening_out_keeps_every_character_in_its_place(text: str, language: str) -> None:
    """Offsets into the result are offsets into the text, also for letters whose lower case is longer than themselves."""
    assert len(even(text, language)) == len(text)


def test_traditional_characters_and_curly_quotes_are_evened_out() -> None:
    """The words of the lexicon are written in one form."""
    assert even("締結姊妹市", "zh") == even("缔结姊妹市", "zh")
    assert even("Seattle’s", "en") == "seattle's"


def test_a_word_may_play_several_parts() -> None:
    """Which one, its neighbours decide."""
    assert lexicon("zh").classes("与") >= {"with", "and"}
    assert lexicon("en").classes("towns") >= {"kind"}
    assert lexicon("ko").classes("초등학교와") == {"body"}
