"""The limits of the machine are problems like any other: right, and with the work that they do."""

import runpy

import numpy as np
import pytest

from bench.measure import probes
from bench.measure.runner import check
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store.records import Settings
from bench.store.worker_records import Outcome

SETTINGS = Settings(seed=3, margin=0.03, rounds=1, budget_s=1.0, timeout_s=300.0, command=())
SMALL = {"gemm": {"n": 64}, "read": {"bytes": 65536}, "add": {"bytes": 65536}}


def loaded(name):
    return runpy.run_path(str(probes.FOLDER / name / "problem.py"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_each_is_verified_like_any_implementation(name):
    found = problem.read(probes.FOLDER / name)
    arms, left = select(found, Selection(changes=SMALL[name], dtypes=("float64", "float32")))
    assert left == ()
    arms = [arm for arm in arms if not arm.again]
    held, _ = check(found, arms, left, settings=SETTINGS, listener=lambda progress: None)
    assert [worker.outcome for one in held for worker in one.workers] == [Outcome.OK] * 2


@pytest.mark.parametrize(("name", "arrays"), [("read", 2), ("add", 3)])
@pytest.mark.parametrize("size", [65536, 12_240_000])
def test_bandwidth_counts_the_bytes_of_its_arrays_once_a_pass(name, arrays, size):
    module = loaded(name)
    made = module["inputs"]({"bytes": size}, "float64", "random", 1)
    length = int(made["blocks"]) * len(made["x"])
    assert 0.98 * size < arrays * length * 8 <= size
    work = module["work"]({"bytes": size}, "float64")
    assert work["bytes"] == arrays * length * 8 * made["repeats"]
    assert work["bytes"] > 0.98 * module["CALL_BYTES"]


@pytest.mark.parametrize("name", SMALL)
def test_the_reference_is_what_the_whole_arrays_give(name):
    module = loaded(name)
    made = module["inputs"](SMALL[name], "float32", "random", 5)
    blocks = int(made.get("blocks", 1))
    x, y = (np.tile(made[key].astype(np.longdouble), blocks) if name != "gemm" else made[key] for key in ("x", "y"))
    (found,) = module["reference"](made).values()
    (allowed,) = module["tolerance"](made, 2.0**-24).values()
    whole = {
        "gemm": lambda: (x.astype(np.longdouble) @ y)[::8],
        "read": lambda: np.dot(x, y),
        "add": lambda: (x + y)[-64:],
    }
    assert (np.abs(found - whole[name]()) <= allowed).all()


def test_one_row_less_or_half_the_sum_is_found():
    for name in ("gemm", "read", "add"):
        module = loaded(name)
        made = module["inputs"](SMALL[name], "float32", "random", 5)
        (found,) = module["reference"](made).values()
        (allowed,) = module["tolerance"](made, 2.0**-24).values()
        assert (np.abs(found) * 1e-3 > allowed).any(), name


def test_they_ask_for_no_memory_order():
    assert all(problem.read(folder).layouts == () for folder in probes.FOLDER.glob("[!_]*"))
