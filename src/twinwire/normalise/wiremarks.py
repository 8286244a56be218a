"""How the wires sign their datelines, as data: names between brackets or slashes, names that stand bare. Reads no datelines itself.

Labels are the wires' own names in the script of the copy: ``Xinhua`` on English lines, ``新华社`` on Chinese ones (see ``wirenames``).
Conventions: the agencies' own copy, AP Stylebook (datelines), Superdesk's dateline formatter.
"""

from __future__ import annotations

import re

# (label, what stands between brackets, slashes or dashes). What may follow inside: a desk, a partner, a date.
_RELEASE = (
    ("ots/PRN", r"ots/PRNewswire"),
    ("PRNewswire", r"PR ?Newswire(?:-[\w-]{1,30}(?: [A-Z][\w-]{1,14}){0,2})?"),
    ("PRNewswire", r"美通社(?:-[\w-]{1,20})?"),
    ("Business Wire", r"美国商业资讯|ビジネスワイヤ|비즈니스 ?와이어"),
    ("Business Wire India", r"(?i:Business ?Wire) India"),
    ("Business Wire", r"(?i:Business ?Wire)"),
    ("GlobeNewswire", r"(?i:Globe ?Newswire)"),
    ("CNW", r"CNW(?: Telbec| Group)?|Canada NewsWire"),
    ("EIN Presswire", r"(?i:EIN ?Presswire(?:\.com)?|EINNews)"),
    ("24-7 Press Release", r"(?i:24-7 ?Press ?Release(?: Newswire|\.com)?)"),
    ("ACCESS Newswire", r"ACCESSWIRE|(?i:Access ?Newswire)"),
    ("NewMediaWire", r"(?i:New ?Media ?Wire)"),
    ("Newsfile", r"(?i:TMX )?Newsfile(?: Corp\.?)?"),
    ("Newsworthy.ai", r"(?i:Newsworthy\.ai)"),
    ("Media OutReach", r"Media OutReach(?: Newswire| Ltd\.?)?"),
    ("ACN Newswire", r"ACN Newswire"),
    ("JCN Newswire", r"JCN Newswire"),
    ("SeaPRwire", r"(?i:(?:via )?SeaPRwire(?:\.com)?)"),
    ("APO Group", r"APO Group|APO"),
    ("African Media Agency", r"African Media Agency(?: \(AMA\))?|AMA"),
    ("Korea Newswire", r"(?i:Korea Newswire)|뉴스와이어"),
    ("Marketwired", r"(?i:Marketwired?|Market Wire)"),
    ("PRWEB", r"(?i:PR ?WEB)"),
    ("Send2Press", r"(?i:Send2Press(?: Newswire)?)"),
    ("News Direct", r"(?i:News ?Direct)"),
    ("EQS", r"EQS(?: Newswire| Group|-News)?"),
    ("NOTICIAS NEWSWIRE", r"(?i:Noticias Newswire|Hispanic PR Wire|HISPANICIZE WIRE)"),
    ("AsiaNet", r"(?i:Asia ?Net|Medianet)"),
    ("Kyodo JBN", r"(?i:Kyodo JBN)"),
    ("APA-OTS", r"OTS"),
    ("ots", r"ots"),
    ("pressetext", r"pt[es]\d{0,3}"),
    ("news aktuell", r"(?i:news aktuell)"),
    ("3BL", r"3BL(?: Media)?"),
    ("IssueWire", r"(?i:Issue ?Wire(?:\.com)?)"),
    ("PR Karma", r"PR Karma"),
    ("500NewsWire", r"500NewsWire"),
    ("ZEX PR Wire", r"(?i:ZEX PR ?Wire)"),
    ("PNN", r"PNN"),
    ("Vehement Media", r"Vehement Media"),
)
_NEWS = (
    ("Xinhua", r"Xinhua(?:net)?|XINHUA|Agence Xinhua"),
    ("AFP", r"AFP|AFPBB News|Agence France-Presse|ا ?ف ?ب|أ ?ف ?ب|АФП"),
    ("AP", r"AP|Associated Press|The Associated Press|ا ?ب|أ ?ب"),
    ("Reuters", r"(?i:Reuters)(?: Health| Breakingviews)?|Рейтер|رويترز"),
    ("Thomson Reuters Foundation", r"Thomson Reuters Foundation"),
    ("dpa", r"(?:dpa|DPA)(?:-AFX|-infocom)?|د ?ب ?أ"),
    ("ANSA", r"ANSA|ANSAmed|Ansa"),
    ("EFE", r"EFE|EFE News|EFECOM|EFEAGRO|EFEverde|Efe"),
    ("Europa Press", r"(?i:Europa Press)"),
    ("Lusa", r"(?i:Lusa)"),
    ("Bernama", r"(?i:Bernama)"),
    ("Yonhap", r"(?i:Yonhap)(?: News)?"),
    ("Kyodo", r"(?i:Kyodo)(?: News)?"),
    ("Jiji", r"Jiji(?: Press)?"),
    ("CNA", r"CNA"),
    ("ТАСС", r"(?:Корр\. )?(?:ИТАР-)?ТАСС(?: [А-ЯЁ][\w-]{1,20}){0,3}"),
    ("TASS", r"TASS|Tass|ITAR-TASS"),
    ("РИА Новости", r"РИА(?: Новости)?"),
    ("RIA Novosti", r"RIA Novosti"),
    ("Sputnik", r"(?i:Sputnik|Спутник)"),
    ("Интерфакс", r"(?i:Интерфакс)(?:-[\w-]{2,12})?"),
    ("Interfax", r"(?i:Interfax)(?:-[\w-]{2,12})?"),
    ("БЕЛТА", r"(?:Корр\. )?БЕЛТА"),
    ("BelTA", r"Bel[Tt][Aa]|BELTA"),
    ("Укринформ", r"Укр[иі]нформ"),
    ("Ukrinform", r"Ukrinform"),
    ("Казинформ", r"(?i:Казинформ)|ҚазАқпарат"),
    ("Kazinform", r"(?i:Kazinform)|QazInform"),
    ("Trend", r"Trend"),
    ("Azertac", r"(?i:Azertac|AZƏRTAC|АЗЕРТАДЖ)"),
    ("MONTSAME", r"(?i:Montsame)"),
    ("KCNA", r"KCNA"),
    ("VNA", r"VNA"),
    ("TTXVN", r"TTXVN"),
    ("ANTARA", r"(?i:Antara)(?: News)?"),
    ("PNA", r"PNA"),
    ("PTI", r"PTI|भाषा|PTI Bhasha"),
    ("ANI", r"ANI"),
    ("IANS", r"IANS|आईएएनएस"),
    ("UNI", r"UNI|वार्ता"),
    ("APP", r"APP"),
    ("BSS", r"BSS"),
    ("UNB", r"UNB"),
    ("WAM", r"WAM|وام"),
    ("SPA", r"SPA|واس"),
    ("QNA", r"QNA|قنا"),
    ("KUNA", r"KUNA|كونا"),
    ("BNA", r"BNA|بنا"),
    ("ONA", r"ONA|العمانية"),
    ("Petra", r"Petra|بترا"),
    ("SANA", r"SANA|سانا"),
    ("MENA", r"MENA|أ ?ش ?أ|ا ?ش ?ا"),
    ("WAFA", r"WAFA|وفا"),
    ("INA", r"INA|واع"),
    ("IRNA", r"IRNA|ایرنا|إرنا"),
    ("MAP", r"MAP|و ?م ?ع|ومع"),
    ("TAP", r"TAP|وات"),
    ("APS", r"APS|وأج|واج"),
    ("شينخوا", r"شينخوا"),
    ("AA", r"AA|الأناضول"),
    ("Anadolu", r"Anadolu(?: Agency| Ajansı)?"),
    ("DHA", r"DHA"),
    ("İHA", r"İHA|IHA"),
    ("PAP", r"PAP"),
    ("ČTK", r"ČTK|CTK|ČTK/AP"),
    ("TASR", r"TASR"),
    ("SITA", r"SITA"),
    ("MTI", r"MTI"),
    ("Agerpres", r"(?i:Agerpres)"),
    ("БТА", r"БТА"),
    ("BTA", r"BTA"),
    ("Tanjug", r"(?i:Tanjug|Танјуг)"),
    ("Beta", r"Beta|BETA|FoNet/Beta"),
    ("FoNet", r"FoNet"),
    ("Hina", r"Hina|HINA"),
    ("STA", r"STA"),
    ("BNS", r"BNS"),
    ("LETA", r"LETA"),
    ("ELTA", r"ELTA"),
    ("ΑΠΕ-ΜΠΕ", r"ΑΠΕ-ΜΠΕ|AMNA|ANA-MPA"),
    ("ANP", r"ANP"),
    ("Novum", r"Novum"),
    ("Belga", r"(?i:Belga)"),
    ("TT", r"TT"),
    ("NTB", r"NTB"),
    ("Ritzau", r"(?i:Ritzau)"),
    ("STT", r"STT"),
    ("APA", r"APA"),
    ("sda", r"(?:sda|SDA)(?:-ats)?"),
    ("ATS", r"(?:ats|ATS)"),
    ("awp", r"(?:awp|AWP)(?:/sda)?"),
    ("SID", r"SID"),
    ("KNA", r"KNA"),
    ("epd", r"epd"),
    ("dts", r"dts(?: Nachrichtenagentur)?"),
    ("dapd", r"dapd|ddp"),
    ("Dow Jones", r"(?i:Dow Jones)(?: Newswires)?"),
    ("AGI", r"AGI"),
    ("askanews", r"(?i:askanews)"),
    ("Adnkronos", r"(?i:Adnkronos)(?:/[\w ]{2,12})?|AdnKronos"),
    ("ITALPRESS", r"(?i:Italpress)"),
    ("LaPresse", r"(?i:LaPresse)"),
    ("Agenzia Nova", r"(?i:Agenzia Nova)|Nova"),
    ("Radiocor", r"(?i:Il Sole 24 Ore )?(?i:Radiocor(?: Plus)?)"),
    ("Teleborsa", r"Teleborsa"),
    ("9Colonne", r"9Colonne"),
    ("DIRE", r"DIRE"),
    ("Notimex", r"(?i:Notimex)"),
    ("Prensa Latina", r"(?i:Prensa Latina)|PL"),
    ("Andina", r"(?i:Andina)"),
    ("Télam", r"(?i:T[ée]lam)"),
    ("NA", r"NA"),
    ("ABI", r"ABI"),
    ("AVN", r"AVN"),
    ("ACN", r"ACN"),
    ("Folhapress", r"(?i:Folhapress)"),
    ("Agência Brasil", r"(?i:Ag[êe]ncia Brasil|ABr)"),
    ("ANGOP", r"(?i:Angop)"),
    ("AIM", r"AIM"),
    ("Inforpress", r"(?i:Inforpress)"),
    ("GNA", r"GNA"),
    ("NAN", r"NAN"),
    ("ENA", r"ENA"),
    ("FMC", r"FMC|FBC"),
    ("SAnews", r"(?i:SAnews(?:\.gov\.za)?)"),
    ("New Ziana", r"(?i:New Ziana)"),
    ("CP", r"CP|The Canadian Press|Canadian Press"),
    ("La Presse Canadienne", r"La Presse Canadienne|PC"),
    ("UPI", r"UPI"),
    ("Bloomberg", r"Bloomberg(?: News| Opinion)?"),
    ("CNN", r"CNN(?: Business| en Español)?"),
    ("TNS", r"TNS"),
    ("IPS", r"IPS"),
    ("PANA", r"PANA"),
    ("RFE/RL", r"RFE/RL"),
    ("VOA", r"VOA"),
    ("AAP", r"AAP"),
    ("PA", r"PA Media"),
    ("Alliance News", r"Alliance News"),
    ("The Center Square", r"The Center Square"),
    ("MercoPress", r"(?i:MercoPress)"),
    ("StatePoint", r"StatePoint"),
    ("ECNS", r"ECNS"),
    ("CNS", r"CNS"),
)
# Names that stand without brackets or slashes, set off by a full stop, a comma or a dash.
_BARE = (
    ("Media OutReach", r"Media OutReach Newswire"),
    ("News Direct", r"News Direct"),
    ("PRNewswire", r"美通社(?:-[\w-]{1,20})?"),
    ("Business Wire", r"美国商业资讯|ビジネスワイヤ|비즈니스 ?와이어"),
    ("Business Wire India", r"Business Wire India"),
    ("РИА Новости", r"РИА Новости"),
    ("ПРАЙМ", r"ПРАЙМ"),
    ("Интерфакс", r"(?:ИНТЕРФАКС|Интерфакс)(?:-[\wА-Яа-я-]{2,14})?|INTERFAX\.RU"),
    ("УНН", r"УНН"),
    ("Укринформ", r"Укр[иі]нформ"),
    ("Казинформ", r"КАЗИНФОРМ"),
    ("Kazinform", r"KAZINFORM|QAZINFORM"),
    ("АЗЕРТАДЖ", r"АЗЕРТАДЖ"),
    ("Trend", r"Trend"),
    ("Sputnik", r"Sputnik"),
    ("SPA", r"SPA|واس"),
    ("IRNA", r"IRNA"),
    ("SANA", r"SANA|سانا"),
    ("GNA", r"GNA"),
    ("AKP", r"AKP"),
    ("AVN", r"AVN"),
    ("ABI", r"ABI"),
    ("Kyodo", r"Kyodo|KYODO NEWS"),
    ("AAP", r"AAP"),
    ("Yonhap", r"Yonhap"),
    ("Tempo", r"TEMPO\.CO"),
    ("Republika", r"REPUBLIKA\.CO\.ID"),
    ("Kompas.com", r"(?i:KOMPAS\.com)"),
    ("Liputan6.com", r"Liputan6\.com"),
    ("CNN Indonesia", r"CNN Indonesia"),
    ("CNBC Indonesia", r"CNBC Indonesia"),
    ("TTXVN", r"TTXVN"),
)
# Before a dash, at the very start, with or without a dateline behind it.
LEADING = re.compile(r"(?P<name>AFP|AP|Reuters|Canadian Press|Associated Press|Xinhua|dpa|EFE|ANSA|AGI|UPI|Bloomberg|TTXVN|PTI|IANS|"
    r"ANI) ?[-–—] (?=\S)")


