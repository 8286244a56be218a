"""The table of benchmarks: its rows have names, one runs alone, and what is missing is said. No speed is asserted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FEEDS = ROOT / "tests" / "feeds"


def table(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
                          timeout=60, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})


def test_list() -> None:
    """Each row is listed once, with what it is."""
    done = table("--list")
    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert len(names) == len(set(names))
    assert {"parse/twinwire", "ingest/reader", "poll/bare", "publish-100MB/copy", "start/help"} <= set(names)
    assert all(len(line.split()) > 2 for line in done.stdout.splitlines())


def test_unknown_row() -> None:
    """A name that is no row ends it at once, with the names of the groups."""
    done = table("pares")
    assert done.returncode != 0
    assert "'pares'" in done.stderr
    assert "parse" in done.stderr


def test_one_row() -> None:
    """A row runs alone, over a folder of feeds, and says how many entries it found."""
    done = table("parse/twinwire", "--rounds", "1", "--corpus", str(FEEDS))
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("parse/twinwire")]
    assert " MB/s " in row
    assert " feeds, " in row


def test_absent_data(tmp_path: Path) -> None:
    """A row whose documents are not there says so, and is no failure."""
    done = table("parse/twinwire", "--rounds", "1", "--corpus", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "absent: no such feeds" in done.stdout


def test_load() -> None:
    """A batch goes into a store of the benchmark's own making."""
    done = table("load-1k-into-10k/twinwire", "--rounds", "1")
    assert "FAILED" not in done.stdout, done.stdout
    assert " rows/s" in done.stdout


def test_peer() -> None:
    """A peer over the same documents is told as a multiple of ours; one that is not installed says so."""
    done = table("parse/twinwire", "parse/fastfeedparser", "--rounds", "1", "--corpus", str(FEEDS))
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("parse/fastfeedparser")]
    if "not installed" in row:
        pytest.skip("fastfeedparser is not installed: the extra `bench` brings it")
    assert len(row.split("MB/s")[1].split()) > 1
