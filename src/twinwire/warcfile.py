"""Finds and measures the records of a WARC file (ISO 28500:2017), damaged ones included. Reads no payload.

A stretch is a whole record only when its gzip stream ends (zlib checks length and CRC there) or, in a file that is not
compressed, when the length it states leads to the end of a record. After damage the search goes on to the next record.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

END = b"\r\n\r\n"      # of a record's head, and of the record
HEADS = 1 << 20        # bytes a record may hold beside its body
_CHUNK = 64 << 10
_GZIP = b"\x1f\x8b\x08"
_NEXT = END + b"WARC/1."
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file that should be one record. ``length`` is of the file's bytes, ``data`` is decoded."""

    offset: int
    length: int = 0
    data: bytes = b""
    problem: str | None = None


def pieces(f: BinaryIO, cap: int) -> Iterator[Piece]:
    """All stretches of a file, in order. ``cap`` is the largest body in bytes, decoded; raises OSError."""
    zipped = str(f.name).endswith(".gz") or f.read(len(_GZIP)) == _GZIP
    size, offset = f.seek(0, os.SEEK_END), 0
    while offset < size:
        piece = (member if zipped else _plain)(f, offset, cap)
        yield piece
        offset = _next(f, offset + 1, size, zipped=zipped) if piece.problem else offset + piece.length


def _next(f: BinaryIO, start: int, size: int, *, zipped: bool) -> int:
    """Where a record begins at or after ``start``, or ``size``: the way on from a damaged one."""
    mark = re.compile(re.escape(_GZIP if zipped else _NEXT))
    lap = len(_NEXT) - 1  # a mark may lie across the end of a window
    while start < size:
        f.seek(start)
        window = f.read(_CHUNK)
        for hit in mark.finditer(window):
            if not zipped:
                return start + hit.start() + len(END)
            if _begins(f, start + hit.start()):
                return start + hit.start()
        start += max(len(window) - lap, 1)
    return size


def _begins(f: BinaryIO, offset: int) -> bool:
    """The three magic bytes turn up inside compressed data too; a record's first words do not."""
    f.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(f.read(512), 5) == b"WARC/"
    except zlib.error:
        return False


def member(f: BinaryIO, offset: int, cap: int) -> Piece:
    """The gzip member at ``offset``. zlib checks its length and CRC at the end, which must be seen."""
    f.seek(offset)
    stream, out, taken, limit = zlib.decompressobj(31), bytearray(), 0, cap + HEADS
    while not stream.eof:
        chunk = stream.unconsumed_tail
        if not chunk:
            chunk = f.read(_CHUNK)
            taken += len(chunk)
        if not chunk:
            return Piece(offset, problem="the record is cut short")
        try:
            out += stream.decompress(chunk, limit + 1 - len(out))
        except zlib.error as e:
            return Piece(offset, problem=f"the record is broken ({str(e).split(':')[-1].strip()})")
        if len(out) > limit:
            return Piece(offset, problem=f"the record is over {cap >> 20} MB decoded")
    return Piece(offset, taken - len(stream.unused_data), bytes(out))


def _plain(f: BinaryIO, offset: int, cap: int) -> Piece:
    """The record at ``offset`` of a file that is not compressed."""
    f.seek(offset)
    head, end, _ = f.read(_CHUNK).partition(END)
    stated = _LENGTH.search(head + b"\r")
    if not head.startswith(b"WARC/") or not end or not stated:
        return Piece(offset, problem="no WARC record stands there")
    if int(stated[1]) > cap + HEADS:
        return Piece(offset, problem=f"the record is over {cap >> 20} MB")
    f.seek(offset)
    length = len(head) + int(stated[1]) + 2 * len(END)
    data = f.read(length)
    if len(data) < length:
        return Piece(offset, problem="the record is cut short, or its length is wrong")
    return Piece(offset, length, data, None if data.endswith(END) else "the record's length is not what it says")


def fits(digest: str | None, *candidates: bytes) -> bool:
    """Whether one of ``candidates`` has this ``name:value`` digest; so does everything when it is None.

    Crawlers differ in whether a payload's digest is over the body as sent or as decoded, in hex or base 32.
    """
    name, _, value = (digest or "").partition(":")
    name = name.lower().replace("-", "")
    if name not in {"md5", "sha1", "sha256", "sha512"}:
        return True  # none given, or one we cannot check
    digests = [hashlib.new(name, c, usedforsecurity=False).digest() for c in candidates]
    return any(value.lower() == d.hex() or value.upper() == base64.b32encode(d).decode() for d in digests)
