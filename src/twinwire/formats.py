"""Names of the formats that payloads come in. Reads none, and imports nothing: who reads needs no config."""

from __future__ import annotations

from enum import StrEnum

MAPPED = "json:"  # and the name of a mapping


class Format(StrEnum):
    """How a payload is to be read. ``auto`` looks at the bytes."""

    AUTO = "auto"
    FEED = "feed"
    JSONFEED = "jsonfeed"
    NEWSML_G2 = "newsml-g2"
    NEWSML_1 = "newsml-1"
    NITF = "nitf"
    NINJS = "ninjs"
    SITEMAP = "sitemap"
    WIRE_TEXT = "wire-text"
    PAGE = "page"             # one article page; never found by looking, for a web page is what broken feeds turn into
