"""Feeds, sources and config folders for the tests that run the real thing. Holds no test."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml
from feedserver import FeedServer

from twinwire.config.sources import Source
from twinwire.records import Entry, Failure, FeedState, Payload, Stage, Unchanged

ROOT = Path(__file__).parents[1]
EDITION = ROOT / "examples" / "edition"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Source(id="a-feed", name="A", url="https://a.example/feed", language="en")
NOWHERE = "http://127.0.0.1:9"  # nothing listens there: refused at once


def rss(*texts: str, titles: str = "Sister cities number {n} sign a twinning agreement") -> bytes:
    """A feed with one entry per text."""
    items = "".join(
        f"<item><guid isPermaLink='false'>g{n}</guid><link>https://news.example/{n}</link><title>{titles.format(n=n)}</title>"
        f"<description>{text}</description><pubDate>Mon, 23 Nov 2026 0{n % 10}:00:00 GMT</pubDate></item>"
        for n, text in enumerate(texts))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def at(server: FeedServer, path: str, **more: Any) -> Source:
    """A source on the server, which may live on loopback."""
    return Source(**{"id": "a" + path.replace("/", "-"), "name": path, "url": server.url(path), "allow_private": True} | more)


def config_folder(folder: Path, *sources: Source) -> Path:
    """A config folder with these sources."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [s.model_dump(mode="json", exclude_defaults=True) for s in sources]
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": rows}), encoding="utf-8")
    return folder


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """Answer of a read copy."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def entry(n: int = 0, title: str = "", summary: str = "", **more: Any) -> Entry:
    """An entry that is on topic unless it is told otherwise."""
    return Entry(**{"position": n, "id": f"g{n}", "link": f"https://news.example/{n}", "summary": summary or f"Text {n}.",
                    "title": title or f"Sister cities number {n} sign a twinning agreement"} | more)


def payload(body: bytes = b"<rss/>", **more: Any) -> Payload:
    """An answer with a body."""
    return Payload(**{"source": SOURCE.id, "url": SOURCE.url, "final_url": SOURCE.url, "status": 200, "headers": {}, "body": body,
                      "digest": "d", "fetched_at": NOW, "wire_bytes": len(body)} | more)


def unchanged(**more: Any) -> Unchanged:
    """An answer that has nothing new."""
    return Unchanged(**{"source": SOURCE.id, "reason": "304", "status": 304, "fetched_at": NOW} | more)


def failure(kind: Any, stage: Stage = Stage.FETCH, **more: Any) -> Failure:
    """Bad luck."""
    return Failure(**{"source": SOURCE.id, "stage": stage, "kind": kind, "message": "what happened"} | more)


def state(**more: Any) -> FeedState:
    """What is remembered of the source."""
    return FeedState(**{"source": SOURCE.id} | more)


CONTENT = {  # what must be equal after two roads to the same rows: everything but lineage and our own clock
    "seen": "entry_id, source_id, title, url, published_at, decision, reason, score, alt_key, content_hash",
    "items": "item_id, source_id, title, summary, body, language, published_at, wire, issuer, topics, story_id, revision, content_hash",
    "item_revisions": "item_id, revision, title, body, content_hash",
    "item_topics": "item_id, topic, score, decision",
    "evidence": "item_id, topic, term, field, start, stop, weight, quote",
}


def content(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows by which two runs are compared."""
    return {table: rows(warehouse, f"SELECT {columns} FROM {table} ORDER BY ALL") for table, columns in CONTENT.items()}
