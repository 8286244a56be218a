"""Our reading of real feeds beside feedparser's, and our outcome on the hostile documents."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarked import benchmark
from bounded import bounded

from twinwire.parse import Unreadable, parse

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
FEEDS, HOSTILE = SHARED / "data" / "feeds", SHARED / "hostile" / "server.py"
pytestmark = pytest.mark.shared


@pytest.mark.skipif(not FEEDS.is_dir(), reason="the development feeds are not beside the project")
def test_agrees_with_feedparser() -> None:
    """No entry is lost, and of each field of text at least 99 in 100 entries of real feeds agree."""
    compare = benchmark("parse")
    found = compare.compare(compare.payloads(FEEDS))
    assert found.documents > 100
    assert found.lost == []
    for name in ("title", "link", "id", "summary", "content", "authors", "categories", "published_raw", "updated_raw", "language"):
        assert found.rate(name) >= 0.99, [d for d in found.differing if d[2] == name][:3]


@pytest.mark.skipif(not HOSTILE.is_file(), reason="the hostile server is not beside the project")
def test_hostile_documents(tmp_path: Path) -> None:
    """Each static document fault ends in an outcome its catalogue accepts: nothing lost or invented, in bounded time."""
    subprocess.run([sys.executable, str(HOSTILE), "--dump", str(tmp_path)], check=True, capture_output=True, timeout=60)
    faults = [f for f in json.loads((tmp_path / "manifest.json").read_text()) if f["group"] == "feed"]
    assert len(faults) > 40
    for fault in faults:
        with bounded(200):
            got = parse((tmp_path / fault["file"]).read_bytes(), content_type=fault["content_type"])
        if isinstance(got, Unreadable):
            assert "error" in fault["accept"], (fault["id"], got)
            continue
        outcome = "partial" if got.damage or got.quarantined else "ok"
        assert outcome in fault["accept"], (fault["id"], outcome)
        assert len(got.entries) >= (fault["min_items"] or 0), fault["id"]
        assert fault["max_items"] is None or len(got.entries) <= fault["max_items"], fault["id"]
        text = repr(got.entries)
        assert not any(word in text for word in fault["forbid"]), fault["id"]
