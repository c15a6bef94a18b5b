"""Which lines an evaluation spends its time in, of functions of which that is known by a clock that they set."""

import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from bench.worker import line_profiling
from bench.worker.line_profiling import profiled_lines
from bench.worker.line_steps import steps_of
from tests.cpu_clock import CpuClock

HERE = Path(__file__).parent

#: To be told of a line takes so long here.
TELLING_NS = 1000

CLOCK = CpuClock(TELLING_NS)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(line_profiling, "_clock", CLOCK)
    monkeypatch.setattr(line_profiling, "LEAST_COMPUTING", 0.0)
    monkeypatch.setattr(line_profiling, "shares_below", lambda *_: None)  # that has a clock of its own


def profiled(step, before=lambda: None, folders=(HERE,)):
    found = profiled_lines(step, before, folders)
    assert found is None or found.watched == 1
    return found and found.lines


def shares(found):
    return {one.text: pytest.approx(one.share, abs=0.02) for one in found if one.share > 0.02}


def searched():
    total = 0
    for number in range(100):
        total += number
        CLOCK.spend(20_000)
    return total


def test_the_line_that_takes_the_time_comes_first_with_how_often_it_began():
    found = profiled(searched)
    assert (found[0].text, found[0].times, found[0].file) == ("CLOCK.spend(20_000)", 100, "test_line_profiling.py")
    assert found[0].share == pytest.approx(1, abs=0.01)
    assert Path(__file__).read_text().splitlines()[found[0].number - 1].strip() == found[0].text
    assert sum(one.share for one in found) <= 1.001


def counted():
    total = 0
    for number in range(3000):
        total += number
    CLOCK.spend(300_000)
    return total


def test_lines_too_short_to_be_timed_take_what_is_left(monkeypatch):
    monkeypatch.setattr(line_profiling, "_alone", lambda *_: (900_000, 1.0))
    found = {one.text: one.share for one in profiled(counted)}
    assert found["CLOCK.spend(300_000)"] == pytest.approx(1 / 3, abs=0.02)
    assert found["for number in range(3000):"] + found["total += number"] == pytest.approx(2 / 3, abs=0.02)


#: The beginning of one.
LOOP = "for number in range(3000):"


def unalike():
    total = last = 0
    for number in range(3000):
        total += max(number + last, number * last, number - last, total & 255)
        last = number
    return total


def test_they_share_it_by_how_often_they_began_and_what_they_do(monkeypatch):
    """What they take by a real clock, with each line left out: 93 %, 7 % and 0.4 %."""
    monkeypatch.setattr(line_profiling, "_alone", lambda *_: (900_000, 1.0))
    first, *others = profiled(unalike)
    assert first.text.startswith("total += max(")
    assert 0.7 < first.share < 1
    assert {one.text: one.share < 0.15 for one in others[:2]} == dict.fromkeys([LOOP, "last = number"], True)


def test_what_a_loop_goes_through_is_made_once():
    steps = {place[1]: number for place, number in steps_of([unalike.__code__]).items()}
    first = unalike.__code__.co_firstlineno
    assert steps[first + 2] <= 4
    assert steps[first + 3] >= 20


def told_longer():
    index = 0
    for number in range(1000):
        CLOCK.spend(300)  # a little more than the others, of what is taken off as often
        index += number
    return index


def test_what_telling_takes_is_that_of_the_run_itself(monkeypatch):
    monkeypatch.setattr(line_profiling, "_alone", lambda *_: (100_000, 1.0))
    monkeypatch.setattr(line_profiling, "_cost_ns", lambda: 700.0)
    found = profiled(told_longer)
    assert max(one.share for one in found) < 0.75


def test_lines_that_show_do_not_take_the_share_of_all_others_where_telling_takes_longer_than_in_a_loop(monkeypatch):
    def step():
        for _ in range(1000):
            CLOCK.spend(700)  # with what telling takes longer here
            CLOCK.spend(200)

    monkeypatch.setattr(line_profiling, "_alone", lambda *_: (450_000, 1.0))
    assert 0.3 < max(one.share for one in profiled(step)) < 0.9


def helped():
    return [squared(number) for number in range(50)]


def squared(number):
    CLOCK.spend(10_000)
    x = np.full(3, number)
    CLOCK.spend(30_000)
    return x


def test_what_a_function_of_the_users_own_takes_is_in_its_lines():
    assert shares(profiled(helped)) == {"CLOCK.spend(10_000)": 0.25, "CLOCK.spend(30_000)": 0.75}


