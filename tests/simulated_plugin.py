"""A plugin for a pytest in a process of its own: what it measures there is simulated."""

import pytest

from tests import noise
from tests.simulated import Simulation


def pytest_configure(config: pytest.Config) -> None:
    """Put the simulated machine in the place of this one, for as long as the process lives."""
    Simulation(noise=noise.QUIET).everywhere(pytest.MonkeyPatch())
