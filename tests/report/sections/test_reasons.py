"""Why, in plain words, one implementation after the other."""

from dataclasses import replace

import pytest

from bench.analyse.analysis import Analysis
from bench.problems.case import Size
from bench.report.sections import explanation
from bench.store.profile_records import Line
from bench.store.worker_records import CallKind, Outcome
from tests.builders import Spec
from tests.explained import DOES, USUAL, Does, make_explained, passes, products
from tests.limited import limited


def sentences(run):
    """Return what is said of each implementation: name -> text."""
    found = explanation.section(Analysis(run))
    return {text.split("`")[1]: text for text in found.paragraphs if text.startswith("`")}


def test_call_overhead_is_named_with_the_number_of_calls_and_who_does_better():
    assert sentences(make_explained())["loop_hoisted"] == (
        "`loop_hoisted` is overhead-bound: 140,000 NumPy calls, about 49 % of the time however small their arrays. "
        "Do more with each call: whole arrays, or blocks of many samples (see `vectorized`)."
    )


def test_overhead_that_is_paid_once_is_told_from_that_which_grows_with_the_size():
    does = {"small": Does(calls=(passes(10, moved=8000, ns=3000),), smallest_ns=3000)}
    run = make_explained(
        [Spec(name="small", ms=0.005, baseline=True)], does, sizes=(Size(name="S", values={"m": 100}),)
    )
    assert "however small their arrays (m=1 takes 3.00 us). It does not grow" in sentences(run)["small"]


def test_page_faults_are_named_with_their_cost_and_their_remedy():
    assert (
        "935 page faults a call cost about 16 % of the time: reuse buffers (see `inplace`), or have freed memory kept "
        "(`--allocator retain`)." in sentences(make_explained())["vectorized"]
    )
    many = make_explained([USUAL[0], replace(USUAL[1], faults=3000)])
    assert "`vectorized` is page-fault-bound: 3,000 page faults a call cost" in sentences(many)["vectorized"]


def test_no_page_faults_are_claimed_where_there_are_none():
    run = make_explained([USUAL[0], replace(USUAL[1], faults=0)])
    assert "fault" not in sentences(run)["vectorized"]


def test_memory_traffic_is_named_with_its_bytes_and_the_orders_it_mixes():
    assert (
        "is memory-bound: 14 calls beside the matrix products (14 on arrays of both C and F order), over 80.0 MB, about"
        in sentences(make_explained())["vectorized"]
    )


def test_a_call_whose_work_is_not_seen_is_named_and_nothing_is_said_of_reading_inputs():
    einsum = replace(passes(2, moved=40_000_000, ns=4_000_000), name="einsum", kind=CallKind.OTHER, flops=0.0)
    found = sentences(make_explained(does={"vectorized": Does(calls=(einsum,))}))["vectorized"]
    assert "2 calls beside the matrix products, mostly `einsum`, about" in found
    assert "reading its inputs" not in found


def test_arithmetic_is_named_with_the_rate_of_the_products():
    found = sentences(make_explained())
    assert "`inplace` is compute-bound: 5 matrix products at 40.0 GFLOP/s" in found["inplace"]
    assert "its arithmetic alone, at the rate of a matrix product, is about" in found["c_fused"]


def test_each_step_is_told_with_its_ratio_and_its_reason():
    text = sentences(make_explained())["vectorized"]
    assert "times [" in text
    assert "as fast as `loop_hoisted`: NumPy calls 140,000 -> 17; allocated bytes 276 MB -> 16.0 MB" in text


def test_a_step_that_the_run_cannot_tell_is_called_so():
    same = Spec(name="inplace", ms=6.0)
    text = sentences(make_explained([USUAL[0], USUAL[1], same]))["inplace"]
    assert "It is not told apart from `vectorized` at a margin of 3 %: 1.00" in text


def test_with_memory_retained_no_word_is_said_of_retaining_it():
    run = make_explained([USUAL[0], replace(USUAL[1], faults=3000)])
    arms = tuple(replace(arm, case=replace(arm.case, allocator="retain")) for arm in run.arms)
    groups = {arm.case.group for arm in arms}
    rounds = tuple(replace(one, group=next(iter(groups))) for one in run.rounds)
    assert "--allocator" not in sentences(replace(run, arms=arms, rounds=rounds))["vectorized"]


def test_what_cannot_be_seen_is_called_so():
    found = sentences(make_explained())
    assert found["octave"] == "`octave` computes in another program, whose work is not seen."
    assert found["torch_eager"] == "`torch_eager` takes plain arrays only: what it does could not be seen."


def test_what_is_not_explained_is_called_so():
    run = make_explained([USUAL[0], Spec(name="c_fused", ms=90.0)])
    assert sentences(run)["c_fused"].startswith(
        "`c_fused` is not explained: what is counted takes about 1.6 % of its time. The rest, up to 98 %, cannot "
        "be seen here: instructions of Python itself, pandas and other libraries, or compiled code."
    )


