"""What belongs into a catalogue: addresses and their spellings, ids, the rows of new sources. Reads and writes no file.

Takes a config folder as it was loaded; :mod:`twinwire.cataloguefile` writes what comes out. Asks no network.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from twinwire.config import Config, Source
from twinwire.errors import ConfigError
from twinwire.normalise.text import label
from twinwire.normalise.url import absolute, canonical, url_key
from twinwire.opml import Outline
from twinwire.parse import limits

Row = dict[str, Any]
_LOCAL = re.compile(r"(file|folder):(?://(?=/))?", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?:(?=(https?:)))?", re.IGNORECASE)
_SOUND = re.compile(r"https?://[^/\\?#](?!.*&amp;)", re.IGNORECASE | re.DOTALL)
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_ID = 60          # characters of an id that is made
_SECOND = frozenset({"ac", "co", "com", "edu", "gob", "gov", "go", "net", "or", "org"})  # second levels that name nobody
_HOST = re.compile(r"^(?:www\d?|feeds?|rss)\.")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the feeds of a list. ``unusable`` are addresses with the reason."""

    rows: tuple[Row, ...]
    known: int
    unusable: tuple[tuple[str, str], ...]


def key(url: str, folder: Path) -> str:
    """What two spellings of one address share; local addresses are relative to ``folder``."""
    local = _LOCAL.match(url)
    if local:
        return f"{local[1].lower()}:{(folder / Path(url[local.end():]).expanduser()).resolve()}"
    sound = canonical(url)
    return url_key(sound) if sound else url


def by_key(config: Config) -> dict[str, Source]:
    """Sources under the keys of their addresses."""
    return {key(s.url, config.folder): s for s in config.sources}


def address(url: str) -> str:
    """``url`` as it is written into the catalogue: as given, unless a browser would have to mend it; ``feed:`` becomes https.

    Raises :class:`ConfigError` for what is no address.
    """
    url = _FEED_SCHEME.sub(lambda m: "" if m[1] else "https://", url.strip())
    if is_local(url):
        return url
    sound = absolute(url)
    if sound is None:
        raise ConfigError(shown(url), "is no address of a feed; it must start with http:// or https:// and name a host")
    return url if _SOUND.match(url) and url.isprintable() and " " not in url else sound


def new_id(url: str, title: str, taken: Container[str]) -> str:
    """An id of host and title (or path), in small letters, that is none of ``taken``: ``example-news-of-the-city``."""
    parts = urlsplit(absolute(url) or "")
    host, said = _site(parts.hostname or "local"), _slug(title) or _slug(parts.path.rpartition(".")[0] or parts.path)
    whole = said if said.replace("-", "").startswith(host.replace("-", "")) else f"{host}-{said}"
    base = whole[:_ID].strip("-") or "source"
    counted = next((c for n in range(1, 10) if (c := base if n == 1 else f"{base}-{n}") not in taken), None)
    return counted or f"{base}-{hashlib.blake2b(url.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


def _site(host: str) -> str:
    """``feeds.example.co.uk`` → ``example``; an address in numbers stays whole."""
    labels = _HOST.sub("", host).split(".")
    if not labels[-1].isalpha() or len(labels) == 1:
        return _slug(host)
    labels = labels[:-1]
    return _slug("-".join(labels[:-1] if len(labels) > 1 and labels[-1] in _SECOND else labels))


def new_row(config: Config, url: str, given: Mapping[str, Any]) -> Row:
    """A source's keys, in the order of the shipped file. ``given`` are keys without ``url``; ``id`` and ``name`` are made when missing.

    Raises :class:`ConfigError` when the address or the id is in the catalogue, or a key has a value it cannot have.
    """
    url = address(url)
    there = by_key(config).get(key(url, config.folder))
    if there is not None:
        raise ConfigError(shown(url), f"is in the catalogue already, as {there.id}"
                          + ("" if there.enabled else f"; `twinwire sources enable {there.id}` reads it"))
    taken = [s.id for s in config.sources]
    if given.get("id") in taken:
        raise ConfigError("--id", f"{given['id']!r} is taken by {config.source(given['id']).name!r}; ids are never reused")
    return _row(url, given, taken)


