"""Runs the flow for the command line, and never lets Prefect decide whether the data is in. Imports Prefect late.

An API that does not answer, or dies in mid-run, costs the tracking and not the run: before the flow's body has begun
the caller is told to run without; once the report is there the caller gets it, whatever Prefect still waits for.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from twinwire.errors import TwinwireError
from twinwire.pipeline import Ingest, Options
from twinwire.summary import RunReport

from .environment import answers, configured_api, prepare

START = 90.0   # seconds for the embedded server to start and the flow's body to begin
LINGER = 15.0  # seconds Prefect may take after the report to close its own books


class PrefectRunner:
    """What the command line finds under the entry point ``twinwire.runners: prefect``."""

    def available(self, tracked: bool) -> bool:
        """Is there an API to be tracked by, or was the embedded one asked for? Imports no Prefect."""
        return tracked or answers(configured_api())

    def run(self, folders: tuple[Path, Path], options: Options, home: Path, on_open: Callable[[Ingest], None]) -> RunReport | None:
        """Run the flow over (config, data). None: Prefect never began; run without it.

        Raises what the run itself raises (:class:`TwinwireError` and bugs).
        """
        api = configured_api()
        prepare(home, api_url=api if answers(api) else None)
        watch = _Watch(on_open)
        thread = threading.Thread(target=watch.call, args=(folders, options), name="flow", daemon=True)
        thread.start()
        watch.begun.wait(START)
        if not watch.begun.is_set():
            return None
        watch.ended.wait()
        if watch.report is None:
            if watch.opened_run is None and not isinstance(watch.error, TwinwireError):
                return None
            assert watch.error is not None
            raise watch.error
        thread.join(LINGER)
        watch.report.tracked = watch.error is None and not thread.is_alive()
        return watch.report

    def close(self) -> None:
        """Stop the embedded server, if one was started: an orphan would hold our output open for ever."""
        server = sys.modules.get("prefect.server.api.server")
        if server is not None:
            for instance in list(server.SubprocessASGIServer._instances.values()):  # noqa: SLF001 - Prefect stops it only at a clean exit
                instance.stop()

    def serve(self, folders: tuple[Path, Path], home: Path, port: int) -> int:
        """Schedules in this process, with Prefect's UI. Returns when told to stop."""
        from .deployments import serve_here  # noqa: PLC0415 - Prefect takes a second or two to import

        return serve_here(folders, home, port)

    def deploy(self, folders: tuple[Path, Path], home: Path, pool: str) -> int:
        """Deployments on a work pool of a Prefect API."""
        from .deployments import deploy_to  # noqa: PLC0415

        return deploy_to(folders, home, pool)


class _Watch:
    """Stands between Prefect's thread and the caller's."""

    def __init__(self, on_open: Callable[[Ingest], None]) -> None:
        self.begun = threading.Event()   # the body began, or the call ended
        self.ended = threading.Event()   # the report is there, or the call ended
        self.opened_run: Ingest | None = None
        self.report: RunReport | None = None
        self.error: BaseException | None = None
        self._on_open = on_open

    def opened(self, run: Ingest) -> None:
        """The lock is held, sources are known, nothing is fetched yet."""
        self.opened_run = run
        self._on_open(run)
        self.begun.set()

    def reported(self, report: RunReport) -> None:
        """Everything is loaded and published."""
        self.report = report
        self.ended.set()

    def call(self, folders: tuple[Path, Path], options: Options) -> None:
        try:
            from . import ingest as module  # noqa: PLC0415 - takes a second or two

            module.watchers[:] = [self]
            module.ingest(sources=list(options.sources), schedule=options.schedule or "all", limit=options.limit,
                          force=options.force, articles=options.articles, config=str(folders[0]), data=str(folders[1]))
        except BaseException as e:  # noqa: BLE001 - carried over to the caller's thread, which decides
            self.error = e
        finally:
            self.begun.set()
            self.ended.set()
