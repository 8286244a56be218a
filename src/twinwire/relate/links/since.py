"""Which year belongs to which partner: "with Lille since 1968 and with Brno since 1991". Knows no words and no places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from twinwire.relate.links.nouns import Reading, Side
from twinwire.relate.links.status import Spans, marked_years

_BRACKETED = re.compile(r"[(（\[]\s*(1[5-9]\d\d|20\d\d)年?\s*[)）\]]")


def of_each(lower: str, found: Mapping[str, Spans], readings: Iterable[Reading]) -> Mapping[object, int | None] | None:
    """Year by key of the partner, None for one without; None altogether where the sentence gives no years one by one.

    ``readings`` are all those of one tie in the sentence ``lower``. Years stand behind their partners or before them, one for each.
    """
    partners = _partners([side for r in readings for side in r.pairs])
    years = sorted({m.start(1): int(m[1]) for m in _BRACKETED.finditer(lower)}.items()) or marked_years(lower, found)
    if len(partners) < 2 or len(years) < 2:
        return None
    at = [p.name.start for p in partners]
    behind = years[0][0] > at[0]
    out: dict[object, int | None] = {p.key: None for p in partners}
    for where, year in years:
        near = [p for p in partners if (p.name.start < where) is behind]
        if not near:
            return None
        owner = near[-1 if behind else 0].key
        if out[owner] is not None:
            return None
        out[owner] = year
    return out


def _partners(pairs: Sequence[tuple[Side, Side]]) -> list[Side]:
    """The sides that are not the one all pairs have, as they stand; none where there is no such one."""
    shared = set.intersection(*({a.key, b.key} for a, b in pairs)) if pairs else set()
    if len(shared) != 1:
        return []
    others = {s.key: s for pair in pairs for s in pair if s.key not in shared and s.at >= 0}
    return sorted(others.values(), key=lambda s: s.name.start)
