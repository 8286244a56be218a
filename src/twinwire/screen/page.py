"""A text as it is judged: folded whole, with its fields, openings and length. Finds no term."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twinwire.config.topics import Scoring
from twinwire.records import Text
from twinwire.screen.fold import SEPARATOR, Folded, fold
from twinwire.screen.terms import UNSPACED

MAX_CHARS = 1 << 19  # code points per field that are read; no news text is longer
_SAME = 80           # a summary is the body's opening when this many characters of its beginning stand in it
_SENTENCE = re.compile("[.!?][ \x1f]|[。！？]")
_DENSE = 2           # where a word has one or two characters, every length is this many times shorter


@dataclass(slots=True)
class Field:
    """A field of the text in the folded whole: where it stands, where its opening ends, where it began in the original."""

    name: str
    start: int
    stop: int
    lead_stop: int
    origin: int


@dataclass(slots=True)
class Page:
    """The folded text of an entry, field after field. ``window`` and ``passage`` are characters, as long as its script needs."""

    folded: Folded
    fields: tuple[Field, Field, Field]    # title, summary, body
    window: int
    passage: int
    length: int                            # of all but the title; a summary that opens the body is not counted twice
    long: bool

    @property
    def text(self) -> str:
        """The folded whole."""
        return self.folded.text

    def field(self, position: int) -> Field:
        """The field that holds this position."""
        title, summary, body = self.fields
        return title if position < title.stop else summary if position < summary.stop else body

    def zone(self, position: int) -> str:
        """``title``, ``lead`` or ``body``."""
        f = self.field(position)
        return "title" if f.name == "title" else "lead" if position < f.lead_stop else "body"

    def first_sentence(self) -> int:
        """Where the first sentence behind the title ends; at most one passage on."""
        start = self.fields[0].stop
        while start < len(self.text) and self.text[start] in " \x1f":
            start += 1
        m = _SENTENCE.search(self.text, start, start + self.passage)
        return m.start() if m else start + self.passage

    def original(self, start: int, stop: int) -> tuple[Field, int, int]:
        """The field of a span, and the span in that field as it was written."""
        f = self.field(start)
        began, ended = self.folded.original(start, stop)
        return f, began - f.origin, ended - f.origin


def page_of(text: Text, scoring: Scoring) -> Page:
    """Fold the fields at once. A summary that opens the body is the body's opening, not a second voice: it is left out."""
    title, summary, body = (t[:MAX_CHARS].replace(SEPARATOR, " ") for t in (text.title, text.summary, text.body))
    repeated = len(summary) if summary and body and _opens(summary, body) else 0
    if repeated:
        summary = ""
    folded = fold(SEPARATOR.join((title, summary, body)))
    first = folded.text.index(SEPARATOR)
    second = folded.text.index(SEPARATOR, first + 1)
    end = len(folded.text)
    density = _density(folded.text)
    lead = scoring.lead // density
    fields = (
        Field("title", 0, first + 1, first, 0),
        Field("summary", first + 1, second + 1, first + 1 + lead, len(title) + 1),
        Field("body", second + 1, end + 1, second + 1 + max(lead, min(repeated, 2 * lead)), len(title) + len(summary) + 2),
    )
    return Page(folded, fields, scoring.window // density, scoring.passage // density, end - first - 2,
                end - second > scoring.long_body // density)


def _opens(summary: str, body: str) -> bool:
    """Whether the beginning of the summary stands where the body begins, whatever its blanks and its last dots."""
    if body.startswith(summary[:_SAME].rstrip(" .…")):
        return True
    start = " ".join(summary[:2 * _SAME].split())[:_SAME].rstrip(" .…")
    return bool(start) and start in " ".join(body[:4 * _SAME + len(summary)].split())


def _density(text: str) -> int:
    """Han, kana, Hangul and Thai say a word in one or two characters. Only scripts of three bytes a character are looked at."""
    head = text[:400]
    if head.isascii() or len(head.encode()) < 2 * len(head):
        return 1
    return _DENSE if _DENSE * len(UNSPACED.findall(head)) > len(head) else 1
