"""What a backfill is given (WARC files, folders, files, addresses) → payloads, each with the source it is of. Loads nothing.

A record of ours names its source. Others are of the source that was asked for, or of one named after what they came from: the
host of an address, the folder or the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from twinwire.config import Source
from twinwire.errors import ConfigError, Kind
from twinwire.fetch.coding import Decoder, TooLargeError
from twinwire.fetch.folders import read_local
from twinwire.fetch.guard import host_of, one_line
from twinwire.parse import sitemap
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document
from twinwire.records import Failure, FeedState, FetchResult, Payload, Stage
from twinwire.replay import Sources, as_written, bare
from twinwire.warcread import ENDINGS, in_order, records, written

SITEMAPS = 2000   # of one index and the indexes it lists
_DEPTH = 3        # of indexes in indexes
_LEFT_OUT = (".tmp", ".part", ".swp", "~")
_READABLE = re.compile(r"(?:text/|application/(?:[\w.+-]*\+)?(?:xml|json)|application/octet-stream|application/xhtml)", re.IGNORECASE)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF|urlset|sitemapindex|newsItem|NewsML|nitf)[\s>]", re.IGNORECASE)

Ask = Callable[[Source], list[FetchResult]]


@dataclass(frozen=True, slots=True)
class Brought:
    """One thing that was found: a payload of a source, or why there is none (source None). ``skipped``: a record of no use, such as an
    image or an error page. ``done`` counts bytes of the input so far. ``pages``: article pages that lie beside it in an archive of
    ours, by the address they were asked for under."""

    found: Payload | Failure | None
    source: Source | None = None
    done: int = 0
    skipped: bool = False
    pages: Mapping[str, Payload] = field(default_factory=dict)


@dataclass(slots=True)
class Bringer:
    """Opens what a backfill is given. ``ask`` fetches one address; ``name`` and ``format`` are what was asked for, if anything."""

    sources: Sources
    now: datetime
    max_bytes: int
    ask: Ask
    name: str | None = None
    format: str | None = None
    articles: str = "never"               # for sources that are in no catalogue
    _made: dict[str, Source] = field(default_factory=dict)

    def bring(self, given: Iterable[str]) -> Iterator[Brought]:
        """Everything, in the order given; below a folder by name. Raises nothing for what a file or a server can hold."""
        done = 0
        for one in given:
            if is_address(one):
                yield from self._addresses(one)
                continue
            for file in files(Path(one)):
                for b in self._file(file, Path(one)):
                    yield replace(b, done=done + min(b.done, _size(file)))
                done += _size(file)

    # -- files --------------------------------------------------------------------------------------------------

    def _file(self, file: Path, given: Path) -> Iterator[Brought]:
        if file.name.endswith(ENDINGS):
            yield from self._records(file)
            return
        folder = given.is_dir()
        url = f"folder:{given.resolve()}" if folder else f"file:{file.resolve()}"
        source = self._source(_slug(given.resolve().name if folder else file.stem), url)
        at = source.model_copy(update={"url": f"file:{file.resolve()}"})
        for read in read_local(at, FeedState(source=source.id), self.now, self.max_bytes):
            found = _unzipped(read, self.max_bytes) if isinstance(read, Payload) else read
            yield self._one(found, source) if isinstance(found, Payload) else Brought(found if isinstance(found, Failure) else None)

    def _records(self, file: Path) -> Iterator[Brought]:
        pages = self._pages(file)
        for record in records(file.parent, file, self.max_bytes):
            done = record.ref.offset + record.ref.length
            found = record.found
            if isinstance(found, Failure):
                yield Brought(found, done=done)
            elif found.is_page:
                continue
            elif not _of_use(found):
                yield Brought(found, done=done, skipped=True)
            else:
                ours = found.source != file.name
                name = found.source if ours else _slug(host_of(found.final_url) or file.name)
                source = self._source(name, found.url if ours else _site(found.final_url))
                yield replace(self._one(found, source, ours=ours), done=done, pages=pages)

    def _pages(self, file: Path) -> Mapping[str, Payload]:
        """Article pages of an archive of ours: they lie behind the feeds that asked for them."""
        try:
            if written(file).run is None:
                return {}
        except OSError:
            return {}
        found = (r.found for r in records(file.parent, file, self.max_bytes) if isinstance(r.found, Payload) and r.found.is_page)
        return {p.url: p for p in found}

    # -- addresses ----------------------------------------------------------------------------------------------

    def _addresses(self, first: str) -> Iterator[Brought]:
        """A document, or the sitemaps of an index."""
        waiting, seen = [(first, 0)], {first}
        while waiting:
            url, depth = waiting.pop(0)
            source = self._source(_slug(host_of(url) or url), _site(url))
            for found in self.ask(_at(source, url)):
                if not isinstance(found, Payload):
                    yield Brought(found if isinstance(found, Failure) else None)
                    continue
                payload = _unzipped(found, self.max_bytes)
                listed = sitemap.listed(_document(payload)) if isinstance(payload, Payload) and depth < _DEPTH else ()
                if not listed:
                    yield self._one(payload, source) if isinstance(payload, Payload) else Brought(payload)
                new = [u for u in listed if is_address(u) and u not in seen][: max(SITEMAPS - len(seen), 0)]
                seen.update(new)
                waiting += [(u, depth + 1) for u in new]

    # -- sources ------------------------------------------------------------------------------------------------

    def _one(self, payload: Payload, source: Source, *, ours: bool = False) -> Brought:
        """A web page is an article, but for one that our own archive holds where its source has feeds: that was an error page."""
        guess = "page" if source.format == "auto" and not ours and _is_page(payload) else None
        wanted = self.format or payload.format or guess
        found = replace(payload, source=source.id, format=wanted)
        return Brought(found, as_written(source, found))

    def _source(self, derived: str, url: str) -> Source:
        name = self.name or derived
        if name in self.sources:
            return self.sources[name]
        if name not in self._made:
            self._made[name] = bare(name, url).model_copy(update={"article": self.articles})
        return self._made[name]


def _at(source: Source, url: str) -> Source:
    """The source at another address. What its owner allowed and gave us is for its own host."""
    own = (host_of(source.url) or "") == (host_of(url) or "")
    return source.model_copy(update={"url": url, "auth": source.auth if own else None, "allow_private": source.allow_private and own})


def is_address(given: str) -> bool:
    """http or https."""
    return re.match(r"https?://[^\s/]", given, re.IGNORECASE) is not None


def files(given: Path) -> list[Path]:
    """The files that a path stands for: itself, or all below it that are no folder's furniture. Raises :class:`ConfigError`."""
    if not given.exists():
        raise ConfigError(str(given), "is not there")
    if not given.is_dir():
        return [given]
    home = given.resolve()
    found = [p for p in given.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.relative_to(given).parts)
             and not p.name.lower().endswith(_LEFT_OUT) and p.resolve().is_relative_to(home)]
    if not found:
        raise ConfigError(str(given), "is a folder without any file to read")
    return sorted(found, key=in_order)


