"""Content codings undone while the bytes arrive, with the decoded size counted. Reads no socket.

Only one layer, only gzip and deflate (RFC 9110 §8.4): nothing else was asked for. The end of the stream must be seen.
"""

from __future__ import annotations

import zlib

_GZIP_MAGIC = b"\x1f\x8b"


class TooLarge(Exception):
    """The decoded body passes the cap."""


class Unasked(Exception):
    """A coding, or a stack of codings, that was not offered."""


class Decoder:
    """Feed it with :meth:`feed`, take ``body`` after :meth:`close`, which returns why the body is incomplete, or None."""

    def __init__(self, content_encoding: str, cap: int) -> None:
        codings = [c for c in (p.strip().lower() for p in content_encoding.split(",")) if c and c != "identity"]
        if len(codings) > 1 or (codings and codings[0] not in {"gzip", "x-gzip", "deflate"}):
            raise Unasked(", ".join(codings)[:80])
        self._coding = codings[0].removeprefix("x-") if codings else ""
        self._cap = cap
        self._out: list[bytes] = []
        self._size = 0
        self._inflater: zlib._Decompress | None = None
        self._damage: str | None = None
        self._over = False  # the stream has ended well

    def feed(self, data: bytes) -> None:
        """Take bytes as they came. Raises :class:`TooLarge`."""
        if self._coding and self._inflater is None and not self._over:
            self._begin(data)
        if not self._coding:
            self._keep(data)
        elif self._damage is None:
            self._inflate(data)

    def close(self) -> str | None:
        """No more bytes will come."""
        if self._coding and self._damage is None and not self._over and self._size + (self._inflater is not None):
            self._damage = f"the {self._coding} stream ends early"
        return self._damage

    @property
    def body(self) -> bytes:
        """What was decoded so far."""
        return b"".join(self._out)

    def _begin(self, first: bytes) -> None:
        """Servers lie: "gzip" may be plain text, "deflate" may lack its header (RFC 9110 §8.4.1.2 knows of both)."""
        if self._coding == "gzip" and not first.startswith(_GZIP_MAGIC[: len(first)]):
            self._coding = ""
        elif self._coding == "deflate":
            zlib_header = len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
            self._inflater = zlib.decompressobj(15 if zlib_header else -15)
        else:
            self._inflater = zlib.decompressobj(31)

    def _inflate(self, data: bytes) -> None:
        while data and self._inflater is not None:
            try:
                self._keep(self._inflater.decompress(data, self._cap - self._size + 1))
            except zlib.error as e:
                self._damage = f"the {self._coding} stream is broken ({str(e).split(':')[-1].strip()})"
                return
            if not self._inflater.eof:
                data = self._inflater.unconsumed_tail
                continue
            data = self._inflater.unused_data
            self._over = True
            self._inflater = None
            if data.startswith(_GZIP_MAGIC):  # a file may have several members; anything else behind the end is padding
                self._over, self._inflater = False, zlib.decompressobj(31)

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._cap:
            raise TooLarge
        self._out.append(data)
