"""Files and drop folders, as agencies deliver them, to payloads. Follows no link out of the folder, deletes nothing.

A folder's state is one digest over its listing. It says that something changed, not what: then the files that came
since the last full reading are read again, with a day to spare. Reading a file twice is harmless, because identity
knows its entries; reading the whole folder again for each new file would only fill the archive.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch.guard import one_line
from twinwire.records import Failure, FeedState, Payload, Stage, Unchanged

SETTLED = 2.0                    # seconds a file of a folder must have been left alone: it may still be written
OVERLAP = timedelta(days=1)      # read again before the last full reading: clocks of file servers differ
_UNFINISHED = (".tmp", ".part", ".swp", "~")


def read_local(source: Source, state: FeedState, now: datetime, max_bytes: int) -> list[Payload | Unchanged | Failure]:
    """Payloads of a ``file:/path`` or of each new file of a ``folder:/path``, sorted by name, else what hindered it.

    A path is absolute. Nothing new is one :class:`Unchanged`. Of a folder, hidden and unfinished files
    (``.tmp``, ``.part``, ``.swp``, ``~``), folders in it, links that lead out of it and whatever is no regular file
    are left out; files written within the last 2 s wait for the next run; what cannot be read is a failure of its own.
    """
    path = _path(source)
    if source.url.lower().startswith("folder:"):
        return _read_folder(source, path, state, now, max_bytes)
    found = _read_file(source, path, now, max_bytes)
    if isinstance(found, Payload) and state.url == source.url and state.digest == found.digest:
        return [Unchanged(source=source.id, reason="same bytes", status=0, fetched_at=now, full=True)]
    return [found]


def listing_digest(source: Source, now: datetime) -> str | None:
    """SHA-256 hex over the listing of a ``folder:`` source, or None: a file is still fresh, or there is no listing.

    Take it *before* :func:`read_local`: what arrives in between is then read now and noticed again by the next run.
    """
    try:
        files = _listed(_path(source))
    except OSError:
        return None
    return None if any(_fresh(s, now) for _, s in files) else _digest(files)


def _path(source: Source) -> Path:
    return Path(source.url.partition(":")[2])


_Listing = list[tuple[Path, os.stat_result]]


def _read_folder(source: Source, folder: Path, state: FeedState, now: datetime,
                 max_bytes: int) -> list[Payload | Unchanged | Failure]:  # fmt: skip
    try:
        files = _listed(folder)
    except OSError as e:
        return [_failure(source, Kind.UNREADABLE, f"{folder}: cannot be listed ({e.strerror}); "
                                                  "make the folder, let twinwire read it, or mend the source's url")]
    ready = [(p, s) for p, s in files if not _fresh(s, now)]
    if state.url == source.url:
        ready = _to_read(ready, state, complete=len(ready) == len(files))
    found = [_read_file(source, p, now, max_bytes) for p, _ in ready]
    return [*found] or [Unchanged(source=source.id, reason="same bytes", status=0, fetched_at=now)]


def _to_read(files: _Listing, state: FeedState, *, complete: bool) -> _Listing:
    """Of settled files those that may be new. ``complete``: no others wait.

    A file may come with an old date of its own (``cp -p``, ``rsync -t``); its inode still changes on arrival.
    Should a file system not tell even that, a listing that changed for no visible reason means all files.
    """
    if complete and _digest(files) == state.digest:
        return []
    if state.full_at is None:
        return files
    since = (state.full_at - OVERLAP).timestamp()
    newer = [(p, s) for p, s in files if max(s.st_mtime, s.st_ctime) > since]
    return newer if newer or not complete else files


def _listed(folder: Path) -> _Listing:
    """Regular files that belong to the drop, sorted by name. Raises OSError when the folder cannot be listed."""
    return sorted(_regular(folder), key=lambda f: os.fsencode(f[0].name))


def _regular(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    home = folder.resolve()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            path = folder / entry.name
            try:
                found = entry.stat()  # of a link's target
                inside = not entry.is_symlink() or path.resolve(strict=True).is_relative_to(home)
            except (OSError, RuntimeError):  # gone meanwhile, or a link to nowhere or to itself
                continue
            if inside and stat.S_ISREG(found.st_mode):
                yield path, found


def _fresh(found: os.stat_result, now: datetime) -> bool:
    """Dates in the future are somebody's wrong clock: such a file must not wait until then."""
    return abs(now.timestamp() - found.st_mtime) < SETTLED


def _digest(files: _Listing) -> str:
    """The inode's change is part of it: it tells that a file was replaced by one of the same size and date, or made
    readable."""
    digest = hashlib.sha256()
    for path, s in files:
        digest.update(b"%s\0%d %d %d\n" % (os.fsencode(path.name), s.st_size, s.st_mtime_ns, s.st_ctime_ns))
    return digest.hexdigest()


def _read_file(source: Source, path: Path, now: datetime, max_bytes: int) -> Payload | Failure:
    try:
        body = _bytes(path, max_bytes + 1)
    except OSError as e:
        return _failure(source, Kind.UNREADABLE, f"{path}: cannot be read ({e.strerror or e}); put it there, "
                                                 "let twinwire read it, or mend the source's url")
    if body is None:
        return _failure(source, Kind.UNREADABLE, f"{path}: is no regular file; for a folder write folder:{path}")
    if len(body) > max_bytes:
        return _failure(source, Kind.TOO_LARGE, f"{path}: is larger than {max_bytes:,} bytes (fetch.max_bytes)")
    if not body:
        return _failure(source, Kind.EMPTY, f"{path}: holds no bytes")
    url = f"file:{_printable(path)}"
    return Payload(source=source.id, url=url, final_url=url, status=0, headers={}, body=body,
                   digest=hashlib.sha256(body).hexdigest(), fetched_at=now.astimezone(UTC))


def _bytes(path: Path, limit: int) -> bytes | None:
    """At most ``limit`` bytes of a regular file, None for anything else."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    with open(path, "rb", opener=_without_waiting) as f:
        return f.read(limit)


def _without_waiting(path: str, flags: int) -> int:
    """Should a pipe have taken the file's place meanwhile, nobody waits for its writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _printable(path: Path) -> str:
    """The path as it is, but for characters no address, log or table can hold: those as ``%XX``."""
    return "".join(c if c.isprintable() else quote(os.fsencode(c)) for c in str(path))


def _failure(source: Source, kind: Kind, message: str) -> Failure:
    return Failure(source=source.id, stage=Stage.FETCH, kind=kind, message=one_line(message))
