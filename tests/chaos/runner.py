"""Runs the command line in a process that dies at a chosen point. Run as a script; the product knows nothing of it.

A point is anything that leaves a trace: each file operation in the data folder, each fsync, each SQL statement, each
call of a stage, before and after. They are counted, so a run can be made to die at point N for every N, as SQLite's
crash tests do. One process imports everything once and forks a child per run, because the imports take most of a run.

``spec`` (one JSON object per line on stdin): ``argv`` of the command, ``data`` folder, ``die_at`` (None: do not), ``manner``
(``kill``; ``power``: and what was not synced is half gone; ``full``: from that point on the disk is full), ``log`` for
its output, ``trace`` for the names of the points it passed. Answers with the exit status, negative for a signal.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 90  # a child that takes longer hangs, and is ended by SIGALRM
_FILES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate"}
STAGES = (  # whose calls are points, and the stage they belong to
    ("warehouse.lock.RunLock", "__enter__", "lock"), ("warehouse.store.Store", "_migrate", "migrate"),
    ("warehouse.store.Store", "recover", "recover"), ("warehouse.store.Store", "begin_run", "begin"),
    ("pipeline.Ingest", "_fetch_one", "fetch"), ("pipeline.Ingest", "_archive", "archive"), ("pipeline.Ingest", "_parse", "parse"),
    ("pipeline.Ingest", "_read", "relate"), ("pipeline.Ingest", "_judge", "screen"), ("pipeline", "families", "stories"),
    ("warehouse.spool", "write", "spool"), ("warehouse.store", "load", "load"), ("warehouse.store.Store", "_write_witness", "witness"),
    ("warehouse.store.Store", "end_run", "end"), ("warehouse.store.Store", "settle", "settle"), ("pipeline", "publish", "publish"))


class Points:
    """Counts them, and dies at one."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.names: list[str] = []
        self._die_at, self._manner, self._data = spec["die_at"], spec["manner"], spec["data"]
        self._lock = threading.RLock()
        self._here = threading.local()
        self._synced: dict[tuple[int, int], int] = {}  # (device, inode) → bytes that a loss of power leaves
        self._quiet = False

    def stage(self) -> str:
        """Innermost stage under way in this thread."""
        stack = getattr(self._here, "stack", [])
        return stack[-1] if stack else "start"

    def pass_(self, what: str, torn: Callable[[], object] | None = None, *, disk: bool = True) -> None:
        """A point. ``torn`` does half of what was about to happen. ``disk``: it may fail for want of room."""
        with self._lock:
            if self._quiet:
                return
            self.names.append(f"{self.stage()}: {what}")
            n = len(self.names)
            if self._die_at is None or n < self._die_at or (n > self._die_at and self._manner != "full"):
                return
            if self._manner == "full":
                if disk:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), what)
                return
            self._quiet = True
            if torn is not None:
                torn()
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Every file operation of Python comes by here before it happens."""
        if event == "open":
            writes = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        elif event not in _FILES:
            return
        else:
            writes = True
        if writes and isinstance(args[0], (str, os.PathLike)) and self._mine(os.fspath(args[0])):
            self.pass_(f"{event} {Path(args[0]).suffix or Path(args[0]).name}", disk=event not in {"os.remove", "os.rmdir"})

    def _mine(self, path: object) -> bool:
        return isinstance(path, str) and path.startswith(self._data)

    def fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        """A loss of power before it costs half of what was written since the last."""
        def wrapped(fd: int) -> None:
            found = os.fstat(fd)
            key, size = (found.st_dev, found.st_ino), found.st_size
            regular = self._manner == "power" and Path(f"/proc/self/fd/{fd}").is_file()

            def torn() -> None:
                os.truncate(Path(f"/proc/self/fd/{fd}").readlink(), (self._synced.get(key, 0) + size) // 2)

            self.pass_("before fsync", torn if regular else None)
            real(fd)
            self._synced[key] = size
            self.pass_("after fsync", disk=False)
        return wrapped

    def call(self, real: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """A stage: before and after."""
        def wrapped(*args: Any, **more: Any) -> Any:
            stack = self._here.__dict__.setdefault("stack", [])
            stack.append(stage)
            try:
                self.pass_("begins", disk=False)
                out = real(*args, **more)
                self.pass_("ends", disk=False)
                return out
            finally:
                stack.pop()
        return wrapped


class Connection:
    """A DuckDB connection each of whose statements is a point, before and after."""

    def __init__(self, real: Any, points: Points) -> None:
        self._real, self._points = real, points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, sql: str, *more: Any) -> Any:
        words = " ".join(sql.split()[:3])
        self._points.pass_(f"before {words}", disk=False)
        out = self._real.execute(sql, *more)
        self._points.pass_(f"after {words}", disk=False)
        return out


def _torn_writes(points: Points) -> None:
    """Half a record, half a copy, half a Parquet file, half a tree."""
    import shutil

    from twinwire.archive import Archive
    from twinwire.warehouse import publish, spool

    append, table, copy, rmtree = Archive._append, spool.pq.write_table, shutil.copyfile, shutil.rmtree

    def torn_append(self: Archive, file: Any, packed: bytes) -> int:
        points.pass_("half a record", lambda: file.write(packed[: len(packed) // 2]))
        return append(self, file, packed)

    def torn_table(arrow: Any, path: Any, **more: Any) -> None:
        table(arrow, path, **more)
        points.pass_("half a table", lambda: os.truncate(path, Path(path).stat().st_size // 2))

    def torn_copy(a: Any, b: Any, **more: Any) -> Any:
        points.pass_("half a copy", lambda: Path(b).write_bytes(Path(a).read_bytes()[: Path(a).stat().st_size // 2]))
        return copy(a, b, **more)

    def torn_rmtree(path: Any, **more: Any) -> None:
        points.pass_("half a tree", lambda: next(p for p in sorted(Path(path).iterdir()) if p.is_file()).unlink(), disk=False)
        rmtree(path, **more)

    Archive._append = torn_append  # type: ignore[method-assign]
    spool.pq.write_table = torn_table
    publish.shutil.copyfile = torn_copy
    spool.shutil.rmtree = torn_rmtree


def _arm(points: Points) -> None:
    import importlib

    from twinwire import pipeline
    from twinwire.warehouse import store

    for where, name, stage in STAGES:
        parts = where.split(".")
        at = next(i for i, p in enumerate([*parts, "X"]) if p[0].isupper())
        owner: Any = importlib.import_module("twinwire." + ".".join(parts[:at]))
        for p in parts[at:]:
            owner = getattr(owner, p)
        setattr(owner, name, points.call(getattr(owner, name), stage))
    pipeline.GROUPS_AT_ONCE = 1  # the order of the points is then always the same
    connect = store._connect
    store._connect = lambda *a: Connection(connect(*a), points)  # type: ignore[assignment, return-value]
    os.fsync = points.fsync(os.fsync)  # type: ignore[assignment]
    _torn_writes(points)
    sys.addaudithook(points.audit)


def _child(spec: dict[str, Any]) -> None:
    log = os.open(spec["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    signal.alarm(SECONDS)
    # Payloads are read in the process that dies: starting others takes longer than the run. Runs that are started whole have them.
    os.environ.update({"TWINWIRE_RUN_PARSERS": "0"} | spec.get("env", {}))
    points = Points(spec)
    _arm(points)
    sys.argv = ["twinwire", *spec["argv"]]
    from twinwire.cli import main

    code: Any = 0
    try:
        main()
    except SystemExit as e:
        code = e.code
    except BaseException:  # noqa: BLE001 - as the interpreter would
        import traceback

        traceback.print_exc()
        code = 1
    if spec.get("trace"):
        Path(spec["trace"]).write_text("\n".join(points.names), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _warm() -> None:
    """Import all that a run needs, and open what never changes: what is missing here, every child loads for itself."""
    import importlib

    import pyarrow as pa

    from twinwire import config
    from twinwire.normalise.language import language
    from twinwire.normalise.mentions import context_of
    from twinwire.normalise.words import split
    from twinwire.records import Text
    from twinwire.relate.links import extract
    from twinwire.screen import compiled
    from twinwire.warehouse.gazetteer import shared as shared_gazetteer
    from twinwire.whereabouts import places_of

    for name in ("urllib.request", *(f"twinwire.{n}" for n in ("cli.app", "cli.screen_of", "pipeline", "making", "backfill", "rebuild", "rescreen"))):
        importlib.import_module(name)
    pa.set_cpu_count(1)
    atlas = shared_gazetteer()
    screen = compiled(config.load(config.shipped("edition")).topics)
    text = Text(title="Delegation of the twin town Gera visits the mayor")  # words that terms, rules and links look at
    screen.decide(text, None, places_of(text, "en", None, lambda: atlas))
    extract(text, "en", None, context_of(text, None, "en", atlas), atlas)
    language(text.title)
    split([text.title])


def main() -> None:
    """Serve specs until stdin ends."""
    out = os.fdopen(os.dup(1), "w")
    _warm()
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                out.close()
                _child(json.loads(line))
            finally:
                os._exit(99)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), file=out, flush=True)


if __name__ == "__main__":
    main()
