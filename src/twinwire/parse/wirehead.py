"""Headers, headlines and end marks of plain wire text. Knows how agencies write them, nothing of documents.

Shapes seen: IPTC 7901 (``eca0003 3 i 380  dpa 0045``), ANPA 1312 (``a0105``, then ``u s BC-Slug 09-12 0344``), ZCZC … NNNN,
AsiaNet (``Source:``, ``MEDIA RELEASE PR…``), and a headline over a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINES = 40  # of a header and a headline; what comes later is text

IPTC = re.compile(r"([A-Za-z]{2,6}[0-9]{3,6}) (\S) ([A-Za-z]{1,3}) ([0-9]{1,6})(?: +([A-Za-z]{2,6}) +[0-9]{1,6})?[ \t]*")
ANPA = re.compile(r"([A-Za-z][0-9]{4})([A-Za-z]*)[\x1f ]?([A-Za-z][\w-]*)?[ \t]*")
ANPA_2 = re.compile(r"([a-z]) ([a-z])[\x13\x14]?[\x11\x12]? ?(\S.{0,100}?)\s+[0-9]{1,2}-[0-9]{1,2}(?: [0-9]{3,6})?[ \t]*", re.IGNORECASE)
ZCZC = re.compile(r"[ \t]*ZCZC\b[ \t]*(.{0,60})")
ISSUER = re.compile(r"source:[ \t]*(\S.{0,300})", re.IGNORECASE)
RELEASE = re.compile(r"MEDIA RELEASE[ \t]+([A-Z]{0,4}[0-9]{3,10})[ \t]*")
_CODES = re.compile(r"[%$*]\S.{0,60}|:.{0,100}|[A-Z]{2} [A-Z]{3}[ \t]*")
_VERSION = re.compile(
    r"(?:[0-9]{1,2}(?:st|nd|rd|th)[ -]*)?(?:lead|ld|ld-writethru|net|roundup|refile|correction|corr|update|urgent|bulletin|flash|"
    r"writethru|summary|advisory|repeat|kill)(?:[ -]*[0-9]{0,2})", re.IGNORECASE)
_TAKE = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)[ -]?ld(?:-writethru)?", re.IGNORECASE)
_BYLINE = re.compile(r"(?:by|von|par|por|di|da|de)\s+([A-ZÀ-Þ].{2,150})", re.IGNORECASE)
_NOTE = re.compile(r"(?:eds|editors?'? ?note|editor's note|ap photo|with ap photo|attn)\b", re.IGNORECASE)
_EMBARGO = re.compile(r"\(?(?:embargo(?:ed)?|sperrfrist|not for publication before)\b[:\s-]*(.{0,150}?)\)?", re.IGNORECASE)
_SENT = re.compile(  # time of sending: AP month-day-year, a group of day and time, Kyodo day-month-year
    r"\bAP-[A-Z]{2}-[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{4} ?GMT"
    r"|^[0-9]{6}(?: GMT)? [^\W\d_]{3,4}\.? [0-9]{2}(?=[ \t]*$)"
    r"|^[A-Z]{2,4}-[0-9]{2}:[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{2}(?=[ \t]*$)", re.MULTILINE)
_CREDIT = re.compile(r"==[ \t]*([A-Z][\w .-]{1,40})")
_LAST = re.compile(
    r"[ \t]*(?:NNNN|-+ ?30 ?-+|#{2,5}|# # #|[-/(]{0,2}ends?[-/)]{0,2}|AP-[A-Z]{2}-[0-9-]{8} [0-9]{4} ?GMT<?|"
    r"[0-9]{6}(?: GMT)? [^\W\d_]{3,4}\.? [0-9]{2})[ \t]*", re.IGNORECASE)
_INTERNAL = re.compile(r"(?:#+ Notebook|The following information is not (?:intended )?for publication)\b", re.IGNORECASE)
_FILED = re.compile(r"[A-ZÀ-Þ].{1,80}?(?:\([A-Za-z/ ]{2,30}\)|/[\w -]{3,30}/)")  # a dateline with its wire
_WRAPPED = 50  # columns: a headline's line shorter than this does not go on in the next


@dataclass(slots=True)
class Head:
    """What stands around the text of one message, raw."""

    number: str = ""          # of the message, used again every day or so
    release: str = ""         # of a press release, used once
    priority: str = ""
    category: str = ""
    slug: str = ""
    version: str = ""
    agency: str = ""
    issuer: str = ""
    title: str = ""
    sent: str = ""
    embargo: str = ""
    status: str = ""          # a kill notice
    authors: list[str] = field(default_factory=list)
    marked: bool = False      # a wire's header or sign was there

    @property
    def id(self) -> str:
        """The release's number, or number and time together; ``""`` when neither is unique."""
        return self.release or (f"{self.number} {self.sent}" if self.number and self.sent else "")


