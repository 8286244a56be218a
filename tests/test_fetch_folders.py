"""Drop files and drop folders: what is read, what waits, what is left out."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch.folders import _printable, listing_digest, read_local
from twinwire.records import Failure, FeedState, Payload, Stage, Unchanged

CAP = 1000


def now() -> datetime:
    """Long enough after anything a test has just written."""
    return datetime.now(UTC) + timedelta(minutes=1)


def folder_source(path: Path) -> Source:
    return Source(id="drops", name="Drops", url=f"folder:{path}")


def file_source(path: Path) -> Source:
    return Source(id="drop", name="Drop", url=f"file:{path}")


def fresh(source: Source) -> FeedState:
    return FeedState(source=source.id)


def loaded(source: Source, at: datetime) -> FeedState:
    """The state after everything there was loaded at ``at``."""
    return FeedState(source=source.id, url=source.url, digest=listing_digest(source, at), full_at=at)


def drop(path: Path, body: bytes = b"<nitf/>", *, days_old: float = 0) -> Path:
    path.write_bytes(body)
    at = (datetime.now(UTC) - timedelta(days=days_old)).timestamp()
    os.utime(path, (at, at))
    return path


def names(found: list[Payload | Unchanged | Failure]) -> list[str]:
    assert all(isinstance(p, Payload) for p in found), found
    return [p.url.rpartition("/")[2] for p in found if isinstance(p, Payload)]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_one_payload(tmp_path: Path) -> None:
    """Its bytes as they are, its path as address, no HTTP."""
    source, at = file_source(drop(tmp_path / "枣庄 feed.xml")), now()
    assert read_local(source, fresh(source), at, CAP) == [Payload(
        source="drop", url=source.url, final_url=source.url, status=0, headers={}, body=b"<nitf/>",
        digest=hashlib.sha256(b"<nitf/>").hexdigest(), fetched_at=at)]


def test_the_same_file_is_unchanged(tmp_path: Path) -> None:
    """The digest loaded last decides, and only for the same address."""
    source, at = file_source(drop(tmp_path / "a.xml")), now()
    state = FeedState(source="drop", url=source.url, digest=hashlib.sha256(b"<nitf/>").hexdigest())
    assert read_local(source, state, at, CAP) == [
        Unchanged(source="drop", reason="same bytes", status=0, fetched_at=at, full=True)]
    assert names(read_local(source, replace(state, url="file:/elsewhere"), at, CAP)) == ["a.xml"]
    drop(tmp_path / "a.xml", b"<new/>")
    assert names(read_local(source, state, at, CAP)) == ["a.xml"]


@pytest.mark.parametrize(("body", "kind"), [
    (b"x" * (CAP + 1), Kind.TOO_LARGE), (b"", Kind.EMPTY), (None, Kind.UNREADABLE)])  # fmt: skip
def test_a_bad_file_is_a_failure(body: bytes | None, kind: Kind, tmp_path: Path) -> None:
    """Missing, empty or too large: one line that names the file."""
    path = tmp_path / "a.xml"
    if body is not None:
        path.write_bytes(body)
    (found,) = read_local(file_source(path), fresh(file_source(path)), now(), CAP)
    assert isinstance(found, Failure)
    assert (found.stage, found.kind) == (Stage.FETCH, kind)
    assert "a.xml" in found.message
    assert "\n" not in found.message


def test_a_file_of_exactly_the_cap_is_read(tmp_path: Path) -> None:
    """The cap itself is allowed."""
    source = file_source(drop(tmp_path / "a.xml", b"x" * CAP))
    assert names(read_local(source, fresh(source), now(), CAP)) == ["a.xml"]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A folder, a pipe without a writer and an endless device are failures at once, and no descriptor stays open."""
    os.mkfifo(tmp_path / "pipe")
    before = len([*Path("/proc/self/fd").iterdir()])
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        (found,) = read_local(file_source(path), fresh(file_source(path)), now(), CAP)
        assert isinstance(found, Failure)
        assert found.kind is Kind.UNREADABLE
        assert "no regular file" in found.message
    assert len([*Path("/proc/self/fd").iterdir()]) == before


