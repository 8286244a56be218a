"""NewsML-G2: kinds of items, codes and their names, places, corrections, bodies; real documents; broken bytes."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from agencies import FEEDS, check_value, mutated, only, parsed, shared_documents
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import Unreadable, limits, parse
from twinwire.records import Category, Entry, PlaceName, Wired

MESSAGE = (FEEDS / "g2-message.xml").read_bytes()


def item(meta: str = "", content: str = "", contents: str = "", rest: str = "", lang: str = "en") -> Entry:
    return only(f'<newsItem guid="g" version="2" xml:lang="{lang}"><itemMeta>{meta}</itemMeta><contentMeta>{content}</contentMeta>{rest}'
                f"<contentSet>{contents}</contentSet></newsItem>")


def wired(entry: Entry) -> Wired:
    assert entry.wired is not None
    return entry.wired


@pytest.mark.parametrize(("located", "place"), [
    ('<located literal="EU"/>', PlaceName(name="EU")),
    ('<located literal="Calgary, AB, Canada"/>', PlaceName(name="Calgary", region="AB", country="Canada")),
    ('<located qcode="geo:1"><name>New York, NY</name></located>', PlaceName(name="New York", region="NY")),
    ('<located qcode="city:Lima"><broader qcode="reg:Lima"/><broader qcode="cntry:PER"/></located>',
     PlaceName(name="Lima", region="Lima", country="PER", level="city")),
    (('<located type="cptType:5"><name>Pune</name><facet qcode="geoProp:8"/><broader qcode="N2:IND"><name>India</name>'
      '<facet qcode="geoProp:5"/></broader></located>'), PlaceName(name="Pune", country="India", level="city")),
    ('<located type="cptype:country" qcode="c:1"><name>Togo</name><sameAs qcode="iso3166-1a2:TG"/></located>',
     PlaceName(name="Togo", country="TG", level="country")),
    ('<located type="cptype:statprov"><name>Roma</name><broader type="cptype:region"><name>Lazio</name></broader></located>',
     PlaceName(name="Roma", region="Lazio", level="region")),
    ('<located qcode="t:9"/>', PlaceName(name="Turku", country="FI")),
])
def test_located(located: str, place: PlaceName) -> None:
    """A place comes with the region and country around it, by ISO code where one is given, told here or in an assertion."""
    told = ('<assert qcode="t:9"><name>Turku</name><broader type="cptype:country" qcode="iso3166-1a2:FI"><name>Suomi</name></broader></assert>'
            '<assert qcode="t:8"><name>Other</name></assert>')
    assert wired(item(content=located, rest=told)).places == (place,)


@pytest.mark.parametrize("located", ['<located type="loctyp:City"><name/></located>', '<located literal="No-Data-Available"/>', "<located/>"])
def test_located_nowhere(located: str) -> None:
    """An empty place and a placeholder are none."""
    assert wired(item(content=located)).places == ()


def test_place_in_the_wrong_part_counts_where_there_is_no_other() -> None:
    """Some put the place among the item's own metadata; the content's wins."""
    assert [p.name for p in wired(item("<located literal='A'/>")).places] == ["A"]
    assert [p.name for p in wired(item("<located literal='A'/>", "<located literal='B'/>")).places] == ["B"]


def test_codes_stay_as_they_are() -> None:
    """A code keeps its alias, its scheme is told only by a catalogue inside, its name may be told by an assertion."""
    got = item(content='<subject qcode="a:1"/><subject qcode="b:2"><name>two</name></subject><subject uri="http://e.example/3"/>'
                       "<subject><name>four</name></subject><subject/>",
               rest='<catalog><scheme alias="a" uri="http://a.example/"/></catalog><assert qcode="a:1"><name>one</name></assert>')
    assert got.categories == (
        Category(term="a:1", scheme="http://a.example/", label="one"), Category(term="b:2", label="two"),
        Category(term="http://e.example/3"), Category(term="four", label="four"))


@pytest.mark.parametrize(("provider", "name"), [
    ('<provider literal="STT"/>', "STT"), ('<provider qcode="nprov:AFP"/>', "AFP"), ("<provider><name>dpa</name></provider>", "dpa"),
    ('<provider uri="https://www.acme.example/about/"/>', "acme.example"), ('<provider qcode="web:www.x.example"/>', "www.x.example"),
])
def test_provider(provider: str, name: str) -> None:
    """The agency by its name, else its code, else the host of its address."""
    assert wired(item(provider)).provider == name


@pytest.mark.parametrize(("meta", "corrects", "status"), [
    ('<link rel="irel:previousVersion" href="https://e.example/1"/>', "https://e.example/1", None),
    ('<link guidref="g" version="1"/>', "g", None),
    ('<link rel="irel:seeAlso" residref="x"/>', None, None),
    ('<signal qcode="sig:correction"/>', "g", None),
    ('<signal qcode="edStat:C"/>', "g", None),
    ('<pubStatus qcode="stat:usable"/><signal qcode="sig:kill"/>', None, "canceled"),
    ('<pubStatus qcode="stat:withheld"/>', None, "withheld"),
])
def test_corrections_and_kills(meta: str, corrects: str | None, status: str | None) -> None:
    """A link to an earlier item, a signal, a status: each is read as what it says."""
    got = wired(item(meta))
    assert (got.corrects, got.status) == (corrects, status)


def test_authors_are_people() -> None:
    """The by-line wins over the creator; the agency as its own creator is no author."""
    assert item(content='<by>By A B, </by><creator literal="x"/>').authors == ("A B",)
    assert item('<provider literal="reuters.example"/>', '<creator literal="Reuters"/><creator literal="A B"/>').authors == ("A B",)


@pytest.mark.parametrize(("contents", "html"), [
    ('<inlineXML contenttype="text/html"><html><head><title>t</title></head><body><p>a</p></body></html></inlineXML>', "<p>a</p>"),
    ('<inlineXML contenttype="x/y"><BODY xmlns=""><BRODTEXT><P>a</P><MELLIS>b</MELLIS></BRODTEXT></BODY></inlineXML>',
     "<div><p>a</p><p>b</p></div>"),
    ('<inlineData contenttype="text/plain">first line\nstill first\n\nsecond &lt; third</inlineData>',
     "<p>first line\nstill first</p><p>second &lt; third</p>"),
    ('<inlineData contenttype="text/plain"><![CDATA[<p>a &amp; b</p>]]></inlineData>', "<p>a &amp; b</p>"),
    (f'<inlineData encoding="base64" contenttype="text/plain">{base64.b64encode("Zürich".encode()).decode()}</inlineData>', "<p>Zürich</p>"),
    ('<inlineData encoding="base64" contenttype="image/jpeg">AAAA</inlineData>', ""),
    ("<inlineData>&lt;p&gt;a&lt;/p&gt;</inlineData><inlineXML><p>b</p></inlineXML>", "<p>a</p>"),
    ("<inlineXML/>", ""),
])
def test_bodies(contents: str, html: str) -> None:
    """Inline XML of any vocabulary, text and packed text come out as HTML."""
    assert item(contents=contents).content == html


def test_headline_from_elsewhere() -> None:
    """Without a headline there is the title of the item, of the page in it, of the planned story, or the slug."""
    page = "<inlineXML><html><body><h1>page</h1><p>x</p></body></html></inlineXML>"
    assert item("<title>item</title>", "<headline> </headline>", page).title == "page"
    assert item("<title>item</title>").title == "item"
    assert item(content="<slugline>A-SLUG</slugline>").title == "A-SLUG"
    assert only('<planningItem guid="p"><newsCoverageSet><newsCoverage><planning><headline>plan</headline></planning></newsCoverage>'
                "</newsCoverageSet></planningItem>").title == "plan"


def test_description_that_repeats_slug_and_headline_is_no_summary() -> None:
    """Captions stand in for a summary; one composed of the slug and the headline does not."""
    got = item(content='<slugline>A-B</slugline><headline>H</headline><description role="d:caption">A-B:H</description>')
    assert got.summary == ""
    assert item(content='<description role="d:caption">c</description><description role="d:script">s</description>').content == "<p>s</p>"


def test_items_without_a_story_of_their_own_are_no_entries() -> None:
    """A wrapper and a bare picture vanish beside a story; alone, they are kept with what is known."""
    picture = '<newsItem guid="pic"><contentSet><remoteContent href="https://e.example/1.jpg"/></contentSet></newsItem>'
    story = '<newsItem guid="txt"><contentMeta><headline>h</headline></contentMeta></newsItem>'
    assert [e.id for e in parsed(f"<newsMessage><itemSet>{picture}{story}</itemSet></newsMessage>").entries] == ["txt"]
    assert only(f"<newsMessage><itemSet>{picture}</itemSet></newsMessage>").enclosures == ("https://e.example/1.jpg",)


def test_concepts_beside_stories_are_quarantined() -> None:
    """What holds no story is counted, with its id."""
    got = parsed('<newsMessage><itemSet><knowledgeItem guid="k"><conceptSet/></knowledgeItem>'
                 '<newsItem guid="n"><itemMeta><title>t</title></itemMeta></newsItem></itemSet></newsMessage>')
    assert [e.position for e in got.entries] == [1]
    assert [(q.position, q.reason, q.raw) for q in got.quarantined] == [(0, "is a list of concepts, not a story", "k")]


@pytest.mark.parametrize("body", [b"<newsMessage/>", b"<newsItem/>", b"<newsMessage><itemSet><newsItem/></itemSet>"])
def test_empty_documents(body: bytes) -> None:
    """An envelope without an item is told in a line."""
    got = parse(body)
    assert isinstance(got, Unreadable)
    assert got.kind is Kind.NOT_A_FEED
    assert got.message.startswith("NewsML-G2 without an item")


def test_channel_of_the_envelope_is_no_feed() -> None:
    """An envelope names a channel, as RSS does; the root element decides."""
    assert parsed(MESSAGE).feed.format == "newsml-g2-2.35"
    rss = parsed('<rss version="2.0"><channel><item><title>a</title><description>&lt;newsItem guid="x"&gt;</description></item></channel></rss>')
    assert rss.feed.format == "rss-2.0"


def test_thousands_of_items_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items over the cap are not read, and the document says so."""
    monkeypatch.setattr(limits, "ENTRIES", 100)
    items = "".join(f'<newsItem guid="{i}"><contentMeta><headline>h</headline></contentMeta></newsItem>' for i in range(3_000))
    got = parsed(f"<newsMessage><itemSet>{items}</itemSet></newsMessage>")
    assert len(got.entries) == 100
    assert got.damage == "only the first 100 of 3000 entries read"


