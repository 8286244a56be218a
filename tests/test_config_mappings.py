"""mappings.yaml: what it refuses, and how sources name its mappings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twinwire import config
from twinwire.config.mappings import load_mappings
from twinwire.errors import ConfigError

GOOD = """\
mappings:
  lake:
    list: data.rows
    entry:
      title: [name, title]
      link: url
"""
SOURCE = "sources:\n  - id: a\n    name: A\n    url: https://a.example/api\n    format: json:{}\n"


def load(folder: Path, text: str) -> dict[str, config.Mapping]:
    (folder / "mappings.yaml").write_text(text, encoding="utf-8")
    return load_mappings(folder / "mappings.yaml")


def test_a_path_may_stand_alone() -> None:
    """One path is a list of one; what is left out has none."""
    shipped = load_mappings(config.shipped("config") / "mappings.yaml")
    assert {"worldbank", "gov-cn", "gov-uk-search"} <= set(shipped)
    assert shipped["gov-cn"].list == ""
    assert shipped["gov-cn"].entry.title == ("title",)
    assert shipped["gov-cn"].entry.summary == ()


@pytest.mark.parametrize(("text", "line", "says"), [
    (GOOD + "    lst: x\n", 7, "mappings.lake.lst: unknown key; did you mean 'list'?"),
    (GOOD + "      sumary: x\n", 7, "mappings.lake.entry.sumary: unknown key; did you mean 'summary'?"),
    (GOOD + "      summary: a..b\n", 7, "a path is keys with dots between them"),
    (GOOD + "      summary: ['']\n", 7, "must not be empty"),
    (GOOD + "      summary: 3\n", 7, "summary"),
    (GOOD + "      summary: [3]\n", 7, "a path must be text"),
    (GOOD + "      summary: a.b.c.d.e.f.g.h.i.j.k\n", 7, "at most 10 parts"),
    (GOOD + "    link_prefix: a.example\n", 7, "link_prefix"),
    ("mappings:\n  lake:\n    list: rows\n", 2, "mappings.lake.entry: is missing"),
    ("mappings:\n  lake:\n    entry:\n      id: x\n", 3, "names neither title nor link"),
    ("mappings:\n  Big Lake:\n    entry: {title: x}\n", 2, "Big Lake"),
    ("maps: {}\n", 1, "maps: unknown key; did you mean 'mappings'?"),
    ("mappings: [1]\n", 1, "mappings"),
    (GOOD + "  lake: {}\n", 7, "stands twice"),
])
def test_a_wrong_file_is_told_by_file_line_and_key(tmp_path: Path, text: str, line: int, says: str) -> None:
    """Complaints name file, line and key, with the nearest valid one."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'mappings.yaml'}:{line}: ")
    assert says in str(caught.value)


def test_a_key_with_nothing_under_it(tmp_path: Path) -> None:
    """A file whose mappings are all commented out holds none."""
    assert load(tmp_path, "mappings:\n  # none yet\n") == {}
    assert load(tmp_path, "") == {}


def test_own_mappings_add_to_the_shipped_ones(tmp_path: Path) -> None:
    """A folder's mapping is used beside the shipped ones, and in place of the one of its name."""
    (tmp_path / "sources.yaml").write_text(SOURCE.format("lake"), encoding="utf-8")
    (tmp_path / "mappings.yaml").write_text(GOOD + "  gov-cn:\n    list: x\n    entry: {title: t}\n", encoding="utf-8")
    loaded = config.load(tmp_path)
    assert loaded.mappings["lake"].entry.title == ("name", "title")
    assert loaded.mappings["gov-cn"].list == "x"
    assert loaded.mappings["worldbank"].list == "documents.*"


def test_a_source_names_a_mapping_that_is_there(tmp_path: Path) -> None:
    """A wrong name is told at the source's line, with the nearest right one."""
    (tmp_path / "sources.yaml").write_text(SOURCE.format("wordbank"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'sources.yaml'}:5: sources[0].format: no mapping is called 'wordbank'; did you mean 'worldbank'?")


def test_a_changed_mapping_changes_the_version(tmp_path: Path) -> None:
    """What is read differently is told apart by the config's version."""
    (tmp_path / "sources.yaml").write_text(SOURCE.format("worldbank"), encoding="utf-8")
    before = config.load(tmp_path).version
    load(tmp_path, GOOD)
    assert config.load(tmp_path).version != before


def test_editors_get_a_schema(tmp_path: Path) -> None:
    """One schema per config file, the mappings' among them."""
    written = {p.name: json.loads(p.read_text(encoding="utf-8")) for p in config.write_schemas(tmp_path)}
    assert "mappings" in written["mappings.schema.json"]["properties"]


def test_shipped_sources_use_shipped_mappings() -> None:
    """The catalogue's JSON sources name mappings that ship with it."""
    loaded = config.load(config.shipped("config"))
    named = {str(s.format) for s in loaded.sources if str(s.format).startswith("json:")}
    assert {"json:worldbank", "json:gov-cn"} <= named
    assert {n.removeprefix("json:") for n in named} <= set(loaded.mappings)
