"""Stories: copies are found again, different stories stay apart, and each decision says its rule."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from batches import NOW
from batches import item as batch_item
from benchmarked import benchmark
from hypothesis import given, settings
from hypothesis import strategies as st

from twinwire.records import Text
from twinwire.relate import stories
from twinwire.relate.shingles import paragraphs
from twinwire.relate.stories import MOST, WINDOW, Same, Signed, Story, assign, bands, corrected, same, sign

DAY = date(2026, 11, 20)
WORDS = [f"{a}{b}" for a in ("north", "south", "river", "harbour", "market", "school", "bridge") for b in ("wards", "ings", "land", "side", "town", "er")]


def prose(seed: int, n: int = 120) -> str:
    """Text that no other seed gives."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(n))


def signed(title: str, copy: str, *, source: str = "a", day: date = DAY, common: frozenset[int] = frozenset(), story: Story | None = None) -> Signed:
    item = replace(batch_item("x"), item_id=uuid4(), source=source, text=Text(title=title, body=copy))
    return replace(sign(item, copy, day, common), story=story)


def joined(a: Signed, b: Signed) -> bool:
    first, second = assign([a, b], {}).assigned
    return first.story_id == second.story_id


HEAD = "Two towns on the river renew their partnership of forty years"


@pytest.mark.parametrize(("title", "copy"), [
    (HEAD, prose(1)), (HEAD, "KENT, Nov. 20 /PRNewswire/ -- " + prose(1)), (f"{HEAD} - Daily Post", prose(1)), ("Partnership of river towns", prose(1)),
    (HEAD, prose(1)[:400]), (f"CORRECTING and REPLACING {HEAD}", prose(1).replace("northwards", "southwards"))])
def test_a_copy_is_the_same_story(title: str, copy: str) -> None:
    """Edited, cut, under another headline, with a dateline, corrected: on another wire it is the same release."""
    assert joined(signed(HEAD, prose(1)), signed(title, copy, source="b"))


def test_an_excerpt_joins_by_its_headline() -> None:
    """A feed that shows two sentences shares no shingles worth counting; a telling headline within three days decides."""
    assert joined(signed(HEAD, prose(1)), signed(HEAD, "", source="b", day=DAY + timedelta(days=3)))
    assert not joined(signed(HEAD, prose(1)), signed(HEAD, "", source="b", day=DAY + timedelta(days=4)))
    assert not joined(signed("Weather", prose(1)), signed("Weather", "", source="b"))


def test_one_headline_over_two_texts_is_two_stories() -> None:
    """A column that always has the same headline."""
    assert not joined(signed(HEAD, prose(1)), signed(HEAD, prose(2), source="b"))


def test_reports_made_from_one_template_stay_apart() -> None:
    """Another quarter, another town: the text is nearly the same, the story is not."""
    for other in (HEAD.replace("forty", "fifty"), "Three towns on the river renew their partnership of forty years"):
        assert not joined(signed(HEAD, prose(1)), signed(other, prose(1).replace("riverer", "fifty"), source="a"))
    assert not joined(signed("Fund report for quarter 1 of 2026", prose(1)), signed("Fund report for quarter 2 of 2026", prose(1), source="b"))


def test_what_one_source_shows_again_weeks_later_is_a_series() -> None:
    """A newsletter has one headline and one opening every month; another source's late copy is a copy, and a correction corrects."""
    later = DAY + timedelta(days=28)
    assert not joined(signed(HEAD, prose(1)), signed(HEAD, prose(1), day=later))
    assert joined(signed(HEAD, prose(1)), signed(HEAD, prose(1), day=DAY + timedelta(days=6)))
    assert joined(signed(HEAD, prose(1)), signed(HEAD, prose(1), source="b", day=later))
    assert joined(signed(HEAD, prose(1)), signed(f"CORRECTING and REPLACING {HEAD}", prose(1), day=later))


def test_one_text_under_two_headlines_of_a_source_is_what_it_says_of_itself() -> None:
    """Episodes share their description."""
    assert not joined(signed("Episode: the harbour of Gdynia", prose(1)), signed("Episode: a market in Recife", prose(1)))


def test_a_notice_joins_one_story_and_makes_no_one_of_two() -> None:
    """A headline that two releases have, and a correction under it that has no text: it belongs to its own source's."""
    first, second = signed(HEAD, prose(1)), signed(HEAD, prose(2), source="b")
    told = signed(f"CORRECTION: {HEAD}", "The year in the second paragraph should read 1986.", source="b")
    for order in ([first, second, told], [told, first, second], [second, told, first]):
        of = {a.item_id: a.story_id for a in assign(order, {}).assigned}
        assert of[first.item_id] != of[second.item_id]
    of = {a.item_id: a.story_id for a in assign([first, second, told], {}).assigned}
    assert of[told.item_id] == of[second.item_id]


def test_a_correction_with_a_text_of_its_own_is_held_against_that_text() -> None:
    """It repeats the release; where it does not, it corrects another one of that headline."""
    assert not joined(signed(HEAD, prose(1)), signed(f"CORRECTING and REPLACING {HEAD}", prose(2, 150), source="b"))


