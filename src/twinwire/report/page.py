"""A plain web page of entries. Reads nothing; everything that came from outside is escaped or cleaned.

The page loads nothing: the cleaner lets no image, style, script or frame through. It is plain ASCII with character
references, so that it needs no ``<meta>`` and reads the same whatever encoding it is served with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import nh3

MAX_HTML = 200_000  # characters; nh3 takes minutes for megabytes of nested elements
_MAX_DEPTH = 200    # elements opened and not closed; its time grows with the square of the depth
_TAGS = {"a", "p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "table", "thead", "tbody",
         "tr", "td", "th", "code", "pre", "sub", "sup", "dl", "dt", "dd", "span", "div"}
_HEAD = """<!doctype html>
<html lang="en"><head><title>{title}</title></head><body>
<h1>{title}</h1>
"""


def clean(html: str) -> str:
    """An allow-list of elements, links to http(s) only; nothing active is left. Empty for what is too large or too deep."""
    if len(html) > MAX_HTML or html.count("<") - 2 * html.count("</") > _MAX_DEPTH:
        return ""
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel="noopener noreferrer")


def page(title: str, entries: Iterable[Mapping[str, str | None]]) -> str:
    """A page of entries with ``title``, ``link``, ``published`` and ``content_html`` (cleaned here once more)."""
    rows = "".join(_row(e) for e in entries)
    whole = _HEAD.format(title=escape(title)) + f"<ol>\n{rows}</ol>\n</body></html>\n"
    return whole.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _row(entry: Mapping[str, str | None]) -> str:
    title = escape(entry.get("title") or "(no title)")
    link = entry.get("link") or ""
    head = f'<a href="{escape(link)}" rel="noopener noreferrer">{title}</a>' if link.startswith(("http://", "https://")) else title
    when = escape(entry.get("published") or "date unknown")
    return f"<li><p>{head} <span>{when}</span></p><div>{clean(entry.get('content_html') or '')}</div></li>\n"
