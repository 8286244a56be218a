"""A spooled batch into the store, in one short transaction. Decides nothing: outcomes were decided before.

Loading a batch twice changes no row: ``ops.batches`` says what is in. Inside the transaction nothing is caught
(DuckDB's COMMIT after a caught error reports success and stores nothing); counts are compared after COMMIT.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from twinwire.errors import StoreDamaged
from twinwire.warehouse.rows import plain_utc
from twinwire.warehouse.searchindex import index_batch
from twinwire.warehouse.spool import Spooled
from twinwire.warehouse.stories import LOADED_WITHIN


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows a batch changed."""

    items_new: int = 0
    items_revised: int = 0
    seen_new: int = 0


# What is there already of a batch, asked once: each of the statements below that looks for it would go through the whole table, and most
# batches bring nothing but new entries.
_KNOWN = """
CREATE OR REPLACE TEMP TABLE known_{table} AS
SELECT k.{key} FROM {table} k SEMI JOIN read_parquet($file) n ON n.{key} = k.{key}"""

# Statement per table of a batch. $file is its Parquet file, $run and $batch name the lineage.
# The anti-joins make a statement harmless when its rows are in already.
_SEEN_CHANGED = """
UPDATE seen SET title = n.title, url = n.url, published_at = n.published_at, published_raw = n.published_raw,
  decision = n.decision, reason = n.reason, score = n.score, topics = n.topics, rule_version = n.rule_version,
  alt_key = n.alt_key, content_hash = n.content_hash, judged_at = n.judged_at, run_id = $run, batch_id = $batch
FROM read_parquet($file) n WHERE seen.entry_id = n.entry_id"""

_SEEN_NEW = """
INSERT INTO seen BY NAME
SELECT n.*, n.judged_at AS first_seen_at, $run::UUID AS run_id, $batch::UUID AS batch_id
FROM read_parquet($file) n ANTI JOIN known_seen k ON k.entry_id = n.entry_id"""

_REVISION_ENDS = """
UPDATE item_revisions SET valid_to = n.fetched_at
FROM read_parquet($file) n
WHERE item_revisions.item_id = n.item_id AND item_revisions.valid_to IS NULL AND item_revisions.content_hash <> n.content_hash"""

_ITEM_REVISED = """
UPDATE items SET guid = n.guid, url = n.url, canonical_url = n.canonical_url, url_key = n.url_key, title = n.title,
  summary = n.summary, body = n.body, language = n.language, language_rule = n.language_rule, published_at = n.published_at,
  published_raw = n.published_raw, published_rule = n.published_rule, updated_at = n.updated_at, updated_raw = n.updated_raw,
  last_seen_at = n.fetched_at, wire = n.wire, issuer = n.issuer, author = n.author, republished_from = n.republished_from,
  categories = n.categories, dateline_raw = n.dateline_raw, dateline_date = n.dateline_date,
  dateline_date_rule = n.dateline_date_rule, dateline_place_id = n.dateline_place_id, dateline_precision = n.dateline_precision,
  slug = n.slug, version = n.version, status = n.status, embargo_raw = n.embargo_raw, corrects = n.corrects,
  media_topics = n.media_topics, topics = n.topics, score = n.score, rule_version = n.rule_version, story_id = n.story_id,
  revision = items.revision + 1, content_hash = n.content_hash, run_id = $run, batch_id = $batch
FROM read_parquet($file) n WHERE items.item_id = n.item_id AND items.content_hash <> n.content_hash"""

_ITEM_NEW = """
INSERT INTO items BY NAME
SELECT n.* EXCLUDE (fetched_at), n.fetched_at AS first_seen_at, n.fetched_at AS last_seen_at, 1 AS revision,
  $run::UUID AS run_id, $batch::UUID AS batch_id
FROM read_parquet($file) n ANTI JOIN known_items k ON k.item_id = n.item_id"""

