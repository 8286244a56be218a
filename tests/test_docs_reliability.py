"""docs/reliability.md: every fault has its row, and every test it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = {m[1]: m[2] for m in re.finditer(r"^\| ([PS]\d\d) \| (.+) \|$", PAGE, re.MULTILINE)}
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


@cache
def found_in(file: str) -> set[str]:
    """Names of the tests in a file below tests/."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name.startswith("test_")}


def test_every_fault_has_its_row() -> None:
    """P01 to P40 and S01 to S23, in order, once each."""
    assert re.findall(r"^\| ([PS]\d\d) \|", PAGE, re.MULTILINE) == [f"P{n:02}" for n in range(1, 41)] + [f"S{n:02}" for n in range(1, 24)]


@pytest.mark.parametrize("fault", sorted(ROWS))
def test_every_fault_says_what_happens_and_names_a_test(fault: str) -> None:
    """Four columns, none empty, with one test at least."""
    columns = [c.strip() for c in ROWS[fault].split(" | ")]
    assert len(columns) == 3
    assert all(columns)
    assert re.search(r"`[\w/]+\.py::test_\w+`", columns[-1])


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[t for _, t in NAMED])
def test_every_test_named_is_there(file: str, test: str) -> None:
    """A test that was renamed or removed takes its row along."""
    assert test in found_in(file)


def test_the_faults_own_tests_are_all_named() -> None:
    """The modules that were written for this page hold no test that it does not name."""
    for file in ("chaos/test_faults_pipeline.py", "chaos/test_faults_security.py"):
        assert found_in(file) - {t for f, t in NAMED if f == file} == set()
