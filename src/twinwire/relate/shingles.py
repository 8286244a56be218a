"""Text → shingles, paragraphs and words for comparing texts. Compares nothing, knows no item.

Shingles are runs of three words; in scripts that write no blanks, of five characters. Both are of the folded text, so
that case, width and punctuation do not count.
"""

from __future__ import annotations

import re
from collections.abc import Set
from hashlib import blake2b

from twinwire.normalise.chars import fold

WORDS = 3            # words in a shingle …
LETTERS = 5          # … and characters, where words are not written apart
MAX_TEXT = 20_000    # characters of a text that are compared
MIN_PARAGRAPH = 80   # folded letters; a shorter paragraph says too little to be boilerplate by itself
_WORD = re.compile(r"[^\W_]+")
_PACKED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def shingles(text: str) -> list[str]:
    """Distinct shingles of ``text``, at most one per word or character."""
    text = text[:MAX_TEXT]
    if _is_packed(text):
        letters = fold(text)
        return list({letters[i:i + LETTERS] for i in range(max(len(letters) - LETTERS + 1, 0))})
    words = _WORD.findall(text.casefold())
    return list({f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)})


def words(title: str) -> frozenset[str]:
    """Words of a headline; pairs of characters where words are not written apart."""
    if not _is_packed(title):
        return frozenset(_WORD.findall(title.casefold()))
    letters = fold(title)
    return frozenset(letters[i:i + 2] for i in range(max(len(letters) - 1, 1)))


def numbers(text: str) -> frozenset[str]:
    """Numbers in ``text``, as written."""
    return frozenset(_NUMBER.findall(text))


def paragraphs(text: str) -> dict[int, str]:
    """Long paragraphs by a 63-bit key that is the same for the same letters."""
    found: dict[int, str] = {}
    for line in text[:MAX_TEXT].split("\n"):
        letters = fold(line)
        if len(letters) >= MIN_PARAGRAPH or (_is_packed(line) and len(letters) * 3 >= MIN_PARAGRAPH):
            found[key(letters)] = line
    return found


def without(text: str, common: Set[int]) -> str:
    """``text`` without the paragraphs of these keys."""
    if not common:
        return text
    left_out = {line for k, line in paragraphs(text).items() if k in common}
    return "\n".join(line for line in text.split("\n") if line not in left_out)


def key(*parts: str | int) -> int:
    """63-bit key of ``parts``, positive in a signed column."""
    data = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big") >> 1


def _is_packed(text: str) -> bool:
    """Is a fifth or more of the letters in a script without blanks?"""
    return not text.isascii() and len(_PACKED.findall(text)) * 5 >= len(text)
