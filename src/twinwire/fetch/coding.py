"""Content codings undone while the bytes arrive, with the decoded size counted. Reads no socket.

Only one layer, only gzip and deflate (RFC 9110 §8.4): nothing else was asked for. The end of the stream must be seen.
"""

from __future__ import annotations

import zlib

_GZIP_MAGIC = b"\x1f\x8b"


class TooLargeError(Exception):
    """The decoded body passes the cap."""


class UnaskedCodingError(Exception):
    """A coding, or a stack of codings, that was not offered."""


class Decoder:
    """Give it bytes with :meth:`feed`, take ``body`` after :meth:`close`, which returns why it is incomplete, or None.

    ``cap`` is the most decoded bytes. How the bytes are cut on the way makes no difference.
    """

    def __init__(self, content_encoding: str, cap: int) -> None:
        codings = [c for c in (p.strip().lower() for p in content_encoding.split(",")) if c and c != "identity"]
        if len(codings) > 1 or (codings and codings[0] not in {"gzip", "x-gzip", "deflate"}):
            raise UnaskedCodingError(", ".join(codings)[:80])
        self._coding = codings[0].removeprefix("x-") if codings else ""
        self._cap = cap
        self._out: list[bytes] = []
        self._size = 0
        self._inflater: zlib._Decompress | None = None
        self._held = b""      # bytes too few to tell what begins with them
        self._ended = False   # a stream has ended well, and none has begun since
        self._damage: str | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes as they came. Raises :class:`TooLargeError`."""
        if not self._coding:
            self._keep(data)
            return
        data, self._held = self._held + data, b""
        while data and self._damage is None:
            if self._inflater is None:
                if len(data) < 2:
                    self._held = data
                    return
                if not self._begin(data):
                    return
            data = self._inflate(data)

    def close(self) -> str | None:
        """No more bytes will come."""
        if self._inflater is not None or (self._held and not self._ended):
            self._damage = self._damage or f"the {self._coding} stream ends early"
        return self._damage

    @property
    def body(self) -> bytes:
        """What was decoded so far."""
        return b"".join(self._out)

    def _begin(self, first: bytes) -> bool:
        """Start the next stream, if ``first`` is one.

        Servers lie: "gzip" may be plain text, "deflate" may lack its header (RFC 9110 §8.4.1.2 knows of both).
        A file may have several gzip members (RFC 1952 §2.2); anything else behind an end is padding.
        """
        if first.startswith(_GZIP_MAGIC) and self._coding == "gzip":
            self._inflater = zlib.decompressobj(31)
        elif self._ended:
            return False
        elif self._coding == "deflate":
            zlib_header = first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
            self._inflater = zlib.decompressobj(15 if zlib_header else -15)
        else:
            self._coding = ""
            self._keep(first)
            return False
        self._ended = False
        return True

    def _inflate(self, data: bytes) -> bytes:
        """Decode, and return what stands behind the end of the stream."""
        assert self._inflater is not None
        while data and not self._inflater.eof:
            try:
                self._keep(self._inflater.decompress(data, self._cap - self._size + 1))
            except zlib.error as e:
                self._damage = f"the {self._coding} stream is broken ({str(e).rpartition(':')[2].strip()})"
                return b""
            data = self._inflater.unconsumed_tail
        if self._inflater.eof:
            data = self._inflater.unused_data
            self._inflater, self._ended = None, True
        return data

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._cap:
            raise TooLargeError
        self._out.append(data)
