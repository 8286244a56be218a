"""What readers take and what they give when there is nothing to give. Contains no reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from twinwire.errors import Kind
from twinwire.parse import xmldoc


@dataclass(frozen=True)
class Document:
    """A payload as text. ``url`` is where it came from, the base of relative links; None when not known. ``refused``: an XML parser
    was given these very bytes and did not take them."""

    text: str
    encoding: str
    url: str | None = None
    refused: bool = False

    @cached_property
    def root(self) -> str:
        """Local name of the root element in lower case; ``""`` for what is no XML."""
        return xmldoc.root_name(self.text)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A payload that gives no entries. ``message`` is one printable line that says what it looks like.

    ``kind`` is EMPTY, NOT_A_FEED, CHALLENGE or ALL_ENTRIES_BAD.
    """

    kind: Kind
    message: str
