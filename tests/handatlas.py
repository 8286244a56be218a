"""A small atlas written by hand, for tests of what reads places; and the real one, opened once."""

from __future__ import annotations

from functools import cache

from twinwire.normalise.gazetteer import Gazetteer
from twinwire.normalise.placenames import fold
from twinwire.records import Level, Place

# name, country, division, people, other names
_CITIES = """
Zaozhuang|CN|25|3700000|枣庄
Qingdao|CN|25|7000000|青岛
Shanghai|CN|23|24000000|上海
Hami|CN|13|580000|哈密
Kehl|DE|01|37000|
Mutterstadt|DE|08|13000|
Frankfurt am Main|DE|05|760000|
London|GB|ENG|9000000|
London|US|KY|8000|
Wilmington|US|DE|71000|
Wilmington|US|NC|115000|
San Francisco|US|CA|870000|
San Mateo|US|CA|105000|
San Mateo|PH|40|250000|
Tel Aviv|IL|05|430000|
Victoria|CA|02|290000|
Milan|IT|09|1240000|
Sarajevo|BA|01|275000|
Valencia|ES|60|800000|
Valencia|VE|07|1600000|
Amman|JO|02|1300000|عمان
Berlin|DE|16|3600000|
Strasbourg|FR|44|280000|Straßburg
Reading|GB|ENG|320000|
Taichung|TW|04|2800000|台中
""".strip()
_REGIONS = """
Shandong|CN|25|山东
Shanghai|CN|23|上海
Xinjiang|CN|13|新疆
Delaware|US|DE|DE|Del
California|US|CA|CA|Calif
Kentucky|US|KY|KY|Ky
British Columbia|CA|02|BC
""".strip()
_COUNTRIES = """
China|CN|中国
Germany|DE|Deutschland
United Kingdom|GB|UK
United States|US|USA
Philippines|PH
Israel|IL
Canada|CA
Italy|IT
Bosnia and Herzegovina|BA
Oman|OM|عمان
Spain|ES
Jordan|JO
""".strip()


class HandAtlas:
    """An Atlas over the tables above."""

    def __init__(self) -> None:
        self._named: dict[tuple[Level, str], list[Place]] = {}
        self._places: dict[int, Place] = {}
        for row in _CITIES.splitlines():
            name, country, division, people, *others = row.split("|")
            self._add(Level.CITY, name, country, division, int(people), others)
        for row in _REGIONS.splitlines():
            name, country, division, *others = row.split("|")
            self._add(Level.ADMIN1, name, country, division, 0, others)
        for row in _COUNTRIES.splitlines():
            name, country, *others = row.split("|")
            self._add(Level.COUNTRY, name, country, None, 0, [country, *others])

    def _add(self, level: Level, name: str, country: str, division: str | None, people: int, others: list[str]) -> None:
        place = Place(place_id=len(self._places) + 1, name=name, level=level, country_code=country, admin1_code=division, population=people)
        self._places[place.place_id] = place
        for key in {fold(n) for n in (name, *others) if n}:
            self._named.setdefault((level, key), []).append(place)

    def cities(self, name: str) -> tuple[Place, ...]:
        """The most populous first."""
        return tuple(sorted(self._named.get((Level.CITY, fold(name)), ()), key=lambda p: -p.population))

    def admin1s(self, name: str, country: str | None = None) -> tuple[Place, ...]:
        """Inside ``country`` if given."""
        return tuple(p for p in self._named.get((Level.ADMIN1, fold(name)), ()) if country in {None, p.country_code})

    def country(self, name: str) -> Place | None:
        """By name or code."""
        return next(iter(self._named.get((Level.COUNTRY, fold(name)), ())), None)

    def place(self, place_id: int) -> Place | None:
        """By the number of its row."""
        return self._places.get(place_id)


@cache
def real() -> Gazetteer:
    """The gazetteer the product uses."""
    from twinwire.warehouse.gazetteer import open_gazetteer

    return open_gazetteer()
