"""Figures of a judgement against labels: counts that add up, rows kept apart, intervals that repeat."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twinwire.evaluation import Figures, datelines, interval, reliability, topics
from twinwire.records import Dateline, Decision, Level, Located, Place, Text, TopicDecision, Verdict

JINAN = Place(place_id=1, name="Jinan", level=Level.CITY, country_code="CN", admin1_code="25")
TURIN = Place(place_id=2, name="Turin", level=Level.CITY, country_code="IT", admin1_code="12")


def decide(text: Text, _language: str | None) -> Decision:
    """Keeps what says "twin"; of the fields it is given."""
    kept = "twin" in text.title + text.summary + text.body
    topic = TopicDecision(topic="t", verdict=Verdict.KEPT if kept else Verdict.REJECTED, score=0.9 * kept, reason="r")
    return Decision(verdict=topic.verdict, score=topic.score, reason="r", topics=(topic,), rule_version="1")


def row(title: str, gold: bool, **more: Any) -> dict[str, Any]:
    return {"id": title, "title": title, "language": "en", "labels": {"t": gold}} | more


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_figures_agree_with_their_definitions(outcomes: list[tuple[bool, bool]]) -> None:
    """F1 is the harmonic mean; every outcome is counted once or is a true negative."""
    f = Figures.of(outcomes)
    assert f.tp + f.fp + f.fn + sum(not g and not h for g, h in outcomes) == len(outcomes)
    if f.precision + f.recall:
        assert abs(f.f1 - 2 * f.precision * f.recall / (f.precision + f.recall)) < 1e-12


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_an_interval_repeats_and_is_ordered(outcomes: list[tuple[bool, bool]]) -> None:
    """Two evaluations of the same file print the same figures."""
    low, high = interval(outcomes)
    assert 0 <= low <= high <= 1
    assert interval(outcomes) == (low, high)


def test_rows_are_counted_per_topic_and_language() -> None:
    """One hit, one miss, one false alarm; the language with nothing right has 0."""
    told = topics([row("twin a", True), row("b", True), row("twin c", False, language="fr")], decide)
    figures = told["topics"]["t"]
    assert (figures["tp"], figures["fp"], figures["fn"], figures["f1"]) == (1, 1, 1, 0.5)
    assert (figures["by_language"]["en"]["n"], figures["by_language"]["fr"]["f1"]) == (2, 0)
    assert [(e["id"], e["gold"], e["got"]) for e in told["errors"]] == [("b", True, False), ("twin c", False, True)]


def test_a_score_is_told_with_what_came_of_it() -> None:
    """Rows between two edges, their mean score and the share on topic; 1 belongs to the last part, parts without a row are left out."""
    told = reliability([(0.0, False), (0.9, True), (0.9, False), (1.0, True)])
    assert [(r["from"], r["n"], r["score"], r["on_topic"]) for r in told] == [(0.0, 1, 0.0, 0.0), (0.8, 2, 0.9, 0.5), (0.95, 1, 1.0, 1.0)]
    assert reliability([]) == []
    whole = topics([row("twin a", True), row("b", True)], decide)["topics"]["t"]["reliability"]
    assert sum(r["n"] for r in whole) == 2


def test_borderline_and_reference_rows_are_kept_apart() -> None:
    """They are shown, and move no figure."""
    told = topics([row("twin a", True), row("twin b", False, borderline=True), row("c", True, kind="reference")], decide)
    assert told["topics"]["t"]["f1"] == 1
    assert (told["excluded"]["n"], told["excluded"]["topics"]["t"]["f1"]) == (2, 0)
    assert told["errors"] == []


def test_titles_alone_and_real_texts_alone_have_their_own_figures() -> None:
    """What a summary gives away does not count for the headline."""
    told = topics([row("a", True, summary="a twin"), row("twin b", True, text_kind="verbatim")], decide)
    assert told["title_only"]["topics"]["t"]["recall"] == 0.5
    assert (told["verbatim_only"]["n"], told["verbatim_only"]["topics"]["t"]["f1"]) == (1, 1)


def test_a_dateline_is_right_with_all_its_places_and_no_other() -> None:
    """By id where the gazetteer knows the gold place, else by name; a region that the label leaves open is not compared."""
    lines = {"both": (JINAN, TURIN), "one": (JINAN,), "none": (), "name": (TURIN,)}
    gold = {"both": [("Tsinan", "CN", "25"), ("Torino", "IT", None)], "one": [("Jinan", "CN", "24")], "none": [],
            "name": [("Turin", "IT", None)]}

    def read(r: dict[str, Any]) -> tuple[Dateline | None, str | None]:
        places = tuple(Located(surface=p.name, place=p) for p in lines[r["raw"]])
        return Dateline(raw=r["raw"], field="body", start=0, stop=1, places=places, date=date(2026, 1, 1)), "Wire"

    rows = [{"raw": k, "wire": "Wire" if k != "none" else "Other", "lang": "en",
             "gold": [{"name": n, "cc": cc, "a1": a1} for n, cc, a1 in g]} for k, g in gold.items()]
    told = datelines(rows, read, lambda g: frozenset({"Tsinan": {1}, "Torino": {2}}.get(g["name"], set())))
    assert told["datelines"] | {"by_wire": 0, "by_language": 0} == {
        "n": 4, "exact": 3, "wire": 3, "accuracy": 0.75, "wire_accuracy": 0.75, "by_wire": 0, "by_language": 0}
    assert [e["id"] for e in told["errors"]] == ["one", "none"]
