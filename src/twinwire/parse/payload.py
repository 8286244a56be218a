"""A payload's bytes → its entries. Talks to no network, reads no clock, parses no date.

A format is added with a module that has ``recognises`` and ``read``, and a line in ``READERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinwire.errors import Kind
from twinwire.formats import MAPPED, Format
from twinwire.parse import jsonfeed, jsonlist, newsml1, newsmlg2, ninjs, nitf, page, sitemap, sniff, syndication, wiretext
from twinwire.parse.decode import decode
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Parsed

if TYPE_CHECKING:  # the config's models take as long to import as all readers together
    from twinwire.config.mappings import Mapping


@dataclass(frozen=True, slots=True)
class Reader:
    """One format. ``recognises`` looks, ``read`` reads; neither raises for anything a document can hold."""

    format: Format
    recognises: Callable[[Document], bool]
    read: Callable[[Document], Parsed | Unreadable]
    on_demand: bool = False                # a source that names the format gets it, whatever the bytes look like


READERS = (  # asked in this order: first those that look at the root element, for a <channel> in a NewsML header is no feed
    Reader(Format.NEWSML_G2, newsmlg2.recognises, newsmlg2.read),
    Reader(Format.NEWSML_1, newsml1.recognises, newsml1.read),
    Reader(Format.NITF, nitf.recognises, nitf.read),
    Reader(Format.SITEMAP, sitemap.recognises, sitemap.read),
    Reader(Format.NINJS, ninjs.recognises, ninjs.read),
    Reader(Format.JSONFEED, jsonfeed.recognises, jsonfeed.read),
    Reader(Format.FEED, syndication.recognises, syndication.read),
    Reader(Format.WIRE_TEXT, wiretext.recognises, wiretext.read, on_demand=True),
)
_FEEDS = (Format.AUTO, Format.FEED)


def parse(body: bytes, *, format: str = "auto", content_type: str | None = None,  # noqa: A002 - the config's word
          url: str | None = None, mapping: Mapping | None = None) -> Parsed | Unreadable:
    """Entries of one payload, in the document's order.

    ``format`` is one of :class:`Format`, or ``json:NAME`` with the ``mapping`` of that name; "auto" looks at the bytes.
    ``content_type`` is the server's header, used only for its charset. ``url`` is the base of relative links where the
    document names none.

    A well-formed feed without entries is a :class:`Parsed` with none. Takes time linear in the size of ``body``.
    """
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        return Unreadable(Kind.EMPTY, "the answer is empty" if not body else "the answer holds nothing but blanks")
    if format == Format.PAGE:
        return page.read(body, content_type=content_type, url=url)
    sound = syndication.root_of(body) if format in _FEEDS else b""
    if sound and (parsed := syndication.read_root(sound, url)):
        return parsed
    decoded = decode(body, content_type)
    doc = Document(decoded.text, decoded.encoding, url, refused=sound != b"" and decoded.how == "utf-8")
    if format.startswith(MAPPED):
        return _mapped(doc, format, mapping)
    for reader in READERS:
        named = format == reader.format
        if (named and reader.on_demand) or ((named or format == Format.AUTO) and reader.recognises(doc)):
            return reader.read(doc)
    found = sniff.describe(doc.text)
    if format != Format.AUTO and any(reader.recognises(doc) for reader in READERS):
        return Unreadable(Kind.NOT_A_FEED, f"not in the configured format {str(format)!r}; try format: auto")
    return found


def _mapped(doc: Document, name: str, mapping: Mapping | None) -> Parsed | Unreadable:
    if mapping is None:
        return Unreadable(Kind.NOT_A_FEED, f"no mapping {name.removeprefix(MAPPED)!r} is known; add it to mappings.yaml")
    return jsonlist.read(doc, mapping) if jsonlist.recognises(doc) else sniff.describe(doc.text)
