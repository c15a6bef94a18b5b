"""The arrays of a case in a worker."""

import numpy as np
import pytest

from bench.worker.inputs import Arena, same_value
from bench.worker.value_files import load_values, save_values


def contents_of(folder):
    return lambda content: load_values(folder / content / "inputs")


@pytest.fixture
def folder(tmp_path):
    for content, start in (("a", 0.0), ("b", 100.0)):
        x = np.arange(6, dtype=np.float32).reshape(2, 3) + np.float32(start)
        save_values(tmp_path / content / "inputs", {"x": x, "v": x[0].copy(), "beta": start})
    return tmp_path


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_input_has_the_order_asked_for_and_is_as_a_program_would_have_it(folder, order):
    arena = Arena(contents_of(folder), {"x": order}, first="a")
    x = arena.inputs["x"]
    assert arena.layout() == {"x": order, "v": "CF"}
    assert x.flags[f"{order}_CONTIGUOUS"]
    assert np.array_equal(x, [[0, 1, 2], [3, 4, 5]])
    assert x.dtype == np.float32
    assert x.flags.writeable
    assert x.flags.owndata
    assert x.flags.aligned
    assert type(arena.inputs["beta"]) is float


def test_other_contents_come_into_the_same_memory(folder):
    arena = Arena(contents_of(folder), {"x": "F"}, first="a")
    x, v = arena.inputs["x"], arena.inputs["v"]
    assert not arena.change_to("b")  # a number cannot change in the hands of who holds it
    assert x[0, 0] == v[0] == 100
    assert arena.inputs["x"] is x
    assert arena.inputs["beta"] == 100


#: Name -> an array that lies in memory otherwise than in C order.
TABLE = np.arange(600.0).reshape(20, 30)
STRIDED = {
    "F order": np.asfortranarray(TABLE),
    "a transpose": np.arange(60, dtype=np.int16).reshape(20, 3).T,
    "a column": TABLE[:, 3],
    "every other number": TABLE.ravel()[::2],
    "backwards": TABLE.ravel()[::-1],
    "a window": TABLE[2:5, ::-3],
    "a repetition": np.broadcast_to(TABLE[0], (4, 30)),
    "other axes": np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
    "long doubles": TABLE.astype(np.longdouble)[:, ::2],
    "none": TABLE[:, :0].T,
}


@pytest.mark.parametrize("name", STRIDED)
def test_an_array_keeps_the_strides_that_it_was_given(tmp_path, name):
    given = STRIDED[name]
    save_values(tmp_path / "a" / "inputs", {"x": given})
    save_values(tmp_path / "b" / "inputs", {"x": np.ascontiguousarray(given) + 1})
    arena = Arena(contents_of(tmp_path), {}, first="a")
    x = arena.inputs["x"]
    assert x.size == 0 or x.strides == given.strides
    assert x.flags.writeable
    assert np.array_equal(x, given)
    assert arena.change_to("b")
    assert arena.inputs["x"] is x
    assert np.array_equal(x, given + 1)
    with arena.inverted():
        assert x.size == 0 or not np.array_equal(x, given + 1)
    assert np.array_equal(x, given + 1)
    assert arena.changed() is None
    if x.size:
        x.flat[0] += 1
        assert arena.changed() == "x"


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_that_was_given_with_strides_has_the_order_asked_for(tmp_path, order):
    save_values(tmp_path / "a" / "inputs", {"x": TABLE[::2]})
    x = Arena(contents_of(tmp_path), {"x": order}, first="a").inputs["x"]
    assert x.flags[f"{order}_CONTIGUOUS"]
    assert np.array_equal(x, TABLE[::2])


def test_what_is_overwritten_and_has_strides_comes_back(tmp_path):
    save_values(tmp_path / "a" / "inputs", {"x": TABLE[:, 3]})
    arena = Arena(contents_of(tmp_path), {}, ["x"], first="a")
    arena.inputs["x"][:] = 0
    arena.restore()
    assert np.array_equal(arena.inputs["x"], TABLE[:, 3])


