"""Plain text as agencies drop it into a folder: one message or several, with the headers and end marks of their wires.

The dateline stays in the body, where it is read later. A text without a wire's mark is read only where the source's
format says what it is: an error page in plain text is no news.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from twinwire.errors import Kind
from twinwire.parse import limits, plain, sniff, wirehead
from twinwire.parse.draft import Draft, gather
from twinwire.parse.outcome import Document, Unreadable
from twinwire.parse.wirehead import Head
from twinwire.records import Entry, Feed, Parsed, Quarantined, Wired

SHORTEST = 40  # characters of a body that make a text without any mark a story

_HEAD = 4_000
_MARKUP = re.compile(r"\s*[<{\[]")
_IGNORED = re.compile("[\x00\x05\x06\x07\x0f\x15\x16\x7f\ufeff]")  # paddings of the line, bell, shifts
_END_LINE = re.compile(r"^[ \t]*NNNN[ \t\r]*$", re.MULTILINE)
_START_LINE = re.compile(r"^(?=[ \t]*ZCZC\b)", re.MULTILINE)
_DATELINE = re.compile(  # CITY, date /WIRE/ -- of a release wire, at the start of a line
    r"^[ \t]*[A-ZÀ-Þ][^\n]{1,120}(?:/[\w -]{0,20}PR ?Newswire[\w -]{0,20}/|\((?:GLOBE ?NEWSWIRE|BUSINESS WIRE)\)|/CNW(?: Telbec)?/)"
    r"[ \t]*(?:--?|—|–)", re.MULTILINE)
_ERROR = re.compile(r"(?:error|not found|access denied|forbidden|unauthori[sz]ed|bad gateway|service unavailable|[45][0-9]{2}\b)",
                    re.IGNORECASE)


def recognises(doc: Document) -> bool:
    """Text that is no markup and bears a wire's header, its control signs, or a release wire's dateline."""
    head = _IGNORED.sub("", doc.text[:_HEAD]).replace("\r\n", "\n").replace("\r", "\n")
    if _MARKUP.match(head):
        return False
    lines = [line for line in head.split("\n", 12) if line.strip()][:2]
    if not lines:
        return False
    first, second = lines[0].lstrip("\x01").strip(), lines[1].strip() if len(lines) > 1 else ""
    return ((bool(wirehead.IPTC.fullmatch(first)) and ("\x01" in head or len(first.split()) > 4))
            or (wirehead.ANPA.fullmatch(first) is not None and wirehead.ANPA_2.fullmatch(second) is not None)
            or (wirehead.ZCZC.fullmatch(first) is not None and _END_LINE.search(doc.text) is not None)
            or (wirehead.ISSUER.fullmatch(first) is not None and wirehead.RELEASE.fullmatch(second) is not None)
            or _DATELINE.search(head) is not None)


def read(doc: Document) -> Parsed | Unreadable:
    """Entries of the document, one per message. What is no text of a story is NOT_A_FEED, or CHALLENGE for a bot wall."""
    if _MARKUP.match(doc.text[:_HEAD]) or _is_binary(doc.text[: sniff.HEAD]):
        return sniff.describe(doc.text)
    found = [entry for i, text in enumerate(_messages(doc.text)) if (entry := _entry(text, i))]
    if not found:
        return sniff.describe(doc.text)
    damage = f"only the first {limits.ENTRIES} messages read" if len(found) > limits.ENTRIES else None
    parsed = gather(found[: limits.ENTRIES], Feed(format="wire-text"), parser="wire-text", encoding=doc.encoding, damage=damage)
    if not parsed.entries:
        return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(found)} messages can be read: {parsed.quarantined[0].reason}")
    return parsed


def _is_binary(head: str) -> bool:
    text = _IGNORED.sub("", head).replace("\ufffd", "\0")
    return len(limits.legal(text)) * 20 < len(text) * 19


def _messages(text: str) -> Iterator[str]:
    """Texts between the signs for the start (SOH, ZCZC) and the end (EOT, NNNN) of a message."""
    text = _IGNORED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    count = 0
    for sent in re.split("[\x01\x04]", text):
        for ended in _END_LINE.split(sent):
            for message in _START_LINE.split(ended):
                if message.strip(" \t\n\x03") and count <= limits.ENTRIES:
                    count += 1
                    yield message


def _entry(text: str, position: int) -> Entry | Quarantined | None:
    """The message as an entry; None for a text that bears no mark and does not look like a story."""
    text = text[: 2 * limits.CONTENT]
    head = Head(marked="\x02" in text)
    before, sign, rest = text.partition("\x02")
    body, _, trailer = (rest if sign else before).partition("\x03")
    opened = before.rstrip("\n").split("\n") if sign else []
    lines = [*opened, *body.split("\n")]
    start = wirehead.take_header(head, lines, len(opened))
    story = wirehead.take_end(head, wirehead.take_headline(head, lines[start:]), trailer)
    parts = plain.paragraphs(_typeset(line) if head.agency == "AP" else line for line in story)
    marked = head.marked or _DATELINE.search(text[:_HEAD]) is not None
    if not marked and (not head.title or sum(map(len, parts)) < SHORTEST or _ERROR.match(head.title)):
        return None
    return _draft(head, parts).finish(position)


def _typeset(line: str) -> str:
    """AP's seven-bit quotes and dashes."""
    return line.rstrip("<").replace("``", "“").replace("''", "”").replace(" _ ", " — ")


def _draft(head: Head, parts: list[str]) -> Draft:
    lead = " ".join(parts[:2])[:400]
    # The word in an IPTC header may be a service's; it is the agency where the dateline says so.
    named = head.agency[:1].isupper() or f"({head.agency.lower()}" in lead.lower()
    draft = Draft(
        values={"id": head.id, "title": html.escape(head.title, quote=False) if "<" in head.title else head.title,
                "published": head.sent},
        contents=[plain.as_html(parts)],
        authors=head.authors,
        contributors=[head.issuer] if head.issuer else [],
        wired=Wired(slug=head.slug, provider=head.agency if named else None, version=head.version, status=head.status,
                    embargo_raw=head.embargo),
    )
    draft.categorise(head.category, "wire-category")
    for key, value in (("wire:priority", head.priority), ("wire:number", head.number)):
        if value:
            draft.note(key, value)
    return draft
