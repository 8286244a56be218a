"""What the pure stages need of a gazetteer. Holds no data: the warehouse builds one, tests write a small one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twinwire.records import Place


class Atlas(Protocol):
    """Looks names up. Names are folded by the atlas itself (case, width, simplified/traditional, accents where that loses
    nothing); a suffix such as 市, 县, 省, 시 or 町 may be there or not."""

    def __hash__(self) -> int:
        """By identity: what was read with one atlas is kept for it."""

    def cities(self, name: str) -> tuple[Place, ...]:
        """Cities and towns called ``name`` in any script, the most populous first. At most 50."""

    def admin1s(self, name: str, country: str | None = None) -> tuple[Place, ...]:
        """First-level divisions called ``name``: names, abbreviations (``Calif.``), ISO 3166-2 codes; inside ``country`` if given."""

    def country(self, name: str) -> Place | None:
        """The country called ``name`` in any of many languages, or by an ISO 3166-1 code or a usual short form (``UK``)."""

    def place(self, place_id: int) -> Place | None:
        """The place of an id."""

    def known(self, name: str) -> bool:
        """Whether a place of any level is called exactly ``name``: no suffix is taken off. Cheaper than the look-ups above."""

    def unspaced(self, text: str) -> Sequence[tuple[int, int]]:
        """Spans of names in scripts that put no blanks between words, the longest at each place, none overlapping."""
