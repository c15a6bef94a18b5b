"""What a gate can see, simulated from rounds of identical code."""

import random

from bench.stats.power import calibrate


def series(sd, cases=4, rounds=8):
    generator = random.Random(8)
    return [[generator.gauss(0, sd) for _ in range(rounds)] for _ in range(cases)]


def test_on_a_quiet_machine_a_slowdown_little_above_the_margin_is_seen_and_identical_code_never_slower():
    found = calibrate(series(0.004), 0.03, fresh=20, seed=1)
    assert found.visible in (0.04, 0.05)
    assert found.false_alarms == 0
    assert found.undecided == 0
    assert found.rounds == 32


def test_on_a_noisy_machine_only_a_larger_one_is_seen():
    quiet, noisy = (calibrate(series(sd), 0.03, fresh=20, seed=1) for sd in (0.004, 0.05))
    assert noisy.visible > quiet.visible
    assert noisy.false_alarms <= 0.05
    assert noisy.undecided > 0


def test_without_time_for_fresh_rounds_only_the_first_rounds_tell_and_of_many_benchmarks_nothing():
    assert calibrate(series(0.004), 0.03, fresh=0, seed=1).visible in (0.05, 0.06)
    assert calibrate(series(0.004, cases=6), 0.03, fresh=0, seed=1).visible is None


def test_a_seed_repeats_the_figures():
    assert calibrate(series(0.01), 0.03, fresh=12, seed=5) == calibrate(series(0.01), 0.03, fresh=12, seed=5)
