"""What a user would pick instead: `_peers.py NAME FOLDER` reads the feeds of FOLDER/urls.json into FOLDER and prints its rows.

    reader      the library lemon24/reader, with its own SQLite
    threads     requests + feedparser in threads, executemany into DuckDB
    prefect     a Prefect flow with a task per feed and an INSERT per entry
    bare        requests alone, with If-None-Match, in threads

A second call over the same folder is the second poll. All ask as many feeds at once as twinwire does.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

WORKERS = 16  # fetch.workers of config/settings.yaml
T = TypeVar("T")
TABLE = ("CREATE TABLE IF NOT EXISTS entries (feed VARCHAR, id VARCHAR, title VARCHAR, link VARCHAR, summary VARCHAR,"
         " published VARCHAR, PRIMARY KEY (feed, id))")
INSERT = "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?)"


def reader(urls: list[str], folder: Path) -> int:
    """A few lines of its manual."""
    from reader import make_reader

    with make_reader(str(folder / "reader.sqlite")) as r:
        for url in urls:
            r.add_feed(url, exist_ok=True)
        r.update_feeds(workers=WORKERS)
        return int(r.get_entry_counts().total or 0)


def threads(urls: list[str], folder: Path) -> int:
    """What one writes in an afternoon."""
    import duckdb

    etags = _etags(folder)
    con = duckdb.connect(str(folder / "threads.duckdb"))
    con.execute(TABLE)
    found = [row for rows in _asked(urls, etags, _rows) for row in rows or ()]
    if found:
        con.execute("BEGIN")  # in one transaction: the faster way for it
        con.executemany(INSERT, found)
        con.execute("COMMIT")
    (folder / "etags.json").write_text(json.dumps(etags), encoding="utf-8")
    return _count(con)


def prefect(urls: list[str], folder: Path) -> int:
    """The flow of many tutorials: a task per feed, a statement per row, every feed read whole each time."""
    import duckdb
    import requests
    from prefect import flow, task

    con, turn = duckdb.connect(str(folder / "prefect.duckdb")), threading.Lock()
    con.execute(TABLE)

    @task
    def read(url: str) -> None:
        for row in _rows(url, requests.get(url, timeout=30).content):
            with turn:
                con.execute(INSERT, row)

    @flow
    def ingest() -> None:
        for future in [read.submit(u) for u in urls]:
            future.result()

    ingest()
    return _count(con)


def bare(urls: list[str], folder: Path) -> int:
    """No parsing and no rows: what asking costs at least."""
    etags = _etags(folder)
    answers = _asked(urls, etags, lambda _url, body: len(body))
    (folder / "etags.json").write_text(json.dumps(etags), encoding="utf-8")
    return len(answers)


def _rows(url: str, body: bytes) -> list[list[Any]]:
    import feedparser

    return [[url, e.get("id"), e.get("title"), e.get("link"), e.get("summary"), e.get("published")]
            for e in feedparser.parse(body).entries]


def _asked(urls: list[str], etags: dict[str, str], read: Callable[[str, bytes], T]) -> list[T | None]:
    """What ``read`` makes of each answer; None where nothing has changed."""
    import requests

    own = threading.local()

    def ask(url: str) -> T | None:
        session = own.__dict__.setdefault("session", requests.Session())
        answer = session.get(url, headers={"If-None-Match": etags[url]} if url in etags else {}, timeout=30)
        if answer.status_code == 304:
            return None
        answer.raise_for_status()
        etags[url] = answer.headers["ETag"]
        return read(url, answer.content)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(ask, urls))


def _etags(folder: Path) -> dict[str, str]:
    file = folder / "etags.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _count(con: Any) -> int:
    return int(con.execute("SELECT count(*) FROM entries").fetchall()[0][0])


PEERS: dict[str, Callable[[list[str], Path], int]] = {"reader": reader, "threads": threads, "prefect": prefect, "bare": bare}
NEEDS = {"reader": ("reader",), "threads": ("duckdb", "feedparser"), "prefect": ("prefect", "feedparser"), "bare": ("requests",)}

if __name__ == "__main__":
    where = Path(sys.argv[2])
    print(PEERS[sys.argv[1]](json.loads((where / "urls.json").read_text(encoding="utf-8")), where))
