"""Article pages for tests, in words of their own. Holds no test."""

from __future__ import annotations

import html
import json
from typing import Any

HEADLINE = "Lakeside and Hügelstadt renew their ties after forty years"
PARAGRAPHS = (
    ("LAKESIDE, Ont., Nov. 3, 2026 /PRNewswire/ -- The mayors of both towns met on the pier on Tuesday and signed a sister city "
    "agreement for another decade, with a brass band and some rain."),
    ("Under the agreement school classes will visit each other every second spring, and the two fire brigades are to train together "
    "for floods, which both towns have seen more of in recent years."),
    ("A first delegation of twelve gardeners travels in April. The town hall expects the cost to stay below what the last exchange "
    "took, since families will lodge the guests."),
    "Anyone who wants to take part may write to the town's twinning committee before the end of February, said its chair.",
)
AROUND = ("<nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>News</a></li><li><a href='/sport'>Sport</a></li></ul></nav>",
          "<footer><p>© 2026 Lakeside Courier. All rights reserved.</p><ul><li><a href='/imprint'>Imprint</a></li></ul></footer>")


def page(*paragraphs: str, title: str = HEADLINE, head: str = "", lang: str = "en", top: str = "") -> str:
    """An article as most sites build it: headline, text, ways through the site around them."""
    text = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs or PARAGRAPHS)
    return (f"<!DOCTYPE html><html lang='{lang}'><head><title>{html.escape(title)} | Lakeside Courier</title>{head}</head><body>{AROUND[0]}"
            f"<main><article><h1>{html.escape(title)}</h1>{top}{text}</article></main>{AROUND[1]}</body></html>")


def json_ld(**values: Any) -> str:
    """A block of JSON-LD with one article."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE} | values
    return f"<script type='application/ld+json'>{json.dumps(node)}</script>"


def meta(**values: str) -> str:
    """Meta elements; ``__`` stands for a colon, ``_`` for a dot."""
    return "".join(f"<meta property='{k.replace('__', ':')}' content='{html.escape(v, quote=True)}'>" for k, v in values.items())
