"""What of a text may be kept, by the source's terms. Judges no content and touches no archive."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from twinwire.records import Item, Text


def stored(item: Item, store: Literal["excerpt", "full"], limit: int) -> Item:
    """The item as its source's terms let it be kept.

    ``full`` keeps everything. ``excerpt`` keeps the headline and at most ``limit`` characters of the summary, or of the
    text's beginning where there is no summary; the cut is made between words and marked with ``…``.
    """
    if store == "full":
        return item
    return replace(item, text=Text(title=item.text.title, summary=cut(item.text.summary or item.text.body, limit)))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``; scripts without blanks are cut anywhere."""
    if len(text) <= limit:
        return text
    start = text[: max(limit - 1, 0)]
    at_blank = start.rsplit(None, 1)[0] if not text[len(start) : len(start) + 1].isspace() else start
    return (at_blank if len(at_blank) > limit // 2 else start).rstrip() + "…" if limit else ""
