"""Which lines an evaluation spends its time in, of functions of which it is known."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bench.worker import line_profiling
from bench.worker.line_profiling import profiled_lines

HERE = Path(__file__).parent

NUMBERS = list(range(2000))


def profiled(step, before=lambda: None, folders=(HERE,)):
    return profiled_lines(step, before, folders)


def texts(found, least=0.0):
    return [one.text for one in found if one.share >= least]


def searched():
    total = 0
    for number in range(100):
        total += number
        found = (1999 - number) in NUMBERS
    return total, found


def test_the_line_that_takes_the_time_comes_first_with_how_often_it_began():
    found = profiled(searched)
    assert (found[0].text, found[0].times) == ("found = (1999 - number) in NUMBERS", 100)
    assert found[0].share > 0.7
    assert found[0].file == "test_line_profiling.py"
    assert Path(__file__).read_text().splitlines()[found[0].number - 1].strip() == found[0].text
    assert sum(one.share for one in found) <= 1.001


def counted():
    total = 0
    for number in range(3000):
        total += number
    return total


def test_lines_too_short_to_be_timed_share_by_how_often_they_began():
    found = profiled(counted)
    assert set(texts(found, 0.4)) == {"for number in range(3000):", "total += number"}


def allocated():
    index, seen = {}, 0
    for number in range(1000):
        earlier = index.setdefault(number % 700, [])
        for one in range(6):
            seen += one
        earlier.append(number)
    return seen


def test_a_line_that_is_a_little_longer_than_others_is_not_all_of_the_time():
    found = {one.text: one.share for one in profiled(allocated)}
    assert found.get("earlier = index.setdefault(number % 700, [])", 0.0) < 0.5


def helped():
    return [squared(number) for number in range(50)]


def squared(number):
    x = np.full(3000, number)
    return (x * x).sum()


def test_what_a_function_of_the_users_own_takes_is_in_its_lines():
    found = profiled(helped)
    assert {"x = np.full(3000, number)", "return (x * x).sum()"} >= set(texts(found, 0.3))
    assert not any(one.share > 0.3 for one in found if "squared(number)" in one.text)


def test_generators_and_exceptions_lose_no_line():
    def numbers():
        for number in range(100):
            yield sorted(NUMBERS, key=lambda one: -one)[number]

    def step():
        try:
            for number in numbers():
                if number == NUMBERS[-20]:
                    raise KeyError(number)  # noqa: TRY301
        except KeyError:
            return sum(NUMBERS)

    found = profiled(step)
    assert "yield sorted(NUMBERS, key=lambda one: -one)[number]" in texts(found, 0.3)


def test_only_code_of_the_users_own_folders_is_told():
    assert profiled(searched, folders=(HERE / "elsewhere",)) is None
    assert not any("numpy" in one.file for one in profiled(lambda: np.median(NUMBERS)))


def test_what_comes_before_an_evaluation_is_not_among_them():
    found = profiled(counted, before=searched)
    assert not any("NUMBERS" in text for text in texts(found))


def test_an_evaluation_that_takes_too_long_is_not_told(monkeypatch):
    monkeypatch.setattr(line_profiling, "FIRST_NS", 0)
    monkeypatch.setattr(line_profiling, "LONGEST_NS", 0)
    assert profiled(counted) is None
    assert sys.gettrace() is None


def test_one_that_catches_everything_is_not_told_either(monkeypatch):
    monkeypatch.setattr(line_profiling, "FIRST_NS", 0)
    monkeypatch.setattr(line_profiling, "LONGEST_NS", 0)

    def step():
        try:
            return counted()
        except BaseException:  # noqa: BLE001
            return counted()

    assert profiled(step) is None


def test_it_goes_on_where_it_seems_to_end_in_time(monkeypatch):
    monkeypatch.setattr(line_profiling, "FIRST_NS", 200_000)
    assert profiled(counted)


def test_nothing_is_told_beside_a_debugger_or_threads():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert profiled(counted) is None
    finally:
        stop.set()
        thread.join()
    usual = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert profiled(counted) is None
    finally:
        sys.settrace(usual)


def test_what_an_evaluation_raises_passes_through_and_nobody_watches_any_more():
    with pytest.raises(ZeroDivisionError):
        profiled(lambda: 1 / 0)
    assert sys.gettrace() is None
