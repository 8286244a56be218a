"""NewsML 1.0–1.2 (iptc.org/std/NewsML). Reads one document; follows no catalogue, no link, and parses no date.

One entry per ``<NewsItem>``. Its components nest: metadata may stand at any level, the text in a component whose role
is main, body or none. Of components that say the same in several languages the first is read.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from twinwire.errors import Kind
from twinwire.parse import blocks, limits, nitf, xmldoc
from twinwire.parse.agency import KILLED, Story, gathered, status
from twinwire.parse.elements import Element
from twinwire.parse.outcome import Document, Unreadable
from twinwire.parse.xmldoc import at, attribute, words
from twinwire.records import Entry, Feed, Parsed, Quarantined

_BODIES = {"", "main", "body", "text", "story", "article", "bodytext", "maintext", "content"}
_LEADS = {"abstract", "summary", "lead", "subheadline", "teaser"}
_ASIDES = {
    "audio", "caption", "contact", "graphic", "headline", "icon", "image", "logo", "photo", "picture", "quicklook", "preview",
    "related", "sidebar", "sound", "stylesheet", "thumbnail", "title", "video",
}
_STORIES = {"main", "body", "text"}
_NEVER = {"headline", "title", "stylesheet", "contact", "related"}
_TEXTLESS = ("image", "audio", "video", "css", "javascript", "pdf", "photo", "graphic")
_LEVELS = {"city": "city", "country": "country", "countryarea": "region", "area": "region", "region": "region", "state": "region"}
_SUBJECTS = ("subject", "subjectmatter", "subjectdetail", "subjectqualifier")


def recognises(doc: Document) -> bool:
    """A root element ``<NewsML>``."""
    return doc.root == "newsml"


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document; NOT_A_FEED when it has no ``<NewsItem>``."""
    tree = xmldoc.parse(doc.text)
    items = list(tree.root.iter("newsitem")) if tree else []
    if tree is None or not items:
        return Unreadable(Kind.NOT_A_FEED, f"NewsML without a news item{f' ({tree.damage})' if tree and tree.damage else ''}")
    envelope = tree.root.find("newsenvelope")
    feed = Feed(
        title=limits.text(attribute(envelope, "newsservice", "formalname"), limits.TITLE),
        updated_raw=limits.optional(at(envelope, "dateandtime"), limits.DATE),
        format=f"newsml-{limits.line(tree.root.get('version'), 10) or '1'}",
    )
    topics = {t.get("duid") or "": t for t in tree.root.iter("topic")}
    about = _About(doc.url, attribute(envelope, "sentfrom/party", "formalname"), topics)
    found = (_item(el, about, i) for i, el in enumerate(items[:limits.ENTRIES]))
    return gathered(found, len(items), feed, doc, tree.damage)


@dataclass(frozen=True, slots=True)
class _About:
    """What holds for all items of a document: its address, who sent it, the topics it describes."""

    url: str | None
    sender: str
    topics: dict[str, Element]


def _item(item: Element, about: _About, position: int) -> Entry | Quarantined:
    if item.find("newscomponent") is None and item.find("topicset") is not None:
        name = limits.text(at(item, "identification/newsidentifier/publicidentifier"), limits.RAW)
        return Quarantined(position=position, reason="a list of topics, not a story", raw=name)
    story = Story(base=about.url)
    _identify(story, item.find("identification"))
    _manage(story, item.find("newsmanagement"))
    parts = _Parts()
    for component in item.iterfind("newscomponent"):
        _collect(component, "", parts)
    for component in parts.components:
        story.put("provider", attribute(component, "administrativemetadata/provider/party", "formalname"))
    story.put("provider", about.sender, at(item, ".//providerid"))
    for component in parts.components:
        _lines(story, component)
        _administer(story, component)
        _describe(story, component)
    _topics(story, item, about.topics)
    _texts(story, parts)
    for content in item.iter("contentitem"):
        story.enclose(content.get("href") if _is_textless(content) else None)
    story.put("language", item.get("lang"))
    label = at(item, "identification/namelabel")
    story.put("slug", label)
    story.put("title", label)
    return story.finish(position)


def _identify(story: Story, identification: Element | None) -> None:
    """The id names the item, whatever its revision: ``urn:newsml:provider:date:item`` (NewsML 1.2, 5.5.1)."""
    identifier = identification.find("newsidentifier") if identification is not None else None
    parts = [at(identifier, name) for name in ("providerid", "dateid", "newsitemid")]
    public, revision = at(identifier, "publicidentifier"), at(identifier, "revisionid")
    named = re.fullmatch(rf"(urn:newsml:[^:]+:[^:]+:.+):{re.escape(revision)}[NUA]?", public, re.IGNORECASE)
    story.put("id", named[1] if named else "", f"urn:newsml:{':'.join(parts)}" if all(parts) else "", public)
    story.put("version", revision)
    if attribute(identifier, "revisionid", "previousrevision") not in {"", "0"}:
        story.put("corrects", story.draft.values.get("id"))


def _manage(story: Story, management: Element | None) -> None:
    orders = " ".join(_names(management, "instruction")).lower()
    story.put("status", KILLED if "kill" in orders or "cancel" in orders else status(attribute(management, "status", "formalname")))
    story.put("published", at(management, "firstcreated"))
    story.put("updated", at(management, "thisrevisioncreated"))
    story.put("embargo_raw", at(management, "statuswillchange/dateandtime"))
    if any(word in orders for word in ("correct", "rectif", "replac")):
        story.put("corrects", story.draft.values.get("id"))
    for name in ("urgency", "instruction"):
        for value in _names(management, name):
            story.draft.note(f"newsml:{name}", value)


