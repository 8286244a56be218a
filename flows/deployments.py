"""Deployments: the ingest once per schedule, never two of one at a time, and every flow once for the hand. Contains no stage."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from twinwire import config as configs
from twinwire.errors import ConfigError

from .environment import LOCAL_HOST, answers, configured_api, prepare

CRON = {"fast": "*/15 * * * *", "hourly": "7 * * * *", "daily": "23 4 * * *"}  # off the full hour, when everyone polls


def deployments(folders: tuple[Path, Path]) -> list[Any]:
    """One deployment of the ingest per schedule that has sources, and one of each flow, ``by-hand``, without a schedule.

    A slot that comes while the one before is still running is cancelled (its sources are read by the next);
    slots missed during a pause collapse into one run, because a run whose slot a later run has covered does nothing.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy  # noqa: PLC0415
    from prefect.types.entrypoint import EntrypointType  # noqa: PLC0415

    from .backfill import backfill  # noqa: PLC0415
    from .ingest import ingest  # noqa: PLC0415
    from .rescreen import rescreen  # noqa: PLC0415

    config = configs.load(folders[0])
    ids = [s.id for s in config.sources if s.enabled]
    common = {"config": str(folders[0].resolve()), "data": str(folders[1].resolve())}
    one_at_a_time = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    out = []
    schedules = sorted({s.schedule for s in config.sources if s.enabled})
    for schedule in [*schedules, None]:
        name = "by-hand" if schedule is None else _name(schedule)
        made = ingest.to_deployment(
            name=name, cron=CRON.get(schedule, schedule) if schedule else None, concurrency_limit=one_at_a_time,
            tags=["twinwire", name], parameters=common | {"schedule": schedule or "all"},
            description=f"Sources with schedule {schedule}" if schedule else "Started by hand: choose sources, limit, force",
            entrypoint_type=EntrypointType.MODULE_PATH)
        _choose_from(made, ids, ["all", *schedules])
        out.append(made)
    for past, what in ((rescreen, "Judge everything ever seen by the topics of today"), (backfill, "Load files, archives and sitemaps")):
        out.append(past.to_deployment(
            name="by-hand", concurrency_limit=one_at_a_time, tags=["twinwire", "by-hand"], parameters=common, description=what,
            entrypoint_type=EntrypointType.MODULE_PATH))
    return out


def _name(schedule: str) -> str:
    """A deployment's name: the schedule's own, or the cron line with signs that an address can carry."""
    return schedule if schedule in CRON else "cron-" + re.sub(r"[^0-9A-Za-z]+", "-", schedule.replace("*", "x")).strip("-")


def _choose_from(deployment: Any, ids: list[str], schedules: list[str]) -> None:
    """The form of the UI offers the sources and schedules of the catalogue.

    Prefect has no public way to give a choice that is known only at run time, hence the private attribute.
    """
    properties = deployment._parameter_openapi_schema.properties  # noqa: SLF001
    properties["schedule"]["enum"] = schedules
    if ids:
        properties["sources"].setdefault("items", {"type": "string"})["enum"] = ids


def serve_here(folders: tuple[Path, Path], home: Path, port: int) -> int:
    """Start Prefect's server on loopback unless one answers, then serve the deployments until told to stop."""
    api = f"http://{LOCAL_HOST}:{port}/api"
    if answers(configured_api()):
        api, server = configured_api(), None
        prepare(home, api_url=api)
    else:
        prepare(home, api_url=api)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", LOCAL_HOST, "--port", str(port)]
        server = subprocess.Popen([*command, "--log-level", "WARNING"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        _wait_for(api, server)
        from prefect import serve  # noqa: PLC0415

        print(f"Prefect's UI: {api.removesuffix('/api')}   (stop with Ctrl-C)", file=sys.stderr)  # noqa: T201
        serve(*deployments(folders), print_starting_message=False, limit=2)
    except KeyboardInterrupt:
        return 0
    finally:
        if server is not None:
            server.terminate()
            server.wait(15)
    return 0


def _wait_for(api: str, server: subprocess.Popen[bytes] | None, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not answers(api):
        if server is not None and server.poll() is not None:
            raise ConfigError(api, f"Prefect's server ended with exit code {server.returncode}; is the port taken?")
        if time.monotonic() > end:
            raise ConfigError(api, f"Prefect's server did not answer within {seconds:.0f} s")
        time.sleep(0.3)


def deploy_to(folders: tuple[Path, Path], home: Path, pool: str) -> int:
    """Create the deployments on a work pool of the API that ``PREFECT_API_URL`` names."""
    api = configured_api()
    if not answers(api):
        raise ConfigError(api, "no Prefect API answers; set PREFECT_API_URL or run `twinwire serve`")
    prepare(home, api_url=api)
    from prefect.deployments.runner import DeploymentApplyError  # noqa: PLC0415

    try:
        for d in deployments(folders):
            d.apply(work_pool_name=pool)
    except DeploymentApplyError as e:
        raise ConfigError(pool, f"{api} does not take the deployments ({' '.join(str(e).split())[:200]}); "
                                f"`prefect work-pool create --type process {pool}` makes a pool") from None
    return 0
