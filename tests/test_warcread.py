"""WARC files by run, record and place: what a replay of the past goes by."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from wires import NOW, payload

from twinwire.archive import Archive
from twinwire.records import Failure, Payload
from twinwire.warcread import Written, files, read_at, records, written

RUN = UUID("0f3a9c1e-8f2b-4f4e-9a54-3a1c0a6f7f11")


def stored(folder: Path, *bodies: bytes) -> Path:
    with Archive(folder, str(RUN), NOW) as archive:
        for body in bodies:
            archive.store(payload(body, digest=hashlib.sha256(body).hexdigest()))
    return next(folder.rglob("*.warc.gz"))


def test_a_file_says_which_run_wrote_it_and_when_that_began(tmp_path: Path) -> None:
    """Others' files, and damaged ones, say nothing."""
    file = stored(tmp_path, b"<rss/>")
    assert written(file) == Written(RUN, NOW)
    (tmp_path / "empty.warc").write_bytes(b"")
    (tmp_path / "other.warc.gz").write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
    for name in ("empty.warc", "other.warc.gz"):
        assert written(tmp_path / name) == Written(None, datetime(1970, 1, 1, tzinfo=UTC))


def test_files_of_one_run_come_by_number(tmp_path: Path) -> None:
    """The tenth after the ninth; folders by name."""
    names = [f"2026/11/20261124T120000Z-0f3a9c1e-{n}.warc.gz" for n in (1, 2, 9, 10, 11)] + ["2026/12/20261201T000000Z-ffffffff-1.warc.gz"]
    for name in reversed(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "2026" / "notes.txt").touch()
    assert [f.relative_to(tmp_path).as_posix() for f in files(tmp_path)] == names


def test_each_record_tells_its_place(tmp_path: Path) -> None:
    """From which it can be read alone; a damaged one tells its own."""
    file = stored(tmp_path, b"one", b"two", b"three")
    found = list(records(tmp_path, file))
    assert all(isinstance(r.found, Payload) for r in found)
    assert [read_at(tmp_path, r.ref).body for r in found] == [b"one", b"two", b"three"]  # type: ignore[union-attr]
    raw = bytearray(file.read_bytes())
    raw[found[1].ref.offset + 30] ^= 0xFF
    file.write_bytes(raw)
    again = list(records(tmp_path, file))
    assert [isinstance(r.found, Failure) for r in again] == [False, True, False]
    assert again[1].ref.offset == found[1].ref.offset
    assert isinstance(next(iter(records(tmp_path, tmp_path / "gone.warc.gz"))).found, Failure)
