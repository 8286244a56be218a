"""Bounds and cleaning of every field that leaves the parse stage. Interprets nothing: no dates, no HTML, no addresses.

Whatever a document holds, what comes out is NFC text without control characters or lone surrogates, of bounded length.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

ENTRIES = 20_000
TITLE = 4_000
SUMMARY = 200_000
CONTENT = 1_000_000
ADDRESS = 8_192        # links and ids
CATEGORIES = 200
AUTHORS = 50
NAME = 500             # authors, publisher, a category, a language, the title of a source
DATE = 200
RIGHTS = 4_000
EXTRA_KEYS = 50
EXTRA_VALUES = 50
EXTRA = 2_000
RAW = 2_000            # start of a quarantined entry
LINKS = 50             # enclosures
DATELINE = 300
PLACES = 50

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[\t\r\n]")
# Bytes 80–9F of Windows-1252 that reached us as code points of the same number (HTML standard, numeric references).
_C1 = {i: bytes([i]).decode("cp1252", "ignore") or None for i in range(0x80, 0xA0)}
_NOT_IN_1252 = "\x81\x8d\x8f\x90\x9d"
# The other way round: to the byte that a character was read from, and to none that has a byte where Windows-1252 has another character.
_BYTES = {i: 0x100 for i in range(0x80, 0xA0) if chr(i) not in _NOT_IN_1252} | {ord(char): i for i, char in _C1.items() if char}
_FOREIGN = re.compile("[^\x00-\x7f]+")
_UNASSIGNED = re.compile(f"[{_NOT_IN_1252}]")
_HIDING = re.compile(r"[\s\u200b-\u200f\u2028\u2029\ufeff]")
_HTTP = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def legal(value: str) -> str:
    """``value`` without characters that XML 1.0, a terminal or a database would choke on."""
    if _is_shown(value) or _BAD.search(value) is None:
        return value
    return _BAD.sub("", value.translate(_C1))


def _is_shown(value: str) -> bool:
    """Whether ``value`` is beyond doubt without controls. Nearly everything is printable but for blanks, and asking that is ten times as
    quick as looking for each of them."""
    return value.isprintable() or value.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable()


def text(value: object, cap: int, *, sound: bool = False) -> str:
    """Clean, stripped text of at most ``cap`` characters; ``""`` for anything that is not a string.

    ``sound``: whoever asks knows that nothing illegal is in it and no blanks around it, but where it was cut at ``cap``."""
    if not value or not isinstance(value, str):
        return ""
    if sound and len(value) < cap and value.isascii():
        return value
    value = value[: cap * 2] if len(value) > cap * 2 else value
    if not value.isascii():
        value = _composed(value, sound)
    elif not sound:
        value = legal(value)
    value = value.strip()
    return value if len(value) <= cap else value[:cap].strip()


def optional(value: object, cap: int, *, sound: bool = False) -> str | None:
    """Like :func:`text`, with None for an empty one."""
    return text(value, cap, sound=sound) or None if value else None


def line(value: object, cap: int, *, sound: bool = False) -> str | None:
    """Like :func:`optional`, on one line."""
    return " ".join(text(value, cap, sound=sound).split()) or None if value else None


def _composed(value: str, sound: bool) -> str:
    """:func:`_mended`, in NFC."""
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFC", value if sound else _mended(value))
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        if sound:
            return value  # nothing in Latin-1 is ever composed
    return unicodedata.normalize("NFC", _mended(value, sound))


def _mended(value: str, sound: bool = False) -> str:
    """:func:`legal`, and UTF-8 undone that was taken for Latin-1 (or, where controls show it, for Windows-1252) and encoded again."""
    try:
        return legal(value.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        pass
    if sound or _is_shown(value):
        return value
    return legal(_FOREIGN.sub(_rebuilt, value) if _UNASSIGNED.search(value) else value)


def _rebuilt(run: re.Match[str]) -> str:
    try:
        return run[0].translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return run[0]


def identifier(value: object, *, sound: bool = False) -> str | None:
    """An id as given, controls removed. One that is too long keeps its start and gets a hash of the whole."""
    if not value or not isinstance(value, str):
        return None
    if not sound or not value.isascii():
        value = _address(value)
    if len(value) > ADDRESS:
        value = f"{value[:200]}…sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    return value or None


def link(value: object) -> tuple[str | None, str | None]:
    """``(link, dropped)``: an http(s) address or a reference relative to an unknown base, and what was refused.

    javascript:, data:, file: and everything else with a scheme is refused; so is an address over the cap.
    """
    if not value or not isinstance(value, str):
        return None, None
    if value.isascii() and value.isprintable():
        value = bare = value.strip()
        if _HTTP.match(value) and len(value) <= ADDRESS:
            return value, None
    else:
        value = _SPACES.sub("", _address(value))
        # Blanks are removed for the test only: a browser ignores them where they hide a scheme.
        bare = _HIDING.sub("", value[:100])
    if not value:
        return None, None
    bare = bare[:100].replace(" ", "")
    refused = _SCHEME.match(bare) is not None and _HTTP.match(bare) is None
    if refused or len(value) > ADDRESS:
        return None, value[:EXTRA]
    return value, None


def _address(value: str) -> str:
    return (legal(value) if value.isascii() else _mended(value)).strip()


def unique(values: Iterable[object], count: int, cap: int = NAME, *, sound: bool = False) -> tuple[str, ...]:
    """The first ``count`` distinct texts, in order."""
    seen: dict[str, None] = {}
    for value in values:
        if cleaned := text(value, cap, sound=sound):
            seen.setdefault(cleaned)
        if len(seen) >= count:
            break
    return tuple(seen)


def namespaced(fields: Mapping[str, list[str]], *, sound: bool = False) -> dict[str, tuple[str, ...]]:
    """Namespaced fields: at most 50 keys of 50 distinct values."""
    out: dict[str, tuple[str, ...]] = {}
    for key, values in fields.items():
        if len(out) >= EXTRA_KEYS:
            break
        if sound and len(values) == 1 and values[0].isascii() and 0 < len(values[0]) < EXTRA and len(key) <= 100:
            out[key] = (values[0],)
        elif len(key) <= 100 and (kept := unique(values, EXTRA_VALUES, EXTRA, sound=sound)):
            out[key if sound else legal(key)] = kept
    return out
