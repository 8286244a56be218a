"""YAML documents that know their line numbers. Knows nothing of what the keys mean.

A file is read safely, checked against a pydantic model, and every complaint names file, line and key, with the
nearest valid key where one was misspelt.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from twinwire.errors import ConfigError

MAX_BYTES = 4 << 20  # a config file larger than this is not a config file
MAX_SHOWN = 5        # complaints printed at once; the rest are counted

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with libyaml
_PASSWORD = re.compile(r"//[^/@\s]*@")  # a complaint goes to logs and screens
Loc = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values, with the 1-based line of every key and list element."""

    path: Path
    value: Any
    lines: Mapping[Loc, int] = field(default_factory=dict)

    def line(self, loc: Loc) -> int:
        """Line of ``loc`` or of its nearest ancestor that stands in the file."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)

    def error(self, loc: Loc, message: str) -> ConfigError:
        """A :class:`ConfigError` at ``loc``: subject ``file:line``, message with the key's path."""
        where = dotted(loc)
        return ConfigError(f"{self.path}:{self.line(loc)}", f"{where}: {message}" if where else message)


def dotted(loc: Loc) -> str:
    """``("sources", 3, "url")`` → ``sources[3].url``."""
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out


def read(path: Path) -> Document:
    """Read one YAML file: :func:`contents`, then :func:`document`; raises as they do."""
    return document(path, contents(path))


def contents(path: Path) -> bytes:
    """The bytes of a config file. Raises :class:`ConfigError` for a missing, unreadable or oversized file."""
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise ConfigError(str(path), f"cannot be read ({e.strerror})") from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(str(path), f"is larger than {MAX_BYTES >> 20} MB; is this the right file?")
    return raw


def document(path: Path, raw: bytes) -> Document:
    """What the bytes of ``path`` say. Raises :class:`ConfigError` for malformed YAML, for duplicate keys and for tags beyond plain YAML
    (``!!python/…``)."""
    try:
        text = raw.decode("utf-8-sig")
        try:
            return _document(path, _FAST(text))
        except (yaml.YAMLError, ValueError, RecursionError):
            return _document(path, yaml.SafeLoader(text))  # says it better; every other day the fast one is right
    except UnicodeDecodeError as e:
        line = raw[: e.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}", "is not UTF-8; save it as UTF-8") from None
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{path}:{line}", _yaml_advice(e)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as e:
        raise ConfigError(str(path), f"is not valid YAML ({str(e).splitlines()[0]})") from None


def _document(path: Path, loader: Any) -> Document:
    try:
        node = loader.get_single_node()
        lines: dict[Loc, int] = {}
        if node is None:
            return Document(path, {}, lines)
        _walk(node, (), lines, path)
        return Document(path, loader.construct_document(node), lines)
    finally:
        loader.dispose()


def _yaml_advice(e: yaml.MarkedYAMLError) -> str:
    problem = (e.problem or "is not valid YAML").strip()
    if "\\t" in problem or "tab" in problem:
        return "a tab stands where blanks are needed; indent with blanks"
    if "could not determine a constructor" in problem:
        return f"tags are not allowed here ({problem})"
    return problem


def _walk(node: yaml.Node, loc: Loc, lines: dict[Loc, int], path: Path) -> None:
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            line = key.start_mark.line + 1
            if name in seen and name != "<<":
                raise ConfigError(f"{path}:{line}", f"{dotted((*loc, name))}: stands twice (first in line {seen[name]})")
            seen[name] = line
            lines[(*loc, name)] = line
            _walk(value, (*loc, name), lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            lines[(*loc, i)] = value.start_mark.line + 1
            _walk(value, (*loc, i), lines, path)


def validate(model: type[M], doc: Document, value: Any = None, at: Loc = ()) -> M:
    """Check ``value`` (default: the whole document) against ``model``.

    ``at`` is where the value stands in the document. Raises :class:`ConfigError` with one line per complaint.
    """
    try:
        return model.model_validate(doc.value if value is None else value)
    except ValidationError as e:
        found = [_complaint(model, doc, at, err) for err in e.errors(include_url=False)]
        shown = found[:MAX_SHOWN]
        more = f"\n… and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        first = shown[0]
        rest = "".join(f"\n{c}" for c in shown[1:])
        raise ConfigError(first.subject, first.message + rest + more) from None


def _complaint(model: type[BaseModel], doc: Document, at: Loc, err: Any) -> ConfigError:
    loc: Loc = tuple(p for p in err["loc"] if not _is_union_tag(p))
    if err["type"] == "extra_forbidden":
        near = nearest(str(loc[-1]), sorted(_valid_keys(model, loc[:-1])))
        return doc.error((*at, *loc), f"unknown key{f'; did you mean {near!r}?' if near else ''}")
    if err["type"] == "missing":
        return doc.error((*at, *loc), "is missing")
    message = str(err["msg"]).removeprefix("Value error, ")
    got = err.get("input")
    shown = f" (got {_PASSWORD.sub('//…@', str(got))[:60]!r})" if isinstance(got, str | int | float | bool) else ""
    return doc.error((*at, *loc), message[:1].lower() + message[1:] + shown)


def _is_union_tag(part: str | int) -> bool:
    """Pydantic puts names of union members and validators into the path; none is a key of ours."""
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "float", "bool", "list", "dict"})


def _valid_keys(model: type[BaseModel], loc: Loc) -> set[str]:
    """Keys allowed at ``loc``, following models through lists, dicts and optionals."""
    here: Any = model
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = _inner_model(here.model_fields[str(part)].annotation)  # other parts are places in lists and dicts
    if isinstance(here, type) and issubclass(here, BaseModel):
        return set(here.model_fields)
    return set()


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for arg in get_args(annotation):
        found = _inner_model(arg)
        if found is not None:
            return found
    return None


def nearest(word: str, valid: list[str]) -> str | None:
    """The valid word most like ``word``, or None when none is near."""
    close = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    return close[0] if close else None
