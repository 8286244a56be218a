"""A payload's bytes → its entries. Talks to no network, reads no clock, parses no date.

A format is added with a module that has ``recognises`` and ``read``, and a line in ``READERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twinwire.config.sources import Format
from twinwire.errors import Kind
from twinwire.parse import jsonfeed, sniff, syndication
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Parsed


@dataclass(frozen=True, slots=True)
class Reader:
    """One format. ``recognises`` looks, ``read`` reads; neither raises for anything a document can hold."""

    format: Format
    recognises: Callable[[Document], bool]
    read: Callable[[Document], Parsed | Unreadable]


READERS = (  # asked in this order
    Reader(Format.JSONFEED, jsonfeed.recognises, jsonfeed.read),
    Reader(Format.FEED, syndication.recognises, syndication.read),
)


def parse(body: bytes, *, format: str = "auto", content_type: str | None = None,  # noqa: A002 - the config's word
          url: str | None = None) -> Parsed | Unreadable:
    """Entries of one payload, in the document's order.

    ``format`` is one of :class:`Format`; "auto" looks at the bytes. ``content_type`` is the server's header, used
    only for its charset. ``url`` is the base of relative links where the document names none.

    A well-formed feed without entries is a :class:`Parsed` with none. Takes time linear in the size of ``body``.
    """
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        return Unreadable(Kind.EMPTY, "the answer is empty" if not body else "the answer holds nothing but blanks")
    decoded = decode(body, content_type)
    doc = Document(decoded.text, decoded.encoding, url)
    for reader in READERS:
        if format in {Format.AUTO, reader.format} and reader.recognises(doc):
            return reader.read(doc)
    found = sniff.describe(doc.text)
    if format != Format.AUTO and any(reader.recognises(doc) for reader in READERS):
        return Unreadable(Kind.NOT_A_FEED, f"not in the configured format {str(format)!r}; try format: auto")
    return found
