"""Datelines of Chinese, Japanese and Korean copy. Finds them at the beginning of a line; looks up no place.

Chinese: agency, place, date and 电 run together. Japanese and Korean: place and agency in brackets, with ＝ or = between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from twinwire.normalise import dateline_dates as dates
from twinwire.normalise.dateline_shape import Line
from twinwire.normalise.wiremarks import enclosed
from twinwire.normalise.wirenames import CHINESE, JAPANESE, KOREAN

_DATE = r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{1,2}\s?日"
_REPORTER = r"(?:\s?[（(【](?:[^）)】\n]{0,60})[）)】])?"
_NAMES = "|".join(sorted(CHINESE, key=len, reverse=True))
_HAN = re.compile("[\u3400-\u9fff]")
_ZH = re.compile(
    rf"[（(【［\[「]?(?:据|來源：|来源：)?(?P<agency>{_NAMES}|本[报報网網社台刊]"
    r"|[\u4e00-\u9fff]{2,8}?(?:日报|日報|晚报|晚報|时报|時報|早报|网|網|电视台|客户端))"
    r"(?:客户端|记者|記者|驻)?\s?(?P<where>[^\s\d，。,、（(【：:]{0,24}?(?:[、/／][^\s\d，。,（(]{1,10})?)"
    rf"\s?(?P<date>{_DATE})?\s?(?P<end>(?:特稿|综合|专)?[电電訊讯](?![力视影商话動动子脑池])|消息(?=[（(：:]|，))"
    rf"[）)】］\]]?{_REPORTER}(?:\s?[题題]：)?[：:]?")
_SERIES = re.compile(r"《[^》]{0,20}》")
_JA = re.compile(r"[【［〔\[](?P<in>[^】］〕\]\n]{1,40})[】］〕\]](?:\s?[-－―ー–—])?")
_JA_BEHIND = re.compile(r"(?P<where>[^=＝]{0,24}?)(?:発)?[=＝]?(?P<agency>" + "|".join(sorted(JAPANESE, key=len, reverse=True)) + r")$")
_JA_BEFORE = re.compile(
    rf"(?P<agency>新華社|AFP|ＡＦＰ|CNN)?(?P<where>[^\d\s　=＝]{{0,20}}?)[\s　]?(?P<date>{_DATE})[\s　]?(?P<tail>[^\d]{{0,16}})$")
_BY = r"(?:\s?[가-힣 ·,]{2,40}(?:기자|특파원|통신원|기자단)\s?=?)?"
_KO = re.compile(rf"[(\[【〔](?P<in>[^)\]】〕\n]{{2,60}}(?:\([가-힣]{{2,6}}\)=?[^)\]】〕\n]{{0,30}})?)[)\]】〕]{_BY}\s?=?")
_KO_INSIDE = re.compile(rf"[(\[【](?P<in>[가-힣·]{{2,14}}=(?:연합뉴스|뉴시스|뉴스1|뉴스핌))[)\]】]{_BY}")
_HANGUL = re.compile("[가-힣]")
_KANA = re.compile("[\u3040-\u30ff]")


def asian(field: str, line: str, offset: int) -> Iterator[Line]:
    """The dateline that ``line`` begins with, if it is one of these languages. ``offset`` is where the line begins in its field."""
    start = len(line) - len(line.lstrip(" \u3000*·■◆○●▲△▶☞"))
    text = line[start:]
    if _HANGUL.search(text[:80]):
        yield from _korean(field, text, offset + start)
    elif _HAN.search(text[:80]) or _KANA.search(text[:80]):
        yield from _chinese(field, text, offset + start)
        yield from _japanese(field, text, offset + start)


def _chinese(field: str, text: str, offset: int) -> Iterator[Line]:
    m = _ZH.match(text)
    if m is None:
        return
    name, known = m["agency"], m["agency"] in CHINESE
    if not (m["date"] or (known and (m["end"] in "电電讯訊" or m["end"].startswith("消息")))):
        return
    own = name.startswith("本") and len(name) == 2
    yield Line(raw=m[0].strip(), field=field, start=offset, stop=offset + len(m[0].rstrip()), location=_SERIES.sub("",
    m["where"]).strip("“”\"·"),
               date=m["date"], agency=None if own else CHINESE.get(name, name), kind="asian", sure=True)


def _japanese(field: str, text: str, offset: int) -> Iterator[Line]:
    m = _JA.match(text)
    if m is None or not (_HAN.search(m["in"]) or _KANA.search(m["in"]) or m["in"] in JAPANESE):
        return
    inside = m["in"].strip(" 　")
    where, date, agency, sure = inside, None, None, False
    if named := _JA_BEHIND.match(inside):
        where, agency, sure = named["where"], JAPANESE[named["agency"]], True
    elif "=" in inside or "＝" in inside:
        where = re.split("[=＝]", inside, maxsplit=1)[0]
    if dated := _JA_BEFORE.match(where):
        behind = dated["tail"].strip(" 　")
        agency = agency or JAPANESE.get(dated["agency"] or "") or JAPANESE.get(behind)
        where, date, sure = dated["where"], dated["date"], agency is not None
    yield Line(raw=m[0].strip(), field=field, start=offset, stop=offset + len(m[0].rstrip()), location=where.strip(" 　・=＝"), date=date,
               agency=agency, kind="asian", sure=sure)


def _korean(field: str, text: str, offset: int) -> Iterator[Line]:
    m = _KO.match(text) or _KO_INSIDE.search(text[:160])
    if m is None:
        return
    text, offset = text[m.start() :], offset + m.start()
    inside = m["in"].strip()
    left, equals, right = inside.partition("=")
    agency: str | None
    date = None
    if equals:
        where, agency = left.strip(), re.split(r"\s", right.strip())[0]
        if dated := dates.find(where):  # (자오좡, 중국 2023년 7월 21일 PRNewswire=연합뉴스)
            date, agency = where[dated.start : dated.stop], enclosed(where[dated.stop :]) or agency
            where = where[: dated.start].strip(" ,")
        if nested := re.match(r"([^()]{2,12})\(([^()]{2,8})\)$", where):  # [paper(place)=reporter]
            agency, where = nested[1], nested[2]
    elif re.search(r"(?:기자|특파원)$", inside):
        agency, _, rest = inside.partition(" ")
        where = rest.partition("/")[0].strip() if "/" in rest else ""
    else:
        return
    yield Line(raw=m[0].strip(), field=field, start=offset, stop=offset + len(m[0].rstrip()),
               location="" if "종합" in where else where, date=date, agency=KOREAN.get(agency, agency) or None,
               kind="asian", sure=bool(equals))
