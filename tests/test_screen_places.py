"""Ties within a country: told apart when it is sure, and only then; places serve as company; they are asked for late and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from spots import FONDI, FRANCE, GAETA, LAZIO, NAGOLD, ONGJIN, SIENA, SUWON, mentioned

from twinwire.config.topics import load_topics
from twinwire.records import Place, Text, TopicDecision, Verdict
from twinwire.screen import Places, Screen

SCREEN = Screen(load_topics(Path(__file__).parents[1] / "config/topics.yaml"))
LONG = " La cerimonia si è tenuta in piazza, con la banda e il coro. La festa è durata fino a sera, poi tutti a cena, e il giorno dopo al mercato del paese."


def judged(text: Text, names: dict[str, Place], language: str = "it", **more: frozenset[str]) -> TopicDecision:
    return SCREEN.decide(text, language, lambda: Places(mentions=mentioned(text, names), **more)).topics[0]


def test_two_cities_of_one_country() -> None:
    """Two cities that lie apart, and nothing from abroad: the tie is domestic, nothing counts, and the reason says so."""
    text = Text(title="Gemellaggio tra Fondi e Siena", summary="Firmato il gemellaggio." + LONG)
    d = judged(text, {"Fondi": FONDI, "Siena": SIENA})
    assert (d.verdict, d.score) == (Verdict.REJECTED, 0.0)
    assert d.reason == "rejected: Fondi and Siena are both in IT, so 'gemellaggio' is no tie between countries"


def test_a_city_and_a_region_it_is_not_in() -> None:
    """A city and another region of its country are as good as two cities: small places of that region may be in no gazetteer."""
    text = Text(title="Gemellaggio tra Siena e un borgo del Lazio", summary="Firmato il gemellaggio." + LONG)
    d = judged(text, {"Siena": replace(SIENA, admin1_code="16"), "Lazio": replace(LAZIO, admin1_code="07")})
    assert (d.verdict, "Siena and Lazio are both in IT" in d.reason) == (Verdict.REJECTED, True)


@pytest.mark.parametrize(("title", "names", "more"), [
    ("Gemellaggio tra Fondi e Nagold", {"Fondi": FONDI, "Nagold": NAGOLD}, {}),
    ("Gemellaggio tra Fondi e Siena", {"Fondi": FONDI, "Siena": SIENA}, {"countries": frozenset({"DE"})}),
    ("Gemellaggio tra Fondi e Siena con amici francesi", {"Fondi": FONDI, "Siena": SIENA}, {}),
    ("Gemellaggio tra Fondi e Siena, e la France", {"Fondi": FONDI, "Siena": SIENA, "France": FRANCE}, {}),
    ("Gemellaggio a Fondi", {"Fondi": FONDI}, {}),
    ("Gemellaggio a Fondi, Lazio", {"Fondi": FONDI, "Lazio": LAZIO}, {}),
    ("Gemellaggio a Fondi nel Lazio", {"Fondi": replace(FONDI, admin1_code="07"), "Lazio": replace(LAZIO, admin1_code="07")}, {}),
    ("Gemellaggio tra Fondi e Gaeta", {"Fondi": FONDI, "Gaeta": GAETA}, {}),
    ("Gemellaggio", {}, {}),
], ids=["abroad", "country elsewhere", "nationality", "country", "one", "region unknown", "its region", "near by", "none"])
def test_not_sure(title: str, names: dict[str, Place], more: dict[str, frozenset[str]]) -> None:
    """A place, a nationality or a country from abroad, one city alone, one with its region or its neighbour: the tie counts."""
    assert judged(Text(title=title, summary="Firmato il gemellaggio." + LONG), names, **more).verdict is Verdict.KEPT


def test_unsure_places_say_nothing() -> None:
    """A place that may be another does not make a tie domestic."""
    text = Text(title="Gemellaggio tra Fondi e Siena", summary="Firmato il gemellaggio." + LONG)
    d = SCREEN.decide(text, "it", lambda: Places(mentions=mentioned(text, {"Fondi": FONDI, "Siena": SIENA}, confidence=0.4))).topics[0]
    assert d.verdict is Verdict.KEPT


@pytest.mark.parametrize(("confidence", "alternatives", "verdict"), [
    (0.63, (), Verdict.REJECTED), (0.63, (2962943,), Verdict.KEPT), (0.9, (2962943,), Verdict.REJECTED)])
def test_a_place_that_others_are_called_like_must_be_certain(confidence: float, alternatives: tuple[int, ...], verdict: Verdict) -> None:
    """Limerick may be a town of the country the text begins in, or the city abroad that it is about."""
    text = Text(title="Gemellaggio tra Fondi e Siena", summary="Firmato il gemellaggio." + LONG)
    found = [replace(m, located=replace(m.located, alternatives=alternatives))
             for m in mentioned(text, {"Fondi": FONDI, "Siena": SIENA}, confidence=confidence)]
    assert SCREEN.decide(text, "it", lambda: Places(mentions=found)).topics[0].verdict is verdict


def test_a_headline_alone_is_not_sure() -> None:
    """Two cities of one country in a bare headline leave it undecided: its page is to be read."""
    d = judged(Text(title="Gemellaggio tra Fondi e Siena"), {"Fondi": FONDI, "Siena": SIENA})
    assert (d.verdict, 0.3 <= d.score < 0.6) == (Verdict.UNDECIDED, True)
    assert "maybe domestic" in d.evidence[0].rule


def test_cities_of_two_countries_are_company() -> None:
    """A term that needs company has it in cities of two countries near it; in two countries it has not: states have friendships too."""
    assert judged(Text(title="Fondi si gemella con Nagold"), {"Fondi": FONDI, "Nagold": NAGOLD}).evidence[0].rule == "context: near 'Fondi and Nagold'"
    korean = Text(title="수원시 나골트와 자매결연")
    assert judged(korean, {"수원시": SUWON, "나골트": NAGOLD}, "ko").verdict is Verdict.KEPT
    assert judged(korean, {"수원시": SUWON, "나골트": FRANCE}, "ko").verdict is Verdict.REJECTED


def test_the_two_koreas_are_no_abroad() -> None:
    """They share names of counties: a county found in the other one makes no tie between countries."""
    text = Text(title="수원시 옹진군 자매결연")
    assert judged(text, {"수원시": SUWON, "옹진군": ONGJIN}, "ko").verdict is Verdict.REJECTED


def test_far_places_are_no_company() -> None:
    """Cities far from the term say nothing of it."""
    text = Text(title="수원시 소식", summary="자매결연. " + "오늘은 비가 내리고 내일은 맑겠다. " * 30 + "나골트")
    assert judged(text, {"나골트": NAGOLD}, "ko").verdict is Verdict.REJECTED


def test_places_are_asked_for_late_and_once() -> None:
    """Only a text with a term of a topic of ties between countries has its places looked up, and once."""
    asked: list[str] = []

    def places() -> Places:
        asked.append("asked")
        return Places()

    SCREEN.decide(Text(title="Nothing of note"), "en", places)
    SCREEN.decide(Text(title="Rural development plan adopted"), "en", places)
    assert asked == []
    SCREEN.decide(Text(title="Sister city, twin town, partner city overseas"), "en", places)
    assert asked == ["asked"]


RULES = """topics:
  - id: guests
    name: Guests
    terms:
      en:
        source: made for the tests
        foreign: [French]
        words: {guests: [visits], twice: [calls on], part: [opens]}
        together:
          - [guests, abroad]
          - [twice, two countries]
          - [part, region]
