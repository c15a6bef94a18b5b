"""What changing one condition does, on runs whose truth is known."""

import json

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report import json_run
from bench.report.sections import conditions
from tests.builders import Spec, make_run, make_sizes


def law(ms):
    """Return milliseconds: two threads take 1 / 1.6 of the time, float32 half of it."""
    return lambda case: ms / (1.6 if case.threads == 2 else 1) / (2 if case.dtype == "float32" else 1)


ARMS = [Spec(name="base", baseline=True, law=law(8.0)), Spec(name="fast", law=law(2.0))]


def made(**changes):
    return Analysis(make_run(ARMS, **changes))


def test_threads_have_a_speed_up_and_an_efficiency_with_intervals():
    for one in made(threads=(1, 2)).effects["threads"]:
        assert (one.before, one.after) == (1, 2)
        assert one.speedup.value == pytest.approx(1.6, rel=0.01)
        assert one.efficiency.value == pytest.approx(0.8, rel=0.01)
        assert one.efficiency.interval.low < 0.8 < one.efficiency.interval.high


def test_float32_is_held_against_float64_whatever_comes_first():
    found = made(dtypes=("float32", "float64")).effects["dtype"]
    assert {(one.before, one.after) for one in found} == {("float64", "float32")}
    assert [one.speedup.value for one in found] == pytest.approx([2.0, 2.0], rel=0.01)
    assert found[0].efficiency is None


def test_only_conditions_that_differ_in_one_axis_are_compared():
    analysis = made(threads=(1, 2), dtypes=("float64", "float32"), sizes=make_sizes(1, 2))
    assert len(analysis.effects["threads"]) == len(analysis.effects["dtype"]) == 2 * 2 * 2
    assert analysis.effects["allocator"] == ()


def test_times_are_paired_by_the_index_of_the_round():
    run = made(threads=(1, 2), rounds=8).run
    kept = tuple(one for one in run.rounds if one.index < 3 or "1t" in one.group)
    short = replace(run, rounds=kept)
    found = Analysis(short).effects["threads"]
    assert {one.rounds for one in found} == {3}
    assert all(one.speedup.interval is None for one in found)


def test_the_section_says_what_each_axis_does_and_how_it_was_paired():
    analysis = made(threads=(1, 2), dtypes=("float64", "float32"))
    section = conditions.section(analysis)
    assert "paired by the index of the round" in section.paragraphs[0]
    assert any(
        text.startswith("With 2 threads instead of 1 (m=10000, n=64, p=25, float64): ") for text in section.paragraphs
    )
    assert any(text.startswith("With float32 instead of float64 (") for text in section.paragraphs)
    assert [table.name for table in section.tables] == ["by-threads", "by-dtype"]
    assert "80 %" in section.tables[0].for_people().rows[0][-2].text


def test_speedups_of_all_conditions_stand_in_one_figure():
    analysis = made(threads=(1, 2), dtypes=("float64", "float32"))
    (figure,) = conditions.section(analysis).figures
    assert [chart.title for chart in figure.charts] == [
        "float64, 1 thread",
        "float64, 2 threads",
        "float32, 1 thread",
        "float32, 2 threads",
    ]


def test_the_json_has_each_effect_with_its_interval():
    analysis = made(threads=(1, 2))
    found = json.loads(json.dumps(json_run.of(analysis, None), allow_nan=False))["effects"]
    assert {(one["axis"], one["before"], one["after"]) for one in found} == {("threads", 1, 2)}
    assert {one["id"] for one in found} == {f"backprop[{name}-M-float64-C-2t]" for name in ("base", "fast")}
    assert all(one["efficiency"]["interval"][0] < 0.8 < one["efficiency"]["interval"][1] for one in found)


def test_one_condition_needs_no_section():
    assert conditions.section(made()) is None
