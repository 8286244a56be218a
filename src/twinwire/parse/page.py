"""An article page's bytes → :class:`Page`, and a page as an entry. Talks to no network, reads no clock, parses no date.

What a page says of itself comes first (``pagemeta``), its text is extracted (``pagetree``), furniture goes
(``furniture``). Never raises, whatever the bytes: what is no article is a page of another kind, with the reason.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from twinwire.errors import Kind
from twinwire.parse import furniture, limits, pagetree, sniff
from twinwire.parse.draft import Draft, gather
from twinwire.parse.furniture import fold
from twinwire.parse.outcome import Unreadable
from twinwire.parse.pagemeta import LISTS, Said, said
from twinwire.records import Category, Entry, Feed, Page, PageKind, Parsed

MIN_TEXT = 120     # characters of an article's text; a CJK one counts as three
_WALL = 1_500      # the words of a wall are fewer than this
_MAX_TITLE = 300   # of a first line that is taken for the headline
_LINKED = 0.6      # share of a text's characters that are links, from which on it is a list
_HEADLINE = 15     # characters of a link that may be an article's headline
_LINKS = 400       # links that are looked for in the text

_WIDE = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PARTED = re.compile(r"\s[-–—|·»]\s|[|_]")
_CONSENT = re.compile(
    r"before you continue|we value your privacy|your privacy (?:choices|matters)|consent\.(?:google|yahoo)|cookie[- ]?consent|"
    r"\b(?:accept|agree)\b.{0,60}\bcookies|cookies? (?:zustimmen|akzeptieren)|accepter les cookies|aceptar las cookies", re.IGNORECASE)
_LOGIN = re.compile(
    r"(?:log|sign) ?in to (?:continue|read|view|your account)|subscribe to (?:continue|read)|create (?:a free|an) account|"
    r"already a subscriber|melden sie sich an|connectez-vous|inicia sesión|войдите|请先?登录|請先?登入|ログインし|로그인", re.IGNORECASE)
_BOTS = re.compile(r"access (?:to this page has been )?denied|request unsuccessful|unusual traffic|verify (?:that )?you are|captcha|"
                   r"安全验证|人机验证|滑动验证", re.IGNORECASE)


def parse_page(body: bytes, *, content_type: str | None = None, url: str | None = None) -> Page:
    """Read a page. ``content_type`` is the server's header, used only for its charset; ``url`` is where the bytes came
    from, the base of the canonical address."""
    decoded = pagetree.text_of(body, content_type)
    page = _of_html(decoded.text, url) if pagetree.is_html(decoded.text) else _of_text(decoded.text)
    return replace(page, encoding=decoded.encoding)


def read(body: bytes, *, content_type: str | None = None, url: str | None = None) -> Parsed | Unreadable:
    """A page as a document of one entry, for ``format: page``."""
    page = parse_page(body, content_type=content_type, url=url)
    entry = entry_of(page, url)
    if entry is None:
        kind = {PageKind.CAPTCHA: Kind.CHALLENGE, PageKind.EMPTY: Kind.EMPTY}.get(page.kind, Kind.NOT_A_PAGE)
        return Unreadable(kind, f"no article page: {page.reason}")
    feed = Feed(title=page.site or "", link=url, language=page.language, format="page")
    return gather([entry], feed, parser="page", encoding=page.encoding)


def entry_of(page: Page, url: str | None) -> Entry | None:
    """The page as an entry, its text as HTML paragraphs. None for a page that is no article."""
    if page.kind is not PageKind.ARTICLE:
        return None
    link = url if url and url.lower().startswith("http") else page.canonical  # a file on disk is no address
    given = {"id": page.canonical or link, "title": html.escape(page.title, quote=False), "published": page.published_raw,
             "updated": page.updated_raw, "language": page.language, "publisher": page.site}
    draft = Draft({k: v for k, v in given.items() if v}, link=link, contents=[as_html(page.text)], authors=list(page.authors))
    for category in categories_of(page):
        draft.categorise(category.term, category.scheme)
    entry = draft.finish(0)
    return entry if isinstance(entry, Entry) else None


def as_html(text: str) -> str:
    """A page's text as an entry's content: HTML paragraphs."""
    return "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in text.split("\n\n") if p)


def categories_of(page: Page) -> tuple[Category, ...]:
    """Section and keywords of a page."""
    section = (Category(term=page.section, scheme="section"),) if page.section else ()
    return (*section, *(Category(term=k, scheme="keyword") for k in page.keywords if k != page.section))


def _of_text(text: str) -> Page:
    title, paragraphs = _headed(furniture.tidy(pagetree.plain_lines(text[: pagetree.MAX_MARKUP]), ()))
    page = _page(title, paragraphs)
    if _weight(page.text) < MIN_TEXT:
        return replace(page, kind=PageKind.EMPTY, reason="next to no text")
    return page


def _of_html(markup: str, url: str | None) -> Page:
    root = pagetree.tree(markup)
    if root is None:
        return Page(kind=PageKind.EMPTY, reason="nothing that can be read")
    found = said(root)
    title, readings = _title(root, found, url)
    words, links = _words(root)
    paragraphs = furniture.tidy(_lines(root, found), readings)
    if not title:
        title, paragraphs = _headed(paragraphs)
    page = _page(title, paragraphs, found, url)
    kind, reason = _kind(page, found, markup, words, links)
    day = pagetree.day_of(root) if kind is PageKind.ARTICLE and not page.published_raw else None
    return replace(page, kind=kind, reason=reason, published_raw=page.published_raw or day)


def _page(title: str, paragraphs: Sequence[str], found: Said = Said(), url: str | None = None) -> Page:  # noqa: B008 - never changed
    cut = furniture.closing(paragraphs)
    before = "\n\n".join(paragraphs[:cut]) if cut is not None else ""
    return Page(
        kind=PageKind.ARTICLE, title=limits.line(title, limits.TITLE) or "",
        text=limits.text("\n\n".join(paragraphs), limits.CONTENT), closing=len(before) + 2 if before else None,
        published_raw=_best_date(found.published), updated_raw=_best_date(found.updated), language=found.language, site=found.site,
        authors=found.authors, canonical=_absolute(found.canonical, url), section=found.section, keywords=found.keywords)


def _headed(paragraphs: list[str]) -> tuple[str, list[str]]:
    """A text without a headline of its own begins with it, once or twice."""
    if not paragraphs or len(paragraphs[0]) > _MAX_TITLE:
        return "", paragraphs
    return paragraphs[0], furniture.tidy(paragraphs[1:], paragraphs[:1])


def _lines(root: HtmlElement, found: Said) -> list[str]:
    """The extractor's paragraphs, or the article's body in the JSON-LD where that says much more."""
    lines = pagetree.article_lines(root)
    told = found.node.get("articleBody")
    size = sum(map(len, lines))
    if isinstance(told, str) and (len(told) > 2 * size + MIN_TEXT or (len(lines) == 1 and "\n" in told and len(told) >= size)):
        return re.split(r"\n+|</?(?:p|br|div|li|h[1-6])\b[^<>]*>", html.unescape(told[: limits.CONTENT]))
    return lines


def _words(root: HtmlElement) -> tuple[str, list[str]]:
    """What a reader sees, and the texts of links in it."""
    seen = [t for t in root.xpath("//body//text()[not(parent::script)]") if not t.isspace()]
    return " ".join(seen), [" ".join(t.split()) for t in root.xpath("//body//a//text()")[:_LINKS] if not t.isspace()]


# -- the headline ------------------------------------------------------------------------------------------------------


def _title(root: HtmlElement, found: Said, url: str | None) -> tuple[str, list[str]]:
    """The headline, and every reading of it that may stand again in the text. The headline on the page is the whole
    one: what goes to search engines is often cut, or has the site's name behind it."""
    heads = [line for h in root.xpath("//h1")[:5] if (line := limits.line(h.text_content(), limits.TITLE))]
    window = [line for t in root.xpath("//head/title")[:1] if (line := limits.line(t.text_content(), limits.TITLE))]
    host = urlsplit(url).hostname if url and "[" not in url else ""
    told = [_without_site(t, found.site, host or "") for t in (*found.titles, *window)]
    readings = [*dict.fromkeys([*told, *found.titles, *window, *heads])]
    agreed = [head for head in heads if any(_agree(fold(head), t) for t in told)]
    return max(agreed, key=len, default=(told or heads or [""])[0]), readings


