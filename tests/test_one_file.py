"""One file as a problem, with real workers: everything that only they can show of it, in one check."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit

pytestmark = pytest.mark.slow

ROWS = """from __future__ import annotations

import functools

import numpy as np

from helper import scaled
from mine import sums


def inputs(m: int = 2 * 10, n=3, *, seed, dtype):
    return {"x": np.random.RandomState(seed).uniform(-1, 1, (m, n)).astype(dtype), "scale": 2}


def loop(x: np.ndarray, scale: float) -> np.ndarray:
    return np.array([scaled(sum(value * value for value in row), scale) for row in x], x.dtype)


@functools.wraps(loop)
def decorated(*arguments, **keywords):
    return loop(*arguments, **keywords)


def recursive(scale, x):
    return np.append(recursive(scale, x[:-1]), loop(x[-1:], scale)) if len(x) else np.empty(0, x.dtype)


bound = functools.partial(sums, power=2)
shifted = lambda x, scale: sums(x, scale) + 0.001
other = lambda y: y
__all__ = ["loop", "decorated", "recursive", "bound", "shifted", "other", "sums"]

if __name__ == "__main__":
    raise SystemExit("this is no script")
"""


def test_each_form_of_a_function_is_checked_and_what_lies_beside_the_file_is_imported(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text("")
    files = {
        "benchmarks/rows.py": ROWS,
        "benchmarks/helper.py": "def scaled(value, scale):\n    return scale * value\n",
        "src/mine/__init__.py": "def sums(x, scale, power=2):\n    return scale * (x**power).sum(axis=1)\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "benchmarks", "--dtype", "float32", "--json"]) == Exit.WRONG
    found = {one["id"].partition("-")[0]: one for one in json.loads(capsys.readouterr().out)}
    assert {name.removeprefix("rows["): one["outcome"] for name, one in found.items()} == {
        **dict.fromkeys(("loop", "decorated", "recursive", "bound", "sums"), "ok"),
        "shifted": "wrong",
        "other": "failed",
    }
    assert "(y) does not take what inputs() gives, (x, scale)" in found["rows[other"]["reason"]
