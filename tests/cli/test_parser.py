"""What the command line makes of its arguments, as far as no other test shows it."""

import pytest

from bench.cli.parser import parser
from bench.cli.request import selection_of, settings_of
from bench.measure.sweep_budget import SWEEP_BUDGET_S


def asked(*arguments):
    return parser().parse_args(["run", "backprop", *arguments])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("m=100..1e4", (100, 200, 500, 1000, 2000, 5000, 10000)),
        ("m=150..1100", (150, 200, 500, 1000, 1100)),
        ("m = 1 .. 10", (1, 2, 5, 10)),
        ("m=100..1e6:5", (100, 1000, 10_000, 100_000, 1_000_000)),
        ("m=1..4:9", (1, 2, 3, 4)),
        ("m=3..7:2", (3, 7)),
    ],
)
def test_a_sweep_goes_in_steps_of_1_2_5_or_in_equal_ratios(text, values):
    assert asked("--sweep", text).sweep == ("m", values)


def test_the_last_of_two_sweeps_counts_as_with_every_option():
    assert asked("--sweep", "m=1..2", "--sweep", "n=1..2").sweep == ("n", (1, 2))


def test_several_allocators_can_be_named():
    assert selection_of(asked("--allocator", "default,retain")).allocators == ("default", "retain")
    assert selection_of(asked()).allocators == ("default",)


@pytest.mark.parametrize(
    ("more", "budget_s", "rounds"),
    [((), SWEEP_BUDGET_S, None), (("--budget", "20"), 20.0, None), (("--rounds", "3"), None, 3)],
)
def test_a_sweep_has_a_budget_unless_budget_or_rounds_are_named(more, budget_s, rounds):
    settings = settings_of(asked("--sweep", "m=1..9", *more))
    assert (settings.sweep, settings.budget_s, settings.rounds, settings.looks) == ("m", budget_s, rounds, ())


def test_without_a_sweep_there_is_none_in_the_settings():
    assert settings_of(asked()).sweep is None
    assert settings_of(asked()).budget_s is None
