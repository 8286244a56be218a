"""A gazetteer of a few dozen places written by hand, over the product's own class. Populations are round figures."""

from __future__ import annotations

from array import array

from twinwire.normalise.gazetteer import Columns, Gazetteer, name_hash
from twinwire.normalise.placenames import bare, fold, stems, unspaced

# level, id, country, admin1 code, people, names (the first is the place's own)
CITIES = (
    (1, "CN", "25", 900_000, "Zaozhuang|枣庄|棗莊"), (2, "CN", "04", 6_700_000, "Suzhou|苏州"), (3, "CN", "01", 1_600_000, "Suzhou|宿州"),
    (4, "US", "TX", 25_000, "Paris"), (5, "FR", "11", 2_100_000, "Paris|巴黎|パリ|Париж|Parigi"), (6, "US", "GA", 510_000, "Atlanta"),
    (7, "GE", "51", 1_050_000, "Tbilisi"), (8, "PR", "127", 400_000, "San Juan"), (9, "AR", "18", 500_000, "San Juan"),
    (10, "RE", "RE", 150_000, "Saint-Denis"), (11, "FR", "11", 96_000, "Saint-Denis"), (12, "JP", "32", 2_700_000, "Osaka|大阪|大阪市"),
    (13, "SG", None, 5_600_000, "Singapore|新加坡"), (14, "GB", "ENG", 320_000, "Reading"), (15, "US", "PA", 95_000, "Reading"),
    (16, "DE", "09", 30_000, "Kehl"), (17, "US", "NY", 8_800_000, "New York|New York City|ニューヨーク"), (18, "KR", "13", 1_000_000, "Yongin|용인"),
    (19, "RU", "66", 5_300_000, "Saint Petersburg|Санкт-Петербург"), (20, "US", "FL", 260_000, "St. Petersburg"), (21, "RU", "50", 1_600_000, "Kazan|Казань"),
    (22, "CN", "13", 250_000, "Hami|哈密"), (23, "FR", "32", 9_000, "Fouesnant"), (24, "US", "ID", 26_000, "Moscow"), (25, "RU", "48", 10_000_000, "Moscow|Москва"),
    (26, "JP", "08", 300_000, "Aomori|青森"), (27, "DE", "02", 4_500, "Hausen"), (28, "DE", "07", 4_400, "Hausen"), (29, "AR", "21", 250_000, "Paraná"),
    (30, "CN", "20", 60_000, "Friendship|友好"), (31, "JM", "09", 3_000, "Hanover"), (32, "DE", "06", 535_000, "Hannover|Hanover"),
)
ADMIN1S = (
    (101, "CN", "25", "Shandong|山东省|CN-SD"), (102, "CN", "04", "Jiangsu|江苏省"), (103, "CN", "01", "Anhui|安徽省"),
    (104, "US", "TX", "Texas|TX|Tex.|US-TX"), (105, "US", "GA", "Georgia|GA|US-GA"), (106, "JP", "32", "Osaka|大阪府"), (107, "JP", "08", "Aomori|青森県"),
    (108, "US", "NY", "New York|NY|N.Y."), (109, "CN", "13", "Xinjiang|新疆维吾尔自治区|新疆"), (110, "US", "CA", "California|CA|Calif.|US-CA"),
    (111, "KR", "13", "Gyeonggi|경기도"), (112, "GB", "ENG", "England"), (113, "BR", "18", "Paraná"), (114, "JM", "09", "Hanover"),
    (115, "US", "PA", "Pennsylvania|PA|Pa."), (116, "US", "FL", "Florida|FL|Fla."), (117, "US", "ID", "Idaho|ID"),
)
COUNTRIES = (
    (201, "CN", 1_400_000_000, "China|CN|CHN|中国|P.R. China"), (202, "US", 330_000_000, "United States|US|USA|U.S.|美国|アメリカ"), (203, "GE", 3_700_000, "Georgia|GE"),
    (204, "FR", 67_000_000, "France|FR|Frankreich|法国"), (205, "PR", 3_200_000, "Puerto Rico|PR"), (206, "JP", 126_000_000, "Japan|JP|日本"),
    (207, "SG", 5_600_000, "Singapore|SG|新加坡"), (208, "GB", 66_000_000, "United Kingdom|GB|UK"), (209, "DE", 83_000_000, "Germany|DE"), (210, "RU", 140_000_000, "Russia|RU|Россия"),
    (211, "RE", 900_000, "Réunion|RE"), (212, "CA", 37_000_000, "Canada|CA|CAN"), (213, "BR", 210_000_000, "Brazil|BR"), (214, "KR", 51_000_000, "South Korea|KR|한국"),
)


def small_gazetteer() -> Gazetteer:
    """The places above, in the order the class asks for."""
    people = {(c, a): p for c, a, p in ((c[1], c[2], c[3]) for c in sorted(CITIES, key=lambda c: c[3]))}
    rows = [(0, *c) for c in sorted(CITIES, key=lambda c: -c[3])]
    rows += [(1, i, c, a, 11_000_000 if i == 113 else people.get((c, a), 0), n) for i, c, a, n in ADMIN1S]
    rows += [(2, i, c, None, p, n) for i, c, p, n in COUNTRIES]
    keys = sorted({(name_hash(key), row) for row, r in enumerate(rows) for name in r[5].split("|") for key in _keys(name)})
    own = [r[5].split("|")[0].encode() for r in rows]
    ends = [0]
    for name in own:
        ends.append(ends[-1] + len(name))
    codes, admin1_codes = sorted({r[2] for r in rows}), sorted({r[3] or "" for r in rows})
    return Gazetteer(Columns(
        hashes=array("Q", [k for k, _ in keys]), rows=array("i", [r for _, r in keys]), place_ids=array("i", [r[1] for r in rows]),
        levels=array("B", [r[0] for r in rows]), names=b"".join(own), name_ends=array("q", ends),
        countries=array("H", [codes.index(r[2]) for r in rows]), admin1s=array("H", [admin1_codes.index(r[3] or "") for r in rows]),
        latitudes=array("d", [float(r[1]) if r[0] == 0 else float("nan") for r in rows]), longitudes=array("d", [float(r[1]) for r in rows]),
        populations=array("q", [r[4] for r in rows]), country_codes=codes, admin1_codes=admin1_codes,
        han_names=sorted({k for r in rows for n in r[5].split("|") for k in _keys(n) if unspaced(k) and len(k) > 1})))


def _keys(name: str) -> set[str]:
    folded = fold(name)
    return {folded, bare(folded), *(stems(folded) if unspaced(folded) else ())}
