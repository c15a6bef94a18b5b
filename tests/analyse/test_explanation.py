"""From counts to a ladder: the order of the rungs, what changed from each to the next, and why."""

import json

import pytest
from msgspec.structs import replace

from bench.analyse.diagnosis import Cause
from bench.analyse.explanation import better, ladders
from bench.analyse.findings import findings
from bench.report import json_explanation
from bench.store.profile_records import Line
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run
from tests.explained import DOES, USUAL, Does, make_explained, products


def laddered(run):
    (found,) = ladders(run, findings(run))
    return found


def rungs(ladder):
    return {rung.finding.arm.case.implementation: rung for rung in ladder.rungs}


def test_a_run_in_which_nothing_was_counted_has_no_ladder():
    run = make_run()
    assert ladders(run, findings(run)) == ()


def test_rungs_stand_in_the_order_of_the_problem_and_what_it_does_not_name_beside_them():
    assert list(rungs(laddered(make_explained()))) == [
        "loop_hoisted", "vectorized", "inplace", "c_fused", "octave", "torch_eager",
    ]  # fmt: skip


def test_without_an_order_the_slowest_comes_first():
    found = laddered(make_explained(ladder=()))
    assert [rung.previous and rung.previous.implementation for rung in found.rungs] == [
        None, "loop_hoisted", "octave", "vectorized", "inplace", "torch_eager",
    ]  # fmt: skip


def test_each_step_has_a_ratio_of_its_own_with_an_interval():
    found = rungs(laddered(make_explained()))
    ratio = found["vectorized"].speedup_over_previous
    assert ratio.value == pytest.approx(12, rel=0.01)
    assert ratio.interval.low < ratio.value < ratio.interval.high
    assert found["inplace"].speedup_over_previous.value == pytest.approx(1.5, rel=0.01)
    assert found["loop_hoisted"].speedup_over_previous is None
    assert found["torch_eager"].speedup_over_previous is None


def test_what_changed_from_rung_to_rung_is_named_the_largest_first():
    found = rungs(laddered(make_explained()))
    changes = {one.what: (one.before, one.after) for one in found["vectorized"].changes}
    assert changes["NumPy calls"] == (140_000, 17)
    assert "allocated bytes" not in changes  # they take time by page faults alone
    assert found["vectorized"].changes[0].what == "NumPy calls"
    assert "page faults" not in changes  # there are more of them now, which explains no speed
    assert {one.what for one in found["inplace"].changes} >= {"page faults", "allocated bytes"}


def test_each_rung_has_its_cause():
    found = rungs(laddered(make_explained()))
    causes = {name: rung.diagnosis.cause if rung.diagnosis else None for name, rung in found.items()}
    assert causes == {
        "loop_hoisted": Cause.OVERHEAD,
        "vectorized": Cause.MEMORY,
        "inplace": Cause.ARITHMETIC,
        "c_fused": Cause.ARITHMETIC,
        "torch_eager": None,
        "octave": None,
    }


def test_many_faults_are_the_cause():
    found = rungs(laddered(make_explained([USUAL[0], replace(USUAL[1], faults=3000)])))
    assert found["vectorized"].diagnosis.cause == Cause.FAULTS


def test_what_another_program_does_is_unknown():
    amounts = rungs(laddered(make_explained()))["octave"].amounts
    assert (amounts.numpy_calls, amounts.allocated_bytes, amounts.blas_share) == (None, None, None)


def test_what_could_not_be_seen_is_unknown_but_for_what_was_counted():
    amounts = rungs(laddered(make_explained()))["torch_eager"].amounts
    assert (amounts.numpy_calls, amounts.allocated_bytes) == (None, 27_000)


def test_without_an_array_among_the_inputs_no_call_that_was_seen_is_not_none_at_all():
    run = make_explained([USUAL[0]], {USUAL[0].name: Does()})
    assert rungs(laddered(run))[USUAL[0].name].amounts.numpy_calls == 0
    bare = [replace(one, workers=tuple(replace(worker, layout={}) for worker in one.workers)) for one in run.rounds]
    found = rungs(laddered(replace(run, rounds=tuple(bare))))[USUAL[0].name].amounts
    assert (found.numpy_calls, found.indexings, found.moved_bytes) == (None, None, None)


