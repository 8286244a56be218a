"""What a wheel holds is what the tree holds."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUP = PROJECT["tool"]["setuptools"]


def test_every_package_is_named() -> None:
    """A package that is left out is there in an editable install and missing in a wheel."""
    there = {".".join(p.parent.relative_to(ROOT / "src").parts) for p in (ROOT / "src").rglob("__init__.py")}
    assert there <= set(SETUP["packages"])
    assert {p for p in SETUP["packages"] if p.split(".")[0] == "twinwire"} == there


def test_every_data_file_is_named() -> None:
    """Tables and SQL go with the code that reads them."""
    package = ROOT / "src" / "twinwire"
    named = {f for pattern in SETUP["package-data"]["twinwire"] for f in package.glob(pattern)}
    there = {f for f in package.rglob("*") if f.is_file() and f.suffix not in {".py", ".pyc"}}
    assert there == {f for f in named if f.is_file()}


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    """A fresh install is the one that was tested; nobody has to guess what a library is for."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
              if "==" in line}
    for dependency in PROJECT["project"]["dependencies"]:
        name = dependency.split(">=")[0]
        assert name.lower().replace("_", "-") in pinned, name
        assert f'"{dependency}",' in text
        assert "#" in text.split(f'"{dependency}",')[1].split("\n")[0], f"{name} has no reason"
