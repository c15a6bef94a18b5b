"""Does a run of short, identical calls ever end with anything but a time? A benchmark, not a test.

``python .ci/short_calls.py [RUNS]``: so many runs (300) of one round each, over calls of about 100 ns to 100 us in
turn, of two implementations that are the same code. Prints how many ended ok and why the others did not; ends with 1
where any did not. To be run beside other work too: nothing that the machine does may be called a fault of the code.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.errors import ImplbenchError
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store.records import Settings
from bench.store.worker_records import Outcome

#: Numbers added up in a call: from a fraction of a microsecond to a tenth of a millisecond.
SIZES = (1, 100, 1_000, 10_000, 100_000, 250_000)

PROBLEM = '''"""Sum of numbers."""
import numpy as np
SIZES = {"S": {"n": 1}}
DEFAULT_SIZE = "S"
DATA = ("random",)
BASELINE = "one"
OUTPUTS = ("total",)
def inputs(size, dtype, data, seed):
    return {"x": np.random.RandomState(seed).rand(size["n"]).astype(dtype)}
def reference(inputs):
    return {"total": np.asarray(inputs["x"], np.longdouble).sum(keepdims=True)}
def tolerance(inputs, unit_roundoff):
    return {"total": len(inputs["x"]) * unit_roundoff * np.abs(inputs["x"]).sum(keepdims=True)}
def work(size, dtype):
    return {"flops": float(size["n"]), "bytes": 8.0 * size["n"]}
'''
IMPLEMENTATION = '''"""np.add.reduce"""
import numpy as np
def prepare(inputs):
    x = inputs["x"]
    return lambda: np.add.reduce(x, keepdims=True)
'''


def ended(folder: Path, n: int, seed: int) -> list[str]:
    """Return what each case of one run ended as, and the bursts that were timed again."""
    found = problem.find(str(folder))
    arms, left = select(found, Selection(changes={"n": n}))
    settings = Settings(seed=seed, margin=0.03, rounds=1, budget_s=1.0, timeout_s=120.0, command=("implbench", "run"))
    try:
        run, _ = Runner(found, settings, lambda progress: None, decided=decided).run(arms, left, folder / "results")
    except ImplbenchError as error:
        return [str(error)]
    again = [one.reason for held in run.rounds for worker in held.workers for one in worker.discarded_bursts]
    AGAIN.update(again)
    return [
        "ok" if one.outcome == Outcome.OK else f"{one.outcome}: {one.reason}"
        for group in findings(run)
        for one in group.findings
    ]


AGAIN: Counter[str] = Counter()


def main() -> int:
    """Print what the runs ended as; return 1 where one was not ok."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    fine, others = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "sums"
        folder.mkdir()
        (folder / "problem.py").write_text(PROBLEM)
        for name in ("one", "other"):
            (folder / f"{name}.py").write_text(IMPLEMENTATION)
        for index in range(runs):
            outcomes = ended(folder, SIZES[index % len(SIZES)], index)
            fine += set(outcomes) == {"ok"}
            others.update(one for one in outcomes if one != "ok")
            if (index + 1) % 25 == 0:
                print(f"{index + 1} runs, {fine} ok", flush=True)
    print(f"{fine} of {runs} ok; bursts timed again: {dict(AGAIN) or 'none'}")
    for reason, count in others.most_common():
        print(f"{count} times: {reason}")
    return 0 if fine == runs else 1


if __name__ == "__main__":
    sys.exit(main())
