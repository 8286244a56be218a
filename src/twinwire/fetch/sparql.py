"""One question to a SPARQL endpoint over the guarded transport: rows, or a named failure. Waits for nothing, repeats nothing.

A GET with the query in the address (SPARQL 1.1 Protocol §2.1.1), so that every rule for addresses holds here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from twinwire.errors import Kind
from twinwire.fetch.feeds import retry_after
from twinwire.fetch.guard import one_line, redact
from twinwire.fetch.transport import Answer, Transport, Trouble
from twinwire.parse.sparqljson import MEDIA_TYPE, NotRowsError, rows
from twinwire.records import Failure, Stage

_MEANING = {
    400: "does not take the question; is it a SPARQL endpoint?", 401: "wants a login", 403: "refuses us; set fetch.contact, so that"
    " its owner can see who asks", 404: "is not there; is the address that of the endpoint itself?",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask. ``allow_private``: it may lie on a private address."""

    url: str
    allow_private: bool = False

    @property
    def host(self) -> str:
        """What failures name."""
        return urlsplit(self.url).hostname or self.url[:80]


def select(transport: Transport, endpoint: Endpoint, query: str, now: datetime) -> list[dict[str, str]] | Failure:
    """Rows of a SELECT. A failure of kind THROTTLED may say how long to wait; TIMEOUT, TOO_LARGE and SERVER_ERROR may mean that
    less should be asked for. An answer that is not whole is a failure: nothing of it is used."""
    joint = "&" if "?" in endpoint.url else "?"
    answer = transport.get(f"{endpoint.url}{joint}{urlencode({'query': query})}", {"Accept": MEDIA_TYPE},
                           allow_private=endpoint.allow_private)
    if isinstance(answer, Trouble):
        return _failed(endpoint, answer.kind, answer.message.replace("fetch.max_bytes", "links.max_bytes"))
    if answer.status != 200 or answer.challenge:
        return _refused(endpoint, answer, now)
    if answer.damage:
        return _failed(endpoint, Kind.BROKEN_ANSWER, f"sends half an answer: {answer.damage}")
    try:
        return rows(answer.body)
    except NotRowsError as e:
        return _failed(endpoint, e.kind, f"gives an answer that {e}")


def _refused(endpoint: Endpoint, answer: Answer, now: datetime) -> Failure:
    wait = retry_after(answer.headers.get("retry-after"), now)
    if answer.status == 429 or (answer.status == 503 and wait is not None):
        told = f"answers {answer.status} and asks us to " + (f"wait {wait:.0f} s" if wait is not None else "come less often")
        return _failed(endpoint, Kind.THROTTLED, told, answer.status, wait)
    if answer.challenge:
        return _failed(endpoint, Kind.CHALLENGE, f"answers {answer.status} and shows a bot wall instead of rows", answer.status)
    if answer.status >= 500:
        return _failed(endpoint, Kind.SERVER_ERROR, f"answers {answer.status}: too much was asked, or it has trouble of its own",
                       answer.status)
    return _failed(endpoint, Kind.HTTP_STATUS, f"answers {answer.status}: it {_MEANING.get(answer.status, 'gives no rows')}", answer.status)


def _failed(endpoint: Endpoint, kind: Kind, message: str, status: int | None = None, wait: float | None = None) -> Failure:
    return Failure(source=redact(endpoint.host), stage=Stage.FETCH, kind=kind, message=one_line(message), http_status=status,
                   retry_after=wait)
