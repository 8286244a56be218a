"""One question to a SPARQL endpoint: rows, or a failure with its class and one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from feedserver import FeedServer, Reply
from sparqlserver import Pair
from sparqlserver import rows as answer
from wires import NOWHERE

import twinwire
from twinwire.errors import Kind
from twinwire.fetch.sparql import Endpoint, select
from twinwire.fetch.transport import Transport
from twinwire.records import Failure

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAIR = Pair(("Coventry", "GB", "2652221"), ("Dresden", "DE", "2935022"), "9/1959-01-01T00:00:00Z")
Rows = list[dict[str, str]]


def ask(reply: Reply, *, allow_private: bool = True, path: str = "/sparql", deadline: float = 10.0) -> tuple[Rows | Failure, FeedServer]:
    """One question to a server that has one answer."""
    with FeedServer({"/sparql": reply}) as server:
        transport = Transport(deadline=deadline, max_bytes=100_000, per_host=1, contact="https://us.example")
        try:
            return select(transport, Endpoint(server.url(path), allow_private), "SELECT ?é & # +", NOW), server
        finally:
            transport.close()


def test_rows_come_back() -> None:
    """The query goes in the address, whole; the answer asked for is JSON, and we say who we are."""
    found, server = ask(answer([PAIR]))
    assert isinstance(found, list)
    assert found[0]["nameA"] == "Coventry"
    (request,) = server.requests
    assert parse_qs(request.query) == {"query": ["SELECT ?é & # +"]}
    assert request.headers["accept"] == "application/sparql-results+json"
    assert request.headers["user-agent"] == f"twinwire/{twinwire.__version__} (+https://us.example)"


def test_parameters_of_the_endpoint_stay() -> None:
    """Some endpoints choose their data set by one."""
    _, server = ask(answer([]), path="/sparql?graph=wikidata")
    assert parse_qs(server.requests[0].query)["graph"] == ["wikidata"]


def test_no_private_address_unless_it_is_allowed() -> None:
    """The same guard as for feeds."""
    found, server = ask(answer([PAIR]), allow_private=False)
    assert isinstance(found, Failure)
    assert found.kind is Kind.REFUSED_ADDRESS
    assert not server.requests


@pytest.mark.parametrize(("reply", "kind", "wait", "why"), [
    (Reply(b"slow down", status=429, headers={"Retry-After": "17"}), Kind.THROTTLED, 17, "asks us to wait 17 s"),
    (Reply(b"", status=429), Kind.THROTTLED, None, "come less often"),
    (Reply(b"", status=429, headers={"Retry-After": "Tue, 24 Nov 2026 12:02:00 GMT"}), Kind.THROTTLED, 120, "wait 120 s"),
    (Reply(b"", status=503, headers={"Retry-After": "5"}), Kind.THROTTLED, 5, "503"),
    (Reply(b"", status=503), Kind.SERVER_ERROR, None, "503"), (Reply(b"java.util.concurrent.TimeoutException", status=500), Kind.SERVER_ERROR, None, "too much"),
    (Reply(b"", status=504), Kind.SERVER_ERROR, None, "504"), (Reply(b"MALFORMED QUERY", status=400), Kind.HTTP_STATUS, None, "does not take the question"),
    (Reply(b"", status=403), Kind.HTTP_STATUS, None, "fetch.contact"), (Reply(b"", status=404), Kind.HTTP_STATUS, None, "is not there"),
    (Reply(b"", status=204), Kind.HTTP_STATUS, None, "gives no rows"),
    (Reply(b"<!DOCTYPE html><title>Wikidata Query Service</title>"), Kind.NOT_A_FEED, None, "is a web page"),
    (Reply(answer([PAIR]).body[:-20]), Kind.BROKEN_ANSWER, None, "breaks off"), (Reply(answer([PAIR] * 50).body, truncate=2000), Kind.BROKEN_ANSWER, None, "half an answer"),
    (Reply(answer([PAIR] * 200).body), Kind.TOO_LARGE, None, "links.max_bytes"), (Reply(json.dumps({"results": 1}).encode()), Kind.NOT_A_FEED, None, "holds no results"),
    (Reply(b""), Kind.NOT_A_FEED, None, "is no JSON"), (Reply(b"x", status=302, location="/sparql"), Kind.REDIRECT, None, "redirects")], ids=lambda v: str(v)[:24])
def test_anything_else_is_a_failure(reply: Reply, kind: Kind, wait: float | None, why: str) -> None:
    """With its class, how long to wait where that was said, and one line for a person."""
    found, _ = ask(reply)
    assert isinstance(found, Failure)
    assert (found.kind, found.retry_after) == (kind, wait)
    assert why in found.message
    assert "\n" not in found.message
    assert found.source == "127.0.0.1"


def test_ten_megabytes_of_rows_are_bounded() -> None:
    """However they are packed: the cap holds on the wire and decoded."""
    found, _ = ask(Reply(answer([PAIR] * 15_000).body, gzip=True))
    assert isinstance(found, Failure)
    assert found.kind is Kind.TOO_LARGE


def test_nobody_there() -> None:
    """A failure as well."""
    transport = Transport(deadline=5, max_bytes=1000)
    found = select(transport, Endpoint(f"{NOWHERE}/sparql", True), "q", NOW)
    transport.close()
    assert isinstance(found, Failure)
    assert found.kind is Kind.CONNECT
