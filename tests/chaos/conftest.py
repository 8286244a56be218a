"""The marker of this folder's tests. Holds no test."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Registered here because it belongs to these tests alone."""
    config.addinivalue_line("markers", "chaos: kills, damage and long spans of time, in a selection that takes under a minute")
