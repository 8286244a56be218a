"""Canonical form and comparison key of web addresses. Fetches nothing and follows no redirect.

Three forms of one link: ``absolute`` (as the source meant it), ``canonical`` (without tracking; shown and stored) and
``url_key`` (for finding the same page again, never for fetching). Syntax is the WHATWG URL Standard, by ada.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_plus

from ada_url import URL

from twinwire.config.sources import Source

MAX_URL = 4_096  # characters; longer links are refused

# Parameters that say who sent the reader, never which page is meant; a final * stands for any ending.
DEFAULT_TRACKING: tuple[str, ...] = (
    "utm_*", "pk_*", "mtm_*", "matomo_*", "piwik_*", "ref_*", "hsa_*", "guce_*", "trk_*", "wt.*", "at_link_*",
    "at_custom*", "at_medium", "at_campaign", "at_format", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname",
    "ns_fee", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ymclid", "twclid",
    "ttclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking",
    "vero_id", "oly_anon_id", "oly_enc_id", "wickedid", "s_cid", "s_kwcid", "icid", "ncid", "cmpid", "maca", "tc",
    "xtor", "ocid", "smid", "spm", "wt_mc", "guccounter", "__twitter_impression", "fb_action_ids",
    "fb_action_types", "fb_source", "ftag", "rss_source", "feedname", "feedtype", "sr_share", "taid", "wt_zmc", "cmp",
    "__s", "_ga", "_gl", "trk", "trkcampaign", "dicbo",
)

_ESCAPED_AND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_CREDENTIALS = re.compile(r"^(https?://)[^/?#]*@")
# Pages whose only use is to send the reader on, and the parameter that says where.
_FORWARDERS = {"www.bing.com/news/apiclick.aspx": "url", "www.google.com/url": "url"}
# What the standard leaves as it is: most links of feeds. No escape of a dot, no segment that begins with one, no name in Punycode.
_PLAIN = re.compile(r"https?://(?![^/]*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
                    r"(?:/(?!\.)(?:[\w~!$&()*+,;=:@'.-]|%(?!2[eE]))*)+"
                    r"(?:\?[\w~!$&()*+,;=:@%/.?-]*)?(?:#[\w~!$&()*+,;=:@%/.?'-]*)?", re.ASCII)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|shtml|cgi)$", re.IGNORECASE)
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Tracking:
    """Names of query parameters to drop: whole names, and beginnings of names. Compared without case."""

    names: frozenset[str]
    prefixes: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Tracking:
        """From patterns such as ``fbclid`` and ``utm_*``."""
        lower = [p.strip().lower() for p in patterns if p.strip(" *")]
        whole = frozenset(p for p in lower if not p.endswith("*"))
        return cls(whole, tuple(p.rstrip("*") for p in lower if p.endswith("*")))

    def drops(self, parameter: str) -> bool:
        """True when ``parameter`` (``name=value``, percent-encoded) is tracking."""
        name = parameter.partition("=")[0].lower()
        if "%" in name:
            name = unquote_plus(name)
        return name in self.names or name.startswith(self.prefixes)


TRACKING = Tracking.of(DEFAULT_TRACKING)


def base_of(source: Source) -> str | None:
    """What a relative link of the source is relative to; files have no such base."""
    return None if source.is_local else source.url


def absolute(url: str, base: str | None = None) -> str | None:
    """``url`` resolved against ``base``, in WHATWG form, without credentials; None unless it is http or https."""
    if len(url) > MAX_URL:
        return None
    url = _ESCAPED_AND.sub("&", url) if "&" in url else url
    try:
        href = _href(url, base)
    except ValueError:  # not a URL, or not encodable (lone surrogates)
        return None
    if len(href) > MAX_URL or not href.startswith(("https://", "http://")):
        return None
    return _CREDENTIALS.sub(r"\1", href) if "@" in href else href


def canonical(url: str, base: str | None = None, tracking: Tracking = TRACKING) -> str | None:
    """``url`` without fragment (``#!`` stays), tracking and forwarding pages; other parameters untouched and in order.

    None for anything but a sound http(s) address of at most ``MAX_URL`` characters.
    """
    href = absolute(url, base)
    target = _forwarded(href) if href else None
    if target:
        href = absolute(target) or href
    return _without_tracking(href, tracking) if href else None


def url_key(canonical: str) -> str:
    """Key under which the spellings of one address meet.

    Folds scheme, ``www.``, a final dot of the host, empty path segments, default index pages, the order of parameters
    and needless percent-escapes. Case of path and query, ports and all other parameters keep addresses apart.
    """
    rest = canonical.partition("://")[2]
    rest, hash_, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    host = host.removeprefix("www.").removesuffix(".")
    path = _INDEX.sub("/", "/" + _plain_escapes(path))
    path = "/".join(p for p in path.split("/") if p)
    query = "&".join(sorted(p for p in _plain_escapes(query).split("&") if p))
    return f"{host}/{path}{'?' if query else ''}{query}{hash_}{fragment}"


def _href(url: str, base: str | None) -> str:
    if _PLAIN.fullmatch(url):
        return url
    try:
        return str(URL(url).href)
    except ValueError:
        if base is None:
            raise
        return str(URL(url, base).href)


def _forwarded(href: str) -> str | None:
    page, _, query = href.partition("://")[2].partition("?")
    name = _FORWARDERS.get(page)
    if name is None:
        return None
    values = (v for n, _, v in (p.partition("=") for p in query.split("&")) if n == name)
    return unquote_plus(next(values, "")) or None


def _without_tracking(href: str, tracking: Tracking) -> str:
    href, _, fragment = href.partition("#")
    page, _, query = href.partition("?")
    kept = "&".join(p for p in query.split("&") if p and not tracking.drops(p)) if query else ""
    return page + (f"?{kept}" if kept else "") + (f"#{fragment}" if fragment.startswith("!") else "")


def _plain_escapes(text: str) -> str:
    return _ESCAPE.sub(_escape, text) if "%" in text else text


def _escape(found: re.Match[str]) -> str:
    char = chr(int(found[0][1:], 16))
    return char if char in _UNRESERVED else found[0].upper()
