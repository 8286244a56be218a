"""Wire and origin of an entry, from its dateline, its source and plain marks in its text. Who issued it: see ``issuers``. Never guesses.

The agency a dateline bears is the agency, unless it is the source's own under another name: then the source's own label stays, so
that one source has one. After that: the source's wire, the agency's own site, marks in the text. A source tagged ``aggregator`` has no
wire of its own, and a site that shows a story is not its author.
"""

from __future__ import annotations

from twinwire.config.sources import Source
from twinwire.normalise.chars import fold
from twinwire.normalise.dateline import find
from twinwire.normalise.issuers import issuer
from twinwire.normalise.text import label
from twinwire.normalise.wiremarks import releases
from twinwire.normalise.wirenames import of_host, same
from twinwire.records import Dateline, Entry, Text

__all__ = ["issuer", "republished_from", "wire"]


def wire(source: Source, text: Text, dateline: Dateline | None = None, entry: Entry | None = None, *, looked: bool = False) -> str | None:
    """The agency whose copy ``text`` is, or None. Unless a dateline was ``looked`` for already, sure marks in the text count."""
    own = None if "aggregator" in source.tags else source.wire
    printed = dateline.agency if dateline else None
    if printed and own:
        return own if same(printed, own) else printed
    if printed or own:
        return printed or own
    if entry is not None and entry.wired is not None and entry.wired.provider:
        return label(entry.wired.provider)  # agency formats say it in a field
    if entry is not None and (at := of_host(entry.link)):
        return at
    line = None if dateline or looked else find(text, entry or Entry(position=0))
    return line.agency if line and line.agency and (line.sure or releases(line.agency)) else None


def republished_from(entry: Entry, source: Source) -> str | None:
    """The site an entry was taken from (RSS ``<source>``), unless that is the source itself."""
    name = label(entry.source_title) if entry.source_title else ""
    own = {fold(n) for n in (source.name, source.publisher, source.wire) if n}
    return name if name and fold(name) not in own else None
