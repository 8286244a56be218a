"""Is a store sound? Opened read-only, every table read, what must hold of its rows asked. Mends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from twinwire.findings import Finding, Level, bad, ok, warn
from twinwire.warcread import ArchiveRef
from twinwire.warehouse import witness as witnessed
from twinwire.warehouse.store import migrations
from twinwire.warehouse.trouble import words
from twinwire.warehouse.witness import counts

STORE = "store"
_LOCKED = re.compile("lock on file", re.IGNORECASE)
REBUILD = "`twinwire doctor --rebuild` makes it anew from the archive"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What must hold: the query counts what does not fit; the words say what that is."""

    check: str
    said: str
    sql: str
    level: Level = Level.BAD


def _twice(table: str, key: str) -> str:
    return f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {table} GROUP BY {key} HAVING n > 1)"  # noqa: S608 - our names


def _orphans(table: str) -> str:
    return f"SELECT count(*) FROM {table} t ANTI JOIN items i ON i.item_id = t.item_id"  # noqa: S608 - our names


RULES = (
    _Rule("accounting", "fetches whose outcomes do not add up to their entries",
          "SELECT count(*) FROM ops.fetches WHERE entries <> kept_new + rejected + revised + unchanged + duplicate + quarantined"),
    _Rule("accounting", "fetches more than their batches brought",
          "SELECT coalesce(sum(n - b.fetches), 0) FROM (SELECT batch_id, count(*) AS n FROM ops.fetches GROUP BY 1) JOIN ops.batches b"
          " USING (batch_id) WHERE n > b.fetches"),
    _Rule("identity", "entries that stand twice in seen", _twice("seen", "entry_id")),
    _Rule("identity", "items that stand twice", _twice("items", "item_id")),
    _Rule("identity", "verdicts of one item and topic that stand twice", _twice("item_topics", "item_id, topic")),
    _Rule("identity", "sources, runs or batches that stand twice in the ledger",
          f"SELECT ({_twice('ops.sources', 'source_id')}) + ({_twice('ops.runs', 'run_id')}) + ({_twice('ops.batches', 'batch_id')})"),
    _Rule("items", "items that are not in seen", "SELECT count(*) FROM items i ANTI JOIN seen s ON s.entry_id = i.item_id"),
    _Rule("items", "kept entries without an item",
          "SELECT count(*) FROM seen s ANTI JOIN items i ON i.item_id = s.entry_id WHERE s.decision = 'kept'"),
    _Rule("items", "items whose topics are not those of their entry",
          "SELECT count(*) FROM items i JOIN seen s ON s.entry_id = i.item_id WHERE list_sort(i.topics) <> list_sort(s.topics)"),
    _Rule("revisions", "items whose revisions have a gap, or no end",
          "SELECT count(*) FROM items i LEFT JOIN (SELECT item_id, count(*) AS n, count(DISTINCT revision) AS d, min(revision) AS first,"
          " max(revision) AS last, count(*) FILTER (valid_to IS NULL) AS now, arg_max(content_hash, revision) AS hash FROM item_revisions"
          " GROUP BY 1) r USING (item_id) WHERE r.item_id IS NULL OR n <> i.revision OR d <> n OR first <> 1 OR last <> i.revision"
          " OR now <> 1 OR hash <> i.content_hash"),
    _Rule("revisions", "revisions that do not end where the next begins",
          "SELECT count(*) FROM item_revisions a JOIN item_revisions b ON a.item_id = b.item_id AND b.revision = a.revision + 1"
          " WHERE a.valid_to IS DISTINCT FROM b.valid_from"),
    *(_Rule("orphans", f"rows of {table} without their item", _orphans(table))
      for table in ("item_revisions", "item_topics", "evidence", "item_places", "story_texts")),
    _Rule("orphans", "places that items name and that are not in places",
          "SELECT count(*) FROM item_places t ANTI JOIN places p ON p.place_id = t.place_id WHERE t.place_id IS NOT NULL"),
    _Rule("orphans", "items of a story whose first item is not here",
          "SELECT count(*) FROM items i ANTI JOIN items f ON f.item_id = i.story_id", Level.WARN),
    _Rule("lineage", "rows of runs that are not in the ledger",
          "SELECT count(*) FROM (SELECT run_id FROM items UNION ALL SELECT run_id FROM seen UNION ALL SELECT run_id FROM ops.fetches) t"
          " ANTI JOIN ops.runs r ON r.run_id = t.run_id", Level.WARN),
)


