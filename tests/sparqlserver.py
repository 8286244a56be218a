"""A SPARQL endpoint for tests: answers our one question over a list of pairs, as Wikidata's would. Holds no test."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from feedserver import FeedServer, Reply, Request

from twinwire.parse.sparqljson import MEDIA_TYPE

_PART = re.compile(r'STRSTARTS\(MD5\(STR\(\?link\)\), "([0-9a-f]+)"\)')
_ENTITY = "http://www.wikidata.org/entity/"


@dataclass(frozen=True)
class Pair:
    """A statement: names and countries as Wikidata has them, ids of GeoNames, a start as ``precision/instant``."""

    a: tuple[str, str, str]
    b: tuple[str, str, str]
    starts: str = ""
    ends: str = ""

    @property
    def link(self) -> str:
        return f"{_ENTITY}statement/Q1-{hashlib.md5(repr(self).encode()).hexdigest()}"

    def binding(self) -> dict[str, dict[str, str]]:
        """One row of the answer."""
        row = {"starts": self.starts, "ends": self.ends}
        for side, (name, land, ids) in (("A", self.a), ("B", self.b)):
            row |= {f"name{side}": name, f"land{side}": land, f"ids{side}": ids}
        literals = {k: {"type": "literal", "value": v} for k, v in row.items()}
        return literals | {k: {"type": "uri", "value": v} for k, v in (("link", self.link), ("a", _ENTITY + "Q1"), ("b", _ENTITY + "Q2"))}


@dataclass
class Endpoint:
    """Use :meth:`server` as a context manager. ``trouble`` is asked before each answer: a reply of its own is sent instead."""

    pairs: Sequence[Pair] = ()
    trouble: Callable[[int, str], Reply | None] = lambda _number, _part: None
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def server(self) -> FeedServer:
        """The server, not yet started; the endpoint is at ``/sparql``."""
        return FeedServer({"/sparql": self.answer})

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        self.requests.append(request)
        found = _PART.search(parse_qs(request.query).get("query", [""])[0])
        if found is None:
            return Reply(b"MALFORMED QUERY", status=400)
        self.asked.append(found[1])
        if reply := self.trouble(len(self.asked), found[1]):
            return reply
        return rows([p for p in self.pairs if hashlib.md5(p.link.encode()).hexdigest().startswith(found[1])])


def rows(pairs: Sequence[Pair]) -> Reply:
    """A whole answer."""
    body = {"head": {"vars": []}, "results": {"bindings": [p.binding() for p in pairs]}}
    return Reply(json.dumps(body).encode(), headers={"Content-Type": MEDIA_TYPE})
