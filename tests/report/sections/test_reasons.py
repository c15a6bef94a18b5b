"""Why, in plain words, one implementation after the other."""

import pytest
from msgspec.structs import replace

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


def test_of_a_few_calls_nothing_is_said_of_whole_arrays():
    calls = (passes(2, moved=300, ns=600), passes(3, moved=300, ns=900, mixed=True))
    does = {"few": Does(calls=calls, smallest_ns=None)}
    found = sentences(make_explained([Spec(name="few", ms=0.0015, baseline=True)], does))["few"]
    assert "`few` is overhead-bound: 5 NumPy calls" in found
    assert "Only fewer calls, or compiled code, would help." in found


def test_page_faults_are_named_with_their_cost_and_their_remedy():
    assert (
        "935 page faults a call cost about 16 % of the time: reuse buffers (`inplace` allocates 27.0 kB a call instead "
        "of 16.0 MB), or have freed memory kept (`--allocator retain`)." in sentences(make_explained())["vectorized"]
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
    assert "2 calls, mostly `einsum`, about" in found
    assert "reading its inputs" not in found
    assert "a matrix product may say the same" in found
    other = replace(einsum, name="convolve")
    found = sentences(make_explained(does={"vectorized": Does(calls=(other,))}))["vectorized"]
    assert "mostly `convolve`" in found
    assert "a matrix product" not in found


def test_of_compiled_code_that_reads_its_inputs_nothing_is_said_of_reading_them_once():
    run = make_explained([Spec(name="c_fused", ms=0.5, baseline=True)], {"c_fused": Does()}, ladder=())
    run = replace(run, problem=replace(run.problem, work={name: {"bytes": 12e6} for name in run.problem.work}))
    found = sentences(run)["c_fused"]
    assert "is memory-bound: reading its inputs and writing its results alone takes about" in found
    assert found.endswith("of the time.")


def test_arithmetic_is_named_with_the_rate_of_the_products():
    found = sentences(make_explained())
    assert "`inplace` is compute-bound: 5 matrix products at 40.0 GFLOP/s" in found["inplace"]
    assert "its arithmetic alone, at the rate of a matrix product, is about" in found["c_fused"]


def test_each_step_is_told_with_its_ratio_and_its_reason():
    text = sentences(make_explained())["vectorized"]
    assert "times [" in text
    assert "as fast as `loop_hoisted`: NumPy calls 140,000 -> 17; GFLOP/s in BLAS" in text


def test_a_step_that_the_run_cannot_tell_is_called_so():
    same = Spec(name="inplace", ms=6.0)
    text = sentences(make_explained([USUAL[0], USUAL[1], same]))["inplace"]
    assert "It is not told apart from `vectorized`: 1.00" in text


def test_with_memory_retained_no_word_is_said_of_retaining_it():
    run = make_explained([USUAL[0], replace(USUAL[1], faults=3000)])
    arms = tuple(replace(arm, case=replace(arm.case, allocator="retain")) for arm in run.arms)
    groups = {arm.case.group for arm in arms}
    rounds = tuple(replace(one, group=next(iter(groups))) for one in run.rounds)
    assert "--allocator" not in sentences(replace(run, arms=arms, rounds=rounds))["vectorized"]


def test_what_cannot_be_seen_is_called_so():
    found = sentences(make_explained())
    assert found["octave"] == "`octave` computes in another program, whose work is not seen."
    assert found["torch_eager"] == "`torch_eager` takes arrays of one class only: what it does could not be seen."


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


def plain_loop(*lines, watched=1.0):
    does = {"loop": Does(lines=lines, lines_watched=watched)}
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True)], does)
    return replace(run, problem=replace(run.problem, work={}))


def test_a_plain_loop_is_told_by_the_lines_that_take_its_time():
    run = plain_loop(line(8, 0.61), line(7, 0.3, text="for one in row:"), line(9, 0.05))
    assert sentences(run)["loop"] == (
        "`loop` spends its time in line 8 of rows.py (about 61 %, 20,000 times): `total += one`; line 7 (about 30 %, "
        "20,000 times): `for one in row:`."
    )
    assert profilers(run) == []
    (told,) = (text for text in explanation.section(Analysis(run)).paragraphs if text.startswith("In `loop` each"))
    assert "Fewer steps of Python help: a built-in" in told
    assert "search" not in told  # there is none
    assert "whole arrays" not in told  # its source is not known
    (told,) = remedies(replace(run, sources={"loop": {"loop.py": "import numpy as np"}}))
    assert "whole arrays, a built-in" in told