"""


@pytest.mark.parametrize(("title", "names", "kept"), [
    ("Fondi visits Nagold", {"Fondi": FONDI, "Nagold": NAGOLD}, True),
    ("Fondi visits France", {"Fondi": FONDI, "France": FRANCE}, True),
    ("Fondi visits Siena", {"Fondi": FONDI, "Siena": SIENA}, False),
    ("Lazio visits", {"Lazio": LAZIO}, False),
    ("France visits", {"France": FRANCE}, False),
    ("Fondi visits a French town", {}, True),
    ("Fondi calls on Nagold", {"Fondi": FONDI, "Nagold": NAGOLD}, True),
    ("Fondi calls on France", {"Fondi": FONDI, "France": FRANCE}, False),
    ("Road opens in Lazio", {"Lazio": LAZIO}, True),
    ("Road opens in Fondi", {"Fondi": FONDI}, False),
])
def test_what_rules_ask_of_places(tmp_path: Path, title: str, names: dict[str, Place], kept: bool) -> None:
    """``two countries`` are cities or regions of two; ``abroad`` is also a country beside a city, or a foreign word; ``region`` is a part of
    a country."""
    path = tmp_path / "topics.yaml"
    path.write_text(RULES, encoding="utf-8")
    text = Text(title=title)
    d = Screen(load_topics(path)).decide(text, "en", lambda: Places(mentions=mentioned(text, names)))
    assert (d.verdict is Verdict.KEPT) is kept


def test_rules_ask_for_places_last() -> None:
    """The places of a text are looked up when a rule lacks nothing else."""
    asked: list[str] = []

    def places() -> Places:
        asked.append("asked")
        return Places()

    SCREEN.decide(Text(title="Delegation visits the mayor"), "en", places)
    assert asked == []
    SCREEN.decide(Text(title="Delegation visits the mayor for the anniversary of the friendship"), "en", places)
    assert asked == ["asked"]


def test_words_against_a_tie_say_nothing_between_two_countries() -> None:
    """A school casts doubt on a twinning; not where a town hall and towns of two countries stand beside it too."""
    names = {"Fondi": FONDI, "Nagold": NAGOLD}
    school = Text(title="Festa a scuola", summary="Il comune di Fondi è gemellato con Nagold: in visita anche al liceo e alla scuola media.")
    assert judged(school, names).verdict is Verdict.KEPT
    assert judged(school, {"Fondi": FONDI}).verdict is Verdict.REJECTED
    assert judged(Text(title=school.title, summary=school.summary.replace("Il comune di ", "")), names).verdict is Verdict.REJECTED


def test_a_text_about_two_cities_mentions_their_tie_at_any_place() -> None:
    """A strong term of the body is no passing mention where the cities beside it are named again and again; once each is a clause."""
    names = {"Fondi": FONDI, "Nagold": NAGOLD}
    clause = f"{LONG} Fondi ha un patto di gemellaggio con Nagold.{LONG}"
    once = Text(title="La banda", body=3 * LONG + clause)
    assert judged(once, names).verdict is not Verdict.KEPT
    often = replace(once, body=f"La banda di Nagold suona a Fondi.{3 * LONG}{clause} Nagold ringrazia Fondi.")
    d = judged(often, names)
    assert d.verdict is Verdict.KEPT
    assert "Fondi and Nagold are named throughout" in d.evidence[0].rule
    assert d.reason == "kept: 'patto di gemellaggio' (Fondi and Nagold are named throughout) in the body"


def test_what_two_cities_will_work_on_is_no_story_of_its_own(tmp_path: Path) -> None:
    """In a story of a tie another topic needs more than one term that needed company; without the tie, in the title, or with a strong term
    it is kept as ever."""
    (tmp_path / "topics.yaml").write_text("""topics:
  - id: ties
    name: Ties
    between_countries: true
    terms: {en: {source: made for the tests, strong: [twin town]}}
  - id: works
    name: Works
    terms: {en: {source: made for the tests, strong: [regional plan], context: [sewers, buses], context_words: [mayor]}}
""", encoding="utf-8")
    screen = Screen(load_topics(tmp_path / "topics.yaml"))

    def works(title: str, summary: str) -> TopicDecision:
        return screen.decide(Text(title=title, summary=summary), "en").topics[1]

    d = works("Guests from the twin town", "The mayor showed them the sewers.")
    assert (d.verdict, d.reason) == (
        Verdict.UNDECIDED, "undecided: only 'sewers' (near 'mayor') in the opening, in a story of a tie between places")
    assert sum(m.weight for m in d.evidence) == pytest.approx(d.score)
    assert works("Guests from afar", "The mayor showed them the sewers.").verdict is Verdict.KEPT
    assert works("Mayor shows guests from the twin town the sewers", "").verdict is Verdict.KEPT
    assert works("Guests from the twin town", "The mayor showed them the sewers and the buses.").verdict is Verdict.KEPT
    assert works("Guests from the twin town", "They signed a regional plan.").verdict is Verdict.KEPT
