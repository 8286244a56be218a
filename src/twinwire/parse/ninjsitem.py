"""One news item of ninjs → a draft. Knows the keys of versions 1, 2 and 3 and those Superdesk and AP add.

Every key is looked up in lower case. Where an item has a thing twice, the richer form wins: ``bodies`` of a role over
``body_text``, ``datelinelocation`` over ``located``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twinwire.parse.draft import Draft
from twinwire.parse.jsondoc import ROWS, first, lowered, members, rows, string
from twinwire.parse.ninjsplaces import filed_at, mentioned
from twinwire.parse.plain import as_html
from twinwire.records import Wired

_HEADLINES = ("headline", "headline_main", "headline_simple")
_SUMMARIES = ("description_summary", "description_text", "description_main", "abstract", "description",
              "description_caption", "description_richtext", "description_xhtml", "description_html", "headline_extended")
_ROLES = ("main", "headline", "", "simple", "lead", "summary", "abstract", "text", "caption")  # best first
_PUBLISHED = ("firstpublished", "firstcreated", "versioncreated", "contentcreated", "_created")
_EXTRA = ("type", "profile", "urgency", "ednote")
_TAGGED = ("subject", "subjects", "service", "genre", "genres", "event", "events", "organisation", "organisations",
           "organization", "person", "people", "object", "objects", "anpa_category")
_NITF = re.compile(r"<body\.content\b[^<>]{0,500}>(.*?)</body\.content>", re.DOTALL)
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_BODY = re.compile(r"body_\w")


def draft(item: dict[str, Any], around: dict[str, Any]) -> Draft:
    """A draft of ``item``, keys in lower case. ``around`` is the envelope it came in, where some put the text."""
    made = Draft(
        values={
            "id": _id(item),
            "title": _headline(item), "summary": _summary(item),
            "published": first(item.get(k) for k in _PUBLISHED),
            "updated": first((item.get("versioncreated"), item.get("_updated"))),
            "language": string(item.get("language")),
            "rights": first((item.get("copyrightnotice"), item.get("usageterms"))),
            "publisher": first((item.get("copyrightholder"),)) or _provider(item),
            "source_title": _origin(item),
        },
        link=_link(item), contents=_bodies(item, around), authors=list(_authors(item)),
        enclosures=[string(r.get("href")) for r in _renditions(item) if _is_media(r)],
        wired=_wired(item),
    )
    _categorise(made, item)
    for key in _EXTRA:
        if text := string(item.get(key)):
            made.note(f"ninjs:{key}", text)
    for name in _other_ids(item):
        made.note("ninjs:altid", name)
    return made


def _id(item: dict[str, Any]) -> str:
    """The uri; but AP's carries the token of the request that asked for it, and its own id stands in ``altids``."""
    return (_own_id(item) or first(item.get(k) for k in ("uri", "guid", "_id", "id")))


def _own_id(item: dict[str, Any]) -> str:
    altids = item.get("altids")
    return string(altids.get("itemid")) if isinstance(altids, dict) and "?" in string(item.get("uri")) else ""


def _other_ids(item: dict[str, Any]) -> list[str]:
    """Alternative ids: an object's values in version 1, ``value`` of each from version 2 on."""
    value = item.get("altids")
    found = [r.get("value") for r in rows(value)] if isinstance(value, list) else members(value)[:100]
    return [s for v in found if (s := string(v))]


def _headline(item: dict[str, Any]) -> str:
    return (first(item.get(k) for k in _HEADLINES) or _of_role(item.get("headlines"))
            or first(v for k, v in item.items() if k.startswith("headline_")) or first((item.get("title"), item.get("name"))))


def _summary(item: dict[str, Any]) -> str:
    return first(item.get(k) for k in _SUMMARIES) or _of_role(item.get("descriptions"))


def _of_role(value: object) -> str:
    """Text of the headline or description with the best role; a plain text is taken as it is."""
    found = sorted(rows(value), key=lambda r: _rank(string(r.get("role"))))
    return first(r.get("value") for r in found) or (string(value) if not isinstance(value, dict) else "")


def _rank(role: str) -> int:
    return _ROLES.index(role.lower()) if role.lower() in _ROLES else len(_ROLES)


