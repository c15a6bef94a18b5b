"""Seconds of wall time from a command to a verdict on two implementations, and whether it was right: ours and others'.

    python .ci/verdict_time.py [--repeats N] [--call 1us,1ms,50ms] [--ratio 455,2,1.05,1.01] [--tool NAME,...]

Each pair does the same work, one of them so many times more of it: square roots of numbers that stay in the cache, into
an array that stays too. Where these lie in memory matters little, so one percent is a difference that processes can
tell. (Sums of 2048 numbers into new arrays differed by 2 % from process to process.) Imports are included; nothing else
should run. A tool is right if it names the slower one: implbench with an interval beyond its margin, `pyperf
compare_to` with a significant difference, pytest-benchmark by its mean and timeit by its best, which have neither. The
table is that of docs/measuring.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

#: The roots of so many numbers take about a microsecond. Longer calls repeat it.
NUMBERS = 768

#: So many are computed at once: a call of fewer takes as long.
AT_ONCE = 8

#: Seconds of a call.
CALLS = {"1us": 1e-6, "1ms": 1e-3, "50ms": 50e-3}

#: Ratio of times -> margin to decide it at.
MARGINS = {455.0: "3%", 2.0: "3%", 1.05: "3%", 1.01: "0.5%"}

PROBLEM = '''"""Square roots, again and again"""
import numpy as np

SIZES = {"S": {"n": 1}}
DEFAULT_SIZE = "S"
DATA = ("random",)
BASELINE = "fast"
OUTPUTS = ("roots",)


def inputs(size, dtype, data, seed):
    random = np.random.RandomState(seed)
    return {"x": random.uniform(1, 2, 8192).astype(dtype)}


def reference(inputs):
    return {"roots": np.sqrt(inputs["x"][:16].astype(np.longdouble))}


def tolerance(inputs, unit_roundoff):
    return {"roots": 2 * unit_roundoff * reference(inputs)["roots"].astype(float)}


def work(size, dtype):
    return {"flops": 1e6, "bytes": 1e6}
'''

#: Does its work, and returns what any amount of it returns.
STEP = """
given, roots = x[:{numbers}], np.empty({numbers})
def step():
    for _ in range({count} - 1):
        np.sqrt(given, out=roots)
    return np.sqrt(given, out=roots)[:16].copy()
