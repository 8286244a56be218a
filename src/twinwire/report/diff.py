"""What changed between two versions of a text, word by word. Knows no item and no store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_WORDS = 4_000  # of a text; beyond it only "changed" is said, for the search grows with the product
_WORD = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same in both versions (``" "``), only in the old (``"-"``) or only in the new (``"+"``)."""

    kind: str
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The way from ``old`` to ``new``. Joined without the "+" pieces it is the old text, without the "-" pieces the new one."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if old == new:
        return [Piece(" ", old)] if old else []
    if max(len(a), len(b)) > MAX_WORDS:
        return [p for p in (Piece("-", old), Piece("+", new)) if p.text]
    return list(_pieces(a, b))


def shown(found: list[Piece], around: int = 60) -> str:
    """One line for a terminal: ``[-old-]{+new+}`` with ``around`` characters of what stayed on either side."""
    out = []
    for n, p in enumerate(found):
        if p.kind == " ":
            out.append(_shortened(p.text, around, first=n == 0, last=n == len(found) - 1))
        else:
            out.append(f"[-{p.text}-]" if p.kind == "-" else f"{{+{p.text}+}}")
    return " ".join("".join(out).split())


def _pieces(a: list[str], b: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(" ", "".join(a[i:j]))
            continue
        if i < j:
            yield Piece("-", "".join(a[i:j]))
        if k < m:
            yield Piece("+", "".join(b[k:m]))


def _shortened(text: str, around: int, *, first: bool, last: bool) -> str:
    if first:
        return text if len(text) <= around else f"… {text[-around:]}"
    if last:
        return text if len(text) <= around else f"{text[:around]} …"
    return text if len(text) <= 2 * around else f"{text[:around]} … {text[-around:]}"
