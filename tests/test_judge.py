"""From the entries of one payload to rows and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import NOW, SOURCE, config_folder, entry, payload, state

from twinwire import config as configs
from twinwire.config.sources import Source
from twinwire.judge import Judge, Judged, KnownEntries, item_tables
from twinwire.ledger import Fetched, Outcome
from twinwire.records import Entry, Feed, Parsed, Quarantined, Verdict
from twinwire.relate.identity import Known
from twinwire.screen import Screen

OFF_TOPIC = {"title": "Cloudy with some rain in the afternoon", "summary": "It may be windy."}
NOTHING: KnownEntries = ({}, {})
TOPICS = """
topics:
  - id: friendship_cities
    name: Friendship cities
    terms:
      en: {source: made for these tests, strong: [twinning agreement], weak: [friendly ties]}
      de: {source: made for these tests, strong: [Partnerstadt], language_only: [Partnerstadt]}
  - id: regional_development
    name: Regional development
    terms:
      en: {source: made for these tests, strong: [regional development]}
"""


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = config_folder(tmp_path_factory.mktemp("config"), SOURCE)
    (folder / "topics.yaml").write_text(TOPICS)
    (folder / "settings.yaml").write_text("keep: {excerpt: 20}\nurls: {tracking: [campaign]}\n")
    return Judge(configs.load(folder))


def fetched(*entries: Entry, source: Source = SOURCE, at: datetime = NOW, quarantined: int = 0) -> Fetched:
    f = Fetched.of(source, state(), payload(), at)
    f.parsed = Parsed(feed=Feed(), entries=entries, quarantined=tuple(Quarantined(position=n, reason="bad") for n in range(quarantined)))
    return f


def judged(judge: Judge, f: Fetched, known: KnownEntries = NOTHING) -> Judged:
    """With the rows of every table in ``rows``, as a batch takes them."""
    assert f.parsed is not None
    out = judge.judge(f, judge.read(f.source, f.parsed.entries), known)
    return Judged(out.rows | item_tables(out.items), out.items, out.kept)


def remembered(judge: Judge, *entries: Entry, kept: bool = True) -> KnownEntries:
    """What the store would know of these entries."""
    readings = judge.read(SOURCE, entries)
    return ({r.entry_id: Known(r.content_hash, kept, judge.rule_version, frozenset([r.content_hash])) for r in readings},
            {r.alt_key: r.entry_id for r in readings if r.alt_key})


def plain(day: int, hour: int) -> datetime:
    """An instant of November as the store keeps it: UTC without a zone."""
    return NOW.replace(day=day, hour=hour, tzinfo=None)


def counts(out: Judged) -> dict[str, int]:
    return {table: len(rows) for table, rows in out.rows.items() if rows}


def outcomes(f: Fetched) -> dict[str, int]:
    return {o.value: n for o, n in f.tally.outcomes.items() if n}


def test_a_new_entry_on_topic_is_kept_with_its_evidence(judge: Judge) -> None:
    """It is noted as seen, stored, and every piece of evidence points into its text."""
    f = fetched(entry(1, published_raw="Mon, 23 Nov 2026 09:00:00 +0800"))
    out = judged(judge, f)
    assert (outcomes(f), f.tally.new, f.tally.overlap) == ({"kept_new": 1}, 1, 0)
    (seen,), (item,) = out.rows["seen"], out.rows["items"]
    assert seen["entry_id"] == item["item_id"]
    assert (seen["source_id"], seen["decision"], seen["rule_version"]) == ("a-feed", "kept", judge.rule_version)
    assert (seen["published_at"], seen["published_raw"]) == (plain(23, 1), "Mon, 23 Nov 2026 09:00:00 +0800")
    assert seen["judged_at"] == item["fetched_at"] == NOW.replace(tzinfo=None)
    assert out.kept == {"friendship_cities": 1}
    assert seen["topics"] == item["topics"] == ["friendship_cities"]
    assert {r["topic"] for r in out.rows["item_topics"]} == {"friendship_cities", "regional_development"}
    assert {r["item_id"] for r in out.rows["evidence"] + out.rows["item_topics"]} == {item["item_id"]}
    for row in out.rows["evidence"]:
        if row["field"] == "title":
            assert item["title"][row["start"]:row["stop"]] == row["quote"]


def test_a_new_entry_off_topic_is_seen_and_no_more(judge: Judge) -> None:
    """With the reason, so that nobody has to ask why."""
    f = fetched(entry(1, **OFF_TOPIC))
    out = judged(judge, f)
    assert (outcomes(f), f.tally.new, counts(out)) == ({"rejected": 1}, 1, {"seen": 1})
    (seen,) = out.rows["seen"]
    assert (seen["decision"], seen["topics"], seen["title"]) == ("rejected", [], OFF_TOPIC["title"])
    assert seen["reason"]
    assert not out.kept


def test_undecided_is_not_kept(judge: Judge) -> None:
    """Counted as rejected, and told apart in what was seen."""
    f = fetched(entry(1, title="Friendly ties", summary="Many friendly ties."))
    out = judged(judge, f)
    assert (outcomes(f), out.rows["seen"][0]["decision"], out.rows["items"]) == ({"rejected": 1}, Verdict.UNDECIDED, [])


def test_the_same_entry_again_is_touched_when_it_is_kept(judge: Judge) -> None:
    """It is still in the feed; one that was rejected leaves no trace at all."""
    for kept, rows in ((True, {"touched": 1}), (False, {})):
        f = fetched(entry(1), at=NOW + timedelta(hours=1))
        out = judged(judge, f, remembered(judge, entry(1), kept=kept))
        assert (outcomes(f), f.tally.new, f.tally.overlap, counts(out)) == ({"unchanged": 1}, 0, 1, rows)
        for row in out.rows["touched"]:
            assert UUID(bytes=row["item_id"]) == judge.read(SOURCE, [entry(1)])[0].entry_id
            assert row["fetched_at"] == plain(24, 13)


@pytest.mark.parametrize("summary", ["Corrected.", "Nothing of the kind."])
def test_an_edited_entry_is_a_revision(judge: Judge, summary: str) -> None:
    """Of what was kept, whatever the new text says: a correction may take the topic's words out."""
    edited = entry(1, summary=summary, title="" if summary == "Corrected." else OFF_TOPIC["title"])
    f = fetched(edited)
    out = judged(judge, f, remembered(judge, entry(1)))
    assert (outcomes(f), f.tally.new, f.tally.overlap) == ({"revised": 1}, 0, 1)
    assert (len(out.rows["seen"]), len(out.rows["items"]), out.rows["touched"]) == (1, 1, [])
    assert out.rows["items"][0]["content_hash"] == judge.read(SOURCE, [edited])[0].content_hash.bytes
    assert not out.kept  # counts new items


