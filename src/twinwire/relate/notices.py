"""Correction, update and kill notices: what a headline or a status says of an earlier version. Finds no version itself.

Wires mark them in the headline (Business Wire "CORRECTING and REPLACING", PR Newswire "/C O R R E C T I O N -- …/" and
"/DISREGARD RELEASE: …/", Xinhua 更正, dpa "Berichtigung:") or in a status field (IPTC pubStatus "canceled", "withheld").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from twinwire.normalise.chars import one_line
from twinwire.records import Wired


class Kind(StrEnum):
    """What a notice does to the story it belongs to."""

    CORRECTION = "correction"
    UPDATE = "update"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Notice:
    """``title`` is the headline without the mark: that of the story meant, where the notice repeats it."""

    kind: Kind
    title: str
    mark: str


_SPACED = r"C ?O ?R ?R ?E ?C ?T ?I ?O ?N"
_MARKS: tuple[tuple[Kind, str], ...] = (
    (Kind.KILL, r"/?\s*DISREGARD (?:THE )?(?:PRESS |NEWS )?RELEASE\s*[:\-–—]*\s*(?:[^:/]{2,60}(?::|/(?=\s|$)))?"),
    (Kind.KILL, r"/?(?:MEDIA )?ADVISORY\s*[-–—:/]+\s*(?:DISREGARD|KILL|WITHDRAW)\w*[:\s]*"),
    (Kind.KILL, r"(?:KILL|MANDATORY KILL|WITHDRAWN?|WITHDRAWAL|RETRACTION|RETRACTED)\s*[:\-–—]+\s*"),
    (Kind.KILL, r"(?:ZURÜCKGEZOGEN|ACHTUNG,? SPERRE|MELDUNG GELÖSCHT|RÜCKRUF)\s*[:\-–—]+\s*"),
    (Kind.KILL, r"(?:ANNULE|ANNULATION|RETIRÉ|ANULA|ANULACIÓN|ANULADA|ANNULLAMENTO|АННУЛИРОВАНО|ОТЗЫВ)\s*[:\-–—]+\s*"),
    (Kind.KILL, r"[【［\[（(]?(?:撤稿|撤销|撤銷|撤回|取り消し|取消し|配信取消|삭제|전문취소|기사취소)[】］\]）)]?\s*[:：]?\s*"),
    (Kind.CORRECTION, r"CORRECTING (?:and|&) REPLACING\s*[:\-–—]*\s*"),
    (Kind.CORRECTION, rf"/?\s*{_SPACED}\s*(?:FROM SOURCE\s*)?(?:[-–—:/]+\s*)(?:[^/:]{{2,60}}/)?"),
    (Kind.CORRECTION, r"\(?(?:CORRECTED|CORRECTS|CORRECTIVE|CORR|REPLACEMENT|REFILE|REPEAT)\)?\s*[:\-–—]+\s*"),
    (Kind.CORRECTION, r"\((?:CORRECTED|CORRECTS)\)\s*"),
    (Kind.CORRECTION, r"(?:BERICHTIGUNG|KORREKTUR|KORRIGIERT|RECTIFICATIF|RECTIFICATION|CORRECTIF|CORRECCIÓN|CORRIGE)\s*[:\-–—]+\s*"),
    (Kind.CORRECTION, r"(?:CORREÇÃO|CORREZIONE|RETTIFICA|RECTIFICATIE|SPROSTOWANIE|УТОЧНЕНИЕ|ИСПРАВЛЕНИЕ|DÜZELTME|RALAT)\s*[:\-–—]+\s*"),
    (Kind.CORRECTION, r"[【［\[（(]?(?:更正|勘误|勘誤|訂正|【訂正】|정정|정정보도|고침)[】］\]）)]?\s*[:：]?\s*"),
    (Kind.UPDATE, r"(?:UPDATE\s*\d*|UPDATED|WRAPUP\s*\d*|\d+(?:ST|ND|RD|TH)?\s+(?:LEAD|UPDATE|LD)(?:-WRITETHRU)?)\s*[:\-–—]+\s*"),
    (Kind.UPDATE, r"(?:AKTUALISIERT|AKTUALISIERUNG|MISE À JOUR|ACTUALIZACIÓN|AGGIORNAMENTO|ОБНОВЛЕНО)\s*[:\-–—]+\s*"),
)
_START = re.compile("|".join(f"({mark})" for _, mark in _MARKS), re.IGNORECASE)
_END = re.compile(r"\s*[-–—(\[（【]\s*(CORRECTION|CORRECTED(?: VERSION)?|KORREKTUR|RECTIFICATIF|更正|訂正|정정)\s*[)\]）】/]?\s*$",
                  re.IGNORECASE)
# The headline that a withdrawal tells of in its text: PR Newswire's wording, and titles in 《》.
_MEANT = re.compile(
    r'\b(?:disregard|withdraw\w*|retract\w*|kill\w*) the (?:(?:news|press) )?release,? ["“]?(.{10,300}?)["”]?,? (?:issued|distributed)\b'
    r"|《([^《》]{4,120})》(?:一稿|一文|稿件|的?稿)", re.IGNORECASE)
_CANCELLED = {"canceled", "cancelled", "withdrawn", "killed", "kill"}


def notice(title: str, wired: Wired | None = None) -> Notice | None:
    """What ``title`` (plain, one line) or a status field announces, or None for an ordinary story."""
    title = one_line(title[:1_000])
    found = _START.match(title)
    status = (wired.status or "").casefold().rpartition(":")[2] if wired else ""
    rest = title[found.end():].strip(" /-–—:") if found else title
    if status in _CANCELLED:
        return Notice(Kind.KILL, rest, status)
    if found and found[0].strip():
        return Notice(_MARKS[(found.lastindex or 1) - 1][0], rest, found[0].strip(" /-–—:"))
    if end := _END.search(title):
        return Notice(Kind.CORRECTION, title[: end.start()], end[1])
    if wired and wired.corrects:
        return Notice(Kind.CORRECTION, title, "corrects")
    return None


def meant(told: Notice, text: str) -> str:
    """Headline of the story that a notice is about: of a withdrawal the one its text quotes, where its own headline is only a mark."""
    found = _MEANT.search(one_line(text[:1_000])) if told.kind is Kind.KILL else None
    return found[found.lastindex or 1] if found else told.title
