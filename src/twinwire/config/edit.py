"""Edits of ``sources.yaml`` as text: every comment, blank line and order stays as it is. Reads and writes no file.

Where things stand is taken from the marks of YAML's own nodes. What stands nowhere a mark points to (a list behind an
alias, a source all of whose values are block text) is not edited but refused with :class:`NotEditableError`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

Row = Mapping[str, Any]
Edit = tuple[int, int, str]  # characters [start, stop) of the text become the third

# `enabled` goes behind the last of these: before terms, quirks and evidence, which are longer than a line.
_BEFORE = frozenset({"id", "name", "url", "format", "wire", "publisher", "language", "country", "timezone", "schedule", "article",
                     "store", "expect", "allow_private", "auth"})
_BREAKS = frozenset("\n\r\x85\u2028\u2029")


class NotEditableError(ValueError):
    """The file is sound YAML, but written in a way that is for its author to change. Says what is in the way."""


def switched(text: str, wanted: Mapping[str, bool]) -> str:
    """``text`` with ``enabled`` of each source of ``wanted`` (id → on) set; nothing else changes."""
    _, items = _sources(text)
    nodes = {name: node for node in items.value if isinstance(node, yaml.MappingNode) and (name := _id(node)) is not None}
    lacking = sorted(wanted.keys() - nodes.keys())
    if lacking:
        raise NotEditableError(f"the id {lacking[0]!r} is written where it cannot be found")
    return _applied(text, [_switch(text, nodes[name], "true" if on else "false") for name, on in wanted.items()])


def appended(text: str, rows: Sequence[Row]) -> str:
    """``text`` with ``rows`` behind the last source, in the indentation and spacing of those that are there.

    Values are texts without line breaks, truth values, and lists of such texts.
    """
    if not rows:
        return text
    root, items = _sources(text)
    if not items.flow_style:
        return _applied(text, [_behind(text, items, rows)])
    if items.value or root.flow_style:
        at = _end(text, items.value[-1]) if items.value else items.end_mark.index - 1
        lead = ", " if items.value else ""
        return _applied(text, [(at, at, lead + ", ".join(json.dumps(dict(row), ensure_ascii=False) for row in rows))])
    # `sources: []`, with whatever stands behind it on its line
    start, stop = items.start_mark.index, items.end_mark.index
    at, gap = _line_after(text, stop)
    while text[start - 1] == " ":
        start -= 1
    return _applied(text, [(start, stop, ""), (at, at, gap + _block(rows, 2, _newline(text), loose=True).removeprefix(_newline(text)))])


class _Loader(yaml.SafeLoader):
    """Composes nodes with an alias as a node of its own, because the node it stands for is somewhere else."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            return yaml.ScalarNode("alias", event.anchor, event.start_mark, event.end_mark)
        return super().compose_node(parent, index)


def _sources(text: str) -> tuple[yaml.MappingNode, yaml.SequenceNode]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    finally:
        loader.dispose()
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "sources" and isinstance(value, yaml.SequenceNode):
                return root, value
    raise NotEditableError("its list of sources is not written out under the key `sources`")


def _id(source: yaml.MappingNode) -> str | None:
    return next((v.value for k, v in source.value if k.value == "id" and v.tag != "alias" and isinstance(v.value, str)), None)


def _switch(text: str, source: yaml.MappingNode, value: str) -> Edit:
    for key, node in source.value:
        if key.value == "enabled":
            return node.start_mark.index, node.end_mark.index, value
    closed = [(k, v) for k, v in source.value if _is_closed(v)]
    if not closed:
        raise NotEditableError(f"there is no safe place for `enabled` in the source {_id(source)!r}")
    if source.flow_style:
        at = closed[-1][1].end_mark.index
        quote = source.value[0][0].style or ""  # JSON is YAML too
        return at, at, f", {quote}enabled{quote}: {value}"
    behind = next((v for k, v in reversed(closed) if k.value in _BEFORE), closed[-1][1])
    at, gap = _line_after(text, behind.end_mark.index)
    return at, at, f"{gap}{' ' * source.value[0][0].start_mark.column}enabled: {value}{_newline(text)}"


def _is_closed(node: yaml.Node) -> bool:
    """Its end mark is its end: not so for block text and block collections, which end where the next thing begins."""
    return node.style not in {"|", ">"} if isinstance(node, yaml.ScalarNode) else bool(node.flow_style)  # type: ignore[attr-defined]


def _behind(text: str, items: yaml.SequenceNode, rows: Sequence[Row]) -> Edit:
    dash = items.start_mark
    if text[dash.index] != "-":
        raise NotEditableError("its list of sources has a tag or an anchor")
    end = _end(text, items.value[-1])
    at, gap = _line_after(text, end)
    while not gap and _is_comment(text[at:].partition("\n")[0], dash.column):  # it belongs to the source above it
        at, gap = _line_after(text, at + 1)
    loose = len(items.value) < 2 or _is_blank_before(text, items.value[-1].start_mark.index)
    loose = loose and text[end - 1] != "\n"  # behind |+ a blank line would be one of the value's
    return at, at, gap + _block(rows, dash.column, _newline(text), loose=loose)


def _end(text: str, node: yaml.Node) -> int:
    """Where the last character of a node stands. A block collection's own end mark lies behind comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    stop = node.end_mark.index
    if _is_closed(node):
        return stop
    head = text[node.start_mark.index:stop].partition("\n")[0].partition("#")[0]
    return stop if "+" in head else len(text[:stop].rstrip())  # |+ keeps the blank lines behind it


def _line_after(text: str, at: int) -> tuple[int, str]:
    """Where the line behind the one with the character before ``at`` begins, and what ends the last line if nothing does."""
    if at and text[at - 1] == "\n":
        return at, ""
    found = text.find("\n", at)
    return (found + 1, "") if found >= 0 else (len(text), _newline(text))


def _is_comment(line: str, column: int) -> bool:
    """A comment that is indented deeper than ``column``."""
    bare = line.lstrip(" ")
    return bare.startswith("#") and len(line) - len(bare) > column


def _is_blank_before(text: str, at: int) -> bool:
    """A blank line, or comments with one above them, stand before the item."""
    for line in reversed(text[:text.rfind("\n", 0, at) + 1].splitlines()):
        if not line.strip().startswith("#"):
            return not line.strip()
    return False


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _block(rows: Iterable[Row], column: int, newline: str, *, loose: bool) -> str:
    lines: list[str] = []
    for row in rows:
        lines += [""] if loose else []
        lines += [" " * column + ("  " if i else "- ") + f"{key}: {_value(value)}" for i, (key, value) in enumerate(row.items())]
    return "".join(line + newline for line in lines)


def _value(value: Any) -> str:
    """One value on one line, quoted where YAML needs it."""
    style = '"' if isinstance(value, str) and not _BREAKS.isdisjoint(value) else None
    text = yaml.safe_dump(value, allow_unicode=True, width=sys.maxsize, default_flow_style=True, default_style=style)
    return text.removesuffix("\n").removesuffix("\n...")


def _applied(text: str, edits: Iterable[Edit]) -> str:
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text
