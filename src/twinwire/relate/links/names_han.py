"""Names of places in Han, kana and Hangul that the atlas does not know: told by their suffix, a country before them, or their list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.tables import words
from twinwire.relate.links.lexicon import Lexicon
from twinwire.relate.links.nouns import Name

_HAN = "\u3400-\u9fff"
_SUFFIX = "自治州|市|县|縣|区|區|州|省|郡|盟|町|村|府|県|镇|鎮"
_AND = frozenset("与與和同跟及")
_BOTH = re.compile("[两兩我本该該全各二三][市县縣省区區州]")
_ENDS = tuple(_SUFFIX.split("|"))
_SUFFIXED = re.compile(f"[{_HAN}·•]{{1,7}}?(?:{_SUFFIX})")
_NO_NAME = re.compile(
    "[等的与與和同跟及在是为為将將从從由对對向被把已曾于了并並其该該本我全各两兩双雙一二三四五六七八九十几幾多每某此这這那第首个個名市友好姊姐妹结結建立签簽]|"
    "支持|推动|促进|联合|启动|欢迎|城市|国家|國家|省区|地区|政府|代表|协议|关系|世界|国际|國際|海外|外国|都市|県と|市と|省市|港口|中外|双方")
_BOUNDARY = re.compile("[、，,。；;：:（(《“”「『\\s与與和同跟及暨的在对對于—－・のはとがもやでにを]|以及|来自|访问|訪問")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc][\u30a1-\u30fa\u30fc・＝]*[\u30a1-\u30fa\u30fc]")
_KANA_SUFFIX = re.compile(f"(?:{_SUFFIX}|島)(?!場)")
_SEGMENT = re.compile(f"[{_HAN}·]{{2,40}}")
_LIST = re.compile("[、，,与與和及等。；;）)]|以及|$|[\u3000]")
# A Korean word: a name, perhaps a suffix, perhaps a particle.
_WORD = re.compile("[\uac00-\ud7a3]+")
_KOREAN = re.compile(
    "(?P<name>[\uac00-\ud7a3]{2,8}?)(?P<suffix>특별자치도|특별자치시|특별시|광역시|시|군|구|현|주|성|도)?"
    "(?P<particle>와의|과의|와는|과는|와|과|은|는|이|가|을|를|의|에|에서|에서는|에는|로|으로|도|인|간|에게|이자|이며|하고)?$")
_KOREAN_NO = re.compile(
    "(?:자매|우호|도시|역시|다시|당시|즉시|동시|일시|전시|표시|실시|개시|제시|무시|감시|지시|택시|임시|양시|두시|지구|"
    "연구|친구|요구|인구|입구|축구|야구|농구|배구|가구|도구|출구|항구|기구|장군|아군|국군|해군|공군|표현|실현|구현|"
    "재현|출현|작성|구성|형성|달성|여성|남성|특성|중요성|정도|제도|지도|속도|태도|온도|강도|각도|매주|이주|입주|"
    "거주|광주|대표|정부|시장|시민|의회|협약|협정|교류|방문|학생|주년|행사|올해|지난|이번|관계|양측|국내|해외|국제|"
    "외국|각각|서로|함께|결연|기념|지역|두 도시|지자체|자치단체|문화|경제|관광|체결|추진|협력|축제|대회|공원|광장|"
    "가운데|이후|이래)")
_FOR = re.compile("[을를기] 위해$")             # "for the sake of", and not Weihai
_DOUBTFUL = 0.5
_TOWN = 10_000
_BIG = 300_000                             # people


def unspaced_names(text: str, found: Sequence[Name], lexicon: Lexicon, atlas: Atlas) -> list[Name]:
    """``found`` and what the atlas does not know, where it overlaps a known name only if it is the longer one."""
    if lexicon.language == "ko":
        every = [*found, *_korean(text, found, atlas)]
        every = [n for n in every if not _FOR.search(text, max(0, n.start - 3), n.stop)]
        whole = [text[n.start:n.stop] for n in every if n.stop - n.start > 3]
        return [n for n in every if not (  # 후지사와시 is no 후지사 with a particle
            text[n.stop:n.stop + 1] in {"와", "과"} and any(w.startswith(text[n.start:n.stop + 1]) for w in whole))]
    found = [_small(_state(f, text, atlas), text, atlas) for f in _after_and(found, text, atlas) if not _BOTH.match(text, f.start)]
    longer = [*_kana(text, found), *_suffixed(text, found, atlas)]
    kept = [*_outside(found, longer), *longer]
    listed = list(_listed(text, kept, atlas))
    return _in_register([*_outside(kept, listed), *listed], text, atlas)


def _outside(found: Sequence[Name], longer: Sequence[Name]) -> list[Name]:
    """What does not overlap the longer names."""
    return [f for f in found if not any(n.start <= f.start < n.stop or n.start < f.stop <= n.stop for n in longer)]


def _after_and(found: Sequence[Name], text: str, atlas: Atlas) -> Iterator[Name]:
    """武汉和日本 is 武汉 and 日本, though a 和日 exists."""
    ends = {f.stop for f in found}
    for name in found:
        if name.start in ends and text[name.start] in _AND and not _whole(name, found, atlas):
            behind = atlas.unspaced(text[name.start + 1:name.start + 13])
            if behind and behind[0][0] == 0:
                start, stop = name.start + 1, name.start + 1 + behind[0][1]
                yield Name(start, stop, text[start:stop], 0.8)
                continue
        yield name


def _whole(name: Name, found: Sequence[Name], atlas: Atlas) -> bool:
    """日本和歌山市 is 和歌山市 in Japan: a large place of the country that stands before it."""
    before = next((f for f in found if f.stop == name.start), None)
    land = atlas.country(before.name) if before else None
    places = (*atlas.cities(name.name)[:3], *atlas.admin1s(name.name))
    return land is not None and any(p.country_code == land.country_code and (p.population or 0) >= _TOWN for p in places)


def _state(name: Name, text: str, atlas: Atlas) -> Name:
    """蒙古 is 蒙古国 where that is what is written."""
    if text[name.stop:name.stop + 1] in {"国", "國"} and atlas.country(name.name):
        return replace(name, stop=name.stop + 1)
    return name


def _small(name: Name, text: str, atlas: Atlas) -> Name:
    """Two characters that are also a small place somewhere are as likely a word: 留下, 联合."""
    if name.stop - name.start > 2 or name.sure < 0.8 or text[name.start:name.stop].endswith(_ENDS) or atlas.country(name.name):
        return name
    big = any(p.population >= _BIG for p in atlas.cities(name.name)[:1]) or atlas.admin1s(name.name)
    return name if big else replace(name, sure=0.6)


def _in_register(found: list[Name], text: str, atlas: Atlas) -> list[Name]:
    """Where two names have their 市 or 省, one without is less sure to be a name."""
    suffixed = sum(text[f.start:f.stop].endswith(_ENDS) for f in found)
    if suffixed < 2:
        return found
    return [f if text[f.start:f.stop].endswith(_ENDS) or f.sure < 0.6 or f.stop - f.start > 3 or atlas.country(f.name)
            else replace(f, sure=0.5) for f in found]


def _name(start: int, stop: int, text: str, sure: float, known: bool = False) -> Name:
    return Name(start, stop, text[start:stop], sure, known=known)


def _suffixed(text: str, found: Sequence[Name], atlas: Atlas) -> Iterator[Name]:
    """A run of Han that ends in 市, 县, 省 … and begins at a boundary or behind a known name."""
    starts = {f.start: f for f in found}
    ends = {f.stop for f in found}
    boundaries = {0, *ends, *(m.end() for m in _BOUNDARY.finditer(text))}
    for begin in sorted(boundaries):
        m = _SUFFIXED.match(text, begin)
        if m is None or len(m[0]) < 3 or _NO_NAME.search(m[0][:-1]):
            continue
        if any(f.start < begin < f.stop for f in found):
            continue                           # 和歌山 is not "and 歌山"
        own = starts.get(begin)
        if own and (own.stop >= m.end() or any(begin < s < m.end() for s in starts) or atlas.country(own.name) or atlas.admin1s(own.name)):
            continue
        if (begin not in ends and m[0][-1] in "区區") or text[m.end():m.end() + 1] in {"長", "长"}:
            continue
        inner = [f for f in found if begin < f.start < m.end()]
        if inner and (begin not in ends or inner[0].stop - inner[0].start > 3):
            continue
        yield _name(begin, m.end(), text, 0.9, known=atlas.known(m[0]) and own is None)


def _kana(text: str, found: Sequence[Name]) -> Iterator[Name]:
    """A loan word with a suffix or a country before it."""
    ends = {f.stop: f for f in found}
    covered = {(f.start, f.stop) for f in found}
    for m in _KATAKANA.finditer(text):
        start = max((e for e in ends if m.start() <= e < m.end()), default=m.start())
        while start < m.end() and text[start] in "・＝":
            start += 1
        if m.end() - start < 2:
            continue
        suffix = _KANA_SUFFIX.match(text, m.end())
        stop = suffix.end() if suffix else m.end()
        if any(a <= start and stop <= b for a, b in covered):
            continue
        among = text[start - 1:start] == "、" and start - 1 in ends and text[stop:stop + 1] in {"、", "と", "や", "等", "な", "の"}
        led = among or start in ends or text[start - 1:start] in {"米", "英", "仏", "独", "伊", "豪", "露", "加", "・", "の"}
        if suffix or led:
            yield _name(start, stop, text, 0.9 if suffix else 0.75 if among else _DOUBTFUL)


def _listed(text: str, found: Sequence[Name], atlas: Atlas) -> Iterator[Name]:
    """A whole segment of a list whose neighbour is a known name, or what stands between a country and the next mark."""
    starts, ends = {f.start for f in found if f.sure > 0.6}, {f.stop: f for f in found}
    for m in _SEGMENT.finditer(text):
        for begin in sorted({m.start(), *(e + (text[e] in "的の") for e in ends if m.start() <= e < m.end())}):
            piece = re.split(f"{_LIST.pattern}|的", text[begin:m.end()])[0]
            stop = begin + len(piece)
            if not 2 <= len(piece) <= 5 or any(begin <= s < stop for s in starts) or _NO_NAME.search(piece):
                continue
            beside = (begin - 1) in ends or text[stop:stop + 1] in "、等与和"
            listed = text[begin - 1:begin] == "、" and beside and _LIST.match(text, stop)
            if any(f.start == begin and f.stop == stop for f in found):
                continue
            land = ends.get(begin) or (ends.get(begin - 1) if text[begin - 1:begin] in {"的", "の"} else None)
            landed = land is not None and atlas.country(land.name) is not None and _LIST.match(text, stop)
            if listed or landed:
                yield _name(begin, stop, text, _DOUBTFUL)


def _stands_for_place(text: str, word: re.Match[str], k: re.Match[str], found: Sequence[Name]) -> bool:
    """Whether an unknown word stands where places do: in a list, before "with", right behind the words of a tie."""
    behind_tie = len(k["name"]) > 3 and k["particle"] and text[word.start() - 2:word.start()] == "\u3000 "
    with_too = k["particle"] and k["particle"][0] in "와과"
    return bool(behind_tie or with_too or text[word.end():word.end() + 1] == "·" or _behind_and(text, word.start(), found))


def _behind_and(text: str, start: int, found: Sequence[Name]) -> bool:
    """Whether a known name and 와 or 과 stand right before: 부산과 후쿠오카는."""
    return any(f.stop < start and text[f.stop:start].strip() in {"와", "과", "·"} for f in found)


def _korean(text: str, found: Sequence[Name], atlas: Atlas) -> Iterator[Name]:
    spans = [(f.start, f.stop) for f in found]
    lands = {f.stop for f in found if atlas.country(f.name)}
    for m in _WORD.finditer(text):
        if any(a < m.end() and m.start() < b for a, b in spans):
            continue
        k = _KOREAN.fullmatch(m[0])
        if k is None or _KOREAN_NO.match(m[0]) or m[0] in words("hantraps"):
            continue
        ends_so = k["particle"] in {"와", "과"} and text[m.end():m.end() + 1] == ","   # 아사히카와, … is no "and"
        stop = m.end() if ends_so else m.start() + len(k["name"]) + len(k["suffix"] or "")
        if len(k["suffix"] or "") and k["suffix"] not in {"주", "성", "도"} and not _KOREAN_NO.search(m[0][:stop - m.start()]):
            yield _name(m.start(), stop, text, 0.9)
        elif k["name"][-1] in "구군" and any(f.stop == m.start() - 1 for f in found):
            yield _name(m.start(), m.start() + len(k["name"]), text, 0.8)
        elif m.start() - 1 in lands or _stands_for_place(text, m, k, found):
            yield _name(m.start(), stop, text, _DOUBTFUL)
        elif atlas.known(k["name"]) and k["particle"]:
            yield _name(m.start(), m.start() + len(k["name"]), text, _DOUBTFUL)
