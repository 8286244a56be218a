"""What must hold in any store or read copy, whatever happened before. Holds no test.

Each check is a question that gives the rows which must not be there.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from wires import CONTENT

from twinwire.archive import ArchiveRef, read_at
from twinwire.records import Payload

KEPT_BY_FETCHES = "what fetches call kept is there, no more and no less"
RULES = {
    "every entry has one outcome":
        "SELECT source_id, fetched_at FROM ops.fetches"
        " WHERE entries <> kept_new + rejected + revised + unchanged + duplicate + quarantined",
    "an entry is seen once": "SELECT entry_id FROM seen GROUP BY ALL HAVING count(*) > 1",
    "an item stands once": "SELECT item_id FROM items GROUP BY ALL HAVING count(*) > 1",
    "a revision stands once": "SELECT item_id, revision FROM item_revisions GROUP BY ALL HAVING count(*) > 1",
    "revisions are numbered without gap, and the last is the item's":
        "SELECT item_id FROM (SELECT item_id, count(*) n, min(revision) a, max(revision) z FROM item_revisions GROUP BY 1)"
        " JOIN items USING (item_id) WHERE a <> 1 OR z <> n OR z <> items.revision",
    "one revision is open, and it is the item's":
        "SELECT i.item_id FROM items i LEFT JOIN item_revisions r ON r.item_id = i.item_id AND r.valid_to IS NULL"
        " GROUP BY ALL HAVING count(r.item_id) <> 1 OR any_value(r.content_hash) <> any_value(i.content_hash)",
    "every revision has its item": "SELECT item_id FROM item_revisions ANTI JOIN items USING (item_id)",
    "what is kept is seen": "SELECT item_id FROM items ANTI JOIN seen ON entry_id = item_id",
    "what is seen as kept is there": "SELECT entry_id FROM seen ANTI JOIN items ON entry_id = item_id WHERE decision = 'kept'",
    "a topic is judged once per item": "SELECT item_id, topic FROM item_topics GROUP BY ALL HAVING count(*) > 1",
    "evidence stands once":
        "SELECT item_id, topic, term, field, start, stop FROM evidence GROUP BY ALL HAVING count(*) > 1",
    "a place stands once": "SELECT place_id FROM places GROUP BY ALL HAVING count(*) > 1",
    "a version has one signature":
        "SELECT item_id, batch_id FROM story_texts GROUP BY ALL HAVING count(*) > 1",
    "a story is named by an item of its own":
        "SELECT i.item_id FROM items i LEFT JOIN items n ON n.item_id = i.story_id WHERE n.story_id IS DISTINCT FROM i.story_id",
    "a source stands once": "SELECT source_id FROM ops.sources GROUP BY ALL HAVING count(*) > 1",
    "a batch stands once": "SELECT batch_id FROM ops.batches GROUP BY ALL HAVING count(*) > 1",
    "a source is fetched once per run":
        "SELECT run_id, source_id FROM ops.fetches WHERE http_status IS NOT NULL GROUP BY ALL HAVING count(*) > 1",
    "every fetch belongs to a batch": "SELECT batch_id FROM ops.fetches ANTI JOIN ops.batches USING (batch_id)",
    "every batch belongs to a run": "SELECT run_id FROM ops.batches ANTI JOIN ops.runs USING (run_id)",
    "what fetches call new is seen, no more and no less":
        "SELECT * FROM (SELECT coalesce(sum(new), 0) AS n FROM ops.fetches), (SELECT count(*) AS m FROM seen) WHERE n <> m",
    KEPT_BY_FETCHES:
        "SELECT * FROM (SELECT coalesce(sum(kept_new), 0) AS n FROM ops.fetches), (SELECT count(*) AS m FROM items) WHERE n <> m",
    "what fetches call revised has a revision, no more and no less":
        "SELECT * FROM (SELECT coalesce(sum(revised), 0) AS n FROM ops.fetches),"
        " (SELECT count(*) AS m FROM item_revisions WHERE revision > 1) WHERE n <> m",
    "what fetches call quarantined is there":
        "SELECT * FROM (SELECT coalesce(sum(quarantined), 0) AS n FROM ops.fetches), (SELECT count(*) AS m FROM ops.quarantine)"
        " WHERE n <> m",
    "no run goes on for ever": "SELECT run_id FROM ops.runs WHERE status = 'running'",
}


def broken(database: Path, but: tuple[str, ...] = ()) -> dict[str, int]:
    """Rules that do not hold, with the number of rows against them; ``but`` names rules that need not."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = {rule: len(con.execute(sql).fetchall()) for rule, sql in RULES.items() if rule not in but}
    return {rule: n for rule, n in found.items() if n}


def unreadable(data: Path) -> list[str]:
    """Fetches whose raw bytes are not in the archive as the ledger says."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        found = con.execute("SELECT archive_file, archive_offset, digest, bytes FROM ops.fetches WHERE bytes > 0").fetchall()
    bad = []
    for file, offset, digest, size in found:
        back = read_at(data / "archive", ArchiveRef(file, offset, 0))
        if not isinstance(back, Payload) or (back.digest, len(back.body)) != (digest, size):
            bad.append(f"{file}+{offset}")
    return bad


def difference(a: dict[str, list[tuple[object, ...]]], b: dict[str, list[tuple[object, ...]]]) -> str:
    """Where two contents (``wires.content``) part, in a few words; empty when they are equal row for row."""
    told = []
    for table in CONTENT:
        missing, more = set(map(str, a[table])) - set(map(str, b[table])), set(map(str, b[table])) - set(map(str, a[table]))
        if a[table] != b[table]:
            told.append(f"{table}: {len(a[table])} rows against {len(b[table])}, {len(missing)} missing, {len(more)} more;"
                        f" first {min(missing | more, default='')[:300]}")
    return "; ".join(told)
