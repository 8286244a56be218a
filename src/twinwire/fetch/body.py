"""The body of one answer: read and decoded while both are counted, with the reason why it is incomplete. Asks nothing.

Also names what breaks on the way, as urllib3 raises it; what requests wraps around that is named in ``transport``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import urllib3.exceptions as low
from urllib3 import BaseHTTPResponse

from twinwire.errors import Kind
from twinwire.fetch.coding import Decoder, TooLargeError, UnaskedCodingError
from twinwire.fetch.wire import Clockwork, StopError

GLANCE = 16 << 10  # bytes of an error's body that are looked at
_CHUNK = 1 << 16
_BROKEN = (low.HTTPError, OSError, ValueError)  # what reading a body raises
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


class Body:
    """Read it once, with :meth:`whole` or :meth:`glance`. ``got`` is the bytes that came over the wire so far."""

    def __init__(self, raw: BaseHTTPResponse, clock: Clockwork) -> None:
        self._raw, self._clock = raw, clock
        self.got = 0

    def whole(self, cap: int) -> tuple[bytes, str | None]:
        """The decoded body and why it is incomplete, or None. ``cap`` is the most bytes, on the wire and decoded.

        Raises :class:`StopError` when there is nothing to keep: too large, too late, broken before the first byte.
        """
        expected = self._expected()
        if expected is not None and expected > cap:
            raise StopError(Kind.TOO_LARGE, f"announces {expected:,} bytes; {cap:,} are the most that is read (fetch.max_bytes)")
        broke = False
        try:
            decoder = self._decoder(cap)
            for data in self._pieces():
                decoder.feed(data)
                if self.got > cap:
                    raise TooLargeError
        except TooLargeError:
            raise StopError(Kind.TOO_LARGE, f"is larger than {cap:,} bytes (fetch.max_bytes)") from None
        except UnaskedCodingError as e:
            raise StopError(Kind.BROKEN_ANSWER, f"comes in a coding that was not asked for ({e})") from None
        except _BROKEN as e:
            stop, broke = stop_for(e, self._clock), True
            if stop.kind is Kind.TIMEOUT or not self.got:
                raise stop from None
        if self._clock.expired:  # a socket shut down from outside looks like a body that has ended
            raise StopError(Kind.TIMEOUT, "the time for this source is over")
        return decoder.body, decoder.close() or self._shortfall(expected, broke=broke)

    def glance(self) -> bytes:
        """The beginning of an error's body. It is a hint; whatever is wrong with it must not hide the status."""
        decoded = b""
        with suppress(TooLargeError, UnaskedCodingError, StopError, *_BROKEN):
            decoder = self._decoder(GLANCE)
            for data in self._pieces():
                decoder.feed(data)
                decoded = decoder.body
                if self.got >= GLANCE:
                    break
        return decoded

    def _decoder(self, cap: int) -> Decoder:
        return Decoder(self._raw.headers.get("Content-Encoding", ""), cap)

    def _pieces(self) -> Iterator[bytes]:
        while data := self._raw.read1(_CHUNK, decode_content=False):
            self.got += len(data)
            yield data
            self._clock.check()

    def _expected(self) -> int | None:
        """What Content-Length promises, unless chunks tell the length themselves (RFC 9112 §6.3)."""
        length = self._raw.headers.get("Content-Length", "")
        if "chunked" in self._raw.headers.get("Transfer-Encoding", "").lower() or not _LENGTH.fullmatch(length):
            return None
        return int(length)

    def _shortfall(self, expected: int | None, *, broke: bool) -> str | None:
        if expected is not None and self.got < expected:
            return f"the body ends after {self.got} of {expected} bytes"
        return f"the connection broke after {self.got} bytes" if broke else None


def stop_for(e: Exception, clock: Clockwork) -> StopError:
    """The class of what urllib3 or the socket raised."""
    if clock.expired or isinstance(e, low.TimeoutError | TimeoutError):
        return StopError(Kind.TIMEOUT, "the time for this source is over")
    if isinstance(e, low.SSLError):
        return no_safe_connection(e)
    return StopError(Kind.BROKEN_ANSWER, f"no proper answer ({cause(e)})")


def no_safe_connection(e: Exception) -> StopError:
    """TLS failed: a certificate that proves nothing, or no TLS at all."""
    return StopError(Kind.TLS, f"no safe connection ({cause(e)})")


def innermost(e: BaseException) -> BaseException:
    """The reason behind it: libraries wrap it three times and show the url each time."""
    while True:
        below = next((a for a in (*e.args, getattr(e, "reason", None)) if isinstance(a, BaseException)), None)
        if below is None or below is e:
            return e
        e = below


def cause(e: BaseException) -> str:
    """Name and words of the innermost reason, at most 160 characters of them."""
    inner = innermost(e)
    text = (getattr(inner, "verify_message", None) or getattr(inner, "reason", None)
            or (inner.args[-1] if inner.args else ""))
    return f"{type(inner).__name__}: {text}"[:160] if text else type(inner).__name__
