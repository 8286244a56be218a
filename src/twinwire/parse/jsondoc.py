"""JSON text → plain values, and texts out of values of any type. Knows no format.

``NaN`` and the infinities become None, integers of twenty digits and more their digits, lone surrogates are left to
:mod:`limits`. Nothing here raises for anything a document can hold.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from twinwire.parse import limits

_DECODER = json.JSONDecoder(
    strict=False, parse_constant=lambda _: None,
    # Python refuses integers of thousands of digits; no id has so many.
    parse_int=lambda digits: int(digits) if len(digits) < 20 else digits,
)
_JSONP = re.compile(r"(?:/\*\*/)?[\w$.]{1,100}\s*\(\s*(?=[\[{])")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{},]', re.DOTALL)
_BLANK = "\ufeff \t\r\n\0"
MEMBERS = 2 * limits.ENTRIES + 10_000  # starts and ends of a broken list's members looked at; more are not read anyway
ROWS = 1_000  # objects looked at in one list of subjects, bodies, renditions …


def starts(text: str) -> str:
    """``{`` or ``[`` when the text looks like JSON, else ``""``."""
    head = text[:200].lstrip(_BLANK)[:1]
    return head if head in {"{", "["} else ""


def load(text: str, depth: int = 1) -> tuple[Any, str | None]:
    """``(value, damage)``; the value is None when nothing can be read.

    ``depth`` is how deep the list of entries lies: 1 when the document is that list. Of a document that breaks, the
    members of that list that end before the break are kept, and ``damage`` says where it broke. A function call
    around the value (JSONP) is taken off.
    """
    text = text.strip(_BLANK)
    if call := _JSONP.match(text):
        text = text[call.end():].rstrip("; \t\r\n)")
    try:
        value, end = _DECODER.raw_decode(text)
    except RecursionError:
        return None, "JSON nested too deep to be news"
    except json.JSONDecodeError as e:
        return _salvage(text, depth, e)
    rest = len(text) - end
    return value, f"{rest} characters behind the end of the JSON left out" if text[end:].strip() else None


def _salvage(text: str, depth: int, error: json.JSONDecodeError) -> tuple[Any, str]:
    if not starts(text):
        return None, f"not valid JSON ({error.msg})"
    damage = f"JSON breaks at character {error.pos} of {len(text)} ({error.msg})"
    try:
        return _DECODER.decode(_whole(text, depth, error.pos)), damage
    except (ValueError, RecursionError):
        return None, damage


def _whole(text: str, depth: int, end: int) -> str:
    """``text`` up to the last place before ``end`` where no member of the ``depth``-th container is open, closed there."""
    open_: list[str] = []
    cut, closers, seen = 0, "", 0
    for token in _TOKEN.finditer(text, 0, end):
        sign = token[0]
        if sign in {"[", "{"}:
            open_.append("]" if sign == "[" else "}")
            continue
        at = token.start()
        if sign in {"]", "}"}:
            if not open_ or open_.pop() != sign:
                break
            at = token.end()
        elif sign != ",":
            continue
        if 0 < len(open_) <= depth:
            cut, closers = at, "".join(reversed(open_))
            seen += len(open_) == depth
            if seen > MEMBERS:
                break
    return text[:cut] + closers


def string(value: object) -> str:
    """Text; a number as its digits, since ids are given so; of a list its first text; ``""`` for everything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((s for v in value if not isinstance(v, list) and (s := string(v))), "")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return str(value)


def first(values: Iterable[object]) -> str:
    """The first of ``values`` that holds a text with more than blanks."""
    return next((s for v in values if (s := string(v)).strip()), "")


def members(value: object) -> list[Any]:
    """Members of a list; the values of an object; a lone value as a list of one; none for None."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [] if value is None else [value]


def rows(value: object) -> list[dict[str, Any]]:
    """The first ``ROWS`` objects in a list; a lone object as a list of one. Their keys are in lower case."""
    found = value[:ROWS] if isinstance(value, list) else [value]
    return [lowered(v) for v in found if isinstance(v, dict)]


def lowered(value: Mapping[Any, Any]) -> dict[str, Any]:
    """A shallow copy with keys in lower case: ninjs 3 writes ``versionCreated`` where 1 and 2 have ``versioncreated``."""
    return {str(k).lower(): v for k, v in value.items()}


def kind(value: object) -> str:
    """The JSON type of ``value`` in words."""
    words = {type(None): "null", bool: "a truth value", str: "text", list: "a list", dict: "an object"}
    return words.get(type(value), "a number")