def _row(url: str, given: Mapping[str, Any], taken: Container[str]) -> Row:
    said = {k: limits.line(v, limits.RIGHTS) if isinstance(v, str) else v for k, v in given.items() if v not in (None, "", [], ())}
    title = label(said.get("name") or "")[:200].strip()
    row: Row = {"id": said.get("id") or new_id(url, title, taken), "name": title or urlsplit(absolute(url) or "").hostname or url[:200],
                "url": url}
    row |= {k: said[k] for k in Source.model_fields if said.get(k) is not None and k not in row}
    try:
        Source.model_validate(row)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        option = str(first["loc"][0]).replace("_", "-")
        shown_value = f" (got {shown(str(first['input']))!r})"
        raise ConfigError(option if option == "url" else f"--{option}", message[:1].lower() + message[1:] + shown_value) from None
    return row


def is_local(url: str) -> bool:
    """True for ``file:`` and ``folder:`` addresses."""
    return _LOCAL.match(url) is not None


def as_source(row: Row, folder: Path) -> Source:
    """The source a row is, to be asked before it stands in the file."""
    return Source.model_validate({**row, "url": key(row["url"], folder) if is_local(row["url"]) else row["url"]})


def filled(given: Mapping[str, Any], title: str, said: str | None) -> Row:
    """``given``, with the feed's own title and language where no name and language were given."""
    return {**given, "name": given.get("name") or title, "language": given.get("language") or language(said)}


def imported(config: Config, feeds: Sequence[Outline], *, enabled: bool | None) -> Imported:
    """Rows for the feeds of a list that are not in the catalogue. ``enabled`` None: as the list says.

    A feed that stands in several folders is one source with the tags of all of them.
    """
    known, taken = set(by_key(config)), {s.id for s in config.sources}
    rows: dict[str, Row] = {}
    there: set[str] = set()
    unusable: list[tuple[str, str]] = []
    for feed in feeds:
        try:
            url = address(feed.url)
            if is_local(url):
                raise ConfigError(shown(url), "is a file of the machine the list was made on")
            k = key(url, config.folder)
            if k in known:
                there.add(k)
                continue
            if k not in rows:
                rows[k] = _row(url, {"name": feed.title, "language": language(feed.language)}, taken)
                taken.add(rows[k]["id"])
        except ConfigError as e:
            unusable.append((shown(feed.url), e.message))
            continue
        row = rows[k]
        row["tags"] = [*dict.fromkeys([*row.get("tags", []), *feed.tags])]
        on = not feed.off if enabled is None else enabled
        row["enabled"] = row.get("enabled", False) or on
    # `enabled: true` need not be written, unless it was asked for: the file's own defaults may say otherwise.
    plain: list[tuple[str, object]] = [("tags", []), *([] if enabled else [("enabled", True)])]
    tidy = ({k: row[k] for k in Source.model_fields if k in row and (k, row[k]) not in plain} for row in rows.values())
    return Imported(tuple(tidy), len(there), tuple(unusable))


def outlines(sources: Iterable[Source]) -> Iterator[Outline]:
    """Sources as feeds of a list. Local ones are left out: a path means nothing elsewhere."""
    for s in sources:
        if not s.is_local:
            url = address(s.url) if absolute(s.url) else s.url
            yield Outline(url=url, title=s.name, language=s.language, tags=s.tags, off=not s.enabled)


def language(tag: str | None) -> str | None:
    """A feed's own statement as the catalogue writes it, ``en_us`` → ``en-US``; None for what is no language tag."""
    tag = (tag or "").strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        return None
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p.lower() for p in rest)])


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_ID.sub("-", plain).strip("-")


def shown(url: str) -> str:
    """An address on a screen: on one line, without a password."""
    return re.sub(r"//[^/?#\s]*@", "//…@", " ".join(url.split()))[:200]
