"""What NewsML-G2 says by code: concepts, their names, places. Resolves a code only against what stands in the document.

A QCode is ``alias:code`` (NewsML-G2 specification, "QCodes"); the alias stands for the address of a scheme, which a
catalogue tells. Catalogues at other addresses are not fetched, so such codes stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from twinwire.parse.agency import Story, local
from twinwire.parse.elements import Element
from twinwire.parse.xmldoc import at, words

_LEVELS = {"city": "city", "country": "country", "statprov": "region", "state": "region", "prov": "region", "region": "region",
           "province": "region", "geoareacity": "city", "geoareacountry": "country", "geoareaprovstate": "region",
           "reg": "region", "cntry": "country", "municipality": "city", "town": "city", "place": "city"}
_FACETS = {"8": "city", "7": "region", "5": "country"}  # geoProp:8 in Reuters' documents
_HOST = re.compile(r"^https?://(?:www\.)?([^/?#]+).*$", re.IGNORECASE | re.DOTALL)
_SHORT = 3  # letters of an ISO 3166-1 code


@dataclass(frozen=True, slots=True)
class Terms:
    """Schemes and concepts that a document tells itself: alias → address, code → name, code → broader places."""

    language: str | None = None
    schemes: dict[str, str] = field(default_factory=dict)
    asserted: dict[str, Element] = field(default_factory=dict)

    def code(self, el: Element) -> str:
        """The code, address or literal that names a concept; its name where it has none of these."""
        return (el.get("qcode") or el.get("uri") or el.get("literal") or "").strip() or self.name(el)

    def scheme(self, el: Element) -> str | None:
        """Address of the scheme a code is of; None unless the document holds the catalogue."""
        alias, colon, _ = (el.get("qcode") or "").partition(":")
        return self.schemes.get(alias) if colon else None

    def name(self, el: Element) -> str:
        """The name of a concept, in the language of the item where there are several."""
        names = [n for n in el.iterfind("name") if words(n)]
        asserted = self.asserted.get(el.get("qcode") or el.get("literal") or "")
        if not names and asserted is not None:
            names = [n for n in asserted.iterfind("name") if words(n)]
        language = (self.language or "")[:2].lower()
        return words(min(names, key=lambda n: (
            (n.get("lang") or language)[:2].lower() != language, local(n.get("role")) not in {"", "display", "full"}), default=None))

    def label(self, el: Element) -> str:
        """The name of a concept, else its literal, else its code without the alias, or the host of its address."""
        code, address = el.get("qcode") or "", el.get("uri") or ""
        return (self.name(el) or (el.get("literal") or "").strip() or code.partition(":")[2]
                or _HOST.sub(r"\1", address) or local(address))

    def categorise(self, story: Story, el: Element) -> None:
        """A subject or genre; one made of a main concept and its facets gives each of them."""
        inner = [*el.iterfind("mainconcept"), *el.iterfind("facetconcept")]
        for concept in inner or [el]:
            story.draft.categorise(self.code(concept), self.scheme(concept), self.name(concept))

    def place(self, story: Story, el: Element) -> None:
        """A ``located``: the place, and of what stands under ``broader`` the region and the country."""
        asserted = self.asserted.get(el.get("qcode") or "")
        wider = el.findall("broader") or (asserted.findall("broader") if asserted is not None else [])
        around = {level: name for b in wider if (level := _level(b)) and (name := self._region(b, level))}
        level = _level(el)
        name = self.label(el)
        if level == "country":
            around.setdefault("country", self._region(el, level))
        region = around.get("region")
        story.place(name, None if level == "region" and region == name else region, around.get("country"), level)

    def _region(self, el: Element, level: str) -> str:
        """An ISO code where one is given, else the name."""
        codes = [el.get("qcode") or "", *(same.get("qcode") or "" for same in el.iterfind("sameas"))]
        for code in codes:
            alias, _, term = code.partition(":")
            if alias.startswith("iso3166") or (level == "country" and len(term) <= _SHORT and term.isupper() and not self.name(el)):
                return term
        return self.label(el)


def _level(el: Element) -> str | None:
    """What kind of place, from the type, a facet or the alias of the code."""
    facets = (_FACETS.get(local(f.get("qcode"))) for f in el.iterfind("facet") if (f.get("qcode") or "").startswith("geoProp"))
    alias = (el.get("qcode") or "").partition(":")[0]
    country = "country" if alias.startswith("iso3166-1") else "region" if alias.startswith("iso3166-2") else None
    return (_LEVELS.get(local(el.get("type")).lower()) or next((f for f in facets if f), None)
            or country or _LEVELS.get(alias.lower()))


def schemes(root: Element) -> dict[str, str]:
    """The schemes of the catalogues that stand inside a document: alias → address."""
    return {(s.get("alias") or ""): (s.get("uri") or "") for s in root.iterfind(".//catalog/scheme")}


def terms(known: dict[str, str], item: Element) -> Terms:
    """What holds for an item: ``known`` schemes, its language, and the concepts that it tells about itself."""
    asserted = {(a.get("qcode") or a.get("literal") or ""): a for a in item.iterfind("assert")}
    tag = next((t for el in item.iterfind("contentmeta/language") if (t := el.get("tag"))), None)
    return Terms(tag or item.get("lang"), known, asserted)


def text_at(el: Element | None, path: str, wanted: str | None) -> str:
    """The text at ``path`` in the language ``wanted``, else the first."""
    found = list(el.iterfind(path)) if el is not None else []
    language = (wanted or "")[:2].lower()
    best = next((f for f in found if words(f) and (f.get("lang") or "")[:2].lower() == language), None)
    return words(best) if best is not None else at(el, path)
