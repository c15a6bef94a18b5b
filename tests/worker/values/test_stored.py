"""Leaves in files."""

import json

import numpy as np
import pytest

from bench.worker.values.comparison import Error, Expected, compared
from bench.worker.values.reading import taken_apart
from bench.worker.values.stored import load_leaves, save_leaves


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
def test_leaves_come_back_as_they_were(tmp_path, value):
    leaves = taken_apart(value)
    digest = save_leaves(tmp_path / "leaves", leaves)
    found = load_leaves(tmp_path / "leaves", digest)
    assert list(found) == list(leaves)
    exactly = Expected(leaves=found, tolerance={}, dtypes={})
    assert all(isinstance(one, Error) and one.over_tolerance == 0 for one in compared(leaves, exactly))


@pytest.mark.parametrize("name", ["numbers", "leaves.json"])
def test_what_somebody_has_changed_since_is_refused(tmp_path, name):
    digest = save_leaves(tmp_path / "leaves", taken_apart(np.arange(4.0)))
    file = tmp_path / "leaves" / name
    file.write_bytes(file.read_bytes().replace(b"\x3f", b"\x40").replace(b"true", b"false"))
    with pytest.raises(ValueError, match="changed after the call"):
        load_leaves(tmp_path / "leaves", digest)


@pytest.mark.parametrize(
    "described",
    [
        {"dtype": "O", "shape": [1], "at": 0, "typed": True},
        {"dtype": "<f8", "shape": [-1], "at": 0, "typed": True},
        {"dtype": "<f8", "shape": [10**30], "at": 0, "typed": True},
        {"dtype": "<f8", "shape": [4], "at": 48, "typed": True},
        {"dtype": "<f8", "shape": None, "at": 0, "typed": True},
        {"dtype": [], "shape": [1], "at": 0, "typed": True},
        {},
        3,
    ],
)
def test_what_cannot_have_been_written_is_refused_and_nothing_else_happens(tmp_path, described):
    save_leaves(tmp_path / "leaves", taken_apart(np.arange(4.0)))
    (tmp_path / "leaves" / "leaves.json").write_text(json.dumps({"result": described}))
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's own words, some of them
        load_leaves(tmp_path / "leaves")
