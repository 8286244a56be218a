"""Weighing: strengths, places, company, blockers, repeats, passing mentions; and the words a verdict comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinwire.config.topics import load_topics
from twinwire.records import Text, TopicDecision, Verdict
from twinwire.screen import Screen

RULES = """topics:
  - id: twins
    name: Twins
    terms:
      en:
        source: made for the tests
        strong: [sister city, twin town, twin cities]
        context: [twinning, partner city, mayor's link]
        context_words: [mayor]
        abroad: [friendship pact, partner city]
        foreign: [overseas, Polish]
        weak: [friendly ties]
        blockers: [Minneapolis twin cities, sister city sauce]
        not_near: [crystal*]
        never_near: [quiz*]
        doubtful: [twin town]
        words:
          guests: [delegation*, visits]
          officials: [mayor, town hall, delegation*]
          years: [anniversary, 40 years]
          sport: [match]
        together:
          - [guests, officials, years, not sport]
      fr:
        source: made for the tests
        strong: [jumelage]
        language_only: [jumelage]
"""
FAR = "Nothing of note happened in the valley this year. " * 12


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Screen:
    path = tmp_path_factory.mktemp("rules") / "topics.yaml"
    path.write_text(RULES, encoding="utf-8")
    return Screen(load_topics(path))


def judged(screen: Screen, title: str, summary: str = "", body: str = "", language: str | None = "en") -> TopicDecision:
    return screen.decide(Text(title=title, summary=summary, body=body), language).topics[0]


def test_strong_in_title(screen: Screen) -> None:
    """A strong term in the title keeps, and the reason quotes it."""
    d = judged(screen, "Harbour signs with its sister city")
    assert (d.verdict, d.reason) == (Verdict.KEPT, "kept: 'sister city' in the title")


def test_strong_in_opening(screen: Screen) -> None:
    """A strong term in the opening of the body, or in the summary, keeps."""
    assert judged(screen, "News", body="A sister city visits. " + FAR).verdict is Verdict.KEPT
    assert judged(screen, "News", "A sister city visits.", FAR).verdict is Verdict.KEPT


def test_passing_mention(screen: Screen) -> None:
    """One strong term deep in the body is undecided, and in a long body rejected, as a passing mention."""
    short = judged(screen, "News", body=FAR + "It has a sister city.")
    long = judged(screen, "News", body=FAR * 8 + "It has a sister city.")
    assert (short.verdict, long.verdict) == (Verdict.UNDECIDED, Verdict.REJECTED)
    assert short.reason == "undecided: only 'sister city' in the body, a passing mention"


def test_several_mentions(screen: Screen) -> None:
    """Several strong terms in the body keep."""
    body = FAR + "The sister city sent guests. A sister city gift. The sister city said thanks. A twin town came."
    assert judged(screen, "News", body=body).verdict is Verdict.KEPT


def test_repeats_add_up_only_so_far(screen: Screen) -> None:
    """The same term in one place counts a few times; more of it changes nothing."""
    three = judged(screen, "News", body=FAR + "sister city. " * 3)
    assert judged(screen, "News", body=FAR + "sister city. " * 9).score == three.score


def test_context(screen: Screen) -> None:
    """A context term counts with a context word or a strong term near, else the reason says what lacks."""
    alone = judged(screen, "Twinning night")
    assert (alone.verdict, alone.reason) == (Verdict.REJECTED, "rejected: 'twinning' has no second term near")
    with_word = judged(screen, "Twinning night with the mayor")
    assert (with_word.verdict, with_word.evidence[0].rule) == (Verdict.KEPT, "context: near 'mayor'")
    assert judged(screen, "Twinning night", "Our twinning of 1990 made it a twin town.").evidence[0].rule == "strong"
    assert judged(screen, "Twinning, partner city").verdict is Verdict.REJECTED, "two that need company are none for each other"
    assert judged(screen, "Mayor's link").verdict is Verdict.REJECTED, "a word of the term itself says nothing new"
    assert judged(screen, "Twinning night", body=FAR + "mayor").verdict is Verdict.REJECTED


def test_not_near(screen: Screen) -> None:
    """Near a not_near word a context term means something else; a strong term does not."""
    d = judged(screen, "Mayor sees twinning in quartz crystals")
    assert (d.verdict, d.reason) == (Verdict.REJECTED, "rejected: 'twinning' means something else near 'crystal*'")
    assert judged(screen, "Sister city shows crystals").verdict is Verdict.KEPT


def test_blocker(screen: Screen) -> None:
    """The longer expression wins: inside a blocker a term is nothing, beside it it counts."""
    d = judged(screen, "Minneapolis Twin Cities open office")
    assert d.verdict is Verdict.REJECTED
    assert d.reason == "rejected: 'twin cities' is blocked by 'Minneapolis twin cities'"
    assert d.evidence[0].weight == 0
    assert judged(screen, "Sister city sauce served in sister city").verdict is Verdict.KEPT


def test_abroad(screen: Screen) -> None:
    """An abroad term counts with a word of another country near; a term of both lists with either company."""
    alone = judged(screen, "Friendship pact renewed by the mayor")
    assert (alone.verdict, alone.reason) == (Verdict.REJECTED, "rejected: 'friendship pact' has no word of another country near")
    with_word = judged(screen, "Friendship pact with Polish town renewed")
    assert (with_word.verdict, with_word.evidence[0].rule) == (Verdict.KEPT, "abroad: near 'Polish'")
    assert judged(screen, "Partner city of the mayor").verdict is Verdict.KEPT
    assert judged(screen, "Partner city overseas").verdict is Verdict.KEPT


def test_never_near(screen: Screen) -> None:
    """Near a never_near word not even a strong term counts; elsewhere in the text it does."""
    d = judged(screen, "Quizzes: name the sister city")
    assert (d.verdict, d.reason) == (Verdict.REJECTED, "rejected: 'sister city' means something else near 'quiz*'")
    assert judged(screen, "Sister city visits", body=FAR + "A quiz followed.").verdict is Verdict.KEPT


def test_one_sentence_of_many(screen: Screen) -> None:
    """What stands in one sentence of a story about something else is a passing mention, wherever the opening ends; a first sentence, a
    title, a second sentence elsewhere or a text of few sentences make it more."""
    passing = judged(screen, "News", body="The valley saw no rain. Its twin town saw some. " + FAR)
    assert (passing.verdict, passing.reason) == (Verdict.UNDECIDED, "undecided: only 'twin town' in the body, a passing mention")
    assert judged(screen, "News", body="The twin town in the valley saw no rain. " + FAR).verdict is Verdict.KEPT
    assert judged(screen, "Twin town", body="The valley saw no rain. Its twin town saw some. " + FAR).verdict is Verdict.KEPT
    assert judged(screen, "News", body="The valley saw no rain. Its twin town saw some. " + FAR * 2 + "The twin town. " * 2).verdict is Verdict.KEPT
    assert judged(screen, "News", body="The valley saw no rain. Its twin town saw some.").verdict is Verdict.KEPT


@pytest.mark.parametrize("begins", ["SOMEVALE, Nov. 6 (Wire) -- ", "Gov. A. Smith said on the 12. March that ", "Dr. No said here that "])
def test_a_shortened_word_ends_no_sentence(screen: Screen, begins: str) -> None:
    """The first sentence goes on behind a month, a title, an initial or a day in a dateline."""
    assert judged(screen, "News", body=f"{begins}the twin town in the valley saw no rain. {FAR}").verdict is Verdict.KEPT


def test_a_long_first_sentence(screen: Screen) -> None:
    """The first sentence may be twice as long as a passage; what stands at its end is no passing mention."""
    long = "Nothing of note has happened in this long and winding valley in the course of the year, say the people who live in it, but for the "
    assert judged(screen, "News", body=f"{long * 2}twin town. {FAR}").verdict is Verdict.KEPT
    assert judged(screen, "News", body=f"{long * 3}twin town. {FAR}").verdict is Verdict.UNDECIDED


def test_two_terms_in_one_sentence_of_the_opening(screen: Screen, tmp_path: Path) -> None:
    """Two different strong terms are more than a passing mention, further down they are not; nor where the topic is one of ties between
    countries, whose terms come in lists."""
    body = "The valley saw no rain. Its twin town, a sister city, saw some. " + FAR
    assert judged(screen, "News", body=body).verdict is Verdict.KEPT
    assert judged(screen, "News", body=body.replace("a sister city", "a twin town")).verdict is Verdict.UNDECIDED
    assert judged(screen, "News", body=FAR + body).verdict is Verdict.UNDECIDED
    path = tmp_path / "topics.yaml"
    path.write_text(RULES.replace("    name: Twins\n", "    name: Twins\n    between_countries: true\n"), encoding="utf-8")
    assert judged(Screen(load_topics(path)), "News", body=body).verdict is Verdict.UNDECIDED


def test_what_a_rule_finds_is_no_passing_mention(screen: Screen) -> None:
    """A rule asks for several words: they are never a clause of something else."""
    body = "The valley saw no rain. A delegation met the mayor after 40 years. " + FAR
    assert judged(screen, "News", body=body).verdict is Verdict.KEPT


def test_company_is_not_asked_for_in_vain(screen: Screen) -> None:
    """Where strong terms keep a story, terms that need company are shown and add nothing."""
    d = judged(screen, "Sister city twinning with the mayor")
    assert [(m.term, m.rule, m.weight > 0) for m in d.evidence] == [("sister city", "strong", True), ("twinning", "not asked", False)]


def test_weak_never_decides(screen: Screen) -> None:
    """Weak terms alone do not keep."""
    assert judged(screen, "Friendly ties", "Friendly ties. Friendly ties.", "Friendly ties").verdict is not Verdict.KEPT


def test_language_only(screen: Screen) -> None:
    """A language-only term is muted by another language's hint, not by a missing one; other terms ignore the hint."""
    assert judged(screen, "Jumelage", language="de").verdict is Verdict.REJECTED
    assert judged(screen, "Jumelage", language="fr-CA").verdict is Verdict.KEPT
    assert judged(screen, "Jumelage", language=None).verdict is Verdict.KEPT
    assert judged(screen, "Sister city", language="zh").verdict is Verdict.KEPT


def test_fields_do_not_run_together(screen: Screen) -> None:
    """A term is not put together from the end of one field and the start of the next."""
    assert judged(screen, "My sister", "city life").evidence == ()


def test_summary_that_starts_the_body_counts_once(screen: Screen) -> None:
    """A summary cut from the body is not a second voice, whatever its blanks and dots."""
    body = "A sister\ncity visits. " + FAR
    assert judged(screen, "News", "A sister city visits…", body).score == judged(screen, "News", "", body).score


def test_a_rule_counts_when_every_class_is_near(screen: Screen) -> None:
    """A word of a rule's first class counts where one of every other class stands near, in the title or what follows it, and the reason
    names them."""
    d = judged(screen, "Delegation visits after 40 years", "They were received by the mayor.")
    assert d.verdict is Verdict.KEPT
    assert d.reason.startswith("kept: 'delegation*' (near 'mayor', '40 years') in the title")


@pytest.mark.parametrize(("title", "summary"), [
    ("Delegation visits", "They were received by the mayor."),
    ("Visits after 40 years", "They saw the harbour."),
    ("Delegation received after 40 years", "They saw the harbour."),
    ("Delegation visits after 40 years", "They were received by the mayor before the match."),
    ("Visits after 40 years", FAR + "They were received by the mayor."),
], ids=["no years", "no official", "itself is no company", "sport", "far away"])
def test_a_rule_that_lacks_a_class(screen: Screen, title: str, summary: str) -> None:
    """A class that is missing, far away or found only in the word itself, or a class that must not be near: the word is as good as none."""
    d = judged(screen, title, summary)
    assert (d.verdict, d.evidence, d.reason) == (Verdict.REJECTED, (), "rejected: no term of the topic")


def test_a_rule_in_the_body(screen: Screen) -> None:
    """Rules look at the title and the openings only: their words are everyday ones."""
    assert judged(screen, "News", body=FAR + "Delegation visits the mayor after 40 years.").evidence == ()


def test_a_rule_under_another_language(screen: Screen) -> None:
    """A wrong claim about the language hides no rule."""
    assert judged(screen, "Delegation visits mayor for anniversary", language="fr").verdict is Verdict.KEPT


def test_a_doubtful_term(screen: Screen) -> None:
    """A doubtful strong term counts by itself, near a not_near word only with a context word."""
    assert judged(screen, "A twin town").verdict is Verdict.KEPT
    assert judged(screen, "A twin town of crystals").reason == "rejected: 'twin town' means something else near 'crystal*'"
    assert judged(screen, "A twin town of crystals, says the mayor").verdict is Verdict.KEPT
