"""Media Topics: every way in which documents write the codes; other codes give none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.mediatopics import media_topics
from twinwire.records import Category


@pytest.mark.parametrize(("term", "scheme", "code"), [
    ("medtop:20000638", None, "medtop:20000638"), ("http://cv.iptc.org/newscodes/mediatopic/20000638", None, "medtop:20000638"),
    ("20000638", "http://cv.iptc.org/newscodes/mediatopic/", "medtop:20000638"), ("20000638", "medtop:", "medtop:20000638"),
    ("11002002", None, "medtop:20000638"), ("subj:11008000", None, "medtop:20000612"), ("11000000", "iptc", "medtop:11000000")])
def test_codes_as_documents_write_them(term: str, scheme: str | None, code: str) -> None:
    """NewsML-G2 qcode, address, code beside its scheme, subject code of NITF and ninjs 1."""
    assert media_topics([Category(term=term, scheme=scheme)]) == (code,)


@pytest.mark.parametrize("term", ["politics", "15999999", "subj:99000000", "medtop:123", "2000063", "AGR"])
def test_what_is_no_code_or_has_no_counterpart_gives_none(term: str) -> None:
    """An unknown code is no topic; it stays among the categories."""
    assert media_topics([Category(term=term)]) == ()


@given(st.lists(st.text(max_size=40)))
def test_each_code_once(terms: list[str]) -> None:
    """Whatever the categories hold, the same ones twice add nothing."""
    once = [Category(term=t) for t in terms] + [Category(term="medtop:11000000")]
    assert media_topics(once) == media_topics(once * 2)
