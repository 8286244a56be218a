"""``sources.yaml`` of a config folder, changed by command and never half. Decides nothing of what a source is.

The order of every change: lock, read, edit as text, check the whole file with the loader, write beside, rename. What
the loader refuses, or what would change anything else, is not written. The catalogue inside the package is never
edited: the next installation would lose the change.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from twinwire import catalogue
from twinwire import config as configs
from twinwire.config import Config, Source, document, edit
from twinwire.errors import ConfigError
from twinwire.opml import Outline

Row = dict[str, Any]
Change = Callable[[str, Config, list[Row]], tuple[str, list[Row]]]  # text, what it means, its rows → text, its rows


def editable(folder: Path) -> Path:
    """``folder`` when its catalogue may be edited. Raises :class:`ConfigError` that says how to make a folder that may."""
    inside = configs.shipped("config")
    how = f"make a folder of your own with: cp -R {inside} config"
    if not folder.exists():
        raise ConfigError(str(folder), f"is not there, and the catalogue inside the package is not edited; {how}")
    # Installed, the package's data is a package of its own; in a clone it is the folder `config`, which is the user's.
    if folder.resolve() == inside.resolve() and inside.name == "twinwire_config":
        raise ConfigError(str(folder), f"belongs to the package and is not edited; {how}")
    if not (folder / "sources.yaml").exists():
        raise ConfigError(str(folder), f"has no sources.yaml; begin one with: echo 'sources: []' > {folder / 'sources.yaml'}")
    return folder


def add(folder: Path, url: str, given: Mapping[str, Any]) -> Source:
    """Append one source, as :func:`twinwire.catalogue.new_row` makes it. Returns it as it is read back."""
    made: Row = {}

    def change(text: str, config: Config, rows: list[Row]) -> tuple[str, list[Row]]:
        made.update(catalogue.new_row(config, url, given))
        return edit.appended(text, [made]), [*rows, made]

    return _changed(folder, change).source(made["id"])


def merge(folder: Path, feeds: Sequence[Outline], *, enabled: bool | None) -> catalogue.Imported:
    """Append the feeds that are not there, as :func:`twinwire.catalogue.imported` chooses them."""
    outcome: list[catalogue.Imported] = []

    def change(text: str, config: Config, rows: list[Row]) -> tuple[str, list[Row]]:
        outcome.append(catalogue.imported(config, feeds, enabled=enabled))
        return edit.appended(text, outcome[0].rows), [*rows, *outcome[0].rows]

    _changed(folder, change)
    return outcome[0]


def switch(folder: Path, ids: Sequence[str], *, on: bool) -> list[tuple[Source, bool]]:
    """Set ``enabled`` of sources. Returns each with whether that was a change. Raises :class:`ConfigError` for an unknown id."""
    before: dict[str, bool] = {}

    def change(text: str, config: Config, rows: list[Row]) -> tuple[str, list[Row]]:
        before.update({i: config.source(i).enabled for i in ids})
        wanted = {i: on for i, was in before.items() if was is not on}
        return edit.switched(text, wanted), [{**row, "enabled": on} if row["id"] in wanted else row for row in rows]

    after = _changed(folder, change)
    return [(after.source(i), was is not on) for i, was in before.items()]


def _changed(folder: Path, change: Change) -> Config:
    """Edit ``sources.yaml``; ``change`` gives the new text and the rows it must then hold."""
    path = (editable(folder) / "sources.yaml").resolve()  # a link stays a link
    with _alone(path.parent):
        config, doc = configs.load(folder), document.read(path)
        raw = path.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        text = raw.decode("utf-8-sig")
        try:
            new, rows = change(text, config, doc.value["sources"])
        except edit.NotEditableError as e:
            raise ConfigError(str(path), f"cannot be edited by command: {e}; edit it by hand") from None
        if new == text:
            return config
        _check(folder, new, {**doc.value, "sources": rows})
        if path.read_bytes() != raw:
            raise ConfigError(str(path), "was changed by somebody else just now; nothing was written, try again")
        write(path, mark + new.encode())
        return configs.load(folder)


def _check(folder: Path, text: str, wanted: Row) -> None:
    """The text holds what is wanted and nothing else, and the loader takes it beside the folder's other files."""
    path = folder / "sources.yaml"
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place) / path.name
        for other in folder.iterdir():
            if other.name != path.name:
                (trial.parent / other.name).symlink_to(other.resolve())
        trial.write_bytes(text.encode())
        try:
            if document.read(trial).value == wanted:
                configs.load(trial.parent)
                return
        except ConfigError as e:
            where = e.subject.replace(place, str(folder))
            raise ConfigError(where, f"{e.message} - after the change, which was not made; the file is as it was") from None
    raise ConfigError(str(path), "is written so that this change would change more; nothing was written, edit it by hand")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Commands that edit a folder take turns. Editors are not stopped; they are noticed before the file is written."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as e:
        raise ConfigError(str(folder), f"cannot be opened ({e.strerror})") from None
    try:
        with suppress(OSError):  # file systems without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(path: Path, data: bytes) -> None:
    """Write beside, sync, rename: the old file or the new one, never half. Raises :class:`ConfigError`.

    What is no regular file (a pipe, ``/dev/stdout``) is written to, not replaced.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        path = path.resolve()
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "it is read-only")
        _replace(path, data)
    except OSError as e:
        raise ConfigError(str(path), f"cannot be written ({e.strerror})") from None


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as f:
        temporary = Path(f.name)
        try:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
            if path.exists():
                shutil.copymode(path, temporary)
            else:
                temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
