"""Names of wires as data: East Asian ones, the agencies' own sites, and which labels mean one agency. Reads no text."""

from __future__ import annotations

from urllib.parse import urlsplit

# East Asian names → label. The longest match counts.
CHINESE = {
    "新华社": "新华社", "新華社": "新华社", "新华网": "新华网", "新華網": "新华网", "新华财经": "新华财经",
    "新华每日电讯": "新华每日电讯", "中新社": "中新社", "中新网客户端": "中新网", "中新网": "中新网", "中新網": "中新网",
    "中国新闻网": "中新网", "中国新闻社": "中新社", "中新经纬": "中新经纬", "中新經緯": "中新经纬", "新華財經": "新华财经",
    "人民日報": "人民日报", "光明日報": "光明日报", "經濟日報": "经济日报", "中新财经": "中新财经", "中新健康": "中新健康",
    "中新体育": "中新体育", "中新真探": "中新真探", "人民网": "人民网", "人民網": "人民网", "人民日报": "人民日报",
    "人民日报客户端": "人民日报", "央视网": "央视网", "央視網": "央视网", "央视新闻": "央视新闻", "央视新闻客户端": "央视新闻",
    "央广网": "央广网", "央广": "央广", "中国之声": "央广", "总台": "央视新闻", "总台央视": "央视新闻", "光明网": "光明网",
    "光明日报": "光明日报", "经济日报": "经济日报", "中国经济网": "中国经济网", "中国青年报": "中国青年报", "中青在线": "中青在线",
    "科技日报": "科技日报", "农民日报": "农民日报", "法治日报": "法治日报", "中国网": "中国网", "国际在线": "国际在线",
    "中国日报网": "中国日报网", "环球网": "环球网", "环球时报": "环球时报", "澎湃新闻": "澎湃新闻", "财联社": "财联社",
    "参考消息网": "参考消息网", "半月谈": "半月谈", "中央社": "中央社", "中通社": "中通社", "香港中通社": "中通社",
    "中評社": "中评社", "中评社": "中评社", "路透社": "Reuters", "法新社": "AFP", "美联社": "AP", "共同社": "共同",
    "俄罗斯卫星通讯社": "Sputnik", "海外网": "海外网", "中国台湾网": "中国台湾网",
}
JAPANESE = {
    "PR Newswire": "PRNewswire", "PRNewswire": "PRNewswire", "PR Newswire=共同通信JBN": "PRNewswire",
    "PRNewswire=共同通信JBN": "PRNewswire", "AsiaNet=共同通信JBN": "AsiaNet", "共同通信JBN": "Kyodo JBN", "共同JBN": "Kyodo JBN",
    "AsiaNet": "AsiaNet", "共同通信": "共同", "共同": "共同", "時事通信": "時事", "時事": "時事", "AFP=時事": "AFP",
    "ＡＦＰ＝時事": "AFP", "AFP時事": "AFP", "ＡＦＰ時事": "AFP", "AFP": "AFP", "ＡＦＰ": "AFP", "AFP通信": "AFP", "AP": "AP",
    "ＡＰ": "AP", "ロイター": "Reuters", "ロイター共同": "Reuters", "ＡＰ共同": "AP", "AP共同": "AP", "新華社": "新华社",
    "中央社": "中央社", "フォーカス台湾": "中央社", "聯合ニュース": "聯合ニュース", "連合ニュース": "聯合ニュース",
    "タス共同": "ТАСС", "CNS": "CNS", "CNN": "CNN", "ＤＰＡ時事": "dpa", "DPA時事": "dpa", "ＥＰＡ時事": "EPA", "EPA時事": "EPA",
    "ANN": "ANN", "モンツァメ": "MONTSAME",
}
KOREAN = {"연합뉴스": "連合ニュース", "로이터": "Reuters", "AFP": "AFP", "AP": "AP", "신화": "新华社", "교도": "共同", "타스": "ТАСС"}

