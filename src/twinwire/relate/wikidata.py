"""Wikidata's twinned places: the question in SPARQL, and what a row of the answer means. Asks nobody. The data are CC0.

P190 is "twinned administrative body", P580 and P582 its start and end, P1566 a GeoNames id, P17 a country, P297 its ISO
3166-1 code. The statements are asked for in parts, by the first hex digits of the MD5 of a statement's address: parts need no
order that endpoints might see differently, are of one size, and one that is too much for an endpoint is cut into sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping

from twinwire.relate.knownpairs import Listed, Side, partial_date

SOURCE = "wikidata"
ENDPOINT = "https://query.wikidata.org/sparql"
LICENCE = "CC0 1.0"
DIGITS = "0123456789abcdef"
MOST_DIGITS = 4
_STATEMENT = "http://www.wikidata.org/entity/statement/"
_ENTITY = "http://www.wikidata.org/entity/"
_PRECISION = {"9": 4, "10": 7, "11": 10}  # Wikidata's year, month, day → characters of an ISO date

_QUERY = """PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?link ?a ?b (SAMPLE(COALESCE(?la, "")) AS ?nameA) (SAMPLE(COALESCE(?lb, "")) AS ?nameB)
 (GROUP_CONCAT(DISTINCT COALESCE(?s, "");separator=" ") AS ?starts) (GROUP_CONCAT(DISTINCT COALESCE(?e, "");separator=" ") AS ?ends)
 (GROUP_CONCAT(DISTINCT COALESCE(?ga, "");separator=" ") AS ?idsA) (GROUP_CONCAT(DISTINCT COALESCE(?gb, "");separator=" ") AS ?idsB)
 (GROUP_CONCAT(DISTINCT COALESCE(?ca, "");separator=" ") AS ?landA) (GROUP_CONCAT(DISTINCT COALESCE(?cb, "");separator=" ") AS ?landB)
WHERE {
 { SELECT ?link ?a ?b WHERE { ?a p:P190 ?link . ?link ps:P190 ?b .
   FILTER(STRSTARTS(MD5(STR(?link)), "%s")) MINUS { ?link wikibase:rank wikibase:DeprecatedRank } } }
 OPTIONAL { ?link pqv:P580 ?sv . ?sv wikibase:timeValue ?st ; wikibase:timePrecision ?sp . BIND(CONCAT(STR(?sp), "/", STR(?st)) AS ?s) }
 OPTIONAL { ?link pqv:P582 ?ev . ?ev wikibase:timeValue ?et ; wikibase:timePrecision ?ep . BIND(CONCAT(STR(?ep), "/", STR(?et)) AS ?e) }
 OPTIONAL { ?a wdt:P1566 ?ga } OPTIONAL { ?b wdt:P1566 ?gb }
 OPTIONAL { ?a rdfs:label ?la FILTER(LANG(?la) = "en") } OPTIONAL { ?b rdfs:label ?lb FILTER(LANG(?lb) = "en") }
 OPTIONAL { ?a wdt:P17 ?pa . ?pa wdt:P297 ?ca } OPTIONAL { ?b wdt:P17 ?pb . ?pb wdt:P297 ?cb }
} GROUP BY ?link ?a ?b"""


def query(part: str) -> str:
    """The question for the statements of one part, named by its hex digits."""
    assert set(part) <= set(DIGITS), part
    return _QUERY % part


def after(part: str) -> str | None:
    """The part that follows ``part``, cut no finer than needed; None after the last: 00, 01 … 0f, 1; but 00f, 01."""
    while part.endswith(DIGITS[-1]):
        part = part[:-1]
    return part[:-1] + DIGITS[DIGITS.index(part[-1]) + 1] if part else None


def widened(part: str, digits: int) -> str:
    """The first part of so many digits in what ``part`` and those after it cover."""
    return part.ljust(digits, DIGITS[0])


def done(part: str | None) -> float:
    """Share of everything that lies before ``part``."""
    return 1.0 if part is None else int(part, 16) / 16 ** len(part)


def listed(row: Mapping[str, str]) -> Listed | str | None:
    """What a row says; a sentence when it says nothing that can be used; None for the empty row that some endpoints give for nothing."""
    if not (link := row.get("link", "")):
        return None
    if not link.startswith(_STATEMENT):
        return f"{link[:80]}: is no statement of Wikidata"
    for side in "ab":
        if not row.get(side, "").startswith(_ENTITY + "Q"):
            return f"{link.removeprefix(_STATEMENT)}: names a place that is not known"
    return Listed(
        ref=link.removeprefix(_STATEMENT), a=_side(row, "A"), b=_side(row, "B"), source=SOURCE,
        started=min(_dates(row.get("starts", "")), default=None), ended=max(_dates(row.get("ends", "")), default=None))


def _side(row: Mapping[str, str], which: str) -> Side:
    lands = row.get(f"land{which}", "").split()
    ids = sorted(int(i) for i in row.get(f"ids{which}", "").split() if i.isascii() and i.isdigit() and len(i) < 12)
    return Side(name=row.get(f"name{which}", ""), country=lands[0] if len(lands) == 1 else None, ids=tuple(ids))


def _dates(told: str) -> list[str]:
    """``11/1982-03-20T00:00:00Z`` → 1982-03-20; what is less precise than a year is left out."""
    found = []
    for one in told.split():
        precision, _, instant = one.partition("/")
        try:
            date = partial_date(instant[:_PRECISION.get(precision, 0)])
        except ValueError:
            continue
        if date:
            found.append(date)
    return found
