"""Where a page keeps its feeds: what it names, what it links to, then where feeds usually are. Stores nothing.

Polite and bounded: one page, at most ``MAX_TRIED`` addresses, a few at a time and fewer per host; places that nobody
named are tried only where the page's own words lead to no feed. All of it goes through the fetch stage's guard.
Facts: RSS autodiscovery, https://www.rssboard.org/rss-autodiscovery; JSON Feed 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from twinwire.config.mappings import Mapping as Mapped
from twinwire.config.settings import Fetch
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch import Fetcher, HostQueues
from twinwire.fetch.guard import host_of
from twinwire.normalise.text import label
from twinwire.normalise.time import instant
from twinwire.normalise.url import absolute, canonical, url_key
from twinwire.parse.decode import decode
from twinwire.probing import any_source
from twinwire.reading import read
from twinwire.records import Failure, FeedState, FetchResult, Payload, Unchanged

MAX_PAGE = 3 << 20     # bytes of a page, and of a feed that is only looked at
MAX_TRIED = 24         # addresses asked for one page
MAX_LINKS = 20_000     # of a page, looked at
DEADLINE = 12.0        # seconds for each of them
WORKERS = 4
USUAL = ("feed", "feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "sitemap.xml")

_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|rss|atom)|text/(?:rss|atom)(?:\+xml)?", re.IGNORECASE)
_LOOSE_TYPES = re.compile(r"(?:application|text)/(?:xml|json)", re.IGNORECASE)
_LIKE_FEED = re.compile(r"(?:^|[/._=?&-])(?:rss|atom|rdf|feeds?|newsfeed|rssfeed)\d?(?:$|[/._=?&-])|\.(?:rss2?|atom|rdf)$", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:rss|atom|feed|xml)\b", re.IGNORECASE)
_NOT_FEEDS = re.compile(r"\.(?:html?|png|jpe?g|gif|svg|css|js|pdf|zip|mp3|mp4)$", re.IGNORECASE)
_SITEMAP = re.compile(r"<(?:[a-z0-9]{1,20}:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_HEAD = 4096  # bytes with a document's root element in them


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A feed that answered. ``newest`` is UTC; ``how`` is where its address came from: itself, link, anchor, usual place."""

    url: str
    title: str
    format: str
    entries: int
    newest: datetime | None = None
    language: str | None = None
    how: str = "itself"
    is_feed: bool = True           # False for an index of sitemaps, which is worth knowing of
    note: str = ""
    final_url: str = ""

    @property
    def told(self) -> str:
        """In a few words."""
        newest = f", newest {self.newest:%Y-%m-%d}" if self.newest else ""
        return f"{self.format}, {self.entries} entries{newest}" + (f"; {self.note}" if self.note else "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed, with the title its page gives it."""

    url: str
    how: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page leads to. ``is_feed``: the address asked is one itself. ``failed``: addresses it names, and what is wrong."""

    feeds: tuple[Seen, ...]
    is_feed: bool = False
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def any_feed(self) -> bool:
        """False when there is nothing, or a sitemap at most."""
        return any(s.is_feed for s in self.feeds)


def look(fetcher: Fetcher, source: Source, mappings: Mapping[str, Mapped], now: datetime) -> Seen | Failure:
    """Fetch and parse one source, once. A well-formed feed without entries is one too, and so is a folder without files.

    ``mappings`` are those of the config, for ``json:NAME``.
    """
    answers = fetcher.fetch(source, FeedState(source=source.id), now)
    seen = [_seen(source, a, mappings, now) for a in answers if not isinstance(a, Unchanged)]
    good = [s for s in seen if isinstance(s, Seen)]
    if not good:
        return next((s for s in seen if isinstance(s, Failure)), Seen(url=source.url, title="", format="folder without files", entries=0))
    return replace(good[0], entries=sum(s.entries for s in good), newest=max((s.newest for s in good if s.newest), default=None))


def discover(url: str, settings: Fetch, now: datetime, *, allow_private: bool = False) -> Found | Failure:
    """Feeds of the page at ``url``, the best first. ``allow_private`` holds for the page's own host and port only."""
    bounded = settings.model_copy(update={"max_bytes": min(settings.max_bytes, MAX_PAGE), "deadline": min(settings.deadline, DEADLINE)})
    with Fetcher(bounded, force=True) as fetcher:
        source = any_source(url, allow_private=allow_private)
        answer = fetcher.fetch(source, FeedState(source=source.id), now)[0]
        seen = _seen(source, answer, {}, now)
        if isinstance(seen, Seen):
            return Found((seen,), is_feed=seen.is_feed)
        if not isinstance(answer, Payload) or seen.kind is Kind.CHALLENGE:
            return seen
        search = _Search(fetcher, bounded.per_host, now, _origin(absolute(url) or "") if allow_private else None)
        base = answer.final_url
        named = search.ask(candidates(decode(answer.body, answer.headers.get("content-type")).text, base))
        if not any(s.is_feed for s in named):
            search.ask(Candidate(u, "usual place") for u in usual(base))
        return Found(tuple(search.feeds), failed=tuple(search.failed))


class _Search:
    """The addresses of one page, each asked once."""

    def __init__(self, fetcher: Fetcher, per_host: int, now: datetime, private: tuple[str, str] | None) -> None:
        self._fetcher, self._per_host, self._now, self._private = fetcher, per_host, now, private
        self._asked: set[str] = set()
        self._finals: set[str] = set()
        self.feeds: list[Seen] = []
        self.failed: list[tuple[str, str]] = []

    def ask(self, found: Iterable[Candidate]) -> list[Seen]:
        """Feeds among ``found``, in that order."""
        chosen = []
        for c in found:
            if len(self._asked) >= MAX_TRIED:
                break
            if c.url not in self._asked:
                self._asked.add(c.url)
                chosen.append(c)
        with closing(HostQueues(WORKERS, self._per_host)) as queues:
            waiting = [(c, queues.submit(host_of(c.url) or c.url, partial(self._look, c))) for c in chosen]
            return [s for c, future in waiting if (s := self._sorted(c, future.result()))]

    def _look(self, c: Candidate) -> Seen | Failure:
        return look(self._fetcher, any_source(c.url, allow_private=_origin(c.url) == self._private), {}, self._now)

    def _sorted(self, c: Candidate, seen: Seen | Failure) -> Seen | None:
        if isinstance(seen, Failure):
            if c.how == "link":
                self.failed.append((c.url, seen.message))
            return None
        key = _key(seen.final_url)
        if key in self._finals or (c.how == "anchor" and not seen.is_feed):
            return None
        self._finals.add(key)
        seen = replace(seen, how=c.how, title=seen.title or label(c.title))
        self.feeds.append(seen)
        return seen


def candidates(page: str, base: str) -> list[Candidate]:
    """Addresses a page names as feeds, then those its links suggest; each once, in the page's order."""
    root = etree.fromstring(page.replace("\0", "").encode("utf-8", "replace") or b"<p/>", etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True))
    if root is None:
        return []
    for element in root.iter("base"):
        base = absolute(element.get("href") or "", base) or base
        break
    found: dict[str, Candidate] = {}
    for element in _first(root, "link"):
        if _names_feed(element):
            _note(found, base, element, "link")
    for element in _first(root, "a", "area"):
        if _suggests_feed(element):
            _note(found, base, element, "anchor")
    return list(found.values())