# The agencies' own sites, for copy whose datelines name no agency. A site that only republishes has no place here.
_HOSTS = {
    "bernama.com": "Bernama", "isenp.co.jp": "伊勢新聞", "thesun.my": "The Sun", "thestar.com.my": "The Star",
    "mediaselangor.com": "Media Selangor", "aps.dz": "APS", "tass.ru": "ТАСС", "tass.com": "TASS", "ria.ru": "РИА Новости",
    "kyodonews.net": "Kyodo", "efe.com": "EFE", "ansa.it": "ANSA", "afp.com": "AFP", "apnews.com": "AP", "reuters.com": "Reuters",
    "en.yna.co.kr": "Yonhap", "yna.co.kr": "連合ニュース", "focustaiwan.tw": "CNA", "cna.com.tw": "中央社",
    "antaranews.com": "ANTARA", "vietnamplus.vn": "TTXVN", "inform.kz": "Kazinform", "belta.by": "БЕЛТА",
    "montsame.mn": "MONTSAME", "lusa.pt": "Lusa", "anp.nl": "ANP", "pap.pl": "PAP", "aa.com.tr": "Anadolu", "spa.gov.sa": "SPA",
    "wam.ae": "WAM", "qna.org.qa": "QNA", "kuna.net.kw": "KUNA", "bna.bh": "BNA", "petra.gov.jo": "Petra", "irna.ir": "IRNA",
    "xinhuanet.com": "新华网", "news.cn": "新华网", "people.com.cn": "人民网", "chinanews.com.cn": "中新网",
    "chinanews.com": "中新网", "ecns.cn": "ECNS", "prnewswire.com": "PRNewswire", "globenewswire.com": "GlobeNewswire",
    "businesswire.com": "Business Wire", "newswire.ca": "CNW", "einpresswire.com": "EIN Presswire",
    "24-7pressrelease.com": "24-7 Press Release", "newsfilecorp.com": "Newsfile", "accessnewswire.com": "ACCESS Newswire",
    "newsworthy.ai": "Newsworthy.ai", "newmediawire.com": "NewMediaWire", "media-outreach.com": "Media OutReach",
    "acnnewswire.com": "ACN Newswire", "presseportal.de": "ots", "ots.at": "APA-OTS",
}
# Where an agency that serves one country has its home: of namesakes, its copy means those there.
_HOMES = {
    **dict.fromkeys(("PRNewswire", "Business Wire", "GlobeNewswire", "EIN Presswire", "24-7 Press Release", "ACCESS Newswire",
                     "NewMediaWire", "Newsworthy.ai", "AP", "UPI", "News Direct", "PRWEB", "Send2Press"), "US"),
    "AAP": "AU", "ABI": "BO", "ACN": "CU", "AGI": "IT", "AIM": "MZ", "ANGOP": "AO", "ANI": "IN", "ANP": "NL", "ANSA": "IT",
    "ANTARA": "ID", "APA": "AT", "APA-OTS": "AT", "APP": "PK", "AVN": "VE", "Adnkronos": "IT", "Agerpres": "RO",
    "Agência Brasil": "BR", "Andina": "PE", "BNA": "BH", "BSS": "BD", "BTA": "BG", "Belga": "BE", "BelTA": "BY", "ATS": "CH",
    "awp": "CH", "EFE": "ES", "Bernama": "MY", "CNW": "CA", "CP": "CA", "DHA": "TR", "DIRE": "IT", "ENA": "ET",
    "Europa Press": "ES", "Folhapress": "BR", "GNA": "GH", "Hina": "HR", "IANS": "IN", "INA": "IQ", "IRNA": "IR",
    "ITALPRESS": "IT", "KCNA": "KP", "KUNA": "KW", "Kazinform": "KZ", "Korea Newswire": "KR", "LaPresse": "IT", "Lusa": "PT",
    "MAP": "MA", "MONTSAME": "MN", "MTI": "HU", "NAN": "NG", "NTB": "NO", "Notimex": "MX", "ONA": "OM", "PAP": "PL", "PNA": "PH",
    "PTI": "IN", "Petra": "JO", "QNA": "QA", "Ritzau": "DK", "SANA": "SY", "SPA": "SA", "STA": "SI", "STT": "FI", "TAP": "TN",
    "TASR": "SK", "TASS": "RU", "TT": "SE", "TTXVN": "VN", "Tanjug": "RS", "Télam": "AR", "UNB": "BD", "UNI": "IN", "VNA": "VN",
    "WAFA": "PS", "WAM": "AE", "askanews": "IT", "dpa": "DE", "epd": "DE", "ots": "DE", "sda": "CH", "ČTK": "CZ", "İHA": "TR",
    "БЕЛТА": "BY", "Интерфакс": "RU", "Казинформ": "KZ", "РИА Новости": "RU", "ТАСС": "RU", "УНН": "UA", "Укринформ": "UA",
    "中央社": "TW", "中新社": "CN", "中新网": "CN", "人民网": "CN", "共同": "JP", "時事": "JP", "新华社": "CN", "新华网": "CN",
    "央广": "CN", "央视网": "CN", "連合ニュース": "KR", "뉴시스": "KR", "뉴스1": "KR",
}
_FAMILIES = tuple(frozenset("".join(c for c in n.casefold() if c.isalnum()) for n in names) for names in (
    ("PRNewswire", "PR Newswire", "ots/PRN", "ots/PRNewswire"), ("GlobeNewswire", "GLOBE NEWSWIRE"),
    ("24-7 Press Release", "24-7PressRelease", "24-7PressRelease.com"), ("EIN Presswire", "EINPresswire.com"),
    ("Media OutReach", "Media OutReach Newswire"), ("ACCESS Newswire", "ACCESSWIRE"),
    ("OTS", "APA-OTS", "ots", "presseportal", "news aktuell"),
    ("Xinhua", "Xinhua photo", "新华社", "新华网", "شينخوا", "Xinhuanet"),
    ("中新社", "中新网", "China News Service", "ECNS", "CNS"), ("Kyodo", "共同", "Kyodo News"), ("Jiji", "時事"),
    ("Yonhap", "連合ニュース", "聯合ニュース", "연합뉴스"), ("TASS", "ТАСС"), ("RIA Novosti", "РИА Новости"),
    ("Interfax", "Интерфакс"), ("BelTA", "БЕЛТА"), ("BTA", "БТА"), ("Kazinform", "Казинформ"), ("Anadolu", "AA", "Anadolu Agency"),
    ("VNA", "TTXVN"), ("CNA", "中央社"), ("央视网", "央视新闻", "CCTV"), ("AP", "Associated Press"),
    ("CP", "Canadian Press", "The Canadian Press"), ("Ukrinform", "Укринформ"),
))


def of_host(address: str | None) -> str | None:
    """The agency whose own site ``address`` is on, or None."""
    try:
        host = (urlsplit(address or "").hostname or "").lower()
    except ValueError:
        return None
    parts = host.split(".")
    return next((label for i in range(len(parts) - 1) if (label := _HOSTS.get(".".join(parts[i:])))), None)


def home(label: str | None) -> str | None:
    """ISO 3166-1 code of the country an agency serves, or None for those of the world and those we do not know."""
    return _HOMES.get(label or "")


def same(a: str | None, b: str | None) -> bool:
    """True when two labels mean one agency, whatever the spelling or the language of the copy."""
    if a is None or b is None:
        return a is b
    x, y = ("".join(c for c in n.casefold() if c.isalnum()) for n in (a, b))
    return x == y or any(x in family and y in family for family in _FAMILIES)
