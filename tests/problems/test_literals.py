"""What the text of a module says without being run."""

import ast

import pytest

from bench.problems.literals import literals, statements


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1_000", 1000),
        ("10**3", 1000),
        ("2**10 - 24", 1000),
        ("1 << 10", 1024),
        ("-3 * 2 // 1", -6),
        ("N + 1", 8),
        ('{"S": {"m": 10**2}}', {"S": {"m": 100}}),
        ('("x", *())', None),
        ("2**1000", None),
        ("1 << 1000", None),
        ("9**9**9**9", None),
        ("1 // 0", None),
        ("2**-1", None),
        ('"ab" * 3', None),
        ("1.5 * 2", None),
        ("len('ab')", None),
        ("UNKNOWN", None),
        ('{**{"a": 1}}', None),
        ("{[]: 1}", None),
    ],
)
def test_a_constant_is_a_literal_or_computed_from_whole_numbers(text, value):
    assert literals(ast.parse(f"N = 7\nvalue = {text}\n")).get("value") == value


def test_a_name_that_is_bound_again_to_no_literal_is_none():
    assert literals(ast.parse("A = 1\nA = f()\nB = 1\nB += 1\nC = [1]\nC += [2]\n")) == {"B": 2}


def test_what_is_done_on_import_is_seen_within_if_try_and_with_but_not_what_a_script_does():
    text = (
        "if a:\n    one = 1\nelif b:\n    two = 2\nelse:\n    three = 3\n"
        "try:\n    four = 4\nexcept ImportError:\n    five = 5\nelse:\n    six = 6\nfinally:\n    seven = 7\n"
        "with a:\n    eight = 8\n"
        "if __name__ == '__main__':\n    nine = 9\nelse:\n    ten = 10\n"
    )
    found = [node.targets[0].id for node in statements(ast.parse(text).body)]
    assert found == ["one", "two", "three", "four", "five", "six", "seven", "eight", "ten"]
