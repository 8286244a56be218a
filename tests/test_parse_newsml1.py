"""NewsML 1.x: ids and revisions, components and their roles, places, topics, orders to kill; real documents; broken bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agencies import FEEDS, check_value, mutated, only, parsed, shared_documents
from hypothesis import given
from hypothesis import strategies as st

from twinwire.errors import Kind
from twinwire.parse import Unreadable, limits, parse
from twinwire.records import Category, Entry, PlaceName, Wired

NESTED = (FEEDS / "newsml1-nested.xml").read_bytes()


def newsml(component: str = "", management: str = "", identifier: str = "<NewsItemId>1</NewsItemId>") -> Entry:
    return only(f"<NewsML><NewsItem><Identification><NewsIdentifier>{identifier}</NewsIdentifier><NameLabel>label</NameLabel></Identification>"
                f"<NewsManagement>{management}</NewsManagement><NewsComponent>{component}</NewsComponent></NewsItem></NewsML>")


def wired(entry: Entry) -> Wired:
    assert entry.wired is not None
    return entry.wired


@pytest.mark.parametrize(("identifier", "key"), [
    ("<RevisionId>3</RevisionId><PublicIdentifier>urn:newsml:a.example:20261002:x-1:3</PublicIdentifier>", "urn:newsml:a.example:20261002:x-1"),
    ("<RevisionId>3</RevisionId><PublicIdentifier>urn:newsml:a.example:20261002:x:1:3U</PublicIdentifier>", "urn:newsml:a.example:20261002:x:1"),
    ("<ProviderId>a.example</ProviderId><DateId>20261002</DateId><NewsItemId>x</NewsItemId><PublicIdentifier>urn:x</PublicIdentifier>",
     "urn:newsml:a.example:20261002:x"),
    ("<PublicIdentifier>urn:x</PublicIdentifier>", "urn:x"), ("", None),
])
def test_id_is_the_same_for_all_revisions(identifier: str, key: str | None) -> None:
    """The id is the item's name without the number of the revision."""
    assert newsml(identifier=identifier).id == key


@pytest.mark.parametrize(("management", "status", "corrects"), [
    ('<Status FormalName="Usable"/>', "usable", None), ('<Status FormalName="Withheld"/>', "withheld", None),
    ('<Status FormalName="Usable"/><Instruction FormalName="Kill"/>', "canceled", None),
    ('<Status FormalName="Cancelled"/>', "canceled", None),
    ('<Status FormalName="Usable"/><Instruction FormalName="Correction"/>', "usable", "urn:x"),
])
def test_orders(management: str, status: str, corrects: str | None) -> None:
    """A kill and a correction are told by status or by instruction."""
    got = wired(newsml("", management, "<PublicIdentifier>urn:x</PublicIdentifier>"))
    assert (got.status, got.corrects) == (status, corrects)


def test_later_revision_replaces_the_item_it_names() -> None:
    """A revision that names the one before replaces it; the first replaces nothing."""
    revision = '<PublicIdentifier>urn:x</PublicIdentifier><RevisionId PreviousRevision="{}">2</RevisionId>'
    assert wired(newsml(identifier=revision.format(1))).corrects == "urn:x"
    assert wired(newsml(identifier=revision.format(0))).corrects is None


def text(role: str, data: str, form: str = "") -> str:
    kind = f'<Role FormalName="{role}"/>' if role else ""
    return f"<NewsComponent>{kind}<ContentItem>{form}<DataContent>{data}</DataContent></ContentItem></NewsComponent>"


@pytest.mark.parametrize(("parts", "content", "summary"), [
    (text("Main", "<nitf><body><body.content><p>a</p></body.content></body></nitf>"), "<p>a</p>", ""),
    (text("", "<p>a</p><p>b</p>"), "<p>a</p><p>b</p>", ""),
    (text("Body", "one\n\ntwo"), "<p>one</p><p>two</p>", ""),
    (text("Body", "one\n     two"), "<p>one</p><p>two</p>", ""),
    (text("Body", "<![CDATA[<h4>a</h4>b]]>"), "<h4>a</h4>b", ""),
    (text("Caption", "a long caption of a picture") + text("Body", "b"), "<p>b</p>", ""),
    (text("Caption", "only a caption"), "<p>only a caption</p>", ""),
    (text("Abstract", "a") + text("SubHeadLine", "s") + text("Body", "b"), "<p>b</p>", "<p>a</p>"),
    (text("StyleSheet", "x {}", '<MimeType FormalName="text/css"/>') + text("Contact", "555 0100") + text("Title", "t"), "", ""),
    (text("Body", "<Encoding/>"), "", ""),
    ("<NewsComponent><ContentItem><Encoding Notation='Base64'><DataContent>YcO8</DataContent></Encoding></ContentItem></NewsComponent>", "<p>aü</p>", ""),
])
def test_text_by_role(parts: str, content: str, summary: str) -> None:
    """The body is the main text in whatever form; leads are the summary; style sheets and addresses are neither."""
    got = newsml(parts)
    assert (got.content, got.summary) == (content, summary)


