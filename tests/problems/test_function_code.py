"""What of a file is the code of one function in it."""

import ast

from bench.problems.function_code import text_without_others, without_others

TEXT = """def slow(x):
    return sum(x)


def fast(x):
    return x.sum()


if __name__ == "__main__":
    print(slow([1, 2]))
"""


def test_what_is_done_as_a_program_alone_is_no_functions_code_and_reaches_none():
    assert text_without_others(TEXT, "fast", {"slow", "fast"}).strip() == "def fast(x):\n    return x.sum()"
    names = [node.name for node in without_others(ast.parse(TEXT), "fast", {"slow", "fast"}).body]
    assert names == ["fast"]


def test_what_is_done_otherwise_reaches_what_it_names():
    told = TEXT.replace('__name__ == "__main__"', '__name__ != "__main__"')
    assert text_without_others(told, "fast", {"slow", "fast"}) == told
    assert len(without_others(ast.parse(told), "fast", {"slow", "fast"}).body) == 3
