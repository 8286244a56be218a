"""What an examination found: one line each, with what to do where something is to be done. Examines nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"    # works, but somebody should look
    BAD = "bad"      # something is damaged or cannot work


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``area`` and ``check`` name it, ``message`` says what is so and what to do."""

    area: str
    check: str
    level: Level
    message: str


def ok(area: str, check: str, message: str) -> Finding:
    """All is well."""
    return Finding(area, check, Level.OK, message)


def warn(area: str, check: str, message: str) -> Finding:
    """Somebody should look."""
    return Finding(area, check, Level.WARN, message)


def bad(area: str, check: str, message: str) -> Finding:
    """Damaged, or cannot work."""
    return Finding(area, check, Level.BAD, message)
