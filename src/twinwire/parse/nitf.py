"""NITF 2.5–3.6 (iptc.org/std/NITF). Reads documents, and the NITF inside other formats; follows no link, parses no date."""

from __future__ import annotations

import re

from twinwire.errors import Kind
from twinwire.parse import blocks, limits, xmldoc
from twinwire.parse.agency import Story, gathered, status
from twinwire.parse.elements import Element
from twinwire.parse.outcome import Document, Unreadable
from twinwire.parse.xmldoc import at, attribute, words
from twinwire.records import Feed, Parsed

_ROOTS = {"nitf", "contentset"}
_SLUGS = ("slug", "slugline", "anpa-keyword")
_BODY_EDGES = frozenset({"body.head", "body.end"})
_DATE = re.compile(r"\d{4}")


def recognises(doc: Document) -> bool:
    """A root element ``<nitf>``, or NewsML-G2's ``<contentSet>`` alone with NITF in it."""
    root = doc.root
    return root in _ROOTS and (root == "nitf" or "<nitf" in doc.text)


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document: one, unless several articles stand in one file."""
    tree = xmldoc.parse(doc.text)
    found = list(tree.root.iter("nitf")) if tree else []
    if tree is None or not found:
        return Unreadable(Kind.NOT_A_FEED, "XML that cannot be read as NITF")
    stories = [Story(base=doc.url) for _ in found[:limits.ENTRIES]]
    for story, el in zip(stories, found, strict=False):
        fill(story, el)
    version = re.search(r"NITF (\d\.\d)", found[0].get("version") or "")
    feed = Feed(format=f"nitf-{version[1]}" if version else "nitf")
    return gathered((s.finish(i) for i, s in enumerate(stories)), len(found), feed, doc, tree.damage)


def fill(story: Story, nitf: Element) -> None:
    """Put what an ``<nitf>`` element says where the story has nothing yet."""
    head, body = nitf.find("head"), nitf.find("body")
    if body is not None:  # first: the distributor and the dateline are printed, the head has codes
        _body_head(story, body.find("body.head"))
        _content(story, body)
    _head(story, head)
    story.put("published", attribute(body, "body.head/dateline/story.date", "norm"))
    story.put("title", at(head, "title"))
    story.put("language", nitf.get("lang"), nitf.get("baselang"), attribute(body, "body.content/lang", "lang"))


def _head(story: Story, head: Element | None) -> None:
    if head is None:
        return
    metas = {(m.get("name") or "").lower(): (m.get("content") or "").strip() for m in head.iterfind("meta")}
    story.put("slug", *(metas.get(name) for name in _SLUGS))
    story.put("provider", metas.get("aap-source"))
    for subject in head.iterfind("tobject/tobject.subject"):
        _subject(story, subject)
    for kind in head.iterfind("tobject/tobject.property"):
        story.draft.categorise(kind.get("tobject.property.type"), "tobject.property.type")
    docdata = head.find("docdata")
    if docdata is not None:
        _docdata(story, docdata)
    story.put("published", attribute(head, "pubdata", "date.publication"))
    story.put("updated", *(r.get("norm") for r in reversed(head.findall("revision-history"))))


def _docdata(story: Story, docdata: Element) -> None:
    story.put("id", attribute(docdata, "doc-id", "id-string"), attribute(docdata, "du-key", "key"))
    story.put("version", attribute(docdata, "du-key", "version"))
    story.put("status", status(docdata.get("management-status")))
    issued, released = attribute(docdata, "date.issue", "norm"), attribute(docdata, "date.release", "norm")
    story.put("published", issued, released)
    if released != issued and _DATE.match(released):
        story.put("embargo_raw", released)
    if docdata.find("correction") is not None:
        story.put("corrects", attribute(docdata, "correction", "id-string"), story.draft.values.get("id"))
    for keyword in docdata.iterfind("key-list/keyword"):
        story.draft.categorise(keyword.get("key") or words(keyword))
    for place in [] if story.places else docdata.findall("evloc"):
        _event_place(story, place)
    holder, year = attribute(docdata, "doc.copyright", "holder"), attribute(docdata, "doc.copyright", "year")
    story.put("rights", f"{holder} {year}".strip() if holder else "")
    for name in ("ed-msg", "urgency", "du-key"):
        for el in docdata.iterfind(name):
            if value := el.get("info") or el.get("ed-urg") or el.get("key") or words(el):
                story.draft.note(f"nitf:{name}", value)
    story.put("provider", attribute(docdata, "doc-id", "regsrc"), attribute(docdata, "del-list/from-src", "src-name"),
              attribute(docdata, "doc.rights", "owner"), holder)


def _subject(story: Story, el: Element) -> None:
    """``tobject.subject``: a number of a code list (IPTC's unless it names another), and up to four levels of names."""
    names = [v for key in ("qualifier", "detail", "matter", "type") if (v := el.get(f"tobject.subject.{key}"))]
    number = el.get("tobject.subject.refnum") or el.get("tobject.subject.code")
    if number:
        story.draft.categorise(number, el.get("tobject.subject.ipr") or "IPTC", names[0] if names else None)
    elif names:
        story.draft.categorise(names[0])


def _event_place(story: Story, el: Element) -> None:
    city, region, country = (el.get(k) or "" for k in ("city", "state-prov", "iso-cc"))
    name = city or el.get("county-dist") or region or country
    level = "city" if city else None if el.get("county-dist") else "region" if region else "country"
    story.place(name, region if name != region else None, country or None, level)


def _body_head(story: Story, head: Element | None) -> None:
    if head is None:
        return
    story.put("title", at(head, "hedline/hl1", ".//hl1", "hedline"))
    story.put("second_headline", at(head, "hedline/hl2", ".//hl2"))
    for line in () if story.draft.authors else head.iterfind("byline"):
        _byline(story, line)
    dateline = head.find("dateline")
    if dateline is not None:
        _dateline(story, dateline)
    story.put("provider", words(head.find("distributor")))
    story.put("rights", words(head.find("rights"), " "))
    abstract = head.find("abstract")
    if abstract is not None:
        story.put("summary", blocks.from_tree(abstract))


def _byline(story: Story, el: Element) -> None:
    """The person, without the job title behind; the title where nobody is named."""
    name = " ".join((el.text or "").split())
    inner = [(child.tag, words(child)) for child in el]
    person = " ".join(v for v in (name, *(v for tag, v in inner if tag != "byttl")) if v)
    story.by(person if person.lower() not in {"", "by"} else " ".join(v for _, v in inner))


def _dateline(story: Story, el: Element) -> None:
    """As printed. A date beside nothing is none: some write the time of transmission there."""
    pieces = [" ".join(str(t).split()) for t in el.itertext()]
    dates = {" ".join(words(d).split()) for d in el.iterfind("story.date")}
    printed = ""
    for piece in (p for p in pieces if p):
        gap = "" if not printed or piece[0] in ",.;:)" else " " if printed[-1] in ",;:(" or piece[0] in "(-–—" else ", "
        printed += gap + piece
    story.put("dateline", printed if printed not in dates else "")
    if story.places:
        return
    for location in el.findall("location") or ([el] if el.find("city") is not None else []):
        _location(story, location)


def _location(story: Story, el: Element) -> None:
    city, region, country = at(el, "city"), at(el, "state", "region"), at(el, "country")
    code = attribute(el, "country", "iso-cc")
    name = city or region or country
    if name:
        level = "city" if city else "region" if region else "country"
        story.place(name, region if name != region else None, code or country or None, level)
    else:
        story.place(words(el).strip(" ,-–—"))


def _content(story: Story, body: Element) -> None:
    content = body.find("body.content")
    text = blocks.from_tree(body, without=_BODY_EDGES) if content is None else blocks.from_tree(content)
    if text:
        story.draft.contents.append(text)
    for media in body.iter("media-reference"):
        story.enclose(media.get("source"))
