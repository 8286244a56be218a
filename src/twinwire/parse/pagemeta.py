"""What a page says of itself: JSON-LD (schema.org), then meta elements, then marks in its text. Reads no article text.

JSON-LD and meta give the exact instant of 167 of 181 news pages where extractors give the day. Broken JSON is mended
where that is sure, and else searched for its dates. A node is taken for the article's own only where it cannot be
that of a teaser beside it: lists and related articles are not descended into.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from twinwire.parse import limits

Node = dict[str, Any]

ARTICLES = frozenset((
    "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle",
    "AskPublicNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle", "SatiricalArticle", "BlogPosting", "LiveBlogPosting",
    "SocialMediaPosting", "Report", "TechArticle", "ScholarlyArticle", "PressRelease"))
LISTS = frozenset({"CollectionPage", "SearchResultsPage", "ItemList"})
_PAGES = frozenset({"WebPage", "ItemPage", "AboutPage"})
_DOWN = ("@graph", "mainEntity", "mainEntityOfPage")  # the only ways from a document to its own article
MAX_SCRIPT = 400_000  # characters of one JSON-LD block
_MAX_NODES = 500
_BLANK = "\ufeff; \t\r\n"
_OPEN = re.compile(r"\A(?:<!--|(?://|/\*)?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?)")
_CLOSE = re.compile(r"(?:(?://)?\s{0,9}-->|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?)\Z")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BETWEEN = re.compile(r"[\s,;]*")
_LOOSE = {name: re.compile(rf'"{name}"\s*:\s*"((?:[^"\\\n]|\\.){{1,300}})"') for name in (
    "datePublished", "dateModified", "headline", "inLanguage", "articleSection")}
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None,
                            parse_int=lambda digits: int(digits) if len(digits) < 20 else digits)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

# Names of meta elements (property, name, itemprop or http-equiv, lower case), best first.
_TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "parsely-title", "sailthru.title", "articletitle")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "article:published", "og:published_time", "rnews:datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publishdate", "publish-date", "publish_date", "pubdate",
    "pub_date", "publication_date", "published_time", "date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created",
    "dcterms.date", "dc.date", "citation_publication_date", "citation_date", "article.published", "article:create_at", "release_date")
_UPDATED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
            "dcterms.modified", "dc.date.modified", "article.updated", "revised")
_SITE = ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "citation_publisher", "publisher", "copyright")
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author", "sailthru.author", "byl")
_SECTION = ("article:section", "parsely-section", "section", "category")
_KEYWORDS = ("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags")
_LANGUAGES = ("og:locale", "content-language", "dc.language", "dcterms.language", "language")
_DATE_MARKS = ("//time[@pubdate]/@datetime", "//*[@itemprop='datePublished']/@datetime", "//*[@itemprop='datePublished']/@content",
               "//article//time/@datetime", "//time/@datetime", "//*[contains(concat(' ', @class, ' '), ' mb-no ')]/text()")


@dataclass(slots=True)
class Said:
    """What was found, raw but bounded; ``titles`` and dates best first. ``node`` is the JSON-LD node of the article."""

    node: Node = field(default_factory=dict)
    types: frozenset[str] = frozenset()     # of all nodes at the top of the JSON-LD
    titles: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    language: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    canonical: str | None = None            # as written
    section: str | None = None
    keywords: tuple[str, ...] = ()
    og_type: str = ""


def said(root: HtmlElement) -> Said:
    """Walk the page's JSON-LD and meta elements. Raises for nothing that a page can hold."""
    nodes, loose = _documents(root)
    node = _article(nodes)
    around = next((n for n in nodes if _types(n) & _PAGES), {})
    meta = _meta(root)
    language = [*_names(node.get("inLanguage")), *loose["inLanguage"], root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"),
                root.get("xml:lang"), *_names(around.get("inLanguage")), *_of(meta, _LANGUAGES)]
    canonical = root.xpath("//link[@rel='canonical']/@href")
    return Said(
        node=node, types=frozenset(t for n in nodes for t in _types(n)), og_type=next(iter(meta.get("og:type", ())), "").lower(),
        titles=_lines([node.get("headline"), *_of(meta, _TITLE), *loose["headline"], node.get("name")], limits.TITLE),
        published=_lines([node.get("datePublished"), *_of(meta, _PUBLISHED), *loose["datePublished"], around.get("datePublished"),
                          node.get("dateCreated")], limits.DATE) or _marked(root),
        updated=_lines([node.get("dateModified"), *_of(meta, _UPDATED), *loose["dateModified"], around.get("dateModified")], limits.DATE),
        language=next(filter(None, map(_language, language)), None),
        site=next(iter(_lines([*_names(_resolved(node.get("publisher"), nodes)), *_of(meta, _SITE)], limits.NAME)), None),
        authors=limits.unique(_people([*_names(_resolved(node.get("author"), nodes)), *_of(meta, _AUTHOR)]), limits.AUTHORS),
        canonical=next(iter(_lines([*canonical, *meta.get("og:url", ())], limits.ADDRESS)), None),
        section=next(iter(_lines([*_names(node.get("articleSection")), *loose["articleSection"], *_of(meta, _SECTION)],
                                 limits.NAME)), None),
        keywords=_keywords(node.get("keywords"), meta))