# -- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_is_one_payload_per_file_sorted(tmp_path: Path) -> None:
    """All regular files in the order of their names, each under its own address."""
    for name in ("b.xml", "a.xml", "c"):
        drop(tmp_path / name, name.encode())
    source = folder_source(tmp_path)
    found = read_local(source, fresh(source), now(), CAP)
    assert names(found) == ["a.xml", "b.xml", "c"]
    assert [p.body for p in found if isinstance(p, Payload)] == [b"a.xml", b"b.xml", b"c"]
    assert all(isinstance(p, Payload) and p.url == p.final_url == f"file:{tmp_path}/{p.body.decode()}" for p in found)


def test_what_is_no_drop_is_left_out(tmp_path: Path) -> None:
    """Hidden and unfinished files, folders, pipes, sockets and links that lead out are neither read nor failures."""
    folder = tmp_path / "drops"
    (folder / "sub").mkdir(parents=True)
    drop(tmp_path / "secret.xml")
    drop(folder / "real.xml")
    for name in (".hidden.xml", "a.xml.tmp", "a.xml.PART", "a.swp", "a.xml~", "sub/deep.xml"):
        drop(folder / name)
    os.mkfifo(folder / "pipe.xml")
    (folder / "out.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "up.xml").symlink_to("../secret.xml")
    (folder / "nowhere.xml").symlink_to("gone.xml")
    (folder / "self.xml").symlink_to("self.xml")
    (folder / "within.xml").symlink_to("sub/deep.xml")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "sock"))
        source = folder_source(folder)
        assert names(read_local(source, fresh(source), now(), CAP)) == ["real.xml", "within.xml"]


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    """Too large and empty files are failures of their own."""
    drop(tmp_path / "a.xml", b"x" * (CAP + 1))
    drop(tmp_path / "b.xml")
    drop(tmp_path / "c.xml", b"")
    source = folder_source(tmp_path)
    large, good, empty = read_local(source, fresh(source), now(), CAP)
    assert isinstance(large, Failure)
    assert large.kind is Kind.TOO_LARGE
    assert isinstance(good, Payload)
    assert isinstance(empty, Failure)
    assert empty.kind is Kind.EMPTY


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No permission (which a test run as root cannot take away) is a failure that names the file."""
    drop(tmp_path / "a.xml")
    real = os.open

    def refuse(path: str, *rest: int) -> int:
        if str(path).endswith("a.xml"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    (found,) = read_local(folder_source(tmp_path), fresh(folder_source(tmp_path)), now(), CAP)
    assert isinstance(found, Failure)
    assert found.kind is Kind.UNREADABLE
    assert "a.xml: cannot be read (Permission denied)" in found.message


def test_an_unchanged_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listing alone says so; no file is opened."""
    drop(tmp_path / "a.xml")
    source, at = folder_source(tmp_path), now()
    state = loaded(source, at)
    monkeypatch.setattr(os, "open", lambda *a, **k: pytest.fail("a file was opened"))
    assert read_local(source, state, at, CAP) == [
        Unchanged(source="drops", reason="same bytes", status=0, fetched_at=at)]


def test_an_empty_folder_is_unchanged(tmp_path: Path) -> None:
    """A drop folder may be empty, on the first look too."""
    source = folder_source(tmp_path)
    for state in (fresh(source), loaded(source, now())):
        assert [type(r) for r in read_local(source, state, now(), CAP)] == [Unchanged]


def test_a_missing_folder_is_one_failure(tmp_path: Path) -> None:
    """It says what to do; there is no listing to remember."""
    source = folder_source(tmp_path / "gone")
    (found,) = read_local(source, fresh(source), now(), CAP)
    assert isinstance(found, Failure)
    assert found.kind is Kind.UNREADABLE
    assert "make the folder" in found.message
    assert listing_digest(source, now()) is None


def test_only_what_came_lately_is_read_again(tmp_path: Path) -> None:
    """A new file does not bring the old ones along; a day before the last full reading is read again."""
    source = folder_source(tmp_path)
    drop(tmp_path / "old.xml")
    state = loaded(source, now() + timedelta(days=3))
    later = now() + timedelta(days=3)
    path = drop(tmp_path / "new.xml")
    os.utime(path, (later.timestamp(), later.timestamp()))
    after = later + timedelta(hours=1)
    assert names(read_local(source, state, after, CAP)) == ["new.xml"]
    assert names(read_local(source, replace(state, full_at=now()), after, CAP)) == ["new.xml", "old.xml"]