def test_a_matrix_of_one_row_is_in_both_orders(tmp_path):
    save_values(tmp_path / "a" / "inputs", {"x": np.ones((1, 3))})
    assert Arena(contents_of(tmp_path), {"x": "F"}, first="a").layout() == {"x": "CF"}


def arena_of(folder, a, b, **options):
    for content, inputs in (("a", a), ("b", b)):
        save_values(folder / content / "inputs", inputs)
    return Arena(contents_of(folder), {}, first="a", **options)


def test_arrays_alone_change_without_a_new_object(tmp_path):
    arena = arena_of(tmp_path, {"x": np.zeros(3), "n": 5}, {"x": np.ones(3), "n": 5})
    x = arena.inputs["x"]
    assert arena.change_to("b")
    assert x.tolist() == [1, 1, 1]


def test_contents_are_loaded_before_they_are_put_and_what_must_not_change_is_noted_behind(tmp_path):
    arena = arena_of(tmp_path, {"x": np.zeros(3), "y": np.zeros(2)}, {"x": np.ones(3), "y": np.ones(2)}, inout=("y",))
    loaded = arena.loaded("b")
    assert loaded.in_place
    assert (arena.content, arena.inputs["x"].tolist()) == ("a", [0, 0, 0])
    loaded.put()
    arena.inputs["y"][:] = 7
    arena.restore()
    assert (arena.content, arena.inputs["y"].tolist()) == ("b", [1, 1])
    assert arena.changed() == "x"
    arena.note()
    assert arena.changed() is None


def test_an_array_of_another_shape_is_a_new_one(tmp_path):
    arena = arena_of(tmp_path, {"x": np.zeros(3), "y": np.zeros(2)}, {"x": np.ones(4), "y": np.ones(2)})
    y = arena.inputs["y"]
    assert not arena.change_to("b")
    assert arena.inputs["x"].tolist() == [1, 1, 1, 1]
    assert arena.inputs["y"] is y
    assert y.tolist() == [1, 1]


def test_what_is_overwritten_comes_back_into_the_same_memory_in_its_own_order(tmp_path):
    first = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    arena = arena_of(tmp_path, {"x": first, "y": first}, {"x": first + 10, "y": first}, inout=("x",))
    x = arena.inputs["x"]
    for content, start in (("a", 0), ("b", 10)):
        arena.change_to(content)
        x[:] = 7
        arena.restore()
        assert arena.inputs["x"] is x
        assert np.array_equal(x, first + start)
    assert list(arena.overwritten) == ["x"]
    assert list(arena.kept) == ["y"]


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "int8", "bool", "complex128", "longdouble", "M8[s]", "U3", "i4,f8"]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_change_of_any_input_that_must_stay_is_seen_quickly(tmp_path, dtype, order):
    inputs = {"x": np.zeros((3, 2), dtype), "z": np.zeros((), "i8"), "none": np.zeros(0)}
    save_values(tmp_path / "a" / "inputs", inputs)
    arena = Arena(contents_of(tmp_path), {"x": order}, first="a")
    assert arena.changed() is None
    arena.inputs["x"][0, 1] = np.ones((), "i8").astype(dtype)
    assert arena.changed() == "x"


def test_what_may_be_overwritten_does_not_count_as_changed(tmp_path):
    arena = arena_of(tmp_path, {"x": np.zeros(2)}, {}, inout=("x",))
    arena.inputs["x"][0] = 1
    assert arena.changed() is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (float("nan"), float("nan"), True),
        (np.ones(2), np.ones(2), True),
        (np.ones(2), np.ones(2, np.float32), False),
        (np.ones(2), 1.0, False),
        (np.array([np.nan]), np.array([np.nan]), True),
    ],
)
def test_values_are_the_same_with_their_type_and_nan_is_itself(one, other, same):
    assert same_value(one, other) is same
