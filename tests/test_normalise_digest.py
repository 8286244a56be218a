from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from twinwire.normalise.digest import VERSION, digest

PARTS = st.lists(st.text(st.characters(), max_size=5), max_size=4)


@given(PARTS, PARTS)
def test_different_parts_have_different_keys(a: list[str], b: list[str]) -> None:
    """No two lists of parts meet, not even by running together, and lone surrogates do no harm."""
    assume(a != b)
    assert digest("k", *a) != digest("k", *b)


def test_keys_are_versioned_and_stable() -> None:
    """The first byte is the version, the value never changes between releases, purposes are apart."""
    assert digest("entry", "s", "g").bytes[0] == VERSION
    assert str(digest("entry", "s", "g")) == "019a8473-9a33-a3ca-be95-cd4148690739"
    assert digest("entry", "s") != digest("alt", "s")
