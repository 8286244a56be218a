"""Rows of ``city_link_mentions`` and of the places they name, from statements of ties. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from twinwire.records import CityLink, Located
from twinwire.warehouse.rows import Row, rows_of_places


def link_rows(item_id: UUID, links: Iterable[CityLink]) -> list[Row]:
    """One row per statement; of a pair the place with the smaller id is ``place_a``, one that is not known comes last."""
    return [_row(item_id, link) for link in links]


def link_place_rows(links: Iterable[CityLink]) -> dict[int, Row]:
    """Rows of ``places`` that the statements refer to, by id."""
    return rows_of_places(p for link in links for p in (link.a.place, link.b.place) if p)


def _row(item_id: UUID, link: CityLink) -> Row:
    a, b = sorted((link.a, link.b), key=_order)
    return {
        "item_id": item_id.bytes, "place_a": a.place.place_id if a.place else None, "place_b": b.place.place_id if b.place else None,
        "surface_a": a.surface, "surface_b": b.surface, "level": link.level, "status": link.status, "since_year": link.since,
        "domestic": link.domestic, "quote": link.quote, "field": link.field, "start": link.start, "stop": link.stop, "rule": link.rule,
        "confidence": link.confidence, "published": link.published,
    }


def _order(located: Located) -> tuple[bool, int, str]:
    return located.place is None, located.place.place_id if located.place else 0, located.surface

