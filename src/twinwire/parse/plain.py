"""Plain text → paragraphs and the HTML that says the same. Judges no content.

Text of wires is broken into lines of 60 to 80 columns; a paragraph begins after a blank line or with an indented one.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

WRAPPED = 45  # columns: a line shorter than this was ended on purpose

_ENDS = (".", "!", "?", ":", ";", '"', "'", "”", "’", "»", ")", "。", "！", "？", "」", "』", "）")


def paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines joined to paragraphs; a line that was ended early stays a line of its own within its paragraph."""
    out: list[list[str]] = []
    before, indented = "", 0
    for raw in lines:
        line = raw.expandtabs(4).rstrip()
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if bare:
            ended = before.endswith(_ENDS) or _columns(before) < WRAPPED
            if not before or (indent > indented and ended):
                out.append([bare])
            else:
                out[-1] += (("\n" if _columns(before) < WRAPPED else _glue(before, bare)), bare)
        before, indented = bare, indent
    return ["".join(pieces) for pieces in out]


def _columns(line: str) -> int:
    return len(line) + sum(1 for c in line if "\u2e80" <= c <= "\uffe6")


def _glue(before: str, after: str) -> str:
    """What stands between two lines of one sentence: nothing in Chinese and Japanese, and behind a broken compound."""
    if before[-1] >= "\u2e80" and after[0] >= "\u2e80":
        return "" if not ("\uac00" <= before[-1] <= "\ud7a3") else " "
    return "" if before[-1] == "-" and before[-2:-1].isalnum() else " "


def as_html(parts: Iterable[str]) -> str:
    """Paragraphs as HTML, so that ``<`` and ``&`` in them stay characters and line ends stay line ends."""
    return "\n".join(f"<p>{html.escape(p, quote=False)}</p>".replace("\n", "<br>") for p in parts)
