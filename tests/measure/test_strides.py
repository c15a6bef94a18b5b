"""What is said of inputs whose strides are not kept."""

import pytest

from bench.measure.strides import told


@pytest.mark.parametrize(
    ("given", "measured", "said"),
    [
        ({}, [{}], None),
        ({"x": "strided", "y": "F"}, [{}], None),
        ({"x": "strided", "y": "F"}, [{"y": "C"}], "inputs() gives y in F order, and what is measured is in C order"),
        (
            {"x": "strided"},
            [{"x": "C"}, {"x": "F"}],
            "inputs() gives x with strides, and what is measured is contiguous",
        ),
        ({"y": "F"}, [{"y": "C"}, {"y": "F"}], None),
    ],
)
def test_what_lies_in_memory_otherwise_than_it_was_given_is_named(given, measured, said):
    found = told(given, measured)
    assert (found or "").startswith(said or "") if said else found is None
