"""What .ci/scaling has measured, as stored: the documents' tables; and the samples that it makes wherever they are."""

import importlib
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

CHECKOUT = Path(__file__).parent.parent
POINTS = CHECKOUT / "tests" / "data" / "scaling.json"


@pytest.fixture(scope="module")
def scaling():
    """Return a function that imports a module of the script's folder."""
    folder = str(CHECKOUT / ".ci" / "scaling")
    sys.path.insert(0, folder)
    yield importlib.import_module
    sys.path.remove(folder)


def test_the_tables_in_the_documents_are_those_of_the_points(scaling):
    page = (CHECKOUT / "docs" / "machines.md").read_text()
    for table in scaling("tables").printed(json.loads(POINTS.read_text())).split("\n\n"):
        assert table in page


@pytest.mark.parametrize("cuts", [(0, 25_003), (0, 1, 9_999, 10_000, 10_001, 25_003)])
def test_samples_are_the_same_however_they_are_shared_out(scaling, cuts):
    made = np.concatenate([scaling("generated").samples(*cut) for cut in pairwise(cuts)])
    assert made.shape == (25_003, 64)
    assert (made[9_998:10_003] == scaling("generated").samples(9_998, 10_003)).all()
    assert len(np.unique(made[:, 0])) == len(made)


@pytest.mark.slow
def test_ranks_and_workers_get_the_same_cost(scaling):
    pytest.importorskip("mpi4py", reason="is in the environment of: tox run -e interop")
    pytest.importorskip("distributed", reason="likewise")
    measuring = scaling("measuring")
    points = [
        *measuring.by_ranks(1, "steps", [10_001], seconds=0),
        *measuring.by_ranks(2, "steps", [10_001], seconds=0),
    ]
    points += measuring.by_workers(2, [10_001], seconds=0)
    assert [point["cost"] for point in points] == pytest.approx([points[0]["cost"]] * 3)
    assert all(point["seconds"] > 0 for point in points)
    assert points[2]["chunks"] == 2
    assert points[2]["bytes"] > 0
