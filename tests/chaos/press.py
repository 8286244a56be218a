"""A small press to be read under bad conditions: feeds in two editions, made by a rule from a number. Holds no test.

The second edition has what makes a load more than inserts: edited texts, new entries, entries gone, a guid that
changed, a release that several feeds carry, a damaged entry and a feed that is no feed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TOWNS = ("Leipzig", "Nanjing", "Gdynia", "Recife", "Sendai", "Haifa", "Tampere", "Durban", "Izmir", "Quito", "Busan", "Lyon")
KEPT = ("{a} and {b} sign a sister city agreement", "Delegation from {b} visits {a}, its twin town since 1987",
        "{a} marks thirty years of town twinning with {b}", "Regional development fund backs rail link from {a} to {b}")
REJECTED = ("Football: {a} beat {b} in extra time", "Weather in {a}: rain until Friday", "{b} opens new museum of glass",
            "Bus timetable of {a} changes in spring")
TOPICS = """\
topics:
  - id: friendship_cities
    name: Friendship cities
    terms: {en: {source: seen in use, strong: [sister city, sister cities, twin town, town twinning, friendship city]}}
  - id: regional_development
    name: Regional development
    terms: {en: {source: seen in use, strong: [regional development fund]}}
"""  # the shipped rules take a second to load, and change
OTHER_TOPICS = TOPICS.replace("twin town, town twinning", "twin town, new museum").replace("regional development fund", "rail link")
WORDS = (
    "council", "plan", "school", "harbour", "trade", "music", "choir", "bridge", "winter", "market", "report",
    "budget", "visit", "garden", "library", "tram", "festival", "archive", "museum", "student", "doctor", "river",
    "forest", "energy", "housing", "bakery", "square", "statue", "concert", "exhibition", "workshop", "orchard",
    "station", "clinic", "letter", "printer", "theatre", "lantern", "weaver", "glass", "copper", "timber", "ferry",
    "canal", "tunnel", "meadow", "quarry",
)
VERBS = ("opens", "rebuilds", "shares", "funds", "studies", "paints", "moves", "welcomes", "repairs", "plans", "joins", "closes", "mends",
         "lights", "counts")


def prose(rng: random.Random, sentences: int) -> str:
    """Sentences that nobody else has: two texts of this press are copies only where they are meant to be."""
    return " ".join(f"The {rng.choice(WORDS)} {rng.choice(VERBS)} a {rng.choice(WORDS)} and the {rng.choice(WORDS)} {rng.choice(VERBS)}"
                    f" every {rng.choice(WORDS)} near the {rng.choice(WORDS)}." for _ in range(sentences))


@dataclass(frozen=True)
class Story:
    """One entry as a feed shows it."""

    guid: str
    link: str
    title: str
    text: str
    day: int

    def xml(self) -> str:
        return (f"<item><guid isPermaLink='false'>{self.guid}</guid><link>{self.link}</link><title>{self.title}</title>"
                f"<description>{self.text}</description><pubDate>{self.day:02d} Nov 2026 08:00:00 GMT</pubDate></item>")


def story(feed: int, n: int) -> Story:
    """Entry ``n`` of a feed, always the same."""
    rng = random.Random(f"{feed}/{n}")
    titles = KEPT if rng.random() < 0.6 else REJECTED
    a, b = rng.sample(TOWNS, 2)
    text = f"{a.upper()}, Nov. {1 + n % 20} -- {prose(rng, 4)}"
    return Story(f"g{feed}-{n}", f"https://press{feed}.example/{n}", rng.choice(titles).format(a=a, b=b), text, 1 + n % 20)


def shared(n: int, feed: int) -> Story:
    """A release that every third feed carries under its own guid and address."""
    text = ("RECIFE, Nov. 18 -- The cities of Recife and Nanjing have renewed their friendship city agreement for ten years. The"
            f" programme names schools, ports and a yearly concert, and both mayors signed it in the old customs house. Release {n}.")
    return Story(f"r{feed}-{n}", f"https://press{feed}.example/release/{n}", f"Recife and Nanjing renew friendship city agreement no. {n}",
                 text, 18)


def edition(feed: int, number: int, entries: int) -> list[Story]:
    """What a feed shows in its first (1) or second (2) edition."""
    if number == 1:
        return [*(story(feed, n) for n in range(entries)), *([shared(1, feed)] if feed % 3 == 0 else [])]
    first = entries // 4
    shown = [story(feed, n) for n in range(first, entries + entries // 2)]
    for i in range(0, len(shown), 5):
        old = shown[i]
        shown[i] = Story(old.guid, old.link, old.title, old.text + " This corrects an earlier version.", old.day)
    if len(shown) > 1:
        old = shown[1]
        shown[1] = Story(old.guid + "-again", old.link, old.title, old.text, old.day)
    return [*shown, *(shared(n, feed) for n in (1, 2) if feed % 3 == 0)]


def document(stories: list[Story], *, bad: bool = False) -> bytes:
    """A feed; ``bad`` adds an entry that nobody can read."""
    items = "".join(s.xml() for s in stories) + ("<item><guid></guid></item>" if bad else "")
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Press</title>{items}</channel></rss>".encode()


def bodies(number: int, feeds: int, entries: int) -> dict[str, bytes]:
    """Path → body of every feed of an edition. The last one is a page of a web server in repair."""
    out = {f"/{feed}.xml": document(edition(feed, number, entries), bad=feed % 4 == 1) for feed in range(feeds)}
    return out | {"/closed.xml": b"<!doctype html><html><title>Closed for repairs</title><p>Back soon.</p></html>"}


def write_tree(folder: Path, number: int, feeds: int, entries: int) -> None:
    """The feeds of an edition as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in bodies(number, feeds, entries).items():
        (folder / path.strip("/")).write_bytes(body)


def config(folder: Path, addresses: dict[str, str], **settings: dict[str, Any]) -> Path:
    """A config folder over ``addresses`` (path → url), with settings by section."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [{"id": p.strip("/").replace(".xml", "").join(("press-", "")), "name": f"Press {p}", "url": url, "language": "en",
                "store": "full", "allow_private": url.startswith("http")} for p, url in addresses.items()]
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    (folder / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder
