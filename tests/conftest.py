"""What all tests have in common: a scratch folder of their own, that nobody else writes to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.staging import SCRATCH


@pytest.fixture(scope="session")
def session_scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which all scratch folders of this process lie."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(autouse=True, scope="session")
def _own_scratch(session_scratch: Path) -> Iterator[None]:
    """Have inputs and copies of versions written there, by the commands that tests start, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SCRATCH, str(session_scratch))
        yield
    assert list(session_scratch.iterdir()) == []
