"""Answers of a SPARQL endpoint, bytes → rows of plain values. Asks nobody. (W3C, SPARQL 1.1 Query Results JSON Format)"""

from __future__ import annotations

import json
from typing import Any

from twinwire.errors import Kind

MEDIA_TYPE = "application/sparql-results+json"
MAX_ROWS = 20_000    # of one answer
MAX_VALUE = 2_000    # characters of one value
MAX_COLUMNS = 40
_KINDS = frozenset(("uri", "literal", "typed-literal", "bnode"))  # typed-literal is of drafts; some endpoints still send it


class NotRowsError(ValueError):
    """The bytes are no answer in this format. Its text says why, for a person; ``kind`` is TOO_LARGE or BROKEN_ANSWER where less
    might be answered well, else NOT_A_FEED."""

    def __init__(self, why: str, kind: Kind = Kind.NOT_A_FEED) -> None:
        super().__init__(why)
        self.kind = kind


def rows(body: bytes) -> list[dict[str, str]]:
    """One dict for each solution: variable → value; a variable that is not bound is left out. Types of values are dropped.

    Raises :class:`NotRowsError` for anything else, an answer that breaks off among it.
    """
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotRowsError("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _no_json(body) from None
    found = _at(_at(answer, "results"), "bindings")
    if not isinstance(found, list):
        raise NotRowsError("is JSON, but holds no results")
    if len(found) > MAX_ROWS:
        raise NotRowsError(f"holds {len(found):,} rows; {MAX_ROWS:,} are the most that is read", Kind.TOO_LARGE)
    return [_row(r) for r in found]


def _row(binding: Any) -> dict[str, str]:
    if not isinstance(binding, dict) or len(binding) > MAX_COLUMNS:
        raise NotRowsError("holds a row that is none")
    return {name: _value(name, told) for name, told in binding.items()}


def _value(name: str, told: Any) -> str:
    value = _at(told, "value")
    if _at(told, "type") not in _KINDS or not isinstance(value, str):
        raise NotRowsError(f"holds a value of {name[:40]!r} that is none")
    if len(value) > MAX_VALUE:
        raise NotRowsError(f"holds a value of {name[:40]!r} with {len(value):,} characters; {MAX_VALUE:,} are the most that is read")
    return value


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _no_json(body: bytes) -> NotRowsError:
    start = body[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return NotRowsError("is a web page, no rows; is the address that of the endpoint itself?")
    if start.startswith((b"<?xml", b"<sparql")):
        return NotRowsError("is XML; the endpoint does not give JSON")
    if start.startswith(b"{"):  # what an endpoint leaves that runs out of time in mid-answer
        return NotRowsError("breaks off, or is no JSON", Kind.BROKEN_ANSWER)
    return NotRowsError("is no JSON")
