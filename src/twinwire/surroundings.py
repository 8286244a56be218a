"""What twinwire stands on: Python, libraries, disk, folders, clock. Looks and tells; changes nothing."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from pyexpat import EXPAT_VERSION

from twinwire.cachefolder import cache_folder
from twinwire.findings import Finding, bad, ok, warn
from twinwire.warehouse.gazetteer import data_version
from twinwire.warehouse.integrity import newest
from twinwire.warehouse.paths import DataFolder

AREA = "environment"
FREE = 1 << 30  # bytes; below this somebody should look
_REQUIRED = re.compile(r"^([A-Za-z0-9._-]+)\s*(?:>=\s*([0-9.]+))?")
# File systems on which locks or renames are not what they are on a local disk (Linux names of mounts).
_REMOTE = re.compile(r"^(?:nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|beegfs|davfs|drvfs|vboxsf"
                     r"|fuse\.(?:sshfs|rclone|s3fs|gcsfuse|davfs\w*|gvfsd-fuse))$")
# Folders that a program synchronises behind our back, by a part of their path or a mark in them.
_CLOUD = re.compile(r"/(?:Dropbox[^/]*|OneDrive[^/]*|Google ?Drive|My Drive|iCloud[^/]*|Mobile Documents|Nextcloud|ownCloud"
                    r"|pCloud[^/]*|Box|Box Sync|Syncthing)(?=/)", re.IGNORECASE)
_MARKS = (".stfolder", ".dropbox.cache", ".sync")


def look(data: DataFolder, api: Callable[[], bool], now: datetime) -> Iterator[Finding]:
    """Everything around the data. ``api`` asks whether a Prefect API answers."""
    expat = EXPAT_VERSION.removeprefix("expat_")
    yield ok(AREA, "python", f"{platform.python_version()} ({platform.system()}, expat {expat}) at {sys.executable}")
    yield libraries()
    yield ok(AREA, "prefect", "an API answers: runs are tracked there" if api() else "no API answers: runs go without it, which is well")
    yield gazetteer()
    here = _nearest(data.root)
    yield disk(here, data.store)
    yield from permissions(data)
    yield file_system(here)
    yield clock(data, now)


def libraries(of: str = "twinwire") -> Finding:
    """Are all there, and new enough?"""
    try:
        wanted = [m for r in requires(of) or () if "extra ==" not in r and (m := _REQUIRED.match(r))]
    except PackageNotFoundError:
        return warn(AREA, "libraries", f"{of} is not installed as a package, so nothing tells which it needs; `make run` installs it")
    wrong, told = [], []
    for m in wanted:
        try:
            have = version(m[1])
        except PackageNotFoundError:
            wrong.append(f"{m[1]} is missing")
            continue
        told.append(f"{m[1]} {have}")
        if m[2] and _numbers(have) < _numbers(m[2]):
            wrong.append(f"{m[1]} is {have}, and {m[2]} or newer is needed")
    if wrong:
        return bad(AREA, "libraries", f"{'; '.join(wrong)}: `make run` or pip with constraints.txt installs them")
    shown = [t for t in told if t.split()[0] in {"duckdb", "pyarrow", "prefect", "lxml", "requests", "pydantic"}]
    return ok(AREA, "libraries", f"all {len(told)} are there: {', '.join(shown)} …")


def gazetteer() -> Finding:
    """Is the file of places there, for this version?"""
    path = cache_folder() / f"gazetteer-{data_version()}.duckdb"
    if path.is_file():
        return ok(AREA, "gazetteer", f"{path} ({path.stat().st_size / 1e6:.0f} MB)")
    return warn(AREA, "gazetteer", f"{path} is not there yet; the next run that keeps something builds it in about 15 s")


def disk(folder: Path, store: Path) -> Finding:
    """Is there room? A read copy is made beside the old one, and a rebuild makes a second store."""
    free = shutil.disk_usage(folder).free
    need = max(FREE, 3 * store.stat().st_size if store.exists() else 0)
    said = f"{free / 1e9:.1f} GB free at {folder}"
    return ok(AREA, "disk", said) if free >= need else warn(AREA, "disk", f"{said}; less than the {need / 1e9:.1f} GB that copies may need")


def permissions(data: DataFolder) -> Iterator[Finding]:
    """May we write where we must, and may nobody else read what is not for everybody?"""
    if not data.root.exists():
        yield warn(AREA, "folders", f"{data.root} is not there yet; `twinwire run` makes it")
        return
    folders = [f for f in (data.root, data.store.parent, data.spool, data.archive, data.backups, data.rescreen) if f.exists()]
    closed = [str(f) for f in folders if not os.access(f, os.R_OK | os.W_OK | os.X_OK)]
    open_ = [str(f) for f in (data.store.parent, data.spool, data.archive) if f.exists() and stat.S_IMODE(f.stat().st_mode) & 0o077]
    if closed:
        yield bad(AREA, "folders", f"{', '.join(closed)} cannot be written by this user; mend with chown or chmod u+rwx")
    elif open_:
        yield warn(AREA, "folders", f"{', '.join(open_)} can be read by other users; close with chmod 700 if they should not")
    else:
        yield ok(AREA, "folders", f"{data.root} can be written, and its inner folders are this user's alone")


def file_system(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> Finding:
    """Is it a local disk? Network file systems lose locks, and synchronised folders copy a database in mid-write."""
    path = folder.resolve()
    kind = _mounted(path, mounts)
    if kind and _REMOTE.match(kind):
        return warn(AREA, "file system", f"{path} lies on {kind}, whose locks are not reliable; move the data folder to a local disk")
    marked = next((p / m for p in (path, *path.parents) for m in _MARKS if (p / m).exists()), None)
    found = _CLOUD.search(f"{path}/")
    if marked or found:
        why = marked or (found and found[0].strip("/"))
        return warn(AREA, "file system", f"{path} looks like a synchronised folder ({why}), which copies files in mid-write; "
                                         "move the data folder out of it")
    return ok(AREA, "file system", f"{kind or 'of a kind that is not told here'}, local as far as can be seen")


def clock(data: DataFolder, now: datetime) -> Finding:
    """Does the clock stand before what the ledger has seen?"""
    last = newest(data.store) or newest(data.warehouse)
    seen = f"{datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M}" if last is not None else "none"
    if last is not None and now.timestamp() < last - 120:
        return warn(AREA, "clock", f"stands at {now:%Y-%m-%d %H:%M} UTC, but the newest fetch is of {seen}; set it right: "
                                   "dates of news are judged by it")
    if not 2024 <= now.year < 2100:
        return warn(AREA, "clock", f"stands at {now:%Y-%m-%d}; set it right: dates of news are judged by it")
    return ok(AREA, "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC; newest fetch: {seen}")


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())


def _mounted(path: Path, mounts: Path) -> str | None:
    """The kind of file system a path lies on; None where that is not told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    best, kind = "", None
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4])
        if (f"{path}/".startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind


def _numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text.partition("+")[0])[:4]]
