"""Stable, versioned keys for values. Knows nothing of what the values mean."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

VERSION = 1  # first byte of every key; raise it when what goes into any key changes
_FIRST = bytes([VERSION])


def digest(kind: str, *parts: str) -> UUID:
    """128-bit key of ``parts``: BLAKE2b (RFC 7693), first byte replaced by ``VERSION``.

    ``kind`` keeps keys of different purposes apart. Lengths go in with the parts: ("ab", "c") is not ("a", "bc").
    """
    told: list[bytes] = []
    for part in (kind, *parts):
        data = part.encode("utf-8", "surrogatepass")
        told += (len(data).to_bytes(8, "big"), data)
    return UUID(bytes=_FIRST + blake2b(b"".join(told), digest_size=16).digest()[1:])
