"""The nouns that travel between the stages. Contains no behaviour beyond construction.

All instants are timezone-aware UTC, all sizes bytes, all durations seconds. ``None`` means "not known",
never "empty". Raw strings (dates, links) are kept as the source gave them, beside whatever is read from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from twinwire.errors import Kind

T = TypeVar("T")


def quick(cls: type[T]) -> type[T]:
    """Makes records of ``cls``, a frozen dataclass with slots, in half of the time or less, for where there are many.

    A frozen class assigns its fields past its own guard, one call each. Here they are assigned first, and then it is frozen.
    """
    def freeze(made: Any) -> None:
        made.__class__ = cls

    given = [(f.name, Any, field(default=f.default, default_factory=f.default_factory)) for f in fields(cls)]  # type: ignore[arg-type]
    return make_dataclass(cls.__name__, given, slots=True, kw_only=True, namespace={"__post_init__": freeze})


class Stage(StrEnum):
    """Stages of the pipeline, in order."""

    FETCH = "fetch"
    ARCHIVE = "archive"
    PARSE = "parse"
    SCREEN = "screen"
    NORMALISE = "normalise"
    RELATE = "relate"
    SPOOL = "spool"
    LOAD = "load"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Bad luck with one source, as a value.

    ``message`` is one printable line of at most 500 characters that says what happened and, where there is
    something to do, what to do. It never holds a password.
    """

    source: str
    stage: Stage
    kind: Kind
    message: str
    http_status: int | None = None
    retry_after: float | None = None  # seconds the server asked us to wait, already capped
    elapsed: float = 0.0
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a source between fetches. ``url`` guards the validators: another url, another state."""

    source: str
    url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None              # sha-256 hex of the last body that was loaded whole
    checked_at: datetime | None = None     # last answer of any kind
    changed_at: datetime | None = None     # last body that differed
    full_at: datetime | None = None        # last answer with a body (a 304 is believed only for a while)
    next_try_at: datetime | None = None    # not before this instant (Retry-After, back-off)
    failures: int = 0                      # consecutive


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Bytes of one answer (or one file of a drop folder), transfer encodings removed, character encoding untouched."""

    source: str
    url: str                               # as asked for, credentials removed
    final_url: str                         # after redirects, credentials removed
    status: int
    headers: Mapping[str, str]             # names in lower case; Set-Cookie and the like removed
    body: bytes
    digest: str                            # sha-256 hex of ``body``
    fetched_at: datetime
    damage: str | None = None              # why the body is known to be incomplete, e.g. "gzip stream ends early"
    moved_to: str | None = None            # set when only permanent redirects led to final_url
    format: str | None = None              # how it is to be read, where that is not as its source's ``format`` says
    is_page: bool = False                  # an article page, asked for on behalf of entries: no answer of a feed
    elapsed: float = 0.0
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The source answered and has nothing new: 304, or the very bytes we already loaded."""

    source: str
    reason: str                            # "304" | "same bytes"
    status: int
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    elapsed: float = 0.0
    wire_bytes: int = 0
    full: bool = False                     # a body was received (and equalled the one loaded)


FetchResult = Payload | Unchanged | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category, tag, keyword or subject, with the scheme (domain) it is a term of."""

    term: str
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """A place as a text or a structured field names it, not yet looked up. ``region`` and ``country`` are as written
    there: a name, an abbreviation (``Calif.``) or an ISO code."""

    name: str
    region: str | None = None
    country: str | None = None
    level: str | None = None               # "city" | "region" | "country" where the document says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What agency formats say in fields of their own and syndication feeds do not. ``None`` and ``()``: not said."""

    dateline: str | None = None            # as printed
    places: tuple[PlaceName, ...] = ()     # of the dateline or the location field; subjects that are places are categories
    slug: str | None = None
    provider: str | None = None            # agency that made the document
    version: str | None = None
    status: str | None = None              # usable | withheld | canceled …, as the document says
    embargo_raw: str | None = None
    corrects: str | None = None            # id or address of an item this one corrects or replaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as its feed gives it: strings decoded and capped, markup untouched, nothing interpreted.

    ``title``, ``summary`` and ``content`` may hold HTML. ``extra`` keeps namespaced wire fields that have no
    place of their own, keyed ``prefix:name`` with the feed's prefix, e.g. ``{"prn:industry": ("AGR",)}``.
    """

    position: int                          # 0-based place in the payload
    id: str | None = None                  # guid / atom:id / rdf:about
    link: str | None = None                # resolved against xml:base where there is one
    title: str = ""
    summary: str = ""
    content: str = ""
    published_raw: str | None = None
    updated_raw: str | None = None
    authors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()     # dc:contributor: on PR Newswire the issuer
    publisher: str | None = None           # dc:publisher
    rights: str | None = None
    language: str | None = None            # xml:lang or dc:language of the entry, else of the feed
    categories: tuple[Category, ...] = ()
    source_title: str | None = None        # RSS <source>: the site the entry came from
    source_url: str | None = None
    enclosures: tuple[str, ...] = ()       # addresses only; never fetched
    wired: Wired | None = None             # set by the readers of agency formats
    from_page: tuple[str, ...] = ()        # fields that its article page gave, not its feed
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An entry that could not be read, with the reason and the start of its raw text (≤ 2,000 characters)."""

    position: int
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What the document says of itself."""

    title: str = ""
    link: str | None = None
    language: str | None = None
    updated_raw: str | None = None
    generator: str | None = None
    format: str = ""                       # rss-2.0, rss-1.0, atom-1.0, jsonfeed-1.1 …


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Outcome of parsing one payload. ``damage`` is set when the document is known to be incomplete or was cut."""

    feed: Feed
    entries: tuple[Entry, ...]
    quarantined: tuple[Quarantined, ...] = ()
    damage: str | None = None
    parser: str = ""                       # "fast" | "feedparser" | "jsonfeed"
    encoding: str = ""                     # the codec the bytes were read with
    texts: tuple[Text, ...] = ()           # plain text of each entry, where a reader process has made it already


