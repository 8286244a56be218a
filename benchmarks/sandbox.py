"""What reading in processes of their own costs. Run: python benchmarks/sandbox.py [FEEDS [ROUNDS]]

Makes FEEDS local feeds (default 1000) of 20 entries, half of them with whole texts, and runs an ingest over them with
`run.parsers` 0 (all in one process), 1 and left out, in turn, ROUNDS times (default 3). Prints the least wall and CPU seconds of each,
the CPU seconds as a share of the first, and what one process holds in memory after feeds and after an article page.
"""

from __future__ import annotations

import html
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from twinwire.sandbox.child import Child, Limits
from twinwire.sandbox.frames import Task

WORDS = ("city", "sister", "twinning", "agreement", "delegation", "mayor", "council", "regional", "development", "province", "signed",
         "visit", "trade", "culture", "school", "exchange", "port", "river", "festival", "company", "results", "market", "today")
MODES = {"one process": "0", "one child": "1", "left out": ""}


def feed(n: int, entries: int = 20) -> bytes:
    """A feed of made-up words: teasers, or for odd ``n`` whole texts."""
    words = random.Random(n)

    def text(count: int) -> str:
        return " ".join(words.choice(WORDS) for _ in range(count)).capitalize()

    items = "".join(
        f"<item><guid isPermaLink='false'>{n}-{i}</guid><link>https://news{n}.example/story/{i}?utm_source=rss</link><title>{text(9)}</title>"
        f"<description>{html.escape(f'<p>{text(40)}.</p>')}</description>"
        + (f"<content:encoded><![CDATA[{''.join(f'<p>{text(60)}.</p>' for _ in range(4))}]]></content:encoded>" if n % 2 else "")
        + f"<pubDate>Mon, 23 Nov 2026 {i:02}:{n % 60:02}:00 GMT</pubDate><category>Regional</category></item>"
        for i in range(entries))
    return (f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
            f"<title>Feed {n}</title><link>https://news{n}.example/</link><language>en</language>{items}</channel></rss>").encode()


def once(config: Path, parsers: str) -> tuple[float, float]:
    """Wall and CPU seconds of one run, children included."""
    environment = os.environ | ({"TWINWIRE_RUN_PARSERS": parsers} if parsers else {})
    with tempfile.TemporaryDirectory() as data:
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run([sys.executable, "-m", "twinwire", "run", "--config", config, "--data", data, "--json"],
                              capture_output=True, text=True, check=False, env=environment)
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or json.loads(done.stdout)["failures"]:
        sys.exit(f"exit {done.returncode}: {done.stderr[-500:]} {done.stdout[-500:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(*tasks: Task) -> float:
    """MB that a child holds after these tasks (Linux)."""
    child = Child("twinwire.sandbox.work", Limits())
    for _ in child.ask(tasks):
        pass
    held = int(Path(f"/proc/{child.pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    child.remove()
    return held


def catalogue(work: str, feeds: int) -> Path:
    """A config folder with so many local feeds, made in ``work``."""
    config = Path(work, "config")
    config.mkdir()
    for n in range(feeds):
        Path(work, f"{n}.xml").write_bytes(feed(n))
    sources = [{"id": f"f{n}", "name": f"Feed {n}", "url": f"file:{work}/{n}.xml"} for n in range(feeds)]
    (config / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    return config


def main(feeds: int, rounds: int) -> None:
    """Make the feeds, run, print."""
    with tempfile.TemporaryDirectory() as work:
        config = catalogue(work, feeds)
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in MODES}
        for n in range(rounds):
            for name, parsers in MODES.items():
                took[name].append(once(config, parsers))
                print(f"round {n + 1}: {name}: {took[name][-1][0]:.2f} s wall, {took[name][-1][1]:.2f} s CPU", file=sys.stderr, flush=True)
    print(f"{feeds} feeds of 20 entries, {rounds} rounds, {os.cpu_count()} cores")
    base = min(cpu for _, cpu in took["one process"])
    for name, rows in took.items():
        wall, cpu = min(w for w, _ in rows), min(c for _, c in rows)
        print(f"{name:12}{wall:8.2f} s wall{cpu:8.2f} s CPU{100 * cpu / base - 100:+7.1f} %")
    asked = {"format": "auto", "url": "https://a.example/", "content_type": None, "mapping": None, "publishers": []}
    page = f"<html><body><article>{'<p>Some words of a story.</p>' * 99}</article></body></html>".encode()
    for name, tasks in {"50 feeds": [Task("entries", asked, feed(n)) for n in range(50)], "a page": [Task("page", asked, page)],
                        "a feed of 10,000 entries": [Task("entries", asked, feed(1, 10_000))]}.items():
        print(f"a child holds {memory(*tasks):.0f} MB after {name}")


if __name__ == "__main__":
    main(*(int(a) for a in (*sys.argv[1:3], *("1000", "3")[len(sys.argv) - 1:])))
