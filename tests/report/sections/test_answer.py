"""The first sentence: number, interval, condition; or honestly why not."""

import re

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.verdict import Ratio
from bench.problems.case import Size
from bench.report.phrases import difference_text
from bench.report.sections import answer
from bench.store.checks import Against, Check, Closeness
from bench.store.worker_records import Outcome
from tests.builders import SIZE_M, SWEPT, USUAL, Spec, disturbed, make_run, make_sizes

BASE = Spec(name="base", ms=10.0, baseline=True)


def paragraphs(run, margin=None):
    return answer.section(Analysis(run, margin)).paragraphs


def test_the_first_sentence_gives_number_interval_and_condition():
    first = paragraphs(make_run(rounds=12))[0]
    pattern = (
        r"`row_major` computes backprop (?P<value>[\d.]+) times \[(?P<low>[\d.]+), (?P<high>[\d.]+)\] as fast as "
        r"`loop_hoisted` \(m=10000, n=64, p=25, float64, C order, 1 thread, OpenBLAS SkylakeX kernel, 12 rounds\)\."
    )
    found = re.fullmatch(pattern, first)
    assert found, first
    assert float(found["low"]) <= 24.0 <= float(found["high"])
    assert abs(float(found["value"]) - 24.0) < 0.1


def test_a_speed_up_that_is_another_by_medians_is_given_both_ways():
    first = paragraphs(disturbed(make_run(rounds=12), "row_major"))[0]
    assert re.search(
        r"times \[[\d., ]+\] as fast as `loop_hoisted` by its shortest calls, [\d.]+ times .* by medians \(", first
    )
    assert "by medians" not in paragraphs(make_run(rounds=12))[0]


def test_of_inputs_that_are_no_arrays_no_dtype_order_or_blas_is_said():
    run = make_run(rounds=12)
    held = tuple(replace(one, workers=tuple(replace(each, layout={}) for each in one.workers)) for one in run.rounds)
    assert "(m=10000, n=64, p=25, 1 thread, 12 rounds)" in paragraphs(replace(run, rounds=held))[0]


@pytest.mark.parametrize(("dtype", "told"), [("float32", "p=25, float32, C order"), ("", "p=25, C order")])
def test_inputs_that_are_of_another_dtype_than_the_case_are_said_to_be(dtype, told):
    run = make_run(rounds=12)
    dtypes = {arm.case.group: dtype for arm in run.arms}
    assert told in paragraphs(replace(run, problem=replace(run.problem, dtypes=dtypes)))[0]


@pytest.mark.parametrize(
    ("order", "told"), [("F", "memory order as given"), ("strided", "memory order as given"), ("CF", "C order")]
)
def test_an_order_that_nobody_asked_for_is_said_to_be_the_one_given(order, told):
    run = make_run(rounds=12)
    seen = {"x": "C", "y": order}
    held = tuple(replace(one, workers=tuple(replace(each, layout=seen) for each in one.workers)) for one in run.rounds)
    assert f"float64, {told}, 1 thread" in paragraphs(replace(run, rounds=held))[0]


def test_the_runner_up_is_compared_in_the_rounds_of_both():
    second = paragraphs(make_run())[1]
    assert re.search(r"It is 6\.\d % \[6\.\d %, 6\.\d %\] faster than the runner-up, `inplace`", second), second


def test_a_runner_up_within_the_margin_is_not_told_apart():
    run = make_run([BASE, Spec(name="one", ms=1.0), Spec(name="two", ms=1.005)])
    second = paragraphs(run)[1]
    assert re.search(r"It is not told apart from `two`: it was 0\.\d+ % \[.*\] faster, and", second)
    assert "differences below 3 % do not count." in second


@pytest.mark.parametrize(("value", "told"), [(1.07, "7.0 % faster"), (1 / 1.07, "7.0 % slower")])
def test_a_difference_is_never_a_negative_number(value, told):
    assert difference_text(Ratio(value=value, interval=None)) == told


def test_an_undecided_runner_up_is_not_told_apart_and_more_rounds_are_advised():
    run = make_run([BASE, Spec(name="one", ms=1.0, noise=0.05), Spec(name="two", ms=1.02, noise=0.05)])
    assert "It is not told apart from `" in paragraphs(run)[1]
    assert "more rounds may decide" in paragraphs(run)[1]


@pytest.mark.parametrize(("rounds", "counted"), [(1, "1 round"), (2, "2 rounds"), (5, "5 rounds")])
def test_two_with_too_few_rounds_in_common_are_said_to_have_them_and_not_to_be_alike(rounds, counted):
    run = without(make_run([BASE, Spec(name="one", ms=1.0), Spec(name="two", ms=1.4)]), "two", rounds)
    second = paragraphs(run)[1]
    assert (
        f"Whether it is faster than the runner-up, `two`, is not known: the two have {counted} in common, too few "
        "for an interval (`--impl one,two --rounds 12` measures them side by side)."
    ) in second
    assert "not told apart" not in second
    assert "%" not in second


