"""The past of one item, asked of the read copy: its versions, and the sightings of its story."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from twinwire.warehouse.query import ask


def versions(warehouse: Path, what: str) -> dict[str, Any] | None:
    """``item``, ``revisions`` in order, ``story`` and its ``sightings``; None when no item has this id or address."""
    try:
        where, key = "item_id = ?", str(UUID(what))
    except ValueError:
        where, key = "url = ? OR canonical_url = ?", what
    found = ask(warehouse, f"SELECT item_id, source_id, url, title, story_id FROM items WHERE {where} LIMIT 1",  # noqa: S608 - our words
                [key] * where.count("?")).dicts()
    if not found:
        return None
    item = found[0]
    revisions = ask(warehouse, "SELECT revision, valid_from, valid_to, title, summary, body FROM item_revisions"
                               " WHERE item_id = ? ORDER BY revision", [item["item_id"]]).dicts()
    story = ask(warehouse, "SELECT * FROM stories WHERE story_id = ?", [item["story_id"]]).dicts()
    sightings = ask(warehouse, "SELECT s.*, i.title FROM sightings s JOIN items i USING (item_id) WHERE s.story_id = ?"
                               " ORDER BY coalesce(s.published_at, s.first_seen_at), s.item_id", [item["story_id"]]).dicts()
    return {"item": item, "revisions": revisions, "story": story[0] if story else None, "sightings": sightings}