def inspect(store: Path, witness: Path) -> list[Finding]:
    """Everything that is to be said of a store file. Takes time linear in its size."""
    if not store.exists():
        return [bad(STORE, "opens", f"{store} is gone, but loads are on record; {REBUILD}")] if witness.exists() else [
            warn(STORE, "opens", f"{store} is not there yet; `twinwire run` makes it")]
    try:
        con = duckdb.connect(str(store), read_only=True)
    except duckdb.Error as e:
        if _LOCKED.search(str(e)):
            return [warn(STORE, "opens", f"{store} is open in another program; close it there (people open warehouse.duckdb instead)")]
        return [bad(STORE, "opens", f"{store} cannot be opened ({words(e)}); {REBUILD}")]
    with con:
        try:
            return [*_examined(con, store, witness)]
        except duckdb.Error as e:
            return [bad(STORE, "reads", f"{store} cannot be read to the end ({words(e)}); {REBUILD}")]


def _examined(con: duckdb.DuckDBPyConnection, store: Path, witness: Path) -> Iterator[Finding]:
    rows = read_whole(con)
    yield ok(STORE, "reads", f"{store.stat().st_size / 1e6:.1f} MB, {rows:,} rows, every one can be read")
    older, newer = _versions(con)
    if older or newer:
        why = f"was written by a newer version (migrations {newer})" if newer else f"is of an older version (lacks migrations {older})"
        yield (bad if newer else warn)(STORE, "version", f"{store} {why}; " + ("use that one" if newer else "the next run renews it"))
        if older:
            return
    yield _agrees(con, store, witness)
    wrong: dict[str, list[Finding]] = {}
    for rule in RULES:
        row = con.execute(rule.sql).fetchone()
        found = wrong.setdefault(rule.check, [])
        if row and row[0]:
            found.append(Finding(STORE, rule.check, rule.level, f"{row[0]:,} {rule.said}; {REBUILD}"))
    for check, found in wrong.items():
        yield from found or [ok(STORE, check, _WELL[check])]


_WELL = {
    "accounting": "every entry of every fetch has one outcome",
    "identity": "no entry, item, verdict, source, run or batch stands twice",
    "items": "every kept entry has its item, and every item its entry",
    "revisions": "every item's revisions follow each other without a gap",
    "orphans": "no verdict, evidence or place without its item",
    "lineage": "every row names a run of the ledger",
}


def _versions(con: duckdb.DuckDBPyConnection) -> tuple[list[int], list[int]]:
    """Migrations that the file lacks, and those that this version does not know."""
    done = {r[0] for r in con.execute("SELECT number FROM ops.migrations").fetchall()}
    ours = {n for n, _, _ in migrations()}
    return sorted(ours - done), sorted(done - ours)


def read_whole(con: duckdb.DuckDBPyConnection) -> int:
    """Read every value of every table: checksums of all blocks are checked on the way. Returns the number of rows."""
    total = 0
    for schema, table in con.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL").fetchall():
        row = con.execute(f'SELECT count(*), max(hash(t)) FROM "{schema}"."{table}" t').fetchone()  # noqa: S608 - names of the catalogue
        total += row[0] if row else 0
    return total


def _agrees(con: duckdb.DuckDBPyConnection, store: Path, witness: Path) -> Finding:
    """A write-ahead log that lost its tail opens without a word; the witness counted."""
    if not witness.exists():
        return warn(STORE, "witness", f"{witness} is not there, so a lost tail of the log would not be noticed; the next load writes it")
    if lost := witnessed.lost(witnessed.told(witness), counts(con)):
        return bad(STORE, "witness", f"{store} lacks {lost} that were loaded; {REBUILD}")
    return ok(STORE, "witness", "holds every row that was loaded")


def archived(store: Path) -> list[ArchiveRef]:
    """Where the ledger says that payloads and pages lie, by file and offset; nothing when the store does not open."""
    try:
        with duckdb.connect(str(store), read_only=True) as con:
            rows = con.execute("SELECT archive_file, archive_offset FROM ops.fetches WHERE archive_file IS NOT NULL UNION"
                               " SELECT archive_file, archive_offset FROM ops.pages WHERE archive_file IS NOT NULL ORDER BY ALL").fetchall()
    except duckdb.Error:
        return []
    return [ArchiveRef(file, offset, 0) for file, offset in rows]


def newest(store: Path) -> float | None:
    """Instant of the newest fetch in the ledger, seconds since 1970; None when there is none or the store does not open."""
    try:
        with duckdb.connect(str(store), read_only=True) as con:
            row = con.execute("SELECT epoch(max(fetched_at)) FROM ops.fetches").fetchone()
    except duckdb.Error:
        return None
    return float(row[0]) if row and row[0] is not None else None