def total(given: Iterable[str]) -> int:
    """Bytes of all files; addresses count nothing."""
    return sum(_size(f) for one in given if not is_address(one) for f in files(Path(one)))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _slug(text: str) -> str:
    """A source's id from a name."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:80].strip("-._") or "backfill"


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/" if parts.scheme in {"http", "https"} and parts.hostname else url


def _of_use(payload: Payload) -> bool:
    """An answer that may hold news: whole, of a kind that is text, and no crawler's housekeeping."""
    kind = payload.headers.get("content-type", "")
    return (payload.status in {0, 200} and bool(payload.body) and (not kind or _READABLE.match(kind) is not None)
            and not urlsplit(payload.final_url).path.endswith("/robots.txt"))


def _is_page(payload: Payload) -> bool:
    html = "html" in payload.headers.get("content-type", "").lower() or payload.final_url.lower().endswith((".html", ".htm", ".xhtml"))
    return html and _FEED.search(payload.body[:2000]) is None


def _unzipped(payload: Payload, cap: int) -> Payload | Failure:
    """Sitemaps and dumps lie about as .gz; the archive keeps what is in them."""
    if not payload.body.startswith(b"\x1f\x8b"):
        return payload
    decoder = Decoder("gzip", cap)
    try:
        decoder.feed(payload.body)
        damage = decoder.close()
    except TooLargeError:
        return Failure(source=payload.source, stage=Stage.FETCH, kind=Kind.TOO_LARGE,
                       message=one_line(f"{payload.url}: is larger than {cap:,} bytes unpacked (fetch.max_bytes)"))
    import hashlib  # noqa: PLC0415 - rarely needed

    return replace(payload, body=decoder.body, digest=hashlib.sha256(decoder.body).hexdigest(), damage=payload.damage or damage)


def _document(payload: Payload) -> Document:
    if b"sitemapindex" not in payload.body[:2000].lower():
        return Document("", "")
    decoded = decode(payload.body, payload.headers.get("content-type"))
    return Document(decoded.text, decoded.encoding, payload.final_url)
