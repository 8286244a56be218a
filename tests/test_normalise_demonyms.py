"""Adjectives tell which countries a text is about."""

from __future__ import annotations

import pytest

from twinwire.normalise.demonyms import countries_of


@pytest.mark.parametrize(("text", "expected"), [
    ("The Uzbek capital and its Chinese twin", {"UZ", "CN"}), ("die chinesischen und französischen Gäste", {"CN", "FR"}), ("la ville japonaise", {"JP"}),
    ("la ciudad mexicana", {"MX"}), ("a cidade alemã", {"DE"}), ("to polish a swiss roll", set()), ("Polish guests", {"PL"}), ("the Germans", {"DE"}), ("", set()),
    ("chinaware, japanning, frenchify", set()),
])
def test_adjectives(text: str, expected: set[str]) -> None:
    """In several languages and forms; words that are verbs too need their capital."""
    assert countries_of(text) == expected