def test_an_entry_that_comes_on_topic_by_an_edit_is_new_among_the_kept(judge: Judge) -> None:
    """It was seen before, so nothing new was published; but it is stored for the first time."""
    f = fetched(entry(1))
    out = judged(judge, f, remembered(judge, entry(1, **OFF_TOPIC), kept=False))
    assert (outcomes(f), f.tally.new, f.tally.overlap, len(out.rows["items"])) == ({"kept_new": 1}, 0, 1, 1)
    assert out.kept == {"friendship_cities": 1}


def test_a_rejected_entry_that_is_edited_and_stays_off_topic_is_judged_anew(judge: Judge) -> None:
    """What was seen of it is renewed."""
    f = fetched(entry(1, **OFF_TOPIC | {"summary": "Or not."}))
    out = judged(judge, f, remembered(judge, entry(1, **OFF_TOPIC), kept=False))
    assert (outcomes(f), counts(out)) == ({"rejected": 1}, {"seen": 1})


def test_a_repeat_within_the_payload_costs_no_row(judge: Judge) -> None:
    """And is no sign that the feed was read before."""
    f = fetched(entry(1), entry(1), entry(1))
    out = judged(judge, f)
    assert (outcomes(f), f.tally.new, f.tally.overlap) == ({"kept_new": 1, "duplicate": 2}, 1, 0)
    assert (len(out.rows["seen"]), len(out.rows["items"])) == (1, 1)


def test_a_changed_guid_keeps_the_old_id_in_every_row(judge: Judge) -> None:
    """One story stays one item, its evidence included."""
    f = fetched(entry(1, id="another", summary="Edited."))
    out = judged(judge, f, remembered(judge, entry(1)))
    before = judge.read(SOURCE, [entry(1)])[0].entry_id.bytes
    assert outcomes(f) == {"revised": 1}
    assert {r["entry_id"] for r in out.rows["seen"]} == {before}
    assert {r["item_id"] for t in ("items", "item_topics", "evidence") for r in out.rows[t]} == {before}


def test_an_old_version_is_a_revision_on_the_web_and_none_in_a_drop_folder(judge: Judge, tmp_path: Path) -> None:
    """A folder keeps its old files; a page that was changed back has changed."""
    first, second = entry(1), entry(1, summary="Second version.")
    one, two = (judge.read(SOURCE, [e])[0] for e in (first, second))
    for source, outcome in ((SOURCE, "revised"), (SOURCE.model_copy(update={"url": f"folder:{tmp_path}"}), "unchanged")):
        known: KnownEntries = (
            {one.entry_id: Known(two.content_hash, True, judge.rule_version, frozenset([one.content_hash, two.content_hash]))}, {})
        f = fetched(first, source=source)
        out = judged(judge, f, known)
        assert outcomes(f) == {outcome: 1}
        assert bool(out.rows["touched"]) == (outcome == "unchanged")
        assert bool(out.rows["items"]) == (outcome == "revised")


