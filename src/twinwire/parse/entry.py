"""One entry of a well-formed RSS, RDF or Atom document → Draft. Reads elements, decides no caps and parses no dates.

Precedence follows feedparser, so that both readers give the same entry: the element nearest to the entry wins, the
last of equals wins, a second description is content, content stands in for a missing summary.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from twinwire.parse import elements
from twinwire.parse.draft import Draft
from twinwire.parse.elements import HTML_TYPES, Context, Element

Handler = Callable[[Draft, Element, int, Context], None]
_SUMMARISED = {"text/plain", *HTML_TYPES}
_LINKED = {"html", "xhtml", *HTML_TYPES}
_STRAY = re.compile(r"&([A-Za-z0-9_]+);")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
ITUNES_SCHEME = "http://www.itunes.com/"


def read(el: Element, ctx: Context) -> Draft:
    """Everything an ``<item>`` or ``<entry>`` says."""
    draft = Draft(sound=ctx.sound)
    if el.keys():
        for name, value in elements.items(el):
            if name.endswith("}about"):
                draft.lend("id", value.strip())
        if lang := elements.language(el):
            draft.lend("language", lang.strip())
    _walk(el, 1, draft, ctx)
    return draft


def _walk(parent: Element, depth: int, draft: Draft, ctx: Context) -> None:
    known = ctx.handlers
    for el in parent:
        handler = known.get(el.tag)
        if handler is None:
            handler = known[el.tag] = _HANDLERS.get(ctx.name(el)) or _unknown(el, ctx)
        handler(draft, el, depth, ctx)


def _unknown(el: Element, ctx: Context) -> Handler:
    """Who reads an element without a place of its own, and all that are called so."""
    prefix, colon, _ = ctx.name(el).partition(":")
    return partial(_other, (prefix, str(el.tag).rpartition("}")[2]) if colon else None)


def _other(name: tuple[str, str] | None, draft: Draft, el: Element, depth: int, ctx: Context) -> None:
    if len(el):
        _walk(el, depth + 1, draft, ctx)
    elif name and (value := el.text) and (value := value.strip()):
        draft.note(f"{el.prefix or name[0]}:{name[1]}", value)


def author(text: str) -> str:
    """The name in ``jane@example.org (Jane Doe)`` and its relatives; the address where there is no name."""
    if len(text) > 200 or "@" not in text or (found := _EMAIL.search(text)) is None:
        return text
    name = text.replace(found[0], "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
    return name.removeprefix("(").removesuffix(")").strip() or found[0]


def keywords(draft: Draft, value: str, scheme: str | None = None) -> None:
    """Terms separated by commas."""
    for term in value[:20_000].split(","):
        draft.categorise(term, scheme)


def _value(key: str, draft: Draft, el: Element, depth: int, _ctx: Context) -> None:
    draft.put(key, elements.text(el), depth)


def _construct(key: str, draft: Draft, el: Element, depth: int, ctx: Context) -> None:
    draft.put(key, elements.content(el, "text/plain", ctx)[0], depth)


def _title(draft: Draft, el: Element, depth: int, ctx: Context, *, media: bool = False) -> None:
    if draft.title_depth is not None and draft.title_depth <= depth:
        return
    value, _ = elements.content(el, "text/plain", ctx)
    draft.put("title", value, depth)
    if value and not media:
        draft.title_depth = depth


def _description(draft: Draft, el: Element, depth: int, ctx: Context, *, default: str = "text/html") -> None:
    if "summary" in draft.values and not draft.has_content:
        _content(draft, el, depth, ctx)
    else:
        draft.put("summary", elements.content(el, default, ctx)[0], depth)


def _content(draft: Draft, el: Element, _depth: int, ctx: Context, *, default: str = "text/plain") -> None:
    draft.has_content = True
    value, kind = elements.content(el, default, ctx)
    draft.contents.append(value)
    if kind in _SUMMARISED and "summary" not in draft.values:
        draft.lend("summary", value)


def _link(draft: Draft, el: Element, _depth: int, ctx: Context) -> None:
    attrs = elements.attributes(el) if el.keys() else {}
    href = (attrs.get("url") or attrs.get("uri") or attrs.get("href")) if attrs else None
    if not href:
        address = ctx.resolve(el, elements.text(el))
        draft.link = _STRAY.sub(r"&\1", address.replace("&amp;", "&")) if "&" in address else address
        return
    rel = attrs.get("rel", "alternate").lower()
    if rel == "enclosure":
        draft.enclosures.append(ctx.resolve(el, href))
    elif rel == "alternate" and attrs.get("type", "text/html").lower() in _LINKED:
        draft.link = ctx.resolve(el, href)


def _guid(draft: Draft, el: Element, depth: int, ctx: Context) -> None:
    value, attrs = elements.text(el), elements.attributes(el) if el.keys() else None
    if not attrs or attrs.get("ispermalink", "true") == "true":
        # Never against the document's own address: an entry keeps its id when its feed moves.
        value = ctx.resolve(el, value) if ctx.has_base else value
        draft.guid_link = draft.guid_link or value
    draft.put("id", value, depth)


def _author(draft: Draft, el: Element, _depth: int, ctx: Context, *, contributes: bool = False) -> None:
    name = elements.text(el)
    if len(el):
        parts = {ctx.name(child).rpartition(":")[2]: elements.text(child) for child in el}
        name = parts.get("name") or parts.get("email") or author(name)
    elif "@" in name:
        name = author(name)
    (draft.contributors if contributes else draft.authors).append(name)


def _category(draft: Draft, el: Element, depth: int, ctx: Context, *, scheme: str | None = None) -> None:
    text = elements.text(el)
    if el.keys() and (attrs := elements.attributes(el)):
        scheme = attrs.get("scheme") or attrs.get("domain") or scheme
        term = attrs.get("term") or (attrs.get("text") if scheme == ITUNES_SCHEME else None)
        draft.categorise(term or text, scheme, attrs.get("label"))
        if term and text:
            draft.categorise(text)
    else:
        draft.categorise(text, scheme)
    if len(el):
        _walk(el, depth + 1, draft, ctx)


def _keywords(draft: Draft, el: Element, _depth: int, _ctx: Context, *, scheme: str | None = None) -> None:
    if value := elements.text(el):
        keywords(draft, value, scheme)
        if el.prefix:
            draft.note(f"{el.prefix}:{str(el.tag).rpartition('}')[2]}", value)


def _source(draft: Draft, el: Element, _depth: int, ctx: Context) -> None:
    """RSS: ``<source url=…>Title</source>``. Atom: the metadata of the feed the entry came from."""
    inner = Draft()
    for child in el:
        if (name := ctx.name(child)) in {"title", "link"}:
            _HANDLERS[name](inner, child, 1, ctx)
    title, url = elements.text(el) or inner.values.get("title"), el.get("url") or inner.link
    draft.values.update({k: v for k, v in (("source_title", title), ("source_url", url)) if v})


def _enclosure(draft: Draft, el: Element, _depth: int, _ctx: Context) -> None:
    if href := el.get("url") or el.get("uri") or el.get("href"):
        draft.enclosures.append(href)


def _skip(_draft: Draft, _el: Element, _depth: int, _ctx: Context) -> None:
    """An image, a search box or an entry inside this one (RSS sharing keeps rejected versions so) has a title and a link of its own."""


_contributor = partial(_author, contributes=True)
_encoded = partial(_content, default="text/html")
_HANDLERS: dict[str, Handler] = {
    "title": _title, "dc:title": _title, "media:title": partial(_title, media=True),
    "link": _link, "guid": _guid, "id": _guid,
    "description": _description, "dc:description": _description, "media:description": _description,
    **dict.fromkeys(("summary", "itunes:summary"), partial(_description, default="text/plain")),
    "abstract": partial(_construct, "summary"),
    "content": _content, "content:encoded": _encoded, "fullitem": _encoded,
    "body": partial(_content, default=elements.XHTML), "xhtml:body": partial(_content, default=elements.XHTML),
    **dict.fromkeys(("pubdate", "published", "issued", "dcterms:issued"), partial(_value, "published")),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"),
                    partial(_value, "updated")),
    **dict.fromkeys(("created", "dcterms:created"), partial(_value, "created")),
    **dict.fromkeys(("rights", "copyright", "dc:rights"), partial(_construct, "rights")),
    **dict.fromkeys(("language", "dc:language"), partial(_value, "language")),
    **dict.fromkeys(("dc:publisher", "webmaster"), partial(_value, "publisher")),
    **dict.fromkeys(("author", "dc:creator", "dc:author", "itunes:author", "managingeditor"), _author),
    "contributor": _contributor, "dc:contributor": _contributor,
    **dict.fromkeys(("category", "keywords", "dc:subject"), _category),
    "media:category": partial(_category, scheme=MEDIA_SCHEME),
    "itunes:category": partial(_category, scheme=ITUNES_SCHEME),
    "media:keywords": _keywords, "tags": _keywords, "itunes:keywords": partial(_keywords, scheme=ITUNES_SCHEME),
    "source": _source, "enclosure": _enclosure,
    **dict.fromkeys(("image", "textinput", "itunes:image", "itunes:owner", "item", "entry"), _skip),
}
KNOWN = frozenset(_HANDLERS) - {"media:keywords", "itunes:keywords"}