def without(run, implementation, rounds):
    """Return a run in which an implementation took part in its first rounds only."""
    arms = {arm.name for arm in run.arms if arm.case.implementation == implementation}
    kept = [
        replace(one, workers=tuple(worker for worker in one.workers if place < rounds or worker.arm not in arms))
        for place, one in enumerate(run.rounds)
    ]
    return replace(run, rounds=tuple(kept))


def test_a_runner_up_that_is_far_behind_is_compared_in_times():
    run = make_run([BASE, Spec(name="one", ms=1.0), Spec(name="two", ms=5.0)])
    assert re.search(r"It is (4\.99|5\.0)\d* times \[.*\] as fast as the runner-up, `two`\.", paragraphs(run)[1])


def test_the_reader_is_told_what_the_fastest_is_and_where_its_code_lies():
    second = paragraphs(make_run())[1]
    assert 'What `row_major` is: "Samples as rows, no transposes"; its code is `backprop/row_major`' in second
    assert "3.00 ms instead of 72.0 ms (min time)" in second


def test_of_functions_in_one_file_the_file_is_told_and_no_title_that_is_but_the_name():
    run = make_run([BASE, Spec(name="fast", ms=1.0, title="fast")])
    run = replace(run, sources={name: {"rows.py": "..."} for name in ("base", "fast")})
    assert "The code of `fast` is `rows.py:fast`, and a call takes 1.00 ms instead of" in paragraphs(run)[1]


def test_the_baseline_may_be_the_fastest():
    first = paragraphs(make_run([BASE, Spec(name="slow", ms=20.0)]))[0]
    assert re.match(r"`base`, the baseline, is the fastest: the next, `slow`, is 0\.(50|499)\d* times \[", first), first


def test_nothing_is_called_faster_within_the_margin():
    first = paragraphs(make_run([BASE, Spec(name="same", ms=9.95)]))[0]
    assert first.startswith("No implementation was shown to compute backprop faster than `base` by more than 3 %:")


def test_the_same_rounds_are_judged_at_another_margin():
    run = make_run([BASE, Spec(name="better", ms=9.0)])
    assert paragraphs(run)[0].startswith("`better` computes backprop 1.11")
    assert paragraphs(run, margin=0.2)[0].startswith("No implementation was shown")


def test_too_few_rounds_decide_nothing():
    first = paragraphs(make_run(rounds=3))[0]
    assert "about 24.0 times as fast" in first
    assert "no interval below 6 rounds" in first
    assert "[" not in first


def test_a_baseline_alone_has_a_time_and_no_comparison():
    first = paragraphs(make_run([BASE]))[0]
    assert re.match(r"`base` takes 10\.0 ms a call \(min time; .*8 rounds\); nothing was compared with it\.", first), (
        first
    )


def test_a_wrong_baseline_is_named_and_the_others_keep_their_times():
    wrong = replace(BASE, outcome=Outcome.WRONG, reason="grad_b1 is NaN")
    first = paragraphs(make_run([wrong, Spec(name="one", ms=1.0), Spec(name="two", ms=2.0)]))[0]
    assert "because of the baseline: `base` is wrong (grad_b1 is NaN)" in first
    assert "`one`, takes 1.00 ms a call (min time; " in first


