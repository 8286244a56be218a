"""What stands where, as arrays and as rows of the search index: put in order, rid of what is void. Asks no database.

A row is a token of a run. Its postings are the items that hold it, each as one number: the number of the item times 2^9, how often
the token stands there (at most 255) times 2, and whether it stands in the headline. The macros in views.sql read them so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

MOST = 255  # times that a token counts in one item
BITS = 9    # of a posting below the number of its item

Ints = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Tokens, each with the number of an item and its place there, in this order. A place below 0 lies in the headline."""

    token: Ints
    doc: Ints
    spot: Ints

    def of(self, alive: Ints) -> Occurrences:
        """Those of items that are alive: True at their number."""
        kept = alive[self.doc]
        return self if kept.all() else Occurrences(self.token[kept], self.doc[kept], self.spot[kept])

    def rows(self, run: int) -> pa.Table:
        """A row per token, as in search_index."""
        is_row = _changes(self.token)
        starts = np.flatnonzero(is_row | _changes(self.doc))
        count = np.minimum(np.diff(np.append(starts, len(self.token))), MOST)
        posting = self.doc[starts].astype(np.uint64) << BITS | (count << 1 | (self.spot[starts] < 0)).astype(np.uint64)
        first = np.flatnonzero(is_row)
        places = pa.array(np.append(first, len(self.token)), pa.int32())
        items = pa.array(np.append(np.flatnonzero(is_row[starts]), len(starts)), pa.int32())
        return pa.table({
            "run": np.full(len(first), run, np.uint32), "token": self.token[first],
            "postings": pa.ListArray.from_arrays(items, pa.array(posting)),
            "docs": pa.ListArray.from_arrays(places, pa.array(self.doc, pa.uint32())),
            "spots": pa.ListArray.from_arrays(places, pa.array(self.spot, pa.int32()))})


def ordered(token: Ints, doc: Ints, spot: Ints) -> Occurrences:
    """In order of the tokens; what there is of one token must come in order of item and place."""
    encoded = pa.array(token).dictionary_encode()  # tokens are few beside their places: sorting their ranks takes half the time
    distinct = encoded.dictionary.to_numpy()
    rank = np.empty(len(distinct), np.int64)
    rank[np.argsort(distinct)] = np.arange(len(distinct))
    keys = rank[encoded.indices.to_numpy()] << 32 | np.arange(len(token))
    keys.sort()
    order = keys & 0xFFFFFFFF
    return Occurrences(token[order], doc[order], spot[order])


def stored(rows: pa.Table) -> Occurrences:
    """From token, docs and spots of rows of search_index, in order of token and run: of one token the earlier items come first."""
    docs, spots = (rows[c].combine_chunks() for c in ("docs", "spots"))
    token = np.repeat(rows["token"].to_numpy(), docs.value_lengths().to_numpy())
    return Occurrences(token, docs.flatten().to_numpy(), spots.flatten().to_numpy())


def _changes(values: Ints) -> Ints:
    """True where a value is not the one before it."""
    changes = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes
