"""Which lines take the time, and which account for a difference."""

import pytest

from bench.analyse.hot_lines import accounted, are_steps, searching
from bench.store.profile_records import Line


def line(text, share, times=4000):
    return Line(file="rows.py", number=7, text=text, times=times, share=share)


LISTS = {"names"}


@pytest.mark.parametrize(
    "text",
    [
        "if name not in names:",
        "elif name in self.names:",
        "while name in names:",
        "found = name in names",
        "place = names.index(name)",
        "return names.count(name)",
    ],
)
def test_a_line_that_goes_through_a_list_is_told_by_its_text_and_its_time(text):
    slow = line(text, 0.9)
    assert searching([slow, line("for name in x:", 0.001)], 0.04, LISTS) is slow
    assert searching([slow], 0.0001, LISTS) is None  # as fast as a set
    assert searching([slow], 0.04, {"others"}) is None  # a string, for one


@pytest.mark.parametrize(
    "text",
    ["for name in names:", "total += one", "if key(name) in names:", "found = names.sum()", "if x in (1,):", "}"],
)
def test_other_lines_are_no_search(text):
    assert searching([line(text, 0.9)], 0.04, LISTS) is None


def test_a_line_that_takes_as_long_as_others_is_no_search():
    lines = [line("if name not in names:", 0.5), line("names.append(name)", 0.5)]
    assert searching(lines, 0.04, LISTS) is None


def test_lines_are_steps_where_each_begins_often_and_takes_next_to_no_time():
    assert are_steps([line("total += one", 0.9)], 0.001)
    assert not are_steps([line("total += one", 0.9)], 1.0)
    assert not are_steps([line("total += one", 0.9, times=1)], 0.001)
    assert not are_steps([], 0.001)


def test_a_line_that_takes_less_accounts_for_a_difference():
    slow, loop = line("if name not in names:", 0.95), line("for name in x:", 0.05)
    found = accounted([slow, loop], 0.040, [line("for name in x:", 0.5), line("if name not in names:", 0.5)], 0.004)
    assert found.lines == (slow,)
    assert found.share == pytest.approx(1.0)


def test_what_the_faster_one_does_instead_is_taken_off():
    slow = [line("a = first()", 0.5), line("b = other()", 0.5)]
    found = accounted(slow, 1.0, [line("a = first()", 0.9), line("b = faster()", 0.1)], 0.6)
    assert found.lines == (slow[1],)
    assert found.share == pytest.approx((0.5 - 0.06 - 0.04) / 0.4)


def test_nothing_is_accounted_where_lines_are_unknown_or_take_no_less():
    same = [line("a = first()", 1.0)]
    assert accounted(None, 1.0, same, 0.5) is None
    assert accounted(same, 0.5, same, 1.0) is None
    many = [line(f"step{one}()", 0.02) for one in range(20)]
    assert accounted([line("a = first()", 0.6), *many], 1.0, None, 0.5) is None
    assert accounted(many, 1.0, same, 0.1) is None
    assert accounted(same, 1.0, None, 0.1).share == pytest.approx(1.0)
