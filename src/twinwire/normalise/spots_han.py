"""Finds where a text in Han, kana or Hangul may name places, and throws out what only looks like one. Knows no places.

Words are not divided there: a name counts when its suffix says what it is (市, 县, 省, 県, 시, 군 …) or when it is well known and does
not lie inside a longer word.
"""

from __future__ import annotations

import re

from twinwire.normalise.atlas import Atlas
from twinwire.normalise.spots import Spot
from twinwire.normalise.placenames import simplified

_HAN = "\u3400-\u9fff"
_KATAKANA = "\u30a1-\u30ff"
_HANGUL = "\uac00-\ud7a3"
SCRIPTS = re.compile(f"[\u3041-\u30ff{_HAN}{_HANGUL}]")
_SUFFIX = re.compile(r"(?:自治区|自治州|自治县|特别行政区|特別行政区|省|市|县|縣|県|州|府|都|道|区|區|町|村|镇|鎮|乡|郡|盟|旗|邦|특별자치도|특별자치시|특별시|광역시|도|시|군|구|읍|면|주|현|성)")
_BEHIND = re.compile(r"自治区|自治州|自治县|特别行政区|省|市|县|縣|県|州|府|镇|鎮|乡|郡|町|村")
# Longer words that a name begins, ends or lies in. The span is the whole word.
_INSIDE = re.compile(
    "发展中国家|發展中國家|中国家|北京时间|北京時間|其中国内|上海合作组织|印度洋|太平洋|大西洋|南海地区|马里奥|马里兰|马里亚纳|约翰|中国中央|新中国|中国共产|东方财富|"
    "海地区|日本海|日中|韩国瑜|长安街|中山装|中山大学|中山路|和平|平安|友好|大学|开放|发展|建设|合作|新闻|中新|平和|団体|東洋|大和|昭和|平成|令和|交流|共同|国际米兰|阿里巴巴")
_TRAPS = frozenset(  # simplified
    "城郊 港区 青年 护国 自由 公平 繁荣 开通 花园 大进 合作区 华民 三江 大湾区 大城市 新城市 老城市 古城 新建 日向 文明 红旗 前进 幸福 和谐 复兴 振兴 东升 光荣 先锋 卫星 兴旺 富强 向阳 胜利 新村 农业 工业 科学 学院 学校 公园 水库 码头 温泉 高速 车站 机场 市场 商业 中学 小学 总部 基地 园区 新区 城区 区域 全球 世界 江南 江北 河东 河西 山南 南山 北山 东山 西山 南岸 北岸 大众 民族 生态 长青 常青 万年 大美 大力 高明 大海 大河 海上 海港 海口港 上游 下游 中游 黄河 长江 金融 资源 国庆 元旦 春节 "
    "上町 东北 东安 东方 东海 东西 东部 东风 中央 中山 中心 中新 中部 互助 交口 交流 仲间 会同 会议 光明 "
    "公主 共同 共和 关山 北方 北部 南北 南方 南部 友好 友好区 双城 发展 合作 和平 团结 国分 国际 城关 大会 "
    "大同 大和 大城 大学 大安 大川 大方 天水 太平 安全 安定 安平 富民 平和 平安 平等 広场 建国 建设 开放 "
    "文化 新兴 新华 新和 新城 新安 新生 日本海 日野 明白 普通 朝日 朝阳 本町 本部 毎日 民主 民乐 水城 永安 "
    "红星 胜利 西方 西部 解放 読売 长城 长安 関东 関西 高原 "
    "위해 연대 예산 부여 공주 오산 음성 영양 고령 강진 곡성 거창 정선 상주 진도 영광 구리 인제 보은 의성 무안 사천 이천 성주 장성 전주 대전 나라 수원 함안 화성 광명 안성 의사 이리 "
    "하나 우리 시장 도시 군수 구청 시민 문화 국제 교류 협력 대회 정부 지역 발전 미래 사회 경제 공원 중앙 "
    "동부 서부 남부 북부 양산 고성 장수 진안 남해 영동 동해 서해".split())
_SURNAME = re.compile(r"(?:氏|さん|選手|監督|議員|先生|容疑者|社長|君|様|女士)")
# What may follow a Korean name and its suffix in one word: particles, and the offices of a place.
_PARTICLE = re.compile(
    r"(?:은|는|이|가|을|를|에|의|와|과|도|로|으로|만|까지|부터|및|측|서|에서|에는|에서는|에도|에게|에서도|이나|나|라는|이라는|인|이란|보다|처럼|마다|간|내|산|발|행|"
    r"의회|청|시장|지사|군수|구청장|시의회|시청|도청|군청|주민|시민|도민)?$")
_WORD_END = re.compile(f"[{_HANGUL}]*")


def spots_han(text: str, atlas: Atlas) -> list[Spot]:
    """Names among the Han, kana and Hangul of ``text``. Doubt 1: no suffix says that it is one."""
    inside = [m.span() for m in _INSIDE.finditer(text)]
    out = []
    for start, stop in atlas.unspaced(text):
        if stop - start < 2 or any(a <= start and stop <= b and b - a > stop - start for a, b in inside):
            continue
        spot = _hangul(text, start, stop) if text[start] >= "\uac00" and text[start] <= "\ud7a3" else _ideographs(text, start, stop)
        if spot:
            out.append(spot)
    return out


def _ideographs(text: str, start: int, stop: int) -> Spot | None:
    name = text[start:stop]
    if _is_kana(name[0]) and (_is_kana(text[start - 1:start]) or _is_kana(text[stop:stop + 1])):
        return None  # part of a longer loan word
    if "\u3041" <= name[0] <= "\u309f":
        return None  # hiragana: particles and verbs
    if m := _BEHIND.match(text, stop):
        stop = m.end()
    suffixed = bool(m) or (stop - start > 2 and _SUFFIX.fullmatch(text[stop - 1]) is not None)
    if not suffixed and _SURNAME.match(text, stop):
        return None
    if simplified(text[start:stop]) in _TRAPS:
        return None
    return Spot(start, stop, text[start:stop], doubt=int(not suffixed))


def _hangul(text: str, start: int, stop: int) -> Spot | None:
    """Hangul words have blanks between them: a name begins a word, and only particles follow it."""
    if start and "\uac00" <= text[start - 1] <= "\ud7a3":
        return None
    end = _WORD_END.match(text, stop)
    rest = end[0] if end else ""
    name = text[start:stop]
    if _PARTICLE.match(rest):
        suffixed = len(name) > 2 and _SUFFIX.fullmatch(name[-1]) is not None
        return Spot(start, stop, name, weak=simplified(name) in _TRAPS, doubt=int(not suffixed))
    if (m := _SUFFIX.match(rest)) and _PARTICLE.match(rest[m.end():]):
        return Spot(start, stop + m.end(), text[start:stop + m.end()])
    return None


def _is_kana(char: str) -> bool:
    return bool(char) and "\u30a1" <= char <= "\u30ff" and char != "・"
