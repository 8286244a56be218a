"""Files a command is given. Reads them, understands nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twinwire.errors import ConfigError


def payload_bytes(file: Path) -> bytes:
    """Content of a file, or of standard input for ``-``. Raises :class:`ConfigError` when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as e:
        raise ConfigError(str(file), f"cannot be read ({e.strerror})") from None


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Objects of a file of JSON lines. Raises :class:`ConfigError` naming the first line that is none."""
    for number, line in enumerate(payload_bytes(file).decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise ConfigError(f"{file}:{number}", "is not a JSON object; one object per line is needed")
        yield row
