"""What every test gets: no network but loopback, no settings from the machine's environment. Holds no test data."""

from __future__ import annotations

import functools
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from twinwire.normalise.gazetteer import Gazetteer
from twinwire.warehouse import store
from twinwire.warehouse.gazetteer import shared as shared_gazetteer
from twinwire.warehouse.paths import DataFolder

settings.register_profile("twinwire", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.register_profile("repeatable", settings.get_profile("twinwire"), derandomize=True)  # a commit is judged, not the draw
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "twinwire"))

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches for the real network fails, whatever it catches."""
    real = socket.socket.connect
    reached: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        host = str(address[0]) if isinstance(address, tuple) else ""
        if self.family in {socket.AF_INET, socket.AF_INET6} and not host.startswith("127.") and host != "::1":
            reached.append(address)
            raise ConnectionRefusedError(111, "tests have no network")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield
    assert not reached, f"a test reached for the network: {reached}"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("TWINWIRE_", "PREFECT_API")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _stores_begin_as_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store that is not there yet begins as a copy of one that was made like any other: its making takes longer than most of what is
    tested with it. The tests of the making ask for ``stores_are_made``, and a process of its own makes its own."""
    made, real = DataFolder(tmp_path_factory.mktemp("made")), store._connect
    made.prepare()
    with store.Store(made):
        pass

    @functools.wraps(real)
    def connect(data: DataFolder, *more: Any) -> Any:
        if data.store.parent.is_dir() and not data.store.exists():
            shutil.copyfile(made.store, data.store)
        return real(data, *more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "_connect", connect)
        yield


@pytest.fixture
def stores_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each store is made by its migrations, from nothing."""
    monkeypatch.setattr(store, "_connect", store._connect.__wrapped__)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The real gazetteer, from the user's cache: the first run of a version builds it, the next ones open it. Two workers may both build."""
    return shared_gazetteer()


@pytest.fixture
def shared() -> Path:
    """The development data beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the development data (../shared) is not beside the project")
    return SHARED
