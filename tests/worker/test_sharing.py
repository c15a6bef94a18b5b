"""What a result shares with the inputs it was made of."""

import numpy as np
import pytest

from bench.worker import outputs
from bench.worker.outputs import RESULT
from bench.worker.sharing import shared_inputs

X = np.zeros((4, 5))
ROWS = [[1.0, 2.0], [3.0, 4.0]]
ARRAYS = [np.ones(3), np.ones(4)]
INPUTS = {"x": X, "rows": ROWS, "arrays": ARRAYS, "table": {"a": [1], "b": X[:0]}, "n": 3, "text": "x", "empty": ()}


@pytest.mark.parametrize(
    ("result", "names"),
    [
        (X, {"x"}),
        (X.T[2:], {"x"}),
        ([X[1]], {"x"}),
        (np.ndarray(3, buffer=X.data), {"x"}),
        (ROWS, {"rows", "parts of rows"}),
        (list(ROWS), {"parts of rows"}),
        ((1, {"a": ROWS[1]}), {"parts of rows"}),
        (ARRAYS[0][1:], {"parts of arrays"}),
        (INPUTS["table"], {"table", "parts of table"}),
        (X.copy(), set()),
        (np.broadcast_to(np.ones(3), (4, 3)), {"its own elements"}),
        (np.lib.stride_tricks.sliding_window_view(np.ones(9), 4), {"its own elements"}),
        (np.ones((4, 6))[:, ::2].T, set()),
        ([list(row) for row in ROWS], set()),
        ([1.0, "x", 3, (), None], set()),
        ("x", set()),
    ],
)
def test_the_same_object_or_memory_is_found_however_it_is_wrapped(result, names):
    given = {RESULT: result}
    arrays = outputs.arrays_in(outputs.leaves_of(given, judged=True))
    assert shared_inputs(given, arrays, INPUTS) == names


def test_of_very_many_values_only_the_first_are_looked_through():
    many = [[place] for place in range(200_000)]
    assert shared_inputs({RESULT: many}, {}, {"many": many}) == {"many", "parts of many"}
    holds_itself = []
    holds_itself.append(holds_itself)
    assert shared_inputs({RESULT: holds_itself}, {}, {"one": holds_itself}) == {"one"}
