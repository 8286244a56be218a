"""Raw bytes in and out of WARC files, and what damage does to them."""

from __future__ import annotations

import base64
import errno
import gzip
import hashlib
import os
import re
import stat
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

import twinwire.archive
from twinwire.archive import Archive, ArchiveRef, read_at, replay
from twinwire.errors import Kind
from twinwire.records import Failure, Payload, Stage

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
RUN = "0f3a9c1e-8f2b-4f4e-9a54-3a1c0a6f7f11"


def payload(body: bytes = b"<rss/>", **changes: Any) -> Payload:
    base = Payload(source="wire-a", url="https://example.org/feed", final_url="https://example.org/feed.xml",
                   status=200, headers={"content-type": "application/rss+xml", "etag": '"1"'}, body=body,
                   digest=hashlib.sha256(body).hexdigest(), fetched_at=NOW)
    return replace(base, **changes)


def local(body: bytes = b"<nitf/>") -> Payload:
    return payload(body, url="file:/drop/枣庄 1.xml", final_url="file:/drop/枣庄 1.xml", status=0, headers={})


def archived(folder: Path, payloads: Iterable[Payload]) -> list[ArchiveRef]:
    with Archive(folder, RUN, NOW) as archive:
        return [archive.store(p) for p in payloads]


def the_file(folder: Path) -> Path:
    (found,) = folder.rglob("*.warc.gz")
    return found


def comparable(p: Payload | Failure) -> Payload:
    """What an archive promises to give back: everything that a later stage asks of a payload."""
    assert isinstance(p, Payload), p
    headers = {n: v for n, v in p.headers.items() if n != "content-length"}
    return replace(p, headers=headers)


# -- round trip -------------------------------------------------------------------------------------------------------

_VALUES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40).map(lambda s: s.strip(" "))
_URLS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), max_size=60)
_PAYLOADS = st.builds(
    lambda source, url, final, status, headers, body, at, damage, of_wire, more: Payload(
        source=source, url="https://example.org/" + url, final_url="https://example.org/" + final, status=status,
        headers=headers, body=body, digest=hashlib.sha256(body).hexdigest(), fetched_at=at, damage=damage,
        wire_bytes=of_wire, elapsed=of_wire / 64, **more),
    st.from_regex(r"[a-z0-9][a-z0-9._-]{1,20}", fullmatch=True), _URLS, _URLS, st.integers(200, 599),
    st.dictionaries(st.from_regex(r"x-[a-z0-9-]{1,10}", fullmatch=True), _VALUES, max_size=5),
    st.binary(max_size=3000) | st.just(b"\r\n\r\nWARC/1.1\r\n\r\n\r\n") | st.just(b"\x1f\x8b\x08" * 40),
    st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.none() | st.just("gzip stream ends early"), st.integers(0, 10**9),
    st.fixed_dictionaries({}, optional={"is_page": st.booleans(), "format": st.sampled_from(["page", "json:a-list"]),
                                        "moved_to": st.just("https://example.org/new")}))


@given(st.lists(_PAYLOADS, max_size=4))
def test_what_is_stored_comes_back(payloads: list[Payload]) -> None:
    """Replay gives the stored payloads in order, and so does each reference."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        refs = archived(folder, payloads)
        assert [comparable(p) for p in replay(folder)] == [comparable(p) for p in payloads]
        assert [comparable(read_at(folder, r)) for r in refs] == [comparable(p) for p in payloads]


def test_a_dropped_file_comes_back_without_an_http_answer(tmp_path: Path) -> None:
    """Files of drop folders are resource records: status 0, no headers, their path as address."""
    archived(tmp_path, [local()])
    assert [*replay(tmp_path)] == [local()]
    assert b"WARC-Type: resource" in gzip.decompress(the_file(tmp_path).read_bytes())


def test_headers_speak_of_the_body_that_is_kept(tmp_path: Path) -> None:
    """The body is decoded: codings and the wire's length go, the true length comes; cookies are not kept."""
    sent = {"content-encoding": "gzip", "transfer-encoding": "chunked", "Set-Cookie": "id=1", "content-length": "3"}
    archived(tmp_path, [payload(b"0123456789", headers=sent)])
    (found,) = replay(tmp_path)
    assert isinstance(found, Payload)
    assert found.headers == {"content-length": "10"}
    assert found.body == b"0123456789"


