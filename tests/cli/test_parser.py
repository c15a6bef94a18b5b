"""What the command line makes of its arguments, as far as no other test shows it."""

import pytest

from bench.cli.parser import parser


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("m=100..1e4", (100, 200, 500, 1000, 2000, 5000, 10000)),
        ("m=150..1100", (150, 200, 500, 1000, 1100)),
        ("m = 1 .. 10", (1, 2, 5, 10)),
        ("m=100..1e6:5", (100, 1000, 10_000, 100_000, 1_000_000)),
        ("m=1..4:9", (1, 2, 3, 4)),
        ("m=3..7:2", (3, 7)),
        ("m=10,20,50", (10, 20, 50)),
        ("m=1e3, 50,50", (50, 1000)),
    ],
)
def test_a_sweep_goes_in_steps_of_1_2_5_in_equal_ratios_or_through_a_list(text, values):
    assert parser().parse_args(["run", "backprop", "--sweep", text]).sweep == ("m", values)


def test_what_is_not_typed_is_left_out():
    assert vars(parser().parse_args(["check", "backprop", "--seed", "7"])) == {
        "command": "check",
        "problem": ["backprop"],
        "seed": 7,
    }
