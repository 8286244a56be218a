"""Reads the word lists and small tables that lie in ``data/`` beside this module. Lines that begin with # are notes."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """Words of ``data/NAME.txt``, divided by blanks; an underscore stands for a blank inside a phrase."""
    return frozenset(word.replace("_", " ") for line in _lines(f"{name}.txt") for word in line.split())


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``data/NAME.csv``."""
    return tuple(csv.DictReader(_lines(f"{name}.csv")))


def _lines(name: str) -> list[str]:
    text = (files("twinwire.normalise") / "data" / name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