def _agree(head: str, told: str) -> bool:
    """Is a heading (folded) the whole of what is told as the title, but for a site's name or for what was cut off?"""
    whole, longest = fold(told), max(map(fold, _PARTED.split(told)), key=len)
    if not head or not whole:
        return False
    return head == longest or (head in whole and 2 * len(head) > len(whole)) or (len(whole) >= 15 and whole in head)


def _without_site(title: str, site: str | None, host: str) -> str:
    """``title`` without the site's name behind a dash or bar, where that is what the site or its host is called."""
    parts = re.match(r"(.{4,}?)\s*(?:\s[-–—|·»]+\s|[|_])\s*([^|_]{1,60})$", title)
    if parts is None or not (tail := fold(parts[2])):
        return title
    known = tail == fold(site or "") or (len(tail) >= 3 and tail in fold(host))
    return parts[1].strip() if known else title


# -- what it is --------------------------------------------------------------------------------------------------------


def _kind(page: Page, found: Said, markup: str, words: str, links: Sequence[str]) -> tuple[PageKind, str]:
    weight = _weight(page.text)
    if weight < _WALL and (wall := _wall(page, markup, words, weight)):
        return PageKind.CAPTCHA, wall
    undated = not found.node and not found.published
    linked = sum(len(t) for t in links if len(t) >= _HEADLINE and t in page.text)
    if undated and (found.types & LISTS or (page.text and linked > _LINKED * min(len(page.text), _LINKS * _HEADLINE))):
        return PageKind.LISTING, "a list of articles, none of its own"
    if weight < MIN_TEXT:
        return PageKind.EMPTY, f"{len(page.text)} characters of text"
    return PageKind.ARTICLE, ""


