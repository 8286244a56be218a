"""Figures of city links against labels: by place or by name, without order, domestic pairs apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twinwire.cli.app import app
from twinwire.evaluation import pairs
from twinwire.records import CityLink, Level, Located, Place

JINAN = Place(place_id=1, name="Jinan", level=Level.CITY, country_code="CN")
TURIN = Place(place_id=2, name="Turin", level=Level.CITY, country_code="IT")
IDS = {("Tsinan", "CN"): 1, ("Torino", "IT"): 2}
SHARED = Path(__file__).parents[2] / "shared" / "data" / "pairs" / "pairs_dev.jsonl"


def link(a: Place | str, b: Place | str, **more: Any) -> CityLink:
    """A statement; a plain name is a place the gazetteer lacks."""
    sides = [Located(surface=p, place=None) if isinstance(p, str) else Located(surface=p.name, place=p) for p in (a, b)]
    given = {"level": "city", "status": "existing", "since": None, "domestic": False, "quote": "", "field": "body", "start": 0, "stop": 0,
             "rule": "", "confidence": 0.9, "published": True} | more
    return CityLink(a=sides[0], b=sides[1], **given)


def figures(gold: list[dict[str, Any]], got: list[CityLink]) -> dict[str, Any]:
    """Of one row."""
    def find(place: dict[str, Any]) -> frozenset[int]:
        return frozenset({IDS[place["name"], place["cc"]]} if (place["name"], place["cc"]) in IDS else ())

    found: dict[str, Any] = pairs([{"id": "1", "lang": "en", "text": "t", "pairs": gold}], lambda _: got, find)["pairs"]
    return found


GOLD = {"a": "Tsinan", "a_cc": "CN", "b": "Torino", "b_cc": "IT", "status": "existing", "since": "2015", "domestic": False}


def test_a_pair_is_right_by_id_in_any_order() -> None:
    """Whatever the places are called in the text."""
    got = figures([GOLD], [link(TURIN, JINAN, since=2015)])
    assert (got["tp"], got["fp"], got["fn"], got["status_accuracy"], got["since_accuracy"]) == (1, 0, 0, 1, 1)


@pytest.mark.parametrize(("a", "b", "right"), [("TSINAN", "Torino", 1), ("Tsinan City", "torino", 1), ("Tsinan", "Milan", 0)])
def test_or_by_its_names_as_written(a: str, b: str, right: int) -> None:
    """Capitals and words for a town do not matter."""
    assert figures([GOLD], [link(a, b)])["tp"] == right


def test_what_is_not_published_does_not_count_and_what_is_said_twice_counts_once() -> None:
    """Candidates are for a reader."""
    got = figures([GOLD], [link(JINAN, TURIN), link(TURIN, JINAN), link(JINAN, "Rome", published=False)])
    assert (got["tp"], got["fp"]) == (1, 0)


def test_domestic_pairs_are_counted_apart() -> None:
    """Marked they are no links; not marked they are false ones."""
    home = GOLD | {"domestic": True}
    marked, missed = figures([home], [link(JINAN, TURIN, domestic=True)]), figures([home], [link(JINAN, TURIN)])
    assert (marked["tp"], marked["fp"], marked["fn"], marked["domestic"]) == (0, 0, 0, {"n": 1, "marked": 1})
    assert (missed["fp"], missed["domestic"]) == (1, {"n": 1, "marked": 0})


def test_a_miss_and_a_false_one_are_told_with_their_sentence() -> None:
    """So that they can be read."""
    told = pairs([{"id": "7", "lang": "en", "text": "the sentence", "pairs": [GOLD]}], lambda _: [link("A", "B")], lambda _: frozenset())
    assert told["errors"] == [{"id": "7", "topic": "pairs", "gold": ["Tsinan - Torino"], "got": ["A - B ()"], "language": "en", "title": "the sentence"}]
    assert told["pairs"]["by_language"]["en"]["fn"] == 1


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data are not beside the project")
def test_the_command_prints_the_figures_of_labelled_sentences() -> None:
    """At least what was measured when the rules were made, less a margin."""
    done = CliRunner().invoke(app, ["evaluate", str(SHARED), "--json"])
    assert done.exit_code == 0, done.output
    got = json.loads(done.output)["pairs"]
    assert got["precision"] >= 0.92
    assert got["recall"] >= 0.8
    assert got["status_accuracy"] >= 0.88
