"""One payload of a source → its entries, or the failure that says why there are none. Shared by runs and probes."""

from __future__ import annotations

from collections.abc import Mapping as Lookup

from twinwire.config.mappings import PREFIX, Mapping
from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.parse import Unreadable, parse
from twinwire.records import Failure, Parsed, Payload, Stage


def read(source: Source, payload: Payload, mappings: Lookup[str, Mapping]) -> Parsed | Failure:
    """Parse as the source's ``format`` says; ``mappings`` are those of the config, for ``json:NAME``."""
    parsed = parse(payload.body, format=source.format, url=payload.final_url, content_type=payload.headers.get("content-type"),
                   mapping=mappings.get(str(source.format).removeprefix(PREFIX)))
    if isinstance(parsed, Unreadable):
        return Failure(source=source.id, stage=Stage.PARSE, kind=parsed.kind, message=parsed.message)
    return parsed


def empty(source: Source) -> Failure:
    """A payload that parses and holds nothing."""
    return Failure(source=source.id, stage=Stage.PARSE, kind=Kind.EMPTY,
                   message="a feed without any entry; if it stays so, look at its address")
