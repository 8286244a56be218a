"""The past of an item: its versions, what was known on a day, and its story."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from batches import NOW, batch, data_folder, item
from typer.testing import CliRunner

from twinwire.cli.app import app
from twinwire.warehouse.history import versions
from twinwire.warehouse.publish import publish
from twinwire.warehouse.query import ask
from twinwire.warehouse.store import Store


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """An item with two versions."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        store.load(batch(item("a", "The towns signed on Monday.")), NOW)
        store.load(batch(item("a", "The towns signed on Tuesday."), at=NOW + timedelta(hours=2), revised=1), NOW)
        store.settle()
        publish(store, backups=0)
    return data.warehouse


def test_versions_come_in_order_with_the_story(warehouse: Path) -> None:
    """By id and by address; nobody's id is nobody's past."""
    told = versions(warehouse, str(item("a").item_id))
    assert told is not None
    assert [r["body"] for r in told["revisions"]] == ["The towns signed on Monday.", "The towns signed on Tuesday."]
    assert (told["story"]["size"], len(told["sightings"])) == (1, 1)
    assert versions(warehouse, "https://a.example/a") == told
    assert versions(warehouse, "https://a.example/other") is None


@pytest.mark.parametrize(("hours", "body"), [(0, "Monday"), (1, "Monday"), (2, "Tuesday"), (99, "Tuesday"), (-1, None)])
def test_a_question_can_be_asked_as_of_a_day(warehouse: Path, hours: int, body: str | None) -> None:
    """What was known then: one version, or nothing before the first."""
    rows = ask(warehouse, "SELECT body FROM items_as_of(?::TIMESTAMP)", [(NOW + timedelta(hours=hours)).replace(tzinfo=None)]).rows
    assert [r[0] for r in rows] == ([f"The towns signed on {body}."] if body else [])


def test_history_shows_the_words_that_changed(warehouse: Path) -> None:
    """Word by word, with the times."""
    said = CliRunner().invoke(app, ["history", "https://a.example/a", "--data", str(warehouse.parent)]).output
    assert "body: The towns signed on [-Monday-]{+Tuesday+}." in said
    assert "version 2, known from 2026-11-24 14:00 to now UTC" in said
