"""Small batches for the warehouse tests, made of the real row builders. Holds no test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from twinwire.config.sources import Source
from twinwire.ledger import Fetched, Outcome, Tally, fetch_row, source_row
from twinwire.records import (
    Dateline,
    Decision,
    FeedState,
    Instant,
    Item,
    Level,
    Located,
    Match,
    Mention,
    Payload,
    Place,
    Text,
    TopicDecision,
    Verdict,
)
from twinwire.relate.identity import digest
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.rows import Batch, evidence_rows, item_place_rows, item_row, place_rows, plain_utc, topic_rows

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Source(id="a-feed", name="A", url="https://a.example/feed", language="en")


def data_folder(root: Path) -> DataFolder:
    """A prepared data folder."""
    data = DataFolder(root / "data")
    data.prepare()
    return data


def item(name: str, body: str = "body") -> Item:
    """An item whose identity is its name and whose content is its body."""
    return Item(item_id=digest("entry", name), source=SOURCE.id, guid=name, url=f"https://a.example/{name}",
                canonical_url=f"https://a.example/{name}", url_key=f"a.example/{name}",
                text=Text(title=f"Sister cities: {name}", summary="A summary", body=body), language="en", language_rule="declared",
                published=Instant(raw="x", at=NOW - timedelta(hours=1), rule="iso-8601"), updated=Instant(raw=None, at=None, rule="none"),
                wire="Wire", issuer=None, author=None, republished_from=None, categories=(), content_hash=digest("content", body),
                dateline=dateline(), mentions=(Mention(role="dateline", located=dateline().places[0]),))


def dateline() -> Dateline:
    """A dateline of Zaozhuang."""
    place = Place(place_id=1785286, name="Zaozhuang", level=Level.CITY, country_code="CN", admin1_code="25", admin1="Shandong")
    here = Located(surface="ZAOZHUANG", place=place, confidence=0.95, alternatives=(1,), rule="country given")
    return Dateline(raw="ZAOZHUANG, China, Nov. 24", field="body", start=0, stop=25, places=(here,), date=NOW.date(),
                    date_rule="year from publication")


def decision(kept: bool = True) -> Decision:
    """Kept for friendship cities with one piece of evidence, or rejected."""
    match = Match(topic="friendship_cities", term="sister cities", field="title", start=0, stop=13, weight=0.9, rule="strong")
    verdict = Verdict.KEPT if kept else Verdict.REJECTED
    topic = TopicDecision(topic="friendship_cities", verdict=verdict, score=0.9 * kept, reason="because", evidence=(match,) * kept)
    return Decision(verdict=verdict, score=topic.score, reason="because", topics=(topic,), rule_version="1-abc")


def batch(*items: Item, run: UUID | None = None, rejected: int = 0, unchanged: tuple[Item, ...] = (), at: datetime = NOW,
          revised: int = 0) -> Batch:
    """A batch of kept items, rejected entries and unchanged ones, with its ledger row and source state."""
    out = Batch(uuid4(), run or uuid4(), at)
    for i in items:
        out.add("seen", [seen_row(i.item_id, i.text.title, i.content_hash, decision(), at)])
        out.add("items", [item_row(i, decision(), at)])
        out.add("item_topics", topic_rows(i.item_id, decision()))
        out.add("evidence", evidence_rows(i.item_id, decision(), i.text))
        out.add("item_places", item_place_rows(i))
    out.add("places", {key: row for i in items for key, row in place_rows(i).items()}.values())
    for n in range(rejected):
        out.add("seen", [seen_row(digest("entry", f"r{n}"), f"Football {n}", digest("content", str(n)), decision(kept=False), at)])
    out.add("touched", ({"item_id": i.item_id.bytes, "fetched_at": plain_utc(at)} for i in unchanged))
    f = Fetched(source=SOURCE, state=FeedState(source=SOURCE.id), result=payload(), at=at)
    f.tally = Tally(new=len(items) + rejected - revised)
    f.tally.outcomes.update({Outcome.KEPT_NEW: len(items) - revised, Outcome.REVISED: revised, Outcome.REJECTED: rejected,
                             Outcome.UNCHANGED: len(unchanged)})
    out.add("fetches", [fetch_row(f)])
    state = FeedState(source=SOURCE.id, url=SOURCE.url, etag='"e"', digest="d", checked_at=at, full_at=at)
    out.add("sources", [source_row(f, state)])
    return out


def seen_row(entry_id: UUID, title: str, content_hash: UUID, judged: Decision, at: datetime) -> dict[str, object]:
    """A row of ``seen``."""
    return {"entry_id": entry_id.bytes, "source_id": SOURCE.id, "title": title, "url": None, "published_at": None, "published_raw": None,
            "decision": judged.verdict.value, "reason": judged.reason, "score": judged.score, "topics": list(judged.kept),
            "rule_version": judged.rule_version, "alt_key": digest("alt", title).bytes, "content_hash": content_hash.bytes,
            "judged_at": plain_utc(at)}


def payload() -> Payload:
    """An answer."""
    return Payload(source=SOURCE.id, url=SOURCE.url, final_url=SOURCE.url, status=200, headers={}, body=b"<rss/>", digest="d",
                   fetched_at=NOW)