def test_a_thousand_like_texts_cost_a_bounded_number_of_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is held against at most so many of every band, so the work grows with the texts and not with their square."""
    looks: Counter[str] = Counter()

    def counted(a: Signed, b: Signed, *more: Any) -> Same | None:
        looks["same"] += 1
        return same(a, b, *more)

    monkeypatch.setattr(stories, "same", counted)
    assign([signed(f"Notice number {n}", prose(1)) for n in range(4 * MOST)], {})
    assert looks["same"] <= 4 * MOST * MOST


def test_boilerplate_does_not_glue_stories() -> None:
    """Forty releases of one issuer with a long paragraph in common: left out, they are forty stories."""
    about = "About the association: " + prose(99, 150)
    texts = [f"{prose(n, 40)}\n{about}" for n in range(40)]
    common = frozenset(paragraphs(about))
    made = assign([signed(prose(n + 500, 8), t, source=f"s{n}", common=common) for n, t in enumerate(texts)], {}).assigned
    assert len({a.story_id for a in made}) == 40


def test_a_later_item_joins_the_story_that_is_stored() -> None:
    """The story keeps its name while its first item was published first, and the reason is told."""
    story = Story(uuid4(), NOW - timedelta(days=2))
    old, new = signed(HEAD, prose(1), story=story), signed(HEAD, prose(1), source="b")
    found = assign([new], {new.item_id: [old]})
    (made,) = found.assigned
    assert (made.story_id, made.like, found.moved) == (story.story_id, old.item_id, {})
    assert made.same is not None
    assert made.same.rule == "same headline within three days"


def test_the_item_published_first_names_the_story() -> None:
    """Read later, but published earlier: the stored story is renamed."""
    story = Story(uuid4(), NOW + timedelta(days=1))
    old, new = signed(HEAD, prose(1), story=story), signed(HEAD, prose(1), source="b")
    assert assign([new], {new.item_id: [old]}).moved == {story.story_id: new.item_id}


def test_an_item_that_is_two_stories_joins_them() -> None:
    """Two stored stories that a third text connects are one, under the name of the first."""
    first, second = (Story(uuid4(), NOW - timedelta(days=n)) for n in (3, 2))
    one, two = signed(HEAD, prose(1)[:500], story=first), signed(HEAD, prose(1)[500:], story=second, source="b")
    new = signed(HEAD, prose(1), source="c")
    found = assign([new], {new.item_id: [one, two]})
    assert (found.assigned[0].story_id, found.moved) == (first.story_id, {second.story_id: first.story_id})


@given(st.permutations(range(6)))
def test_the_order_of_reading_changes_no_story(order: list[int]) -> None:
    """Threads finish in any order; the warehouse must not depend on it."""
    texts = [(HEAD, prose(1)), (HEAD, prose(1)[:400]), ("Other news of the river towns", prose(1)), (HEAD, prose(2)), ("Y", prose(3)), ("Z", prose(3))]
    made = [replace(signed(t, c, source=f"s{n}"), item_id=UUID(int=n + 1)) for n, (t, c) in enumerate(texts)]
    assert {a.item_id: a.story_id for a in assign([made[n] for n in order], {}).assigned} == {
        a.item_id: a.story_id for a in assign(made, {}).assigned}


def test_a_story_ends() -> None:
    """The same words after the window are news again: an annual report."""
    assert not joined(signed(HEAD, prose(1)), signed(HEAD, prose(1), source="b", day=DAY + WINDOW + timedelta(days=1)))


def test_chinese_copies_are_found() -> None:
    """Five characters make a shingle."""
    text = "枣庄市与鹿特丹市昨日签署友好城市协议，双方将在教育、港口和旅游方面开展合作。市长表示，这是两座城市交往三十年的成果，今后每年互派代表团。"
    assert joined(signed("枣庄与鹿特丹结为友好城市关系", text), signed("枣庄携手鹿特丹", f"中新网11月20日电 {text}", source="b"))


@pytest.mark.parametrize(("title", "copy"), [
    (f"/DISREGARD RELEASE: City of Kent/ {HEAD}", f"We are advised by the City of Kent that journalists should disregard the release {HEAD}."),
    ("/DISREGARD RELEASE: City of Kent/", f"We are advised that readers should disregard the news release, {HEAD}, issued Nov. 20."),
    (f"CORRECTION: {HEAD}", "In the third paragraph the number of pupils who take part in the exchange each year is sixty, not forty as we wrote.")])
def test_a_notice_needs_no_more_of_a_story_than_its_headline(title: str, copy: str) -> None:
    """Withdrawals do not repeat what they withdraw; the next month's story of that headline is not meant, nor is a text that is no notice."""
    told = signed(HEAD, prose(1))
    note = signed(title, copy, day=DAY + timedelta(days=4))
    assert joined(told, note)
    assert corrected(note, [told, note]) == told.item_id
    assert not joined(told, signed(title, copy, day=DAY + timedelta(days=28)))
    assert not joined(told, signed(HEAD, copy, day=DAY + timedelta(days=4)))


def test_a_correction_is_about_the_newest_story_before_it() -> None:
    """Of its own source first; an update corrects nothing."""
    first, other = signed(HEAD, prose(1)), signed(HEAD, prose(1), source="b", day=DAY + timedelta(days=1))
    note = signed(f"CORRECTING and REPLACING {HEAD}", prose(1), day=DAY + timedelta(days=2))
    assert corrected(note, [first, other, note]) == first.item_id
    assert corrected(first, [other]) is None
    assert corrected(signed(f"UPDATE 1 - {HEAD}", prose(1)), [first]) is None


@settings(max_examples=50)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_sameness_is_mutual(a: str, b: str, title: str, other: str) -> None:
    """Whatever is compared: same(a, b) is same(b, a), an equal copy shares every band."""
    one, two = signed(title, a), signed(other, b, source="b")
    assert same(one, two) == same(two, one)
    assert bands(one) == bands(signed(title, a))


@pytest.mark.shared
def test_copies_of_real_items_are_found_and_nothing_else(shared: Path) -> None:
    """Nine kinds of copies, under headlines of their own, one headline for many, corrected: found again, and no two releases are one story."""
    found = benchmark("stories").measure(500)
    assert found.recall >= 0.98
    assert found.precision >= 0.995
