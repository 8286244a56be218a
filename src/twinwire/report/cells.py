"""Values on their way into a CSV file. Writes no file."""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def safe_cell(value: Any) -> str:
    """The value as text that no spreadsheet takes for a formula: a quote is put before ``= + - @``, tab and return.

    Numbers stay numbers. The quoting can be undone by dropping one leading ``'``.
    """
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    start = text.lstrip()[:1]
    risky = start in set("=+-@") or text[:1] in {"\t", "\r", "\n"}
    return "'" + text if risky and start and not _NUMBER.fullmatch(text) else text