def _names(el: Element | None, path: str) -> list[str]:
    return [name for found in (el.iterfind(path) if el is not None else ()) if (name := (found.get("formalname") or "").strip())]


@dataclass(slots=True)
class _Parts:
    """Components in document order, without those that are only pictures, style sheets and the like; and all texts."""

    components: list[Element] = field(default_factory=list)
    texts: list[tuple[str, Element]] = field(default_factory=list)   # role of the component, ContentItem


def _collect(component: Element, role: str, parts: _Parts) -> None:
    own = _role(component)
    role = own or role
    parts.texts += ((role, content) for content in component.iterfind("contentitem") if not _is_textless(content))
    if own not in _ASIDES or any(_role(inner) in _STORIES for inner in component.iter("newscomponent")):
        parts.components.append(component)
    language = ""
    for inner in component.iterfind("newscomponent"):
        spoken = attribute(inner, "descriptivemetadata/language", "formalname") if at(inner, "newslines/headline") else ""
        if not language or not spoken or spoken == language:
            _collect(inner, role, parts)
        language = language or spoken


def _role(component: Element) -> str:
    return attribute(component, "role", "formalname").lower().replace(" ", "")


def _is_textless(content: Element) -> bool:
    kinds = " ".join(v.lower() for name in ("mediatype", "mimetype", "format") for v in _names(content, name))
    return any(word in kinds for word in _TEXTLESS) or (content.get("href") is not None and content.find(".//datacontent") is None)


def _lines(story: Story, component: Element) -> None:
    lines = component.find("newslines")
    if lines is None:
        return
    story.put("title", at(lines, "headline"))
    story.put("second_headline", at(lines, "subheadline"))
    story.put("dateline", at(lines, "dateline"))
    story.put("slug", at(lines, "slugline"))
    story.put("rights", at(lines, "copyrightline"))
    for line in lines.iterfind("byline"):
        story.by(words(line))
    for line in lines.iterfind("keywordline"):
        _keywords(story, words(line))


def _administer(story: Story, component: Element) -> None:
    meta = component.find("administrativemetadata")
    for name in _names(meta, "creator/party"):
        if not story.is_agency(name):
            story.by(name)
    for name in _names(meta, "source/party"):  # on Business Wire the issuer of the release
        if not story.is_agency(name):
            story.draft.contributors.append(name)
    story.put("rights", at(component, "rightsmetadata/copyright/copyrightholder"))


def _describe(story: Story, component: Element) -> None:
    for meta in component.iterfind("descriptivemetadata"):
        story.put("language", attribute(meta, "language", "formalname"))
        for subject in meta.iterfind("subjectcode/*"):
            if subject.tag in _SUBJECTS:
                _categorise(story, subject, "IPTC" if (subject.get("formalname") or "").isdigit() else None)
        for genre in meta.iterfind("genre"):
            _categorise(story, genre, "genre")
        places = meta.findall("location")
        for place in [p for p in places if (p.get("howpresent") or "origin").lower() == "origin"] or places:
            _place(story, place)
    story.put("language", component.get("lang"))
    for found in (*component.iterfind("descriptivemetadata/property"), *component.iterfind("metadata/property")):
        name = found.get("formalname") or ""
        if name.lower().endswith(("keyword", "keywords")):
            _keywords(story, found.get("value") or "", None if name.lower() == "keyword" else name)


def _categorise(story: Story, el: Element, scheme: str | None) -> None:
    story.draft.categorise(el.get("formalname"), el.get("scheme") or el.get("vocabulary") or scheme)


def _keywords(story: Story, value: str, scheme: str | None = None) -> None:
    for term in value[:20_000].split(";"):
        story.draft.categorise(term, scheme)


def _place(story: Story, location: Element) -> None:
    found = {level: value for p in location.iter("property")
             if (level := _LEVELS.get((p.get("formalname") or "").lower())) and (value := (p.get("value") or "").strip())}
    for level in ("city", "region", "country"):
        if name := found.get(level):
            story.place(name, found.get("region") if level == "city" else None, found.get("country"), level)
            return


def _topics(story: Story, item: Element, topics: dict[str, Element]) -> None:
    """Topics named by reference to a set that stands in the same document."""
    for occurrence in item.iter("topicoccurrence"):
        topic = topics.get((occurrence.get("topic") or "").lstrip("#"))
        named = topic.find("formalname") if topic is not None else None
        if topic is not None and named is not None:
            story.draft.categorise(words(named), named.get("scheme") or named.get("vocabulary"), at(topic, "description"))


def _texts(story: Story, parts: _Parts) -> None:
    """The body, else the longest text that is no headline, style sheet or address."""
    others: list[str] = []
    for role, content in parts.texts:
        data = content.find(".//datacontent")
        if data is None:
            continue
        article = data.find(".//nitf")
        if role in _BODIES and article is not None:
            nitf.fill(story, article)
        elif text := _markup(data if article is None else article):
            if role in _BODIES:
                story.draft.contents.append(text)
            elif role in _LEADS:
                story.put("summary", text)
            elif role not in _NEVER:
                others.append(text)
    if not any(story.draft.contents) and others:
        story.draft.contents.append(max(others, key=len))


def _markup(data: Element) -> str:
    if len(data):
        return blocks.from_tree(next((child for child in data if child.tag in {"html", "xhtml", "body"}), data))
    text = data.text or ""
    around = data.getparent()
    if around is not None and around.tag == "encoding" and (around.get("notation") or "").lower() == "base64":
        text = _unpacked(text)
    return blocks.from_text(text)


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except (binascii.Error, UnicodeError):
        return ""
