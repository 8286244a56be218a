"""A text as it is judged: folded whole, with its fields, openings and length. Finds no term."""

from __future__ import annotations

import re

from twinwire.config.topics import Scoring
from twinwire.records import Text
from twinwire.screen.fold import SEPARATOR, fold
from twinwire.screen.terms import UNSPACED

MAX_CHARS = 1 << 19  # code points per field that are read; no news text is longer
_SAME = 80           # a summary is the body's opening when this many characters of its beginning stand in it
# Not a sentence's end: behind a shortened word (Nov. 6, Gov. Moore), an initial (U.S.) or a day (12. März).
_SHORT = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "gov", "sen", "rep", "mr", "mrs", "dr",
          "prof", "lt", "gen", "col", "st", "no", "okt", "dez", "bzw", "ca", "nr", "str", "mio", "mrd", "sr", "sra", "av", "ул", "им",
          "млн", "млрд")
_RUNNING = "".join(rf"(?<!\b{word})" for word in (*_SHORT, r"[^\W\d_]", r"\d", r"\d\d"))
_SENTENCE = re.compile(rf"(?:[!?]|{_RUNNING}\.)[ \x1f]|[。！？]")
_UNSPACED_RUN = re.compile(f"{UNSPACED.pattern}+")
_DENSE = 2           # where a word has one or two characters, every length is this many times shorter


class Page:
    """The folded text of an entry, field after field: title, summary, body. Lengths are characters, as many as its script needs.

    A summary that opens the body is the body's opening, not a second voice: it is left out. ``length`` is that of all but the title.
    """

    __slots__ = ("_body", "_folded", "_lead_body", "_lead_summary", "_origins", "_summary", "length", "long", "passage", "text", "window")

    def __init__(self, text: Text, scoring: Scoring) -> None:
        title, summary, body = _plain(text.title), _plain(text.summary), _plain(text.body)
        repeated = 0
        if summary and body and _opens(summary, body):
            repeated, summary = len(summary), ""
        self._folded = fold(f"{title}{SEPARATOR}{summary}{SEPARATOR}{body}")
        self._origins = (0, len(title) + 1, len(title) + len(summary) + 2)
        self.text = whole = self._folded.text
        self._summary = whole.index(SEPARATOR) + 1
        self._body = whole.index(SEPARATOR, self._summary) + 1
        density = _density(whole)
        lead = scoring.lead // density
        self._lead_summary = self._summary + lead
        self._lead_body = self._body + max(lead, min(repeated, 2 * lead))
        self.window = scoring.window // density
        self.passage = scoring.passage // density
        self.length = len(whole) - self._summary - 1
        self.long = len(whole) - self._body > scoring.long_body // density

    def zone(self, position: int) -> str:
        """``title``, ``lead`` or ``body``."""
        if position < self._summary:
            return "title"
        return "lead" if position < (self._lead_summary if position < self._body else self._lead_body) else "body"

    def opening(self) -> int:
        """Where the last opening ends: what follows is body."""
        return self._lead_body if self._body < len(self.text) else self._lead_summary

    def first_sentence(self) -> int:
        """Where the first sentence behind the title ends; at most one passage on."""
        start = self._summary
        while start < len(self.text) and self.text[start] in " \x1f":
            start += 1
        m = _SENTENCE.search(self.text, start, start + 2 * self.passage)
        return m.start() if m else start + self.passage

    def original(self, start: int, stop: int) -> tuple[str, int, int]:
        """The field of a folded span, and the span in that field as it was written."""
        number = 0 if start < self._summary else 1 if start < self._body else 2
        began, ended = self._folded.original(start, stop)
        return ("title", "summary", "body")[number], began - self._origins[number], ended - self._origins[number]

    def whole(self, start: int, stop: int) -> tuple[int, int]:
        """A folded span in the three fields as they were written, one after the other; see :meth:`of_field`."""
        return self._folded.original(start, stop)

    def of_field(self, name: str, start: int, stop: int) -> tuple[int, int]:
        """A span of a field as it was written, in the three fields one after the other."""
        at = self._origins[("title", "summary", "body").index(name)]
        return at + start, at + stop


def _plain(text: str) -> str:
    """No more of a field than is read, without our separator."""
    text = text[:MAX_CHARS]
    return text.replace(SEPARATOR, " ") if SEPARATOR in text else text


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
    return _DENSE if _DENSE * sum(map(len, _UNSPACED_RUN.findall(head))) > len(head) else 1
