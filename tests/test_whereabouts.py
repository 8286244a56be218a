"""Places for the screening: looked up when they are asked for, from the whole text."""

from __future__ import annotations

from handatlas import real
from smallatlas import small_gazetteer

from twinwire.normalise.atlas import Atlas
from twinwire.records import Text
from twinwire.whereabouts import places_of


def named(title: str, language: str) -> set[str]:
    """Names in a headline that are taken for places."""
    return {m.located.surface for m in places_of(Text(title=title), language, None, real)().mentions}


def test_looked_up_when_asked_for() -> None:
    """The gazetteer is opened by the question, not before; what comes back are mentions with their fields, and countries."""
    opened: list[Atlas] = []

    def atlas() -> Atlas:
        opened.append(small_gazetteer())
        return opened[-1]

    ask = places_of(Text(title="Paris meets Osaka", summary="Guests from the Japanese port brought French wine."), "en", None, atlas)
    assert opened == []
    places = ask()
    assert len(opened) == 1
    assert {"FR", "JP"} <= {m.located.place.country_code for m in places.mentions if m.located.place}
    assert places.countries == {"FR", "JP"}


def test_villages_beside_their_neighbours() -> None:
    """A place too small to be believed alone counts where the text names another of its country, if no namesake is known; not by itself,
    and not in German, where every noun has a capital."""
    assert named("Sacrofano e Siamanna, gemellaggio", "it") == {"Sacrofano", "Siamanna"}
    assert "Siamanna" not in named("Siamanna, gemellaggio", "it")
    assert "Siamanna" not in named("Sacrofano e Siamanna, Partnerschaft", "de")


def test_a_city_coupled_to_a_sure_one() -> None:
    """A word that is a city too, and a city under a foreign name, count where an "and" of any language couples them to a city that is
    believed; not by themselves, and not across a comma."""
    for title, language, found in [("Cork and Cologne renew their pledge", "en", "Cork"), ("Zaragoza y Pau, hermanadas", "es", "Pau"),
                                   ("La Plata y Bolonia celebran", "es", "Bolonia"), ("Kassel und Schwedt feiern", "de", "Schwedt"),
                                   ("苏州与拉萨缔结友好城市", "zh", "拉萨"), ("Cologne – Cork: a pledge", "en", "Cork")]:
        assert found in named(title, language)
    assert "Cork" not in named("Cork is a bark", "en")
    assert "Cork" not in named("Cologne, Cork and rubber", "en")
