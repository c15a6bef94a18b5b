"""What to take, where to begin and what to leave: nothing that the findings do not show."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.store.worker_records import Outcome
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes
from tests.explained import make_explained
from tests.limited import limited, working

BASE = Spec(name="base", ms=10.0, baseline=True)
PLAIN, JIT = (
    "import numpy as np\n\ndef prepare(inputs):\n    return np.sum\n",
    "import numba\ndef prepare(inputs): ...\n",
)


def sources(**texts):
    return {name: {f"{name}.py": text} for name, text in texts.items()}


def advised(arms, **changes):
    found = Analysis(make_run([BASE, *arms], **changes)).advice
    return found[0] if found else None


def names(advice):
    return [pick.finding.arm.case.implementation for pick in advice.picks]


def test_the_best_in_numpy_comes_first_then_what_is_faster_and_needs_more():
    arms = [Spec(name="jit", ms=1.0), Spec(name="rows", ms=3.0), Spec(name="inplace", ms=4.0)]
    found = advised(arms, sources=sources(jit=JIT, rows=PLAIN, inplace=PLAIN, base=PLAIN))
    assert names(found) == ["rows", "jit"]
    numpy, numba = found.picks
    assert (numpy.facts.needs, numba.facts.needs) == ((), ("numba",))
    assert numpy.speedup.value == pytest.approx(10 / 3, rel=0.01)
    assert found.baseline_facts.lines == 3


@pytest.mark.parametrize(("ms", "error", "best"), [(3.0, 0.1, "rows"), (3.0, 1e-4, "single"), (2.5, 0.1, "single")])
def test_of_two_that_are_not_told_apart_the_far_more_exact_is_recommended(ms, error, best):
    arms = [Spec(name="single", ms=ms - 0.01, error=error), Spec(name="rows", ms=3.0, error=1e-6)]
    assert names(advised(arms, sources=sources(single=PLAIN, rows=PLAIN, base=PLAIN)))[0] == best


def test_what_needs_more_and_is_not_shown_to_be_faster_is_not_recommended():
    arms = [Spec(name="jit", ms=2.99), Spec(name="rows", ms=3.0)]
    assert names(advised(arms, sources=sources(jit=JIT, rows=PLAIN))) == ["rows"]


def test_without_sources_the_fastest_alone_is_recommended():
    found = advised([Spec(name="jit", ms=1.0), Spec(name="rows", ms=3.0)])
    assert names(found) == ["jit"]
    assert found.picks[0].facts is None


@pytest.mark.parametrize("ms", [10.02, 25.0])
def test_a_baseline_that_nothing_beats_stays(ms):
    found = advised([Spec(name="other", ms=ms)])
    assert (found.picks, found.step) == ((), None)
    assert [(one.finding.arm.case.implementation, one.other.arm.baseline) for one in found.same] == (
        [("other", True)] if ms < 11 else []
    )


def test_nothing_is_advised_where_nothing_was_decided():
    assert advised([]) is None
    assert advised([Spec(name="other", ms=5.0)], rounds=2) is None
    wrong = Spec(name="wrong", outcome=Outcome.WRONG, reason="3 tolerances off")
    assert advised([wrong]) is None


def test_the_first_step_is_the_one_that_pays_most_from_the_baseline_on():
    run = make_explained()
    (found,) = Analysis(run).advice
    assert found.step is None or found.step.before.arm.baseline
    ladder = ("inplace", "loop_hoisted", "row_major")
    run = replace(make_run(USUAL), problem=replace(make_run(USUAL).problem, ladder=ladder))
    (found,) = Analysis(run).advice
    step = found.step
    assert (step.before.arm.case.implementation, step.after.arm.case.implementation) == ("loop_hoisted", "row_major")
    assert step.speedup.value == pytest.approx(24, rel=0.01)


def test_steps_that_make_no_difference_are_named():
    arms = [Spec(name="rows", ms=3.0), Spec(name="tidier", ms=3.0)]
    run = make_run([BASE, *arms])
    run = replace(run, problem=replace(run.problem, ladder=("base", "rows", "tidier")))
    (found,) = Analysis(run).advice
    assert [(one.finding.arm.case.implementation, one.other.arm.case.implementation) for one in found.same] == [
        ("tidier", "rows")
    ]


def test_the_share_of_the_machine_is_that_of_the_best():
    run = limited(working(make_run([BASE, Spec(name="rows", ms=1.0)]), flops=9.5e7, moved=1.0))
    (found,) = Analysis(run).advice
    assert found.attained.value == pytest.approx(0.95, rel=0.02)


def test_over_sizes_it_is_of_the_largest():
    run = make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100))
    (found,) = Analysis(run).advice
    assert found.group.name.startswith("backprop-m=100")
    assert names(found) == ["rows"]
