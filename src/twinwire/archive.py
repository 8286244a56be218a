"""Raw bytes in WARC 1.1 files (ISO 28500:2017), written and read back. Parses no feed, decides nothing, prunes nothing.

One gzip member per record (Annex D of the standard), so that a record is read from its offset alone and a damaged one
costs no other. WARC readers take a cut record or a lying length for a whole one; here each record is measured: the
gzip stream must end, the block must be as long as it says, and the digests must fit.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO, FileIO
from pathlib import Path
from types import TracebackType

from fastwarc.warc import HeaderMap, WarcRecord, WarcRecordType

import twinwire
from twinwire.errors import Kind
from twinwire.fetch.coding import Decoder, TooLargeError, UnaskedCodingError
from twinwire.fetch.guard import one_line
from twinwire.records import Failure, Payload, Stage
from twinwire.warcfile import END, HEADS, Piece, fits, member, pieces

MAX_BODY = 15 << 20     # bytes of one body; what fetching allows by default
_LEVEL = 6              # of gzip: 9 takes a third longer and saves half a hundredth
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name (RFC 9110 §5.6.2)

# The body is kept decoded: headers on its coding would make readers decode it again. Cookies are a session, not news.
_DROPPED = {"content-encoding", "transfer-encoding", "content-length", "set-cookie", "set-cookie2"}


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where a record lies: ``path`` relative to the archive folder, with ``/``; offset and length in stored bytes."""

    path: str
    offset: int
    length: int


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
        packed = gzip.compress(_record(payload), _LEVEL, mtime=0)
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
            self._append(file, gzip.compress(_info(path.name, self._run, self._now), _LEVEL, mtime=0))
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
              "WARC-Twinwire-Source": payload.source, "WARC-Twinwire-Requested": payload.url}
    if payload.damage:
        fields["WARC-Twinwire-Damage"] = payload.damage
    if file:
        return _written(WarcRecordType.resource, fields, payload.body)
    return _written(WarcRecordType.response, fields, _http_head(payload) + payload.body)


def _http_head(payload: Payload) -> bytes:
    """Status line and headers, in Latin-1: that is how HTTP libraries read header bytes, so the bytes come back."""
    kept = {n: v for n, v in payload.headers.items() if _TOKEN.fullmatch(n) and n.lower() not in _DROPPED}
    lines = [f"HTTP/1.1 {payload.status:03d} {responses.get(payload.status, '')}",
             *(f"{n}: {_clean(v)}" for n, v in kept.items()), f"content-length: {len(payload.body)}"]
    return "\r\n".join(lines).encode("latin-1", "replace") + END


# -- in ---------------------------------------------------------------------------------------------------------------


def replay(path: Path, max_bytes: int = MAX_BODY) -> Iterator[Payload | Failure]:
    """Payloads of a WARC file (``.warc``, ``.warc.gz``; ours or others') or of all below a folder, sorted by name.

    A record that is cut, broken, longer or shorter than it says, or whose body passes ``max_bytes`` decoded, is one
    :class:`Failure` (``unreadable``) naming file and offset; later ones follow. What other crawlers wrote has no
    source: the file's name stands for it.
    """
    files = sorted(p for p in path.rglob("*") if p.name.endswith((".warc", ".warc.gz"))) if path.is_dir() else [path]
    for file in files:
        try:
            with file.open("rb") as f:
                for piece in pieces(f, max_bytes):
                    found = _payload(piece, file.name, max_bytes)
                    if found is not None:
                        yield found
        except OSError as e:
            yield _failure(file.name, f"{file.name}: cannot be read ({e.strerror or e})")


def read_at(folder: Path, ref: ArchiveRef, max_bytes: int = MAX_BODY) -> Payload | Failure:
    """The payload at ``ref``. Its offset is enough; the length is for those who copy bytes."""
    try:
        with (folder / ref.path).open("rb") as f:
            found = _payload(member(f, ref.offset, max_bytes), ref.path, max_bytes)
    except OSError as e:
        return _failure(ref.path, f"{ref.path}: cannot be read ({e.strerror or e})")
    return found or _failure(ref.path, f"{ref.path}, offset {ref.offset}: no payload stands there")


def _payload(piece: Piece, file: str, cap: int) -> Payload | Failure | None:
    try:
        found = piece.problem or _unpacked(piece.data, file, cap)
    except (OSError, ValueError) as e:  # all that fastwarc and the date raise
        found = f"the record cannot be read ({e})"
    return _failure(file, f"{file}, offset {piece.offset}: {found}") if isinstance(found, str) else found


def _failure(source: str, message: str) -> Failure:
    return Failure(source=source, stage=Stage.ARCHIVE, kind=Kind.UNREADABLE, message=one_line(message))


def _unpacked(data: bytes, file: str, cap: int) -> Payload | str | None:
    """The payload of one whole record, None for a record of another type, or what is wrong with it."""
    record = WarcRecord.from_bytes(data)
    fields, head = record.headers, data.find(END) + len(END)
    if not data.endswith(END) or fields.get("Content-Length") != str(len(data) - head - len(END)):
        return "the record's length is not what it says"
    if record.record_type == WarcRecordType.unknown:
        return "a record of a type unknown to the standard"
    if record.record_type not in (WarcRecordType.response, WarcRecordType.resource):
        return None
    block = data[head: -len(END)]
    if not fits(fields.get("WARC-Block-Digest"), block):
        return "the block does not fit its digest"
    status, headers, sent = 0, HeaderMap(), block
    if record.record_type == WarcRecordType.response:
        record.parse_http(max_header_len=HEADS)
        if record.http_headers is None or record.http_headers.status_code is None:
            return "no HTTP answer in it"
        status, headers, sent = record.http_headers.status_code, record.http_headers, record.reader.read()
    named = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in headers.items_bytes()}
    decoded = _decoded(data, named, sent, cap)
    if isinstance(decoded, str):
        return decoded
    body, damage = decoded
    if not fits(fields.get("WARC-Payload-Digest"), sent, body):
        return "the body does not fit its digest"
    cut, url = fields.get("WARC-Truncated"), fields.get("WARC-Target-URI") or ""
    url = url[1:-1] if url.startswith("<") else url  # WARC 1.0 as many wrote it
    return Payload(
        source=fields.get("WARC-Twinwire-Source") or file, url=fields.get("WARC-Twinwire-Requested") or url,
        final_url=url, status=status, headers=named, body=body, digest=hashlib.sha256(body).hexdigest(),
        fetched_at=_instant(fields.get("WARC-Date") or ""),
        damage=fields.get("WARC-Twinwire-Damage") or damage or (f"cut by its crawler ({cut})" if cut else None))


def _decoded(data: bytes, headers: dict[str, str], sent: bytes, cap: int) -> tuple[bytes, str | None] | str:
    """Body and damage once the codings are undone that other crawlers keep, or why it cannot be read."""
    try:
        decoder = Decoder(headers.get("content-encoding", ""), cap)
        decoder.feed(_unchunked(data, cap) if "transfer-encoding" in headers else sent)
        damage = decoder.close()
    except TooLargeError:
        return f"the body is over {cap >> 20} MB decoded"
    except UnaskedCodingError as e:
        return f"the body is in a coding that is not read here ({e})"
    return decoder.body, damage


def _unchunked(data: bytes, cap: int) -> bytes:
    record = WarcRecord.from_bytes(data)
    record.parse_http(auto_decode="transfer", max_header_len=HEADS)
    body = record.reader.read(cap + 1)
    if len(body) > cap:
        raise TooLargeError
    return body


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
