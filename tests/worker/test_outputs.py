"""What a call has given, by name, and in whose memory it lies."""

import numpy as np
import pytest

from bench.worker import outputs
from bench.worker.outcome import Wrong
from bench.worker.outputs import named
from bench.worker.values.leaves import Unreadable


def test_outputs_are_named_in_order_and_one_may_come_bare():
    a, b = np.ones(2), np.ones(3)
    assert list(named((a, b), ("p", "q"))) == ["p", "q"]
    assert named(a, ("p",))["p"] is a


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (None, "a NoneType instead of the 2 outputs p, q"),
        ((np.ones(1),), "returned 1 instead of the 2"),
        ([1, 2, 3], "returned 3 instead of the 2"),
    ],
)
def test_a_result_of_another_kind_is_wrong(result, told):
    with pytest.raises(Wrong, match=told):
        named(result, ("p", "q"))


def test_memory_shared_with_an_input_another_output_or_an_earlier_result_is_found():
    base = np.zeros(10)
    with pytest.raises(Wrong, match="its input x"):
        outputs.require_own_memory({"y": base[2:4]}, {"x": base}, {})
    with pytest.raises(Wrong, match="its output z"):
        outputs.require_own_memory({"y": base[2:4], "z": base[3:5]}, {}, {})
    with pytest.raises(Wrong, match="an earlier call's y"):
        outputs.require_own_memory({"y": base[2:4]}, {}, {"y": base[:3]})
    with pytest.raises(Wrong, match="an earlier call's y"):
        outputs.require_own_memory({"y": base}, {}, {"y": base})
    outputs.require_own_memory({"y": base[::2], "z": base[1::2]}, {"beta": 3.0}, {"y": np.zeros(3)})


@pytest.mark.parametrize(
    "array",
    [
        np.broadcast_to(np.arange(3.0), (4, 3)),
        np.broadcast_to(1.0, 2),
        np.lib.stride_tricks.sliding_window_view(np.zeros(9), 3),
        np.broadcast_to(np.zeros(100)[::50], (2, 2)),
    ],
)
def test_elements_that_repeat_others_by_their_address_are_told(array):
    with pytest.raises(Wrong, match="y has elements that lie in the same memory"):
        outputs.require_elements({"x": np.zeros(3), "y": array})


@pytest.mark.parametrize(
    "array", [np.zeros(0), np.zeros((0, 3)), np.zeros((1, 3)), np.zeros((3, 4)).T[::2, ::-1], np.array(1.0)]
)
def test_no_others_are(array):
    outputs.require_elements({"y": array, "one": np.broadcast_to(array, (1, *array.shape))})


async def coroutine():
    return np.ones(1)


@pytest.mark.parametrize(
    ("promise", "kind"),
    [(lambda: (one for one in ()), "generator"), (lambda: map(abs, ()), "map"), (coroutine, "coroutine")],
)
def test_what_only_promises_a_result_is_told_as_such(promise, kind):
    result = promise()
    for one, names in ((result, ("y",)), ((result, np.ones(1)), ("y", "z")), (result, ())):
        with pytest.raises((Wrong, Unreadable), match=f"is a {kind}: nothing has been computed yet"):
            outputs.leaves_of(named(one, names), judged=False)
    getattr(result, "close", int)()


@pytest.mark.parametrize(
    ("result", "names", "found"),
    [
        (None, ("x",), ["x"]),
        (None, (), ["x"]),
        ((3.0,), ("x", "n"), ["x", "n"]),
        (3.0, ("x", "n"), ["x", "n"]),
        ("x itself", (), ["x"]),
        (("x itself", None), (), ["x"]),
        (5.0, (), ["result"]),
        ([1.0, 2.0], ("y",), ["y"]),
    ],
)
def test_an_input_that_is_overwritten_is_an_output_where_nothing_else_is_returned(result, names, found):
    x = np.zeros(3)
    parts = tuple(x if isinstance(one, str) else one for one in result) if isinstance(result, tuple) else result
    given = named(x if isinstance(result, str) else parts, names, {"x": x})
    assert list(given) == found
    assert given.get("x", x) is x


class Lazy(np.ndarray):
    """Promises a result as an array does."""


class LazyList(list):
    def __iter__(self):
        return iter([1.0])


@pytest.mark.parametrize("result", [np.ones(1).view(Lazy), object(), np.array([object()])])
def test_what_cannot_be_looked_into_is_no_output_unless_the_problem_judges_it(result):
    with pytest.raises(Unreadable, match=r"^y.* is an? (Lazy|object), which cannot be compared"):
        outputs.leaves_of({"y": result}, judged=False)
    assert outputs.leaves_of({"y": result}, judged=True)


def test_a_list_that_makes_its_items_up_has_none():
    (leaf,) = outputs.leaves_of({"y": LazyList()}, judged=False).values()
    assert leaf.paths == ()


def test_an_output_in_an_input_that_is_overwritten_is_none_of_its_own():
    base, other = np.zeros(4), np.zeros(4)
    assert list(outputs.without_memory_of({"y": base[:2], "z": other}, [base])) == ["z"]
