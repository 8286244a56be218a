from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.sources import Source
from twinwire.records import Entry, Reading
from twinwire.relate.identity import Change, Known, Related, classify, read


def source(name: str = "feed-a") -> Source:
    return Source.model_validate({"id": name, "name": "A feed", "url": f"https://{name}.example/rss"})


A = source()


def entry(n: int = 1, **fields: object) -> Entry:
    given = {
        "id": f"g{n}",
        "link": f"https://news.example/{n}",
        "title": f"Headline {n}",
        "summary": f"Summary {n}",
        **fields,
    }
    return Entry(position=n, **given)  # type: ignore[arg-type]


def one(**fields: object) -> Reading:
    (reading,) = read([entry(**fields)], A)  # type: ignore[arg-type]
    return reading


def store(outcomes: list[Related], kept: bool = True) -> tuple[dict[UUID, Known], dict[UUID, UUID]]:
    """What a store would know after these outcomes."""
    known, alt = {}, {}
    for o in outcomes:
        if o.kind is not Change.DUPLICATE:
            known[o.entry_id] = Known(o.reading.content_hash, kept, "rules-1")
            if o.reading.alt_key:
                alt.setdefault(o.reading.alt_key, o.entry_id)
    return known, alt


def kinds(entries: list[Entry], before: list[Entry] | None = None, of: Source = A) -> list[str]:
    """Kinds of ``entries``, fetched after ``before`` was stored."""
    known, alt = store(classify(read(before or [], of), {}, {}))
    return [o.kind.value for o in classify(read(entries, of), known, alt)]


def test_ids_never_change_between_releases() -> None:
    """Keys are stored; a changed key would double every entry."""
    assert [str(one().entry_id), str(one().alt_key), str(one().content_hash)] == [
        "01351683-ef19-a4d6-9114-b6cfb79f6325",
        "01cf1784-93e6-8f7a-e57a-986482d05fd2",
        "011704b5-dcbf-4bb8-5239-ccb6c39c311d",
    ]


def test_identity_is_the_guid_within_the_source() -> None:
    """Link and text do not matter where there is a guid; another source is another entry."""
    assert one().entry_id == one(link="https://x.example/", title="Other", summary="").entry_id
    assert one().entry_id != read([entry()], source("feed-b"))[0].entry_id


def test_without_guid_the_link_and_without_link_the_content() -> None:
    """Tracking does not make another link; a wholly anonymous entry is known by what it says."""
    assert one(id=None).entry_id == one(id=" ", link="https://news.example/1?utm_source=x#a", title="Other").entry_id
    assert one(id=None, link=None).entry_id != one(id=None, link=None, summary="Other").entry_id
    assert one(id=None, link=None).entry_id == one(id=None, link=None, published_raw="now").entry_id


def test_guids_are_compared_in_nfc_stripped_with_case() -> None:
    """Blanks and decomposition are accidents of the feed, case is not."""
    assert one(id=" café\n").entry_id == one(id="cafe\u0301").entry_id
    assert one(id="Guid").entry_id != one(id="guid").entry_id


def test_colliding_guids_are_split() -> None:
    """Three stories under one guid are three entries; by link, and by title where the link is also shared."""
    assert kinds([entry(n, id="same") for n in (1, 2, 3)]) == ["new"] * 3
    assert kinds([entry(n, id="same", link="https://news.example/") for n in (1, 2, 3)]) == ["new"] * 3
    assert kinds([entry(n, id=None, link="https://news.example/") for n in (1, 2, 3)]) == ["new"] * 3


def test_undated_notices_on_one_page_are_told_apart_by_their_text() -> None:
    """Without guids, entries that share link and title are as many as their texts, and are known again."""
    notices = [entry(n, id=None, link="https://news.example/news", title="Progress report") for n in (1, 2, 3)]
    assert kinds([*notices, notices[0]]) == ["new", "new", "new", "duplicate"]
    assert kinds(notices, before=notices[1:]) == ["new", "unchanged", "unchanged"]
    assert kinds(notices[:2], before=notices[1:2]) == ["new", "unchanged"]


def test_split_guids_are_found_again_when_alone() -> None:
    """When the others have left the feed, the second key leads back to the entry stored before."""
    assert kinds([entry(2, id="same")], before=[entry(n, id="same") for n in (1, 2, 3)]) == ["unchanged"]


def test_stories_that_share_a_guid_stay_apart_whichever_is_alone() -> None:
    """The first came alone and owns the guid; the second, alone later, is not taken for its new version."""
    first, second = entry(1, id="same"), entry(2, id="same")
    known: dict[UUID, Known] = {}
    alt: dict[UUID, UUID] = {}
    told = []
    for payload in ([first], [first, second], [second], [replace(second, summary="Edited")], [first], [first, second]):
        found = classify(read(payload, A), known, alt)
        stored, keys = store(found)
        known, alt = known | stored, keys | alt
        told.append([(o.kind.value, o.reading.text.title) for o in found])
    assert told == [[("new", "Headline 1")], [("unchanged", "Headline 1"), ("new", "Headline 2")], [("unchanged", "Headline 2")],
                    [("changed", "Headline 2")], [("unchanged", "Headline 1")], [("unchanged", "Headline 1"), ("changed", "Headline 2")]]
    assert len(known) == 2


def test_repeats_in_one_payload_are_duplicates() -> None:
    """The same entry twice is one entry and one duplicate."""
    assert kinds([entry(), entry()]) == ["new", "duplicate"]


def test_a_repeat_under_another_guid_is_a_duplicate() -> None:
    """Same address, headline and text under two guids is one entry."""
    assert kinds([entry(), entry(id="other")]) == ["new", "duplicate"]
    assert kinds([entry(id="other"), entry()], before=[entry()]) == ["duplicate", "unchanged"]


