"""Feeds that live through simulated time: they grow, edit, break, move, die and come back. Holds no test and no product code.

Every feed draws its life from its own number, so a world is the same each time. It keeps its own truth: which versions of
which entries it has shown in answers that came whole (of a document that was cut: those before the cut).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from chaos.press import KEPT, REJECTED, TOWNS, prose
from feedserver import Reply, Request

STEP = timedelta(minutes=15)
SHOWN = 15       # entries that a feed shows at most
SCHEDULES = ("fast", "hourly", "hourly", "hourly", "daily")
LIVES = (        # what befalls a feed, beside growing
    "steady", "edits", "new guids", "back-dates", "goes quiet", "is cut on the wire", "ends early", "shows a web page", "fails with 500",
    "takes too long", "moves", "dies for days", "throttles", "repeats entries", "has no guids", "shares guids", "is empty at times",
    "breaks its gzip", "ignores validators", "bursts")
CUT = {"is cut on the wire", "ends early"}
TROUBLE = {"is cut on the wire", "ends early", "shows a web page", "fails with 500", "takes too long", "dies for days", "throttles",
           "is empty at times", "breaks its gzip"}


@dataclass
class Entry:
    """One story of a feed, with the version it is in."""

    uid: str
    link: str
    guid: str
    title: str
    text: str
    at: datetime
    kept: bool
    edits: int = 0


@dataclass
class Truth:
    """What a feed has shown whole."""

    versions: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # link → (title, text) in order
    kept: dict[str, bool] = field(default_factory=dict)
    whole: int = 0
    partial: int = 0
    missed: int = 0                # entries that came and went between two answers
    unanswered: int = 0            # those that went since the last whole answer: before the next one nobody can know of them
    asked: list[datetime] = field(default_factory=list)
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)  # told when, not before when
    pretended: set[str] = field(default_factory=set)  # links of entries in documents it claimed to have, and never got

    def show(self, e: Entry) -> None:
        seen = self.versions[e.link]
        self.kept[e.link] = e.kept
        if not seen or seen[-1] != (e.title, e.text):
            seen.append((e.title, e.text))


class Feed:
    """A feed, and the server that answers for it."""

    def __init__(self, number: int, start: datetime) -> None:
        self.number, self.life = number, LIVES[number % len(LIVES)]
        self.rng = random.Random(f"feed {number}")
        self.schedule = SCHEDULES[(number // len(LIVES)) % len(SCHEDULES)]
        self.format = ("rss", "atom", "json")[number % 7 % 3]
        if self.life in CUT:
            self.format = "rss"
        self.rate = {"fast": 0.05, "hourly": 0.03, "daily": 0.006}[self.schedule]  # entries per step
        self.shown: list[Entry] = []
        self.truth = Truth()
        self.count = 0
        self.now = start
        self.trouble_until = start
        self.moved = False
        for n in range(self.rng.randint(3, SHOWN)):
            self._publish(start - timedelta(hours=n))

    @property
    def path(self) -> str:
        return f"/{self.number}"

    # -- life ---------------------------------------------------------------------------------------------------------

    def live(self, now: datetime) -> None:
        """Let time pass until ``now``."""
        while self.now + STEP <= now:
            self.now += STEP
            self._step()

    def _step(self) -> None:
        rng, life = self.rng, self.life
        quiet = life == "goes quiet" and self.count > SHOWN + 5
        if not quiet and rng.random() < self.rate:
            for _ in range(rng.randint(8, 25) if life == "bursts" and rng.random() < 0.1 else 1):
                old = timedelta(days=rng.randint(30, 900)) if life == "back-dates" and rng.random() < 0.5 else timedelta()
                self._publish(self.now - old)
        if life == "edits" and self.shown and rng.random() < 0.05:
            self._edit(rng.choice(self.shown))
        if life == "new guids" and self.shown and rng.random() < 0.03:
            e = rng.choice(self.shown)
            e.guid = f"changed-{self.number}-{rng.getrandbits(32):x}"
            if rng.random() < 0.3:
                self._edit(e)
        if life == "moves" and rng.random() < 0.01:
            self.moved = True
        if life in TROUBLE and self.now >= self.trouble_until and rng.random() < 0.02:
            self.trouble_until = self.now + timedelta(hours=rng.uniform(30, 80) if life == "dies for days" else rng.uniform(0.5, 12))

    def _publish(self, at: datetime) -> None:
        rng, n = self.rng, self.count
        self.count += 1
        kept = rng.random() < 0.6
        a, b = rng.sample(TOWNS, 2)
        title = rng.choice(KEPT if kept else REJECTED).format(a=a, b=b) + f" ({self.number}.{n})"
        guid = {"has no guids": "", "shares guids": f"pair{n // 2}"}.get(self.life, f"n{n}")  # the same ones in every feed
        self.shown.insert(0, Entry(f"{self.number}.{n}", f"https://press{self.number}.example/story/{n}", guid, title, prose(rng, 3), at, kept))
        for e in self.shown[SHOWN:]:
            self.truth.unanswered += e.link not in self.truth.versions
        del self.shown[SHOWN:]

    def _edit(self, e: Entry) -> None:
        e.edits += 1
        if e.edits % 4 == 0:
            e.text = e.text.partition(" Edited:")[0]  # back to the first version
        else:
            e.text = f"{e.text.partition(' Edited:')[0]} Edited: {prose(self.rng, 1)}"

    # -- answers ------------------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """What the server says now."""
        if request.path == self.path:
            self.truth.asked.append(self.now)
            if self.moved:
                return Reply(status=301, location=f"{self.path}/new")
        if self.now < self.trouble_until and (bad := self._bad(request)) is not None:
            return bad
        shown = self._in_order()
        body = self._document(shown)
        if self.life == "ignores validators":
            self._show(shown)
            return Reply(body, etag=f'W/"{self.rng.getrandbits(40):x}"')
        tagged = self.number % 3 > 0 or self.life in CUT
        reply = Reply(body, etag=_tag(body) if tagged else None, gzip=self.number % 2 == 0, headers=self._type(),
                      last_modified=None if tagged else format_datetime(self.now, usegmt=True))
        if reply.unchanged_for(request.headers):
            self._claimed(shown)
        else:
            self._show(shown)
        return reply

    def _claimed(self, shown: list[Entry]) -> None:
        """Whoever sends a document's validator must have got all of it."""
        self.truth.pretended |= {e.link for e in shown if self.truth.versions.get(e.link, [None])[-1] != (e.title, e.text)}

    def _in_order(self) -> list[Entry]:
        if self.life == "repeats entries" and len(self.shown) > 2:
            return [*self.shown, self.shown[1], self.shown[0]]
        return self.shown[::-1] if self.life in CUT else list(self.shown)  # the newest are behind the cut

    def _show(self, shown: list[Entry]) -> None:
        self.truth.missed += self.truth.unanswered if self.truth.whole else 0
        self.truth.whole += 1
        self.truth.unanswered = 0
        for e in shown:
            self.truth.show(e)

    def _bad(self, request: Request) -> Reply | None:
        rng = self.rng
        match self.life:
            case "is cut on the wire" | "ends early":
                return self._cut(request, on_the_wire=self.life == "is cut on the wire")
            case "shows a web page":
                return Reply(b"<!doctype html><html><title>Maintenance</title><p>Back soon.</p></html>", headers={"Content-Type": "text/html"})
            case "fails with 500":
                return Reply(b"oops", 500) if rng.random() < 0.8 else None
            case "takes too long":
                return Reply(b"", hang=4.0) if rng.random() < 0.5 else None
            case "dies for days":
                return Reply(b"gone", 410)
            case "throttles":
                seconds = rng.choice((600, 3600, 10800))
                self.truth.waits.append((self.now, self.now + timedelta(seconds=seconds)))
                when = format_datetime(self.now + timedelta(seconds=seconds), usegmt=True) if rng.random() < 0.5 else str(seconds)
                return Reply(b"slow down", 429, headers={"Retry-After": when})
            case "is empty at times":
                return Reply(b"" if rng.random() < 0.5 else self._document([]))
            case _:  # the end of the stream is missing: what comes through is anybody's guess, so nothing counts as shown
                packed = gzip.compress(self._document(self._in_order()), mtime=0)
                return Reply(packed[:40], headers={"Content-Encoding": "gzip", "Content-Length": "40"})

    def _cut(self, request: Request, *, on_the_wire: bool) -> Reply:
        """Half a document under the validator of the whole: who believes it never sees the other half."""
        shown = self._in_order()
        body = self._document(shown)
        at = self.rng.randint(len(body) // 3, len(body) - 40)
        cut = Reply(body if on_the_wire else body[:at], etag=_tag(body), headers=self._type(), truncate=at if on_the_wire else None)
        if cut.unchanged_for(request.headers):
            self._claimed(shown)
        else:
            self.truth.partial += 1
            for e in shown[: body[:at].count(b"</item>")]:
                self.truth.show(e)
        return cut

    def _type(self) -> dict[str, str]:
        return {"Content-Type": {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[self.format]}

    def _document(self, shown: list[Entry]) -> bytes:
        return {"rss": _rss, "atom": _atom, "json": _json}[self.format](shown).encode()


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _element(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else ""


def _rss(shown: list[Entry]) -> str:
    items = "".join(
        f"<item>{_element('guid', e.guid)}<link>{e.link}</link><title>{e.title}</title>"
        f"<description>{e.text}</description><pubDate>{format_datetime(e.at, usegmt=True)}</pubDate></item>" for e in shown)
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Feed</title>{items}</channel></rss>"


def _atom(shown: list[Entry]) -> str:
    items = "".join(
        f"<entry>{_element('id', e.guid)}<link href='{e.link}'/><title>{e.title}</title><summary>{e.text}</summary>"
        f"<published>{e.at.isoformat()}</published><updated>{e.at.isoformat()}</updated></entry>" for e in shown)
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Feed</title>{items}</feed>"


def _json(shown: list[Entry]) -> str:
    items = [{"url": e.link, "title": e.title, "content_text": e.text, "date_published": e.at.isoformat()} | ({"id": e.guid} if e.guid else {})
             for e in shown]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": items})
