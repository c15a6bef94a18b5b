"""Counts of what an evaluation does, against implementations of which they are known."""

import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from bench.problems import implementation
from bench.worker import allocations
from bench.worker.allocations import counted

FOLDER = Path(__file__).parent.parent / "fakes" / "counted"

M = 100


@pytest.fixture(params=["float64", "float32"])
def inputs(request):
    problem = implementation.load(FOLDER, "problem")
    return problem.inputs({"m": M}, request.param, "uniform", 1)


@pytest.mark.parametrize(
    ("name", "expected", "numbers"),
    [("row_by_row", 1 + 2 * M, 30 + M * (5 + 30)), ("whole", 2, 5 * M + 30), ("buffered", 1, 30)],
)
def test_allocations_and_their_bytes_are_counted_exactly(inputs, name, expected, numbers):
    step = implementation.load(FOLDER, name).prepare(inputs)
    counts = counted(step)
    assert counts.allocations == expected
    assert counts.allocated_bytes == numbers * inputs["x"].itemsize


def test_the_peak_is_what_an_evaluation_holds_at_one_time():
    def step():
        for _ in range(4):
            np.zeros(100_000, np.uint8)
        bytearray(30_000)

    counts = counted(step)
    assert counts.allocated_bytes == 400_000
    assert 100_000 <= counts.peak_bytes < 110_000


def test_what_is_not_given_back_counts_once_a_call():
    kept = []
    counts = counted(lambda: kept.append(np.empty(50_000, np.uint8)))
    assert (counts.allocations, counts.allocated_bytes) == (1, 50_000)
    assert 50_000 <= counts.peak_bytes < 60_000


def test_an_array_that_grows_counts_with_its_new_size():
    def step():
        array = np.zeros(10, np.uint8)
        array.resize(1000, refcheck=False)

    assert counted(step).allocated_bytes == 1010


def test_calls_of_functions_are_counted():
    def function():
        return len("abc")

    def step():
        for _ in range(7):
            function()

    counts = counted(step)
    assert counts.python_calls == 8  # step itself is one
    assert counts.c_calls == 7


def test_what_is_made_once_and_kept_is_not_counted():
    made = []

    def step():
        if len(made) < 2:
            made.append(np.zeros(1000))

    assert counted(step).allocations == 0


def test_nothing_keeps_on_counting_when_the_evaluation_raises():
    handler = allocations.memory_handler()
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        counted(lambda: 1 / 0)
    handler.allocations = 0
    np.zeros(1000)
    assert handler.allocations == 0
    assert sys.getprofile() is before


def test_where_numpy_has_another_interface_allocations_are_unknown(monkeypatch):
    monkeypatch.setattr(allocations, "memory_handler", lambda: None)
    counts = counted(lambda: np.zeros(1000))
    assert (counts.allocations, counts.allocated_bytes) == (None, None)
    assert counts.peak_bytes >= 8000


def test_an_array_may_outlive_the_counting_and_the_interpreter():
    code = (
        "import builtins, numpy as np\n"
        "from bench.worker.allocations import counted\n"
        "builtins.kept = kept = []\n"
        "counted(lambda: kept.append(np.zeros(300_000)))\n"
        "kept[0].resize(600_000, refcheck=False)\n"
        "print(kept[0].sum())\n"
    )
    command = [sys.executable, "-X", "faulthandler", "-c", code]
    done = subprocess.run(command, cwd=FOLDER.parents[2], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0.0\n", "")


def test_what_makes_very_many_objects_is_traced_for_some_time_only(monkeypatch):
    monkeypatch.setattr(allocations, "LONGEST_TOLD_S", 0.05)
    threads, gives_up_s = threading.active_count(), time.monotonic() + 60

    def objects():  # until the thread that ends the tracing gets the GIL, whenever that is
        while tracemalloc.is_tracing() and time.monotonic() < gives_up_s:
            assert [[number] for number in range(1000)]

    counts = counted(objects)
    assert (counts.peak_bytes, counts.allocations, tracemalloc.is_tracing()) == (None, 0, False)
    assert threading.active_count() == threads


def test_calls_are_counted_for_some_time_only(monkeypatch):
    monkeypatch.setattr(allocations, "LONGEST_TOLD_S", 0.0)
    monkeypatch.setattr(allocations, "_SEEN", 10)
    counts = counted(lambda: [len("a") for _ in range(100)])
    assert (counts.python_calls, counts.c_calls) == (None, None)
    assert sys.getprofile() is None
    assert counted(lambda: len("a")).c_calls == 1
