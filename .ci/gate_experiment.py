"""How often does the gate raise a false alarm, and how often does it find a slowdown? An experiment, not a test.

Makes a repository with four NumPy kernels of backprop and a second version of them, in which one recomputes a share of
its samples (real extra work), and compares the two by ``implbench compare --all``, again and again:

    python .ci/gate_experiment.py --identical 20 --five 20 --ten 10

Prints one line a gate and a table at the end; ``--log FILE`` keeps every gate's JSON.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import timeit
from collections import Counter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from bench import implementation  # noqa: E402

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


def git(folder: Path, *arguments: str) -> None:
    """Run git as nobody in particular."""
    who = ("-c", "user.name=experiment", "-c", "user.email=experiment@example.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def made(folder: Path) -> Path:
    """Make the repository: four kernels, one commit."""
    kernels = folder / "kernels"
    shutil.copytree(CHECKOUT / "impls" / "backprop", kernels, ignore=shutil.ignore_patterns("__pycache__", "loop_*.py"))
    text = (kernels / "problem.py").read_text().replace('BASELINE = "loop_hoisted"', 'BASELINE = "vectorized"')
    (kernels / "problem.py").write_text(text)
    (kernels / "halves.py").write_text(HALVES)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Add four kernels")
    return kernels


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


def gate(folder: Path, rows: int, victim: str, seed: int) -> dict[str, object]:
    """Slow one kernel down, compare with HEAD, and return what was printed."""
    git(folder, "checkout", "--quiet", ".")
    if rows:
        file = folder / "kernels" / f"{victim}.py"
        file.write_text(file.read_text() + SLOWED.format(rows=rows))
    command = [sys.executable, "-m", "bench", "compare", "HEAD", "--all", "--json", "--seed", str(seed)]
    started = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    found |= {"exit": done.returncode, "wall_s": time.monotonic() - started, "rows": rows, "victim": victim}
    return found


def judged(found: dict[str, object]) -> str:
    """Return in one word how the gate did."""
    slower = [one["id"].split("[")[1].split("-")[0] for one in found["benchmarks"] if one["verdict"] == "slower"]
    if not found["rows"]:
        return "false alarm" if slower else "undecided" if found["exit"] == 3 else "quiet"
    if set(slower) - {found["victim"]}:
        return "wrong one named"
    return "found" if slower else "undecided" if found["exit"] == 3 else "missed"


def main() -> None:
    """Run the gates in shuffled order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, count in (("identical", 20), ("five", 20), ("ten", 10)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    plan = [0] * options.identical + [5] * options.five + [10] * options.ten
    generator = random.Random(options.seed)
    generator.shuffle(plan)
    table: Counter[tuple[int, str]] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kernels = made(folder)
        rows = {(0, victim): 0 for victim in KERNELS}
        rows |= {(percent, victim): rows_for(kernels, percent, victim) for percent in (5, 10) for victim in KERNELS}
        print(f"samples recomputed: {rows}", flush=True)
        for number, percent in enumerate(plan):
            victim = generator.choice(KERNELS)
            found = gate(folder, rows[percent, victim], victim, options.seed + number)
            said = judged(found)
            table[percent, said] += 1
            ratios = {
                one["id"].split("[")[1].split("-")[0]: f"{one['ratio_head_over_base']['value']:.3f} {one['verdict']}"
                for one in found["benchmarks"]
            }
            print(f"{percent:2} % {victim:10} {said:12} {found['wall_s']:5.0f} s  {ratios}", flush=True)
            if options.log:
                with options.log.open("a") as file:
                    file.write(json.dumps(found) + "\n")
    for (percent, said), count in sorted(table.items()):
        print(f"{percent:2} % slower: {said} in {count} of {plan.count(percent)}")


if __name__ == "__main__":
    main()
