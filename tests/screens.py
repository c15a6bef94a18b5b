"""What every command shows, from made-up runs with known numbers, for tests of how a terminal shows it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.analyse.analysis import Analysis
from bench.analyse.history import Commit, Question
from bench.report import sections
from bench.report.parts import Section
from bench.report.sections import checks, explanation, history
from bench.report.sections import comparison as compared
from bench.report.terminal.screen import Screen
from bench.store import index
from tests.builders import SWEPT, Spec, make_run, make_sizes
from tests.explained import make_explained
from tests.histories import HERE, machine, write
from tests.limited import limited
from tests.versions.test_comparison import SAME, SLOW, comparison

#: Name -> how wide, with or without colours and lines.
SCREENS = {
    "80": Screen(width=80, colour=True, blocks=True),
    "200": Screen(width=200, colour=True, blocks=True),
    "dumb": Screen(width=80),
    "piped": Screen(),
}

LAYOUTS = [
    Spec(name=name, ms=ms, layout=layout, baseline=name == "dot" and layout == "CC", title=f"np.{name}")
    for name, unit in (("dot", 1.6), ("matmul", 1.7))
    for layout, ms in (("CC", unit), ("CF", 1.01 * unit), ("FC", 1.1 * unit), ("FF", 1.2 * unit))
]


@cache
def shown() -> dict[str, tuple[Section, ...]]:
    """Return command -> what it shows."""
    runs = {
        "run": make_run(),
        "run with layouts": make_run(LAYOUTS, problem="matmul"),
        "run --threads 1,2 --dtype float64,float32": make_run(threads=(1, 2), dtypes=("float64", "float32")),
        "run --sweep": make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100, 10000)),
        "roofline": limited(),
    }
    found = {name: sections.brief(Analysis(run)) for name, run in runs.items()}
    explained, checked = make_explained(), make_run()
    verified = checks.of([arm for arm in checked.arms if not arm.again], checked.left, checked.rounds[:1])
    return found | {
        "explain": explanation.brief(Analysis(explained)),
        "compare": compared.sections(comparison(SLOW, SAME)),
        "check": (Section(title="Checks", tables=checks.tables(verified)),),
        "history": (_history(),),
    }


def _history() -> Section:
    commits = {("backprop", "a" * 40, "b" * 40): (Commit(id="abc1234", subject="Drop the loop over the samples"),)}
    with TemporaryDirectory() as folder:
        write(Path(folder), 30, environment=lambda at: machine(commit="ab"[at >= 15] * 40))
        found = index.consult(Path(folder), Question(wanted=None, machine=HERE).ask, [].append)
    return history.section(found, commits)
