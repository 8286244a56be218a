"""Stable, versioned keys for values. Knows nothing of what the values mean."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

VERSION = 1  # first byte of every key; raise it when what goes into any key changes


def digest(kind: str, *parts: str) -> UUID:
    """128-bit key of ``parts``: BLAKE2b (RFC 7693), first byte replaced by ``VERSION``.

    ``kind`` keeps keys of different purposes apart. Lengths go in with the parts: ("ab", "c") is not ("a", "bc").
    """
    state = blake2b(digest_size=16)
    for part in (kind, *parts):
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return UUID(bytes=bytes([VERSION]) + state.digest()[1:])
