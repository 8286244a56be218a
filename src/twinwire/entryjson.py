"""Records as JSON objects for the command line, and back. Judges nothing.

Contents: ``entry_json``/``entry_from`` (entries), ``decision_json``, ``explanation_json``, ``item_json``, and the text of
an item in the warehouse.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from twinwire.errors import ConfigError
from twinwire.normalise.text import plain
from twinwire.normalise.text import title as headline
from twinwire.normalise.time import instant
from twinwire.records import Category, CityLink, Dateline, Decision, Entry, Instant, Item, Level, Located, Mention, Text
from twinwire.screen.explain import Explanation


def entry_json(entry: Entry, now: datetime) -> dict[str, Any]:
    """An entry as `twinwire parse` shows it: dates as ISO 8601 UTC or null, with the raw string beside."""
    return {
        "id": entry.id, "title": entry.title, "link": entry.link,
        "published": _iso(entry.published_raw, now), "updated": _iso(entry.updated_raw, now),
        "published_raw": entry.published_raw, "updated_raw": entry.updated_raw, "summary": entry.summary, "content": entry.content,
        "authors": list(entry.authors), "contributors": list(entry.contributors), "publisher": entry.publisher,
        "rights": entry.rights, "language": entry.language,
        "categories": [{"term": c.term, "scheme": c.scheme, "label": c.label} for c in entry.categories],
        "source": {"title": entry.source_title, "url": entry.source_url} if entry.source_title or entry.source_url else None,
        "enclosures": list(entry.enclosures), "extra": {k: list(v) for k, v in entry.extra.items()},
    }


def entry_from(row: dict[str, Any], position: int) -> Entry:
    """The reverse of :func:`entry_json`; also takes ``body`` for content. Wrong types are treated as absent."""
    given = row.get("source")
    source: dict[str, Any] = given if isinstance(given, dict) else {}
    return Entry(
        position=position, id=_text(row, "id"), link=_text(row, "link") or _text(row, "url"), title=_text(row, "title") or "",
        summary=_text(row, "summary") or "", content=_text(row, "content") or _text(row, "body") or "",
        published_raw=_text(row, "published_raw") or _text(row, "published"),
        updated_raw=_text(row, "updated_raw") or _text(row, "updated"), authors=_texts(row, "authors"),
        contributors=_texts(row, "contributors"), publisher=_text(row, "publisher"), language=_text(row, "language"),
        categories=tuple(_category(c) for c in _list(row, "categories") if isinstance(c, dict | str)),
        source_title=_text(source, "title"), source_url=_text(source, "url"), rights=_text(row, "rights"),
        enclosures=_texts(row, "enclosures"), extra=_extra(row))


def text_from(row: dict[str, Any]) -> Text:
    """What is screened of a JSON object: title, summary, body (or content), markup taken out."""
    return Text(title=headline(_text(row, "title") or ""), summary=plain(_text(row, "summary") or ""),
                body=plain(_text(row, "body") or _text(row, "content") or ""))


def split_text(text: str) -> Text:
    """First line as title, the rest as body."""
    first, _, rest = text.strip().partition("\n")
    return Text(title=headline(first), body=plain(rest))


def found_text(warehouse: Path, what: str) -> tuple[Text, str | None]:
    """Text and language of a kept item, by id or address. Raises :class:`ConfigError` when there is none."""
    from twinwire.warehouse.query import ask  # noqa: PLC0415 - only this road needs the warehouse

    try:
        where, key = "item_id = ?", str(UUID(what))
    except ValueError:
        where, key = "url = ? OR canonical_url = ?", what
    rows = ask(warehouse, f"SELECT title, summary, body, language FROM items WHERE {where} LIMIT 1",  # noqa: S608 - our own words
               [key] * where.count("?")).rows
    if not rows:
        seen = ask(warehouse, "SELECT decision, reason, title FROM seen WHERE url = ? OR entry_id::VARCHAR = ? LIMIT 1", [what, what]).rows
        told = f"was {seen[0][0]}: {seen[0][1]} ({seen[0][2]!r}); its text was not kept" if seen else "is no item of this warehouse"
        raise ConfigError(what, told)
    title, summary, body, language = rows[0]
    return Text(title=title, summary=summary, body=body), language


def decision_json(decision: Decision) -> dict[str, Any]:
    """Verdict, score, reason and, per topic, the evidence with offsets."""
    return {
        "decision": decision.verdict.value, "score": round(decision.score, 4), "reason": decision.reason,
        "rule_version": decision.rule_version, "kept_for": list(decision.kept),
        "topics": [{"topic": t.topic, "decision": t.verdict.value, "score": round(t.score, 4), "reason": t.reason,
                    "evidence": [{"term": m.term, "field": m.field, "start": m.start, "stop": m.stop, "weight": m.weight,
                                  "rule": m.rule} for m in t.evidence]} for t in decision.topics],
    }


def explanation_json(e: Explanation) -> dict[str, Any]:
    """An explanation with its marked cuttings."""
    return {"topic": e.topic, "decision": e.verdict.value, "score": round(e.score, 4), "reason": e.reason, "missing": e.missing,
            "evidence": [{"term": m.match.term, "field": m.match.field, "start": m.match.start, "stop": m.match.stop,
                          "weight": m.match.weight, "rule": m.match.rule, "before": m.before, "marked": m.marked, "after": m.after}
                         for m in e.evidence]}


def item_json(item: Item) -> dict[str, Any]:
    """An item as `twinwire normalise` shows it."""
    return {
        "item_id": str(item.item_id), "guid": item.guid, "url": item.url, "canonical_url": item.canonical_url, "url_key": item.url_key,
        "title": item.text.title, "summary": item.text.summary, "body": item.text.body, "language": item.language,
        "language_rule": item.language_rule, "published": _instant(item.published), "updated": _instant(item.updated),
        "wire": item.wire, "issuer": item.issuer, "author": item.author, "republished_from": item.republished_from,
        "categories": [{"term": c.term, "scheme": c.scheme, "label": c.label} for c in item.categories],
        "media_topics": list(item.media_topics), "wired": asdict(item.wired) if item.wired else None,
        "dateline": dateline_json(item.dateline) if item.dateline else None, "places": [_mention(m) for m in item.mentions],
        "city_links": [link_json(link) for link in item.links],
    }


def dateline_json(line: Dateline) -> dict[str, Any]:
    """A dateline: its first place spelt out, all of them under ``places``; ``country`` is the ISO 3166-1 code."""
    first = next((p.place for p in line.places if p.place), None)
    return {
        "raw": line.raw, "city": first.name if first and first.level is Level.CITY else None,
        "admin1": first.admin1 if first else None, "country": first.country_code if first else None,
        "date": line.date.isoformat() if line.date else None, "date_raw": line.date_raw, "date_rule": line.date_rule,
        "place_id": first.place_id if first else None, "precision": first.level.value if first else None, "agency": line.agency,
        "field": line.field, "start": line.start, "stop": line.stop, "places": [_located(p) for p in line.places],
    }


def link_json(link: CityLink) -> dict[str, Any]:
    """A statement that two places are twinned."""
    return {"a": _located(link.a), "b": _located(link.b), "level": link.level, "status": link.status, "since": link.since,
            "domestic": link.domestic, "confidence": round(link.confidence, 3), "published": link.published, "rule": link.rule,
            "quote": link.quote, "field": link.field, "start": link.start, "stop": link.stop}


def _located(p: Located) -> dict[str, Any]:
    place = p.place
    return {"surface": p.surface, "place_id": place.place_id if place else None, "name": place.name if place else None,
            "level": place.level.value if place else None, "admin1": place.admin1 if place else None,
            "admin1_code": place.admin1_code if place else None, "country": place.country_code if place else None,
            "confidence": round(p.confidence, 3), "alternatives": list(p.alternatives), "rule": p.rule}


def _mention(m: Mention) -> dict[str, Any]:
    return {"role": m.role, "start": m.start, "stop": m.stop, **_located(m.located)}


def _instant(i: Instant) -> dict[str, Any]:
    return {"at": i.at.isoformat() if i.at else None, "raw": i.raw, "rule": i.rule}


def _iso(raw: str | None, now: datetime) -> str | None:
    at = instant(raw, zone=None, now=now).at if raw else None
    return at.isoformat() if at else None


def _text(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) and value else None


def _texts(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(v for v in _list(row, key) if isinstance(v, str))


def _extra(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    given = row.get("extra")
    return {k: _texts(given, k) for k in given} if isinstance(given, dict) else {}


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _category(c: dict[str, Any] | str) -> Category:
    if isinstance(c, str):
        return Category(term=c)
    return Category(term=str(c.get("term") or ""), scheme=_text(c, "scheme"), label=_text(c, "label"))
