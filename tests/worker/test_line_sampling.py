"""Which part of the time passes in others' code below a line, of evaluations of which that is known."""

import signal
import threading

import pytest

from bench.worker import line_sampling
from bench.worker.line_sampling import shares_below

#: Of a library: Python's own code.
LIBRARY = """
def work(number):
    total = 0
    for place in range(number):
        total += place
    return total
"""

library = {}
exec(compile(LIBRARY, "/site-packages/library.py", "exec"), library)  # noqa: S102
work = library["work"]


@pytest.fixture(autouse=True)
def _briefly(monkeypatch):
    monkeypatch.setattr(line_sampling, "ENOUGH_NS", 400_000_000)
    monkeypatch.setattr(line_sampling, "LEAST_LOOKS", 20)


def mostly():
    work(40_000)
    work(10_000)
    total = 0
    for place in range(10_000):
        total += place
    return total


def is_own(file):
    return file == __file__


def test_what_passes_below_a_line_is_told():
    found = shares_below(mostly, lambda: None, is_own)
    first = mostly.__code__.co_firstlineno
    assert {number - first for file, number in found if file == __file__} == {1, 2}
    assert found[__file__, first + 1] == pytest.approx(4 / 6, abs=0.2)
    assert found[__file__, first + 2] == pytest.approx(1 / 6, abs=0.15)


def test_the_timer_and_its_handler_are_as_they_were():
    before = signal.getsignal(signal.SIGPROF)
    shares_below(mostly, lambda: None, is_own)
    with pytest.raises(ZeroDivisionError):
        shares_below(lambda: 1 / 0, lambda: None, is_own)
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_what_comes_before_an_evaluation_is_not_among_it():
    assert shares_below(lambda: sum(range(10_000)), lambda: work(40_000), is_own) == {}


def test_nothing_is_told_of_too_few_looks_or_where_the_timer_is_somebody_elses(monkeypatch):
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, 100.0)
    try:
        assert shares_below(mostly, lambda: None, is_own) is None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    monkeypatch.setattr(line_sampling, "ENOUGH_NS", 1)
    assert shares_below(lambda: None, lambda: None, is_own) is None


def test_a_thread_cannot_be_interrupted():
    found = [1]
    thread = threading.Thread(target=lambda: found.append(shares_below(mostly, lambda: None, is_own)))
    thread.start()
    thread.join()
    assert found == [1, None]
