"""What a command ends with."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.cli.exit_codes import exit_code, exit_code_of, exit_code_of_bisection
from bench.errors import OWN_ERROR, Exit
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run
from tests.report.sections.test_bisected import BROKEN, FINE, SLOW, found

GOOD = (Spec(name="loop", ms=72, baseline=True), Spec(name="fast", ms=3.0))

OURS = Spec(name="odd", outcome=Outcome.NOT_MEASURED, reason=f"{OWN_ERROR}: ValueError: x")


def code(run):
    return exit_code(Analysis(run))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), Exit.FINE),
        ((Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="x"),), Exit.FINE),
        ((Spec(name="bad", outcome=Outcome.WRONG, reason="x"),), Exit.WRONG),
        ((Spec(name="bad", outcome=Outcome.TIMEOUT, reason="x"),), Exit.WRONG),
        ((Spec(name="bad", started=False, outcome=Outcome.FAILED, reason="x"),), Exit.WRONG),
        ((OURS,), Exit.INTERNAL),
        ((OURS, Spec(name="bad", outcome=Outcome.WRONG, reason="x")), Exit.WRONG),
    ],
)
def test_the_exit_code_tells_a_bad_implementation_from_one_that_is_not_here(more, expected):
    assert code(make_run((*GOOD, *more))) == expected


def test_an_interrupted_run_says_so_in_its_exit_code():
    assert code(replace(make_run(GOOD), interrupted=True)) == Exit.INTERRUPTED


def test_noise_counts_only_where_it_leaves_a_case_undecided():
    noisy = (Spec(name="loop", ms=10, baseline=True, noise=0.3), Spec(name="near", ms=10.3, noise=0.3))
    assert findings(make_run(noisy))[0].too_noisy
    assert code(make_run(noisy)) == Exit.UNDECIDED
    far = (Spec(name="loop", ms=10, baseline=True, noise=0.3), Spec(name="far", ms=0.1, noise=0.3))
    assert code(make_run(far)) == Exit.FINE


def test_nothing_ok_is_nothing_measured():
    assert exit_code_of([(Outcome.UNAVAILABLE, "no GPU"), (Outcome.UNSUPPORTED, "odd")]) == Exit.NOTHING_MEASURED
    assert exit_code_of([]) == Exit.NOTHING_MEASURED


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ((FINE, SLOW), Exit.REGRESSION),
        ((BROKEN, SLOW), Exit.UNDECIDED),
        ((None, FINE), Exit.NOTHING_MEASURED),
    ],
)
def test_a_search_ends_as_bad_against_good_does_unless_the_commit_could_not_be_told(tried, expected):
    assert exit_code_of_bisection(found(*tried)) == expected
