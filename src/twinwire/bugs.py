"""A bug met with one source: the traceback goes to a log file, one line goes on. Swallows nothing else."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path

from twinwire.errors import Kind
from twinwire.records import Failure, Stage

log = logging.getLogger("twinwire")
MAX_LOG = 20 << 20  # bytes; a feed that trips a bug every quarter of an hour must not fill a disk


def as_failure(folder: Path, source: str, stage: Stage, error: BaseException) -> Failure:
    """Write the traceback to ``folder/bugs.log`` and return the failure that names it."""
    path = folder / "bugs.log"
    text = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists() or path.stat().st_size < MAX_LOG:
            with path.open("a", encoding="utf-8", errors="backslashreplace") as f:
                f.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {source} {stage.value}\n{text}\n")
    except OSError:
        log.warning("%s: the log cannot be written", path)
    return Failure(source=source, stage=stage, kind=Kind.INTERNAL,
                   message=f"a bug in twinwire ({type(error).__name__}); please report it with {path}")
