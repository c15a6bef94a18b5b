"""Leaves in files."""

import numpy as np
import pytest

from bench.worker.values.comparison import Error, Expected, compared
from bench.worker.values.reading import taken_apart
from bench.worker.values.stored import load_expected, save_expected


@pytest.mark.parametrize(
    "value",
    [
        np.ones((2, 3), np.longdouble) / 3,
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        {"a": [1, 2.5, None], "b": {"c": "é\udc80", "d": np.zeros((0, 3))}},
        [np.array(["2020-01-01", "NaT"], "M8[D]"), np.array(["a", "bb"]), np.float32(1), True, 10**40],
        {1, 2},
        None,
    ],
    ids=str,
)
def test_what_is_right_comes_back_as_it_was(tmp_path, value):
    leaves = taken_apart(value)
    saved = Expected(leaves=leaves, tolerance={"result": np.array(0.5)}, dtypes={"result": "float64"}, strict=True)
    save_expected(tmp_path / "expected", saved)
    found = load_expected(tmp_path / "expected")
    assert list(found.leaves) == list(leaves)
    assert found.tolerance["result"] == 0.5
    assert (found.dtypes, found.strict) == (saved.dtypes, True)
    exactly = Expected(leaves=found.leaves, tolerance={}, dtypes={})
    assert all(isinstance(one, Error) and one.over_tolerance == 0 for one in compared(leaves, exactly))
