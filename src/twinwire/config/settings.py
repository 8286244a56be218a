"""Model of ``settings.yaml``: paths, limits, politeness, retention. Holds no defaults that differ from the shipped file's.

Every key can also be set in the environment: ``fetch.deadline`` is ``TWINWIRE_FETCH_DEADLINE``.
Durations are written ``30s``, ``15m``, ``3h``, ``3d``, ``2w``; sizes ``500KB``, ``15MB``, ``1GB``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from twinwire.config.document import Document, Loc, nearest
from twinwire.config.sources import seconds
from twinwire.errors import ConfigError

PREFIX = "TWINWIRE_"
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)$", re.IGNORECASE)
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


def _as_seconds(v: object) -> object:
    return seconds(v) if isinstance(v, str) else v


def _as_bytes(v: object) -> object:
    if not isinstance(v, str):
        return v
    m = _SIZE.match(v.strip())
    if not m:
        raise ValueError("must be a size with a unit, such as 500KB, 15MB or 1GB")
    return int(float(m[1]) * _BYTES[m[2].upper()])


Seconds = Annotated[float, BeforeValidator(_as_seconds), Field(ge=0)]
Bytes = Annotated[int, BeforeValidator(_as_bytes), Field(ge=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fetch(_Section):
    """Politeness and limits of the transport."""

    contact: str = Field("", max_length=200, description="address or page in the User-Agent, so that a site can reach you")
    workers: int = Field(16, ge=1, le=256, description="fetches at a time")
    per_host: int = Field(2, ge=1, le=8, description="fetches at a time on one host")
    deadline: Seconds = Field(25.0, description="whole fetch: DNS, TLS, redirects, body")
    max_bytes: Bytes = Field(15 << 20, description="per body, on the wire and decoded")
    revalidate_after: Seconds = Field(86400.0, description="a 304 is believed this long; then the body is asked for again")


class Articles(_Section):
    """Pages of entries whose feed gives a teaser only (`article:` of a source)."""

    max_per_source: int = Field(20, ge=0, le=1000, description="pages of one source in one run; the rest is judged on its teaser")
    max_per_run: int = Field(400, ge=0, le=100_000, description="pages of one run")
    deadline: Seconds = Field(20.0, description="whole fetch of one page")
    max_bytes: Bytes = Field(5 << 20, description="per page, on the wire and decoded")
    spacing: Seconds = Field(1.0, description="between two pages of one host, which never gets two requests for pages at a time")
    crawl_delay: Seconds = Field(10.0, description="the longest Crawl-delay of a robots.txt that is waited for")
    patience: Seconds = Field(180.0, description="for the pages of one group of sources; those still missing then are left out")


class Run(_Section):
    """How one ingest works through the sources."""

    group_size: int = Field(100, ge=1, le=1000, description="sources in one group: one batch, one task")
    deadline: Seconds = Field(1800.0, description="no new group is started after this")
    parsers: int | None = Field(None, ge=0, le=64, description="processes that read what was fetched, each at most 1 GB;"
                                                               " left out: one per core, at most 8; 0: none, read without limits")
    lock_wait: Seconds = Field(0.0, description="wait this long for another run to end before giving up (exit 3)")


class Publish(_Section):
    """The read copy."""

    max_age: Seconds = Field(3600.0, description="when no row is new, the copy is renewed only after this long")
    backups: int = Field(2, ge=0, le=50, description="earlier read copies kept under store/backups")


class Keep(_Section):
    """Retention."""

    excerpt: int = Field(600, ge=0, le=20000, description="characters of summary kept where a source's terms allow an excerpt only")


class Links(_Section):
    """Known pairs of twinned places, read from Wikidata (`twinwire links sync`)."""

    endpoint: str = Field("https://query.wikidata.org/sparql", max_length=500, description="a SPARQL endpoint that holds Wikidata")
    pause: Seconds = Field(2.0, description="between two questions; one is asked at a time")
    deadline: Seconds = Field(75.0, description="whole answer; the endpoint itself gives up after 60s")
    max_bytes: Bytes = Field(8 << 20, description="per answer, on the wire and decoded")
    patience: Seconds = Field(120.0, description="the longest wait asked for by the endpoint (Retry-After) that is waited out;"
                                                 " for a longer one the command ends, and the next call goes on")
    digits: int = Field(2, ge=1, le=3, description="parts that are asked for: 16, 256 or 4096")


class Urls(_Section):
    """What does not belong to an address's identity."""

    tracking: tuple[str, ...] = Field((), description="query parameters dropped from addresses beside those known (utm_*, …);"
                                                  " a trailing * is any ending")


class Settings(_Section):
    """The whole file."""

    fetch: Fetch = Field(default_factory=Fetch)
    articles: Articles = Field(default_factory=Articles)
    run: Run = Field(default_factory=Run)
    publish: Publish = Field(default_factory=Publish)
    keep: Keep = Field(default_factory=Keep)
    links: Links = Field(default_factory=Links)
    urls: Urls = Field(default_factory=Urls)


def _keys(model: type[BaseModel], loc: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _keys(kind, (*loc, name))
        else:
            yield (*loc, name)


def with_environment(doc: Document, environ: Mapping[str, str] = os.environ) -> Document:
    """Lay ``TWINWIRE_…`` variables over the document.

    Raises :class:`ConfigError` for a variable that names no key (a typing error would otherwise be silent).
    """
    known = {PREFIX + "_".join(loc).upper(): loc for loc in _keys(Settings)}
    value: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in (doc.value or {}).items()}
    lines: dict[Loc, int] = dict(doc.lines)
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name in {PREFIX + "DATA", PREFIX + "CONFIG", PREFIX + "CACHE"}:
            continue
        if name not in known:
            near = nearest(name, sorted(known))
            raise ConfigError(name, f"names no setting{f'; did you mean {near}?' if near else ''}")
        section, key = known[name]
        value.setdefault(section, {})[key] = yaml.safe_load(text) if text[:1] in "[{" or text.isdigit() else text
    return Document(Path(doc.path), value, lines)