def _one(rows: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(f"({pattern})" for _, pattern in rows) + r")(?!\w)")


_ENCLOSED_ROWS = _RELEASE + _NEWS
_ENCLOSED = _one(_ENCLOSED_ROWS)
_AFTER = re.compile(r"(?:\s?[-–,/|&;]\s?[^()]{1,60})?")
_UNKNOWN = re.compile(
    r"[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я0-9&./-]{1,11}|[\w.-]{2,40}\.(?:com|org|net|ai|co|info|news|tv)|[\w&.' -]{0,30}(?:[Ww]ire|WIRE|[Nn]ews|NEWS|"
    r"[Pp]ress|PRESS|PR)"
    r"|[\w. -]{0,24}(?:[Aa]gen(?:cy|tur|ce|zia)|Agencia|Agência)[\w. -]{0,24}")
_BARE_MARK = re.compile(
    r"(?<![\w(/\[])(?:" + "|".join(f"({p})" for _, p in _BARE) + r")(?=\s*(?:--|[-–—:,.]|$)|(?<=[A-ZА-Я]{4})\s[A-ZА-Я])")

_RELEASES = frozenset(label for label, _ in _RELEASE)


def enclosed(inner: str) -> str | None:
    """Label of what stands between brackets, slashes or dashes, or None when no wire we know signs so."""
    m = _ENCLOSED.match(inner.strip())
    if m is None or m.lastindex is None:
        return None
    return _ENCLOSED_ROWS[m.lastindex - 1][0] if _AFTER.fullmatch(inner.strip(), m.end()) else None


def plausible(inner: str) -> str | None:
    """``inner`` when it looks like the name of an agency or newsroom that we do not know."""
    name = inner.strip().partition(" - ")[0]
    return name if _UNKNOWN.fullmatch(name) else None


def bare(text: str, stop: int) -> list[tuple[int, int, str]]:
    """(start, stop, label) of the names that stand without brackets in ``text[:stop]``."""
    return [(m.start(), m.end(), _BARE[(m.lastindex or 1) - 1][0]) for m in _BARE_MARK.finditer(text, 0, stop)]


def releases(label: str) -> bool:
    """True for the wires that carry other people's releases: their marks stand nowhere else."""
    return label in _RELEASES
