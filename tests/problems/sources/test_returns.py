"""What a function returns, and which arguments it overwrites, is read off its text."""

import ast

import pytest

from bench.problems.sources.returns import overwritten, returned


def function(text):
    tree = ast.parse(text)
    return tree, tree.body[-1]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("pass", []),
        ("return", []),
        ("return a", ["a"]),
        ("return a, b + 1", ["a", None]),
        ("if a:\n        return 1\n    return b", ["b"]),
    ],
)
def test_what_is_returned_is_named_where_it_has_a_name(body, names):
    _, found = function(f"def f(a, b):\n    {body}\n")
    assert returned(found) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return a + b", set()),
        ("a = a + b", set()),
        ("a = a + b\n    a += 1", set()),
        ("a[:] = b", {"a"}),
        ("a += b", {"a"}),
        ("a[0], c = b", {"a"}),
        ("a[0][1] -= b", {"a"}),
        ("np.add(a, b, out=b)", {"b"}),
        ("np.divmod(a, b, out=(a[0], b[0]))", {"a", "b"}),
        ("c = a[1:]\n    c[0] = 1", {"a"}),
        ("c = a.T\n    c = np.zeros(3)\n    c[0] = 1", set()),
        ("for i in b:\n        helper(i, a)", {"a"}),
        ("a = helper(b, a)", {"a"}),
        ("helper(a, b[0])", {"b"}),
    ],
)
def test_arguments_that_are_overwritten_are_found_through_views_and_helpers(body, names):
    text = f"def helper(x, y):\n    y[0] = x\n    helper(x, y)\n\ndef f(a, b):\n    {body}\n"
    assert overwritten(*function(text)) == names