"""

#: The same step as one of implbench, and for tools that take a function.
IMPLEMENTATION = '''"""Repeats it {count} times, on {numbers} numbers"""
import numpy as np


def prepare(inputs):
    x = inputs["x"]
    {step}
    return step
'''
SETUP = """import numpy as np
x = np.random.RandomState(1).uniform(1, 2, 8192)
{step}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What one implementation does."""

    count: int
    numbers: int

    def filled(self, text: str, indent: str = "") -> str:
        """Return one of the texts above for it."""
        step = STEP.strip().replace("\n", f"\n{indent}").format(count=self.count, numbers=self.numbers)
        return text.format(count=self.count, numbers=self.numbers, step=step)

    def seconds(self) -> float:
        """Return what a call takes here, at its best."""
        namespace: dict[str, Any] = {}
        exec(self.filled(SETUP), namespace)  # noqa: S102  # the text above
        return min(timeit.repeat(namespace["step"], number=1000, repeat=300)) / 1000


#: From an empty folder, a pair and its ratio to whether it named the slower one.
Tool = Callable[[Path, Mapping[str, Work], float], bool]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--repeats", type=int, default=20)
    options.add_argument("--call", default=",".join(CALLS))
    options.add_argument("--ratio", default=",".join(f"{ratio:g}" for ratio in MARGINS))
    options.add_argument("--tool", default=",".join(TOOLS))
    wanted = options.parse_args()
    print("| call | times as long | tool | seconds: median | longest | right |")
    print("| :--- | ---: | :--- | ---: | ---: | ---: |")
    for call in wanted.call.split(","):
        for ratio in map(float, wanted.ratio.split(",")):
            pair = works(CALLS[call], ratio)
            for name in wanted.tool.split(","):
                package, tool = TOOLS[name]
                if find_spec(package):
                    found = [timed(tool, pair, ratio) for _ in range(wanted.repeats)]
                    seconds, right = [one[0] for one in found], sum(one[1] for one in found)
                    print(
                        f"| {call} | {ratio:g} | {name} | {statistics.median(seconds):.1f} | {max(seconds):.1f} "
                        f"| {right} of {wanted.repeats} |",
                        flush=True,
                    )


def works(call_s: float, ratio: float) -> Mapping[str, Work]:
    """Return the work of the faster and the slower: the slower takes `call_s`, or the faster where it would be shorter.

    Where it cannot be repeated a little more often, it is its length that makes the difference, as tried here.
    """
    count = max(1, round(call_s / ratio / CALLS["1us"]))
    fast = Work(count=count, numbers=NUMBERS)
    if count > 100 or ratio > 1.5:
        return {"fast": fast, "slow": Work(count=round(count * ratio), numbers=NUMBERS)}
    longer = Work(count=1, numbers=NUMBERS * 3 // 2)
    one_s, longer_s = fast.seconds(), longer.seconds()
    more = (longer.numbers - NUMBERS) * (ratio - 1) * one_s / (longer_s - one_s)
    return {"fast": fast, "slow": Work(count=1, numbers=NUMBERS + AT_ONCE * max(1, round(more / AT_ONCE)))}


def timed(tool: Tool, pair: Mapping[str, Work], ratio: float) -> tuple[float, bool]:
    """Return the seconds that a tool takes for a pair in an empty folder, and whether it was right."""
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        right = tool(Path(name), pair, ratio)
        return time.monotonic() - started, right


def run(folder: Path, *words: str) -> str:
    """Run Python with these arguments in a folder and return what it prints."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=usual, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def implbench(folder: Path, pair: Mapping[str, Work], ratio: float) -> bool:
    """`implbench run`, stopped by its own rule."""
    (folder / "pair").mkdir()
    (folder / "pair" / "problem.py").write_text(PROBLEM)
    for name, work in pair.items():
        (folder / "pair" / f"{name}.py").write_text(work.filled(IMPLEMENTATION, indent="    "))
    words = ("run", "./pair", "--json", "--quiet", "--margin", MARGINS[ratio])
    printed = run(folder, "-m", "implbench.bench", *words)
    (group,) = json.loads(printed)["groups"]
    (slow,) = (case for case in group["cases"] if case["implementation"] == "slow")
    if slow["verdict"] != "slower":
        ratio_text = json.dumps(slow["ratio_to_baseline"])
        print(f"{slow['outcome']}, {slow['verdict']}: {ratio_text} {slow['reason'] or ''}", file=sys.stderr, flush=True)
    return bool(slow["verdict"] == "slower")


def pytest_benchmark(folder: Path, pair: Mapping[str, Work], ratio: float) -> bool:
    """pytest-benchmark with its own defaults."""
    for name, work in pair.items():
        test = f"def test_{name}(benchmark):\n    benchmark(step)\n"
        (folder / f"test_{name}.py").write_text(work.filled(SETUP) + test)
    run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--benchmark-json", "out.json", ".")
    found = {one["name"]: one["stats"]["mean"] for one in json.loads((folder / "out.json").read_text())["benchmarks"]}
    return found["test_slow"] > found["test_fast"]


def timeit_best(folder: Path, pair: Mapping[str, Work], ratio: float) -> bool:
    """`python -m timeit`, for each."""
    best = {}
    for name, work in pair.items():
        (folder / f"{name}.py").write_text(work.filled(SETUP))
        printed = run(folder, "-m", "timeit", "-u", "nsec", "-s", f"from {name} import step", "step()")
        best[name] = float(printed.split("best of")[1].split(":")[1].split()[0])
    return best["slow"] > best["fast"]


def pyperf(folder: Path, pair: Mapping[str, Work], ratio: float) -> bool:
    """`pyperf timeit` of each, then `compare_to`."""
    for name, work in pair.items():
        (folder / f"{name}.py").write_text(work.filled(SETUP))
        setup = f"import sys; sys.path.insert(0, {str(folder)!r}); from {name} import step"
        run(folder, "-m", "pyperf", "timeit", "-q", "-o", f"{name}.json", "-s", setup, "step()")
    return "slower" in run(folder, "-m", "pyperf", "compare_to", "fast.json", "slow.json")


#: Name -> what has to be installed, and what answers.
TOOLS = {
    "implbench": ("implbench", implbench),
    "pytest-benchmark": ("pytest_benchmark", pytest_benchmark),
    "pyperf compare_to": ("pyperf", pyperf),
    "python -m timeit": ("timeit", timeit_best),
}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
