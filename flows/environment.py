"""Settings Prefect must find in the environment before it is first imported. Imports no Prefect."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

LOCAL_HOST = "127.0.0.1"
LOCAL_PORT = 4200


def prepare(home: Path, *, api_url: str | None) -> None:
    """Quiet, offline, in a home of its own. ``api_url`` None means Prefect's embedded server."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    quiet = {
        "PREFECT_HOME": str(home.resolve()),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # else every event an API missed is printed whole
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",  # its default serializer is pickle
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    }
    for name, value in quiet.items():
        os.environ.setdefault(name, value)
    if api_url:
        os.environ["PREFECT_API_URL"] = api_url
    else:
        os.environ.pop("PREFECT_API_URL", None)
        os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "true"


def configured_api() -> str:
    """Address of the API: ``PREFECT_API_URL``, else the one `twinwire serve` starts on this machine."""
    return os.environ.get("PREFECT_API_URL") or f"http://{LOCAL_HOST}:{LOCAL_PORT}/api"


def answers(api_url: str, timeout: float = 1.5) -> bool:
    """Does a Prefect API answer there within ``timeout`` seconds?"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api_url}/health", timeout=timeout) as reply:
            return bool(reply.status == 200 and reply.read(16).strip() == b"true")
    except (urllib.error.URLError, OSError, ValueError):
        return False
