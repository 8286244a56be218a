"""Full-text search over made-up items in eight languages: what each engine costs to build, to keep and to ask.

`scan` is contains() over one folded column in DuckDB, `twinwire` the index in the warehouse asked by `search_items`, `fts5` SQLite's
FTS5 with its trigram tokenizer, `tantivy` (where installed) fed with the same words as the index. The last two need a file of their
own beside the read copy; they are here for comparison. Arguments: --million for a million items (100,000 otherwise), and names
of engines to measure only those.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa
from _texts import LANGUAGES, VOCABULARY, Made, items, word

from twinwire.normalise.words import split
from twinwire.warehouse import searchindex
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.query import connect
from twinwire.warehouse.store import Store

QUERIES, SLOW = 200, 20   # questions, and those asked of an engine that takes more than a second for one
BEGUN = datetime(2024, 1, 1)  # noqa: DTZ001 - the store's instants have no zone
GROUP = 8_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that must all occur."""

    language: str
    words: tuple[str, ...]


def questions(rng: random.Random) -> list[Asked]:
    """One to three words, frequent, common or rare, in every language; every second one of words that stand together."""
    out = []
    texts = list(islice(items(GROUP, seed=11), GROUP))
    for n in range(QUERIES):
        lang = LANGUAGES[n % len(LANGUAGES)]
        count = 1 + n // len(LANGUAGES) % 3
        if n % 2 and lang in {"en", "fr", "de", "ru", "ko"}:
            text = rng.choice([t.text for t in texts[: 400] if t.language == lang]).replace(".", "").split()
            out.append(Asked(lang, tuple(rng.sample(text[1:-1], count))))
            continue
        top = rng.choice((50, 2_000, VOCABULARY))
        out.append(Asked(lang, tuple(word(lang, rng.randrange(top)) for _ in range(count))))
    return out


class Scan:
    """contains() over a folded column."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "scan.duckdb"
        self.con = duckdb.connect(str(self.path))
        self.con.execute("CREATE TABLE items (n INTEGER, day INTEGER, text VARCHAR)")
        self.n = 0

    def add(self, made: list[Made]) -> None:
        batch = pa.table({"title": [m.title for m in made], "text": [m.text for m in made], "n": range(self.n, self.n + len(made))})
        self.n += len(made)
        self.con.register("batch", batch)
        self.con.execute("INSERT INTO items SELECT n, n, strip_accents(lower(title || ' ' || text)) FROM batch")

    def done(self) -> None:
        self.con.close()
        self.con = duckdb.connect(str(self.path), read_only=True)

    def ask(self, asked: Asked) -> int:
        sql = " AND ".join(["contains(text, strip_accents(lower(?)))"] * len(asked.words))
        return len(self.con.execute(f"SELECT n FROM items WHERE {sql} ORDER BY day DESC LIMIT 20", list(asked.words)).fetchall())


class Ours:
    """The index in the warehouse."""

    def __init__(self, folder: Path) -> None:
        data = DataFolder(folder / "ours")
        data.prepare()
        self.path = data.store
        self.store = Store(data).__enter__()
        self.n, self.copied, self.entered, self.rows, self.places = 0, 0, 0.0, 0, 0

    def add(self, made: list[Made]) -> None:
        con = self.store.con
        put_items(con, made, self.n)
        self.n += len(made)
        con.execute("CHECKPOINT")
        before, begun = self.path.stat().st_size, time.process_time()
        searchindex.catch_up(con)
        con.execute("CHECKPOINT")
        self.entered += time.process_time() - begun
        self.copied += self.path.stat().st_size - before

    def done(self) -> None:
        con = self.store.con
        self.rows = con.execute("SELECT count(*) FROM search_index").fetchall()[0][0]
        self.places = con.execute("SELECT sum(entries) FROM search_runs").fetchall()[0][0]
        self.runs = con.execute("SELECT level, count(*), sum(entries) FROM search_runs GROUP BY ALL ORDER BY 1").fetchall()
        self.store.__exit__(None, None, None)

    def ask(self, asked: Asked) -> int:
        with connect(self.path) as con:
            return len(con.execute("FROM search_items(?)", [" ".join(asked.words)]).fetchall())


def put_items(con: duckdb.DuckDBPyConnection, made: list[Made], first: int) -> None:
    """Rows of ``items`` with what a search reads, numbered from ``first``."""
    ids = [UUID(bytes=md5(str(n).encode()).digest()) for n in range(first, first + len(made))]
    con.register("made", pa.table({
        "item_id": pa.array([i.bytes for i in ids], pa.uuid()), "title": [m.title for m in made], "summary": [m.text for m in made],
        "language": [m.language for m in made], "source_id": [f"s{n % 50}" for n in range(len(made))],
        "first_seen_at": pa.array([BEGUN + timedelta(minutes=n) for n in range(first, first + len(made))], pa.timestamp("us"))}))
    con.execute(
        "INSERT INTO items BY NAME SELECT *, '' AS body, '' AS language_rule, first_seen_at AS published_at, '' AS published_rule,"
        " first_seen_at AS last_seen_at, [] AS categories, ['friendship_cities'] AS topics, 1.0 AS score, '0' AS rule_version,"
        " item_id AS story_id, 1 AS revision, item_id AS content_hash, item_id AS run_id, item_id AS batch_id FROM made")
    con.unregister("made")


class Fts5:
    """SQLite's FTS5, trigrams. Words of less than three characters are not found through it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fts5.sqlite"
        self.con = sqlite3.connect(self.path)
        self.con.execute("PRAGMA journal_mode = OFF")
        self.con.execute("CREATE VIRTUAL TABLE items USING fts5(text, content='', tokenize='trigram remove_diacritics 1')"
                         if sqlite3.sqlite_version_info >= (3, 45) else
                         "CREATE VIRTUAL TABLE items USING fts5(text, content='', tokenize='trigram')")

    def add(self, made: list[Made]) -> None:
        with self.con:
            self.con.executemany("INSERT INTO items(text) VALUES (?)", ((f"{m.title} {m.text}",) for m in made))

    def done(self) -> None:
        pass

    def ask(self, asked: Asked) -> int:
        match = " AND ".join(f'"{w}"' for w in asked.words)
        return len(self.con.execute("SELECT rowid FROM items WHERE items MATCH ? ORDER BY rank LIMIT 20", [match]).fetchall())