def test_what_compiled_code_does_is_unknown_and_not_nothing():
    found = rungs(laddered(make_explained()))
    amounts = found["c_fused"].amounts
    assert (amounts.numpy_calls, amounts.moved_bytes, amounts.blas_share) == (0, None, None)
    assert found["inplace"].amounts.blas_share == pytest.approx(0.69, abs=0.01)


def test_an_implementation_that_does_better_is_found_further_up_the_ladder_only():
    ladder = laddered(make_explained())
    found = rungs(ladder)
    assert better(ladder, found["loop_hoisted"], "NumPy calls") is found["vectorized"]
    assert better(ladder, found["vectorized"], "allocated bytes", "page faults") is found["inplace"]
    assert better(ladder, found["c_fused"], "allocated bytes") is None
    assert better(ladder, found["loop_hoisted"], "GFLOP/s in BLAS") is found["vectorized"]
    assert better(ladder, found["vectorized"], "GFLOP/s in BLAS") is None


def test_fewer_allocated_bytes_explain_nothing_without_fewer_page_faults():
    same = replace(USUAL[2], faults=935)
    found = rungs(laddered(make_explained([*USUAL[:2], same])))
    assert not {"page faults", "allocated bytes"} & {one.what for one in found["inplace"].changes}
    ladder = laddered(make_explained([*USUAL[:2], same]))
    assert better(ladder, rungs(ladder)["vectorized"], "allocated bytes", "page faults") is None


def test_fewer_page_faults_explain_nothing_where_their_time_is_next_to_none():
    few = [USUAL[0], replace(USUAL[1], faults=100), USUAL[2]]
    found = rungs(laddered(make_explained(few)))
    assert not {"page faults", "allocated bytes"} & {one.what for one in found["inplace"].changes}


@pytest.mark.parametrize(
    ("slower", "told"),
    [
        (Spec(name="loop", ms=36.0, baseline=True), True),
        (Spec(name="loop", ms=20.0, baseline=True), False),  # a small difference
        (USUAL[0], False),  # its cause was counted
    ],
)
def test_lines_account_for_a_large_difference_of_which_no_count_is_the_cause(slower, told):
    lines = (Line(file="rows.py", number=8, text="total += one", times=20_000, share=1.0),)
    does = {name: replace(DOES.get(name, Does()), lines=lines) for name in (slower.name, "quick")}
    run = make_explained([slower, Spec(name="quick", ms=18.0)], does, ladder=())
    run = replace(run, problem=replace(run.problem, work={}))
    assert (rungs(laddered(run))["quick"].accounted is not None) == told


def test_what_was_not_started_wrong_or_not_counted_is_left_out():
    arms = [
        *USUAL[:2],
        Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba"),
        Spec(name="bad", outcome=Outcome.WRONG, reason="off", error=3.0),
        Spec(name="late", ms=2.0),
    ]
    ladder = laddered(make_explained(arms))
    assert [one.case.implementation for one in ladder.missing] == ["jit"]
    assert [one.arm.case.implementation for one in ladder.uncounted] == ["bad", "late"]


def test_a_ladder_can_be_told_to_a_program():
    read = json.loads(json.dumps(json_explanation.of(laddered(make_explained())), allow_nan=False))
    first, second = read["rungs"][:2]
    assert (first["cause"], first["numpy_calls"]) == ("call overhead", 140_000)
    assert second["previous"] == first["id"]
    assert second["shares"]["page faults"] == pytest.approx(0.935 / 6, rel=0.05)
    assert second["calls"][0]["operands"] == ["(25, 10000) C", "(25, 10000) F"]


def test_allocations_that_could_not_be_counted_stay_unknown():
    does = {**DOES, "vectorized": replace(DOES["vectorized"], allocated_bytes=None)}
    found = rungs(laddered(make_explained(does=does)))
    assert found["vectorized"].amounts.allocated_bytes is None
    assert "allocated bytes" not in {one.what for one in found["vectorized"].changes}


def test_products_are_not_slower_than_the_evaluation_that_they_are_all_of():
    slow = products(1, flops=1.4e8, ns=6_300_000)
    amounts = rungs(laddered(make_explained(does={"vectorized": Does(calls=(slow,))})))["vectorized"].amounts
    assert amounts.product_flops_per_s == pytest.approx(amounts.flops_per_s)
    fast = products(1, flops=1.4e8, ns=3_000_000)
    amounts = rungs(laddered(make_explained(does={"vectorized": Does(calls=(fast,))})))["vectorized"].amounts
    assert amounts.product_flops_per_s == pytest.approx(1.4e8 / 3e-3)
