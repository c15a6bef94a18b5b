"""What a reader should know before trusting the figures."""

import re

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.explanation import ladders
from bench.analyse.findings import findings
from bench.machine.load import Activity
from bench.report.sections import brief, reasons, threats
from bench.store.worker_records import DiscardedBurst, Outcome
from tests.builders import USUAL, Spec, disturbed, make_run
from tests.explained import make_explained

UNKNOWN = Activity(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None)


def text(run):
    return "\n".join(threats.section(Analysis(run)).paragraphs)


def loaded(run, **changes):
    rounds = tuple(replace(one, load=replace(one.load, **changes)) for one in run.rounds)
    return replace(run, rounds=rounds)


def test_the_noise_floor_comes_with_its_interval_and_what_it_resolves():
    found = text(make_run())
    assert "Noise floor: the baseline measured twice differs from itself by 1.000x [0.999, 1.001]." in found
    assert "quiet enough for the margin of 3 %" in found


def test_too_much_noise_is_called_so():
    assert "too noisy for the margin of 3 %" in text(make_run([replace(USUAL[0], noise=0.3), USUAL[1]]))


def test_where_a_noisy_baseline_has_page_faults_its_remedy_is_told():
    faulting = text(make_run([replace(USUAL[0], noise=0.3, faults=20_000), USUAL[1]]))
    assert "The baseline's own page faults may be part of that: `--allocator retain`" in faulting
    for baseline in (replace(USUAL[0], noise=0.3, faults=0), replace(USUAL[0], faults=20_000)):
        assert "may be part of that" not in text(make_run([baseline, USUAL[1]]))


def test_without_a_second_baseline_the_noise_is_unknown():
    assert "Noise floor: unknown" in text(make_run(again=False))


def test_a_baseline_that_was_measured_twice_only_once_is_said_so():
    run = make_run()
    rest = [
        replace(one, workers=tuple(worker for worker in one.workers if not worker.arm.endswith("(again)")))
        for one in run.rounds[1:]
    ]
    found = text(replace(run, rounds=(run.rounds[0], *rest)))
    assert "Noise floor: unknown, as the baseline was measured twice in 1 round only: more was not needed" in found


def test_who_was_measured_no_further_is_named_with_the_reason():
    run = make_run()
    found = text(replace(run, stopped={run.arms[2].name: "24 times as slow as the fastest"}))
    assert "because 6 rounds of all would have taken too long: `row_major` (24 times as slow" in found
    assert "Measured no further" not in text(run)


def test_of_many_that_were_measured_no_further_or_disturbed_a_few_are_named_in_one_sentence():
    arms = [USUAL[0], *(Spec(name=f"other_{place}", ms=3.0 + place) for place in range(9))]
    run = make_run(arms)
    for spec in arms[1:]:
        run = disturbed(run, spec.name)
    found = text(replace(run, stopped={arm.name: "slow" for arm in run.arms[2:]}))
    assert found.count("`other_3`") == 0
    assert "`other_2` (slow) and 6 more. `--budget` gives more time" in found
    assert re.search(r"`other_2` is .* by its shortest calls and .* by medians and 6 more: some calls", found)


def test_warnings_of_the_run_come_first():
    found = text(make_run(warnings=("OPENBLAS_CORETYPE=Haswell forces this kernel",)))
    assert found.startswith("Warning: OPENBLAS_CORETYPE=Haswell forces this kernel\n")


def test_steal_is_told_with_the_rounds_it_was_in():
    run = make_run()
    first = replace(run.rounds[0], load=replace(run.rounds[0].load, steal=(0.0, 0.08)))
    found = text(replace(run, rounds=(first, *run.rounds[1:])))
    assert "Steal: the hypervisor took up to 8.0 % of a CPU; 1 % or more in 1 of 8 rounds." in found
    assert "Steal:" not in text(run)


def test_a_load_that_is_not_this_run_is_told():
    assert "Activity: up to 3.5 before a round" in text(loaded(make_run(), load_before=3.5))
    assert "Activity: " not in text(make_run())


def test_an_unknown_load_is_not_called_none():
    run = make_run()
    silent = replace(run, rounds=tuple(replace(one, load=UNKNOWN) for one in run.rounds))
    assert "Load and steal: unknown" in text(silent)
    assert "none to speak of" not in text(silent)


def test_two_fold_cases_are_named():
    run = make_run([USUAL[0], Spec(name="two", slow_rounds=(1, 3, 5, 7, 9))], rounds=12)
    found = text(run)
    assert "`two` is bimodal: " in found
    assert "its ratio is a mixture of the two. Page faults do not tell them apart" in found


def test_discarded_rounds_are_counted_with_their_reason():
    assert "Discarded: 2 rounds with all their arms, because the clock jumped by 3 s." in text(
        make_run(discarded=(1, 2))
    )


def test_bursts_that_were_timed_again_are_counted_with_their_reason():
    run = make_run(rounds=1)
    again = DiscardedBurst(burst=run.rounds[0].workers[0].bursts[0], reason="its samples were too short for the clock")
    first, *others = run.rounds[0].workers
    workers = (replace(first, discarded_bursts=(again, again)), *others)
    run = replace(run, rounds=(replace(run.rounds[0], workers=workers),))
    assert "Timed again: 2 bursts, because: its samples were too short for the clock." in text(run)