def test_of_a_loop_that_takes_too_long_to_watch_the_beginning_is_told_as_such():
    run = plain_loop(line(8, 0.61), watched=0.3)
    assert sentences(run)["loop"] == (
        "`loop` spends about the first 30 % of its time in line 8 of rows.py (about 61 %, 20,000 times): `total += "
        "one`. The rest was not watched, as that takes too long: a smaller size shows all of it."
    )
    often = [text for text in remedies(run) if "is quickly done" in text]
    assert often
    slow = plain_loop(line(8, 0.61, times=5000), watched=1.0)  # 11 us each time
    assert not [text for text in remedies(slow) if "is quickly done" in text]
    assert remedies(plain_loop(line(8, 0.61, times=5000), watched=0.3))  # 3.3 us


def remedies(run):
    return [text for text in explanation.section(Analysis(run)).paragraphs if text.startswith("In `loop`")]


def test_a_search_is_told_with_its_time_and_what_needs_none():
    run = plain_loop(line(8, 0.98, text="if one not in rows:"), line(7, 0.01, text="for one in row:"))
    assert "search" not in " ".join(remedies(run))  # nobody knows what `rows` is
    (told,) = remedies(replace(run, sources={"loop": {"loop.py": "rows = []"}}))
    assert told.startswith("In `loop`, line 8 takes 4.41 us each time, as a search through a list does: a dictionary")


def test_the_table_names_lines_in_the_place_of_a_cause():
    steps = explanation.section(Analysis(plain_loop(line(8, 0.9)))).tables[0]
    place = [column.name for column in steps.columns].index("cause")
    assert (steps.rows[0][place].value, steps.rows[0][place].text) == (None, "its own lines")


def test_a_difference_that_lies_in_lines_is_told_by_them():
    does = {
        "loop": Does(lines=(line(8, 0.9, text="slow()"), line(9, 0.1))),
        "inplace": Does(lines=(line(8, 0.5, text="fast()"), line(9, 0.5))),
    }
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True), Spec(name="inplace", ms=18.0)], does)
    run = replace(run, problem=replace(run.problem, work={}, ladder=()))
    assert sentences(run)["inplace"].endswith(
        " as fast as `loop`: about 100 % of the difference lies in line 8 of rows.py."
    )


def test_a_difference_to_what_was_watched_in_its_beginning_alone_is_not_told_by_lines():
    does = {"loop": Does(lines=(line(8, 0.9, text="slow()"),), lines_watched=0.3), "inplace": Does()}
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True), Spec(name="inplace", ms=18.0)], does)
    run = replace(run, problem=replace(run.problem, work={}, ladder=()))
    assert "difference lies" not in sentences(run)["inplace"]


def test_what_could_not_be_counted_is_told_by_its_lines():
    run = make_explained(does={**DOES, "torch_eager": Does(calls=None, lines=(line(8, 0.9, times=1),))})
    assert sentences(run)["torch_eager"].startswith("`torch_eager` spends its time in line 8 of rows.py")


def test_buffers_are_to_be_reused_only_where_their_memory_takes_the_page_faults():
    arms = [USUAL[0], replace(USUAL[1], faults=3000)]
    little = {**DOES, "vectorized": replace(DOES["vectorized"], allocated_bytes=1_000_000)}
    found = sentences(make_explained(arms, little))["vectorized"]
    assert "of the time. Have freed memory kept (`--allocator retain`)." in found
    once = {**DOES, "vectorized": replace(DOES["vectorized"], calls=(passes(1, moved=80_000_000, ns=2_500_000),))}
    assert "euse buffers" not in sentences(make_explained(arms, once))["vectorized"]


def test_of_a_single_pass_nothing_is_said_of_fewer():
    does = {"vectorized": Does(calls=(passes(1, moved=80_000_000, ns=4_000_000),))}
    found = sentences(make_explained([Spec(name="vectorized", ms=4.0, baseline=True)], does))["vectorized"]
    assert "is memory-bound: 1 call" in found
    assert "matrix product" not in found
    assert "fewer passes" not in found


def test_functions_are_named_where_they_compute_and_no_product_does():
    exp = replace(passes(2, moved=6_400_000, ns=5_000_000), name="exp", kind=CallKind.FUNCTION)
    run = make_explained([Spec(name="loop", ms=5.5, baseline=True)], {"loop": Does(calls=(exp,))}, ladder=())
    found = sentences(replace(run, problem=replace(run.problem, work={})))["loop"]
    assert "is compute-bound: 2 calls of functions such as `exp`, which compute more than they move, about" in found
    assert found.endswith("Numbers of float32 take less time.")


def test_blocks_are_advised_where_products_are_slow_and_float32_where_it_is_not_that():
    fast = {"inplace": Does(calls=(products(5, flops=4e8, ns=4_000_000),))}
    found = sentences(make_explained([Spec(name="inplace", ms=4.1, baseline=True)], fast))["inplace"]
    assert "compute-bound: 5 matrix products at 10" in found
    assert "blocks" not in found
    assert "What is left to gain is in float32 or in more threads." in found
    run = make_explained([Spec(name="inplace", ms=4.0, baseline=True)], dtypes=("float32",))
    assert "that stay in the cache or in more threads." in sentences(run)["inplace"]


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
