"""Which addresses may be asked, and what may be said of them. Pure: resolves and connects nothing.

A url is first brought into WHATWG form (the one browsers use), and only that form is used from there on: two parsers
that read one string differently are the classic way around a check.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ada_url import URL

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")         # RFC 6052: an IPv4 address in the last 32 bits
_UNICAST = ipaddress.ip_network("2000::/3")           # all that is given out of IPv6 for public use (IANA registry)
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")    # RFC 9637, newer than Python's own list
_SECRET = re.compile(
    r"(?i)(?<![\w.-])([\w.-]{0,40}?(?:key|key[-_]?id|token|secret|password|passwd|pwd|signature|sig))=([^&\s\"'<>]+)")
_USERINFO = re.compile(r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}://)[^/?#\\\s\"'<>]*@")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
MAX_URL = 8192     # characters
MAX_MESSAGE = 500  # characters


@dataclass(frozen=True, slots=True)
class Target:
    """A url that may be asked (its host's addresses are still to be checked). ``url`` carries no credentials."""

    url: str
    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Credentials belong to this and to nothing else."""
        return (self.scheme, self.host, self.port)


@lru_cache(maxsize=1024)  # an address is read when its turn is asked for, and again when it is asked
def target(url: str, base: str | None = None) -> Target | str:
    """Read a url, or say why it may not be asked. Only http and https, with a host."""
    if len(url) > MAX_URL:
        return f"the address is longer than {MAX_URL} characters"
    try:
        parsed = URL(url.strip(), base=base) if base else URL(url.strip())
    except ValueError:
        return "the address is not a valid URL"
    scheme = parsed.protocol.rstrip(":")
    if scheme not in {"http", "https"}:
        return f"{scheme}: addresses are not asked, only http and https"
    if not parsed.hostname:
        return "the address names no host"
    username, password = unquote(parsed.username), unquote(parsed.password)
    parsed.username = parsed.password = parsed.hash = ""
    host = parsed.hostname.strip("[]")
    return Target(parsed.href, scheme, host, int(parsed.port or (443 if scheme == "https" else 80)), username, password)


def host_of(url: str) -> str | None:
    """The host whose turn it takes to ask this address; None for what may not be asked, files among them."""
    found = target(url)
    return found.host if isinstance(found, Target) else None


def refuse(ip: str) -> str | None:
    """Why this address may not be connected to, or None when it is public."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "not an address"
    inner = _embedded(address)
    if inner is not None:
        return refuse(str(inner))
    if address.is_multicast:
        return "a multicast address"
    if not address.is_global:  # private, loopback, link-local, shared (CGNAT), documentation, reserved, unspecified
        return "not a public address"
    if isinstance(address, ipaddress.IPv6Address) and (address not in _UNICAST or address in _DOCUMENTATION):
        return "not a public address"  # site-local, IPv4-compatible and whatever else has no public use
    return None


def _embedded(address: _Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def redact(text: str) -> str:
    """Passwords in addresses and the values of secret-looking parameters, replaced by ``…``."""
    return _SECRET.sub(r"\1=…", _USERINFO.sub(r"\1", text))


def one_line(text: str) -> str:
    """A message: redacted, printable, on one line, at most 500 characters."""
    return _UNPRINTABLE.sub(" ", redact(text)).strip()[:MAX_MESSAGE]