def test_too_few_rounds_are_told():
    assert "Too few rounds: 5 rounds" in text(make_run(rounds=5))
    assert "Too few rounds" not in text(make_run(rounds=6))


def test_a_case_whose_usual_calls_say_something_else_than_its_fastest_is_named_with_both_ratios():
    found = text(disturbed(make_run(), "row_major"))
    assert "`row_major` is 23.99x [23.97, 24.01] by its shortest calls and " in found
    assert "by medians: some calls took much longer than the shortest" in found
    assert "`inplace` is" not in found
    assert "by medians" not in text(make_run())


def test_page_faults_are_told_where_they_make_up_a_visible_part():
    found = text(make_run())
    assert "`row_major` 900 a call (about 30 % of its time)" in found
    assert "`inplace`" not in found


@pytest.mark.parametrize(("file", "told"), [("rows.py", True), ("decode.py", False)])
def test_a_function_of_a_file_that_fails_may_be_a_helper(file, told):
    specs = (*USUAL[:3], Spec(name="decode", outcome=Outcome.FAILED, reason="TypeError: not a number"))
    run = make_run(specs)
    sources = {spec.name: {"rows.py": ""} for spec in specs} | {"decode": {file: ""}}
    found = text(replace(run, sources=sources))
    assert ("If `decode` is a helper, and nothing to compare, call it `_decode`." in found) is told


def test_cases_without_a_time_have_their_reasons():
    found = text(make_run())
    assert "No time for `dropped`: wrong, grad_w1 is 3.2 tolerances off." in found
    assert "No time for `jit`: unavailable, needs numba." in found


def test_cases_on_the_reference_blas_are_named_with_the_remedy():
    found = text(make_run([USUAL[0], Spec(name="octave", blas="reference blas"), Spec(name="two")]))
    assert "Reference BLAS: `octave` ran on it" in found
    assert "`apt-get install libopenblas0`" in found
    assert "Reference BLAS" not in text(make_run())


def test_a_report_names_one_share_of_page_faults_wherever_it_speaks_of_them():
    run = make_explained()
    (share,) = (one for one in reasons.sentences(ladders(run, findings(run))[0]) if "page faults a call" in one)
    assert "935 page faults a call cost about 16 % of the time" in share
    assert "`vectorized` 935 a call (about 16 % of its time), by their cost as measured here" in text(run)


def test_too_much_noise_is_set_beside_the_effect_and_what_it_leaves_open():
    arms = [replace(USUAL[0], noise=0.1), Spec(name="fast", ms=3.0, noise=0.1), Spec(name="near", ms=71.0, noise=0.1)]
    found = text(make_run(arms))
    assert re.search(r"That is nothing beside the 2\d\.\dx of `fast`, but decides nothing about `near`\.", found), found


def test_a_page_shows_the_warnings_and_the_noise_floor_and_counts_the_rest():
    run = make_run(warnings=("OPENBLAS_CORETYPE=Haswell forces this BLAS kernel",))
    said = threats.told(Analysis(run))
    assert said.startswith("Warning: OPENBLAS_CORETYPE=Haswell forces this BLAS kernel. Noise floor: ")
    assert said.endswith("4 more remarks.")
    several = threats.told(Analysis(make_run(dtypes=("float64", "float32"), rounds=6)))
    assert re.fullmatch(r"\d+ remarks\.", several)


def test_a_terminal_shows_warnings_apart():
    run = make_run(warnings=("a kernel is forced",))
    told, warnings = threats.brief(Analysis(run), of_groups=True), threats.warnings(Analysis(run))
    assert [one.title for one in brief(Analysis(run))][:3] == ["Answer", "What to do", "Warnings"]
    assert (warnings.kind, warnings.paragraphs) == ("warnings", ("Warning: a kernel is forced",))
    assert told.paragraphs[0].startswith("Noise floor")


def test_how_to_allow_what_is_off_by_little_is_said_once():
    off = [
        Spec(name=name, outcome=Outcome.WRONG, reason="result[1] is off by 2.2 times the tolerance (relative 2e-14)")
        for name in ("integral", "uniform")
    ]
    assert text(make_run([*USUAL, *off])).count("`tolerance(inputs, unit_roundoff)`") == 1
    assert "`tolerance(inputs, unit_roundoff)`" not in text(make_run(USUAL))
    narrow = Spec(name="narrow", outcome=Outcome.WRONG, reason="result is float32, expected float64")
    assert "absolute error allowed, and return the result in the baseline's dtype" in text(
        make_run([*USUAL[:3], narrow])
    )
    counted = Spec(name="counted", outcome=Outcome.WRONG, reason="result['n'] is int64, expected float64")
    assert "dtype alone differs, have one of the two convert it (`.astype`)." in text(make_run([*USUAL[:3], counted]))
    far = Spec(
        name="far", outcome=Outcome.WRONG, reason="result is off by 2e+17 times the tolerance (relative 1.0e+03)"
    )
    assert "`tolerance(inputs, unit_roundoff)`" not in text(make_run([*USUAL, far]))
