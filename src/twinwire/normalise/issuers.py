"""Who put a release out, from the entry's fields and from what the text says of itself. Never guesses from a site or an author.

In order: dc:contributor on release wires; "A news report from X:"; a SOURCE line (in the languages that have one); the name a wire
prints in the dateline of a client; "distributed on behalf of X"; the office a text cites; a headline that begins with an office; and
last, on release wires and in short notices, who announces in the first sentence. A site that shows a story is not its issuer.
"""

from __future__ import annotations

import re

from twinwire.normalise.dateline import find
from twinwire.normalise.text import label
from twinwire.normalise.wiremarks import enclosed, plausible, releases
from twinwire.normalise.wirenames import home
from twinwire.records import Entry, Text

_START = 900    # characters in which a text says whose report it is
_END = 2_500    # … and names its source
_MOST = 150     # characters of a name

_REPORT = re.compile(
    r"\b(?:A|The following is an?|This is an?|Following is an?|Below is an?|Here is an?) (?:news )?"
    r"(?:report|story|article|news release|press release|statement|feature)"
    r" (?:from|by|issued by|released by) (?P<en>(?:the )?[A-Z0-9“\"][^:\n]{2,150}?)\s?(?::|\.(?=\s|$)|\n|$)"
    r"|\bEin (?:Nachrichtenb|B)ericht (?:von|der|des) (?P<de>[^:\n]{3,150}?)\s?:"
    r"|\bUn (?:reportage|rapport|article|communiqué)(?: d[e'’]actualités?)? (?:de |du |d['’])(?P<fr>[^:\n]{3,150}?)\s?:"
    r"|\bUn(?:a)? (?:informe|noticia|reportaje|reporte)(?: de noticias)? (?:de|del|por) (?P<es>[^:\n]{3,150}?)\s?:"
    r"|\bUma (?:reportagem|notícia) (?:de|da|do) (?P<pt>[^:\n]{3,150}?)\s?:"
    r"|\bUn (?:articolo|servizio) (?:di|del|della) (?P<it>[^:\n]{3,150}?)\s?:")
_SOURCE = re.compile(
    r"^[\s(（【\[*]{0,3}(?:SOURCES?(?:\s?[:：])?|(?:Source|Sources|Quelle|Fuente|Fonte|Bron|Kilde|Källa|Kaynak|Źródło|Zdroj|Forrás|"
    r"Sursa|Πηγή|Источник|Джерело|المصدر|Nguồn|Sumber|来源|來源|稿源|信息来源|資料來源|資料提供|出典|提供|출처|자료제공|"
    r"자료 제공)\s?[:：])\s?(?P<name>\S[^\n]{1,180})$",
    re.MULTILINE)
_MESSAGE = re.compile(r"^[\s（(【]?(?P<name>[\u4e00-\u9fff]{2,10}(?:网|報|报|社|台|新闻|在线|客户端))消息(?=[（(：:]|，)")
_OTS = re.compile(
    r"Original-Content von:?\s(?P<name>[^\n]{2,150}?),?\s(?:übermittelt|transmitted)"
    r"|Original content (?:of|by):?\s(?P<en>[^\n]{2,150}?), transmitted")
_BEHALF = re.compile(
    r"\b(?:[Dd]istributed|[Ii]ssued|[Rr]eleased|[Pp]ublished|[Pp]rovided)(?: by [\w .&-]{2,40})?"
    r" on behalf of (?:the )?(?P<name>[A-Z][^\n.]{2,140})"
    r"|\b(?:[Ii]ssued|[Pp]ress release|[Nn]ews provided) by:? (?:the )?(?P<by>[A-Z][^\n.,]{2,140})")
_CLIENT = re.compile(r"\d{4} / ?(?P<name>[^/\n]{2,60}?) ?/(?=\s|$)")
_OFFICE = (
    r"(?:Information Office|Publicity Department|Press Office|(?:Convergence )?Media Center|Foreign Affairs Office|Press Service|"
    r"News Office|Propaganda Department|Municipal [A-Z]\w+ (?:Bureau|Department|Office))")
_CITED = re.compile(
    r"\b(?:[Aa]ccording to|[Ss]aid|announced by|released by|reported by|from) (?:the |a statement (?:from|by) (?:the )?)"
    rf"(?P<name>(?:[A-Z][\w'’.-]* ){{0,6}}{_OFFICE}"
    r"(?: of (?:the )?[A-Z][\w'’.-]*(?:[ -](?:(?:of|the|and|for|City|Party|Committee|CPC)\b|[A-Z][\w'’.-]*)){0,12})?)")
_HEADED = re.compile(
    r"^(?P<name>[^:：\n]{4,90}?(?:Department|Office|Government|Committee|Bureau|Council|Ministry|Commission|Authority|Municipality|Chamber|"
    r"Stadt|Ministerium|Landkreis|Stiftung|GmbH|AG|e\.V\.)(?: (?:of|for|der|des|von) [^:：\n]{2,50})?|(?:Stadt|Gemeinde|Landkreis|"
    r"City of|Town of|Ministry of) [^:：\n]{2,50}?)\s?[:：] ")
