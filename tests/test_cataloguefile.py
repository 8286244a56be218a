"""sources.yaml changed on disk: whole or not at all, one command at a time, and never the package's own."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from twinwire import cataloguefile, config
from twinwire.cataloguefile import add, editable, merge, switch, write
from twinwire.errors import ConfigError
from twinwire.opml import Outline

TWO = """\
# mine
defaults: {terms: "not seen"}
sources:
- {id: a, name: A, url: https://a.example/}   # first
- id: b
  name: B
  url: file:b.xml
  enabled: false
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A config folder with two sources."""
    return made(tmp_path / "c", TWO)


def made(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "sources.yaml").write_bytes(text.encode())
    return folder


def text(folder: Path) -> str:
    return (folder / "sources.yaml").read_bytes().decode()


def names_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def refused(folder: Path, says: str, on: bool = True) -> None:
    """The change is not made, the file is as it was, and nothing is left beside it."""
    before, names = text(folder), names_in(folder)
    with pytest.raises(ConfigError, match=says) as caught:
        switch(folder, ["a", "b"], on=on)
    assert (text(folder), names_in(folder)) == (before, names)
    assert "/tmp" not in str(caught.value).replace(str(folder), "")


def test_sources_are_switched(folder: Path) -> None:
    """Each is given as it is now, with whether that is new; nothing else in the file moves."""
    done = switch(folder, ["b", "a"], on=True)
    assert [(s.id, s.enabled, changed) for s, changed in done] == [("b", True, True), ("a", True, False)]
    assert text(folder) == TWO.replace("enabled: false", "enabled: true")
    assert [s.terms for s, _ in done] == ["not seen", "not seen"]
    switch(folder, ["a", "a"], on=False)
    assert "{id: a, name: A, url: https://a.example/, enabled: false}   # first" in text(folder)


def test_what_is_so_already_is_not_written(folder: Path) -> None:
    """The file keeps its time."""
    os.utime(folder / "sources.yaml", (1, 1))
    assert [changed for _, changed in switch(folder, ["b"], on=False)] == [False]
    merge(folder, [Outline(url="http://a.example")], enabled=None)
    assert (folder / "sources.yaml").stat().st_mtime == 1


def test_defaults_do_not_hide_a_switch(tmp_path: Path) -> None:
    """What the defaults say of all sources is said otherwise of one."""
    mine = made(tmp_path / "c", TWO.replace("{terms", "{enabled: false, terms"))
    assert [changed for _, changed in switch(mine, ["a", "b"], on=True)] == [True, True]
    assert all(s.enabled for s in config.load(mine).sources)


def test_an_unknown_id_changes_nothing(folder: Path) -> None:
    """Not even those that are known."""
    with pytest.raises(ConfigError, match=r"bb: is no source of .*; did you mean b"):
        switch(folder, ["a", "bb"], on=False)
    assert text(folder) == TWO


def test_a_source_is_added(folder: Path) -> None:
    """At the end, and read back as the loader sees it."""
    source = add(folder, "https://c.example/feed", {"name": "C"})
    assert (source.id, source.terms) == ("c", "not seen")
    assert text(folder) == TWO + "- id: c\n  name: C\n  url: https://c.example/feed\n"
    with pytest.raises(ConfigError, match="in the catalogue already, as c"):
        add(folder, "https://c.example/feed", {})


def test_a_list_is_merged(folder: Path) -> None:
    """New addresses are added, those that are there stay as they are."""
    done = merge(folder, [Outline(url="https://a.example"), Outline(url="https://d.example/", tags=("t",))], enabled=False)
    assert (done.known, [r["id"] for r in done.rows]) == (1, ["d"])
    assert [(s.id, s.enabled) for s in config.load(folder).sources] == [("a", True), ("b", False), ("d", False)]


def test_a_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    """As an editor on Windows left them."""
    mine = made(tmp_path / "c", "\ufeff" + TWO.replace("\n", "\r\n"))
    switch(mine, ["b"], on=True)
    assert text(mine) == "\ufeff" + TWO.replace("\n", "\r\n").replace("enabled: false", "enabled: true")


def test_a_file_that_is_wrong_is_not_edited(folder: Path) -> None:
    """The loader's own line comes first."""
    (folder / "sources.yaml").write_text(TWO + "  wiree: x\n")
    refused(folder, r"sources\.yaml:9: sources\[1\]\.wiree: unknown key; did you mean 'wire'")


def test_a_change_that_would_do_more_is_not_made(tmp_path: Path) -> None:
    """An anchor that goes with the value it stands on breaks who uses it: told for the real file, which is as it was."""
    refused(made(tmp_path / "c", TWO.replace("enabled: false", "enabled: &off false\n  allow_private: *off")),
            r"c/sources\.yaml:9: found undefined alias 'off' - after the change, which was not made; the file is as it was")


def test_a_change_that_would_mean_something_else_is_not_made(tmp_path: Path) -> None:
    """A text without a last line end gets one from what is put behind it, and would be another text."""
    mine = made(tmp_path / "c", TWO.replace("  enabled: false\n", "  terms: |\n    t"))
    with pytest.raises(ConfigError, match="would change more; nothing was written, edit it by hand"):
        add(mine, "https://c.example/", {})


def test_what_no_mark_points_to_is_for_its_author(tmp_path: Path) -> None:
    """Said in one line."""
    refused(made(tmp_path / "c", "sources:\n- id: a\n  name: &b b\n  url: https://a.example/\n- id: *b\n  name: B\n  url: https://b.example/\n"),
            "cannot be edited by command: the id 'b' is written where it cannot be found; edit it by hand", on=False)


def test_a_file_that_changed_meanwhile_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor saved between our reading and our writing."""
    real = cataloguefile.edit.switched

    def slow(*args: object) -> str:
        (folder / "sources.yaml").write_text(TWO + "# saved\n")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(cataloguefile.edit, "switched", slow)
    with pytest.raises(ConfigError, match="was changed by somebody else just now; nothing was written, try again"):
        switch(folder, ["b"], on=True)
    assert text(folder) == TWO + "# saved\n"


def test_a_full_disk_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and no litter."""
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cataloguefile.os, "fsync", full)
    refused(folder, r"sources\.yaml: cannot be written \(No space left on device\)")


