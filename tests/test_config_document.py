"""YAML documents that know their line numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from twinwire.config.document import dotted, nearest, read, validate
from twinwire.errors import ConfigError


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: str = "red"
    size: int = Field(1, ge=1)


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    inner: Inner = Inner()
    rows: list[Inner] = []
    maybe: Inner | None = None


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def complaint(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        validate(Outer, read(written(folder, text)))
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(("text", "line", "says"), [
    ("name: a\ninner:\n  color: red\n", 3, "inner.color: unknown key; did you mean 'colour'?"),
    ("name: a\nrows:\n  - size: 2\n  - colour: x\n    siize: 3\n", 5, "rows[1].siize: unknown key; did you mean 'size'?"),
    ("name: a\nmaybe:\n  colr: x\n", 3, "maybe.colr: unknown key; did you mean 'colour'?"),
    ("name: a\nqqqqq: 1\n", 2, "qqqqq: unknown key"),
    ("inner: {}\n", 1, "name: is missing"),
    ("name: a\nrows:\n  - size: 0\n", 3, "rows[0].size: input should be greater than or equal to 1 (got '0')"),
    ("name: a\nname: b\n", 2, "name: stands twice (first in line 1)"),
    ("name: a\ninner:\n\tcolour: x\n", 3, "a tab stands where blanks are needed"),
    ("name: !!python/object/apply:os.system ['true']\n", 1, "tags are not allowed here"),
    ("name: a\ninner: [1, 2\n", 3, "expected"),
    (b"name: a\nmaybe: \xff\n", 2, "is not UTF-8"),
])
def test_a_wrong_file_is_told_by_file_line_and_key(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    """Every complaint begins with the file and its line, and names the key and the nearest valid one."""
    told = complaint(tmp_path, text)
    assert told.startswith(f"{tmp_path / 'x.yaml'}:{line}: ")
    assert says in told


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    assert validate(Outer, read(written(tmp_path, b"\xef\xbb\xbfname: a\n"))).name == "a"


def test_an_empty_file_is_an_empty_mapping(tmp_path: Path) -> None:
    """A file of comments only is a file without keys, not a crash."""
    assert read(written(tmp_path, "# nothing\n")).value == {}


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """A config file of several megabytes is the wrong file."""
    with pytest.raises(ConfigError, match="larger than 4 MB"):
        read(written(tmp_path, "#" * ((4 << 20) + 1)))


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.yaml")


def test_only_the_first_complaints_are_shown(tmp_path: Path) -> None:
    """Ten errors are five lines and a count."""
    told = complaint(tmp_path, "name: a\n" + "".join(f"zz{i}: 1\n" for i in range(9)))
    assert told.count("\n") == 5
    assert told.endswith("… and 4 more")


def test_paths_and_nearness() -> None:
    """A path reads as people write it; nothing near is no advice."""
    assert dotted(("sources", 3, "url")) == "sources[3].url"
    assert nearest("languge", ["language", "url"]) == "language"
    assert nearest("zzz", ["language", "url"]) is None