def test_a_plain_loop_of_a_problem_that_knows_no_work_is_told_as_what_cannot_be_seen():
    does = {"loop": Does(calls=(passes(20_000, moved=1000),))}
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True)], does)
    run = replace(run, problem=replace(run.problem, work={}))
    told = sentences(run)["loop"]
    assert "what is counted takes about 5.6 % of its time. The rest, up to 94 %, cannot be seen here" in told
    (told,) = profilers(run)
    assert told == (
        "What takes the time of `loop`, a profiler shows: `cProfile` by function, `line_profiler` by line, "
        "`py-spy --native` within compiled code."
    )


def test_profilers_are_named_once_for_all_that_cannot_be_seen_and_for_nothing_else():
    (told,) = profilers(make_explained([*USUAL[:3], Spec(name="c_fused", ms=90.0), USUAL[4]]))
    assert told.startswith("What takes the time of `c_fused` and `torch_eager`, a profiler shows: ")
    assert profilers(make_explained(USUAL[:3])) == []
    assert profilers(make_explained([USUAL[0], Spec(name="c_fused", ms=0.5)])) == []


def profilers(run):
    return [text for text in explanation.section(Analysis(run)).paragraphs if text.startswith("What takes the time of")]


def test_what_is_left_out_is_named_with_the_reason():
    jit = Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")
    run = make_explained([*USUAL[:2], jit])
    assert "Left out: `jit` (needs numba)." in explanation.section(Analysis(run)).paragraphs


def test_a_call_that_moves_its_bytes_slowly_is_bound_by_what_it_computes_and_not_by_memory():
    sort = replace(passes(1, moved=400_000, ns=4_000_000), name="sort", kind=CallKind.OTHER, flops=0.0)
    run = make_explained(does={"vectorized": Does(calls=(sort, products(1, flops=1.4e8, ns=1000)))})
    found = sentences(run)["vectorized"]
    assert "`vectorized` is bound by what NumPy computes: about 67 %" in found
    assert "mostly in `sort`, which moves its arrays at 100 MB/s where an element-wise sum reaches 30.0 GB/s" in found
    assert "memory-bound" not in found


def test_work_that_would_take_longer_than_the_call_is_a_warning_and_no_cause():
    found = sentences(make_explained([USUAL[0], Spec(name="c_fused", ms=0.5)]))["c_fused"]
    assert "`c_fused` is not explained" in found
    assert "Warning: its work would take 280 % of its time at the rates measured here" in found
    assert "compute-bound" not in found


def test_where_the_limit_was_measured_the_rate_of_a_product_is_that_of_the_limit():
    run = limited(make_explained())
    analysis = Analysis(run)
    (ladder,), (roof,) = analysis.ladders, analysis.rooflines
    rung = next(one for one in ladder.rungs if one.finding.arm.case.implementation == "c_fused")
    placed = next(one for one in roof.placed if one.finding is rung.finding)
    assert rung.costs.typical.product_flops_per_s == roof.binding.rate.value
    assert rung.diagnosis.share.value == pytest.approx(placed.share.value, rel=0.01)


def line(number, share, times=20_000, text="total += one"):
    return Line(file="rows.py", number=number, text=text, times=times, share=share)


def plain_loop(*lines):
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True)], {"loop": Does(lines=lines)})
    return replace(run, problem=replace(run.problem, work={}))


def test_a_plain_loop_is_told_by_the_lines_that_take_its_time():
    run = plain_loop(line(8, 0.61), line(7, 0.3, text="for one in row:"), line(9, 0.05))
    assert sentences(run)["loop"] == (
        "`loop` spends its time in line 8 of rows.py (about 61 %, 20,000 times): `total += one`; line 7 (about 30 %, "
        "20,000 times): `for one in row:`."
    )
    assert profilers(run) == []
    (told,) = (text for text in explanation.section(Analysis(run)).paragraphs if text.startswith("In `loop` each"))
    assert "taken out of the loop" in told


def test_of_a_line_that_begins_once_nothing_is_said_of_many_steps():
    told = sentences(plain_loop(line(8, 0.9, times=1, text="frame.groupby('a').sum()")))["loop"]
    assert told == "`loop` spends its time in line 8 of rows.py (about 90 %, 1 time): `frame.groupby('a').sum()`."
    run = plain_loop(line(8, 0.9, times=1))
    assert not any(text.startswith("In `loop`") for text in explanation.section(Analysis(run)).paragraphs)


def test_where_no_line_stands_out_a_profiler_is_named():
    run = plain_loop(*(line(number, 0.05) for number in range(20)))
    assert sentences(run)["loop"].startswith("`loop` is not explained")
    assert len(profilers(run)) == 1


def test_lines_say_nothing_against_what_is_explained():
    does = {**DOES, "loop_hoisted": replace(DOES["loop_hoisted"], lines=(line(8, 0.9),))}
    assert sentences(make_explained(does=does)) == sentences(make_explained())
