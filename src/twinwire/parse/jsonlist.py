"""JSON lists of forms of their own, read by a mapping of the config. Knows no site: the mapping says where things stand.

Parses no date and follows no next page. An answer of another shape gives one line that says which path is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twinwire.errors import Kind
from twinwire.parse import jsondoc, limits
from twinwire.parse.draft import Draft, gather
from twinwire.parse.outcome import Document, Unreadable
from twinwire.records import Entry, Feed, Parsed, Quarantined

if TYPE_CHECKING:
    from twinwire.config.mappings import EntryPaths, Mapping

FOUND = 1_000  # values looked at for one field of one entry

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WORDS = re.compile(r'"(?:error|message|detail|title|description)"\s*:\s*"([^"\\]{1,200})"')


def recognises(doc: Document) -> bool:
    """Anything that begins like JSON: whether the mapping fits is for :func:`read` to say."""
    return bool(jsondoc.starts(doc.text) or re.match(r"\s*[\w$.]{1,100}\s*\(\s*[\[{]", doc.text[:300]))


def read(doc: Document, mapping: Mapping) -> Parsed | Unreadable:
    """Entries of the list that ``mapping`` names. NOT_A_FEED for another shape, ALL_ENTRIES_BAD where no entry has a title.

    Of a document that breaks, the entries that end before the break are read.
    """
    parts = mapping.list.split(".") if mapping.list else []
    top, damage = jsondoc.load(doc.text, len(parts) + (parts[-1:] != ["*"]))
    if top is None:
        return Unreadable(Kind.NOT_A_FEED, damage or "JSON that is null")
    found = _rows(top, mapping, parts)
    if isinstance(found, str):
        return Unreadable(Kind.NOT_A_FEED, limits.text(f"{found}{_said(doc.text)}", 500))
    if missing := _missing(found, mapping.entry):
        return Unreadable(Kind.ALL_ENTRIES_BAD, missing)
    if len(found) > limits.ENTRIES:
        damage = damage or f"only the first {limits.ENTRIES} of {len(found)} entries read"
    drafts = [_entry(row, mapping, i) for i, row in enumerate(found[: limits.ENTRIES])]
    parsed = gather(drafts, Feed(format="json"), parser="json", encoding=doc.encoding, damage=damage)
    if parsed.quarantined and not parsed.entries:
        why = parsed.quarantined[0].reason
        return Unreadable(Kind.ALL_ENTRIES_BAD, f"none of {len(drafts)} entries can be read: {why}")
    return parsed


def _rows(top: Any, mapping: Mapping, parts: list[str]) -> list[Any] | str:
    """Members of the mapping's list, or what is wrong with the shape."""
    here = [top]
    for i, part in enumerate(parts):
        steps = [value for node in here for value in _step(node, part, mapping.skip if i == len(parts) - 1 else ())]
        empty = part == "*" and all(isinstance(node, list | dict) for node in here)
        if not steps and not empty:
            return _complaint(mapping.list, ".".join(parts[: i + 1]), here[0] if here else None)
        here = steps
    if parts and parts[-1] == "*":
        return here
    lists = [node for node in here if isinstance(node, list)]
    if not lists and here:
        hint = f"; for the values of an object write {'.'.join([*parts, '*'])!r}" if isinstance(here[0], dict) else ""
        name = repr(mapping.list) if parts else "the document"
        return f"{name} is {jsondoc.kind(here[0])}, not a list{_keys(here[0])}{hint}"
    return [row for node in lists for row in node]


def _step(node: Any, part: str, skip: tuple[str, ...] = ()) -> list[Any]:
    if part == "*":
        if isinstance(node, dict):
            return [value for key, value in node.items() if key not in skip]
        return node if isinstance(node, list) else []
    if isinstance(node, dict):
        return [node[part]] if part in node else []
    if isinstance(node, list) and part.isdecimal() and len(part) < 6:
        return node[int(part): int(part) + 1]
    return []


def _complaint(whole: str, missing: str, node: Any) -> str:
    where = f" (of {whole!r})" if missing != whole else ""
    if missing.rpartition(".")[2] == "*":
        name = repr(missing[:-2]) if missing[:-2] else "the document"
        return f"the mapping's list {whole!r} is not there: {name} is {jsondoc.kind(node)}"
    return f"the mapping's list is not there: {missing!r}{where} is missing{_keys(node)}"


def _keys(node: Any) -> str:
    """What an object has instead."""
    if not isinstance(node, dict):
        return f"; {jsondoc.kind(node)} stands there" if node is not None else ""
    names = [repr(limits.line(str(key), 40) or "") for key in list(node)[:8]]
    return f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names)}" if names else "; the object is empty"


def _said(text: str) -> str:
    """What an API's error answer says."""
    words = _WORDS.search(text[:5_000])
    line = limits.line(words[1], 120) if words else None
    return f"; it says '{line}'" if line else ""


def _missing(rows: list[Any], paths: EntryPaths) -> str | None:
    """A complaint when no entry at all has a headline, or none has a link: then the mapping does not fit."""
    objects = [row for row in rows[:FOUND] if isinstance(row, dict)]
    for name, wanted in (("title", paths.title), ("link", paths.link)):
        if objects and wanted and not any(_first(row, wanted) for row in objects):
            tried = " or ".join(repr(path) for path in wanted)
            return f"no entry has a {name}: {tried} is missing in all {len(objects)} of them{_keys(objects[0])}"
    return None


def _entry(row: object, mapping: Mapping, position: int) -> Entry | Quarantined:
    if not isinstance(row, dict):
        return Quarantined(position=position, reason=f"entry is {jsondoc.kind(row)}, not an object",
                           raw=limits.text(row, limits.RAW))
    paths = mapping.entry
    names = ("id", "title", "summary", "published", "updated", "language", "publisher", "rights")
    draft = Draft(
        values={name: _first(row, getattr(paths, name)) for name in names},
        link=_whole(_first(row, paths.link), mapping.link_prefix),
        contents=[_first(row, paths.content)],
        authors=list(_texts(row, paths.authors)),
        enclosures=[_whole(url, mapping.link_prefix) for url in _texts(row, paths.enclosures)],
    )
    for term in _texts(row, paths.categories):
        draft.categorise(term)
    return draft.finish(position)


def _first(row: dict[str, Any], paths: tuple[str, ...]) -> str:
    return next(_texts(row, paths), "")


def _texts(row: dict[str, Any], paths: tuple[str, ...]) -> Iterator[str]:
    """Texts at the ends of ``paths``, in their order; a list there gives each of its texts."""
    for path in paths:
        here: list[Any] = [row]
        for part in path.split("."):
            here = [value for node in here for value in _step(node, part)][:FOUND]
        for value in here:
            for member in value[:FOUND] if isinstance(value, list) else [value]:
                if not isinstance(member, list) and (text := jsondoc.string(member).strip()):
                    yield text


def _whole(link: str, prefix: str) -> str:
    return link if not link or not prefix or _ABSOLUTE.match(link) else f"{prefix.rstrip('/')}/{link.lstrip('/')}"
