"""The arrays of a case in a worker."""

import numpy as np
import pytest

from bench import exchange
from bench.arena import Arena


@pytest.fixture
def folder(tmp_path):
    for content, start in (("a", 0.0), ("b", 100.0)):
        x = np.arange(6, dtype=np.float32).reshape(2, 3) + np.float32(start)
        exchange.save_values(tmp_path / content / "inputs", {"x": x, "v": x[0].copy(), "beta": start})
        exchange.save_values(tmp_path / content / "reference", {"y": x.astype(np.longdouble)})
        exchange.save_values(tmp_path / content / "tolerance", {"y": np.ones((2, 3))})
    return tmp_path


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_input_has_the_order_asked_for_and_cannot_be_written_to(folder, order):
    arena = Arena(folder, {"x": order})
    x = arena.inputs["x"]
    assert arena.layout() == {"x": order}
    assert x.flags[f"{order}_CONTIGUOUS"]
    assert np.array_equal(x, [[0, 1, 2], [3, 4, 5]])
    assert x.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0] = 7


def test_other_contents_come_into_the_same_memory(folder):
    arena = Arena(folder, {"x": "F"})
    x, v = arena.inputs["x"], arena.inputs["v"]
    arena.change_to("b")
    assert x[0, 0] == v[0] == 100
    assert arena.inputs["x"] is x
    assert arena.inputs["beta"] == 100


def test_what_is_expected_belongs_to_the_contents(folder):
    arena = Arena(folder, {})
    reference, tolerance = arena.expected("b")
    assert reference["y"][1, 2] == 105
    assert tolerance["y"].shape == (2, 3)
    assert np.array_equal(arena.originals("a")["x"], arena.inputs["x"])


def test_a_matrix_of_one_row_is_in_both_orders(tmp_path):
    exchange.save_values(tmp_path / "a" / "inputs", {"x": np.ones((1, 3))})
    assert Arena(tmp_path, {"x": "F"}).layout() == {"x": "CF"}