def usual(base: str) -> list[str]:
    """Places where feeds usually are: below the page's folder, then at the top of its host."""
    folder = urljoin(base, ".")
    tops = dict.fromkeys([folder, urljoin(base, "/")])
    return list(dict.fromkeys(urljoin(top, place) for top in tops for place in USUAL))


def _first(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    for i, element in enumerate(root.iter(*names)):
        if i >= MAX_LINKS:
            return
        yield element


def _names_feed(link: etree._Element) -> bool:
    rel = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip()
    if "feed" in rel:
        return True
    if "alternate" not in rel or "stylesheet" in rel:
        return False
    # WordPress names its API as application/json, too.
    return bool(_TYPES.fullmatch(kind)) or bool(_LOOSE_TYPES.fullmatch(kind) and _LIKE_FEED.search(link.get("href") or ""))


def _suggests_feed(anchor: etree._Element) -> bool:
    href = (anchor.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "data:")) or len(href) > 4096:
        return False
    if _TYPES.fullmatch((anchor.get("type") or "").strip()) or href.lower().startswith("feed:"):
        return True
    parts = urlsplit(href) if "[" not in href else None  # no address of a host in brackets is worth the trouble
    if parts is None or _NOT_FEEDS.search(parts.path):
        return False
    words = " ".join([*(str(t) for t in islice(anchor.itertext(), 9)), *(i.get("alt") or "" for i in islice(anchor.iter("img"), 3))])[:400]
    return bool(_LIKE_FEED.search(f"{parts.path}?{parts.query}")) or bool(
        _WORDS.search(words) and (parts.path.endswith(".xml") or _WORDS.search(parts.path)))


def _note(found: dict[str, Candidate], base: str, element: etree._Element, how: str) -> None:
    href = re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", (element.get("href") or "").strip(), flags=re.IGNORECASE)
    url = absolute(href, base) if href else None
    if url is None:
        return
    url = url.partition("#")[0]
    found.setdefault(_key(url), Candidate(url, how, (element.get("title") or "")[:300] if how == "link" else ""))


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]


def _key(url: str) -> str:
    return url_key(canonical(url) or url)


def _seen(source: Source, answer: FetchResult, mappings: Mapping[str, Mapped], now: datetime) -> Seen | Failure:
    if isinstance(answer, Failure):
        return answer
    assert isinstance(answer, Payload)
    # Secrets of an address are blanked out in what is remembered of it; such an address cannot be asked again.
    url = answer.moved_to if answer.moved_to and "…" not in answer.moved_to else source.url
    note = f"has moved from {source.url}" if url != source.url else answer.damage or ""
    parsed = read(source, answer, mappings)
    if isinstance(parsed, Failure):
        sitemap = _SITEMAP.search(decode(answer.body[:_HEAD], answer.headers.get("content-type")).text)
        return Seen(url=url, title="", format="sitemap", entries=0, is_feed=False, note=parsed.message, final_url=answer.final_url,
                    ) if sitemap else parsed
    dates = [at for e in parsed.entries if (at := instant(e.published_raw or e.updated_raw, zone=source.timezone, now=now).at)]
    feed = parsed.feed
    return Seen(url=url, title=label(feed.title), format=feed.format, entries=len(parsed.entries), newest=max(dates, default=None),
                language=feed.language, note=note or parsed.damage or "", final_url=answer.final_url)
