"""Payloads out of WARC files (ISO 28500:2017), ours and other crawlers'. Parses no feed, writes nothing.

WARC readers take a cut record or a lying length for a whole one; here each record is measured: the gzip stream must
end, the block must be as long as it says, and the digests must fit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fastwarc.warc import HeaderMap, WarcRecord, WarcRecordType

from twinwire.errors import Kind
from twinwire.fetch.coding import Decoder, TooLargeError, UnaskedCodingError
from twinwire.fetch.guard import one_line
from twinwire.records import Failure, Payload, Stage
from twinwire.warcfile import END, HEADS, Piece, fits, member, pieces

MAX_BODY = 15 << 20  # bytes of one body; what fetching allows by default
ENDINGS = (".warc", ".warc.gz")
OURS = "WARC-Twinwire-"
_RUN = re.compile(rb"^isPartOf: run ([0-9a-f-]{36})\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where a record lies: ``path`` relative to the archive folder, with ``/``; offset and length in stored bytes."""

    path: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Record:
    """A payload and where it lies, or why the stretch at that place gives none."""

    ref: ArchiveRef
    found: Payload | Failure


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says of itself: the run that wrote it and when that began. None and the epoch: not said."""

    run: UUID | None
    at: datetime


def replay(path: Path, max_bytes: int = MAX_BODY) -> Iterator[Payload | Failure]:
    """Payloads of a WARC file (``.warc``, ``.warc.gz``; ours or others') or of all below a folder, sorted by name.

    A record that is cut, broken, longer or shorter than it says, or whose body passes ``max_bytes`` decoded, is one
    :class:`Failure` (``unreadable``) naming file and offset; later ones follow. What other crawlers wrote has no
    source: the file's name stands for it.
    """
    folder = path if path.is_dir() else path.parent
    for file in files(path) if path.is_dir() else [path]:
        yield from (r.found for r in records(folder, file, max_bytes))


def files(folder: Path) -> list[Path]:
    """The WARC files below a folder, sorted by name; those of one run that were numbered, by number."""
    return sorted((p for p in folder.rglob("*") if p.name.endswith(ENDINGS) and p.is_file()), key=in_order)


def in_order(path: Path) -> tuple[str, int, str]:
    """What sorts files by name, and those of one run, which are numbered, by number."""
    stem, _, number = path.name.partition(".warc")[0].rpartition("-")
    return (f"{path.parent}/{stem}", int(number), path.name) if number.isdigit() and len(number) < 10 else (f"{path}", 0, path.name)


def records(folder: Path, file: Path, max_bytes: int = MAX_BODY) -> Iterator[Record]:
    """As :func:`replay` for one file, with the place of each record below ``folder``."""
    name = file.relative_to(folder).as_posix()
    try:
        with file.open("rb") as f:
            for piece in pieces(f, max_bytes):
                found = _payload(piece, file.name, max_bytes)
                if found is not None:
                    yield Record(ArchiveRef(name, piece.offset, piece.length), found)
    except OSError as e:
        yield Record(ArchiveRef(name, 0, 0), _failure(file.name, f"{file.name}: cannot be read ({e.strerror or e})"))


def written(file: Path) -> Written:
    """What the first record of a file of ours says. Raises OSError."""
    with file.open("rb") as f:
        first = next(pieces(f, HEADS), None)
    run, at = None, datetime.fromtimestamp(0, UTC)
    if first is not None and first.problem is None:
        told = _RUN.search(first.data)
        run = UUID(told[1].decode()) if told else None
        if date := re.search(rb"^WARC-Date: (\S+?)\r?$", first.data, re.MULTILINE):
            at = _instant(date[1].decode())
    return Written(run, at)


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
        source=fields.get(OURS + "Source") or file, url=fields.get(OURS + "Requested") or url,
        final_url=url, status=status, headers=named, body=body, digest=hashlib.sha256(body).hexdigest(),
        fetched_at=_instant(fields.get("WARC-Date") or ""),
        damage=fields.get(OURS + "Damage") or damage or (f"cut by its crawler ({cut})" if cut else None),
        moved_to=fields.get(OURS + "Moved-To") or None, format=fields.get(OURS + "Format") or None,
        is_page=fields.get(OURS + "Role") == "page", elapsed=_number(fields.get(OURS + "Elapsed")),
        wire_bytes=int(_number(fields.get(OURS + "Wire-Bytes"))))


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


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text) else 0.0