def test_hostile_values_stay_values(tmp_path: Path) -> None:
    """Line ends in headers, addresses or damage cannot start a header or a record of their own."""
    evil = "x\r\nWARC-Type: warcinfo\r\n\r\nWARC/1.1\x00\ud800"
    headers = {"x-a": evil, "bad name": "v", "b\r\nc": "v"}
    archived(tmp_path, [payload(final_url="https://e.org/" + evil, damage=evil, headers=headers), payload(b"next")])
    first, second = replay(tmp_path)
    assert isinstance(first, Payload)
    assert first.body == b"<rss/>"
    assert set(first.headers) == {"x-a", "content-length"}
    assert not re.search(r"[\r\n\0]", first.final_url + first.headers["x-a"] + (first.damage or ""))
    assert comparable(second).body == b"next"


def test_any_warc_reader_accepts_the_file(tmp_path: Path) -> None:
    """The first record describes the file, digests verify, dates are UTC with fractions."""
    archived(tmp_path, [payload(fetched_at=NOW.astimezone()), local()])
    with the_file(tmp_path).open("rb") as f:
        records = [(str(r.record_type), r.headers.get("WARC-Date"), r.headers.get("WARC-Target-URI"))
                   for r in ArchiveIterator(f)]
    stamp = "2026-03-04T05:06:07.890123Z"
    assert records == [("warcinfo", stamp, None), ("response", stamp, "https://example.org/feed.xml"),
                       ("resource", stamp, "file:/drop/枣庄 1.xml")]
    with the_file(tmp_path).open("rb") as f:
        assert [r.verify_payload_digest() for r in ArchiveIterator(f) if r.is_http] == [True]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_run_without_payloads_makes_no_file(tmp_path: Path) -> None:
    """Nothing stored, nothing on disk, and sync has nothing to do."""
    with Archive(tmp_path, RUN, NOW) as archive:
        archive.sync()
    assert not [*tmp_path.iterdir()]


def test_the_file_is_named_by_run_and_private(tmp_path: Path) -> None:
    """YYYY/MM/<instant>-<run>-<n>.warc.gz, readable by its owner only whatever the umask."""
    old = os.umask(0)
    try:
        (ref,) = archived(tmp_path, [payload()])
    finally:
        os.umask(old)
    assert ref.path == "2026/03/20260304T050607Z-0f3a9c1e-1.warc.gz"
    assert stat.S_IMODE((tmp_path / ref.path).stat().st_mode) == 0o600
    assert ref.offset + ref.length == (tmp_path / ref.path).stat().st_size


def test_a_full_file_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit the next record opens a new file, which begins with its own description."""
    monkeypatch.setattr(Archive, "MAX_FILE", 2000)
    bodies = [os.urandom(900) for _ in range(5)]
    refs = archived(tmp_path, map(payload, bodies))
    files = sorted({r.path for r in refs})
    assert len(files) >= 2
    assert [comparable(p).body for p in replay(tmp_path)] == bodies
    assert all(b"WARC-Type: warcinfo" in gzip.decompress((tmp_path / f).read_bytes())[:100] for f in files)


def test_threads_store_side_by_side(tmp_path: Path) -> None:
    """References of several groups storing at once are right, and no record is lost."""
    refs: dict[bytes, ArchiveRef] = {}
    with Archive(tmp_path, RUN, NOW) as archive:
        def group(n: int) -> None:
            for i in range(20):
                body = b"%d-%d " % (n, i) * 50
                refs[body] = archive.store(payload(body))
            archive.sync()

        threads = [threading.Thread(target=group, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert len(refs) == 80
    assert all(comparable(read_at(tmp_path, ref)).body == body for body, ref in refs.items())


def test_sync_reaches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before sync returns, the file and, once, the folders that name it are synced."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").readlink().name))
    with Archive(tmp_path, RUN, NOW) as archive:
        ref = archive.store(payload())
        archive.sync()
        assert synced == [Path(ref.path).name, "03", "2026", tmp_path.name]
        assert [comparable(p).body for p in replay(tmp_path)] == [b"<rss/>"]
        archive.sync()
        assert synced[4:] == [Path(ref.path).name]


class _FullDisk(FileIO):
    """Takes so many bytes more, then half a write, then none."""

    room = 1 << 30

    def write(self, data: Any) -> int:
        if type(self).room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = bytes(data)[: type(self).room]
        type(self).room -= len(taken)
        return super().write(taken)


@pytest.mark.parametrize("room", [0, 1, 100, 400])
def test_a_full_disk_is_said_and_leaves_no_half_record(
        room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OSError reaches the caller; what is stored once there is room again is whole, and so is what was there before."""
    monkeypatch.setattr(twinwire.archive, "FileIO", _FullDisk)
    monkeypatch.setattr(_FullDisk, "room", 1 << 30)
    with Archive(tmp_path, RUN, NOW) as archive:
        archive.store(payload(b"before"))
        _FullDisk.room = room
        with pytest.raises(OSError, match="No space"):
            archive.store(payload(os.urandom(5000)))
        _FullDisk.room = 1 << 30
        ref = archive.store(payload(b"after"))
    assert [comparable(p).body for p in replay(tmp_path)] == [b"before", b"after"]
    assert comparable(read_at(tmp_path, ref)).body == b"after"


