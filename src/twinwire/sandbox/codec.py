"""Records as JSON, and back with every field checked. Reads no feed and trusts no answer.

A record is the list of its fields, in the order of ``SHAPES``. What comes back has the right types and no lone
surrogates, or :class:`Garbled` is raised; whether it is true cannot be checked here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from twinwire.errors import Kind
from twinwire.parse.limits import ENTRIES
from twinwire.parse.outcome import Unreadable
from twinwire.records import Category, Entry, Feed, Page, PageKind, Parsed, PlaceName, Quarantined, Text, Wired, quick

Check = Callable[[Any], Any]

_SURROGATE = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
_MAX_NUMBER = 1 << 53
_MAX_LINE = 500


class Garbled(ValueError):
    """Not what an honest child says."""


def _text(v: Any) -> str:
    if type(v) is not str:
        raise Garbled("a text is none")
    return v


def _maybe(v: Any) -> str | None:
    if v is not None and type(v) is not str:
        raise Garbled("a text is none")
    return v


def _line(v: Any) -> str:
    """A text that is shown on terminals and in logs."""
    if not _text(v).isprintable() or len(v) > _MAX_LINE:
        return "".join(c if c.isprintable() else " " for c in v[:_MAX_LINE])
    return str(v)


def _maybe_line(v: Any) -> str | None:
    return None if v is None else _line(v)


def _count(v: Any) -> int:
    if type(v) is not int or not 0 <= v < _MAX_NUMBER:
        raise Garbled("a number is none")
    return v


def _maybe_count(v: Any) -> int | None:
    return None if v is None else _count(v)


def _tuple(of: Check) -> Check:
    def check(v: Any) -> tuple[Any, ...]:
        if type(v) is not list:
            raise Garbled("a list is none")
        return tuple([of(x) for x in v]) if v else ()
    return check


def _extra(v: Any) -> dict[str, tuple[str, ...]]:
    if type(v) is not dict:
        raise Garbled("an object is none")
    return {k: _texts(x) for k, x in v.items()}


def _one_of(kind: type[Kind | PageKind]) -> Check:
    def check(v: Any) -> Any:
        try:
            return kind(_text(v))
        except ValueError:
            raise Garbled(f"{kind.__name__} of no such name") from None
    return check


def _record(cls: type) -> Check:
    """Checks against the shape of ``cls``, which may be completed later."""
    def check(v: Any) -> Any:
        made, names, checks, _ = _COMPILED[cls]
        if type(v) is not list or len(v) != len(names):
            raise Garbled(f"{cls.__name__} of another shape")
        return made(**{name: of(x) for name, of, x in zip(names, checks, v, strict=True)})
    return check


def _maybe_wired(v: Any) -> Wired | None:
    return None if v is None else _record(Wired)(v)


_texts = _tuple(_text)
SHAPES: dict[type, dict[str, Check]] = {
    Category: {"term": _text, "scheme": _maybe, "label": _maybe},
    PlaceName: {"name": _text, "region": _maybe, "country": _maybe, "level": _maybe},
    Wired: {"dateline": _maybe, "places": _tuple(_record(PlaceName)), "slug": _maybe, "provider": _maybe, "version": _maybe,
            "status": _maybe, "embargo_raw": _maybe, "corrects": _maybe},
    Entry: {"position": _count, "id": _maybe, "link": _maybe, "title": _text, "summary": _text, "content": _text,
            "published_raw": _maybe, "updated_raw": _maybe, "authors": _texts, "contributors": _texts, "publisher": _maybe,
            "rights": _maybe, "language": _maybe, "categories": _tuple(_record(Category)), "source_title": _maybe,
            "source_url": _maybe, "enclosures": _texts, "wired": _maybe_wired, "from_page": _texts, "extra": _extra},
    Quarantined: {"position": _count, "reason": _line, "raw": _text},
    Feed: {"title": _text, "link": _maybe, "language": _maybe, "updated_raw": _maybe, "generator": _maybe, "format": _text},
    Text: {"title": _text, "summary": _text, "body": _text},
    Parsed: {"feed": _record(Feed), "entries": _tuple(_record(Entry)), "quarantined": _tuple(_record(Quarantined)), "damage": _maybe_line,
             "parser": _text, "encoding": _text, "texts": _tuple(_record(Text))},
    Page: {"kind": _one_of(PageKind), "reason": _line, "title": _text, "text": _text, "closing": _maybe_count, "published_raw": _maybe,
           "updated_raw": _maybe, "language": _maybe, "site": _maybe, "authors": _texts, "canonical": _maybe, "section": _maybe,
           "keywords": _texts, "encoding": _text},
    Unreadable: {"kind": _one_of(Kind), "message": _line},
}
_COMPILED: dict[type, tuple[type, tuple[str, ...], tuple[Check, ...], Callable[[Any], Any]]] = {
    cls: (quick(cls), tuple(shape), tuple(shape.values()), attrgetter(*shape)) for cls, shape in SHAPES.items()
}


def dumped(value: Any) -> bytes:
    """A record, or lists and objects of records, as JSON. Raises UnicodeError for lone surrogates."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_fields, check_circular=False).encode()


def _fields(record: Any) -> Any:
    return _COMPILED[type(record)][3](record)


def loaded(raw: bytes) -> Any:
    """Plain JSON. Raises :class:`Garbled` for anything else, lone surrogates included."""
    try:
        text = raw.decode()
        if "\\u" in text and _SURROGATE.search(text):
            raise Garbled("half a character")
        return json.loads(text)
    except (ValueError, RecursionError) as e:
        raise Garbled(str(e)[:100]) from None


def unreadable(v: Any) -> Unreadable:
    """What says why there is nothing to read."""
    return _record(Unreadable)(v)  # type: ignore[no-any-return]


def parsed(v: Any) -> Parsed:
    """The entries of a payload, with a text for each."""
    found: Parsed = _record(Parsed)(v)
    if max(len(found.entries), len(found.quarantined)) > ENTRIES or len(found.texts) not in {0, len(found.entries)}:
        raise Garbled("too many entries, or texts of others")
    return found


def page(v: Any) -> Page:
    """An article page."""
    return _record(Page)(v)  # type: ignore[no-any-return]


def text(v: Any) -> str:
    """A text."""
    return _text(v)


def texts(v: Any) -> tuple[str, ...]:
    """Several."""
    return tuple(_texts(v))
