"""The cache folder: where it lies, and that what is in it is whole and not too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinwire.cachefolder import beside, cache_folder, keep


def test_where_the_cache_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TWINWIRE_CACHE first, then the user's cache folder, then (that cannot be made) the temporary one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "twinwire"
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache_folder().name.startswith("twinwire-")
    monkeypatch.setenv("TWINWIRE_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_a_few_other_files_of_a_kind_are_left(tmp_path: Path) -> None:
    """The newest three others stay, for another installation; other kinds are not touched."""
    (tmp_path / "gazetteer-1.duckdb").touch()
    for n in range(6):
        keep(tmp_path / f"topics-{n}.json", b"{}")
    assert len(list(tmp_path.glob("topics-*.json"))) == 4
    assert (tmp_path / "topics-5.json").read_bytes() == b"{}"
    assert (tmp_path / "gazetteer-1.duckdb").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_cache_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    """It is a file, say: nothing is kept and nothing raised."""
    (tmp_path / "file").touch()
    keep(tmp_path / "file" / "topics-1.json", b"{}")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_no_two_write_to_the_same_place(tmp_path: Path) -> None:
    """Names to write to are hidden, and differ."""
    names = {beside(tmp_path / "topics-1.json").name for _ in range(3)}
    assert len(names) == 3
    assert all(n.startswith(".topics-1.json.") for n in names)
