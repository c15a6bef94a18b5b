"""A checkout of the shape of NPBench, made up: its kernels become problems, right ones are verified."""

import json

import numpy as np
import pytest

from bench.errors import ImplbenchError, Unavailable
from bench.problems import problem
from bench.problems.implementation import found
from bench.problems.sources import npbench, source_of
from bench.worker.outcome import Unfit

SCALE = {
    "name": "Scaled rows",
    "relative_path": "group/scale",
    "module_name": "scale",
    "func_name": "kernel",
    "parameters": {"L": {"N": 50, "M": 30}, "S": {"N": 5, "M": 3}},
    "init": {"func_name": "initialize", "input_args": ["N", "M"], "output_args": ["alpha", "A", "b"]},
    "input_args": ["alpha", "A", "b"],
    "array_args": ["A", "b"],
    "output_args": ["A"],
}

SCALE_FILES = {
    "scale.py": """
import numpy as np

def initialize(N, M, datatype=np.float32):
    from numpy.random import default_rng
    rng = default_rng(42)
    return datatype(1.5), rng.random((N, M), dtype=datatype), rng.random(M, dtype=datatype)
""",
    "scale_numpy.py": "def kernel(alpha, A, x):\n    A *= alpha\n    A += x\n",
    "scale_numba_n.py": """
def kernel(alpha, A, x):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            A[i, j] = alpha * A[i, j] + x[j]
""",
    "scale_numba_wrong.py": "def kernel(alpha, A, x):\n    A *= alpha\n    A[:-1] += x\n",
    "scale_dace.py": "import dace_that_nobody_has\n\ndef kernel(alpha, A, x):\n    A *= alpha\n",
    "scale_cupy.py": "import numpy as np\n\ndef kernel(alpha, A, x):\n    A *= alpha\n",
}

SPIRAL = {
    "name": "Points of a spiral",
    "relative_path": "spiral",
    "module_name": "spiral",
    "func_name": "spiral",
    "parameters": {"S": {"n": 9, "turn": 0.5}, "M": {"n": 9, "turn": 0.25}},
    "input_args": ["n", "turn"],
    "array_args": [],
    "output_args": [],
}

SPIRAL_FILES = {
    "spiral_numpy.py": """
import numpy as np

def spiral(n, turn):
    k = np.arange(n)
    return np.exp(1j * turn * k) * k, k % 3
""",
    "spiral_numba.py": """
import numpy as np

def spiral(n, turn):
    return [np.cos(turn * k) * k + 1j * np.sin(turn * k) * k for k in range(n)], np.arange(n) % 3
""",
}


@pytest.fixture
def checkout(tree):
    def write(more=None):
        files = {}
        for name, kernel, modules in (("scale", SCALE, SCALE_FILES), ("spiral", SPIRAL, SPIRAL_FILES)):
            files[f"bench_info/{name}.json"] = json.dumps({"benchmark": {**kernel, "dwarf": "dense"}})
            files |= {f"npbench/benchmarks/{kernel['relative_path']}/{one}": text for one, text in modules.items()}
        return tree(files | (more or {}))

    return write


def test_a_kernel_is_a_problem_with_its_frameworks_as_implementations(checkout):
    found_ = problem.find(f"npbench:{checkout()}#scale")
    assert (found_.name, found_.title, found_.baseline) == ("scale", "Scaled rows", "numpy")
    assert (found_.sizes, found_.default_size) == ({"S": {"N": 5, "M": 3}, "L": {"N": 50, "M": 30}}, "S")
    assert (found_.arguments, found_.outputs, found_.inout) == (("alpha", "A", "b"), ("A",), ("A",))
    assert found_.has_dtype
    assert list(found(found_)) == ["numpy", "cupy", "dace", "numba_n", "numba_wrong"]
    assert {file.name for file in found_.files} == {"scale.json", *SCALE_FILES}


def test_what_cannot_be_called_here_is_told(checkout):
    implementations = found(problem.find(f"npbench:{checkout()}#scale"))
    assert implementations["dace"].unavailable == ("needs dace_that_nobody_has (pip install dace_that_nobody_has)")
    assert "is not called with NumPy's arrays" in implementations["cupy"].unsupported
    assert implementations["numba_n"].unavailable is None


def test_right_kernels_pass_and_wrong_ones_are_told(checkout, checked):
    entry = checked(f"npbench:{checkout()}#scale")
    assert entry.written.doubt is None
    entry.verify("numpy")
    entry.verify("numba_n")
    with pytest.raises(Unfit, match=r"A\[4, \d\] is off"):
        entry.verify("numba_wrong")


def test_complex_and_whole_numbers_that_are_returned_are_compared(checkout, checked):
    entry = checked(f"npbench:{checkout()}#spiral")
    assert entry.problem.outputs == ()
    entry.verify("numba")


def test_presets_that_differ_in_other_numbers_are_told_apart(checkout):
    place = checkout()
    found_ = problem.find(f"npbench:{place}#spiral")
    assert found_.sizes == {"S": {"n": 9, "preset": 1}, "M": {"n": 9, "preset": 2}}
    inputs = npbench.functions(found_.origin)["inputs"]
    assert inputs({"n": 4, "preset": 2}, "float64", "usual", 1) == (4, 0.25)
    assert inputs({"n": 4, "preset": 9}, "float64", "usual", 1) == (4, 0.25)


def test_inputs_depend_on_the_seed_and_the_dtype_alone(checkout):
    origin = problem.find(f"npbench:{checkout()}#scale").origin
    inputs = npbench.functions(origin)["inputs"]
    size = {"N": 4, "M": 2}
    one, again, other = (inputs(size, "float32", "usual", seed)[1] for seed in (1, 1, 2))
    assert one.dtype == np.float32
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_file_of_ones_own_is_one_more_implementation(checkout, checked, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("def kernel(alpha, A, b):\n    A[:] = alpha * A + b\n")
    entry = checked(f"npbench:{checkout()}#scale", str(mine))
    entry.verify("mine")


@pytest.mark.parametrize(
    ("files", "entry", "told"),
    [
        ({"bench_info/scale.json": '{"benchmark": {}}'}, "scale", "is not as NPBench describes a kernel: "),
        ({"bench_info/other.json": json.dumps({"benchmark": SCALE | {"module_name": "x"}})}, "other", "is not there"),
        ({"npbench/benchmarks/spiral/spiral_numpy.py": "def f(): pass"}, "spiral", "has no function spiral"),
    ],
)
def test_files_that_are_not_as_they_should_be_are_told_in_a_sentence(checkout, files, entry, told):
    with pytest.raises(ImplbenchError, match=told):
        problem.find(f"npbench:{checkout(files)}#{entry}")


def test_a_baseline_that_needs_what_is_not_here_is_told(checkout):
    place = checkout({"npbench/benchmarks/spiral/spiral_numpy.py": "import nobody_has_it\ndef spiral(n, turn): pass"})
    with pytest.raises(Unavailable, match=r"#spiral: needs nobody_has_it, not installed here \(pip install nobody"):
        problem.find(f"npbench:{place}#spiral")


def test_another_folder_is_no_checkout(tmp_path):
    with pytest.raises(ImplbenchError, match="is no checkout of NPBench: it has no folder bench_info"):
        problem.find(f"npbench:{tmp_path}#gemm")


def test_entries_that_cannot_be_read_do_not_hide_the_others(checkout):
    place = checkout({"bench_info/broken.json": "no JSON"})
    assert source_of("npbench").entries(place) == {
        "broken": "broken",
        "scale": "Scaled rows",
        "spiral": "Points of a spiral",
    }
