"""NewsML-G2 2.x (iptc.org/std/NewsML-G2): news, package and planning items, alone or in a newsMessage.

Reads what is in the document; fetches no catalogue and no remote content, parses no date. One entry per item that has a
headline or a text; an item that only carries a picture of another item is none. The id is the item's guid, the same for
all versions.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from twinwire.errors import Kind
from twinwire.parse import blocks, limits, nitf, xmldoc
from twinwire.parse.agency import KILLED, Story, gathered, local, status
from twinwire.parse.elements import Element
from twinwire.parse.g2terms import Terms, schemes, terms, text_at
from twinwire.parse.outcome import Document, Unreadable
from twinwire.parse.xmldoc import at, attribute, words
from twinwire.records import Entry, Feed, Parsed, Quarantined

_STORIES = ("newsitem", "packageitem", "planningitem")
_NO_STORIES = {"conceptitem": "describes a concept", "knowledgeitem": "is a list of concepts", "catalogitem": "is a catalogue"}
_ROOTS = {"newsmessage", *_STORIES, *_NO_STORIES}
_SUMMARIES = {"", "summary", "abstract", "intro", "lead", "short", "teaser"}
_CAPTIONS = {"caption", "synthe", "videocaption"}
_REPLACED = {"previousversion", "replaces", "corrects", "correctionof"}


def recognises(doc: Document) -> bool:
    """A root element that is one of NewsML-G2's items, or their envelope."""
    return doc.root in _ROOTS


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document; ALL_ENTRIES_BAD when its items are concepts or the like."""
    tree = xmldoc.parse(doc.text)
    items = [el for el in tree.root.iter(*_STORIES, *_NO_STORIES) if el.get("guid") or len(el)] if tree else []
    if tree is None or not items:
        return Unreadable(Kind.NOT_A_FEED, f"NewsML-G2 without an item{f' ({tree.damage})' if tree and tree.damage else ''}")
    header = tree.root.find("header")
    version = limits.line(next((v for el in (*items, tree.root) if (v := el.get("standardversion"))), None), 10)
    feed = Feed(
        title=limits.text(at(header, "sender", "origin"), limits.TITLE),
        updated_raw=limits.optional(at(header, "sent"), limits.DATE), format=f"newsml-g2-{version}" if version else "newsml-g2",
    )
    told = [el for el in items if el.tag in _NO_STORIES or _tells(el)] or items
    about = _About(doc.url, schemes(tree.root), at(header, "sender"))
    found = (_item(el, about, i) for i, el in enumerate(told[:limits.ENTRIES]))
    return gathered(found, len(told), feed, doc, tree.damage)


@dataclass(frozen=True, slots=True)
class _About:
    """What holds for all items of a document: its address, the schemes it tells, who sent it."""

    url: str | None
    schemes: dict[str, str]
    sender: str


def _tells(el: Element) -> bool:
    """False for an item that only wraps or illustrates others. One that takes a story back may be nearly empty."""
    paths = ("contentmeta/headline", "contentmeta/description", "itemmeta/title", "contentset/inlinexml", "contentset/inlinedata")
    return bool(at(el, *paths)) or _status(el) not in {"", "usable"}


def _status(el: Element) -> str:
    return status(attribute(el, "itemmeta/pubstatus", "qcode") or attribute(el, "itemmeta/pubstatus", "uri"))


def _item(el: Element, about: _About, position: int) -> Entry | Quarantined:
    if el.tag in _NO_STORIES:
        name = limits.text(el.get("guid") or at(el, "concept/name"), limits.RAW)
        return Quarantined(position=position, reason=f"{_NO_STORIES[str(el.tag)]}, not a story", raw=name)
    told = terms(about.schemes, el)
    story = Story(base=about.url)
    story.put("id", el.get("guid"))
    story.put("version", el.get("version"))
    story.put("language", told.language)
    _item_meta(story, el, told)
    content = el.find("contentmeta")
    if content is not None:
        _content_meta(story, content, told)
    _content_set(story, el.find("contentset"))
    _descriptions(story, content)
    planned = el.find("newscoverageset")
    story.put("title", at(planned, ".//planning/headline"), at(el, "itemmeta/title"))
    for notice in (text_at(el, "rightsinfo/copyrightnotice", told.language), text_at(el, "rightsinfo/usageterms", told.language)):
        story.put("rights", notice)
    holder = el.find("rightsinfo/copyrightholder")
    story.put("rights", told.label(holder) if holder is not None else "")
    story.put("provider", about.sender)
    return story.finish(position)


def _item_meta(story: Story, el: Element, told: Terms) -> None:
    meta = el.find("itemmeta")
    if meta is None:
        return
    provider = meta.find("provider")
    story.put("provider", told.label(provider) if provider is not None else "")
    story.put("status", _status(el))
    story.put("published", at(meta, "firstcreated", "versioncreated"))
    story.put("updated", at(meta, "versioncreated"))
    story.put("embargo_raw", at(meta, "embargoed"))
    signals = {local(s.get("qcode") or s.get("uri")).lower() for s in meta.iterfind("signal")}
    if "kill" in signals or "retract" in signals:
        story.said["status"] = KILLED
    for link in meta.iterfind("link"):
        address = link.get("residref") or link.get("guidref") or link.get("href")
        relation = local(link.get("rel")).lower()
        if relation in _REPLACED or (not relation and link.get("guidref")):
            story.put("corrects", address)
        elif address:
            story.draft.note(f"g2:{local(link.get('rel')) or 'link'}", address)
    if "correction" in signals or any(s.get("qcode") == "edStat:C" for s in meta.iterfind("signal")):  # edStat: Reuters
        story.put("corrects", story.draft.values.get("id"))
    for place in meta.iterfind("located"):
        told.place(story, place)
    for name in ("itemclass", "signal", "urgency", "service"):
        for code in meta.iterfind(name):
            story.draft.note(f"g2:{name}", code.get("qcode") or code.get("uri") or words(code))
    for note in meta.iterfind("ednote"):
        if not len(note) and note.get("pubconstraint") is None and words(note):
            story.draft.note("g2:ednote", words(note))


def _content_meta(story: Story, meta: Element, told: Terms) -> None:
    _headlines(story, meta)
    story.put("slug", at(meta, "slugline"))
    story.put("dateline", at(meta, "dateline"))
    for line in meta.iterfind("by"):
        story.by(words(line))
    for creator in () if story.draft.authors else meta.iterfind("creator"):
        name = told.name(creator) or creator.get("literal") or ""
        if not story.is_agency(name):
            story.by(name)
    for person in meta.iterfind("contributor"):
        story.draft.contributors.append(told.name(person) or person.get("literal") or "")
    if meta.find("located") is not None:  # nearer to the story than one in the item's own metadata
        story.places.clear()
    for place in meta.iterfind("located"):
        told.place(story, place)
    for concept in (*meta.iterfind("subject"), *meta.iterfind("genre")):
        told.categorise(story, concept)
    for keyword in meta.iterfind("keyword"):
        story.draft.categorise(words(keyword))
    for icon in meta.iterfind("icon"):
        story.enclose(icon.get("href"))
    if urgency := at(meta, "urgency"):
        story.draft.note("g2:urgency", urgency)


def _headlines(story: Story, meta: Element) -> None:
    """The main headline is the one without a role, or with one that does not say it is under, short or for the web."""
    for headline in meta.iterfind("headline"):
        role = local(headline.get("role")).lower()
        story.put("second_headline" if "sub" in role or "deck" in role else "title", words(headline))


def _descriptions(story: Story, meta: Element | None) -> None:
    """Summaries; captions where there is none; and what is left is the text of an item that has no other."""
    found = [(local(d.get("role")).lower(), words(d)) for d in meta.iterfind("description")] if meta is not None else []
    slug = story.said.get("slug")
    told = [(role, text) for role, text in found if text and not (slug and text.startswith(f"{slug}:"))]
    for kind in (_SUMMARIES, _CAPTIONS):
        story.put("summary", *(text for role, text in told if role in kind))
    if not any(story.draft.contents):
        rest = (blocks.from_text(text) for role, text in told if role not in _SUMMARIES and role not in _CAPTIONS)
        story.draft.contents.append("".join(rest))


def _content_set(story: Story, contents: Element | None) -> None:
    for el in contents if contents is not None else ():
        if el.tag == "inlinexml":
            _inline(story, el)
        elif el.tag == "inlinedata":
            story.draft.contents.append(_data(el))
        elif el.tag == "remotecontent":
            href, kind = el.get("href") or "", (el.get("contenttype") or "").lower()
            if kind.startswith(("text/html", "application/xhtml")) and href.lower().startswith("http"):
                story.draft.link = story.draft.link or href
            else:
                story.enclose(href)


def _inline(story: Story, el: Element) -> None:
    article = el.find(".//nitf")
    if article is not None:
        nitf.fill(story, article)
        return
    inner = [child for child in el if isinstance(child.tag, str)]
    page = inner[0] if len(inner) == 1 and inner[0].tag in {"html", "xhtml", "body"} else el
    story.draft.contents.append(blocks.from_tree(page) if inner else blocks.from_text(el.text or ""))
    story.put("title", at(el, ".//h1", "html/head/title", ".//rubrik"))


def _data(el: Element) -> str:
    text = el.text or ""
    if "base64" in (el.get("encoding") or "").lower():
        try:
            text = base64.b64decode(text).decode()
        except (binascii.Error, UnicodeError):
            return ""
    kind = (el.get("contenttype") or "text/plain").lower()
    return blocks.from_text(text) if "text" in kind or "html" in kind or "xml" in kind else ""