class Tantivy:
    """Tantivy with the words of our own index, one blank between them."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self.path = folder / "tantivy"
        self.path.mkdir()
        schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="whitespace").build()
        self.index = tantivy.Index(schema, path=str(self.path))
        self.writer = self.index.writer(200_000_000, 1)
        self.made = tantivy.Document

    def add(self, made: list[Made]) -> None:
        for line in spelled([f"{m.title} {m.text}" for m in made]):
            self.writer.add_document(self.made(text=[line]))

    def done(self) -> None:
        self.writer.commit()
        self.writer.wait_merging_threads()
        self.index.reload()

    def ask(self, asked: Asked) -> int:
        parts = [t for w in spelled(asked.words, question=True) for t in w.split()]
        query = self.index.parse_query(" AND ".join(f'"{p}"' for p in parts), ["text"])
        return len(self.index.searcher().search(query, 20).hits)


def spelled(texts: Iterable[str], *, question: bool = False) -> Iterator[str]:
    """Words and pairs of each text as one line; of a question without the last character alone."""
    texts = list(texts)
    found = split(texts)
    lines: list[list[str]] = [[] for _ in texts]
    for w, n in zip(found.words, found.word_text.tolist(), strict=True):
        lines[n].append(w)
    for pair, n in zip(found.pairs.tolist(), found.pair_text.tolist(), strict=True):
        if pair & 0x1FFFFF:
            lines[n].append(chr(pair >> 21) + chr(pair & 0x1FFFFF))
        elif not question:
            lines[n].append(chr(pair >> 21))
    return (" ".join(line) for line in lines)


ENGINES: dict[str, Callable[[Path], Scan | Ours | Fts5 | Tantivy]] = {"scan": Scan, "twinwire": Ours, "fts5": Fts5, "tantivy": Tantivy}


@dataclass(frozen=True, slots=True)
class Measured:
    """Build in seconds of the processor, bytes kept, milliseconds per question (clock and processor), questions answered."""

    built: float
    size: int
    wall: list[float]
    cpu: list[float]
    found: int
    told: str = ""


def measured(name: str, count: int, asked: list[Asked]) -> Measured:
    """Build an engine over ``count`` items in a temporary folder and ask it. Raises ImportError where it is not installed."""
    folder = Path(mkdtemp(prefix="search-"))
    try:
        engine = ENGINES[name](folder)
        built = 0.0
        stream = items(count)
        while made := list(islice(stream, GROUP)):
            begun = time.process_time()
            engine.add(made)
            built += time.process_time() - begun
        begun = time.process_time()
        engine.done()
        built += time.process_time() - begun
        size = sum(f.stat().st_size for f in (engine.path.rglob("*") if engine.path.is_dir() else [engine.path]))
        told = ""
        if isinstance(engine, Ours):
            told = (f"          of it the index {engine.entered:.0f} s, {engine.copied / 1e6:.0f} MB, {engine.places / 1e6:.1f} M places in"
                    f" {engine.rows / 1e6:.1f} M rows;"
                    f" runs (level, number, places): {engine.runs}")
        return Measured(built, size, *times(engine, asked), told)
    finally:
        shutil.rmtree(folder)


def measure(name: str, count: int, asked: list[Asked]) -> None:
    """One row of the table."""
    try:
        m = measured(name, count, asked)
    except ImportError:
        print(f"{name:9} is not installed")
        return
    print(f"{name:9} {m.built:8.0f} {m.size / 1e6:8.0f} {np.median(m.wall):10.1f} {np.percentile(m.wall, 95):8.1f} {np.median(m.cpu):10.1f}"
          f" {np.percentile(m.cpu, 95):8.1f} {len(m.wall):6} {m.found:6}", flush=True)
    if m.told:
        print(m.told, flush=True)


def times(engine: Scan | Ours | Fts5 | Tantivy, asked: list[Asked]) -> tuple[list[float], list[float], int]:
    """Milliseconds per question, of the clock and of the processor, and how many questions had an answer."""
    wall, cpu, found = [], [], 0
    for q in [*asked[:5], *asked]:
        a, b = time.perf_counter(), time.process_time()
        found += engine.ask(q) > 0
        wall.append((time.perf_counter() - a) * 1e3)
        cpu.append((time.process_time() - b) * 1e3)
        if len(wall) >= SLOW and np.median(wall) > 1_000:
            break
    return wall[5:], cpu[5:], found


def main() -> None:
    """Print the table."""
    count = 1_000_000 if "--million" in sys.argv else 100_000
    names = [n for n in sys.argv[1:] if n in ENGINES] or list(ENGINES)
    asked = questions(random.Random(3))
    print(f"{count:,} items, {QUERIES} questions; build in seconds of the processor, questions in ms\n"
          f"{'engine':9} {'build s':>8} {'MB':>8} {'median ms':>10} {'p95 ms':>8} {'cpu median':>10} {'cpu p95':>8}"
          f" {'asked':>6} {'found':>6}", flush=True)
    for name in names:
        measure(name, count, asked)


if __name__ == "__main__":
    main()