#: Of a library: Python's own code, each of whose calls takes longer while somebody is told of it.
LIBRARY = """
def construct(clock, sys):
    for _ in range(20):
        field(clock, sys)
def field(clock, sys):
    clock.spend(1000 + (TOLD if sys.gettrace() else 0))
"""


def test_what_telling_of_calls_of_others_code_takes_is_taken_off(monkeypatch):
    told_ns = 820
    library = {"TOLD": told_ns}
    exec(compile(LIBRARY, "/site-packages/library.py", "exec"), library)  # noqa: S102
    construct = library["construct"]

    def step():
        for _ in range(100):
            construct(CLOCK, sys)
            CLOCK.spend(20_000)

    calls = 1 + 20 + 20  # of construct, of field, and of the clock's method in it
    monkeypatch.setattr(line_profiling, "_foreign_ns", lambda: 20 * told_ns / calls)
    assert shares(profiled(step)) == {"construct(CLOCK, sys)": 0.5, "CLOCK.spend(20_000)": 0.5}


def test_what_passes_below_a_line_is_its_own_and_the_rest_is_shared(monkeypatch):
    library = {"TOLD": 0}
    exec(compile(LIBRARY, "/site-packages/library.py", "exec"), library)  # noqa: S102

    def step():
        for _ in range(100):
            library["construct"](CLOCK, sys)
            CLOCK.spend(20_000)

    place = __file__, step.__code__.co_firstlineno + 2
    monkeypatch.setattr(line_profiling, "shares_below", lambda *_: {place: 0.5})
    found = {one.number - place[1]: one.share for one in profiled(step)}
    assert found[0] == pytest.approx(0.5, abs=0.02)
    assert found[1] == pytest.approx(0.5, abs=0.02)


def test_what_it_takes_to_be_told_of_others_code_is_measured(monkeypatch):
    monkeypatch.setattr(line_profiling, "_clock", time.thread_time_ns)
    assert 0 < line_profiling._foreign_ns() < 1e5


def test_generators_and_exceptions_lose_no_line():
    def numbers():
        for number in range(100):
            CLOCK.spend(30_000)
            yield number

    def step():
        try:
            for number in numbers():
                CLOCK.spend(10_000)
                if number == 80:
                    raise KeyError(number)  # noqa: TRY301
        except KeyError:
            return 1

    assert shares(profiled(step)) == {"CLOCK.spend(10_000)": 0.25, "CLOCK.spend(30_000)": 0.75}


def test_only_code_of_the_users_own_folders_is_told():
    assert profiled(searched, folders=(HERE / "elsewhere",)) is None
    assert not any("numpy" in one.file for one in profiled(lambda: np.median([1, 2, 3])))


def test_what_comes_before_an_evaluation_is_not_among_them():
    assert not any("20_000" in one.text for one in profiled(counted, before=searched))


def changing():
    """Spend 1 ms in one line, then 4 ms in another."""
    for _ in range(100):
        CLOCK.spend(10_000)
    for _ in range(100):
        CLOCK.spend(40_000)
    return sys.gettrace()


def test_of_an_evaluation_that_takes_too_long_the_beginning_is_told_with_its_part(monkeypatch):
    monkeypatch.setattr(line_profiling, "LONGEST_NS", 2_000_000)
    ended = []
    found = profiled_lines(lambda: ended.append(changing()), lambda: None, (HERE,))
    assert ended == [None] * (line_profiling.TIMED + 1)  # as a whole each time, and at the end nobody watches
    watched_ns = 5_000_000 * found.watched
    assert 1_000_000 < watched_ns < 2_000_000
    shown = {one.text: one.share for one in found.lines}
    assert shown["CLOCK.spend(10_000)"] == pytest.approx(1_000_000 / watched_ns, rel=0.1)
    assert shown["CLOCK.spend(10_000)"] + shown["CLOCK.spend(40_000)"] == pytest.approx(1, rel=0.1)


def test_of_a_beginning_that_is_next_to_nothing_no_line_is_told(monkeypatch):
    monkeypatch.setattr(line_profiling, "LONGEST_NS", 20_000)
    assert profiled_lines(changing, lambda: None, (HERE,)) is None
    assert sys.gettrace() is None


def test_an_evaluation_that_waits_is_not_told_by_the_lines_that_compute(monkeypatch):
    monkeypatch.setattr(line_profiling, "LEAST_COMPUTING", 0.8)
    assert profiled(searched)
    assert profiled(lambda: time.sleep(0.01)) is None


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