def _bodies(item: dict[str, Any], around: dict[str, Any]) -> list[str]:
    """Texts of the body, NITF markup only where there is no other."""
    found = [_marked_up(string(v)) if k == "body_text" else string(v) for k, v in item.items() if _BODY.match(k)]
    nitf: list[str] = []
    for row in rows(item.get("bodies")):
        text, form = string(row.get("value")), f"{string(row.get('role'))} {string(row.get('contenttype'))}".lower()
        (nitf if "nitf" in form else found).append(_marked_up(text) if "text/plain" in form else text)
    inner = [m[1] for text in nitf if (m := _NITF.search(text))]
    fallback = [string(lowered(v).get("body_html")) for v in (around.get("nitf"),) if isinstance(v, dict)]
    return [text for text in found if text.strip()] or inner or fallback


def _marked_up(text: str) -> str:
    """Plain text as it is, or as HTML where it holds signs that HTML gives a meaning."""
    return as_html(line for line in text.split("\n") if line.strip()) if "<" in text or "&" in text else text


def _authors(item: dict[str, Any]) -> Iterator[str]:
    lines = [string(r.get("by")) for r in rows(item.get("bylines"))] or [first((item.get("byline"), item.get("by")))]
    if any(line.strip() for line in lines):
        yield from lines
        return
    for key in ("authors", "author", "creator", "photographer"):
        value = item.get(key)
        yield from (first((r.get("name"), r.get("role"))) for r in rows(value) if string(r.get("name")))
        if isinstance(value, str):
            yield value


def _provider(item: dict[str, Any]) -> str:
    return (_name(item.get("provider")) or _name(item.get("infosource")) or _name(item.get("infosources"))
            or _name(item.get("source")) or string(item.get("copyrightholder")))


def _origin(item: dict[str, Any]) -> str:
    """Who the provider had it from, where that is somebody else."""
    named = _name(item.get("infosource")) or _name(item.get("infosources"))
    return named if named and named.casefold() != _provider(item).casefold() else ""


def _name(value: object) -> str:
    """A name given as text or as the ``name`` (else the code) of an object."""
    found = rows(value)
    return first(r.get(k) for r in found for k in ("name", "literal", "code", "qcode")) if found else string(value)


def _wired(item: dict[str, Any]) -> Wired:
    dateline, filed = filed_at(item)
    return Wired(
        dateline=dateline, places=filed or mentioned(item), slug=string(item.get("slugline")),
        provider=_provider(item), version=string(item.get("version")),
        status=first((item.get("pubstatus"), item.get("state"))),
        embargo_raw=first((item.get("embargoed"), item.get("embargoeduntil"), item.get("embargo"))),
        corrects=first((item.get("evolvedfrom"), item.get("rewrite_of"), item.get("correction_of"), item.get("corrects"))),
    )


def _link(item: dict[str, Any]) -> str | None:
    """An address a reader can open: the canonical link, else the uri or one of the alternative ids where it is one."""
    links = (r.get("href") for r in rows(item.get("links")) if string(r.get("rel")).lower() in {"canonical", "alternate"})
    uri = None if _own_id(item) else item.get("uri")
    candidates = (*links, item.get("url"), item.get("canonical"), uri, *_other_ids(item))
    return next((s for v in candidates if _HTTP.match(s := string(v).strip())), None)


def _renditions(item: dict[str, Any]) -> list[dict[str, Any]]:
    value = item.get("renditions")
    return rows(members(value)) if value else []


def _is_media(rendition: dict[str, Any]) -> bool:
    """Pictures, sound and film; other renditions are the text again in NITF or ANPA."""
    form = first((rendition.get("contenttype"), rendition.get("mimetype"), rendition.get("type"))).lower()
    return not form.startswith(("text", "application/octet-stream", "application/xml"))


def _categorise(made: Draft, item: dict[str, Any]) -> None:
    for key in _TAGGED:
        value = item.get(key)
        for row in rows(value):
            code, scheme = _code(row)
            made.categorise(code or string(row.get("name")), scheme or key, string(row.get("name")))
        for term in members(value)[:ROWS] if isinstance(value, list | str) else ():
            if isinstance(term, str):
                made.categorise(term, key)
    for row in rows(item.get("place")) + rows(item.get("places")):
        code, scheme = _code(row)
        made.categorise(code or string(row.get("name")), scheme or "place", string(row.get("name")))
    for term in members(item.get("keywords"))[:ROWS]:
        made.categorise(string(term))


def _code(row: dict[str, Any]) -> tuple[str, str]:
    """``(code, scheme)`` of a concept; from version 2 on both stand in its uri: ``…/mediatopic/20000763``."""
    scheme, _, last = string(row.get("uri")).rpartition("/")
    code = first(row.get(k) for k in ("code", "qcode", "literal")) or last
    return code, string(row.get("scheme")) or (f"{scheme}/" if scheme and last == code else "")
