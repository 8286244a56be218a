"""May this page be asked for? robots.txt as RFC 9309 has it. Fetches with the transport it is given, keeps nothing.

Status 4xx: there are no rules. Status 5xx, 429 or no answer at all: nothing may be asked for now (§2.3.1.4). More than
five redirects count as no file (§2.3.1.2). At least 500 KiB are read (§2.5); what stands behind them is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from twinwire.errors import Kind
from twinwire.fetch.guard import one_line
from twinwire.fetch.transport import Answer, Transport, Trouble

TOKEN = "twinwire"     # noqa: S105 - the product token of our User-Agent, as groups of robots.txt name it
MAX_BYTES = 500 << 10


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host lets us ask. ``delay`` is its Crawl-delay in seconds; ``closed`` says why nothing may be asked now, and
    ``kind`` is the class of a refusal: what befell the file, where nobody refused anything."""

    parsed: Protego | None = None
    delay: float = 0.0
    closed: str | None = None
    kind: Kind = Kind.ROBOTS

    def refusal(self, url: str) -> str | None:
        """Why ``url`` may not be asked for, or None when it may."""
        if self.closed is not None:
            return f"robots.txt of the host cannot be read ({self.closed}), so its pages are left alone for now"
        if self.parsed is None or self.parsed.can_fetch(url, TOKEN):
            return None
        return "robots.txt of the host does not let us read this page"


def address(url: str) -> str:
    """Where the rules for ``url`` (in its final form) lie: one file per scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_rules(url: str, transport: Transport, *, allow_private: bool = False) -> Rules:
    """Ask the host of ``url`` for its rules. Bad luck is in the rules, never raised."""
    return rules_of(transport.get(address(url), allow_private=allow_private))


def rules_of(answer: Answer | Trouble) -> Rules:
    """What an answer, or none, means."""
    if isinstance(answer, Trouble):
        return Rules() if answer.kind is Kind.REDIRECT else Rules(closed=one_line(answer.message), kind=answer.kind)
    if answer.status == 429 or not 200 <= answer.status < 500:
        return Rules(closed=f"it answers {answer.status}")
    if answer.status != 200 or not answer.body:
        return Rules()
    return parsed(answer.body)


def parsed(body: bytes) -> Rules:
    """The rules in the bytes of a robots.txt. Lines that are none are passed over, so HTML holds no rule."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]  # half a line would be a rule nobody wrote
    found = Protego.parse(body.decode("utf-8-sig", "replace").replace("\0", ""))
    return Rules(found, found.crawl_delay(TOKEN) or 0.0)
