"""A run in parts, from Python: any executor of concurrent.futures measures them, and what it gives is merged."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import bench.api.blocks as api
from bench.cli.blocks import Measured
from bench.errors import ImplbenchError
from bench.store import documents
from bench.store.journal import kept
from tests.builders import make_run

ROWS = """
import numpy as np

def inputs(m=100, *, seed, dtype):
    return np.random.RandomState(seed).rand(m).astype(dtype)

def loop(x):
    return np.array([value + value for value in x], dtype=x.dtype)

def rows(x):
    return x + x
"""


@pytest.mark.slow
def test_parts_are_measured_by_processes_of_their_own_and_merged(tmp_path):
    (tmp_path / "rows.py").write_text(ROWS)
    parts = api.blocks(str(tmp_path / "rows.py"), "--dtype", "float64,float32", "--rounds", "1")
    assert [one.options.selection.shard for one in parts] == [(1, 2), (2, 2)]
    with ThreadPoolExecutor(1) as executor:
        result = api.merge(executor.map(api.run_block, parts), results=tmp_path / "results")
    assert set(result.verdicts.values()) == {"undecided"}  # no interval has so few rounds
    run = documents.read(result.path)
    assert [one.case.dtype for one in run.arms if one.again] == ["float64", "float32"]
    assert run.settings.rounds == 1


def test_what_a_part_says_of_its_failure_is_the_error(tmp_path):
    (tmp_path / "rows.py").write_text(ROWS)
    (part,) = api.blocks(str(tmp_path / "rows.py"))
    (tmp_path / "rows.py").unlink()
    with pytest.raises(ImplbenchError, match=r"a part of run .*rows\.py: .*rows\.py"):
        api.run_block(part)


def test_one_part_alone_is_the_run_itself_and_one_that_is_damaged_is_told(tmp_path):
    run, path = kept(make_run(), tmp_path)
    result = api.merge([Measured(machine="here", document=path.read_bytes())])
    assert result.path is None
    assert "row_major" in str(result)
    with pytest.raises(ImplbenchError, match="is no whole result"):
        api.merge([Measured(machine="here", document=b"{}")])
    assert run.machines == ()
