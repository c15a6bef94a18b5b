"""Results of nothing have the form of the right one."""

import numpy as np

from bench.worker.inputs import same_value
from bench.worker.values.nothing import emptied, zeroed


def test_zeros_have_the_form_and_the_types_of_what_is_right():
    right = {"a": np.ones((2, 3), np.float32), "b": [1.5, (2, True, "word")], "c": np.float64(3), "d": None}
    expected = {"a": np.zeros((2, 3), np.float32), "b": [0.0, (0, True, "word")], "c": np.float64(0), "d": None}
    found = zeroed(right)
    assert found.keys() == expected.keys()
    assert all(same_value(value, expected[name]) for name, value in found.items() if name != "b")
    assert found["b"] == expected["b"]
    assert type(found["b"][1]) is tuple


def test_what_has_elements_has_none_afterwards():
    assert emptied(np.ones((4, 2))).shape == (0, 2)
    assert [emptied(one) for one in ([1], (1,), {1: 2}, {1}, "a", b"a")] == [[], (), {}, set(), "", b""]
    assert emptied(np.array(3.0)) == 3.0
    assert emptied(7) == 7