@pytest.mark.parametrize(("store", "summary", "body"), [("excerpt", "A summary of more…", ""), ("full", "A summary of more than this.", "All of it.")])
def test_what_is_stored_is_what_the_terms_allow(judge: Judge, store: str, summary: str, body: str) -> None:
    """Screened is the whole text, whatever is kept of it."""
    source = SOURCE.model_copy(update={"store": store})
    out = judged(judge, fetched(entry(1, summary="A summary of more than this.", content="All of it."), source=source))
    (item,) = out.rows["items"]
    assert (item["summary"], item["body"]) == (summary, body)


def test_what_could_not_be_read_is_counted(judge: Judge) -> None:
    """Every entry has an outcome, also the broken ones."""
    f = fetched(entry(1), quarantined=3)
    judged(judge, f)
    assert (outcomes(f), f.tally.entries) == ({"kept_new": 1, "quarantined": 3}, 4)


def test_an_answer_without_entries_gives_no_rows(judge: Judge) -> None:
    """A failure, or nothing new."""
    f = Fetched.of(SOURCE, state(), payload(), NOW)
    assert judge.judge(f, [], NOTHING) == Judged()
    assert f.tally.entries == 0


def test_the_entrys_language_goes_before_the_sources(judge: Judge) -> None:
    """Some terms count in one language only; where the entry does not say, the source does."""
    for own, of_source, decision in (("de", "en", "kept"), ("en", "de", "rejected"), (None, "de", "kept"), (None, "en", "rejected")):
        f = fetched(entry(1, title="Partnerstadt", language=own), source=SOURCE.model_copy(update={"language": of_source}))
        assert judged(judge, f).rows["seen"][0]["decision"] == decision


def test_a_date_that_is_not_known_stays_unknown(judge: Judge) -> None:
    """It never becomes the date of the fetch; the date of the last change stands in where there is one."""
    rows = judged(judge, fetched(entry(1, published_raw="soon"), entry(2, updated_raw="2026-11-23T09:00:00Z"), entry(3))).rows["seen"]
    assert [(r["published_at"], r["published_raw"]) for r in rows] == [
        (None, "soon"), (plain(23, 9), "2026-11-23T09:00:00Z"), (None, None)]


def test_the_settings_reach_the_addresses(judge: Judge) -> None:
    """Tracking parameters of this newsroom make no second entry."""
    plain, tracked = judge.read(SOURCE, [entry(1, id=None), entry(1, id=None, link="https://news.example/1?campaign=7")])
    assert plain.url == tracked.url == "https://news.example/1"
    assert plain.entry_id == tracked.entry_id


def test_the_rules_have_a_version(judge: Judge, tmp_path: Path) -> None:
    """That of the topics, and an edit of them changes it."""
    (config_folder(tmp_path, SOURCE) / "topics.yaml").write_text(TOPICS)
    loaded = configs.load(tmp_path)
    assert judge.rule_version == Screen(loaded.topics).rule_version
    edited = replace(loaded, topics=loaded.topics.model_copy(update={"topics": loaded.topics.topics[:1]}))
    assert Judge(edited).rule_version != judge.rule_version


ENTRIES = st.lists(
    st.builds(lambda n, g, t, s: entry(n, **({} if t else OFF_TOPIC) | {"id": g, "summary": s}), st.integers(0, 2),
              st.sampled_from([None, "a", "b", "c"]), st.booleans(), st.sampled_from(["Text.", "More."])), max_size=6)


@given(ENTRIES, ENTRIES, st.booleans(), st.integers(0, 2))
def test_every_entry_has_one_outcome_and_the_rows_that_belong_to_it(
        judge: Judge, before: list[Entry], now: list[Entry], kept: bool, bad: int) -> None:
    """Totals add up in both views of them, and no entry is stored twice."""
    f = fetched(*now, quarantined=bad)
    out = judged(judge, f, remembered(judge, *before, kept=kept))
    n = f.tally.outcomes
    assert f.tally.entries == len(now) + bad
    assert f.tally.new + f.tally.overlap + n[Outcome.DUPLICATE] + bad == f.tally.entries
    assert len(out.rows["items"]) == n[Outcome.KEPT_NEW] + n[Outcome.REVISED]
    assert len(out.rows["seen"]) == n[Outcome.KEPT_NEW] + n[Outcome.REVISED] + n[Outcome.REJECTED]
    assert len(out.rows["touched"]) <= n[Outcome.UNCHANGED]
    ids = [r["item_id"] for r in out.rows["items"]]
    assert len(ids) == len(set(ids))
    assert {r["item_id"] for t in ("item_topics", "evidence") for r in out.rows[t]} <= set(ids)
    assert sum(out.kept.values()) >= n[Outcome.KEPT_NEW]