def test_a_file_with_an_old_date_is_not_missed(tmp_path: Path) -> None:
    """Beside a newer file (its inode tells when it came) and alone (then everything is read)."""
    source = folder_source(tmp_path)
    drop(tmp_path / "a.xml", days_old=30)
    state = loaded(source, now())
    drop(tmp_path / "old.xml", days_old=20)
    drop(tmp_path / "new.xml")
    assert {"old.xml", "new.xml"} <= set(names(read_local(source, state, now(), CAP)))
    far = replace(state, full_at=now() + timedelta(days=9))  # as on a file system that dates no arrival
    assert names(read_local(source, far, now(), CAP)) == ["a.xml", "new.xml", "old.xml"]


def test_a_moved_source_is_read_whole(tmp_path: Path) -> None:
    """State of another address says nothing about this folder."""
    source = folder_source(tmp_path)
    drop(tmp_path / "a.xml")
    assert names(read_local(source, replace(loaded(source, now()), url="folder:/elsewhere"), now(), CAP)) == ["a.xml"]


def test_a_file_still_being_written_waits(tmp_path: Path) -> None:
    """Younger than two seconds: left out, and the listing is not complete until it has settled."""
    drop(tmp_path / "a.xml", days_old=1)
    path = drop(tmp_path / "b.xml")
    source, written = folder_source(tmp_path), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    soon, settled = written + timedelta(seconds=1), written + timedelta(seconds=3)
    assert names(read_local(source, fresh(source), soon, CAP)) == ["a.xml"]
    assert listing_digest(source, soon) is None
    assert names(read_local(source, fresh(source), settled, CAP)) == ["a.xml", "b.xml"]
    assert listing_digest(source, settled) is not None


def test_only_fresh_files_means_unchanged(tmp_path: Path) -> None:
    """Nothing to read yet is still an answer."""
    path = drop(tmp_path / "a.xml")
    source, at = folder_source(tmp_path), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert [type(r) for r in read_local(source, fresh(source), at, CAP)] == [Unchanged]


def test_a_date_in_the_future_does_not_wait_for_it(tmp_path: Path) -> None:
    """A wrong clock at the agency must not hold its file back for a year."""
    drop(tmp_path / "a.xml", days_old=-365)
    source = folder_source(tmp_path)
    assert names(read_local(source, fresh(source), now(), CAP)) == ["a.xml"]


def dated_back(path: Path, old: os.stat_result) -> None:
    """Give the file its old date, and let the tick of the file system's clock (some milliseconds) pass."""
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    while path.stat().st_ctime_ns == old.st_ctime_ns:
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))


@pytest.mark.parametrize("change", ["body", "name", "same size and date", "mode", "gone"])
def test_any_change_of_the_folder_is_seen(change: str, tmp_path: Path) -> None:
    """Size, name, removal; a replacement of the same size and date, and a file made readable, by the inode."""
    source, path = folder_source(tmp_path), drop(tmp_path / "a.xml", days_old=2)
    old, before = path.stat(), listing_digest(source, now())
    if change == "body":
        drop(path, b"<longer/>", days_old=2)
    elif change == "name":
        path.rename(tmp_path / "b.xml")
    elif change == "same size and date":
        path.write_bytes(b"<NITF/>")
        dated_back(path, old)
    elif change == "mode":
        path.chmod(0o640)
        dated_back(path, old)
    else:
        path.unlink()
    assert before is not None
    assert listing_digest(source, now()) not in {before, None}


def test_a_name_no_table_can_hold_is_escaped(tmp_path: Path) -> None:
    """Line ends and bytes that are not UTF-8 become %XX in the address; the file is read all the same."""
    name = b"a\n\xff\xe6\x9e\xa3.xml"
    (tmp_path / os.fsdecode(name)).write_bytes(b"<x/>")
    source = folder_source(tmp_path)
    assert names(read_local(source, fresh(source), now(), CAP)) == ["a%0A%FF枣.xml"]


@given(st.binary(max_size=60))
def test_every_name_has_a_printable_address(name: bytes) -> None:
    """Whatever bytes a file is named by, its address is one printable line of valid UTF-8."""
    text = _printable(Path(os.fsdecode(name)))
    assert text.isprintable()
    assert text.encode()
