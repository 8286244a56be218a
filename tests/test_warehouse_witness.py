"""The witness: what the store held after its last commit."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from twinwire.warehouse import witness
from twinwire.warehouse.witness import lost, told, write_atomically

HELD = {"items": 2, "seen": 5}


def test_what_was_testified_is_told(tmp_path: Path) -> None:
    """Counts only; the batch is for people."""
    witness.testify(tmp_path / "w.json", UUID(int=1), HELD)
    assert told(tmp_path / "w.json") == HELD


@pytest.mark.parametrize("torn", [None, b"", b'{"items": 2, "se', b"[1]", b"null", b"\xff\xfe"])
def test_a_torn_or_missing_witness_says_nothing(tmp_path: Path, torn: bytes | None) -> None:
    """It accuses nobody."""
    if torn is not None:
        (tmp_path / "w.json").write_bytes(torn)
    assert told(tmp_path / "w.json") == {}


def test_what_is_lost_is_counted() -> None:
    """More than was said is no loss."""
    assert lost(HELD, {"items": 2, "seen": 9}) == ""
    assert lost(HELD, {"items": 0, "seen": 4}) == "2 rows of items, 1 rows of seen"
    assert lost({}, HELD) == ""


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    for content in (b"old", b"new"):
        write_atomically(tmp_path / "f", content)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("f", b"new")]