def test_component_of_sound_may_hold_the_story() -> None:
    """A component for a medium counts when a text of the story stands inside, a picture's headline does not count."""
    audio = '<NewsComponent><Role FormalName="Audio"/><NewsLines><Headline>Bulletin</Headline></NewsLines>' + text("Body", "b") + "</NewsComponent>"
    photo = '<NewsComponent><Role FormalName="Photo"/><NewsLines><HeadLine>Caption</HeadLine></NewsLines></NewsComponent>'
    assert newsml(photo + audio).title == "Bulletin"
    assert newsml(photo).title == "label"


@pytest.mark.parametrize(("places", "found"), [
    (["Origin:City=Paris,Country=FRA", "Event:City=Lyon"], [PlaceName(name="Paris", country="FRA", level="city")]),
    (["Event:Country=IND"], [PlaceName(name="IND", country="IND", level="country")]),
    ([":CountryArea=KGR,Country=CH"], [PlaceName(name="KGR", country="CH", level="region")]),
    (["Origin:City=,Country=NLD"], [PlaceName(name="NLD", country="NLD", level="country")]),
    (["Origin:SubLocation=Hall"], []),
])
def test_places(places: list[str], found: list[PlaceName]) -> None:
    """The place of origin wins over that of the event; the narrowest name is the place, the wider ones stand around it."""
    xml = ""
    for place in places:
        how, _, pairs = place.partition(":")
        inner = "".join('<Property FormalName="{}" Value="{}"/>'.format(*pair.split("=")) for pair in pairs.split(","))
        xml += f'<Location HowPresent="{how}">{inner}</Location>' if how else f"<Location>{inner}</Location>"
    assert list(wired(newsml(f"<DescriptiveMetadata>{xml}</DescriptiveMetadata>", '<Status FormalName="Usable"/>')).places) == found


def test_topics_by_reference() -> None:
    """A topic of the same document is a category with its name; a reference to nothing is none."""
    got = only('<NewsML><NewsItem><NewsComponent><TopicSet><Topic Duid="a"><FormalName Scheme="s">A</FormalName></Topic><Topic Duid="b"/></TopicSet>'
               '<NewsLines><HeadLine>h</HeadLine></NewsLines><TopicOccurrence Topic="#a"/><TopicOccurrence Topic="#b"/>'
               '<TopicOccurrence Topic="#c"/><TopicOccurrence/></NewsComponent></NewsItem></NewsML>')
    assert got.categories == (Category(term="A", scheme="s"),)


def test_issuer_and_agency() -> None:
    """On a release wire the source is the issuer; an agency as its own source is not."""
    source = '<AdministrativeMetadata><Source><Party FormalName="{}"/></Source></AdministrativeMetadata>'
    provider = "<ProviderId>wire.example</ProviderId>"
    assert newsml(source.format("City of Graz"), identifier=provider).contributors == ("City of Graz",)
    assert newsml(source.format("WIRE"), identifier=provider).contributors == ()


@pytest.mark.parametrize(("body", "kind"), [
    (b"<NewsML/>", Kind.NOT_A_FEED), (b"<NewsML><NewsEnvelope/></NewsML>", Kind.NOT_A_FEED),
    (b"<NewsML><NewsItem/></NewsML>", Kind.ALL_ENTRIES_BAD),
    (b"<NewsML><NewsItem><TopicSet/></NewsItem></NewsML>", Kind.ALL_ENTRIES_BAD),
])
def test_documents_without_a_story(body: bytes, kind: Kind) -> None:
    """An envelope without an item, an empty item and a list of topics are told in a line."""
    got = parse(body)
    assert isinstance(got, Unreadable)
    assert got.kind is kind


def test_thousands_of_items_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items over the cap are not read, and the document says so."""
    monkeypatch.setattr(limits, "ENTRIES", 100)
    item = "<NewsItem><NewsComponent><NewsLines><HeadLine>h</HeadLine></NewsLines></NewsComponent></NewsItem>"
    got = parsed(f"<NewsML>{item * 3_000}</NewsML>")
    assert len(got.entries) == 100
    assert got.damage == "only the first 100 of 3000 entries read"


def test_components_nested_too_deep_are_cut() -> None:
    """Nesting without end gives what stands above the bound."""
    got = parsed("<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>h</HeadLine></NewsLines>" + "<NewsComponent>" * 50_000)
    assert got.entries[0].title == "h"
    assert got.damage is not None


@given(st.integers(0), st.integers(0, 400), st.binary(max_size=30))
def test_any_damage_gives_a_value(at: int, cut: int, put: bytes) -> None:
    """Bytes taken out and put in anywhere never raise."""
    check_value(mutated(NESTED, at, cut, put))


@pytest.mark.shared
def test_real_documents(shared: Path) -> None:
    """Headline, text, provider, dateline and subjects come out of every real document that has them."""
    for path in shared_documents(shared, "newsml1"):
        source, entries = path.read_text("utf-8", "replace"), parsed(path.read_bytes()).entries
        assert all(e.id and e.title and e.content and wired(e).provider for e in entries), path.name
        if re.search(r"<DateLine[^>]*>\s*[^<\s]", source):
            assert any(wired(e).dateline for e in entries), path.name
        if re.search(r'<Subject\w* [^>]*FormalName="\w', source):
            assert all(e.categories for e in entries), path.name
