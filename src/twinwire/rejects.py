"""Listed pairs that could not be matched, in a CSV file that can be mended and imported. Matches nothing.

The columns are those of `twinwire links import`, and after them the reason and the line or statement it is about.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from twinwire.relate.knownpairs import Unmatched
from twinwire.report.cells import safe_cell
from twinwire.warehouse.store import write_atomically

COLUMNS = ("place_a", "country_a", "place_b", "country_b", "start", "end", "source", "reason", "ref")


class Rejects:
    """The rejects of one list, by what names a row in it. Written whole by :meth:`save`, so that reading a part again doubles nothing."""

    def __init__(self, path: Path, *, anew: bool) -> None:
        """``anew``: forget what an earlier reading of the list left in the file."""
        self._path = path
        self._rows: dict[str, list[str]] = {} if anew else _read(path)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, found: Iterable[Unmatched], forget: Iterable[str] = ()) -> None:
        """Note rows that were not matched; ``forget`` names rows that are matched by now."""
        for ref in forget:
            self._rows.pop(ref, None)
        for u in found:
            a, b = u.listed.a, u.listed.b
            self._rows[u.listed.ref] = [safe_cell(v) for v in (a.name, a.country, b.name, b.country, u.listed.started, u.listed.ended,
                                                               u.listed.source, u.reason, u.listed.ref)]

    def save(self) -> None:
        """Write the file, or take it away when there is nothing in it."""
        if not self._rows:
            self._path.unlink(missing_ok=True)
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self._rows.values())
        write_atomically(self._path, text.getvalue().encode("utf-8", "replace"))


def _read(path: Path) -> dict[str, list[str]]:
    """What is in the file; nothing for one that is missing or was changed by hand."""
    try:
        rows: list[Mapping[str, str]] = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), strict=True))
    except (OSError, ValueError, csv.Error):
        return {}
    return {r["ref"]: [r[c] for c in COLUMNS] for r in rows if all(isinstance(r.get(c), str) for c in COLUMNS)}