# -- JSON-LD ----------------------------------------------------------------------------------------------------------


def _documents(root: HtmlElement) -> tuple[list[Node], dict[str, list[str]]]:
    """Nodes at the top of all JSON-LD blocks, and what could be picked out of blocks that are no JSON."""
    nodes: list[Node] = []
    loose: dict[str, list[str]] = {name: [] for name in _LOOSE}
    for script in root.xpath("//script[contains(@type, 'ld+json')]")[:50]:
        text = script.text or ""
        if len(text) <= MAX_SCRIPT and (found := values(text)):
            nodes.extend(_flat(found, _MAX_NODES - len(nodes)))
            continue
        for name, pattern in _LOOSE.items():
            loose[name].extend(m[1] for m in [pattern.search(text[:MAX_SCRIPT])] if m)
    return nodes, loose


def values(text: str) -> list[Any]:
    """JSON values of a block: one, or several in a row; comment wrappers and commas too many are forgiven. [] for none."""
    text = _OPEN.sub("", text.strip(_BLANK))
    text = (text[:-40] + _CLOSE.sub("", text[-40:])).strip(_BLANK)
    if text.startswith(("{&quot;", "[{&quot;")):
        text = html.unescape(text)
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        found: list[Any] = []
        at = 0
        try:
            while at < len(attempt):
                value, at = _DECODER.raw_decode(attempt, at)
                found.append(value)
                at = _BETWEEN.match(attempt, at).end()  # type: ignore[union-attr]
        except (ValueError, RecursionError):
            if not found or at < len(attempt) // 2:
                continue
        return found
    return []


def _flat(found: list[Any], most: int) -> Iterator[Node]:
    waiting = list(reversed(found))
    while waiting and most > 0:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value[:_MAX_NODES]))
        elif isinstance(value, dict):
            most -= 1
            yield value
            waiting.extend(value[k] for k in reversed(_DOWN) if isinstance(value.get(k), dict | list))


def _article(nodes: list[Node]) -> Node:
    """The page's own article: the one that says most of itself among those at the top."""
    found = [n for n in nodes if _types(n) & ARTICLES]
    return max(found, key=lambda n: sum(bool(n.get(k)) for k in ("headline", "datePublished", "author", "articleBody")), default={})


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    return {str(k).rpartition("/")[2] for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str)}


def _resolved(value: Any, nodes: list[Node]) -> list[Any]:
    """References to other nodes of the page followed."""
    known = {n["@id"]: n for n in nodes if isinstance(n.get("@id"), str)}
    several = value if isinstance(value, list) else [value]
    return [known.get(str(v.get("@id")), v) if isinstance(v, dict) and "name" not in v else v for v in several[:50]]


def _names(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    found = [v.get("alternateName") if _is_language(v) else v.get("name") if isinstance(v, dict) else v for v in several[:50]]
    return [n for v in found for n in (v if isinstance(v, list) else [v]) if isinstance(n, str)]


def _is_language(value: Any) -> bool:
    return isinstance(value, dict) and value.get("@type") == "Language" and "alternateName" in value


# -- meta -------------------------------------------------------------------------------------------------------------


def _meta(root: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for el in root.xpath("//meta[@content]")[:400]:
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if (name := el.get(attribute)) and (content := el.get("content")):
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _of(meta: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return [v for name in names for v in meta.get(name, ())]


def _marked(root: HtmlElement) -> list[str]:
    """The date a reader sees, where nothing is said to machines; the first one, for others stand beside teasers."""
    return next((found for mark in _DATE_MARKS if (found := _lines(root.xpath(mark)[:1], limits.DATE))), [])


def _lines(values_: Iterable[Any], cap: int) -> list[str]:
    return list(dict.fromkeys(line for v in values_ if (line := limits.line(v, cap))))


def _language(value: str | None) -> str | None:
    """A BCP 47 tag, or None for anything else."""
    tag = (value or "").strip().replace("_", "-").partition(",")[0].strip()
    return tag if _LANGUAGE.fullmatch(tag) and tag.lower() not in {"und", "zxx", "mul"} else None


def _people(names: Iterable[str]) -> Iterator[str]:
    """Names, not addresses of profiles."""
    return (n.strip() for n in names if n.strip() and "://" not in n and not n.strip().startswith(("@", "/")))


def _keywords(value: Any, meta: dict[str, list[str]]) -> tuple[str, ...]:
    given = _names(value) or next((meta[n] for n in _KEYWORDS if meta.get(n)), [])
    parts = re.split(r"[,;，；、]", ",".join(given)[:20_000])
    return limits.unique((p for p in parts if len(p) <= limits.NAME), 50)
