"""Arrays and numbers in files."""

import copy

import numpy as np
import pytest

from bench.worker.value_files import load_values, save_values
from bench.worker.values.digest import digest


def test_values_come_back_in_order_with_their_dtypes_and_read_only(tmp_path):
    values = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "beta": 3.0, "wide": np.ones(2, np.longdouble) / 3}
    save_values(tmp_path / "inputs", values)
    found = load_values(tmp_path / "inputs")
    assert list(found) == ["x", "beta", "wide"]
    assert found["beta"] == 3.0
    for name in ("x", "wide"):
        assert found[name].dtype == values[name].dtype
        assert np.array_equal(found[name], values[name])
        assert not found[name].flags.writeable


@pytest.mark.parametrize(
    "value",
    [3, True, 2.5, float("inf"), 10**30, 2 + 1j, np.float32(1.5), np.float64(0.1), np.int8(-3), np.True_],
    ids=repr,
)
def test_a_number_comes_back_as_what_it_was(tmp_path, value):
    save_values(tmp_path / "inputs", {"n": value})
    found = load_values(tmp_path / "inputs")["n"]
    assert type(found) is type(value)
    assert found == value


def test_a_longdouble_keeps_its_digits(tmp_path):
    third = np.longdouble(1) / 3
    save_values(tmp_path / "inputs", {"third": third})
    assert load_values(tmp_path / "inputs")["third"] == third


def test_an_array_that_is_mapped_from_a_file_is_a_plain_one(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3.0))
    save_values(tmp_path / "inputs", {"x": np.load(tmp_path / "x.npy", mmap_mode="r")})
    assert load_values(tmp_path / "inputs")["x"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3)])
def test_arrays_without_an_axis_and_without_a_number_come_back_too(tmp_path, shape):
    save_values(tmp_path / "inputs", {"x": np.zeros(shape)})
    found = load_values(tmp_path / "inputs")["x"]
    assert isinstance(found, np.ndarray)
    assert found.shape == shape


@pytest.mark.parametrize(
    "value",
    [["a"], "abc", None, np.array([None]), np.ma.masked_array([1.0], [True]), {1, "b"}, np.random.default_rng(1)],
    ids=lambda value: type(value).__name__,
)
def test_what_is_in_no_file_is_made_again_and_shown_to_be_the_same(tmp_path, value):
    assert save_values(tmp_path / "inputs", {"x": np.ones(2), "words": value}) == {"words"}
    found = load_values(tmp_path / "inputs", lambda: {"words": copy.deepcopy(value)})
    assert digest(found["words"]) == digest(value)
    assert list(load_values(tmp_path / "inputs")) == ["x"]


@pytest.mark.parametrize("made", [{"words": ["b"]}, {}, {"words": ("a",)}])
def test_what_is_made_again_in_another_way_is_told_by_name(tmp_path, made):
    save_values(tmp_path / "inputs", {"words": ["a"]})
    with pytest.raises(
        ValueError, match=r"inputs\(\) gave another words in another process: let it depend on the seed"
    ):
        load_values(tmp_path / "inputs", lambda: made)
