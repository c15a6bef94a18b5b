"""A whole collection, with real workers: everything that only they can show of it, in one check."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit

pytestmark = pytest.mark.slow

KERNEL = {
    "name": "Sums of rows",
    "relative_path": "sums",
    "module_name": "sums",
    "func_name": "kernel",
    "parameters": {"S": {"N": 5}},
    "init": {"func_name": "initialize", "input_args": ["N"], "output_args": ["A", "s"]},
    "input_args": ["A", "s"],
    "array_args": ["A", "s"],
    "output_args": ["s"],
}

FILES = {
    "bench_info/sums.json": json.dumps({"benchmark": KERNEL}),
    "bench_info/lacking.json": json.dumps({"benchmark": KERNEL | {"relative_path": "lacking"}}),
    "npbench/benchmarks/sums/sums.py": """
import numpy as np

def initialize(N):
    return np.random.default_rng(42).random((N, 3)), np.zeros(N)
""",
    "npbench/benchmarks/sums/sums_numpy.py": "def kernel(A, s):\n    s[:] = A.sum(axis=1)\n",
    "npbench/benchmarks/sums/sums_numba_wrong.py": "def kernel(A, s):\n    s[1:] = A[1:].sum(axis=1)\n",
    "npbench/benchmarks/sums/sums_pythran.py": "def kernel(A, s): pass\n",
    "npbench/benchmarks/lacking/sums.py": "",
    "npbench/benchmarks/lacking/sums_numpy.py": "import nobody_has_it\n\ndef kernel(A, s): pass\n",
}


def test_each_entry_is_checked_and_one_that_cannot_be_is_told_beside_the_others(tmp_path, capsys):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert main(["check", f"npbench:{tmp_path}", "--json"]) == Exit.WRONG
    found = {one["id"].partition("-")[0]: one for one in json.loads(capsys.readouterr().out)}
    assert {name: one["outcome"] for name, one in found.items()} == {
        "lacking": "unavailable",
        "sums[numpy": "ok",
        "sums[numba_wrong": "wrong",
        "sums[pythran": "unsupported",
    }
    assert found["lacking"]["reason"] == "needs nobody_has_it, not installed here (pip install nobody_has_it)"
    assert found["sums[numpy"]["check"] == "against a measured tolerance"
    assert found["sums[numba_wrong"]["reason"].startswith("s[0] is ")