_REVISION_BEGINS = """
INSERT INTO item_revisions BY NAME
SELECT i.item_id, i.revision, i.last_seen_at AS valid_from, i.title, i.summary, i.body, i.content_hash, i.run_id, i.batch_id
FROM items i SEMI JOIN read_parquet($file) n ON n.item_id = i.item_id WHERE i.batch_id = $batch"""

_PLACE_NEW = """
INSERT INTO places BY NAME SELECT n.* FROM read_parquet($file) n ANTI JOIN places k ON k.place_id = n.place_id"""

_MOVED = """
UPDATE {table} SET story_id = n.new_story_id FROM read_parquet($file) n WHERE {table}.story_id = n.story_id"""

_KNOWN_LINK_AGAIN = """
UPDATE known_links SET place_a = n.place_a, place_b = n.place_b, started = n.started, ended = n.ended, name_a = n.name_a,
  name_b = n.name_b, rule = n.rule, listed_at = n.listed_at, run_id = $run, batch_id = $batch
FROM read_parquet($file) n WHERE known_links.source = n.source AND known_links.ref = n.ref"""

_KNOWN_LINK_NEW = """
INSERT INTO known_links BY NAME
SELECT n.*, n.listed_at AS first_listed_at, $run::UUID AS run_id, $batch::UUID AS batch_id
FROM read_parquet($file) n ANTI JOIN known_links k ON k.source = n.source AND k.ref = n.ref"""

# Paragraphs of a story that moved are read for some weeks only; the rest of a large table need not be gone through.
_MOVED_PARAGRAPHS = f"{_MOVED.format(table='story_paragraphs')} AND day >= $created::DATE - {LOADED_WITHIN.days}"

_TOUCHED = """
UPDATE items SET last_seen_at = n.fetched_at
FROM read_parquet($file) n WHERE items.item_id = n.item_id AND items.last_seen_at < n.fetched_at"""

_VERDICT = """
UPDATE seen SET decision = n.decision, reason = n.reason, score = n.score, topics = n.topics, rule_version = n.rule_version,
  run_id = $run, batch_id = $batch
FROM read_parquet($file) n
WHERE seen.entry_id = n.entry_id AND seen.content_hash = n.content_hash AND seen.judged_at = n.judged_at"""

_ITEM_VERDICT = """
UPDATE items SET topics = n.topics, score = n.score, rule_version = n.rule_version, media_topics = n.media_topics
FROM read_parquet($file) n WHERE items.item_id = n.item_id"""

_SOURCE_KNOWN = """
UPDATE ops.sources SET name = n.name, url = n.url, wire = n.wire, language = n.language, country = n.country,
  schedule = n.schedule, store = n.store, terms = n.terms, quiet_after = n.quiet_after, etag = n.etag,
  last_modified = n.last_modified, digest = n.digest, checked_at = n.checked_at, changed_at = n.changed_at,
  full_at = n.full_at, next_try_at = n.next_try_at, failures = n.failures,
  last_new_at = coalesce(n.last_new_at, ops.sources.last_new_at), moved_to = n.moved_to, batch_id = $batch
FROM read_parquet($file) n WHERE ops.sources.source_id = n.source_id"""

_SOURCE_NEW = """
INSERT INTO ops.sources BY NAME SELECT n.*, $batch::UUID AS batch_id
FROM read_parquet($file) n ANTI JOIN ops.sources k ON k.source_id = n.source_id"""


def _insert(table: str, *, run: bool = True, batch: bool = True) -> str:
    lineage = (", $run::UUID AS run_id" if run else "") + (", $batch::UUID AS batch_id" if batch else "")
    return f"INSERT INTO {table} BY NAME SELECT n.*{lineage} FROM read_parquet($file) n"  # noqa: S608 - names are ours


