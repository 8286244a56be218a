"""Places of a ninjs item: where it was filed, and what its place list names. Looks nothing up.

``located`` is one text in the standard ("Geneva, Switzerland"); AP adds ``datelinelocation``, Superdesk ``dateline``
with the city's parts. ``place`` and ``places`` list what the item is about.
"""

from __future__ import annotations

from typing import Any

from twinwire.parse.jsondoc import first, lowered, rows, string
from twinwire.records import PlaceName

_CITY = ("city", "locality", "town", "name")
_REGION = ("countryareaname", "state", "area", "region", "administrative_area", "countryareacode", "state_code")
_COUNTRY = ("countryname", "country", "countrycode", "country_code")
_LEVELS = {  # words for kinds of places → level
    "city": "city", "town": "city", "village": "city", "locality": "city", "ppl": "city", "municipality": "city",
    "p": "city", "state": "region", "province": "region", "region": "region", "area": "region", "adm1": "region", "county": "region",
    "country": "country", "nation": "country", "pcli": "country",
}


def filed_at(item: dict[str, Any]) -> tuple[str, tuple[PlaceName, ...]]:
    """The dateline as printed and the place in it; ``("", ())`` when the item says neither."""
    dateline = lowered(item["dateline"]) if isinstance(item.get("dateline"), dict) else {}
    printed = first((dateline.get("text"), item.get("dateline"), item.get("located")))
    for parts in rows(item.get("datelinelocation")) + rows(dateline.get("located")) + rows(item.get("located")):
        if found := _parted(parts):
            return printed or found.name, (found,)
    return printed, _split(string(item.get("located")))


def _parted(parts: dict[str, Any]) -> PlaceName | None:
    name = first(parts.get(k) for k in _CITY)
    region, country = first(parts.get(k) for k in _REGION), first(parts.get(k) for k in _COUNTRY)
    if name:
        return PlaceName(name=name, region=region or None, country=country or None, level="city")
    if region:
        return PlaceName(name=region, country=country or None, level="region")
    return PlaceName(name=country, level="country") if country else None


def _split(located: str) -> tuple[PlaceName, ...]:
    """``BUFFALO, N.Y.`` → a name and what it lies in; which of region and country that is, is for the gazetteer to say."""
    parts = [p.strip() for p in located[:300].split(",") if p.strip()]
    if not parts:
        return ()
    return (PlaceName(name=parts[0], region=parts[1] if len(parts) > 1 else None,
                      country=parts[2] if len(parts) > 2 else None),)


def mentioned(item: dict[str, Any]) -> tuple[PlaceName, ...]:
    """Places of the place list with what they lie in, by their own fields or by the codes of their parents.

    What stands in the list only as an ancestor of another place is left out: it adds a country to every city.
    """
    listed = rows(item.get("place")) + rows(item.get("places"))
    by_code = {string(row.get("code")): row for row in listed if string(row.get("code"))}
    return tuple(place for row in listed if not _is_ancestor(row) and (place := _listed(row, by_code)))


def _is_ancestor(row: dict[str, Any]) -> bool:
    rels = row.get("rels")
    return isinstance(rels, list) and "ancestor" in rels and "direct" not in rels


def _listed(row: dict[str, Any], by_code: dict[str, dict[str, Any]]) -> PlaceName | None:
    address = next((lowered(c["address"]) for c in rows(row.get("contactinfo")) if isinstance(c.get("address"), dict)), {})
    city = string(address.get("locality"))  # of a venue, which stands in no gazetteer
    name = city or first((row.get("name"), row.get("literal")))
    region = first(v.get(k) for v in (row, address) for k in ("state", "region") if v.get(k) != name)
    country = first(v.get(k) for v in (row, address) for k in ("country", "country_code"))
    for above in _parents(row, by_code):
        level, label = _level(above), string(above.get("name"))
        region = label if level == "region" and not region else region
        country = label if level == "country" and not country else country
    if country == name:
        country = ""
    return PlaceName(name=name, region=region or None, country=country or None,
                     level="city" if city else _level(row)) if name else None


def _parents(row: dict[str, Any], by_code: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Places above this one, nearest first, at most five of them."""
    chain: list[dict[str, Any]] = []
    here = row
    while len(chain) < 5:
        ids = here.get("parentids")
        above = next((by_code[p] for p in ids[:20] if isinstance(p, str) and p in by_code), None) if isinstance(ids, list) else None
        if above is None:
            break
        chain.append(above)
        here = above
    return chain


def _level(row: dict[str, Any]) -> str | None:
    kinds = rows(row.get("locationtype"))
    words = [string(k.get("name")) for k in kinds] + [string(row.get(k)) for k in ("locationtype", "type", "feature_class")]
    return next((_LEVELS[w] for word in words if (w := word.strip().lower()) in _LEVELS), None)
