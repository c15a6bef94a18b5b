"""Errors beside speed: what the figure shows, read off the drawn objects."""

from dataclasses import replace

import pytest

from bench.analyse.analysis import Analysis
from bench.report.sections import accuracy
from tests.builders import USUAL, Spec, make_run

ARMS = [
    Spec(name="base", ms=10.0, baseline=True, error=0.2),
    Spec(name="fast", ms=1.0, error=0.05),
    Spec(name="exact", ms=2.0, error=0.0),
]


def section(run):
    return accuracy.section(Analysis(run))


def numbers(axes):
    return [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]


def test_each_case_has_a_row_fastest_on_top_with_speed_up_error_and_ulp():
    speedup, tolerance, ulp = section(make_run(ARMS)).figures[0].draw().axes
    assert [text.get_text() for text in speedup.get_yticklabels()] == ["fast", "exact", "base"]
    assert numbers(speedup) == pytest.approx([10.0, 5.0, 1.0], rel=0.01)
    assert numbers(tolerance)[::2] == pytest.approx([0.05, 0.2])
    assert numbers(ulp) == [3.0] * 3
    assert {axes.get_xscale() for axes in (speedup, tolerance, ulp)} == {"log"}


def test_what_is_exact_stands_left_of_all_others_with_a_hollow_marker():
    axes = section(make_run(ARMS)).figures[0].draw().axes[1]
    exact = [line for line in axes.lines if line.get_marker() == "o"][1]
    assert exact.get_xdata()[0] < 0.05
    assert exact.get_markerfacecolor() == "white"


def test_the_end_of_the_tolerance_is_in_the_picture():
    axes = section(make_run(ARMS)).figures[0].draw().axes[1]
    low, high = axes.get_xlim()
    assert low < min(numbers(axes))
    assert high > 1.0


def test_a_case_without_a_time_is_not_drawn():
    figure = section(make_run()).figures[0]
    assert len(numbers(figure.draw().axes[0])) == 3
    assert "dropped" not in figure.caption


def test_the_caption_has_the_numbers():
    assert "`fast` 0.050 and 3.0 ulp" in section(make_run(ARMS)).figures[0].caption


def test_one_case_alone_or_none_verified_needs_no_figure():
    assert section(make_run([USUAL[0]])) is None
    run = make_run(ARMS)
    rounds = tuple(
        replace(one, workers=tuple(replace(worker, verification=()) for worker in one.workers)) for one in run.rounds
    )
    assert section(replace(run, rounds=rounds)) is None