def test_a_baseline_that_could_not_be_started_is_said_so():
    absent = replace(BASE, started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")
    assert "the baseline: it was not run" in paragraphs(make_run([absent, Spec(name="one")]))[0]


def test_where_nothing_is_ok_every_fate_is_listed():
    dead = [replace(BASE, outcome=Outcome.CRASHED, reason="signal 11"), *USUAL[3:]]
    (only,) = paragraphs(make_run(dead))
    assert only == (
        "No implementation of backprop has a time: `base` crashed (signal 11); `dropped` is wrong "
        "(grad_w1 is 3.2 tolerances off); `jit` is unavailable (needs numba)."
    )


@pytest.mark.parametrize(("ms", "told"), [(1.03, True), (0.001, False)])
def test_a_noisy_machine_is_said_to_be_noisy_where_that_leaves_something_undecided(ms, told):
    run = make_run([replace(BASE, noise=0.3), Spec(name="one", ms=BASE.ms * ms)])
    found = paragraphs(run)
    assert any(text.startswith("This machine is too noisy for a margin of 3 %") for text in found) is told


def test_an_interrupted_run_says_so_and_counts_its_rounds():
    assert paragraphs(make_run(rounds=7, interrupted=True))[-1] == (
        "The run was interrupted: the figures come from the 7 rounds done by then."
    )


def test_each_group_has_its_own_sentence():
    other = Size(name="S", values={"m": 1000, "n": 64, "p": 25})
    found = [text for text in paragraphs(make_run(sizes=(SIZE_M, other))) if "as fast as `loop_hoisted`" in text]
    assert ["m=10000," in text for text in found] == [True, False]
    assert ["m=1000," in text for text in found] == [False, True]


def test_layouts_are_named_where_there_are_several():
    arms = [replace(BASE, layout="CC"), Spec(name="base", ms=5.0, layout="FF")]
    first = paragraphs(make_run(arms))[0]
    assert first.startswith("`base FF` computes backprop")
    assert "layout FF against layout CC" in first


def test_a_run_without_a_blas_names_none():
    run = make_run()
    bare = [replace(one, workers=tuple(replace(worker, pools=()) for worker in one.workers)) for one in run.rounds]
    assert "1 thread, 8 rounds)" in paragraphs(replace(run, rounds=tuple(bare)))[0]


def test_the_fastest_on_the_reference_blas_is_not_headlined():
    run = make_run([BASE, Spec(name="octave", ms=1.0, blas="reference blas"), Spec(name="two", ms=2.0)])
    first, second = paragraphs(run)
    assert first.startswith("`two` computes backprop ")
    assert "octave" not in first + second


def test_what_alone_was_compared_is_named_with_the_reference_blas_that_it_ran_on():
    (only,) = paragraphs(make_run([BASE, Spec(name="octave", ms=1.0, blas="reference blas")]))
    assert only.endswith("nothing was compared with it but `octave` on the reference BLAS.")


def test_a_baseline_on_the_reference_blas_is_named_with_it():
    first = paragraphs(make_run([replace(BASE, blas="reference blas"), Spec(name="two", ms=2.0)]))[0]
    assert "as fast as `base` on the reference BLAS (" in first


def test_without_a_baseline_the_fastest_is_not_one_on_the_reference_blas():
    wrong = replace(BASE, outcome=Outcome.WRONG, reason="grad_b1 is NaN")
    arms = [wrong, Spec(name="octave", ms=1.0, blas="reference blas"), Spec(name="two", ms=2.0)]
    assert "The fastest of the others, `two`, takes" in paragraphs(make_run(arms))[0]


def test_the_blas_of_another_program_takes_the_place_of_the_workers_own():
    run = make_run([BASE, Spec(name="octave", ms=1.0, blas="octave openblas", own_clock=True)])
    assert "1 thread, Octave's OpenBLAS SkylakeX kernel, 8 rounds)" in paragraphs(run)[0]
    both = [
        replace(one, workers=tuple(replace(w, pools=run.rounds[0].workers[0].pools + w.pools) for w in one.workers))
        for one in run.rounds
    ]
    assert "1 thread, Octave's OpenBLAS SkylakeX kernel, 8 rounds)" in paragraphs(replace(run, rounds=tuple(both)))[0]


def test_that_a_remembered_answer_could_not_be_told_stands_beside_the_fastest():
    run = make_run(rounds=12)
    (group,) = {one.group for one in run.rounds}
    doubt = "its inputs are the same for every seed: a remembered answer cannot be told from a computed one"
    first, second, *_ = paragraphs(replace(run, doubts={group: doubt}))
    assert "`row_major` computes backprop" in first
    assert second == f"Warning: backprop: {doubt}."
    assert not any("remembered" in one for one in paragraphs(run))


@pytest.mark.parametrize(("sizes", "told"), [((5,), " at m=5"), ((5, 20), " at m=5, 20"), ((5, 20, 100), "")])
def test_of_a_sweep_it_is_told_at_which_sizes_a_remembered_answer_could_not_be_told(sizes, told):
    run = make_run(SWEPT, sizes=make_sizes(5, 20, 100))
    doubts = {arm.case.group: "its answers are the same" for arm in run.arms if arm.case.size.values["m"] in sizes}
    warnings = [text for text in paragraphs(replace(run, doubts=doubts)) if text.startswith("Warning")]
    assert warnings == [f"Warning: backprop{told}: its answers are the same."]


def test_results_of_which_none_differs_are_called_exact():
    measured = Check(closeness=Closeness.MEASURED, against=Against.EXTENDED)
    for errors, told in (((0.0, 0.0), True), ((0.0, 0.1), False)):
        arms = [Spec(name="loop", ms=90.0, baseline=True, error=errors[0]), Spec(name="fast", ms=9.0, error=errors[1])]
        run = make_run(arms)
        run = replace(run, checks={arm.case.group: measured for arm in run.arms})
        text = answer.section(Analysis(run)).paragraphs[1]
        assert text.startswith("Results are exact: none differs from") is told
        assert ("within a measured tolerance" in text) is not told
