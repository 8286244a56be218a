"""Places for the screening: looked up when they are asked for, from the whole text."""

from __future__ import annotations

from smallatlas import small_gazetteer

from twinwire.normalise.atlas import Atlas
from twinwire.records import Text
from twinwire.whereabouts import places_of


def test_looked_up_when_asked_for() -> None:
    """The gazetteer is opened by the question, not before; what comes back are mentions with their fields, and countries."""
    opened: list[Atlas] = []

    def atlas() -> Atlas:
        opened.append(small_gazetteer())
        return opened[-1]

    ask = places_of(Text(title="Paris meets Osaka", summary="A Georgian choir sang; Tbilisi sent wine."), "en", None, atlas)
    assert opened == []
    places = ask()
    assert len(opened) == 1
    assert [(m.role, m.located.place.country_code) for m in places.mentions if m.located.place][:2] == [("title", "FR"), ("title", "JP")]
    assert "GE" in places.countries