def test_different_texts_under_different_guids_are_both_kept() -> None:
    """A ticker with one address and one headline loses no entry, not even when the first is known already."""
    second = entry(id="other", summary="Something else")
    assert kinds([entry(), second]) == ["new", "new"]
    assert kinds([second, entry()], before=[entry()]) == ["new", "unchanged"]


def test_changing_guids_find_the_old_entry_once() -> None:
    """A guid that changes at every fetch makes neither new entries nor two matches."""
    before = [entry(1), entry(2)]
    known, alt = store(classify(read(before, A), {}, {}))
    found = classify(read([entry(1, id="x1"), entry(2, id="x2"), entry(1, id="x3", summary="Edited")], A), known, alt)
    assert [o.kind.value for o in found] == ["unchanged", "unchanged", "duplicate"]
    assert [o.entry_id for o in found[:2]] == [r.entry_id for r in read(before, A)]
    assert kinds([entry(1, id="x1", summary="Edited")], before=before) == ["changed"]


def test_titles_or_links_alone_prove_no_identity() -> None:
    """Without a link, or without a title, the content must agree as well."""
    for field in ("link", "title"):
        missing = {field: None if field == "link" else ""}
        assert kinds([entry(1, id="x", **missing)], before=[entry(1, **missing)]) == ["unchanged"]
        assert kinds([entry(1, id="x", summary="Other", **missing)], before=[entry(1, **missing)]) == ["new"]
    assert one(link=None, title="").alt_key is None
    assert one(link="javascript:x", title="").alt_key is None


def test_a_guid_is_not_trusted_across_feeds() -> None:
    """Another feed with the same guids stores its own entries."""
    a, b = (read([entry(n, id="shared")], source(f"feed-{x}"))[0] for n, x in ((1, "a"), (2, "b")))
    assert a.entry_id != b.entry_id
    assert a.alt_key != b.alt_key


@pytest.mark.parametrize(
    "changes",
    [
        {"published_raw": "Mon, 05 Jan 2026 10:00:01 GMT"},
        {"updated_raw": "now"},
        {"summary": '<p>Summary 1<img src="http://t.example/1.gif"></p>'},
        {"link": "https://news.example/1?utm_campaign=5"},
        {"title": " Headline\n1 "},
        {"authors": ("x",)},
        {"content": "Summary 1"},
    ],
    ids=str,
)
def test_what_makes_no_revision(changes: dict[str, object]) -> None:
    """Dates, markup, pixels, tracking, blanks and repeated text leave the content hash as it was."""
    assert one(**changes).content_hash == one().content_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "Edited"},
        {"title": "Edited"},
        {"content": "A body beside the summary"},
        {"link": "https://news.example/x"},
        {"summary": "", "content": ""},
    ],
    ids=str,
)
def test_what_makes_a_revision(changes: dict[str, object]) -> None:
    """Words and the address do."""
    assert one(**changes).content_hash != one().content_hash


def test_rejected_entries_stay_unchanged_under_new_rules() -> None:
    """Rules of another version are no change of the entry: rescreening is another job."""
    outcomes = classify(read([entry()], A), {}, {})
    known, alt = store(outcomes, kept=False)
    known = {k: v._replace(rule_version="rules-0") for k, v in known.items()}
    (again,) = classify(read([entry()], A), known, alt)
    assert again.kind is Change.UNCHANGED
    assert again.known == known[again.entry_id]


ENTRIES = st.lists(
    st.builds(
        lambda g, url, t, s: Entry(position=0, id=g, link=url, title=t, summary=s),
        st.sampled_from([None, "", "a", "b", "c", "\ud800"]),
        st.sampled_from([None, "https://news.example/1", "https://news.example/2", "javascript:x"]),
        st.sampled_from(["", "One", "Two"]),
        st.sampled_from(["", "Text", "More"]),
    ),
    max_size=8,
)


@given(ENTRIES, ENTRIES)
def test_exactly_one_outcome_per_entry(before: list[Entry], now: list[Entry]) -> None:
    """Totals add up, order is kept, and no two entries that count are stored under one id."""
    known, alt = store(classify(read(before, A), {}, {}))
    readings = read(now, A)
    outcomes = classify(readings, known, alt)
    assert [o.reading for o in outcomes] == readings
    stored = [o.entry_id for o in outcomes if o.kind is not Change.DUPLICATE]
    assert len(stored) == len(set(stored))
    assert all((o.known is None) == (o.entry_id not in known) for o in outcomes)
    assert all(o.kind in {Change.NEW, Change.DUPLICATE} for o in outcomes if o.known is None)


@given(ENTRIES)
def test_a_second_fetch_brings_nothing(entries: list[Entry]) -> None:
    """The same payload again is unchanged, entry by entry, and its duplicates are duplicates again."""
    readings = read(entries, A)
    first = classify(readings, {}, {})
    second = classify(readings, *store(first))
    assert [o.kind for o in second] == [Change.UNCHANGED if o.kind is Change.NEW else o.kind for o in first]


@given(ENTRIES, st.randoms(use_true_random=False))
def test_order_does_not_matter_for_identity(entries: list[Entry], random: object) -> None:
    """Shuffled entries keep their ids, each its own."""
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Counter(r.entry_id for r in read(entries, A)) == Counter(r.entry_id for r in read(shuffled, A))


def test_lone_surrogates_are_hashed() -> None:
    """A guid that no encoding can carry is still a guid."""
    assert one(id="\ud800").entry_id != one(id="\ud801").entry_id
    assert replace(one(id="\ud800")).entry_id == one(id="\ud800").entry_id
