"""The runs whose pages are opened: made up with known numbers, but for the two that are committed."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from msgspec.structs import replace

from bench import html
from bench.analyse.analysis import Analysis
from bench.analyse.joint import Together, join
from bench.html.joint import together_page
from bench.store import documents
from bench.store.records import Run
from bench.store.worker_records import Outcome
from tests.builders import SWEPT, Spec, make_run, make_sizes
from tests.explained import make_explained
from tests.limited import limited

BASELINE = Path(__file__).parent.parent.parent / "results" / "baseline"

#: What would run, load or show itself if it were not text.
HOSTILE = (
    "<img src=x onerror=\"window.injected='image'\">",
    "</script><script>window.injected = 'script'</script>",
    '"><svg onload="window.injected=\'svg\'"></svg>',
    "' onmouseover='window.injected=1' x='",
    "{{ 7 * 7 }} <!-- ]]> javascript:window.injected=1",
)

#: Several that are nearly alike, with times that fall into two groups, one wrong and one that is not there.
ARMS = (
    Spec(name="loop", ms=72.0, title="Sample by sample.", baseline=True, noise=0.01),
    Spec(name="rows", ms=3.0, title="Samples as rows.", faults=900, noise=0.01),
    Spec(name="rows_again", ms=3.02, title="The same in other words.", noise=0.03),
    Spec(name="inplace", ms=3.4, title="Preallocated buffers.", slow_rounds=(1, 4, 6)),
    Spec(name="slow", ms=190.0, title="All that can be wrong.", noise=0.02),
    Spec(name="dropped", title="One dropped.", outcome=Outcome.WRONG, reason="3.2 tolerances off", error=3.2),
    Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba"),
)

_SOURCE = "def prepare(inputs):\n    x, y = inputs\n    return lambda: x @ y  # {}\n"


@cache
def committed(problem: str) -> Run:
    """Return the committed run of a problem."""
    (path,) = BASELINE.glob(f"*-{problem}-*.json")
    return documents.read(path)


@cache
def usual() -> Run:
    """Return a run of two groups that stopped at its second look, with the sources of its implementations."""
    run = make_run(ARMS, rounds=12, passes=5, dtypes=("float64", "float32"), discarded=(3,))
    sources = {arm.name: {f"{arm.name}.py": _SOURCE.format(arm.title)} for arm in ARMS}
    return replace(run, settings=replace(run.settings, looks=(8, 11, 20, 32)), sources=sources)


@cache
def hostile() -> Run:
    """Return a run in which everything that has a name has one that is hostile."""
    image, script, svg, attribute, template = HOSTILE
    arms = (
        Spec(name=image, ms=2.0, baseline=True, title=script),
        Spec(name=attribute, ms=1.0, title=svg),
        Spec(name=template, outcome=Outcome.WRONG, reason=script),
        Spec(name=svg, started=False, outcome=Outcome.UNAVAILABLE, reason=image),
    )
    run = make_run(
        arms,
        problem=script,
        environment={"cpu": {"model": image}, image: script, "variables": {svg: attribute}},
        warnings=(image, template),
        sources={arm.name: {script: "\n".join(HOSTILE), svg: image} for arm in arms},
    )
    problem = replace(run.problem, title=svg, formula=script, outputs=(image,), data=attribute)
    return replace(run, id=script, problem=problem, settings=replace(run.settings, command=("implbench", image)))


@cache
def large() -> Run:
    """Return a run of 1,000,000 samples in 50,000 bursts."""
    arms = tuple(Spec(name=f"impl_{place}", ms=1.0 + place, baseline=place == 0) for place in range(10))
    run = make_run(arms, rounds=25, passes=200, again=False)
    rounds = tuple(
        replace(
            one,
            workers=tuple(
                replace(worker, bursts=tuple(replace(b, sample_ns=4 * b.sample_ns) for b in worker.bursts))
                for worker in one.workers
            ),
        )
        for one in run.rounds
    )
    return replace(run, rounds=rounds)


@cache
def together() -> Together:
    """Return three runs side by side, one of them on another machine and with another fastest case."""
    other = tuple(replace(arm, ms=2.0) if arm.name == "inplace" else arm for arm in ARMS)
    runs = tuple(
        replace(make_run(arms, seed=number, environment={"cpu": {"model": f"CPU {number}"}}), id=f"run-{number}")
        for number, arms in enumerate((ARMS, ARMS, other), start=1)
    )
    return join([Analysis(run) for run in runs])


def _page(run: Callable[[], Run]) -> str:
    return html.report_page(Analysis(run()))


#: The runs of which the page is one run's.
RUNS: Mapping[str, Callable[[], Run]] = {
    "backprop": partial(committed, "backprop"),
    "matmul": partial(committed, "matmul"),
    "usual": usual,
    "explained": cache(make_explained),
    "limited": cache(limited),
    "sweep": cache(lambda: make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100))),
    "hostile": hostile,
    "large": large,
}
PAGES: Mapping[str, Callable[[], str]] = {
    **{name: partial(_page, run) for name, run in RUNS.items()},
    "together": lambda: together_page(together()),
}
