"""Raw bytes into WARC 1.1 files (ISO 28500:2017). Parses no feed, decides nothing, prunes nothing; ``warcread`` reads them back.

One gzip member per record (Annex D of the standard), so that a record is read from its offset alone and a damaged one
costs no other. What the standard has no field for stands in headers ``WARC-Twinwire-…``: all that the later stages ask
of a payload is in its record, so that everything after the archive can be made again from it.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO, FileIO
from pathlib import Path
from types import TracebackType

from fastwarc.warc import WarcRecord, WarcRecordType
from isal import isal_zlib

import twinwire
from twinwire.records import Payload
from twinwire.warcfile import END
from twinwire.warcread import OURS, ArchiveRef, read_at, replay

__all__ = ["Archive", "ArchiveRef", "read_at", "replay"]

_GZIP = 31              # wbits of zlib: a window of 32 KB, and gzip's own header and trailer
_LEVEL = 2              # of ISA-L's four: six to eight times as fast as zlib's 4, for 5 to 7 % more bytes
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name (RFC 9110 §5.6.2)

# The body is kept decoded: headers on its coding would make readers decode it again. Cookies are a session, not news.
_DROPPED = {"content-encoding", "transfer-encoding", "content-length", "set-cookie", "set-cookie2"}


class Archive:
    """The file (files, when one grows past ``MAX_FILE``) of one run, whose id is unique. Threads may store at once.

    ``now`` names folder and file; times of records are their payloads'. A run that stores nothing makes no file.
    All methods raise OSError when the disk is full or fails; what was stored before stays whole.
    """

    MAX_FILE = 256 << 20  # bytes; the record that passes it is the last of its file

    def __init__(self, folder: Path, run: str, now: datetime) -> None:
        self._folder, self._run, self._now = folder, run, now.astimezone(UTC)
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        self._path = Path()
        self._number = self._end = 0
        self._listed = True  # the file's name is safe in its folders

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with self._lock:
            self._close()

    def store(self, payload: Payload) -> ArchiveRef:
        """Append a record. It is safe from a crash only after :meth:`sync`."""
        packed = isal_zlib.compress(_record(payload), _LEVEL, _GZIP)
        with self._lock:
            file = self._file
            if file is None or self._end >= self.MAX_FILE:
                file = self._open()
            offset = self._append(file, packed)
            return ArchiveRef(self._path.relative_to(self._folder).as_posix(), offset, len(packed))

    def sync(self) -> None:
        """All that was stored is on the disk when this returns."""
        with self._lock:
            self._sync()

    def _sync(self) -> None:
        if self._file is None:
            return
        os.fsync(self._file.fileno())
        if not self._listed:
            for folder in (self._path.parent, self._path.parent.parent, self._folder):
                _sync_folder(folder)
            self._listed = True

    def _close(self) -> None:
        if self._file is not None:
            try:
                self._sync()
            finally:
                self._file.close()
                self._file = None

    def _open(self) -> FileIO:
        self._close()
        folder = self._folder / f"{self._now:%Y}" / f"{self._now:%m}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._number += 1
        path = folder / f"{self._now:%Y%m%dT%H%M%SZ}-{self._run[:8]}-{self._number}.warc.gz"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file, self._path, self._end, self._listed = FileIO(fd, "wb"), path, 0, False
        try:
            self._append(file, isal_zlib.compress(_info(path.name, self._run, self._now), _LEVEL, _GZIP))
        except OSError:
            file.close()
            path.unlink(missing_ok=True)
            raise
        self._file = file
        return file

    def _append(self, file: FileIO, packed: bytes) -> int:
        start, rest = self._end, memoryview(packed)
        try:
            while rest:
                rest = rest[file.write(rest):]
        except OSError:
            file.seek(start)  # half a record must not stand before the next whole one
            with contextlib.suppress(OSError):
                file.truncate()
            raise
        self._end = start + len(packed)
        return start


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


# -- out --------------------------------------------------------------------------------------------------------------


def _clean(value: str) -> str:
    """A header's value: no line ends or other controls, nothing that has no UTF-8 form."""
    return _CONTROLS.sub(" ", value).strip(" \t").encode("utf-8", "replace").decode()


def _written(kind: WarcRecordType, fields: dict[str, str], block: bytes) -> bytes:
    record = WarcRecord()
    record.init_headers(kind)
    for name, value in fields.items():
        record.headers[name] = _clean(value)
    record.set_bytes_content(block)
    record.write(out := BytesIO())
    return out.getvalue()


def _date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _info(name: str, run: str, now: datetime) -> bytes:
    block = (f"software: twinwire/{twinwire.__version__}\r\nformat: WARC File Format 1.1\r\n"
             "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
             f"isPartOf: run {_clean(run)}\r\n")
    return _written(WarcRecordType.warcinfo, {"WARC-Date": _date(now), "WARC-Filename": name,
                                              "Content-Type": "application/warc-fields"}, block.encode())


def _record(payload: Payload) -> bytes:
    file = payload.url.startswith("file:")
    fields = {"WARC-Date": _date(payload.fetched_at), "WARC-Target-URI": payload.final_url,
              "WARC-Payload-Digest": f"sha256:{payload.digest}",
              "Content-Type": "application/octet-stream" if file else "application/http; msgtype=response",
              OURS + "Source": payload.source, OURS + "Requested": payload.url}
    more = {"Damage": payload.damage, "Moved-To": payload.moved_to, "Format": payload.format, "Role": "page" if payload.is_page else None,
            "Elapsed": f"{payload.elapsed:.6f}" if payload.elapsed else None,
            "Wire-Bytes": str(payload.wire_bytes) if payload.wire_bytes else None}
    fields |= {OURS + name: value for name, value in more.items() if value}
    if file:
        return _written(WarcRecordType.resource, fields, payload.body)
    return _written(WarcRecordType.response, fields, _http_head(payload) + payload.body)


def _http_head(payload: Payload) -> bytes:
    """Status line and headers, in Latin-1: that is how HTTP libraries read header bytes, so the bytes come back."""
    kept = {n: v for n, v in payload.headers.items() if _TOKEN.fullmatch(n) and n.lower() not in _DROPPED}
    lines = [f"HTTP/1.1 {payload.status:03d} {responses.get(payload.status, '')}",
             *(f"{n}: {_clean(v)}" for n, v in kept.items()), f"content-length: {len(payload.body)}"]
    return "\r\n".join(lines).encode("latin-1", "replace") + END
