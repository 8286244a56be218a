"""Readings: which lists a tie links, why, and which readings of a sentence hold together."""

from __future__ import annotations

from handatlas import real

from twinwire.normalise.places import Context
from twinwire.relate.links.choose import choose, scene
from twinwire.relate.links.lexicon import even, lexicon
from twinwire.relate.links.lists import groups
from twinwire.relate.links.nouns import Reading
from twinwire.relate.links.readings import chance, readings, score
from twinwire.relate.links.sides import sides
from twinwire.relate.links.units import units
from twinwire.relate.links.weights import WEIGHTS

PLAIN = scene(told=False, doubt=False, topical=False)


def pair(*names: str) -> frozenset[str]:
    """Two names without order."""
    return frozenset(names)


def options(text: str) -> list[Reading]:
    """Readings of the first tie in an English sentence, best first."""
    words = lexicon("en")
    cut = units(text, even(text, "en"), words, real())
    lists = groups(cut, sides(cut, False, real(), Context()), False)
    return readings(cut, next(i for i, u in enumerate(cut) if u.trigger), lists, words, PLAIN)


def chosen(text: str) -> list[tuple[str, set[frozenset[str]]]]:
    """Rule and pairs of what is chosen and likely."""
    words = lexicon("en")
    cut = units(text, even(text, "en"), words, real())
    lists = groups(cut, sides(cut, False, real(), Context()), False)
    kept = choose(cut, lists, words, {i: PLAIN for i, u in enumerate(cut) if u.trigger})
    return [(r.rule, {pair(a.name.name, b.name.name) for a, b in r.pairs}) for r in kept if r.score >= 0]


def test_every_feature_has_a_weight_or_is_worth_nothing() -> None:
    """The score is the sum of the weights of what was seen, and nothing else."""
    for reading in options("Riga and its twin Rostock wrote to Lyon, Metz and Turku."):
        assert reading.score == round(score(dict(reading.features)), 3)
    assert all(isinstance(v, float) for v in WEIGHTS.values())


def test_better_readings_come_first_and_a_half_is_the_border() -> None:
    """The log of the odds is 0 where a reading is as likely right as wrong."""
    found = options("Riga is twinned with Rostock; a guest from Lyon sang in Metz.")
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert chance(0) == 0.5
    assert chance(5) > 0.99


def test_a_figure_of_speech_and_weak_words_weigh_against() -> None:
    """The same sides, told differently."""
    strong, weak = (options(f"Riga has a {words} with Rostock.")[0].score for words in ("sister-city treaty", "partnership"))
    assert strong > weak
    assert score(scene(told=False, doubt=True, topical=False)) < score(PLAIN)


def test_partners_of_one_city_are_not_paired_with_each_other() -> None:
    """A list behind "with" is linked with what is twinned, not in itself."""
    assert [pairs for _, pairs in chosen("Riga is twinned with Rostock and Bremen.")] == [{pair("Riga", "Rostock"), pair("Riga", "Bremen")}]


def test_three_are_linked_each_with_each_where_the_sentence_says_so() -> None:
    """ "With one another", a triangle."""
    ((_, pairs),) = chosen("Leeds, Dortmund and Lille are twinned with each other.")
    assert pairs == {pair("Leeds", "Dortmund"), pair("Leeds", "Lille"), pair("Dortmund", "Lille")}


def test_a_sentence_goes_on_with_further_pairs() -> None:
    """ "And with", "and C with D", "as are"."""
    with_both = chosen("Riga is twinned with Rostock and has a treaty with Bremen.")
    assert {p for _, pairs in with_both for p in pairs} >= {pair("Riga", "Rostock")}
    assert ("and with", {pair("Vilnius", "Aalborg")}) in chosen("Riga is twinned with Rostock, and Vilnius with Aalborg.")
    assert len(chosen("Lyon and Leeds are sister cities, as are Kobe and Riga.")) == 2


def test_the_first_goes_with_the_first_where_they_are_told_respectively() -> None:
    """And not each with each."""
    ((_, pairs),) = chosen("Denver and Boston are twinned respectively with Brest and Strasbourg.")
    assert pairs == {pair("Denver", "Brest"), pair("Boston", "Strasbourg")}


def test_a_region_is_not_linked_with_a_city_in_it() -> None:
    """Ohio is not the twin of Toledo."""
    assert all(r.score < 0 for r in options("Ohio's sister city Toledo"))
