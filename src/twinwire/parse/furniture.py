"""Lines of a page that are not its article: the headline again, share and cookie lines, banners. Knows no site.

A rule takes a whole line or nothing, and only a short one: a sentence about cookies is news somewhere. What closes a
release ("About …", contacts, "SOURCE …") is text and stays; it is only told where it begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SHORT = 200  # characters; a longer line is a paragraph
_LETTERS = re.compile(r"[\W_]+")
_SITES = r"(?:share|tweet|print|e-?mail|copy link|pin it|whatsapp|facebook|twitter|x|linkedin|telegram|wechat|weibo|reddit|line|kakao)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_FURNITURE = re.compile("|".join((
    # banners and advertising
    r"(?:(?:award )?banner(?: image)?[ .]?)+|advertise?ments?|anzeige|publicit[eé]|publicidad|реклама|[广廣広]告|광고",
    r"(?:article|story) continues (?:below|after) .{0,40}",
    # browsers, cookies, scripts
    r"(?:this|our) (?:web ?)?(?:site|page) (?:is best viewed|works best|is optimi[sz]ed|uses cookies|requires javascript)\b.*",
    r"(?:we|wir|nous|usamos|utilizamos|utilizziamo|мы)\b.{0,40}\bcookies?\b.*",
    r"(?:diese|unsere|ce|este|esta|questo|deze|этот|bu)\b.{0,40}\bcookies?\b.*",
    r"(?:accept|reject|manage)(?: all)? cookies?|cookies? (?:settings|policy|preferences|einstellungen)|本(?:网站|站)使用.{0,6}cookies?.*",
    r"(?:please )?(?:enable|turn on|activate) javascript\b.*|your browser (?:does not|doesn.t) support\b.*",
    r"by (?:continuing|using)\b.{0,60}\b(?:agree|consent|accept)\b.*",
    # sharing, printing, subscribing
    rf"{_SITES}(?:(?: ?[,|/·•] ?| (?:on |to |via |and )?){_SITES})*:?",
    r"(?:share (?:this|on|via)|click (?:here )?to (?:share|tweet|print|copy)|print this|listen to this|save this)\b.{0,60}",
    r"(?:teilen|drucken|partager|imprimer|compartir|imprimir|compartilhar|condividi|stampa|поделиться|распечатать|paylaş)(?: ?:.{0,40})?",
    r"分享(?:到|至)?[:：]?|打印(?:本页)?|[关關][闭閉]窗口|扫一扫.{0,30}|字号[:：].{0,20}|シェア(?:する)?|印刷(?:する)?|공유(?:하기)?|인쇄",
    r"(?:subscribe|sign up)\b.{0,60}\b(?:newsletters?|alerts?|channel)\b.{0,40}|follow us (?:on|at)\b.{0,60}",
    # ways through the site
    r"skip to (?:main )?content|back to (?:top|news|list)|(?:read|load|show|see) more|related (?:articles?|news|stories|links?)",
    r"you may also like|most (?:read|popular|viewed)|(?:previous|next)(?: article)?|news provided by",
    r"(?:©|\(c\)|copyright ©?) ?\d{4}\b.{0,120}|all rights reserved\.?|무단 ?전재.{0,40}|저작권자.{0,60}",
)), re.IGNORECASE)
_DATE = re.compile(  # "Jul 21, 2023, 03:12 ET", "Published: 21 July 2023", "2023-07-21 08:00", "2023年7月21日"
    r"(?:(?:last )?(?:updated|published|posted|issued|发布时间|發布時間|时间)(?: on)?[:：]? ?)?(?:[a-z]{3,9}, )?"
    rf"(?:{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {_MONTH},? \d{{4}}|\d{{4}} ?[-/.年] ?\d{{1,2}} ?[-/.月] ?\d{{1,2}}日?|"
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
    r"(?:[,|at ]{0,5}[T ]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})? ?(?:[ap]\.?m\.?)? ?(?:[a-z]{1,4}|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:about|über|[àa] propos d|acerca de|sobre (?:el|la|o|a|os|as)|[关關][于於]) ?\S.{0,80}(?<![.!?。])"
    r"|(?:media|press|investor|for (?:more|further) information)\b.{0,20}\bcontacts?\b.{0,80}|contacts?:.{0,120}"
    r"|forward[- ]looking statements?:?|view original content.{0,190}|(?:source|quelle|fuente|fonte)[ :]\s*\S.{0,149}", re.IGNORECASE)


def tidy(lines: Sequence[str], titles: Sequence[str]) -> list[str]:
    """``lines`` (one paragraph each) without furniture and without those that only repeat the headline, of which
    ``titles`` are readings. A line that is only a date goes while no paragraph has come."""
    heads = {folded for t in titles if (folded := fold(t))}
    kept: list[str] = []
    begun = False
    for raw in lines:
        line = " ".join(raw.split())
        if not line or (len(line) <= 1_000 and fold(line) in heads):
            continue
        if len(line) <= _SHORT and (_FURNITURE.fullmatch(line) or (not begun and _DATE.fullmatch(line))):
            continue
        begun |= len(line) > _SHORT
        kept.append(line)
    return kept


def closing(paragraphs: Sequence[str]) -> int | None:
    """Index of the paragraph with which the closing matter begins, or None. Never in the first half of the text."""
    total, at = sum(map(len, paragraphs)), 0
    for i, line in enumerate(paragraphs):
        if i and 2 * at >= total and len(line) <= _SHORT and _CLOSING.fullmatch(line):
            return i
        at += len(line)
    return None


def fold(text: str) -> str:
    """Letters and digits without case, width and punctuation, for comparing."""
    return _LETTERS.sub("", unicodedata.normalize("NFKC", text[:2_000]).casefold())
