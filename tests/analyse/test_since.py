"""What changed since the run before: ratios with their intervals, on one machine, over one baseline."""

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from tests.builders import USUAL, Spec, make_run

HERE = {"fingerprint": "0123456789ab"}
SOURCES = {"loop_hoisted": {"loop_hoisted.py": "x = 1\n"}}


def run_of(arms=USUAL, **changes):
    made = {"environment": HERE, "sources": SOURCES, **changes}
    return make_run(arms, **made)


def since(now, before):
    return Analysis(now, earlier=before).since


def test_a_case_that_became_faster_beside_the_baseline_is_told_with_both_ratios():
    arms = [replace(one, ms=1.5) if one.name == "row_major" else one for one in USUAL]
    found = since(run_of(arms, seed=2), run_of())
    (changed,) = found.changed
    assert (changed.finding.arm.case.implementation, changed.verdict) == ("row_major", "faster")
    assert (round(changed.before.value), round(changed.now.value)) == (24, 48)
    assert (len(found.others), found.baselines) == (1, ())


def test_what_did_not_change_is_counted_with_how_much_it_may_have_and_noise_is_no_change():
    found = since(run_of(seed=2), run_of())
    assert (found.changed, len(found.others)) == ((), 2)
    assert all(0 < one.most < found.margin for one in found.others)
    noisy = [replace(one, noise=0.1) for one in USUAL]
    assert max(one.most for one in since(run_of(noisy, seed=2), run_of(noisy)).others) > found.margin


def test_what_a_machine_does_not_resolve_may_have_changed():
    noisy = [replace(USUAL[0], noise=0.1), *USUAL[1:]]
    found, (group,) = since(run_of(noisy, seed=2), run_of()), Analysis(run_of(noisy, seed=2)).groups
    assert group.resolved > group.margin
    assert all(one.most >= group.resolved for one in found.others)


def test_what_has_no_interval_may_have_changed_by_anything():
    found = since(run_of(rounds=3), run_of())
    assert (found.changed, [one.most for one in found.others]) == ((), [None, None])


def test_a_baseline_that_changed_itself_is_named():
    other = {"loop_hoisted": {"loop_hoisted.py": "x = 2\n"}}
    assert since(run_of(sources=other), run_of()).baselines == ("loop_hoisted",)


def test_runs_that_have_nothing_in_common_are_not_compared():
    assert since(run_of(), None) is None
    assert since(run_of(), run_of(environment={"fingerprint": "another"})) is None
    assert since(run_of(environment={}), run_of(environment={})) is None
    assert since(run_of(), run_of(problem="matmul")) is None
    assert since(run_of(), run_of([Spec(name="other", ms=1.0, baseline=True), *USUAL[1:]])) is None
    assert since(run_of(), run_of(rounds=2)).changed == ()
