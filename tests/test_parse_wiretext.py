"""Plain wire text: headers of several wires, end marks, and what is no story."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.normalise.text import plain as plain_text
from twinwire.parse import plain, wiretext
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Category, Entry, Parsed, Wired

BODY = "Harbour (xyz) - The mayors of two towns signed a paper on Monday that they\nhad talked about for years.\n\nThe lake was calm.\n"
IPTC = f"eca0003 3 i 380  xyz 0045\n\nNordland/harbour/\nREFILE\n1ST LEAD\nTwo harbour towns join hands\nBy Ada Quill, xyz =\n\n{BODY}\n212322 GMT Nov 18\n"
SIGNS = (
    "\x7f\x7f\r\n\x01bsf025 3 ec 121   etf 967\r\n\r\nNordland\r\n\r\n\x02Situation\r\nHarbour:\r\n"
    "Boats: one «cost» too many (mayor) =\r\n\r\n   Harbour (xyz) The boats cost.\r\n\r\n\x03091223 dec 18\r\n\r\n\x04")
ANPA = (
    "\x01a0105XYZ\x1fkoko-\r\nu s\x14\x12 BC-Harbour-Towns   09-12 0344\r\n\x02BC-Harbour-Towns\r\nSport: Towns row against each other+\r\n"
    "     HARBOUR, Nordland, Dec. 9 Xyz - Two towns rowed against each \r\nother on the lake on Sunday, and both of them lost.\r\n"
    "     The lake won.\r\n==Xyz\r\n\x03KWS-21:37-09-12-18\x04\r\n")
CARETS = (
    "W2870\x1fasian\nf l\x13\x11BC-LT--Harbour-Towns     11-13 1049\n\x02^BC-LT--Harbour Towns, 1st Ld-Writethru,466<\n"
    "^Two towns, one quay<\n^Eds: With photos.<\n^By ADA QUILL=\n^Associated Press=\n"
    "\t   HARBOUR, Nordland (AP) _ The ``quay'' opens. \n \n\t   More text here.\n\n\t   AP-WF-11-13-13 1509GMT<\n\x03\n")
ASIANET = (
    "Source: Harbour Trust Ltd\nMEDIA RELEASE PR67255\nThe trust that owns the quay of both of the towns gives it \nto the people\n\n"
    "HARBOUR, Feb. 1, 2017 /PRNewswire-AsiaNet/ --\n\n    -- A gift\n\nThe trust & its <members> met.\n\nSOURCE: Harbour Trust Ltd\n")
ZCZC = "   ZCZC XYZ\n%MNETALL\n$J\n:\n:Harbour Board\n*X\nBoats rise by a third\n\nBoats rose.\nNNNN\nZCZC XYZ\nBoats fall again\n\nBoats fell.\nNNNN\n"


def read(text: str) -> tuple[Entry, ...]:
    got = wiretext.read(Document(text, "utf-8"))
    assert isinstance(got, Parsed), got
    return got.entries


def test_an_iptc_header() -> None:
    """Number, priority and keywords come from the header; version marks and byline are not the headline."""
    e = read(IPTC)[0]
    assert (e.title, e.authors, e.published_raw) == ("Two harbour towns join hands", ("By Ada Quill, xyz",), "212322 GMT Nov 18")
    assert e.wired == Wired(slug="Nordland/harbour", provider="xyz", version="REFILE 1ST LEAD")
    assert (e.id, e.extra["wire:priority"], e.categories) == (
        "eca0003 212322 GMT Nov 18", ("3",), (Category(term="i", scheme="wire-category"),))
    assert e.content.startswith("<p>Harbour (xyz) - The mayors of two towns signed a paper on Monday that they had talked about")


def test_control_signs() -> None:
    """Text lies between the signs of its start and its end; labels over a headline are not part of it."""
    e = read(SIGNS)[0]
    assert (e.title, e.content) == ("Boats: one «cost» too many (mayor)", "<p>Harbour (xyz) The boats cost.</p>")
    assert e.wired == Wired(slug="Nordland")
    assert e.published_raw == "091223 dec 18"


def test_an_anpa_header() -> None:
    """The second header line has the slug, which stands over the headline once more; the credit names the agency."""
    e = read(ANPA)[0]
    assert (e.title, e.published_raw) == ("Sport: Towns row against each other", "KWS-21:37-09-12-18")
    assert e.wired == Wired(slug="BC-Harbour-Towns", provider="Xyz")
    assert e.content == ("<p>HARBOUR, Nordland, Dec. 9 Xyz - Two towns rowed against each other on the lake on Sunday, and both of "
                         "them lost.</p>\n<p>The lake won.</p>")


def test_lines_of_the_associated_press() -> None:
    """Carets mark slug, headline, notes and byline; quotes and dashes of seven bits are set."""
    e = read(CARETS)[0]
    assert (e.title, e.authors, e.published_raw) == ("Two towns, one quay", ("By ADA QUILL",), "AP-WF-11-13-13 1509GMT")
    assert e.wired == Wired(slug="BC-LT--Harbour-Towns", provider="AP", version="1st Ld-Writethru")
    assert e.content == "<p>HARBOUR, Nordland (AP) — The “quay” opens.</p>\n<p>More text here.</p>"


def test_a_release() -> None:
    """The issuer and the number come from the header, a headline goes on in its next line, the dateline stays in the text."""
    e = read(ASIANET)[0]
    assert (e.id, e.contributors) == ("PR67255", ("Harbour Trust Ltd",))
    assert e.title == "The trust that owns the quay of both of the towns gives it to the people"
    assert plain_text(e.content).split("\n") == [
        "HARBOUR, Feb. 1, 2017 /PRNewswire-AsiaNet/ --", "-- A gift", "The trust & its <members> met.", "SOURCE: Harbour Trust Ltd"]


def test_several_messages_in_one_file() -> None:
    """Messages end at NNNN or at the end sign."""
    first, second = read(ZCZC)
    assert (first.title, second.title) == ("Boats rise by a third", "Boats fall again")
    assert first.wired == Wired(slug="Harbour Board")
    assert (first.content, second.content) == ("<p>Boats rose.</p>", "<p>Boats fell.</p>")
    assert len(read(ANPA + SIGNS)) == 2


def test_a_text_without_a_header() -> None:
    """Where the format says that it is wire text, a headline over a text is enough; an embargo and a kill are noted."""
    e = read(f"EMBARGO: Monday 0600\nTwo towns meet\n{BODY}")[0]
    assert e.title == "Two towns meet"
    assert e.wired == Wired(embargo_raw="Monday 0600")
    assert read(f"KILL\nTwo towns meet\n\n{BODY}")[0].wired == Wired(version="KILL", status="KILL")


def test_what_is_not_for_publication() -> None:
    """Notes to editors after the text are left out."""
    e = read(IPTC.replace("\n212322", "\n# Notebook\n\n## Links\n- x\n\n* * * *\nThe following information is not for publication\n\n212322"))[0]
    assert "calm" in e.content
    assert "Notebook" not in e.content
    assert e.published_raw == "212322 GMT Nov 18"


@pytest.mark.parametrize("text", [
    "Not found", "404 page not found\n", "Error 503\n\nThe service is not available at this time, please come back a little later.",
    "<html><title>Just a moment...</title></html>", '{"error": "no"}', "", "\x04\x04NNNN\n", "\x00\x9b\xff" * 999, "x " * 400_000,
    "Access denied\n\nYou have no permission to see this page on this server, ask the one who runs it.",
])
def test_what_is_no_story(text: str) -> None:
    """Error pages, markup, binary data and one endless line are refused even where the format is given."""
    doc = Document(text, "utf-8")
    assert not wiretext.recognises(doc)
    got = wiretext.read(doc)
    assert isinstance(got, Unreadable)
    assert got.kind in {Kind.NOT_A_FEED, Kind.CHALLENGE}


@pytest.mark.parametrize(("text", "is_wire"), [
    (IPTC, True), (SIGNS, True), (ANPA, True), (CARETS, True), (ASIANET, True), (ZCZC, True), (ZCZC.replace("\n", "\r\n"), True),
    ("Trust gives quay\n\nHARBOUR, Feb. 1, 2017 /PRNewswire/ -- It did.", True),
    (f"Two towns meet\n\n{BODY}", False), ("# Readme\n\nSource: x\n", False), ("ZCZC in a text about telegrams\n\nmore", False),
])
def test_recognition(text: str, is_wire: bool) -> None:
    """A wire's header or a release wire's dateline; any other text is left alone."""
    assert wiretext.recognises(Document(text, "utf-8")) is is_wire


@given(st.text(alphabet="aZ9 \n\r\t\x01\x02\x03\x04=+^<&:-/().", max_size=120), st.sampled_from(("", IPTC, ANPA, CARETS, ZCZC)))
def test_arbitrary_text(text: str, before: str) -> None:
    """Whatever stands in a file, reading ends in a value."""
    for whole in (text, before + text, text + before):
        wiretext.recognises(Document(whole, "utf-8"))
        wiretext.read(Document(whole, "utf-8"))


@given(st.lists(st.text(alphabet="ab, 漢字.-<&", min_size=1, max_size=90), max_size=8))
def test_no_word_is_lost_in_paragraphs(lines: list[str]) -> None:
    """Joining lines to paragraphs, and their HTML read back, keep every character but blanks."""
    got = plain.paragraphs(lines)
    assert "".join("".join(got).split()) == "".join("".join(lines).split())
    assert "".join(plain_text(plain.as_html(got)).split()) == "".join("".join(got).split())


def test_paragraphs() -> None:
    """A blank line or an indent begins one; Chinese lines are joined without a blank; lines ended early stay lines."""
    assert plain.paragraphs(["   One line that is long enough to have been wrapped, and", "goes on here.", "   Two."]) == [
        "One line that is long enough to have been wrapped, and goes on here.", "Two."]
    assert plain.paragraphs(["两座城市在湖边签署了协议两座城市在湖边签署了协议", "两座城市"]) == ["两座城市在湖边签署了协议两座城市在湖边签署了协议两座城市"]
    assert plain.paragraphs(["Contact:", "Ada Quill", "", "End"]) == ["Contact:\nAda Quill", "End"]
    assert plain.as_html(["a <b>\nc & d"]) == "<p>a &lt;b&gt;<br>c &amp; d</p>"


def test_many_messages() -> None:
    """Twenty thousand messages of a file are read, and the damage says that there were more."""
    got = wiretext.read(Document("ZCZC A\nTitle\n\nText.\nNNNN\n" * 20_002, "utf-8"))
    assert isinstance(got, Parsed)
    assert (len(got.entries), got.damage) == (20_000, "only the first 20000 messages read")


@pytest.mark.shared
def test_real_messages(shared: Path) -> None:
    """Every real message is recognised and gives one entry with headline, text and its header's fields."""
    slugs = []
    for path in sorted((shared / "data" / "feeds" / "wire-text").iterdir()):
        doc = Document(decode(path.read_bytes()).text, "utf-8")
        assert wiretext.recognises(doc), path.name
        (e,) = read(doc.text)
        assert 20 < len(e.title) < 200, path.name
        assert e.id, path.name
        assert len(e.content) > 500, path.name
        assert e.contributors or e.wired, path.name
        slugs += [e.wired.slug] if e.wired else []
    assert slugs == ["France", "BC-Soccer-Emperor's-Cup"]