def test_a_disk_full_from_the_start_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that could not even be described is removed, and the next one is begun well."""
    monkeypatch.setattr(twinwire.archive, "FileIO", _FullDisk)
    monkeypatch.setattr(_FullDisk, "room", 50)
    with Archive(tmp_path, RUN, NOW) as archive:
        with pytest.raises(OSError, match="No space"):
            archive.store(payload())
        assert not [*tmp_path.rglob("*.warc.gz")]
        _FullDisk.room = 1 << 30
        archive.store(payload())
    assert [comparable(p) for p in replay(tmp_path)] == [comparable(payload())]


# -- damage -----------------------------------------------------------------------------------------------------------


def flagged(found: list[Payload | Failure]) -> list[Failure]:
    failures = [f for f in found if isinstance(f, Failure)]
    assert all(f.stage is Stage.ARCHIVE and f.kind is Kind.UNREADABLE and "offset" in f.message for f in failures)
    return failures


def test_a_cut_file_gives_its_whole_records_and_one_failure(tmp_path: Path) -> None:
    """Wherever a crash cuts the file, whole records come back right and the cut one is named, never guessed."""
    bodies = [os.urandom(200) + b"%d" % i for i in range(4)]
    refs = archived(tmp_path, map(payload, bodies))
    path = the_file(tmp_path)
    whole = path.read_bytes()
    ends = [r.offset + r.length for r in refs]
    for cut in range(0, len(whole), 50):
        path.write_bytes(whole[:cut])
        found = [*replay(path)]
        kept = [b for b, end in zip(bodies, ends, strict=True) if end <= cut]
        assert [p.body for p in found if isinstance(p, Payload)] == kept
        at_an_end = cut in {0, refs[0].offset, *ends}
        assert len(flagged(found)) == (0 if at_an_end else 1)


def test_a_flipped_bit_costs_one_record_at_most(tmp_path: Path) -> None:
    """No flip gives a wrong body: the record is whole or flagged, and its neighbours are read."""
    payloads = [payload(b"%d " % i * 60) for i in range(3)]
    refs = archived(tmp_path, payloads)
    path = the_file(tmp_path)
    whole = path.read_bytes()
    idle = {refs[1].offset + i for i in range(10)}  # of gzip: its time and system are under no checksum
    idle.add(refs[1].offset + refs[1].length - 9)   # and bits that fill up the last byte before it stand for nothing
    for at in range(refs[1].offset, refs[1].offset + refs[1].length, 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1:])
        found = [*replay(path)]
        good = [comparable(p) for p in found if isinstance(p, Payload)]
        assert good[0] == comparable(payloads[0])
        assert good[-1] == comparable(payloads[2])
        if flagged(found) or at not in idle:
            assert len(flagged(found)) == 1
            assert f"offset {refs[1].offset}:" in flagged(found)[0].message
            assert len(good) == 2
        else:
            assert good[1] == comparable(payloads[1])


@pytest.mark.parametrize(("old", "new", "said"), [
    (b"<rss>two</rss>", b"<rss>TWO</rss>", "digest"),
    (b"Content-Length: ", b"Content-Length: 1", "length"),
    (b"Content-Length: ", b"Content-Length: -", "length"),
    (b"Content-Length: ", b"Content-Lungth: ", "length"),
    (b"</rss>\r\n\r\n", b"</rss>", "length"),
    (b"HTTP/1.1 200", b"HTTP/1.1 abc", "HTTP"),
    (b"WARC/1.1", b"WORC/1.1", "WARC"),
    (b"WARC-Date: 2026", b"WARC-Date: soon", "isoformat"),
    (b"WARC-Type: response", b"WARC-Type: respond", "unknown"),
])  # fmt: skip
def test_a_record_that_lies_is_flagged(old: bytes, new: bytes, said: str, tmp_path: Path) -> None:
    """Wrong length, digest, head or date inside a sound gzip member is found, and the next record is read."""
    archived(tmp_path / "lies", [payload(b"<rss>two</rss>")])
    archived(tmp_path / "sound", [payload(b"<rss>three</rss>")])
    lies, sound = the_file(tmp_path / "lies"), the_file(tmp_path / "sound")
    _, record = re.split(rb"(?=WARC/1\.1\r\n)", gzip.decompress(lies.read_bytes()))[1:]
    assert old in record
    lies.write_bytes(gzip.compress(record.replace(old, new, 1)) + sound.read_bytes())
    found = [*replay(lies)]
    assert [p.body for p in found if isinstance(p, Payload)] == [b"<rss>three</rss>"]
    (failure,) = flagged(found)
    assert said in failure.message
    assert lies.name in failure.message


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A small record that decodes to far more than a body may be is flagged; the next one is read."""
    import tracemalloc

    archived(tmp_path, [payload()])
    path = the_file(tmp_path)
    good = path.read_bytes()
    head = (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 100000019\r\n\r\n"
            b"HTTP/1.1 200 OK\r\n\r\n")
    path.write_bytes(gzip.compress(head + bytes(100_000_000) + b"\r\n\r\n", 9) + good)
    tracemalloc.start()
    found = [*replay(path, max_bytes=1 << 20)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [comparable(p).body for p in found[1:]] == [b"<rss/>"]
    assert "over 1 MB" in flagged(found)[0].message
    assert peak < 20 << 20


def test_junk_is_flagged_once(tmp_path: Path) -> None:
    """Bytes that are no record, before, between and after records, are one failure each."""
    archived(tmp_path, [payload()])
    path = the_file(tmp_path)
    good = path.read_bytes()
    path.write_bytes(b"junk" * 9 + good + b"\x1f\x8b\x08 not gzip" + good + bytes(70_000))
    found = [*replay(path)]
    assert [type(f) for f in found] == [Failure, Payload, Failure, Payload, Failure]
    flagged(found)


def test_missing_files_and_wrong_offsets_are_values(tmp_path: Path) -> None:
    """What cannot be opened, or is no payload, is a failure that says so."""
    (ref,) = archived(tmp_path, [payload()])
    (gone,) = replay(tmp_path / "gone.warc.gz")
    cases = [gone, read_at(tmp_path, ArchiveRef("gone.warc.gz", 0, 0)), read_at(tmp_path, ArchiveRef(ref.path, 0, 0)),
             read_at(tmp_path, ArchiveRef(ref.path, ref.offset + 1, ref.length)),
             read_at(tmp_path, ArchiveRef(ref.path, 1 << 40, 1))]
    assert all(isinstance(c, Failure) and c.kind is Kind.UNREADABLE and "warc.gz" in c.message for c in cases)


@given(st.binary(max_size=400), st.sampled_from([".warc", ".warc.gz"]), st.booleans())
def test_no_bytes_raise(data: bytes, ending: str, seeded: bool) -> None:
    """Whatever the file holds, replay ends and gives values."""
    start = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http\r\n" if seeded else b""
    with TemporaryDirectory() as name:
        path = Path(name) / f"x{ending}"
        path.write_bytes(gzip.compress(start + data) + data if ending.endswith("gz") else start + data)
        assert all(isinstance(f, Failure | Payload) for f in replay(path))


# -- files of other makes ---------------------------------------------------------------------------------------------


def foreign(http: bytes, extra: str = "", ending: bytes = b"\r\n\r\n") -> bytes:
    head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0f3a9c1e-8f2b-4f4e-9a54-3a1c0a6f7f11>\r\n"
            f"WARC-Target-URI: <http://example.org/a>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n{extra}"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n")
    return head.encode() + http + ending


def test_a_file_that_is_not_compressed_is_read(tmp_path: Path) -> None:
    """Plain WARC 1.0: the address without its brackets, the file's name for the source."""
    path = tmp_path / "old.warc"
    path.write_bytes(foreign(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\none")
                     + foreign(b"HTTP/1.1 404 \r\n\r\ntwo", "WARC-Truncated: length\r\n"))
    one, two = (comparable(p) for p in replay(path))
    assert (one.source, one.url, one.body) == ("old.warc", "http://example.org/a", b"one")
    assert one.final_url == one.url
    assert (one.headers, one.fetched_at) == ({"a": "b"}, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert (two.status, two.body, two.damage) == (404, b"two", "cut by its crawler (length)")


@pytest.mark.parametrize("lie", [b"Content-Length: 2", b"Content-Length: 200", b"Content-Length: 99999999999",
                                 b"Content-Length: x"])  # fmt: skip
def test_lengths_are_measured_without_compression_too(lie: bytes, tmp_path: Path) -> None:
    """A length that does not lead to a record's end is flagged, and the next record is found."""
    path = tmp_path / "old.warc"
    bad = re.sub(rb"Content-Length: \d+", lie, foreign(b"HTTP/1.1 200 OK\r\n\r\n" + b"one" * 50))
    path.write_bytes(bad + foreign(b"HTTP/1.1 200 OK\r\n\r\ntwo"))
    found = [*replay(path)]
    assert [p.body for p in found if isinstance(p, Payload)] == [b"two"]
    assert len(flagged(found)) == 1


def test_codings_that_other_crawlers_keep_are_undone(tmp_path: Path) -> None:
    """Chunked and gzipped bodies come decoded; a cut coding is damage; a bomb and an unknown coding are failures."""
    zipped = gzip.compress(b"hello " * 30)
    cases: dict[bytes, bytes | str] = {
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n": b"hello",
        b"Content-Encoding: gzip\r\n\r\n" + zipped: b"hello " * 30,
        b"Content-Encoding: gzip\r\n\r\n" + zipped[:-9]: "ends early",
        b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(2 << 20)): "over 1 MB",
        b"Content-Encoding: br\r\n\r\nxx": "coding",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel": "read",
    }
    path = tmp_path / "all.warc.gz"
    path.write_bytes(b"".join(gzip.compress(foreign(b"HTTP/1.1 200 OK\r\n" + c)) for c in cases))
    found = [*replay(path, max_bytes=1 << 20)]
    for outcome, expected in zip(found, cases.values(), strict=True):
        if isinstance(expected, bytes):
            assert comparable(outcome).body == expected
        else:
            assert expected in str(outcome.damage if isinstance(outcome, Payload) else outcome.message)


def test_digests_of_other_crawlers_are_checked(tmp_path: Path) -> None:
    """SHA-1 in base 32, as Common Crawl writes it: right passes, wrong is flagged, unknown kinds are let pass."""
    right, wrong = base64.b32encode(hashlib.sha1(b"one").digest()).decode(), "A" * 32
    path = tmp_path / "cc.warc.gz"
    path.write_bytes(b"".join(gzip.compress(foreign(b"HTTP/1.1 200 OK\r\n\r\none", f"WARC-Payload-Digest: {d}\r\n"))
                              for d in (f"sha1:{right}", f"sha1:{wrong}", "blake9:zz")))
    assert [type(f) for f in replay(path)] == [Payload, Failure, Payload]


def test_many_instants_sort_by_name(tmp_path: Path) -> None:
    """A folder is replayed in the order of its files' names, which is the order of the runs."""
    for days in (40, 0, 20):
        with Archive(tmp_path, RUN, NOW + timedelta(days=days)) as archive:
            archive.store(payload(b"%d" % days))
    assert [comparable(p).body for p in replay(tmp_path)] == [b"0", b"20", b"40"]
