"""Sitemaps (sitemaps.org 0.9) with Google's news, video and image extensions. Parses no date, follows no other sitemap.

A plain sitemap gives entries of a link and perhaps a date; their titles stand on the pages. A sitemap index lists no page.
"""

from __future__ import annotations

import re

from twinwire.errors import Kind
from twinwire.parse import limits, xmldoc
from twinwire.parse.draft import Draft, gather
from twinwire.parse.elements import Element
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Feed, Parsed

SHOWN = 3  # sitemaps of an index named in the complaint

_END = re.compile(r"</\s*(?:[\w.-]{1,60}:)?urlset\s*>\s*$", re.IGNORECASE)
_PAGE = re.compile(r"<(?:[\w.-]{1,60}:)?url[\s>]", re.IGNORECASE)
_PAGE_END = re.compile(r"</(?:[\w.-]{1,60}:)?url\s*>", re.IGNORECASE)


def recognises(doc: Document) -> bool:
    """XML whose root is a list of pages or of sitemaps."""
    return doc.root in {"urlset", "sitemapindex"}


def read(doc: Document) -> Parsed | Unreadable:
    """One entry per page. NOT_A_FEED for anything that is no list of pages, naming the sitemaps of an index."""
    tree = xmldoc.parse(_whole_pages(doc.text)) if recognises(doc) else None
    if tree is None:
        return Unreadable(Kind.NOT_A_FEED, "no sitemap: the document has no readable <urlset>")
    if tree.root.tag == "sitemapindex":
        return _index(tree.root)
    pages = list(tree.root.iter("url"))
    names = {xmldoc.at(el, "news/publication/name") for el in pages[: limits.ENTRIES]}
    news = any(el.find("news") is not None for el in pages)
    feed = Feed(title=limits.text(names.pop(), limits.TITLE) if len(names) == 1 else "",
                format="sitemap-news" if news else "sitemap")
    damage = tree.damage
    if damage and not pages:
        return Unreadable(Kind.NOT_A_FEED, f"the sitemap breaks before its first page ends ({damage})")
    if len(pages) > limits.ENTRIES:
        damage = damage or f"only the first {limits.ENTRIES} of {len(pages)} entries read"
    drafts = (_draft(el).finish(i) for i, el in enumerate(pages[: limits.ENTRIES]))
    parsed = gather(drafts, feed, parser="sitemap", encoding=doc.encoding, damage=damage)
    if parsed.quarantined and not parsed.entries:
        return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(pages)} pages of the sitemap has an address")
    return parsed


def _whole_pages(text: str) -> str:
    """``text``, or its part up to the last page that is whole: half an address is another address."""
    if _END.search(text, max(0, len(text) - 1_000)) or "sitemapindex" in text[:2_000].lower():
        return text
    ends = [m.end() for m in _PAGE_END.finditer(text)]
    if ends:
        return text[: ends[-1]]
    first = _PAGE.search(text)
    return text[: first.start()] if first else text


def listed(doc: Document) -> tuple[str, ...]:
    """Addresses of the sitemaps that an index lists, in order and once; none for any other document."""
    tree = xmldoc.parse(doc.text) if doc.root == "sitemapindex" else None
    return tuple(dict.fromkeys(_listed(tree.root))) if tree is not None else ()


def _listed(root: Element) -> list[str]:
    return [loc for el in root.iter("sitemap") if (loc := limits.link(xmldoc.at(el, "loc"))[0])]


def _index(root: Element) -> Unreadable:
    listed = _listed(root)
    shown = ", ".join(loc[:150] for loc in listed[:SHOWN])
    return Unreadable(Kind.NOT_A_FEED, limits.text(
        f"a sitemap index of {len(listed)} sitemaps, not a list of pages; take one of them as the source's url: {shown}"
        if listed else "a sitemap index that names no sitemap", 500))


def _draft(page: Element) -> Draft:
    link = xmldoc.at(page, "loc")
    draft = Draft(
        values={
            "title": xmldoc.at(page, "news/title", "video/title"),
            "summary": xmldoc.at(page, "video/description"),
            "published": xmldoc.at(page, "news/publication_date", "video/publication_date"),
            "updated": xmldoc.at(page, "lastmod"),
            "language": xmldoc.at(page, "news/publication/language", "news/language") or _language(page, link),
            "publisher": xmldoc.at(page, "news/publication/name"),
        },
        link=link,
        enclosures=[xmldoc.words(el) for path in ("image/loc", "video/content_loc") for el in page.iterfind(path)],
    )
    for name in ("keywords", "genres", "geo_locations"):
        text = xmldoc.at(page, f"news/{name}")
        for term in [text] if name == "geo_locations" else re.split(r"[,;、，]", text):
            draft.categorise(term, None if name == "keywords" else name)
    return draft


def _language(page: Element, link: str) -> str:
    """The language the page gives itself among its translations (xhtml:link, hreflang)."""
    return next((el.get("hreflang") or "" for el in page.iterfind("link") if link and el.get("href") == link), "")
