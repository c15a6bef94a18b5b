"""The code that the experiment's gates judge: a repository of four kernels of backprop, one of which can be slowed."""

import shutil
import subprocess
import sys
import timeit
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(CHECKOUT))

from bench.problems import implementation  # noqa: E402

KERNELS = ("vectorized", "row_major", "inplace", "halves")

HALVES = '''"""Whole arrays, a row for each sample, in two halves."""

import numpy as np


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()
    middle = len(x) // 2

    def half(rows, sparsity):
        delta3 = (a3[rows] - x[rows]) * a3[rows] * (1 - a3[rows])
        delta2 = (np.dot(delta3, theta2) + sparsity) * a2[rows] * (1 - a2[rows])
        return np.dot(delta2.T, a1[rows]), np.dot(delta3.T, a2[rows]), delta2.sum(axis=0), delta3.sum(axis=0)

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))
        first, second = half(slice(middle), sparsity), half(slice(middle, None), sparsity)
        return tuple(a + b for a, b in zip(first, second, strict=True))

    return step
'''

SLOWED = '''

_whole = prepare


def prepare(inputs):
    """Return a step that recomputes some of the samples."""
    few = {{
        name: value[:{rows}] if name in ("x", "a1", "a2", "a3") else value
        for name, value in inputs.items()
    }}
    whole, part = _whole(inputs), _whole(few)

    def step():
        part()
        return whole()

    return step
'''


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular and return what it prints."""
    who = ("-c", "user.name=experiment", "-c", "user.email=experiment@example.invalid")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def made(folder: Path) -> Path:
    """Make the repository, four kernels in one commit, and return the kernels' folder."""
    kernels = folder / "kernels"
    shutil.copytree(CHECKOUT / "impls" / "backprop", kernels, ignore=_unwanted)
    text = (kernels / "problem.py").read_text().replace('BASELINE = "loop_hoisted"', 'BASELINE = "vectorized"')
    (kernels / "problem.py").write_text(text)
    (kernels / "halves.py").write_text(HALVES)
    git(folder, "init", "--quiet")
    committed(folder, "Add four kernels")
    return kernels


def _unwanted(folder: str, names: list[str]) -> list[str]:
    """Return the other implementations among the names."""
    wanted = {f"{name}.py" for name in (*KERNELS, "problem")}
    return [
        name
        for name in names
        if name == "__pycache__"
        or (name.endswith(".py") and name not in wanted)
        or Path(folder, name, "__init__.py").exists()
    ]


def committed(folder: Path, message: str) -> str:
    """Commit everything and return the revision."""
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def slow_down(folder: Path, victim: str, rows: int) -> None:
    """Put the first version back and, for `rows` above 0, have the victim recompute so many samples."""
    git(folder, "checkout", "--quiet", ".")
    if rows:
        file = folder / "kernels" / f"{victim}.py"
        file.write_text(file.read_text() + SLOWED.format(rows=rows))


def rows_for(kernels: Path, percent: int, victim: str) -> int:
    """Return how many samples must be recomputed to take that share of the kernel's time (a few in cache are cheap)."""
    problem = implementation.load(kernels, "problem")
    inputs = problem.inputs(problem.SIZES["M"], "float64", "patches", 1)
    prepare = implementation.load(kernels, victim).prepare

    def seconds(rows: int) -> float:
        few = {name: value[:rows] if name in ("x", "a1", "a2", "a3") else value for name, value in inputs.items()}
        timer = timeit.Timer(prepare(few))
        return min(timer.repeat(30, 3)) / 3

    goal = seconds(10_000) * percent / 100
    return min(range(100, 2000, 20), key=lambda rows: abs(seconds(rows) - goal))
