"""What is done with a payload, in the child. A job takes what was asked and the bytes, and gives records or plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from twinwire.normalise.text import text_of
from twinwire.parse import Unreadable, parse
from twinwire.parse.page import parse_page
from twinwire.records import Page

Asked = Mapping[str, Any]


def entries(asked: Asked, body: bytes) -> Any:
    """Entries of a payload with the plain text of each, or why there are none. Summary and content of an entry stay empty where
    nobody asks for their ``html``."""
    mapping = _mapping(asked["mapping"]) if asked["mapping"] else None
    found = parse(body, format=asked["format"], url=asked["url"], content_type=asked["content_type"], mapping=mapping)
    if isinstance(found, Unreadable):
        return {"unreadable": found}
    texts = tuple(text_of(e, asked["publishers"]) for e in found.entries)
    told = found.entries if asked["html"] else tuple(replace(e, summary="", content="") for e in found.entries)
    return {"parsed": replace(found, entries=told, texts=texts)}


def _mapping(given: Any) -> Any:
    from twinwire.config.mappings import Mapping as Mapped  # noqa: PLC0415 - takes as long as all other imports together

    return Mapped.model_validate(given)


def page(asked: Asked, body: bytes) -> Page:
    """The article of a page."""
    return parse_page(body, content_type=asked["content_type"], url=asked["url"])


def report(asked: Asked, _: bytes) -> str:
    """A web page of entries, cleaned once more."""
    from twinwire.report.page import page as made  # noqa: PLC0415

    return made(asked["title"], asked["entries"])


def clean(asked: Asked, _: bytes) -> list[str]:
    """Pieces of HTML with nothing active left in them."""
    from twinwire.report.page import clean as cleaned  # noqa: PLC0415 - only probes ask for it

    return [cleaned(html) for html in asked["pieces"]]


JOBS: dict[str, Callable[[Asked, bytes], Any]] = {"entries": entries, "page": page, "clean": clean, "report": report}
