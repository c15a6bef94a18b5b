"""Evaluations in a fork, and copies of inputs."""

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


class Signal(np.ndarray):
    """An array that has an attribute."""


def test_a_copy_of_an_array_is_of_its_class_and_has_its_attributes():
    signal = np.arange(3.0).view(Signal)
    signal.rate = [2]
    found = baseline.copied(signal)
    assert type(found) is Signal
    assert (found.tolist(), found.rate) == ([0, 1, 2], [2])
    assert found.rate is not signal.rate
    assert not np.shares_memory(found, signal)
    objects = baseline.copied(np.array([[1]], object))
    assert type(objects) is np.ndarray
