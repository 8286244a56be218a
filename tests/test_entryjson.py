"""Records as JSON objects and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feedserver import FeedServer, Reply
from hypothesis import given
from hypothesis import strategies as st
from wires import NOW, SOURCE, at, config_folder, entry, rss

from twinwire import config as configs
from twinwire import pipeline
from twinwire.entryjson import decision_json, entry_from, entry_json, explanation_json, found_text, item_json, split_text, text_from
from twinwire.errors import ConfigError
from twinwire.normalise.item import normalise
from twinwire.records import Category, Decision, Entry, Match, Text, TopicDecision, Verdict
from twinwire.relate import identity
from twinwire.screen import Screen
from twinwire.screen.explain import explain
from twinwire.warehouse.paths import DataFolder

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)
KEYS = ("id", "title", "link", "url", "published", "updated", "published_raw", "updated_raw", "summary", "content", "body", "authors",
        "contributors", "publisher", "rights", "language", "categories", "source", "enclosures", "extra")
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
MAYBE = st.none() | WORDS


def test_an_entry_shows_its_dates_read_and_as_they_stand() -> None:
    """UTC or null, with the raw string beside; nothing is guessed."""
    told = entry_json(entry(1, published_raw="Mon, 23 Nov 2026 09:00:00 +0800", updated_raw="soon"), NOW)
    assert (told["published"], told["published_raw"]) == ("2026-11-23T01:00:00+00:00", "Mon, 23 Nov 2026 09:00:00 +0800")
    assert (told["updated"], told["updated_raw"]) == (None, "soon")
    undated = entry_json(entry(1), NOW)
    assert (undated["published"], undated["published_raw"]) == (None, None)


def test_an_entry_shows_all_it_has() -> None:
    """Lists as lists, and no source where none is named."""
    full = entry(1, content="<p>x</p>", authors=("A", "B"), contributors=("C",), publisher="P", rights="R", language="en", enclosures=("https://a.example/x",),
                 categories=(Category(term="t", scheme="s"),), source_title="S", extra={"prn:industry": ("AGR",)})
    told = json.loads(json.dumps(entry_json(full, NOW)))
    assert (told["id"], told["link"], told["title"], told["summary"], told["content"]) == (
        "g1", "https://news.example/1", full.title, "Text 1.", "<p>x</p>")
    assert (told["authors"], told["contributors"], told["publisher"], told["rights"], told["language"]) == (["A", "B"], ["C"], "P", "R", "en")
    assert told["categories"] == [{"term": "t", "scheme": "s", "label": None}]
    assert told["source"] == {"title": "S", "url": None}
    assert (told["enclosures"], told["extra"]) == (["https://a.example/x"], {"prn:industry": ["AGR"]})
    assert entry_json(entry(1), NOW)["source"] is None


@given(st.builds(Entry, position=st.integers(0, 9), id=MAYBE, link=MAYBE, title=WORDS, summary=WORDS, content=WORDS, published_raw=MAYBE,
                 updated_raw=MAYBE, authors=st.lists(WORDS, max_size=2).map(tuple), contributors=st.lists(WORDS, max_size=2).map(tuple),
                 publisher=MAYBE, rights=MAYBE, language=MAYBE, source_title=MAYBE, source_url=MAYBE,
                 enclosures=st.lists(WORDS, max_size=2).map(tuple), extra=st.dictionaries(WORDS, st.lists(WORDS, max_size=2).map(tuple), max_size=2),
                 categories=st.lists(st.builds(Category, term=WORDS, scheme=MAYBE, label=MAYBE), max_size=2).map(tuple)))
def test_what_screening_and_normalising_read_survives_the_way_back(before: Entry) -> None:
    """Through a file of JSON lines, whatever the words are."""
    assert entry_from(json.loads(json.dumps(entry_json(before, NOW))), before.position) == before


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_json_object_makes_it_raise(row: dict[str, object]) -> None:
    """What has the wrong type is not there."""
    made = entry_from(row, 3)
    assert made.position == 3
    assert all(isinstance(v, str) for v in (made.title, made.summary, made.content, *made.authors, *made.contributors))
    assert all(v is None or isinstance(v, str) for v in (made.id, made.link, made.language, made.published_raw, made.source_url))
    assert all(isinstance(c.term, str) for c in made.categories)
    assert isinstance(text_from(row), Text)


def test_other_peoples_names_are_understood() -> None:
    """``url``, ``body``, ``published`` without a raw string, categories as words."""
    made = entry_from({"url": "https://a.example/", "body": "B", "published": "2026-11-23", "categories": ["x", {"term": "y"}, 7]}, 0)
    assert (made.link, made.content, made.published_raw, [c.term for c in made.categories]) == ("https://a.example/", "B", "2026-11-23", ["x", "y"])
    both = entry_from({"link": "https://b.example/", "url": "u", "content": "C", "body": "B", "published": "p", "published_raw": "raw"}, 0)
    assert (both.link, both.content, both.published_raw) == ("https://b.example/", "C", "raw")
    assert entry_from({"categories": "politics", "authors": "A"}, 0).categories == ()
    assert entry_from({"id": "", "link": "", "language": ""}, 0) == Entry(position=0)


def test_what_is_screened_is_plain() -> None:
    """Markup out, body before content."""
    assert text_from({"title": "A &amp; <b>B</b>", "summary": "<p>S</p>", "body": "<p>x</p><p>y</p>", "content": "no"}) == Text(
        title="A & B", summary="S", body="x\ny")
    assert text_from({"content": "<i>C</i>"}).body == "C"


@pytest.mark.parametrize(("text", "title", "body"), [
    ("One line", "One line", ""), ("Title\nBody\nmore", "Title", "Body\nmore"), ("\n\n Title\n\nBody\n", "Title", "Body"), ("", "", "")])
def test_the_first_line_is_the_title(text: str, title: str, body: str) -> None:
    """Of a text that somebody pastes."""
    assert split_text(text) == Text(title=title, body=body)


def test_a_decision_shows_its_evidence_with_offsets() -> None:
    """Per topic; scores are rounded, the verdict is a word."""
    match = Match(topic="t", term="sister cit*", field="title", start=0, stop=11, weight=0.9, rule="strong")
    topic = TopicDecision(topic="t", verdict=Verdict.KEPT, score=2 / 3, reason="because", evidence=(match,))
    told = decision_json(Decision(verdict=Verdict.KEPT, score=2 / 3, reason="because", topics=(topic,), rule_version="1-a"))
    assert told == {
        "decision": "kept", "score": 0.6667, "reason": "because", "rule_version": "1-a", "kept_for": ["t"],
        "topics": [{"topic": "t", "decision": "kept", "score": 0.6667, "reason": "because", "evidence": [
            {"term": "sister cit*", "field": "title", "start": 0, "stop": 11, "weight": 0.9, "rule": "strong"}]}]}
    json.dumps(told)


def test_an_explanation_shows_the_words_in_their_surroundings(tmp_path: Path) -> None:
    """The cuttings put together are the text."""
    screen = Screen(configs.load(config_folder(tmp_path, SOURCE)).topics)
    title = "Two sister cities sign a twinning agreement"
    told = [explanation_json(e) for e in explain(screen, Text(title=title), "en")]
    (kept,) = [t for t in told if t["topic"] == "friendship_cities"]
    assert (kept["decision"], kept["missing"]) == ("kept", "")
    assert all(e["before"] + e["marked"] + e["after"] == title == e["before"] + title[e["start"]:e["stop"]] + e["after"] for e in kept["evidence"])
    assert kept["evidence"]
    (other,) = [t for t in told if t["topic"] == "regional_development"]
    assert other["missing"].startswith("needs ")
    json.dumps(told)


def test_an_item_shows_how_its_dates_and_language_were_read() -> None:
    """Values, raw strings and rules side by side."""
    given_ = entry(1, published_raw="Mon, 23 Nov 2026 09:00:00 GMT", authors=("A",), categories=(Category(term="c"),))
    item = normalise(identity.read([given_], SOURCE)[0], SOURCE, NOW)
    told = json.loads(json.dumps(item_json(item)))
    assert (told["item_id"], told["guid"], told["canonical_url"], told["author"]) == (str(item.item_id), "g1", "https://news.example/1", "A")
    assert told["published"] == {"at": "2026-11-23T09:00:00+00:00", "raw": "Mon, 23 Nov 2026 09:00:00 GMT", "rule": item.published.rule}
    assert told["updated"]["at"] is None
    assert (told["title"], told["summary"], told["language"]) == (given_.title, "Text 1.", "en")
    assert told["categories"] == [{"term": "c", "scheme": None, "label": None}]


def test_a_kept_item_is_found_by_id_and_by_address(tmp_path: Path) -> None:
    """What was not kept is told with its reason, what was never there as such; nothing in the argument is SQL."""
    data = DataFolder(tmp_path / "d")
    weather = b"<item><guid>w</guid><link>https://news.example/w</link><title>Cloudy with some rain</title></item></channel>"
    with FeedServer({"/a": Reply(rss("Text").replace(b"</link>", b"?utm_source=x</link>").replace(b"</channel>", weather))}) as server:
        config = configs.load(config_folder(tmp_path / "c", at(server, "/a", language="en", store="full")))
        pipeline.run(pipeline.Ingest(config, data, pipeline.Options(), lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)))
        item_id = str(identity.read([entry(0)], config.sources[0])[0].entry_id)
    expected = (Text(title="Sister cities number 0 sign a twinning agreement", summary="Text"), "en")
    for what in (item_id, item_id.upper(), "https://news.example/0", "https://news.example/0?utm_source=x"):
        assert found_text(data.warehouse, what) == expected
    with pytest.raises(ConfigError, match=r"was rejected: [a-z].*'Cloudy with some rain'.*not kept"):
        found_text(data.warehouse, "https://news.example/w")
    for what in ("https://news.example/none", "x' OR '1'='1", "00000000-0000-0000-0000-000000000000", ""):
        with pytest.raises(ConfigError, match="is no item of this warehouse"):
            found_text(data.warehouse, what)
