"""An entry being put together by one of the readers. Knows the caps and the rules of precedence, no format.

A reader puts in what it finds, raw; :meth:`Draft.finish` gives the clean, bounded :class:`Entry`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from twinwire.parse import limits
from twinwire.records import Category, Entry, Feed, Parsed, PlaceName, Quarantined, Wired, quick

_ENTRY, _CATEGORY = quick(Entry), quick(Category)
_CUT = 2 * limits.NAME  # what is looked at of a longer name
LENT = 1_000            # deeper than any element
DROPPED_LINK = "twinwire:dropped-link"
_SELDOM = frozenset(("publisher", "rights", "language", "source_title", "source_url"))
_Key = tuple[str, str | None, str | None]


@dataclass(slots=True)
class Draft:
    """Raw values of one entry. ``values`` holds id, title, summary, published, updated, created, rights, language,
    publisher, source_title and source_url; ``depths`` says how deep in the entry each was found that is not of the entry itself."""

    values: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    link: str | None = None
    guid_link: str | None = None             # a guid that is an address, used when there is no link
    title_depth: int | None = None
    contents: list[str] = field(default_factory=list)
    has_content: bool = False
    authors: list[str] = field(default_factory=list)
    contributors: list[str] = field(default_factory=list)
    categories: dict[_Key, Category] = field(default_factory=dict)
    enclosures: list[str] = field(default_factory=list)
    wired: Wired | None = None               # raw too; set by readers of agency formats
    extra: dict[str, list[str]] = field(default_factory=dict)
    sound: bool = False                      # nothing illegal is in any value, and no blanks are around it

    def put(self, key: str, value: str, depth: int) -> None:
        """Set a value unless one nearer to the entry is there: a title inside an image is not the entry's title."""
        if depth == 1:
            self.values[key] = value
            if self.depths:
                self.depths.pop(key, None)
        elif key not in self.values or depth <= self.depths.get(key, 1):
            self.values[key] = value
            self.depths[key] = depth

    def lend(self, key: str, value: str) -> None:
        """Set a value that any other replaces."""
        self.values[key] = value
        self.depths[key] = LENT

    def categorise(self, term: str | None, scheme: str | None = None, label: str | None = None) -> None:
        """Add a category; doubles, empty ones and those over the cap are dropped."""
        if not term or len(self.categories) >= limits.CATEGORIES:
            return
        if found := _category(term[:_CUT], scheme and scheme[:_CUT], label and label[:_CUT]):
            self.categories.setdefault(*found)

    def note(self, key: str, value: str) -> None:
        """Keep a namespaced field that has no place of its own."""
        kept = self.extra.get(key)
        if kept is None:
            if len(self.extra) < limits.EXTRA_KEYS:
                self.extra[key] = [value[: limits.EXTRA]]
        elif len(kept) < limits.EXTRA_VALUES:
            kept.append(value[: limits.EXTRA])

    def finish(self, position: int, language: str | None = None) -> Entry | Quarantined:
        """The entry, or why it is none. ``language`` is the feed's, used when the entry names none."""
        v, sound = self.values, self.sound
        get = v.get
        link, dropped = limits.link(self.link)
        if link is None and self.guid_link:
            link = limits.link(self.guid_link)[0]
        if dropped:
            self.extra[DROPPED_LINK] = [dropped]
        id_ = limits.identifier(get("id"), sound=sound)
        title = limits.text(get("title"), limits.TITLE, sound=sound)
        content, summary, longest = "", get("summary"), ""
        if self.contents:
            longest = self.contents[0] if len(self.contents) == 1 else max(self.contents, key=len)
            content = limits.text(longest, limits.CONTENT, sound=sound)
        # Where there is none, it is the content, and large.
        summary = content if summary is longest and len(longest) <= limits.SUMMARY else limits.text(summary, limits.SUMMARY, sound=sound)
        if not (id_ or link or title or summary or content):
            return Quarantined(position=position, reason="holds neither id, link, title nor text")
        publisher = rights = source_title = source_url = wired = None
        if self.wired is not None or not _SELDOM.isdisjoint(v):
            publisher, rights, own, source_title, source_url, wired = self._seldom()
            language = own or language
        return _ENTRY(
            position=position, id=id_, link=link, title=title, summary=summary, content=content,
            published_raw=limits.optional(get("published") or get("created"), limits.DATE, sound=sound),
            updated_raw=limits.optional(get("updated"), limits.DATE, sound=sound),
            authors=limits.unique(self.authors, limits.AUTHORS, sound=sound) if self.authors else (),
            contributors=limits.unique(self.contributors, limits.AUTHORS, sound=sound) if self.contributors else (),
            categories=tuple(self.categories.values()) if self.categories else (),
            enclosures=tuple([u for raw in self.enclosures[: limits.LINKS] if (u := limits.link(raw)[0])]) if self.enclosures else (),
            extra=limits.namespaced(self.extra, sound=sound) if self.extra else {},
            publisher=publisher, rights=rights, language=language, source_title=source_title, source_url=source_url, wired=wired,
        )

    def _seldom(self) -> tuple[str | None, str | None, str | None, str | None, str | None, Wired | None]:
        """Fields that few entries have: publisher, rights, language, title and address of the source, what agencies say."""
        get, sound = self.values.get, self.sound
        return (
            limits.line(get("publisher"), limits.NAME, sound=sound), limits.optional(get("rights"), limits.RIGHTS, sound=sound),
            limits.line(get("language"), limits.NAME, sound=sound), limits.line(get("source_title"), limits.NAME, sound=sound),
            limits.link(get("source_url"))[0], _bounded(self.wired),
        )


@lru_cache(1_000)
def _category(term: str, scheme: str | None, label: str | None) -> tuple[_Key, Category] | None:
    """The category beside what tells it from others, which is quicker to look up. Feeds say the same few of every entry."""
    if not (cleaned := limits.text(term, limits.NAME)):
        return None
    key = (cleaned, limits.optional(scheme, limits.NAME), limits.optional(label, limits.NAME))
    return key, _CATEGORY(term=key[0], scheme=key[1], label=key[2])


def _bounded(wired: Wired | None) -> Wired | None:
    """The same with clean, capped values; None when it says nothing."""
    if wired is None:
        return None
    bounded = Wired(
        dateline=limits.line(wired.dateline, limits.DATELINE),
        places=tuple(dict.fromkeys(p for raw in wired.places[: limits.PLACES] if (p := _place(raw)))),
        slug=limits.line(wired.slug, limits.NAME), provider=limits.line(wired.provider, limits.NAME),
        version=limits.line(wired.version, limits.NAME), status=limits.line(wired.status, limits.NAME),
        embargo_raw=limits.optional(wired.embargo_raw, limits.DATE), corrects=limits.identifier(wired.corrects),
    )
    return bounded if bounded != Wired() else None


def _place(raw: PlaceName) -> PlaceName | None:
    name = limits.line(raw.name, limits.NAME)
    return PlaceName(
        name=name, region=limits.line(raw.region, limits.NAME), country=limits.line(raw.country, limits.NAME),
        level=limits.line(raw.level, limits.NAME),
    ) if name else None


def gather(drafts: Iterable[Entry | Quarantined], feed: Feed, *, parser: str, encoding: str,
           damage: str | None = None) -> Parsed:
    """The outcome of a document: finished drafts sorted into entries and quarantined ones."""
    finished = list(drafts)
    return Parsed(
        feed=feed, parser=parser, encoding=encoding, damage=damage,
        entries=tuple([d for d in finished if isinstance(d, Entry)]),
        quarantined=tuple([d for d in finished if isinstance(d, Quarantined)]),
    )