def take_header(head: Head, lines: list[str], opened: int) -> int:
    """Read header lines off the top; returns where the text starts. ``opened`` lines stood before the STX sign, 0: no sign."""
    at, codes = 0, False
    while at < min(len(lines), max(LINES, opened)):
        line = lines[at].strip("\x13\x14\x11\x12 \t")
        behind = lines[at + 1].strip(" \t") if at + 1 < len(lines) else ""
        if not line:
            pass
        elif not head.number and (found := IPTC.fullmatch(line)):
            head.number, head.priority, head.category, head.agency = found[1], found[2], found[3], found[5] or ""
        elif not head.number and (found := ANPA.fullmatch(line)) and (second := ANPA_2.fullmatch(behind)):
            head.number, head.priority, head.category, head.slug = found[1], second[1], second[2], second[3]
            at += 1
        elif found := ZCZC.fullmatch(line):
            codes = True
        elif codes and _CODES.fullmatch(line):
            head.slug = line[1:].strip() if line.startswith(":") and line[1:].strip() else head.slug
        elif (found := ISSUER.fullmatch(line)) and RELEASE.fullmatch(behind):
            head.issuer = found[1]
        elif found := RELEASE.fullmatch(line):
            head.release = found[1]
        elif at < opened or (head.number and not head.slug and line.endswith("/")):
            head.slug = f"{head.slug} {line.strip('/')}".strip()
        else:
            break
        at += 1
    head.marked = head.marked or bool(head.number or head.release or codes)
    return max(at, opened)


def take_headline(head: Head, lines: list[str]) -> list[str]:
    """Read the headline and what stands around it off the top; returns the lines of the text."""
    lines = lines[next((i for i, line in enumerate(lines) if line.strip()), len(lines)):]
    if lines and lines[0].startswith("^"):
        return _carets(head, lines)
    if head.slug and lines and _same(lines[0], head.slug):
        lines = lines[1:]
    for i, line in enumerate(lines[:10]):
        if line.rstrip().endswith(("=", "+")) and len(line) < 300:
            _closed(head, [bare for raw in lines[: i + 1] if (bare := raw.strip().rstrip("=+ "))])
            return lines[i + 1:]
    return _open(head, lines)


def _closed(head: Head, block: list[str]) -> None:
    """A block with an end sign: labels, version marks, the headline, a byline. The headline is the last line but that."""
    left = [line for line in block if not _label(head, line)]
    if len(left) > 1 and _BYLINE.fullmatch(left[-1]):
        head.authors.append(left.pop())
    while left and (not head.title or len(left[-1]) >= _WRAPPED):
        head.title = f"{left.pop()} {head.title}".strip()


def _open(head: Head, lines: list[str]) -> list[str]:
    """A headline over a text: the first line that is no label, with what it wraps into. No headline over a bare paragraph."""
    at = 0
    while at < min(len(lines), LINES) and (not lines[at].strip() or _label(head, lines[at].strip())):
        at += 1
    block = [line.strip() for line in lines[at: at + 5]]
    count = next((i for i, line in enumerate(block) if i and (not line or _FILED.match(line))), len(block))
    if not block or len(block[0]) > 300 or (count == 5 and len(block[0]) >= _WRAPPED):
        return lines[at:]
    taken = 1
    while taken < count < 5 and len(block[taken - 1]) >= _WRAPPED:
        taken += 1
    head.title = " ".join(block[:taken])
    return lines[at + taken:]


def _label(head: Head, line: str) -> bool:
    """Notes version marks and embargoes; True when the line is one."""
    if _VERSION.fullmatch(line):
        head.version = f"{head.version} {line}".strip()
        head.status = line if line.casefold().startswith("kill") else head.status
        return True
    if found := _EMBARGO.fullmatch(line):
        head.embargo = found[1] or line
        return True
    return False


def _carets(head: Head, lines: list[str]) -> list[str]:
    """AP's ``^slug<``, ``^headline<``, notes and bylines (``^By A. WRITER=``)."""
    count = next((i for i, line in enumerate(lines) if not line.startswith("^")), len(lines))
    found = [line.strip().strip("^<= ") for line in lines[:count]]
    head.marked = True
    head.slug = head.slug or found[0]
    head.version = head.version or ", ".join(_TAKE.findall(found[0]))
    rest = [line for line in found[1:] if line and not _NOTE.match(line)]
    if any(line.casefold() == "associated press" for line in rest):
        head.agency = "AP"
    head.title = next((line for line in rest if not _BYLINE.fullmatch(line)), "")
    head.authors += [line for line in rest if line != head.title and _BYLINE.fullmatch(line)]
    return lines[count:]


def take_end(head: Head, lines: list[str], trailer: str) -> list[str]:
    """The text without end marks, credits and what is not for publication; notes the time of sending."""
    cut = next((i for i, line in enumerate(lines) if _INTERNAL.match(line.strip())), len(lines))
    tail = "\n".join([*(line.strip() for line in lines[-10:]), trailer[:2_000].strip()])
    found = _SENT.search(tail)
    head.sent = found[0] if found else ""
    while cut and (not (line := lines[cut - 1].strip(" \t*")) or _LAST.fullmatch(line) or _CREDIT.fullmatch(line)):
        if credit := _CREDIT.fullmatch(line):
            head.agency = credit[1]
        cut -= 1
    return lines[:cut]


def _same(line: str, slug: str) -> bool:
    return line.strip().casefold()[:200] == slug.strip().casefold()
