"""Places by hand, and where a text names them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twinwire.records import Level, Located, Mention, Place, Text


def city(number: int, name: str, country: str, latitude: float, longitude: float) -> Place:
    """A city; distances between those below are real."""
    return Place(place_id=number, name=name, level=Level.CITY, country_code=country, latitude=latitude, longitude=longitude)


FONDI = city(1, "Fondi", "IT", 41.36, 13.43)
SIENA = city(2, "Siena", "IT", 43.32, 11.33)
GAETA = city(3, "Gaeta", "IT", 41.21, 13.57)
NAGOLD = city(4, "Nagold", "DE", 48.55, 8.73)
FRANCE = Place(place_id=5, name="France", level=Level.COUNTRY, country_code="FR")
LAZIO = Place(place_id=6, name="Lazio", level=Level.ADMIN1, country_code="IT")
ONGJIN = city(7, "Ongjin", "KP", 37.93, 125.36)
SUWON = city(8, "Suwon", "KR", 37.29, 127.01)


def mentioned(text: Text, names: Mapping[str, Place], confidence: float = 0.9) -> list[Mention]:
    """Every place of ``names`` wherever the text names it, field by field."""
    out = []
    for role in ("title", "summary", "body"):
        field = getattr(text, role)
        for surface, place in names.items():
            for at in (m.start() for m in re.finditer(re.escape(surface), field)):
                located = Located(surface=surface, place=place, confidence=confidence)
                out.append(Mention(role=role, located=located, start=at, stop=at + len(surface)))
    return out