def test_commands_take_turns(folder: Path) -> None:
    """Eight at once: eight sources more."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(folder, f"https://c.example/{n}", {"id": f"c{n}"}), range(8)))
    assert {s.id for s in config.load(folder).sources} == {"a", "b", *(f"c{n}" for n in range(8))}


def test_links_modes_and_neighbours_stay(folder: Path, tmp_path: Path) -> None:
    """A link to a shared file is followed, its permissions are kept, and the folder's own settings count in the check."""
    shared = tmp_path / "shared.yaml"
    (folder / "sources.yaml").rename(shared)
    shared.chmod(0o640)
    (folder / "sources.yaml").symlink_to(shared)
    (folder / "settings.yaml").write_text("fetch: {workers: 3}\n")
    switch(folder, ["b"], on=True)
    assert (folder / "sources.yaml").is_symlink()
    assert "enabled: true" in shared.read_text()
    assert shared.stat().st_mode & 0o777 == 0o640
    assert names_in(folder) == ["settings.yaml", "sources.yaml"]


def test_without_a_folder_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    """The package's own catalogue is copied, not edited."""
    with pytest.raises(ConfigError, match=r"is not there, and the catalogue inside the package is not edited; make a folder of your own with: cp -R /.* config"):
        editable(tmp_path / "config")
    (tmp_path / "config").mkdir()
    with pytest.raises(ConfigError, match=r"has no sources\.yaml; begin one with: echo 'sources: \[\]' > "):
        editable(tmp_path / "config")


def test_the_folder_of_an_installed_package_is_not_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when it is named; in a clone the same data is the user's own `config`."""
    inside = made(tmp_path / "twinwire_config", TWO)
    spec = ModuleSpec("twinwire_config", None, is_package=True)
    spec.submodule_search_locations = [str(inside)]
    monkeypatch.setattr(config, "find_spec", lambda name: spec)
    with pytest.raises(ConfigError, match="belongs to the package and is not edited"):
        switch(inside, ["a"], on=False)
    assert editable(made(tmp_path / "config", TWO)) == tmp_path / "config"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """`/dev/stdout` must survive an export."""
    reading, writing = os.pipe()
    write(Path(f"/dev/fd/{writing}"), b"x")
    os.close(writing)
    with os.fdopen(reading, "rb") as f:
        assert f.read() == b"x"
    with pytest.raises(ConfigError, match=r"cannot be written \(Is a directory\)"):
        write(tmp_path, b"x")
    with pytest.raises(ConfigError, match="cannot be written"):
        write(tmp_path / "none" / "x", b"x")
