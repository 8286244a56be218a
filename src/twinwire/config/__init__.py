"""Policy as data: reads the files of a config folder, whole, before anything runs. Fetches and stores nothing.

``sources.yaml`` must be there; a missing ``topics.yaml`` or ``settings.yaml`` means the shipped one. ``mappings.yaml`` adds
to the shipped one; every file of a folder ``topics/`` adds topics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from twinwire.config.document import Document, Loc, nearest, read, validate
from twinwire.config.mappings import PREFIX, Mapping, MappingsFile, load_mappings
from twinwire.config.settings import Settings, with_environment
from twinwire.config.sources import Source, SourcesFile
from twinwire.config.topics import TopicsFile, load_topics
from twinwire.errors import ConfigError

__all__ = ["Config", "Mapping", "Settings", "Source", "TopicsFile", "load", "shipped", "write_schemas"]


def shipped(part: str) -> Path:
    """Folder of data that ships with twinwire: ``config`` or ``edition``."""
    spec = find_spec(f"twinwire_{part}")
    places = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    found = next((p for p in places if p.is_dir()), None)  # an editable install adds a place that is no folder
    if found is None:
        raise ConfigError(f"twinwire_{part}", "the installation lacks its data; install twinwire again")
    return found


@dataclass(frozen=True, slots=True)
class Config:
    """A config folder, checked. ``version`` is a short hash over the meaning of its files."""

    folder: Path
    sources: tuple[Source, ...]
    topics: TopicsFile
    settings: Settings
    mappings: Lookup[str, Mapping] = field(default_factory=dict)  # by name, as in ``format: json:NAME``

    @property
    def version(self) -> str:
        """Changes when a source, a mapping or a setting changes; topics have their own rule version."""
        parts = [s.model_dump(mode="json") for s in self.sources]
        parts += [{name: m.model_dump(mode="json")} for name, m in sorted(self.mappings.items())]
        text = json.dumps([parts, self.settings.model_dump(mode="json")], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def source(self, name: str) -> Source:
        """The source with this id. Raises :class:`ConfigError` naming the nearest one."""
        for s in self.sources:
            if s.id == name:
                return s
        near = nearest(name, [s.id for s in self.sources])
        raise ConfigError(name, f"is no source of {self.folder}{f'; did you mean {near}?' if near else ''}")


def load(folder: Path) -> Config:
    """Read and check a config folder.

    Raises :class:`ConfigError` naming file, line and key, with the nearest valid key where one was misspelt.
    """
    if not folder.is_dir():
        raise ConfigError(str(folder), "is not a folder; name one with sources.yaml in it (--config DIR)")
    here = {name: folder / name if (folder / name).exists() else shipped("config") / name
            for name in ("topics.yaml", "settings.yaml")}
    settings = validate(Settings, with_environment(read(here["settings.yaml"])))
    mappings = _mappings(folder / "mappings.yaml")
    sources = _sources(read(folder / "sources.yaml"), mappings)
    return Config(folder, sources, load_topics(here["topics.yaml"], folder / "topics"), settings, mappings)


def shipped_mappings() -> dict[str, Mapping]:
    """Mappings of JSON lists that come with the package."""
    return load_mappings(shipped("config") / "mappings.yaml")


def _mappings(own: Path) -> dict[str, Mapping]:
    """The shipped mappings with the folder's own laid over them."""
    return {**shipped_mappings(), **load_mappings(own)} if own.exists() else shipped_mappings()


def _sources(doc: Document, mappings: Lookup[str, Mapping]) -> tuple[Source, ...]:
    """Lay ``defaults`` under every source, check each, refuse ids that stand twice, resolve ``file:`` addresses."""
    value = doc.value if isinstance(doc.value, dict) else {}
    defaults = value.get("defaults") or {}
    rows = value.get("sources")
    if not isinstance(rows, list):
        raise doc.error(("sources",), "is missing; it is the list of sources" if rows is None else "must be a list")
    for i, row in enumerate(rows):
        if not isinstance(row, dict):
            raise doc.error(("sources", i), "must be a mapping with id, name and url")
    if not isinstance(defaults, dict):
        raise doc.error(("defaults",), "must be a mapping of a source's keys")
    _check_defaults(doc, defaults)
    laid = {**value, "sources": [{**defaults, **row} for row in rows]}
    checked = validate(SourcesFile, doc, laid).sources
    seen: dict[str, int] = {}
    for i, s in enumerate(checked):
        loc: Loc = ("sources", i, "id")
        if s.id in seen:
            raise doc.error(loc, f"{s.id!r} stands twice (first in line {doc.line(('sources', seen[s.id], 'id'))})")
        seen[s.id] = i
        _check_format(doc, s, i, mappings)
    return tuple(_resolved(s, doc.path.parent) for s in checked)


def _check_format(doc: Document, source: Source, at: int, mappings: Lookup[str, Mapping]) -> None:
    """A ``json:`` format names a mapping that is there."""
    name = str(source.format).removeprefix(PREFIX)
    if str(source.format).startswith(PREFIX) and name not in mappings:
        near = nearest(name, sorted(mappings))
        raise doc.error(("sources", at, "format"), f"no mapping is called {name!r}"
                        + (f"; did you mean {near!r}?" if near else f"; there are {', '.join(sorted(mappings))}"))


def _check_defaults(doc: Document, defaults: dict[str, object]) -> None:
    for key in defaults:
        if key not in Source.model_fields:
            near = nearest(str(key), sorted(Source.model_fields))
            raise doc.error(("defaults", key), f"unknown key{f'; did you mean {near!r}?' if near else ''}")
        if key in {"id", "url", "name"}:
            raise doc.error(("defaults", key), "belongs to each source, not to all of them")


def _resolved(source: Source, base: Path) -> Source:
    """``file:`` and ``folder:`` addresses are relative to the file that names them."""
    if not source.is_local:
        return source
    scheme, _, rest = source.url.partition(":")
    path = Path(rest.removeprefix("//") if rest.startswith("//") else rest).expanduser()
    return source.model_copy(update={"url": f"{scheme.lower()}:{(base / path).resolve()}"})


def write_schemas(folder: Path) -> list[Path]:
    """Write one JSON Schema per config file, for editors. Returns the paths written."""
    out = []
    for name, model in (("sources", SourcesFile), ("settings", Settings), ("topics", TopicsFile), ("mappings", MappingsFile)):
        schema = model.model_json_schema()
        if name == "sources":  # an editor sees a source before its defaults are laid under it
            schema["properties"]["defaults"] = {**schema["$defs"]["Source"], "required": []}
            schema["$defs"]["Source"]["required"] = ["id", "name", "url"]
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        out.append(path)
    return out
