"""Model of ``mappings.yaml``: where the entries of a JSON list stand and which of its fields is which. Reads no JSON.

A mapping is used by a source with ``format: json:NAME``. The file of a config folder adds to the shipped one; a mapping
of the same name replaces the shipped one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from twinwire.config.document import read, validate
from twinwire.formats import MAPPED

PREFIX = MAPPED   # of a source's format
PARTS = 10        # of a path

_NAME = r"^[a-z0-9][a-z0-9._-]{0,79}$"


def _path(value: object) -> str:
    """A dotted path: keys, places in a list (``0``), ``*`` for every member."""
    if not isinstance(value, str):
        raise ValueError("a path must be text, such as results or title.value")
    parts = value.split(".")
    if value and not all(part.strip() == part and part for part in parts):
        raise ValueError("a path is keys with dots between them, such as results or documents.*")
    if len(parts) > PARTS:
        raise ValueError(f"a path has at most {PARTS} parts")
    return value


def _alternatives(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(value: object) -> str:
    if value == "":
        raise ValueError("a path of an entry's field must not be empty")
    return _path(value)


ListPath = Annotated[str, BeforeValidator(_path), Field(max_length=500)]
Paths = Annotated[tuple[Annotated[str, BeforeValidator(_some), Field(max_length=500)], ...],
                  BeforeValidator(_alternatives), Field(max_length=20)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryPaths(_Model):
    """Where the fields of an entry stand in it: one path, or several of which the first with a text is taken."""

    id: Paths = Field((), description="what never changes about an entry; left out, its link is its identity")
    title: Paths = Field((), description="the headline")
    link: Paths = Field((), description="address of the page")
    summary: Paths = ()
    content: Paths = Field((), description="the text, plain or HTML")
    published: Paths = Field((), description="taken as written; the source's timezone holds where it names none")
    updated: Paths = ()
    language: Paths = ()
    publisher: Paths = ()
    rights: Paths = ()
    authors: Paths = Field((), description="every text found, not only the first")
    categories: Paths = Field((), description="every text found, not only the first")
    enclosures: Paths = Field((), description="addresses of pictures and the like, every one found")

    @model_validator(mode="after")
    def _needs_a_face(self) -> EntryPaths:
        if not (self.title or self.link):
            raise ValueError("names neither title nor link; an entry needs one of them")
        return self


class Mapping(_Model):
    """One shape of a JSON answer."""

    list: ListPath = Field("", description="path to the list; empty: the document is the list; ending in *: an object's values")
    skip: tuple[str, ...] = Field((), description="keys of that object that are no entries")
    link_prefix: str = Field("", pattern=r"^(https?://[^\s]+)?$", description="put before links that are no whole address")
    entry: EntryPaths


class MappingsFile(_Model):
    """``mappings.yaml``, whole."""

    mappings: dict[Annotated[str, Field(pattern=_NAME)], Mapping] = Field(default_factory=dict)


def load_mappings(path: Path) -> dict[str, Mapping]:
    """Read and check a mappings file. Raises :class:`ConfigError` with file, line and key."""
    doc = read(path)
    value: Any = doc.value
    if isinstance(value, dict) and value.get("mappings", 0) is None:  # the key with nothing under it
        value = {**value, "mappings": {}}
    return validate(MappingsFile, doc, value).mappings
