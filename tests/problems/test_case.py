"""Cases, sizes and layouts."""

import pytest

from bench.errors import ImplbenchError
from bench.problems.case import Case, Size, orders, sized

SIZES = {"S": {"m": 1000, "n": 64}, "M": {"m": 10000, "n": 64}}


def a_case(**changes):
    values = {
        "problem": "backprop",
        "implementation": "vectorized",
        "size": Size(name="M", values=SIZES["M"]),
        "dtype": "float64",
        "layout": "C",
        "threads": 1,
        "allocator": "default",
    }
    return Case(**(values | changes))


def test_an_id_names_the_axes_and_leaves_out_the_usual_allocator_and_data():
    assert a_case().id == "backprop[vectorized-M-float64-C-1t]"
    assert (
        a_case(allocator="retain", data="random", threads=2).id == "backprop[vectorized-M-float64-C-2t-retain-random]"
    )


def test_cases_that_differ_in_implementation_or_layout_share_a_group():
    assert a_case().group == a_case(implementation="loop", layout="F").group == "backprop-M-float64-1t"
    assert a_case().group != a_case(dtype="float32").group


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("C", {"x": "C", "a1": "C", "a2": "C"}),
        ("F", {"x": "F", "a1": "F", "a2": "F"}),
        ("FCF", {"x": "F", "a1": "C", "a2": "F"}),
        ("x=F,a2=C", {"x": "F", "a1": "C", "a2": "C"}),
    ],
)
def test_a_layout_gives_each_matrix_its_order(layout, expected):
    assert orders(layout, ["x", "a1", "a2"]) == expected


@pytest.mark.parametrize(
    ("layout", "told"), [("K", "'K'"), ("CF", "x, a1, a2"), ("b=F", "'b'"), ("x=G", "x=G"), ("", "''")]
)
def test_a_layout_that_cannot_be_read_is_told(layout, told):
    with pytest.raises(ImplbenchError, match=told):
        orders(layout, ["x", "a1", "a2"])


def test_a_changed_size_is_named_by_its_numbers_and_an_unchanged_one_keeps_its_name():
    assert sized(SIZES, "M", {"m": 500}) == Size(name="m=500,n=64", values={"m": 500, "n": 64})
    assert sized(SIZES, "M", {"m": 10000}).name == "M"
    with pytest.raises(ImplbenchError, match="--size m=60: a number is put over the size by --set m=60"):
        sized(SIZES, "m=60", {})


@pytest.mark.parametrize(
    ("name", "changes", "told"), [("X", {}, "S, M"), ("S", {"q": 1}, "m, n"), ("S", {"m": 0}, "m=0")]
)
def test_an_impossible_size_is_told(name, changes, told):
    with pytest.raises(ImplbenchError, match=told):
        sized(SIZES, name, changes)


def test_the_smallest_size_has_1_in_the_place_of_its_largest_number():
    smallest = Size(name="M", values={"m": 10_000, "n": 64, "p": 25}).smallest
    assert (smallest.name, smallest.values) == ("m=1", {"m": 1, "n": 64, "p": 25})


def test_only_cold_caches_are_named():
    assert a_case(cache="cold", data="random").name == "vectorized-M-float64-C-1t-random-cold"
    assert a_case(cache="cold").group == "backprop-M-float64-1t-cold"
    assert a_case().cache == "warm"