def load(con: duckdb.DuckDBPyConnection, batch: Spooled, now: datetime) -> Loaded | None:
    """Load one batch. Returns None when it is in already.

    Raises :class:`StoreDamaged` when the counts after COMMIT are not what the transaction said, and duckdb's own
    errors (disk full) untouched: after one the process must not use this connection again.
    """
    if con.execute("SELECT 1 FROM ops.batches WHERE batch_id = ?", [batch.batch_id]).fetchone():
        return None
    before = _counts(con)
    con.execute("BEGIN")
    loaded = _statements(con, batch)
    con.execute("INSERT INTO ops.batches VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [batch.batch_id, batch.run_id, plain_utc(batch.created_at), plain_utc(now), loaded.items_new,
                 loaded.items_revised, loaded.seen_new, batch.rows.get("fetches", 0)])
    con.execute("COMMIT")
    expected = (before[0] + loaded.items_new, before[1] + loaded.seen_new, before[2] + 1)
    if (after := _counts(con)) != expected:
        raise StoreDamaged("store", f"holds {after} rows of items, seen and batches after a commit that should give {expected}; "
                                    "run `twinwire doctor`")
    return loaded


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    row = con.execute("SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM seen), (SELECT count(*) FROM ops.batches)"
                      ).fetchone()
    assert row is not None
    return (row[0], row[1], row[2])


def _statements(con: duckdb.DuckDBPyConnection, batch: Spooled) -> Loaded:
    def run(sql: str, table: str) -> int:
        file = batch.file(table)
        if file is None:
            return 0
        given = {"file": file, "run": batch.run_id, "batch": batch.batch_id, "created": plain_utc(batch.created_at)}
        done = con.execute(sql, {k: v for k, v in given.items() if f"${k}" in sql}).fetchone()
        return int(done[0]) if done else 0

    if run(_KNOWN.format(table="seen", key="entry_id"), "seen"):
        run(_SEEN_CHANGED, "seen")
    seen_new = run(_SEEN_NEW, "seen")
    revised = 0
    if run(_KNOWN.format(table="items", key="item_id"), "items"):
        run(_REVISION_ENDS, "items")
        revised = run(_ITEM_REVISED, "items")
        for table in ("item_topics", "evidence", "item_places", "city_link_mentions"):
            run(f"DELETE FROM {table} WHERE item_id IN (SELECT item_id FROM read_parquet($file))", "items")  # noqa: S608
    items_new = run(_ITEM_NEW, "items")
    run(_REVISION_BEGINS, "items")
    index_batch(con, batch.file("items"), batch.batch_id)
    run(_VERDICT, "verdicts")
    run(_ITEM_VERDICT, "item_verdicts")
    for table in ("item_topics", "evidence"):
        run(f"DELETE FROM {table} WHERE item_id IN (SELECT item_id FROM read_parquet($file))", "item_verdicts")  # noqa: S608
    run(_insert("item_topics", batch=False), "item_topics")
    run(_insert("evidence", run=False, batch=False), "evidence")
    run(_insert("item_places", run=False, batch=False), "item_places")
    run(_insert("city_link_mentions", run=False, batch=False), "city_link_mentions")
    run(_PLACE_NEW, "places")
    for table in ("items", "story_texts"):
        run(_MOVED.format(table=table), "story_moves")
    run(_MOVED_PARAGRAPHS, "story_moves")
    run(_insert("story_texts", run=False), "story_texts")
    run(_insert("story_bands", run=False, batch=False), "story_bands")
    run(_insert("story_paragraphs", run=False, batch=False), "story_paragraphs")
    run(_KNOWN_LINK_AGAIN, "known_links")
    run(_KNOWN_LINK_NEW, "known_links")
    run(_TOUCHED, "touched")
    run(_insert("ops.quarantine"), "quarantine")
    run(_insert("ops.fetches"), "fetches")
    run(_insert("ops.pages"), "pages")
    run(_insert("ops.gaps"), "gaps")
    run(_SOURCE_KNOWN, "sources")
    run(_SOURCE_NEW, "sources")
    return Loaded(items_new, revised, seen_new)