def _wall(page: Page, markup: str, words: str, weight: int) -> str | None:
    """What stands between us and the article. The less text there is, the more its words may mean."""
    looked_at = markup if weight < 2 * MIN_TEXT else f"<html><title>{page.title}</title>{words[:5_000]}"  # a form may have a captcha
    if len(words) < 2 * _WALL and not page.published_raw and sniff.describe(looked_at).kind is Kind.CHALLENGE:
        return "a bot wall"
    if weight >= 2 * MIN_TEXT:
        return None
    told = f"{page.title} {words[:5_000]}"
    walls = ((_BOTS, "a bot wall"), (_CONSENT, "it asks for consent first"), (_LOGIN, "it wants a login"))
    return next((wall for pattern, wall in walls if pattern.search(told)), None)


def _weight(text: str) -> int:
    return len(text) + 2 * len(_WIDE.findall(text))


def _best_date(raws: Iterable[str]) -> str | None:
    """The first of those that say most: an instant with its zone, an instant, a day."""
    return max(raws, key=_precision, default=None)


def _precision(raw: str) -> int:
    timed = re.search(r"\d{1,2}:\d{2}|T\d{4}", raw) is not None
    return timed + (timed and re.search(r"(?:[+-]\d{2}:?\d{2}|Z|GMT|UTC)\)?\s*$", raw) is not None)


def _absolute(address: str | None, url: str | None) -> str | None:
    try:
        joined = urljoin(url, address) if url and address else address
    except ValueError:
        return None
    return joined if joined and joined.lower().startswith(("http://", "https://")) else None
