"""The user's cache folder: what was worked out once and can be thrown away at any time. Knows nothing of what lies in it."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

_KEPT = 3  # files of a kind that are left beside a new one: another installation may be using them


def cache_folder() -> Path:
    """Where it is: TWINWIRE_CACHE, else the user's cache folder, else (that cannot be written) the temporary one."""
    if own := os.environ.get("TWINWIRE_CACHE"):
        return Path(own).expanduser()
    spare = Path(tempfile.gettempdir()) / f"twinwire-{os.getuid()}"
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
        folder = Path(base) / "twinwire"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return spare
    return folder if os.access(folder, os.W_OK | os.X_OK) else spare


def beside(path: Path) -> Path:
    """A name to write to before it is renamed to ``path``; no two ask for the same."""
    return path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")


def keep(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or none. That it cannot be written harms nothing."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = beside(path)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # or a crash may leave the name with nothing behind it
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        tidy(path)


def tidy(path: Path) -> None:
    """Throw away the other files of its kind (``kind-version.ending``), all but the newest few."""
    pattern = f"{path.name.partition('-')[0]}-*{path.suffix}"
    with contextlib.suppress(OSError):
        others = sorted((p for p in path.parent.glob(pattern) if p != path), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in others[_KEPT:]:
            old.unlink(missing_ok=True)
