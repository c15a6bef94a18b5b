"""Evaluations in a fork."""

import os
import time

import numpy as np
import pytest

from bench.worker import baseline


def test_what_is_evaluated_in_a_fork_comes_back_as_leaves(tmp_path):
    found = baseline.elsewhere(lambda: {"result": [np.ones(2), "a", os.getpid()]}, tmp_path / "x", 5, 20)
    assert found["result[0]"].array.tolist() == [1, 1]
    assert found["result[2]"].array != os.getpid()


def busy():
    while True:
        pass


@pytest.mark.parametrize(
    "evaluate", [lambda: os._exit(3), lambda: os.kill(os.getpid(), 9), lambda: 1 / 0, lambda: time.sleep(60), busy]
)
def test_nothing_comes_of_what_fails_dies_or_takes_too_long(tmp_path, monkeypatch, evaluate):
    monkeypatch.setattr(baseline, "_cpu_limit", lambda more_s: 1)
    assert baseline.elsewhere(evaluate, tmp_path / "x", 0, 0.2) is None


def test_inputs_are_copied_as_far_as_they_can_be():
    generator = (one for one in ())
    array = np.asfortranarray(np.ones((2, 3)))
    for value in (array, [array], {"a": 1}):
        assert baseline.copied(value) is not value
    assert baseline.copied(array).flags.f_contiguous
    assert baseline.copied(generator) is generator
