"""Parameters of benchmarks as sizes."""

import numpy as np

from bench.problems.sources.parameters import sizes, texts, value


def rows(*given):
    """Return rows of told values, each with the place at which it is given first."""
    seen = {}
    for row in given:
        for name, one in row.items():
            seen.setdefault(name, [])
            if not any(one is known for known in seen[name]):
                seen[name].append(one)
    return [
        {
            name: value(one, next(n for n, known in enumerate(seen[name], 1) if known is one))
            for name, one in row.items()
        }
        for row in given
    ]


def test_whole_numbers_are_numbers_of_the_size_and_others_count_by_their_places():
    told = rows({"n": 10, "kind": "random"}, {"n": 10, "kind": "sorted"}, {"n": 500, "kind": "sorted"})
    assert sizes(told) == [
        ("n=10-kind=random", {"n": 10, "kind": 1}),
        ("n=10-kind=sorted", {"n": 10, "kind": 2}),
        ("n=500-kind=sorted", {"n": 500, "kind": 2}),
    ]


def test_numbers_that_no_size_can_have_count_by_their_places():
    assert sizes(rows({"n": 0}, {"n": 7})) == [("n=0", {"n": 1}), ("n=7", {"n": 2})]
    assert sizes(rows({"n": 0.5}, {"n": 7})) == [("n=0.5", {"n": 1}), ("n=7", {"n": 2})]
    assert sizes(rows({"n": True}, {"n": 7})) == [("n=True", {"n": 1}), ("n=7", {"n": 2})]


def test_without_parameters_there_is_one_size():
    assert sizes(rows({})) == [("fixed", {})]


def test_a_name_can_be_typed_and_tells_values_apart():
    first, second = np.zeros(2), np.ones(2)
    told = rows({"x": first, "f": np.sum, "s": "a, b c"}, {"x": second, "f": np.sum, "s": "d" * 100})
    assert texts(told) == [
        {"x": "1", "f": "sum", "s": "a_b_c"},
        {"x": "2", "f": "sum", "s": "d" * 40},
    ]
    assert texts(rows({"mode": "same"})) == [{"mode": "mode_same"}]
    twice = rows({"f": lambda x: x}, {"f": lambda x: -x})
    assert [one["f"].kind for one in twice] == ["function", "function"]
    assert texts(twice) == [{"f": "1"}, {"f": "2"}]