def test_wrongly_declared_encoding_is_read() -> None:
    """The bytes decide, not the declaration."""
    body = '<?xml version="1.0" encoding="utf-16"?><newsItem guid="g"><itemMeta><title>Köln</title></itemMeta></newsItem>'
    assert only(body.encode("latin-1")).title == "Köln"
    assert only(body.encode()).title == "Köln"


@given(st.integers(0), st.integers(0, 400), st.binary(max_size=30))
def test_any_damage_gives_a_value(at: int, cut: int, put: bytes) -> None:
    """Bytes taken out and put in anywhere never raise."""
    check_value(mutated(MESSAGE, at, cut, put))


@pytest.mark.shared
def test_real_documents(shared: Path) -> None:
    """Headline, text, dateline, provider and subjects come out of every real document that has them."""
    for path in shared_documents(shared, "newsml-g2"):
        text, got = path.read_text("utf-8", "replace"), parsed(path.read_bytes())
        entries = got.entries
        assert entries, path.name
        assert got.damage is None, path.name
        for pattern, found in (
            (r"<(?:\w+:)?headline[^>]*>\s*[^<\s]", any(e.title for e in entries)),
            (r"<(?:\w+:)?dateline[^>]*>\s*[^<\s]", any(wired(e).dateline for e in entries)),
            (r"<(?:\w+:)?provider ", any(wired(e).provider for e in entries)),
            (r"<(?:\w+:)?subject [^>]*qcode", any(e.categories for e in entries)),
            (r"<(?:\w+:)?inline(?:XML|Data)[^>]*>.{0,3000}?<(?:\w+:)?p[ >]", any(e.content for e in entries)),
        ):
            assert found or not re.search(pattern, text, re.DOTALL), (path.name, pattern)
