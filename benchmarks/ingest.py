"""From feeds to rows, beside what a user would pick instead: all new, then all unchanged.

    python benchmarks/ingest.py [--feeds 1000] [--rounds 3] [--only NAME …] [--prefect-feeds 100]

Serves FEEDS local feeds of 20 entries (the same for the same number; a tenth of them kept) with ETags on eight loopback
addresses, from a process of its own. Every peer reads all of them into a new database, then asks again when nothing has changed:

    twinwire    `twinwire run`: screened, normalised, archived, with its read copy
    in process  the same with `run.parsers: 0`, payloads read in the one process as all peers do
    reader      the library, with its own SQLite (workers=10)
    threads     requests + feedparser in ten threads, executemany into DuckDB
    prefect     a Prefect flow with a task per feed and an INSERT per entry (of --prefect-feeds feeds, scaled up)
    bare        requests alone, with If-None-Match, in ten threads: what an unchanged poll costs at least

Each measurement is a process of its own. CPU seconds are those of it and its children, MB the largest of them. Medians of ROUNDS.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import yaml

HOSTS = [f"127.0.0.{n}" for n in range(11, 19)]
ENTRIES, WORKERS = 20, 10
WORDS = ("company", "results", "market", "today", "minister", "river", "school", "festival", "team", "league", "price", "quarter",
         "weather", "report", "court", "music", "engine", "hospital", "garden", "airline", "students", "museum", "bridge", "budget")


class Cost(NamedTuple):
    """Of one process: wall and CPU seconds, MB, and what it counted."""

    wall: float
    cpu: float
    mb: float
    rows: int


# -- the feeds --------------------------------------------------------------------------------------------------------


def feed(n: int) -> bytes:
    """A feed of made-up stories; every tenth is about a sister city."""
    draw = random.Random(n)

    def text(count: int) -> str:
        return " ".join(draw.choice(WORDS) for _ in range(count)).capitalize()

    def item(i: int) -> str:
        about = f"{text(3)} as two mayors sign a sister city agreement" if i % 10 == 0 else text(9)
        return (f"<item><guid isPermaLink='false'>{n}-{i}</guid><link>https://news{n}.example/story/{i}?utm_source=rss</link>"
                f"<title>{about}</title><description>{html.escape(f'<p>{text(60)}.</p>')}</description>"
                f"<pubDate>Mon, 23 Nov 2026 {i:02}:{n % 60:02}:00 GMT</pubDate><category>News</category></item>")

    return (f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Feed {n}</title><link>https://news{n}.example/"
            f"</link><language>en</language>{''.join(map(item, range(ENTRIES)))}</channel></rss>").encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bodies: ClassVar[dict[str, tuple[str, bytes]]] = {}

    def do_GET(self) -> None:
        etag, body = self.bodies.get(self.path, ("", b""))
        unchanged = etag and self.headers.get("If-None-Match") == etag
        sent = b"" if unchanged else body
        status = 304 if unchanged else 200 if etag else 404
        head = f"HTTP/1.1 {status} x\r\nETag: {etag}\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(sent)}\r\n\r\n"
        self.wfile.write(head.encode() + sent)

    def log_message(self, *_: Any) -> None:
        return


def serve(feeds: int) -> None:
    """Until standard input ends. Prints the port."""
    for n in range(feeds):
        body = feed(n)
        _Handler.bodies[f"/{n}"] = (f'"{hashlib.sha256(body).hexdigest()[:16]}"', body)
    first = ThreadingHTTPServer((HOSTS[0], 0), _Handler)
    port = first.server_address[1]
    for server in (first, *(ThreadingHTTPServer((h, port), _Handler) for h in HOSTS[1:])):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(port, flush=True)
    sys.stdin.read()


@contextmanager
def served(feeds: int) -> Iterator[list[str]]:
    """Addresses of the feeds."""
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(feeds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdin
    try:
        port = int(process.stdout.readline())
        yield [f"http://{HOSTS[n % len(HOSTS)]}:{port}/{n}" for n in range(feeds)]
    finally:
        process.stdin.close()
        process.wait(10)


# -- the peers: each reads urls into a folder and prints how many rows it has -----------------------------------------


def twinwire(urls: list[str], folder: Path, *, parsers: str = "") -> int:
    """The product, as a user runs it."""
    from twinwire.cli import main

    config = folder / "config"
    if not config.exists():
        config.mkdir()
        rows = [{"id": f"f{n}", "name": f"Feed {n}", "url": u, "allow_private": True} for n, u in enumerate(urls)]
        (config / "sources.yaml").write_text(yaml.dump({"sources": rows}, Dumper=yaml.CSafeDumper), encoding="utf-8")
    if parsers:
        os.environ["TWINWIRE_RUN_PARSERS"] = parsers
    sys.argv = ["twinwire", "run", "--config", str(config), "--data", str(folder / "data"), "--json"]
    try:
        main()
    except SystemExit as e:
        if e.code:
            raise
    import duckdb

    with duckdb.connect(str(folder / "data" / "warehouse.duckdb"), read_only=True) as con:
        return int(con.execute("SELECT count(*) FROM seen").fetchall()[0][0])


def reader(urls: list[str], folder: Path) -> int:
    """lemon24/reader."""
    from reader import make_reader

    r = make_reader(str(folder / "reader.sqlite"))
    for url in urls:
        r.add_feed(url, exist_ok=True)
    r.update_feeds(workers=WORKERS)
    return int(r.get_entry_counts().total or 0)


def threads(urls: list[str], folder: Path) -> int:
    """What one writes in an afternoon."""
    import duckdb
    import feedparser

    remembered = _etags(folder)
    con = duckdb.connect(str(folder / "threads.duckdb"))
    con.execute("CREATE TABLE IF NOT EXISTS entries (id VARCHAR, title VARCHAR, link VARCHAR, summary VARCHAR, published VARCHAR)")
    answers = _asked(urls, remembered, lambda body: [
        (e.get("id"), e.get("title"), e.get("link"), e.get("summary"), e.get("published")) for e in feedparser.parse(body).entries])
    rows = [row for found in answers for row in found or ()]
    if rows:
        con.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
    _remember(folder, remembered)
    return int(con.execute("SELECT count(*) FROM entries").fetchall()[0][0])


def prefect(urls: list[str], folder: Path) -> int:
    """The flow of the tutorials: a task per feed, a statement per row."""
    import duckdb
    import feedparser
    import requests
    from prefect import flow, task

    lock = threading.Lock()
    con = duckdb.connect(str(folder / "prefect.duckdb"))
    con.execute("CREATE TABLE IF NOT EXISTS entries (id VARCHAR PRIMARY KEY, title VARCHAR, link VARCHAR, summary VARCHAR,"
                " published VARCHAR)")

    @task
    def read(url: str) -> None:
        for e in feedparser.parse(requests.get(url, timeout=30).content).entries:
            with lock:
                con.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)",
                            [e.get("id"), e.get("title"), e.get("link"), e.get("summary"), e.get("published")])

    @flow
    def ingest() -> None:
        for future in [read.submit(u) for u in urls]:
            future.result()

    ingest()
    return int(con.execute("SELECT count(*) FROM entries").fetchall()[0][0])


def bare(urls: list[str], folder: Path) -> int:
    """No parsing, no rows: the requests alone."""
    remembered = _etags(folder)
    answers = _asked(urls, remembered, len)
    _remember(folder, remembered)
    return len(answers)


def _asked(urls: list[str], remembered: dict[str, str], read: Callable[[bytes], Any]) -> list[Any]:
    import requests

    own = threading.local()

    def ask(url: str) -> Any:
        session = own.__dict__.setdefault("session", requests.Session())
        answer = session.get(url, headers={"If-None-Match": remembered[url]} if url in remembered else {}, timeout=30)
        if answer.status_code == 304:
            return None
        remembered[url] = answer.headers["ETag"]
        return read(answer.content)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(ask, urls))


def _etags(folder: Path) -> dict[str, str]:
    file = folder / "etags.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _remember(folder: Path, etags: dict[str, str]) -> None:
    (folder / "etags.json").write_text(json.dumps(etags), encoding="utf-8")


PEERS: dict[str, Callable[[list[str], Path], int]] = {
    "twinwire": twinwire, "in process": lambda urls, folder: twinwire(urls, folder, parsers="0"),
    "reader": reader, "threads": threads, "prefect": prefect, "bare": bare}


# -- measuring --------------------------------------------------------------------------------------------------------


def measured(name: str, urls: list[str], folder: Path) -> Cost:
    """One process of its own. Raises ChildProcessError with its last words when it fails, as it does where a peer is not installed."""
    (folder / "urls.json").write_text(json.dumps(urls), encoding="utf-8")
    begun = time.monotonic()
    environment = os.environ | {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                                "PREFECT_LOGGING_LEVEL": "ERROR", "DO_NOT_TRACK": "1"}
    with (folder / "said.txt").open("w+", encoding="utf-8") as said, (folder / "rows.txt").open("w+", encoding="utf-8") as rows:
        process = subprocess.Popen([sys.executable, __file__, "--peer", name, str(folder)], stdout=rows, stderr=said, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (said, rows):
            file.seek(0)
        if process.returncode:
            raise ChildProcessError(f"exit {process.returncode}: {said.read().strip()[-300:]}")
        told = rows.read().split()
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, int(told[-1]))


def trial(name: str, urls: list[str]) -> tuple[Cost, Cost]:
    """All new, then all unchanged."""
    with tempfile.TemporaryDirectory() as work:
        return measured(name, urls, Path(work)), measured(name, urls, Path(work))


def main(feeds: int, rounds: int, only: list[str], prefect_feeds: int) -> None:
    """Print both tables."""
    costs: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in PEERS if name in only or not only}
    with served(feeds) as urls:
        for n in range(rounds):
            for name, found in costs.items():
                if name == "prefect" and n:
                    continue  # once: it takes as long as all the others together
                try:
                    found.append(trial(name, urls[:prefect_feeds] if name == "prefect" else urls))
                except ChildProcessError as e:
                    print(f"{name}: {e}", file=sys.stderr)
                print(f"round {n + 1}: {name}", file=sys.stderr, flush=True)
    print(f"{feeds} feeds of {ENTRIES} entries, median of {rounds} rounds, {os.cpu_count()} cores")
    for at, told in enumerate(("all new", "all unchanged")):
        print(f"\n{told:<14}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'rows':>8}{'wall':>8}{'CPU':>8}   as multiples of twinwire's")
        base: Cost | None = None
        for name, found in ((n, f) for n, f in costs.items() if f):
            scale = feeds / prefect_feeds if name == "prefect" and prefect_feeds < feeds else 1.0
            cost = Cost(*(statistics.median(c[at][k] for c in found) for k in range(4)))  # type: ignore[arg-type]
            cost = cost._replace(wall=cost.wall * scale, cpu=cost.cpu * scale, rows=int(cost.rows * scale))
            base = base or cost
            print(f"{name:<14}{cost.wall:>9.2f}{cost.cpu:>9.2f}{cost.mb:>7.0f}{cost.rows:>8}{cost.wall / base.wall:>8.1f}"
                  f"{cost.cpu / base.cpu:>8.1f}{'   scaled' if scale > 1 else ''}")


def _arguments() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    ask.add_argument("--feeds", type=int, default=1000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--only", nargs="*", default=[], choices=PEERS)
    ask.add_argument("--prefect-feeds", type=int, default=100)
    ask.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    ask.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    return ask.parse_args()


if __name__ == "__main__":
    given = _arguments()
    if given.serve:
        serve(given.serve)
    elif given.peer:
        where = Path(given.peer[1])
        print(PEERS[given.peer[0]](json.loads((where / "urls.json").read_text(encoding="utf-8")), where))
    else:
        main(given.feeds, given.rounds, given.only, given.prefect_feeds)