_LOCAL = re.compile(r"Publicity|Information|Press|Municipal|City|County|Provincial|Prefectur|Stadt|Gemeinde|Landkreis")
_ANNOUNCES = re.compile(
    r"^(?P<name>(?:The )?[A-Z0-9][\w&.'’®™-]*(?: (?:of|and|for|the|de|&)(?= [A-Z])| [A-Z0-9(][\w&.'’®™)-]*){0,9}?)"
    r",?(?: \([^()]{2,60}\))?(?:,? (?:an?|the|one) [^.\n]{3,220}?,)?"
    r" (?:has |have |is |are )?(?:today |proudly |officially |recently |also )?"
    r"(?:announc(?:ed|es|ing)|(?:pleased|proud|excited|thrilled|delighted) to announce|unveil(?:ed|s)|"
    r"launch(?:ed|es)|releas(?:ed|es)|report(?:ed|s) (?:its|results)|publish(?:ed|es))\b")
_EAST = (
    re.compile(r"^(?P<name>[가-힣]{0,8}\s?[가-힣]{1,10}(?:시|군|구|도|부|청|처|원|위원회|공사|공단|재단))(?:은|는|이|"
    r"가)\s[^\n]{0,240}?(?:밝혔다|발표했다|전했다)"),
    re.compile(r"(?P<name>[가-힣]{2,10}(?:부|청|처|시|군|도|위원회))(?:이|가|은|는) (?:밝혔다|발표했다)"),
    re.compile(r"^(?P<name>[\u3041-\u9fff々ー]{1,20}?(?:省|庁|市|県|町|村|府|都|区|局|大使館|協会|委員会|機構))は(?:、|\d|"
    r"[^\n。]{0,12}[、日])[^\n。]{0,200}?(?:発表した|明らかにした|公表した)"),
    re.compile(r"记者(?:\S{0,6}日)?从(?P<name>[\u4e00-\u9fff（）]{3,24}?)(?:获悉|了解到|处获悉)"),
    re.compile(r"^(?P<name>(?:[А-ЯЁ][\w-]*\s?){1,6}|[Пп]ресс-служба [^\n,.]{3,80}?) (?:сообщил[аио]?|сообщает|объявил[аио]?)\b"),
    re.compile(r"(?:сообщает|сообщила|сообщили в) (?P<name>пресс-служб[аеу] [^\n,.«»]{3,80})"),
)
_TAIL = re.compile(r"\s?(?:\((?:NYSE|NASDAQ|Nasdaq|OTC|TSX|LSE|HKEX|SEHK|SSE|SZSE|ASX|CSE)[^()]{0,40}\)|https?://\S+|Related Links.*|"
    r"View original.*)\s?", re.IGNORECASE)


def issuer(entry: Entry, text: Text, wire: str | None) -> str | None:
    """Who put a release out, or None when neither the entry nor its text says."""
    release = wire is not None and releases(wire)
    agency = wire is not None and not release and (enclosed(wire) is not None or home(wire) is not None)
    if entry.contributors and release:
        return label(entry.contributors[0]) or None
    for part in (text.body, text.summary):
        if part and (name := _stated(part) or (None if agency else _implied(part, release))):
            return name
    headed = _HEADED.match(text.title)
    return _clean(headed["name"]) if headed and (release or (not wire and _LOCAL.search(headed["name"]))) else None


def _stated(part: str) -> str | None:
    start, end = part[:_START], part[-_END:]
    if m := _REPORT.search(start):
        return _clean(_group(m))
    if m := _MESSAGE.match(start):
        return m["name"]
    sources = [name for m in _SOURCE.finditer(end) if (name := _clean(m["name"])) and enclosed(name) is None]
    if sources:
        return sources[-1]
    if m := _OTS.search(end) or _BEHALF.search(end):
        return _clean(_group(m))
    m = _CLIENT.search(start[:400])
    return _clean(m["name"]) if m and enclosed(m["name"]) is None and plausible(m["name"]) != m["name"].upper() else None


def _implied(part: str, release: bool) -> str | None:
    if m := _CITED.search(part[:_START]):
        return _clean(m["name"])
    lead = _lead(part)
    for pattern in _EAST:
        if m := pattern.search(lead):
            return _clean(m["name"])
    m = _ANNOUNCES.match(lead) if release else None
    return _clean(m["name"]) if m else None


def _lead(part: str) -> str:
    """The first sentence or two behind the dateline."""
    line = find(Text(body=part[:3_000]), Entry(position=0))
    start = line.stop if line and line.sure else 0
    return part[start : start + _START].lstrip(" -–—:：\n　")


def _group(m: re.Match[str]) -> str:
    return next(g for g in m.groups() if g)


def _clean(name: str) -> str | None:
    name = _TAIL.sub(" ", name).strip(" \t.,;:：)）】]*\u3000")
    name = name[:_MOST].rstrip()
    return name if any(map(str.isalpha, name)) and not name.startswith("http") else None