class PageKind(StrEnum):
    """What a page turned out to be."""

    ARTICLE = "article"
    CAPTCHA = "captcha"                    # a wall: are you a robot, do you consent, please log in
    LISTING = "listing"                    # links to articles, none of its own
    EMPTY = "empty"                        # no text to speak of


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article page as it was read. ``text`` is plain, paragraphs apart by an empty line, headline and furniture left
    out; of a page that is no article it may be empty, and ``reason`` says why it is none."""

    kind: PageKind
    reason: str = ""
    title: str = ""
    text: str = ""
    closing: int | None = None             # where "About …", contacts and "SOURCE …" begin in the text; None without them
    published_raw: str | None = None
    updated_raw: str | None = None
    language: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    canonical: str | None = None           # absolute http(s) address the page gives as its own
    section: str | None = None
    keywords: tuple[str, ...] = ()
    encoding: str = ""                     # the codec the bytes were read with


class Verdict(StrEnum):
    """What the screening says of an entry."""

    KEPT = "kept"
    UNDECIDED = "undecided"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The three plain-text fields that are screened, stored and pointed into by evidence offsets."""

    title: str = ""
    summary: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One piece of evidence: ``getattr(text, field)[start:stop]`` is what matched ``term``."""

    topic: str
    term: str
    field: str                             # title | summary | body
    start: int                             # code points into the plain text, half-open
    stop: int
    weight: float                          # what it added to the score; negative for a blocker, 0 for context only
    rule: str                              # "strong", "context: near …", "blocked by …"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDecision:
    """Verdict on one topic. ``reason`` is a sentence for a reader."""

    topic: str
    verdict: Verdict
    score: float                           # 0 … 1
    reason: str
    evidence: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Verdict on an entry: the best of its topics. ``rule_version`` names the topics file it was judged by."""

    verdict: Verdict
    score: float
    reason: str
    topics: tuple[TopicDecision, ...]
    rule_version: str

    @property
    def kept(self) -> tuple[str, ...]:
        """Topics the entry is kept for."""
        return tuple(t.topic for t in self.topics if t.verdict is Verdict.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A date read from a raw string. ``at`` is None when it cannot be known; ``rule`` says how it was read or why not."""

    raw: str | None
    at: datetime | None                    # UTC
    rule: str                              # "rfc-822", "iso-8601", "cjk", "epoch", "zone from source", "implausible" …


class Level(StrEnum):
    """How precisely a place is known."""

    CITY = "city"
    ADMIN1 = "admin1"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row of the gazetteer. ``place_id`` is GeoNames' id."""

    place_id: int
    name: str                              # English or international name
    level: Level
    country_code: str                      # ISO 3166-1 alpha-2
    admin1_code: str | None = None         # GeoNames' code within the country, e.g. "25" for Shandong, "CA" for California
    admin1: str | None = None              # its name; None where our table has none
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0

    def km_from(self, other: Place) -> float | None:
        """Distance, good enough for some hundreds of kilometres; None where it is not known."""
        if self.latitude is None or self.longitude is None or other.latitude is None or other.longitude is None:
            return None
        east = (self.longitude - other.longitude) * math.cos(math.radians((self.latitude + other.latitude) / 2))
        return 111.2 * math.hypot(self.latitude - other.latitude, east)  # km a degree of latitude


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A place name looked up. ``place`` is None when nothing is called so; ``alternatives`` are the runners-up."""

    surface: str                           # as written
    place: Place | None
    confidence: float = 0.0                # 0 … 1
    alternatives: tuple[int, ...] = ()     # place ids, best first
    rule: str = ""                         # what decided: "region given", "only one", "population", …


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place named in an item. ``role`` is dateline, title, summary or body; offsets as in :class:`Match`, None in structured fields."""

    role: str
    located: Located
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """Where and when a story was filed, and for which agency. ``places`` is empty when the line names none."""

    raw: str                               # as printed, at most 300 characters
    field: str                             # title | summary | body | structured
    start: int                             # code points into the field, half-open; 0, 0 for structured ones
    stop: int
    places: tuple[Located, ...] = ()
    date: date | None = None
    date_raw: str | None = None
    date_rule: str = "missing"
    agency: str | None = None              # the wire's label, as in facts: "PRNewswire", "Xinhua" …


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An entry with its plain text and its keys: what identity and screening need, and no more."""

    entry: Entry
    text: Text
    url: str | None                        # canonical http(s) address, or None
    entry_id: UUID                         # identity within the source
    alt_key: UUID | None                   # second key: (source, url key, folded title)
    content_hash: UUID                     # versioned; ignores empty fields, dates and markup
    whole: Text | None = None              # with the page furniture and boilerplate that ``text`` leaves out, where it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A kept entry, normalised: one row of ``items`` at its current revision."""

    item_id: UUID
    source: str
    guid: str | None
    url: str | None
    canonical_url: str | None
    url_key: str | None
    text: Text
    language: str | None
    language_rule: str
    published: Instant
    updated: Instant
    wire: str | None
    issuer: str | None
    author: str | None
    republished_from: str | None           # RSS <source>: the site the entry was taken from
    categories: tuple[Category, ...]
    content_hash: UUID
    story_id: UUID | None = None           # the item that began its story; None before stories are assigned
    dateline: Dateline | None = None
    mentions: tuple[Mention, ...] = ()     # the dateline's places first; one per role and place
    wired: Wired | None = None
    media_topics: tuple[str, ...] = ()     # IPTC codes the document names, "medtop:20000638"
    links: tuple[CityLink, ...] = ()       # statements that two places are twinned


@dataclass(frozen=True, slots=True, kw_only=True)
class CityLink:
    """A statement that two places are twinned. The pair has no order; a place the gazetteer lacks keeps its name, ``place`` None."""

    a: Located
    b: Located
    level: str                             # region | city | district: the higher of both
    status: str                            # established | existing | anniversary | proposed | ended
    since: int | None                      # year of founding, where the text gives it
    domestic: bool                         # both in one state
    quote: str                             # the sentence, at most 500 characters: getattr(text, field)[start:stop]
    field: str                             # title | summary | body
    start: int
    stop: int
    rule: str                              # the parts both play: "with + subj"
    confidence: float                      # 0 … 1
    published: bool                        # sure enough; the rest are candidates
