"""What is not the story is left out in whole lines, and the story stays as it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twinwire.normalise.boilerplate import spans, strip
from twinwire.normalise.issuers import issuer
from twinwire.records import Entry, Text

TITLE = "Two towns on one river mark forty years of friendship"
STORY = "ULM, Germany, May 4, 2026 /PRNewswire/ -- The mayors of two towns met on the bridge.\nThey signed a plan for the valley."
LINES = st.sampled_from([
    TITLE, "Share", "Award Banner", "About Acme", "SOURCE Acme", "The mayors met.", "", " ", "Contact: Jane Doe", "###", "来源：新华社", "Anzeige", "x" * 300,
])


@pytest.mark.parametrize(
    "line",
    ["Award Banner", "Award Banner Award Banner", "This website is best viewed using the newest browsers.", "Advertisement", "Share this article", "Partager", "Anzeige",
     "We use cookies to make this site better.", "Diese Seite verwendet Cookies.", "© 2026 Acme. All rights reserved", "###", "责任编辑：某某", "공유하기",
     "Read more", "https://news.example/a", "Logo - https://news.example/logo.png", "View original content: https://news.example/a", "저작권자 ⓒ 신문",
     "SOURCE Acme Boats", "Quelle: Stadt Ulm", "来源：枣庄市", TITLE, TITLE.upper()],
)
def test_furniture_is_left_out(line: str) -> None:
    """Page furniture in many languages, the headline said again and source lines go; the story stays letter by letter."""
    assert strip(Text(title=TITLE, body=f"{line}\n{STORY}")).body == STORY
    assert strip(Text(title=TITLE, body=f"{STORY}\n{line}")).body in {STORY, f"{STORY}\n{line}" if line in {TITLE, TITLE.upper()} else STORY}


def test_everything_about_the_sender_goes() -> None:
    """From "About …" or a contact line on, once a story has been told."""
    about = "About Acme Boats\nAcme Boats builds boats.\nContact: Jane Doe\nPhone 1"
    assert strip(Text(title=TITLE, body=f"{STORY}\n{about}")).body == STORY
    assert strip(Text(title=TITLE, body=f"About the river\n{STORY}")).body == f"About the river\n{STORY}"


def test_the_issuer_is_not_lost() -> None:
    """It is read from the whole text; the line it stands in is a span that says so."""
    text = Text(title=TITLE, body=f"{STORY}\nSOURCE Ulm City Office\nShare")
    assert issuer(Entry(position=0), text, "PRNewswire") == "Ulm City Office"
    assert [(s.rule, text.body[s.start : s.stop].strip()) for s in spans(text)] == [("source", "SOURCE Ulm City Office"), ("furniture", "Share")]


@pytest.mark.parametrize(
    "line",
    ["Print runs grew in the valley.", "Share prices fell in both towns.", "About forty mayors met on the bridge.", "Contacts between the towns grew.",
     "Home is where the river is, the mayor said.", "Sources close to the mayors said the plan was good."],
)
def test_sentences_stay(line: str) -> None:
    """A sentence that begins with a word of the furniture is part of the story."""
    assert strip(Text(title=TITLE, body=f"{STORY}\n{line}")).body == f"{STORY}\n{line}"


def test_a_field_of_one_line_is_a_story() -> None:
    """A summary that is one line stays, whatever it says; so does a field that would be left with nothing."""
    assert strip(Text(title="T", summary="Read more")).summary == "Read more"
    assert strip(Text(title=TITLE, body=f"{TITLE}\nShare")).body == f"{TITLE}\nShare"


@example([*["Two towns on one river mark forty years of friendship"] * 8, "About Acme", ""], [])
@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=4))
def test_lines_are_left_out_and_none_is_changed(body: list[str], summary: list[str]) -> None:
    """What remains are lines of the text, in their order; spans do not overlap; and a second time changes nothing more than blank lines."""
    text = Text(title=TITLE, summary="\n".join(summary), body="\n".join(body))
    rest = iter(text.body.split("\n"))
    assert all(line in rest for line in strip(text).body.split("\n"))
    found = [s for s in spans(text) if s.field == "body"]
    assert all(a.stop <= b.start for a, b in pairwise(found))
    assert all(0 <= s.start < s.stop <= len(text.body) for s in found)
